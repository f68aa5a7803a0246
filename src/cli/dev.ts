import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Command } from 'commander';
import { buildSnapshot } from '../catalog/build.ts';
import { readArtefacts } from '../training/artefacts.ts';
import { QUIET_WRANGLER, WRANGLER } from './kv.ts';
import { currentPointer, publish } from './publish.ts';

/** The catalogue that a fresh machine serves. */
const DEMO_MODEL = 'models/online-retail';
const DEFAULT_PORT = '8787';

export function devCommand(): Command {
  return new Command('dev')
    .description('serve on this machine, with the demo catalogue published if there is none yet')
    .option('--port <number>', 'where to listen', DEFAULT_PORT)
    .option('--model <folder>', 'publish this model first, whatever is there')
    .option('--persist-to <folder>', 'where the local store is kept')
    .action(runDev);
}

async function runDev({ port, model, persistTo }: { port: string; model?: string; persistTo?: string }): Promise<void> {
  const target = { local: true, ...(persistTo ? { persistTo } : {}) };
  const live = model ? undefined : await currentPointer(target);
  if (live) {
    console.log(`snapshot ${live.version} is published on this machine`);
  } else {
    const folder = model ?? DEMO_MODEL;
    console.log(`publishing ${folder} on this machine …`);
    const { version } = await publish(await buildSnapshot(await readArtefacts(folder), Date.now()), target);
    console.log(`published ${version}`);
  }
  console.log(
    `\n  open    http://localhost:${port}\n  or try  curl -s localhost:${port}/v1/recommendations -H 'content-type: application/json' -d '{"history":["3","17"],"limit":10}'\n`,
  );
  const place = persistTo ? ['--persist-to', persistTo] : [];
  const wrangler = spawn(process.execPath, [WRANGLER, 'dev', '--port', port, ...place], {
    stdio: 'inherit',
    env: { ...process.env, ...QUIET_WRANGLER },
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => wrangler.kill(signal));
  const [exitCode] = (await once(wrangler, 'exit')) as [number | null];
  process.exitCode = exitCode ?? 0;
}
