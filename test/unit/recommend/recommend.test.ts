import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Snapshot } from '../../../src/catalog/snapshot.ts';
import { LIMITS } from '../../../src/domain/limits.ts';
import { dequantizeRow } from '../../../src/kernel/quantize.ts';
import { seededRandom, shuffle } from '../../../src/kernel/random.ts';
import { FEATURES, HORIZONS, TASTE } from '../../../src/model/features.ts';
import { neighbourWeight, type Neighbours } from '../../../src/model/neighbours.ts';
import type { Item } from '../../../src/domain/item.ts';
import { compileFilter } from '../../../src/recommend/filter/compile.ts';
import type { Filter } from '../../../src/recommend/filter/filter.ts';
import { parseFilter } from '../../../src/recommend/filter/parse.ts';
import { recommend, type Answer } from '../../../src/recommend/recommend.ts';
import { fillRequest, type RecommendRequest } from '../../../src/recommend/request.ts';
import { Serving } from '../../../src/recommend/serving.ts';
import { Stopwatch } from '../../../src/recommend/stopwatch.ts';
import { engineOf, halve, snapshotOf, standIn, STAND_IN_WEIGHTS } from '../../fixtures/serving.ts';
import { makeShop, SHOP_ENCODER } from '../../fixtures/shop.ts';

const ITEMS = 40;
const FILTERS: readonly (Filter | undefined)[] = [
  undefined,
  ...['price < 6', 'category("mugs")', 'tag("gift") && price > 3', '!(category == "bags")', 'id == "i3"', 'price > 1000'].map(parseFilter),
];

/** What these tests ask for: `home`, with a policy for what was seen. */
interface Wish {
  readonly history: readonly string[];
  readonly limit: number;
  readonly exclude: readonly string[];
  readonly filter?: Filter;
  readonly seen: 'drop' | 'allow';
}

const request = ({ seen = 'drop', ...asked }: Partial<Wish> = {}): RecommendRequest =>
  fillRequest({ ...asked, overrides: { seen }, nowMs: 0, random: () => 0.5 });
const ask = (serving: Serving, changes: Partial<Wish> = {}) => recommend(request(changes), serving, new Stopwatch(() => 0));

async function openShop(options: { items?: number; ready?: boolean } = {}): Promise<Serving> {
  const serving = new Serving(await snapshotOf(makeShop({ items: ITEMS, ...options })), engineOf(standIn()));
  if (options.ready !== false) await serving.startEncoder(0);
  return serving;
}

const IDS = (items: number) =>
  fc.oneof({ weight: 9, arbitrary: fc.nat(items - 1).map((row) => `i${row}`) }, fc.constantFrom('gone', 'never', '', '__proto__'));
const REQUEST = (items = ITEMS): fc.Arbitrary<Wish> =>
  fc
    .record({
      history: fc.array(IDS(items), { maxLength: 14 }),
      limit: fc.integer({ min: 1, max: 100 }),
      exclude: fc.array(IDS(items), { maxLength: 30 }),
      filter: fc.constantFrom(...FILTERS),
      seen: fc.constantFrom<'drop' | 'allow'>('drop', 'allow'),
    })
    .map(({ filter, ...rest }) => (filter ? { ...rest, filter } : rest));

/** The items that a request permits. */
function permittedBy({ history, exclude, filter, seen }: Wish, { items }: Snapshot): Set<string> {
  const matches = filter ? compileFilter(filter, items) : () => true;
  const kept = [...items].filter(
    (item, row) => matches(row) && !exclude.includes(item.id) && (seen === 'allow' || !history.includes(item.id)),
  );
  return new Set(kept.map(({ id }) => id));
}

function expectGoodAnswer(answer: Answer, asked: Wish, snapshot: Snapshot) {
  const ids = answer.items.map(({ id }) => id);
  const permitted = permittedBy(asked, snapshot);
  expect(ids.filter((id) => !permitted.has(id))).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toHaveLength(Math.min(asked.limit, permitted.size));
  answer.items.forEach(({ score }, at) => expect(score).toBeLessThanOrEqual(answer.items[at - 1]?.score ?? Infinity));
  for (const { id, title, price } of answer.items) expect({ id, title, price }).toEqual(pick(snapshot.items.at(snapshot.rowOf.get(id)!)));
  expect(answer.unknown).toEqual([...new Set(asked.history.filter((id) => !snapshot.rowOf.has(id)))]);
  expect(answer.snapshot).toBe(snapshot.version);
}

const pick = ({ id, title, price }: Item) => ({ id, title, price });

/** s(u, i) by the book: every feature of one item, worked out alone, times its weight. */
function plainScore(id: string, history: readonly string[], snapshot: Snapshot): number {
  const { rowOf, vectors, model } = snapshot;
  const row = rowOf.get(id)!;
  const rows = history.flatMap((one) => rowOf.get(one) ?? []);
  const once = rows.filter((one, at) => rows.lastIndexOf(one) === at).slice(-LIMITS.historyCounted);
  const popularity = Math.log(1 + snapshot.statistics.popularity[row]!);
  if (rows.length === 0) return popularity;
  const vectorOf = (one: number) => {
    const vector = new Float32Array(vectors.dims);
    dequantizeRow(vectors, one, vector, 0);
    return vector;
  };
  const user = halve(rows.slice(-model.encoder.length).map(vectorOf));
  const spread = (table: Neighbours, decay: number, steepness: number) =>
    Math.log(1 + steepness * once.reduce((sum, from, at) => sum + decay ** (once.length - 1 - at) * neighbourWeight(table, from, row), 0));
  const features = [
    vectorOf(row).reduce((sum, value, d) => sum + value * user[d]!, 0),
    spread(snapshot.rules, HORIZONS.now, 1000),
    spread(snapshot.rules, HORIZONS.long, 1000),
    spread(snapshot.coVisits, HORIZONS.now, 20),
    spread(snapshot.coVisits, HORIZONS.long, 20),
    spread(snapshot.texts, HORIZONS.now, 10),
    spread(snapshot.texts, HORIZONS.long, 10),
    popularity,
    0, // the trend and
    0, // the age of a shop without times
    shareOfCategories(),
    priceDistance(),
    Math.log(1 + rows.filter((one) => one === row).length),
    once.includes(row) ? 1 / (once.length - once.indexOf(row)) : 0,
    Math.log(1 + rows.length),
  ];
  return FEATURES.reduce((sum, { name }, f) => sum + STAND_IN_WEIGHTS[name] * features[f]!, 0);

  function shareOfCategories(): number {
    const { categories } = snapshot.items.at(row);
    const likes = (category: string) =>
      once
        .slice(-TASTE.items)
        .toReversed()
        .reduce((sum, one, ago) => sum + (snapshot.items.at(one).categories.includes(category) ? TASTE.decay ** ago : 0), 0);
    return categories.reduce((sum, category) => sum + likes(category), 0) / categories.length;
  }

  function priceDistance(): number {
    const newest = once.slice(-TASTE.items);
    const usual = newest.reduce((sum, one) => sum + Math.log(snapshot.items.at(one).price!), 0) / newest.length;
    return Math.abs(Math.log(snapshot.items.at(row).price!) - usual);
  }
}

let shop: Serving;
beforeAll(async () => {
  shop = await openShop();
});

describe('an answer', () => {
  test('holds what is permitted, as much of it as there is room for, best first', async () => {
    await fc.assert(
      fc.asyncProperty(REQUEST(), async (asked) => {
        const answer = await ask(shop, asked);
        expectGoodAnswer(answer, asked, shop.snapshot);
        expect(answer.degraded).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('is the best of the whole catalogue by the book', async () => {
    await fc.assert(
      fc.asyncProperty(REQUEST(), async (asked) => {
        const { items } = await ask(shop, asked);
        const best = [...permittedBy(asked, shop.snapshot)].map((id) => plainScore(id, asked.history, shop.snapshot)).sort((a, b) => b - a);
        items.forEach(({ id, score }, at) => {
          expect(score).toBeCloseTo(plainScore(id, asked.history, shop.snapshot), 4);
          expect(score).toBeCloseTo(best[at]!, 4);
        });
      }),
      { numRuns: 150 },
    );
  });

  test('is never short where the sources propose only a part of a large catalogue', async () => {
    const items = 700;
    const large = await openShop({ items });
    const starting = await openShop({ items, ready: false });
    await fc.assert(
      fc.asyncProperty(REQUEST(items), fc.boolean(), async (asked, ready) => {
        // What is excluded or was seen is just what would be proposed first.
        const head = Array.from({ length: 100 }, (_, row) => `i${row}`);
        const hard = {
          ...asked,
          limit: 100,
          exclude: [...asked.exclude, ...head.slice(0, 60)],
          history: [...asked.history, ...head.slice(30)],
        };
        const answer = await ask(ready ? large : starting, hard);
        expectGoodAnswer(answer, hard, large.snapshot);
      }),
      { numRuns: 40 },
    );
  });

  test('gives an item the same score whatever else is asked', async () => {
    await fc.assert(
      fc.asyncProperty(REQUEST(), REQUEST(), async (asked, other) => {
        const { items } = await ask(shop, asked);
        const { items: others } = await ask(shop, { ...other, history: asked.history });
        const scores = new Map(others.map(({ id, score }) => [id, score]));
        for (const { id, score } of items) expect(scores.get(id) ?? score).toBe(score);
      }),
    );
  });

  test('reads the newest of a long history, each item once where neighbours are added up', async () => {
    const lengths: number[] = [];
    const model = standIn();
    const recording = {
      ...model,
      run: (inputs: Parameters<typeof model.run>[0]) => {
        if (inputs['rows']) lengths.push(inputs['rows'].shape[0]!);
        return model.run(inputs);
      },
    };
    const serving = new Serving((await openShop({ items: 400 })).snapshot, engineOf(recording));
    await serving.startEncoder(0);
    const history = Array.from({ length: LIMITS.historyCounted }, (_, at) => `i${100 + at}`);
    const answerTo = async (ids: readonly string[]) =>
      (await ask(serving, { history: ids, seen: 'allow', limit: 100 })).items.map(({ id }) => id);
    // One more at the old end is one too many; one in the place of the oldest still counts.
    expect(await answerTo(['i30', ...history])).toEqual(await answerTo(history));
    expect(await answerTo(['i30', ...history.slice(1)])).not.toEqual(await answerTo(history));
    expect(new Set(lengths)).toEqual(new Set([SHOP_ENCODER.length]));
    // None of it is shown again, however old.
    const { items } = await ask(serving, { history: ['i30', ...history], limit: 100 });
    expect(items.map(({ id }) => id).filter((id) => id === 'i30' || history.includes(id))).toEqual([]);
  });
});

describe('without a history', () => {
  test('the most popular come first, and nothing is missing', async () => {
    for (const serving of [shop, await openShop({ ready: false })]) {
      const { items, degraded } = await ask(serving, { limit: 25 });
      expect(items.map(({ id }) => id)).toEqual(Array.from({ length: 25 }, (_, row) => `i${row}`));
      expect(degraded).toEqual([]);
      expect(items.every(({ reason }) => reason.kind === 'popular' && reason.because.length === 0)).toBe(true);
    }
  });

  test('and with one that nobody knows it is the same', async () => {
    const { unknown, ...known } = await ask(shop, { history: ['gone', 'never', 'gone'] });
    expect(unknown).toEqual(['gone', 'never']);
    expect(known).toEqual({ ...(await ask(shop)), unknown: undefined });
  });
});

describe('without the transformer', () => {
  const failing = (fault: 'open' | 'run') => {
    const model = { run: () => Promise.reject(new Error('out of memory')), release: async () => undefined };
    return { ...engineOf(model), ...(fault === 'open' ? { openModel: () => Promise.reject(new Error('no such model')) } : {}) };
  };

  test('an answer says so and is there all the same', async () => {
    const snapshot = await snapshotOf(makeShop());
    const notStarted = new Serving(snapshot, engineOf(standIn()));
    const notOpened = new Serving(snapshot, failing('open'));
    await expect(notOpened.startEncoder(0)).rejects.toThrow('no such model');
    const notRunning = new Serving(snapshot, failing('run'));
    await notRunning.startEncoder(0);
    for (const serving of [notStarted, notOpened, notRunning]) {
      const asked: Wish = { history: ['i3', 'gone', 'i8'], limit: 12, exclude: ['i9'], seen: 'drop' };
      const answer = await ask(serving, asked);
      expect(answer.degraded).toEqual(['transformer']);
      expectGoodAnswer(answer, asked, snapshot);
      // What comes next to i3 and i8 is still there; i9 is excluded.
      expect(new Set(answer.items.slice(0, 5).map(({ id }) => id))).toEqual(new Set(['i2', 'i4', 'i5', 'i7', 'i10']));
    }
  });

  test('its scores are those of the weights for that', async () => {
    const cold = Object.fromEntries(FEATURES.map(({ name }) => [name, name === 'popularity' ? 2 : 0]));
    const { model, ...artefacts } = makeShop();
    const coldScoring = cold as typeof model.coldScoring;
    const serving = new Serving(await snapshotOf({ ...artefacts, model: { ...model, coldScoring } }), engineOf(standIn()));
    const { items } = await ask(serving, { history: ['i5'] });
    for (const { id, score } of items) expect(score).toBeCloseTo(2 * Math.log1p(2 * (ITEMS - Number(id.slice(1)))), 5);
  });

  test('a start that failed may be tried again, one that is under way is not started twice', async () => {
    let opened = 0;
    const model = standIn();
    const engine = { ...engineOf(model), openModel: async () => (++opened === 1 ? Promise.reject(new Error('not yet')) : model) };
    const serving = new Serving(await snapshotOf(makeShop()), engine);
    await expect(serving.startEncoder(0)).rejects.toThrow('not yet');
    expect(serving.encoderReady).toBe(false);
    await Promise.all([serving.startEncoder(0), serving.startEncoder(0)]);
    expect([opened, serving.encoderReady]).toEqual([3, true]); // the encoder twice, the ranker once
    expect((await ask(serving, { history: ['i1'] })).degraded).toEqual([]);
  });
});

describe('requests at the same time', () => {
  test('get the answers that they get one after the other', async () => {
    // The encoder answers in any order, and several at once.
    const random = seededRandom(1);
    const waiting: (() => void)[] = [];
    const wait = () => new Promise<void>((resolve) => void waiting.push(resolve));
    const snapshot = await snapshotOf(makeShop());
    const held = new Serving(snapshot, engineOf(standIn(wait)));
    await held.startEncoder(0);
    await fc.assert(
      fc.asyncProperty(fc.array(REQUEST(), { minLength: 2, maxLength: 8 }), async (asked) => {
        const answers = Promise.all(asked.map((one) => ask(held, one)));
        const state = { done: false };
        void answers.then(() => (state.done = true));
        while (!state.done) {
          shuffle(waiting, random);
          for (const resolve of waiting.splice(0, Math.floor(random() * (waiting.length + 1)))) resolve();
          await Promise.resolve();
        }
        for (const [at, answer] of (await answers).entries()) {
          expect(answer).toEqual(await ask(shop, asked[at]));
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('a reason', () => {
  test('names items of the history that carried the score, with their titles', async () => {
    await fc.assert(
      fc.asyncProperty(REQUEST(), async (asked) => {
        const { snapshot } = shop;
        const titleOf = (id: string) => snapshot.items.at(snapshot.rowOf.get(id)!).title;
        const answer = await ask(shop, asked);
        for (const { id, reason } of answer.items) {
          const { kind, text, because } = reason;
          const linked = (from: string) => {
            const [a, b] = [snapshot.rowOf.get(from)!, snapshot.rowOf.get(id)!];
            return neighbourWeight(snapshot.rules, a, b) + neighbourWeight(snapshot.coVisits, a, b) > 0;
          };
          const recent = asked.history.filter((one) => snapshot.rowOf.has(one)).slice(-LIMITS.historyCounted);
          expect(new Set(because).size).toBe(because.length);
          for (const one of because) {
            expect(recent).toContain(one);
            expect(text).toContain(titleOf(one));
          }
          expect(because.length).toBeLessThanOrEqual(kind === 'goes-with' ? 2 : Number(kind === 'similar'));
          expect(because.length > 0).toBe(kind !== 'popular');
          expect(kind === 'goes-with').toBe(recent.some(linked));
          if (kind === 'goes-with') expect(because.every(linked)).toBe(true);
        }
      }),
    );
  });

  test('says that an item is popular only where somebody had it', async () => {
    const shop = makeShop({ items: ITEMS });
    shop.statistics.popularity[7] = 0;
    const serving = new Serving(await snapshotOf(shop), engineOf(standIn()));
    const { items } = await ask(serving, { limit: ITEMS });
    expect(items.map(({ reason }) => reason.kind)).toEqual(items.map(({ id }) => (id === 'i7' ? 'new' : 'popular')));
  });

  test('is the newest of two that count the same', async () => {
    const { items } = await ask(shop, { history: ['i4', 'i20', 'i5'], limit: 40 });
    // i6 comes two after i4 and one after i5; i21 only after i20.
    const reasonFor = (id: string) => items.find((item) => item.id === id)!.reason;
    expect(reasonFor('i6')).toMatchObject({ kind: 'goes-with', because: ['i5'] });
    expect(reasonFor('i21')).toEqual({ kind: 'goes-with', text: 'Goes with LIGHTS NUMBER 20', because: ['i20'] });
  });
});

test('every stage of the recipe is measured, in its order', async () => {
  let nowMs = 0;
  const stopwatch = new Stopwatch(() => nowMs++);
  await recommend(request({ history: ['i1'] }), shop, stopwatch);
  expect(stopwatch.laps.map(({ stage }) => stage)).toEqual(['session', 'encode', 'candidates', 'score', 'rules', 'reasons']);
  expect(stopwatch.laps.every(({ ms }) => ms === 1)).toBe(true);
  expect(stopwatch.header()).toBe(
    'session;dur=1.000, encode;dur=1.000, candidates;dur=1.000, score;dur=1.000, rules;dur=1.000, reasons;dur=1.000, total;dur=7.000',
  );
});
