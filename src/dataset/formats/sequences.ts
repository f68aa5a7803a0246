import type { DatasetBuilder } from '../builder.ts';
import type { ReadContext } from '../context.ts';
import { LineFault } from '../errors.ts';
import { parseId, parseNumber } from '../fields.ts';
import { readLines } from '../lines.ts';
import type { Source } from '../source.ts';

/** How a file of sequences begins, and one with the gaps between the times. */
export const SEQUENCE = /^\d+( \d+)+$/;
export const GAPPED_SEQUENCE = /^\d+( \d+)+\t\d+( \d+)*$/;

/**
 * Reads a line a user, `user item item …`, oldest first, as S3-Rec (Zhou et al., 2020) has them. A line may go on with a
 * tab and, for each item, the seconds since the one before: then times count from 0 for every user, so that they compare
 * within a user only, and several items at one time (the same day) are ties.
 */
export async function readSequences(source: Source, builder: DatasetBuilder, context: ReadContext): Promise<void> {
  await readLines(source.interactions, context, (text) => {
    const [sequence = '', gaps, ...others] = text.split('\t');
    if (others.length > 0) throw new LineFault('has more than one tab');
    const [user, ...items] = words(sequence).map((word, place) => parseId(word, place === 0 ? 'user' : 'item'));
    if (user === undefined || items.length === 0) throw new LineFault('names no item');
    if (gaps !== undefined && builder.hasUser(user)) throw new LineFault(`user ${user} has a line already, with times of its own`);
    const timesMs = gaps === undefined ? undefined : sumsMs(words(gaps), items.length);
    for (const [k, item] of items.entries()) builder.addInteraction(user, item, 'interaction', timesMs?.[k] ?? NaN, NaN);
  });
}

function words(text: string): string[] {
  return text.trim().split(/ +/);
}

/** [items] milliseconds since the user's beginning. */
function sumsMs(gaps: readonly string[], items: number): number[] {
  if (gaps.length !== items) throw new LineFault(`has ${items} items and ${gaps.length} gaps`);
  let atMs = 0;
  return gaps.map((gap) => {
    const seconds = parseNumber(gap, 'gap');
    if (seconds < 0) throw new LineFault(`gap ${gap} is negative`);
    atMs += Math.round(seconds * 1000);
    return atMs;
  });
}
