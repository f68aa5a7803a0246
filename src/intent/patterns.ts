/** Parts of regular expressions over normalised text. */

export const word = (words: string): string => String.raw`(?<![\p{L}\p{N}])(?:${words})(?![\p{L}\p{N}])`;
export const cue = (english: string, chinese: string): RegExp => new RegExp(`${word(english)}|${chinese}`, 'gu');

/** Between parts of a wish that have nothing to do with each other. */
export const CLAUSE = String.raw`(?:[|,;.!?，。；！？、\n]|${word('but|though|however')}|但是?)`;
