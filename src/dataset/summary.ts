import type { Dataset } from './dataset.ts';

export interface DatasetSummary {
  readonly name: string;
  readonly hash: string;
  readonly users: number;
  readonly items: number;
  readonly interactions: number;
  /** How many interactions have each type. */
  readonly types: Readonly<Record<string, number>>;
  readonly ties: number;
  /** RFC 3339; null where no interaction has a time. */
  readonly from: string | null;
  readonly to: string | null;
}

export function summarize(dataset: Dataset): DatasetSummary {
  const counts = new Int32Array(dataset.types.length);
  let fromMs = Infinity;
  let toMs = -Infinity;
  for (const [k, type] of dataset.type.entries()) {
    counts[type]!++;
    const atMs = dataset.atMs[k]!;
    if (atMs < fromMs) fromMs = atMs;
    if (atMs > toMs) toMs = atMs;
  }
  const timed = fromMs <= toMs;
  return {
    name: dataset.name,
    hash: dataset.hash,
    users: dataset.users.length,
    items: dataset.items.length,
    interactions: dataset.item.length,
    types: Object.fromEntries(dataset.types.map((type, row) => [type, counts[row]!])),
    ties: dataset.ties,
    from: timed ? new Date(fromMs).toISOString() : null,
    to: timed ? new Date(toMs).toISOString() : null,
  };
}
