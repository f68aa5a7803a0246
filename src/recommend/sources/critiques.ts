import { asksForMore, directionOf } from '../critiques.ts';
import type { Source } from './source.ts';

/** Items that one critique proposes at most. */
const NEAREST = 50;

/** What critiques ask more of, so that there is something to be ranked higher. */
export const critiques: Source = ({ critiques, serving, permitted }) =>
  critiques.flatMap((critique) => {
    if (critique.kind === 'price' || !asksForMore(critique)) return [];
    const direction = directionOf(critique, serving);
    return direction ? [...serving.scanner.nearest(direction, NEAREST, permitted)] : [];
  });
