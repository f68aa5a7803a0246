import { sha256 } from '../kernel/sha256.ts';
import type { Brief } from './brief.ts';
import { PROMPT_VERSION } from './prompt.ts';

/** Names the explanation everywhere and for ever: another prompt, other items or another text of theirs make another key. */
export async function keyOf({ reference, item, because }: Brief): Promise<string> {
  const { kind, locale, item: id, because: ids } = reference;
  return sha256(new TextEncoder().encode(JSON.stringify([PROMPT_VERSION, kind, locale, id, ids, item, because])));
}
