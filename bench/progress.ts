import { startProgress } from '../src/cli/progress.ts';

/** Shows how far an action is; `silent` shows nothing. */
export async function withProgress<R>(
  label: string,
  unit: string,
  silent: boolean,
  action: (onStep: (done: number, total: number) => void) => Promise<R>,
): Promise<R> {
  const progress = startProgress(label, unit, { silent });
  try {
    return await action((done, total) => progress.update(done, total));
  } finally {
    progress.stop();
  }
}
