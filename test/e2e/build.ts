/** Builds the Worker once for all end-to-end tests, as `wrangler deploy` would. */
import { execFileSync } from 'node:child_process';
import { QUIET_WRANGLER, WRANGLER } from '../../src/cli/kv.ts';

export const BUILD_FOLDER = 'dist';

export default function build(): void {
  execFileSync(process.execPath, [WRANGLER, 'deploy', '--dry-run', '--outdir', BUILD_FOLDER], {
    stdio: 'pipe',
    env: { ...process.env, ...QUIET_WRANGLER },
  });
}
