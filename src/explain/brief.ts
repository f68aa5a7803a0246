import type { Snapshot } from '../catalog/snapshot.ts';
import { EdgewiseError } from '../domain/errors.ts';
import type { ExplanationReference } from '../domain/explanation.ts';
import { factsOf, type Facts } from '../domain/facts.ts';
import { couldBeGiven } from './reference.ts';
import { isName, wordReason } from './wording.ts';

/** All that an explanation is made from. */
export interface Brief {
  readonly reference: ExplanationReference;
  readonly item: Facts;
  readonly because: readonly Facts[];
  /** The reason as it is worded without a language model. */
  readonly template: string;
  /** Whether all titles may be put before a language model. */
  readonly fit: boolean;
}

/** What is said where an answer of now would not give a reason. */
export function noReason(): EdgewiseError {
  return new EdgewiseError('explanation_not_found', 'No answer gives this reason any more. Ask for recommendations again.', { path: 'id' });
}

/** Looks up what an explanation is of. Throws `explanation_not_found` where the live version could not give this reason. */
export function openBrief(reference: ExplanationReference, snapshot: Snapshot): Brief {
  if (!couldBeGiven(reference, snapshot)) throw noReason();
  const itemOf = (id: string) => snapshot.items.at(snapshot.rowOf.get(id)!);
  const items = [reference.item, ...reference.because].map(itemOf);
  const [item, ...because] = items.map(factsOf) as [Facts, ...Facts[]];
  const titles = because.map(({ title }) => title);
  return {
    reference,
    item,
    because,
    template: wordReason(reference.kind, titles, reference.locale),
    fit: items.every(({ title }) => isName(title)),
  };
}
