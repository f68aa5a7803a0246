/** Builds the Worker as `wrangler deploy` would, weighs it, starts it and asks it how it is; `npm run check:bundle` runs it. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { count, table } from '../src/cli/output.ts';
import build, { BUILD_FOLDER } from '../test/e2e/build.ts';
import { startWorker } from '../test/e2e/harness.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
/** Workers takes 64 MiB. ONNX Runtime's WebAssembly is 7.2 of what we have: more than this, and something came along unasked. */
const TOTAL_BYTES_MAX = 8 * MIB;
/** Parsed and run at the start of every isolate, for which Workers allows 1 s of CPU; most of it is ONNX Runtime's own. */
const SCRIPT_BYTES_MAX = 400 * KIB;
/** What `wrangler deploy` uploads. */
const GZIP_BYTES_MAX = 2.5 * MIB;
/** Far above what a start takes on an idle machine: this tells a Worker that hangs from one that runs, and measures nothing. */
const START_MS_MAX = 30_000;
/** A busy machine may be slow once. */
const STARTS_MAX = 3;

const SCRIPT = 'worker.js';

await rm(BUILD_FOLDER, { recursive: true, force: true });
build();
const files = await weigh(BUILD_FOLDER);
const total = { bytes: sum(files.map(({ bytes }) => bytes)), gzipBytes: sum(files.map(({ gzipBytes }) => gzipBytes)) };
const script = files.find(({ name }) => name === SCRIPT);
console.log(
  table([
    ...files.map(({ name, bytes, gzipBytes }) => [name, bytes, 'bytes', gzipBytes, 'gzipped']),
    ['in all', total.bytes, 'bytes', total.gzipBytes, 'gzipped'],
  ]).join('\n'),
);

const faults = [
  ...over('the Worker in all', total.bytes, TOTAL_BYTES_MAX),
  ...over('the Worker gzipped', total.gzipBytes, GZIP_BYTES_MAX),
  ...(script ? over(SCRIPT, script.bytes, SCRIPT_BYTES_MAX) : [`the build made no ${SCRIPT}`]),
  ...(await start()),
];
for (const fault of faults) console.error(`check-bundle: ${fault}`);
process.exitCode = faults.length > 0 ? 1 : 0;

/** What is uploaded: everything but wrangler's notes and source maps. */
async function weigh(folder: string) {
  const names = (await readdir(folder)).filter((name) => !/\.(md|map)$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const content = await readFile(join(folder, name));
      return { name, bytes: content.length, gzipBytes: gzipSync(content).length };
    }),
  );
}

function over(what: string, bytes: number, bytesMax: number): string[] {
  return bytes > bytesMax ? [`${what}: ${count(bytes)} bytes, at most ${count(bytesMax)} are allowed`] : [];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Starts the Worker, with nothing published, until it does so in time; says what was wrong if it never did. */
async function start(): Promise<string[]> {
  let fault = '';
  for (let starts = 0; starts < STARTS_MAX; starts++) {
    const startMs = performance.now();
    const worker = await startWorker();
    const response = await fetch(new URL('/v1/health', worker.url));
    const answer = await response.text();
    const tookMs = Math.round(performance.now() - startMs);
    await worker.close();
    console.log(`started and answered in ${count(tookMs)} ms, most of it the tools'`);
    if (response.status !== 200) return [`GET /v1/health answered ${response.status}: ${answer}`];
    if (tookMs <= START_MS_MAX) return [];
    fault = `the Worker took ${count(tookMs)} ms to its first answer, at most ${count(START_MS_MAX)} are allowed`;
  }
  return [fault];
}
