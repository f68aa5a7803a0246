import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import type { RefreshReport } from '../catalog/refresh/refresh.ts';
import { JSON_OPTION, count, printResult } from './output.ts';
import { askJson, withService, type ServiceTarget } from './service.ts';

/** How often `--wait` asks whether it has ended. */
const ASK_EVERY_MS = 1_000;

interface RefreshOptions extends ServiceTarget {
  readonly wait: boolean;
  readonly json: boolean;
}

/** `edgewise refresh`: has a running service bring what was written, and what users did, into a new version of its snapshot. */
export function refreshCommand(): Command {
  return withService(
    new Command('refresh').description('have a service make a new version of what was written and done since the live one'),
  )
    .option('--wait', 'until it has ended, and fail if it does', false)
    .option(...JSON_OPTION, false)
    .action(runRefresh);
}

async function runRefresh({ wait, json, ...target }: RefreshOptions): Promise<void> {
  const { id } = await askJson<{ id: string }>(target, '/v1/refresh', { method: 'POST' });
  if (!wait) return printResult({ id }, json, () => [`refresh ${id} has begun: GET /v1/refresh tells how it ends`]);
  const report = await ended(id, target);
  if (report.outcome === 'failed') throw new Error(`the refresh failed, the live version stays: ${report.reason}`);
  printResult(report, json, () => describe(report));
}

async function ended(id: string, target: ServiceTarget): Promise<RefreshReport> {
  for (;;) {
    const { refreshes } = await askJson<{ refreshes: RefreshReport[] }>(target, '/v1/refresh');
    const report = refreshes.find((each) => each.id === id);
    if (!report) throw new Error(`the service does not know refresh ${id} any more: ten later ones have begun`);
    if (report.outcome !== 'running') return report;
    await sleep(ASK_EVERY_MS);
  }
}

function describe(report: RefreshReport): string[] {
  if (report.outcome !== 'refreshed') return ['nothing has changed since the live version was made'];
  const { version, items, learned, recall, shift } = report;
  return [
    `live: ${version}, ${count(items)} items, ${count(learned)} of them placed by what users did since training`,
    `the scan finds ${(100 * recall).toFixed(1)} % of the nearest items; ${(100 * shift).toFixed(1)} % of what is recommended changed`,
  ];
}
