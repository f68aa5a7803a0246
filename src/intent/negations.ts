import { word } from './patterns.ts';

/** Denies what follows it, as `spellOut` writes denials that take several words. */
export const DENY = '¬';
/** What denies a kind of items, as `no bags`. */
export const NONE =
  '(?:i )?(?:dont|do not) (?:want|like|need|show|give|recommend|suggest)(?: me)?|(?:i )?(?:hate|dislike)|no|avoid|exclude';
/** What denies the words behind it. 别 is a part of many other words. */
const NOT = `(?:${DENY}|${word(
  `${NONE}|without|except(?: for)?|excluding|other than|apart from|aside from|instead of|rather than|nothing|neither|never|not(?: in| with| for)?|non|minus|unlike|` +
    '(?:does|did|is|are|was|were|would)nt(?: (?:want|like|need|have|be))?',
)}|(?:不想要|不需要|不喜欢|不要|没有|不含|不带|而不是|(?<![特分个性类级区])别(?![致墅])要?|排除)再?)`;
export const NEGATIONS = new RegExp(NOT, 'gu');

/** What denies only when it stands right before a cue: by themselves these begin other words. */
export const NOT_BEFORE = `(?:${NOT}|${word('dont|cant|cannot|couldnt|mustnt|shouldnt|wont')}|不能?)`;
/** Words between a negation and what it denies that say nothing. */
export const LINKS = String.raw`(?:\s*${word('anything|something|any|things?|items?|products?|ones?|stuff|those|it|them|that|thats|which|is|are|be|to|pay|spend|go|costs?|costing|priced|at|too|so|very|really|the|an?')})*\s*`;

/** The negation of what a part of a regular expression says: `nothing that costs over 20`. */
export const denied = (cues: string): string => `${NOT_BEFORE}${LINKS}(?:${cues})`;
