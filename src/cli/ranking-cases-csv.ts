import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FEATURE_COUNT, FEATURES } from '../model/features.ts';
import type { RankingCase } from '../training/ranking-cases.ts';

/** Writes a line a candidate: its case, 1 or 0 for whether it came true, and its features under their names. */
export async function writeRankingCases(path: string, cases: readonly RankingCase[]): Promise<void> {
  await pipeline(Readable.from(linesOf(cases)), createWriteStream(path));
}

function* linesOf(cases: readonly RankingCase[]): Generator<string> {
  yield `case,label,${FEATURES.map(({ name }) => name).join(',')}\n`;
  for (const [at, { features, targets }] of cases.entries()) {
    const lines: string[] = [];
    for (let c = 0; c < features.length / FEATURE_COUNT; c++) {
      const values = features.subarray(c * FEATURE_COUNT, (c + 1) * FEATURE_COUNT);
      lines.push(`${at},${Number(c < targets)},${values.join(',')}\n`);
    }
    yield lines.join('');
  }
}
