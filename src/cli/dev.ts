import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { buildSnapshot } from '../catalog/build.ts';
import { parseSnapshotManifest, type SnapshotPointer } from '../catalog/manifest.ts';
import { DEMO_MODEL } from '../domain/command.ts';
import { parseManifest } from '../model/manifest.ts';
import { readArtefacts } from '../training/artefacts.ts';
import { installDevKeys } from './dev-keys.ts';
import { QUIET_WRANGLER, WRANGLER } from './kv.ts';
import { parsePort } from './options.ts';
import { withRecordedStart } from '../training/record-start.ts';
import { currentPointer, publish } from './publish.ts';

/** Where `wrangler dev` reads secrets from. */
const DEV_VARS = fileURLToPath(new URL('../../.dev.vars', import.meta.url));
const DEFAULT_PORT = 8787;
/** On this machine nobody needs a key, and any page may call. */
const OPEN = ['--var', 'ACCESS:open', '--var', 'CORS_ORIGINS:*'];

export function devCommand(): Command {
  return new Command('dev')
    .description('serve on this machine, with the demo catalogue published if there is none yet')
    .option('--port <number>', 'where to listen', parsePort, DEFAULT_PORT)
    .option('--model <folder>', 'publish this model first, whatever is there')
    .option('--persist-to <folder>', 'where the local store is kept')
    .action(runDev);
}

interface DevOptions {
  port: number;
  model?: string;
  persistTo?: string;
}

async function runDev({ port, model, persistTo }: DevOptions): Promise<void> {
  const target = { local: true, ...(persistTo ? { persistTo } : {}) };
  const pointer = await currentPointer(target);
  if (pointer && !model && isReadable(pointer)) {
    console.log(`snapshot ${pointer.version} is published on this machine`);
  } else {
    const folder = model ?? DEMO_MODEL;
    console.log(`publishing ${folder} on this machine …`);
    const { version } = await publish(
      await buildSnapshot(await withRecordedStart(await readArtefacts(folder)), Date.now()),
      pointer,
      target,
    );
    console.log(`published ${version}`);
  }
  const [keys] = await Promise.all([installDevKeys(DEV_VARS, target), migrate(persistTo)]);
  console.log(
    [
      `dev server key: ${keys.server}`,
      `dev public key: ${keys.public}`,
      'what is scheduled runs every minute, whatever wrangler says of it below',
      '\nAs soon as it says "Ready":',
      `  open  http://localhost:${port}`,
      `  try   curl -s localhost:${port}/v1/recommendations -H 'content-type: application/json' -d '{"history":["3","17"],"limit":10}'\n`,
    ].join('\n'),
  );
  await serve(port, persistTo);
}

/** Brings the local tables up to `migrations/`. */
async function migrate(persistTo: string | undefined): Promise<void> {
  const place = persistTo ? ['--persist-to', persistTo] : [];
  const env = { ...process.env, ...QUIET_WRANGLER, CI: 'true' }; // a person at a terminal would be asked first
  await promisify(execFile)(process.execPath, [WRANGLER, 'd1', 'migrations', 'apply', 'FEEDBACK', '--local', ...place], { env });
}

/** Whether this build can read the live version of the local store: a model of an older feature registry is published anew. */
function isReadable({ version, manifest }: SnapshotPointer): boolean {
  try {
    if (manifest === undefined) throw new Error('it was published by an older build');
    parseManifest(parseSnapshotManifest(new TextEncoder().encode(manifest)).model);
    return true;
  } catch (fault) {
    console.log(`snapshot ${version} cannot be served by this build: ${(fault as Error).message}`);
    return false;
  }
}

/** Lets the trigger of every minute go off, as Cloudflare does: `wrangler dev` has no clock of its own. */
async function tick(port: number): Promise<void> {
  const cron = encodeURIComponent('* * * * *');
  await fetch(`http://localhost:${port}/cdn-cgi/handler/scheduled?cron=${cron}`).catch(() => undefined); // it may be starting still
}

/** Runs `wrangler dev` until it ends, passing signals on; its exit code becomes ours. */
async function serve(port: number, persistTo: string | undefined): Promise<void> {
  const place = persistTo ? ['--persist-to', persistTo] : [];
  const wrangler = spawn(process.execPath, [WRANGLER, 'dev', '--port', String(port), ...OPEN, ...place], {
    stdio: 'inherit',
    env: { ...process.env, ...QUIET_WRANGLER },
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => wrangler.kill(signal));
  const everyMinute = setInterval(() => void tick(port), 60_000);
  const [exitCode] = (await once(wrangler, 'exit')) as [number | null];
  clearInterval(everyMinute);
  process.exitCode = exitCode ?? 0;
}
