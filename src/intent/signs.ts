import { wordsOf } from '../model/words.ts';

/** All but pictures, currencies and stops: markup is made of the others, and some are not to be seen. */
const UNSAFE = /[^\p{So}\p{Sc}!?.,]/gu;

/** What stands for a text that has no word in what was not understood: its signs, those that could be markup left out, or a `?`. Nothing for a blank one. */
export function signsOf(text: string): string[] {
  return text.trim() === '' || wordsOf(text).length > 0 ? [] : [text.replace(UNSAFE, '') || '?'];
}
