import { spawnSync } from 'node:child_process';

/** Runs the command as `npm run edgewise` does. */
export function edgewise(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
  return spawnSync(process.execPath, [...flags, 'src/cli/edgewise.ts', ...args], { encoding: 'utf8' });
}
