import { encodeJson } from '../catalog/manifest.ts';
import { shadowKey, type WritableStorage } from '../catalog/storage.ts';
import type { ShadowReport } from '../evaluation/shadow.ts';

/** Keeps a report with its version: it goes when the version does. */
export async function writeShadow(report: ShadowReport, storage: WritableStorage): Promise<void> {
  await storage.write(shadowKey(report.candidate), encodeJson(report));
}

/** The last report of a version; undefined if it was never measured. */
export async function readShadow(version: string, storage: WritableStorage): Promise<ShadowReport | undefined> {
  const value = await storage.read(shadowKey(version), 0);
  return value ? (JSON.parse(new TextDecoder().decode(value)) as ShadowReport) : undefined; // written by `writeShadow` alone
}

/** A report in lines. */
export function describeShadow({ candidate, live, measuredAt, histories, agreement, nextItem }: ShadowReport): string[] {
  const { overlapAt10, rankCorrelation } = agreement;
  const lines = [
    `${candidate} beside ${live}, ${measuredAt}`,
    `  ${histories} histories: ${(100 * overlapAt10).toFixed(1)} % of the first ten are the same, rank correlation ${rankCorrelation?.toFixed(3) ?? 'of nothing'}`,
  ];
  if (!nextItem) return [...lines, '  nothing came after both had learnt: wait for interactions, or name a time with --since'];
  const figure = (name: 'recall@10' | 'ndcg@10') => {
    const [low, high] = nextItem.difference[name].interval;
    return `  ${name} ${nextItem.candidate[name].toFixed(4)}, live ${nextItem.live[name].toFixed(4)} (95 % of the difference: ${low.toFixed(4)} to ${high.toFixed(4)})`;
  };
  return [...lines, `  ${nextItem.cases} next items since ${nextItem.since}`, figure('recall@10'), figure('ndcg@10')];
}
