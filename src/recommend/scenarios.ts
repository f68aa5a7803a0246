import type { Settings } from './settings.ts';

/** The occasions on which recommendations are asked for. */
export const SCENARIO_NAMES = ['home', 'item', 'cart', 'next', 'news', 'search', 'email'] as const;
export type ScenarioName = (typeof SCENARIO_NAMES)[number];

/** What a request has to bring. */
type Need = 'context.item' | 'context.cart' | 'query';

export interface Scenario extends Settings {
  readonly needs?: Need;
}

/** What a user would like by the ranker alone. Every scenario says only where it differs. */
const HOME: Scenario = {
  sources: { transformer: 1, rules: 1, coVisits: 1, texts: 1, popular: 1 },
  seen: 'drop',
  shownIsSeen: false,
  halfLifeDays: Infinity,
  boosts: [],
  caps: { category: Infinity, brand: Infinity },
  diversity: 0,
  exploration: 0,
  reranking: false,
  matching: { lexical: 1, semantic: 1, behaviour: 0.5 }, // chosen on validation tags, see docs/evaluation.md
};

export const SCENARIOS: Readonly<Record<ScenarioName, Scenario>> = {
  home: HOME,

  /** Beside an item: what is like it, and what goes with it. */
  item: { ...HOME, needs: 'context.item', sources: { similar: 4, complementary: 4, rules: 1, coVisits: 1, popular: 0.01 } },

  /** At the till: what goes with the cart and is not one more of the same. */
  cart: { ...HOME, needs: 'context.cart', sources: { complementary: 1, popular: 0.01 }, caps: { category: 3, brand: 3 } },

  /** After a video: what was begun and not finished first, then what comes next, varied and with new ones. */
  next: { ...HOME, sources: { ...HOME.sources, continue: 1, similar: 1, fresh: 1 }, diversity: 0.2, exploration: 1 },

  /** A front page: new things above all, and never the same one twice. */
  news: {
    ...HOME,
    sources: { ...HOME.sources, trending: 2, fresh: 2 },
    shownIsSeen: true,
    halfLifeDays: 1,
    caps: { category: 4, brand: Infinity },
    diversity: 0.3,
    exploration: 1,
  },

  /** What the query is about, by its words, by their meaning and by the user's taste; having seen an item is no reason to hide it. */
  search: { ...HOME, needs: 'query', sources: { query: 1 }, seen: 'allow' },

  /** A letter that is read days later: varied, nothing seen, and what is trending. */
  email: { ...HOME, sources: { ...HOME.sources, trending: 1 }, caps: { category: 3, brand: 3 }, diversity: 0.3 },
};
