import type { Critique } from '../domain/critique.ts';
import type { Reading } from '../domain/intent.ts';
import { LIMITS } from '../domain/limits.ts';
import { DEFAULT_LOCALE, type Locale } from '../domain/locale.ts';
import type { FadingReranking } from '../domain/reranking.ts';
import type { Exposure, TrendingItem } from '../domain/feedback.ts';
import type { Random } from '../kernel/random.ts';
import type { Filter } from './filter/filter.ts';
import { SCENARIOS, type ScenarioName } from './scenarios.ts';
import type { Settings } from './settings.ts';

/** What is asked for, with every default filled in. */
export interface RecommendRequest {
  readonly scenario: ScenarioName;
  /** The scenario's, with what the request overrides. */
  readonly settings: Settings;
  /** Ids of the items the user touched, oldest first. */
  readonly history: readonly string[];
  /** Ids of what the user began and did not finish, newest first. */
  readonly unfinished: readonly string[];
  /** Ids of what the user was shown and did not turn to. */
  readonly shown: readonly string[];
  /** Ids of the items that the answer is about: the one on the page, those in the cart. */
  readonly about: readonly string[];
  /** Words that the user looks for. */
  readonly query: string;
  /** What a language model made of these words, where that is known already. */
  readonly reading?: Reading;
  /** What the user said of their recommendations, oldest first. */
  readonly critiques: readonly Critique[];
  /** What a language model made of the user's recommendations earlier. */
  readonly reranking?: FadingReranking;
  /** Where the user is, in the words of the items' `markets`. */
  readonly market?: string;
  readonly limit: number;
  /** Ids that may not be in the answer. */
  readonly exclude: readonly string[];
  /** Items that do not match may not be in the answer. */
  readonly filter?: Filter;
  /** The language of the reasons. */
  readonly locale: Locale;
  /** Rows on earlier pages of the same list. */
  readonly paged: readonly number[];
  /** What is counted of all users by now. */
  readonly counts: Counts;
  readonly nowMs: number;
  /** Decides what is tried out. */
  readonly random: Random;
  /** Whether the answer says how it came about. */
  readonly traced: boolean;
}

/** What an isolate remembers of the counters; a part that was never loaded is undefined. */
export interface Counts {
  /** The most trending first. */
  readonly trending?: readonly TrendingItem[];
  /** Of new items by their ids: how often they were shown, and turned to there. */
  readonly exposures?: ReadonlyMap<string, Exposure>;
}

/** As much of a request as somebody says. */
export type Asked = Partial<Omit<RecommendRequest, 'settings' | 'nowMs' | 'random'>> &
  Pick<RecommendRequest, 'nowMs' | 'random'> & { readonly overrides?: Partial<Settings> };

/** The whole request: `home`, for somebody of whom nothing is known, unless it says otherwise. A last page has what may still be shown. */
export function fillRequest({
  overrides,
  scenario = 'home',
  limit = LIMITS.answerItemsDefault,
  paged = [],
  ...asked
}: Asked): RecommendRequest {
  return {
    ...DEFAULTS,
    ...asked,
    limit: Math.min(limit, LIMITS.pagedItems - paged.length),
    paged,
    scenario,
    settings: overrides ? { ...SCENARIOS[scenario], ...overrides } : SCENARIOS[scenario],
  };
}

const DEFAULTS: Omit<RecommendRequest, 'scenario' | 'settings' | 'limit' | 'paged' | 'nowMs' | 'random'> = {
  history: [],
  unfinished: [],
  shown: [],
  about: [],
  query: '',
  critiques: [],
  locale: DEFAULT_LOCALE,
  exclude: [],
  counts: {},
  traced: false,
};
