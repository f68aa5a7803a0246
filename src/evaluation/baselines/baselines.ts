import type { Baseline } from './baseline.ts';
import { ease } from './ease.ts';
import { ials } from './ials.ts';
import { itemKnn } from './item-knn.ts';
import { markov } from './markov.ts';
import { popularity } from './popularity.ts';
import { recentPopularity } from './recent-popularity.ts';
import { sequentialRules } from './sequential-rules.ts';

/** Everything that is printed beside a model. */
export const BASELINES: readonly Baseline[] = [popularity, recentPopularity, markov, sequentialRules, itemKnn, ease, ials];
