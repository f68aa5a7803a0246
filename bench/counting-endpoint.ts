/** An endpoint of a language model in memory: it answers a little later, counts its calls, and fails the bench where two are the same at once. */
const TEXT = 'It goes well with the thing that you chose.';

export interface CountingEndpoint {
  readonly fetch: typeof fetch;
  readonly calls: { explanations: number; readings: number };
  /** Calls at once at most; of one prompt never more than one. */
  runningMost: number;
}

/** `wordOf` gives a word of the catalogue, which is all that a text is read as. */
export function countingEndpoint(word: string): CountingEndpoint {
  const running = new Set<string>();
  const calls = { explanations: 0, readings: 0 };
  const endpoint: CountingEndpoint = {
    calls,
    runningMost: 0,
    async fetch(_input, init) {
      const { messages, response_format: schema } = JSON.parse(init!.body as string) as { messages: object; response_format?: object };
      const prompt = JSON.stringify(messages);
      if (running.has(prompt)) throw new Error(`two calls for one key at once: ${prompt.slice(0, 300)}`);
      running.add(prompt);
      endpoint.runningMost = Math.max(endpoint.runningMost, running.size);
      calls[schema ? 'readings' : 'explanations']++;
      await new Promise((resolve) => setTimeout(resolve, 5));
      running.delete(prompt);
      const content = schema ? JSON.stringify({ about: [word] }) : TEXT;
      return new Response(
        `data: ${JSON.stringify({ choices: [{ delta: { content } }], usage: { total_tokens: 300 } })}\n\ndata: [DONE]\n\n`,
      );
    },
  };
  return endpoint;
}
