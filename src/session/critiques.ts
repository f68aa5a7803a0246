import type { Critique, Wish } from '../domain/critique.ts';
import { LIMITS } from '../domain/limits.ts';

/** The critiques after one more: the newest `LIMITS.critiques`, oldest first; one that says the same again takes the place of the first. */
export function addCritique(critiques: readonly Critique[], critique: Critique): Critique[] {
  const others = activeCritiques(critiques, critique.atMs).filter((one) => subjectOf(one) !== subjectOf(critique));
  return [...others, critique].slice(-LIMITS.critiques);
}

export function removeCritique(critiques: readonly Critique[], id: string): Critique[] {
  return critiques.filter((critique) => critique.id !== id);
}

/**
 * The critiques after a language model read again what the rules had read as those with these ids: its wishes take their place, if they are all
 * still there and were not replaced before. So a refinement that comes twice changes nothing, and one that comes late brings nothing back.
 */
export function refineCritiques(critiques: readonly Critique[], ids: readonly string[], wishes: readonly Wish[]): readonly Critique[] {
  const replaced = critiques.filter(({ id, origin }) => ids.includes(id) && origin === undefined);
  const [first] = replaced;
  if (!first || replaced.length < ids.length) return critiques;
  const refined = wishes.map((wish, at): Critique => ({ ...wish, id: ids[at] ?? `${first.id}.${at}`, atMs: first.atMs, origin: 'llm' }));
  return refined.reduce<readonly Critique[]>(
    addCritique,
    critiques.filter((critique) => !replaced.includes(critique)),
  );
}

/** The critiques of two who turn out to be one: as if one had said them all, in the order of time. */
export function joinCritiques(own: readonly Critique[], theirs: readonly Critique[], nowMs: number): readonly Critique[] {
  const all = [...own, ...theirs].toSorted((a, b) => a.atMs - b.atMs);
  return activeCritiques(all.reduce<readonly Critique[]>(addCritique, []), nowMs);
}

/** Those that still count. */
export function activeCritiques(critiques: readonly Critique[], nowMs: number): readonly Critique[] {
  return critiques.filter(({ atMs }) => nowMs - atMs < LIMITS.critiqueTtlMs);
}

/** What a wish is of: more and less of the same, and two bounds of prices, contradict each other, and the later counts. */
function subjectOf(wish: Wish): string {
  switch (wish.kind) {
    case 'more':
    case 'less':
      return `words ${wish.words}`;
    case 'price':
      return 'price';
    case 'more-like-this':
    case 'not-this':
      return `item ${wish.item}`;
  }
}
