import type { Snapshot } from '../catalog/snapshot.ts';
import { EdgewiseError } from '../domain/errors.ts';
import type { ExplanationReference } from '../domain/explanation.ts';
import { LIMITS } from '../domain/limits.ts';
import { LOCALES } from '../domain/locale.ts';
import { rowProduct } from '../kernel/quantize.ts';
import { neighbourWeight } from '../model/neighbours.ts';

const KINDS: readonly ExplanationReference['kind'][] = ['goes-with', 'similar', 'popular'];

/** `goes-with:en:22:3:17`: kind, locale, item and the item it is because of, if there is one, each encoded as a part of a URL. */
export function formatReference({ kind, locale, item, because }: ExplanationReference): string {
  return [kind, locale, item, ...because].map(encodeURIComponent).join(':');
}

/** Reads an id of an explanation. Throws `invalid_request` where it is not one. */
export function parseReference(id: string): ExplanationReference {
  const [kind, locale, item, ...because] = id.length <= LIMITS.explanationIdChars ? id.split(':').map(decode) : [];
  const known = { kind: KINDS.find((each) => each === kind), locale: LOCALES.find((each) => each === locale) };
  const wellFormed = item !== undefined && because.length <= LIMITS.explainedBecause && [item, ...because].every((each) => each !== '');
  if (!known.kind || !known.locale || !wellFormed || (known.kind === 'popular') !== (because.length === 0))
    throw new EdgewiseError('invalid_request', 'an explanation has the id that an answer gave it, such as "goes-with:en:22:3"', {
      path: 'id',
    });
  return { kind: known.kind, locale: known.locale, item, because };
}

/** Whether an answer of this version could give this reason: whoever makes up an id gets nothing that he could not have been told. */
export function couldBeGiven(
  { kind, item, because }: ExplanationReference,
  { rowOf, rules, coVisits, vectors, statistics }: Snapshot,
): boolean {
  const row = rowOf.get(item);
  const rows = because.map((id) => rowOf.get(id));
  if (row === undefined || new Set([row, ...rows]).size !== 1 + rows.length) return false;
  if (kind === 'popular') return statistics.popularity[row]! > 0;
  return rows.every((from) => {
    if (from === undefined) return false;
    if (kind === 'similar') return rowProduct(vectors, from, row) > 0;
    return neighbourWeight(rules, from, row) > 0 || neighbourWeight(coVisits, from, row) > 0;
  });
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // the router has decoded it already
  }
}
