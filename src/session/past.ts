import type { Critique } from '../domain/critique.ts';
import type { Interaction } from '../domain/interaction.ts';
import type { FadingReranking } from '../domain/reranking.ts';
import { fadingOf, isRerankingDue } from './reranking.ts';
import type { Session } from './session.ts';

/** What a session says of the user's taste. */
export interface Past {
  /** Items the user speaks for, oldest first; one for each time. */
  readonly history: readonly string[];
  /** Items whose last word was against them. */
  readonly rejected: readonly string[];
  /** What the user said of their recommendations, oldest first. */
  readonly critiques: readonly Critique[];
  /** What a language model made of their recommendations, as far as it still counts. */
  readonly reranking?: FadingReranking;
}

/** All that an answer needs of a session, with what follows from it: the object works it out once for all answers until something happens. */
export interface KnownPast extends Past {
  /** Begun and not finished, newest first. */
  readonly unfinished: readonly string[];
  /** Merely shown. */
  readonly shown: readonly string[];
  /** Whether enough has happened for a language model to be asked again. */
  readonly rerankingDue: boolean;
}

export const knownPastOf = (session: Session): KnownPast => ({
  ...pastOf(session),
  unfinished: unfinishedOf(session.done),
  shown: session.shown.map(({ item }) => item),
  rerankingDue: isRerankingDue(session),
});

/** Reads a session in the order of time: what speaks for an item adds it, what speaks against it takes it out. */
export function pastOf(session: Session): Past {
  const { done, critiques = [] } = session;
  const reranking = fadingOf(session);
  return { ...judge(done), critiques, ...(reranking && { reranking }) };
}

/** What interactions, oldest first, say of their items by their weights. */
export function judge(done: readonly Pick<Interaction, 'item' | 'weight'>[]): Pick<Past, 'history' | 'rejected'> {
  const verdicts = new Map<string, number>();
  for (const { item, weight } of done) verdicts.set(item, weight);
  const rejected = new Set([...verdicts].filter(([, weight]) => weight < 0).map(([item]) => item));
  const lastAgainst = new Map<string, number>();
  done.forEach(({ item, weight }, at) => weight < 0 && lastAgainst.set(item, at));
  const history = done.filter(({ item, weight }, at) => weight > 0 && at > (lastAgainst.get(item) ?? -1)).map(({ item }) => item);
  return { history, rejected: [...rejected] };
}

/** Items of a list of interactions, oldest first, that were begun (`play`) and not finished since (`complete`); newest first. */
export function unfinishedOf(interactions: readonly { readonly item: string; readonly type?: string | undefined }[]): string[] {
  const begun = new Set<string>();
  for (const { item, type } of interactions) {
    if (type === 'play' || type === 'complete') begun.delete(item);
    if (type === 'play') begun.add(item);
  }
  return [...begun].reverse();
}

/** How many interactions of each type the session holds. */
export function countTypes({ done, shown }: Session): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type } of [...done, ...shown] satisfies Interaction[]) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}
