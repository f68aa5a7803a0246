import { sha256 } from '../../kernel/sha256.ts';
import { READING_VERSION } from './prompt.ts';
import type { Task } from './task.ts';

/** Names the reading of a text everywhere: another catalogue's, or another prompt's, is another. */
export async function keyOf({ kind, tenant, text, locale, names, words }: Task): Promise<string> {
  return sha256(new TextEncoder().encode(JSON.stringify([READING_VERSION, kind, tenant, locale, text, names, words])));
}
