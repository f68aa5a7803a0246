import { readArtefacts } from '../../src/training/artefacts.ts';
import build from '../e2e/build.ts';
import { startWorker } from '../e2e/harness.ts';
import { publishTo } from '../fixtures/publish.ts';

/** What the page under test shows: the shop of `npm run dev`. */
const MODEL = 'models/online-retail';

/** The built Worker, with the demo catalogue published. */
export async function startServer(): Promise<{ url: string; close(): Promise<void> }> {
  const artefacts = await readArtefacts(MODEL);
  build();
  const { url, kv, close } = await startWorker();
  await publishTo(kv, artefacts, Date.now());
  return { url: url.origin, close };
}
