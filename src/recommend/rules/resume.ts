import { keepAll, type Rule } from './rule.ts';

/**
 * What the user began comes before everything else, the newest first: each counts e times as likely as the best of the others. The
 * ranker has no say in this, as it has learned what people turn to next and not what they return to.
 */
export const resume: Rule = (list, { unfinished }) => {
  if (unfinished.size === 0 || list.length === 0) return keepAll(list);
  const score = list[0]!.score + 1;
  const places = [...unfinished];
  const begun = list.filter(({ row }) => unfinished.has(row)).map(({ row }) => ({ row, score }));
  begun.sort((a, b) => places.indexOf(a.row) - places.indexOf(b.row));
  return keepAll([...begun, ...list.filter(({ row }) => !unfinished.has(row))]);
};
