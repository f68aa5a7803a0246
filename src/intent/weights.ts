import { DENY, denied } from './negations.ts';
import { CLAUSE, cue, word } from './patterns.ts';

const LESS = cue(
  String.raw`(?:much |a (?:bit|little) |far )?(?:less|fewer)(?: of)?|not so (?:much|many)|too (?:much|many)|stop (?:showing|recommending|suggesting|giving)(?: me)?|(?<=(?:^|${CLAUSE})\s*(?:please )?)(?:stop|enough)(?: of| with)?(?! for)`,
  '少一点|少一些|少点|少些|[太那这么]+多|少',
).source;
const MORE = cue('(?:much |a (?:bit|little) |some |far )?more(?: of)?|rather(?! than)', '多一点|多一些|多点|多些|更多的?|多').source;
/** What weighs the words of a critique, as a denial or as a clause of its own, in the order in which they are read: `no more mugs` are fewer, `no fewer mugs` are not. */
export const WEIGHTS: readonly { readonly cue: RegExp; readonly as: string }[] = [
  { cue: new RegExp(`${denied(word('less|fewer'))}(?: of)?|${word('not enough|too few|too little')}|太少|不够`, 'gu'), as: ' | ' },
  { cue: new RegExp(`${denied(MORE)}|${LESS}`, 'gu'), as: ` | ${DENY} ` },
  { cue: new RegExp(MORE, 'gu'), as: ' | ' },
];
