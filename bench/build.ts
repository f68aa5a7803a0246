/** Builds `bench/worker.ts` as `wrangler deploy` would build the Worker. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { QUIET_WRANGLER, WRANGLER } from '../src/cli/kv.ts';

export const BUILD_FOLDER = fileURLToPath(new URL('dist/', import.meta.url));

export function buildWorker(): void {
  execFileSync(process.execPath, [WRANGLER, 'deploy', '--dry-run', '--outdir', BUILD_FOLDER], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: 'pipe',
    env: { ...process.env, ...QUIET_WRANGLER },
  });
}
