import { AFFIRMATIONS, CHINESE_FILLERS, CLAUSES, JOINTS } from './cues.ts';
import { DENY, NEGATIONS } from './negations.ts';

/**
 * Which parts of a text are wanted and which denied: `mugs without red or blue, with flowers` wants `mugs` and `flowers` and
 * denies `red` and `blue`. A denial reaches to the end of its clause, or to a word that affirms again.
 */
export function splitClauses(text: string): { wanted: string[]; denied: string[] } {
  const wanted: string[] = [];
  const denied: string[] = [];
  for (const clause of text.split(CLAUSES)) {
    const [positive = '', ...negated] = clause.replace(NEGATIONS, DENY).split(DENY);
    wanted.push(positive);
    for (const part of negated) {
      const [no = '', ...yes] = part.split(AFFIRMATIONS);
      denied.push(...no.split(JOINTS));
      wanted.push(...yes);
    }
  }
  return { wanted: tidy(wanted), denied: tidy(denied) };
}

function tidy(parts: readonly string[]): string[] {
  return parts.map((part) => part.replace(CHINESE_FILLERS, ' ').trim()).filter((part) => part !== '');
}
