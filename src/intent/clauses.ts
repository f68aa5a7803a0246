import { AFFIRMATIONS, CHINESE_FILLERS, CLAUSES, JOINTS } from './cues.ts';
import { DENY, NEGATIONS } from './negations.ts';

/**
 * Which parts of a text are wanted and which denied: `mugs without red or blue, with flowers` wants `mugs` and `flowers` and
 * denies `red` and `blue`. A denial reaches to the end of its clause, or to a word that affirms again. In Chinese it reaches to
 * 的, which joins what qualifies to the thing: `不要红色的杯子` denies `红色` and wants `杯子`.
 */
export function splitClauses(text: string): { wanted: string[]; denied: string[] } {
  const wanted: string[] = [];
  const denied: string[] = [];
  for (const clause of text.split(CLAUSES)) {
    const [positive = '', ...negated] = clause.replace(NEGATIONS, DENY).split(DENY);
    wanted.push(positive);
    for (const part of negated) {
      const [no = '', ...yes] = part.split(AFFIRMATIONS);
      for (const phrase of no.split(JOINTS)) {
        const end = phrase.lastIndexOf('的');
        denied.push(end === -1 ? phrase : phrase.slice(0, end));
        if (end !== -1) wanted.push(phrase.slice(end + 1));
      }
      wanted.push(...yes);
    }
  }
  return { wanted: tidy(wanted), denied: tidy(denied) };
}

function tidy(parts: readonly string[]): string[] {
  return parts.map((part) => part.replace(CHINESE_FILLERS, ' ').trim()).filter((part) => part !== '');
}
