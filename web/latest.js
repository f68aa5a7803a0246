// @ts-check

/**
 * Runs tasks of which only the newest counts: starting one aborts the one before, whose outcome, good or bad, is dropped.
 * Answers can therefore never be shown out of order.
 *
 * @returns {<Value>(task: (signal: AbortSignal) => Promise<Value>) => Promise<Value | undefined>} undefined when superseded
 */
export function latest() {
  /** @type {AbortController | undefined} */
  let newest;
  return async (task) => {
    newest?.abort();
    const mine = new AbortController();
    newest = mine;
    try {
      const value = await task(mine.signal);
      return mine.signal.aborted ? undefined : value;
    } catch (error) {
      if (mine.signal.aborted) return undefined;
      throw error;
    }
  };
}
