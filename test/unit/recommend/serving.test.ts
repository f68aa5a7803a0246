import { describe, expect, test, vi } from 'vitest';
import { amendSnapshot } from '../../../src/catalog/amend/amend-snapshot.ts';
import type { LaterPart, Snapshot } from '../../../src/catalog/snapshot.ts';
import { LIMITS } from '../../../src/domain/limits.ts';
import { sha256 } from '../../../src/kernel/sha256.ts';
import { RuntimeStopped } from '../../../src/model/ort.ts';
import type { Model } from '../../../src/model/runtime.ts';
import { parseFilter } from '../../../src/recommend/filter/parse.ts';
import { Serving } from '../../../src/recommend/serving.ts';
import { engineOf, snapshotOf, standIn } from '../../fixtures/serving.ts';
import { makeShop } from '../../fixtures/shop.ts';

const MISSING: LaterPart = { sha256: undefined, read: () => Promise.reject(new Error('it is missing')) };

async function openShop() {
  const model = standIn();
  const serving = new Serving(await snapshotOf(makeShop()), engineOf(model));
  await serving.startEncoder(0);
  return { model, serving };
}

describe('a version that is retired', () => {
  test('gives up its encoder and its ranker at once when nobody holds it', async () => {
    const { model, serving } = await openShop();
    expect(model.released).toBe(0);
    serving.retire();
    expect(model.released).toBe(2);
    serving.retire();
    expect(model.released).toBe(2);
  });

  test('keeps it for those who hold it, until the last of them is done', async () => {
    const { model, serving } = await openShop();
    const [first, second] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    const holding = [serving.hold(() => first.promise), serving.hold(() => second.promise)];
    serving.retire();
    expect([model.released, serving.encoderReady]).toEqual([0, true]);
    first.resolve('done');
    expect(await holding[0]).toBe('done');
    expect(model.released).toBe(0);
    // Somebody who fails is done as well.
    second.reject(new Error('gone wrong'));
    await expect(holding[1]).rejects.toThrow('gone wrong');
    expect([model.released, serving.encoderReady]).toEqual([2, false]);
  });

  test('that is not keeps it however often it is held', async () => {
    const { model, serving } = await openShop();
    await serving.hold(async (held) => expect(held).toBe(serving));
    await serving.hold(async () => undefined);
    expect([model.released, serving.encoderReady]).toEqual([0, true]);
  });
});

describe('a version that takes the place of another', () => {
  test('goes on with its models where they are of the same files, and with its scanner where the vectors are the same', async () => {
    const { model, serving } = await openShop();
    const same = await snapshotOf({ ...makeShop(), rules: makeShop().texts });
    const next = new Serving({ ...same, vectors: serving.snapshot.vectors }, engineOf(model), serving);
    expect([next.encoderReady, next.scanner === serving.scanner]).toEqual([true, true]);
    serving.retire();
    expect([model.released, next.encoderReady]).toEqual([0, true]);
    next.retire();
    expect(model.released).toBe(2);
  });

  test.each([
    ['encoder', { encoder: Uint8Array.of(7) }],
    ['ranker', { ranker: Uint8Array.of(7) }],
  ])('opens its own where the %s is another', async (_, other) => {
    const { model, serving } = await openShop();
    const next = new Serving(await snapshotOf({ ...makeShop(), ...other }), engineOf(model), serving);
    expect([next.encoderReady, next.encoderDue(0), next.scanner === serving.scanner]).toEqual([false, true, false]);
    await next.startEncoder(0);
    serving.retire();
    expect([model.released, next.encoderReady]).toEqual([2, true]);
  });

  test('opens its own where nobody can tell whether they are the same', async () => {
    const { model, serving } = await openShop();
    const { encoder, ...same } = await snapshotOf(makeShop());
    const inShards = { ...same, encoder: { ...encoder, sha256: undefined } };
    expect(new Serving(inShards, engineOf(model), serving).encoderReady).toBe(false);
  });
});

describe('a version that is amended', () => {
  const hidden = (id: string) => ({ id, seq: 1, item: null });

  test('shares models and scanner with the one before it, and lets them go after the last of both', async () => {
    const { model, serving } = await openShop();
    const amended = serving.amended(amendSnapshot(serving.snapshot, [hidden('i5')]));
    expect([amended.encoderReady, amended.encoderDue(0), amended.scanner === serving.scanner]).toEqual([true, false, true]);
    serving.retire();
    expect([model.released, amended.encoderReady]).toEqual([0, true]);
    amended.retire();
    expect(model.released).toBe(2);
  });

  test('has the vectors of new items behind those that the scanner has already', async () => {
    const { serving } = await openShop();
    const base = serving.snapshot;
    const added = (...ids: string[]) =>
      ids.map((id, at) => ({
        id,
        seq: 1,
        item: { id, title: id, categories: [], createdAtMs: at, attributes: {} },
        embedding: { vector: new Float32Array(base.vectors.dims).fill(id === 'c' ? -1 : 1), near: [] },
      }));
    const one = serving.amended(amendSnapshot(base, added('a')));
    const two = one.amended(amendSnapshot(base, added('a', 'b')));
    const none = two.amended(base);
    expect([one, two, none].map(({ scanner }) => scanner.matrix.count - base.vectors.count)).toEqual([1, 2, 0]);
    for (const { scanner } of [one, two, none]) expect(scanner.matrix.codes.buffer).toBe(base.vectors.codes.buffer);
    const other = two.amended(amendSnapshot(base, added('c', 'a')));
    expect(other.scanner.matrix.codes.buffer).not.toBe(base.vectors.codes.buffer); // answers over `two` may be under way
  });

  test('has the start that is under way, and its fault', async () => {
    const opened = standIn();
    const base = { ...(await snapshotOf(makeShop())), start: MISSING };
    const serving = new Serving(base, { ...engineOf(opened), restoreStart: async (read) => void (await read()) });
    const started = serving.startEncoder(0);
    const amended = serving.amended(amendSnapshot(base, [hidden('i5')]));
    serving.retire();
    await started;
    expect([amended.encoderReady, amended.startFault, opened.released]).toEqual([true, 'it is missing', 0]);
  });

  test('shows what its own items permit', async () => {
    const { serving } = await openShop();
    const { snapshot } = serving;
    expect(serving.permits.rowsFor(undefined, 0)).toBeUndefined();
    const amended = serving.amended(amendSnapshot(snapshot, [hidden('i5')]));
    const rows = amended.permits.rowsFor(undefined, 0)!;
    expect([...rows]).toEqual(Array.from(snapshot.items, ({ id }) => Number(id !== 'i5')));
    expect(amended.amended(snapshot).permits.rowsFor(undefined, 0)).toBeUndefined();
  });
});

describe('a recorded start', () => {
  const shop = { ...makeShop({ encoder: new Uint8Array([1]) }), ranker: new Uint8Array([2]), start: new Uint8Array([1, 2, 3]) };
  const opened = standIn();

  /** A serving whose engine restores these models; `opened` is what it opens the usual way. */
  async function start(restored: (image: Uint8Array) => readonly (readonly [string, Model])[] | undefined, snapshot?: Snapshot) {
    const serving = new Serving(snapshot ?? (await snapshotOf(shop)), {
      ...engineOf(opened),
      restoreStart: async (read) => {
        const found = restored(await read());
        return found && new Map(found);
      },
    });
    await serving.startEncoder(0);
    return serving;
  }
  const keys = () => Promise.all([sha256(shop.encoder), sha256(shop.ranker)]);

  test('gives both models, each in its place', async () => {
    const [encoder, ranker] = await keys();
    const [first, second] = [standIn(), standIn()];
    const serving = await start((image) => {
      expect([...image]).toEqual([1, 2, 3]);
      return [
        [ranker, second],
        [encoder, first],
      ];
    });
    expect([serving.encoderReady, serving.startFault]).toEqual([true, undefined]);
    const runs = vi.spyOn(first, 'run');
    await serving.encodeUser([1, 2]);
    expect(runs).toHaveBeenCalledOnce();
    serving.retire();
    expect([first.released, second.released, opened.released]).toEqual([1, 1, 0]);
  });

  test('spares reading the files of the models, unless they stand in several shards', async () => {
    const [encoder, ranker] = await keys();
    const whole = await snapshotOf(shop);
    const reads = { encoder: 0, ranker: 0 };
    const counted = (name: 'encoder' | 'ranker', digest: string | undefined): LaterPart => ({
      sha256: digest,
      read: () => (reads[name]++, whole[name].read()),
    });
    const both = [
      [encoder, standIn()],
      [ranker, standIn()],
    ] as const;
    const spared = await start(() => both, { ...whole, encoder: counted('encoder', encoder), ranker: counted('ranker', ranker) });
    expect([spared.encoderReady, spared.startFault, reads]).toEqual([true, undefined, { encoder: 0, ranker: 0 }]);
    const cut = await start(() => both, { ...whole, encoder: counted('encoder', undefined), ranker: counted('ranker', ranker) });
    expect([cut.encoderReady, cut.startFault, reads]).toEqual([true, undefined, { encoder: 1, ranker: 0 }]);
  });

  test('is no fault where the runtime has started already', async () => {
    const serving = await start(() => undefined);
    expect([serving.encoderReady, serving.startFault]).toEqual([true, undefined]);
  });

  test('that is of other models, cannot be used or cannot be read is told, and the models are opened the usual way', async () => {
    const [encoder] = await keys();
    const ofOthers = await start(() => [[encoder, standIn()]]);
    expect([ofOthers.encoderReady, ofOthers.startFault]).toEqual([true, 'the recorded start is of other models']);
    const useless = await start(() => {
      throw new Error('it is of another build');
    });
    expect([useless.encoderReady, useless.startFault]).toEqual([true, 'it is of another build']);
    const unread = await start(() => [], { ...(await snapshotOf(shop)), start: MISSING });
    expect([unread.encoderReady, unread.startFault]).toEqual([true, 'it is missing']);
  });
});

describe('models whose files are not what was published', () => {
  test.each(['encoder', 'ranker'] as const)(
    'the %s: it says so, goes on without them, and opens them once they are whole',
    async (name) => {
      const whole = await snapshotOf(makeShop());
      let damaged = true;
      const file: LaterPart = { ...whole[name], read: () => (damaged ? MISSING.read() : whole[name].read()) };
      const serving = new Serving({ ...whole, [name]: file }, engineOf(standIn()));
      await expect(serving.startEncoder(1_000)).rejects.toThrow('it is missing');
      expect([serving.encoderReady, serving.encoderFault]).toEqual([false, 'it is missing']);
      damaged = false;
      const retryMs = 1_000 + LIMITS.encoderRetryMs;
      expect([serving.encoderDue(retryMs - 1), serving.encoderDue(retryMs)]).toEqual([false, true]);
      await serving.startEncoder(retryMs);
      expect([serving.encoderReady, serving.encoderFault]).toEqual([true, undefined]);
    },
  );
});

describe('a runtime that stops in the middle of a call', () => {
  test('takes both models with it, and is started again when its last start is long enough ago', async () => {
    const model = standIn();
    let stops = false;
    const breaking: Model = {
      ...model,
      run: (inputs) => (stops ? Promise.reject(new RuntimeStopped(new WebAssembly.RuntimeError('unreachable'))) : model.run(inputs)),
    };
    const opens = vi.fn(async () => breaking);
    const serving = new Serving(await snapshotOf(makeShop()), { ...engineOf(model), openModel: opens });
    await serving.startEncoder(5_000);
    stops = true;
    await expect(serving.encodeUser([1, 2])).rejects.toThrow(RuntimeStopped);
    expect([serving.encoderReady, serving.encoderFault]).toEqual([false, expect.stringContaining('stopped in the middle of a call')]);
    const retryMs = 5_000 + LIMITS.encoderRetryMs;
    expect([serving.encoderDue(retryMs - 1), serving.encoderDue(retryMs)]).toEqual([false, true]);
    stops = false;
    await serving.startEncoder(retryMs);
    expect([serving.encoderReady, serving.encoderFault, opens.mock.calls.length]).toEqual([true, undefined, 4]);
    await serving.encodeUser([1, 2]);
  });

  test('which any other failure of a model does not do', async () => {
    const model = { ...standIn(), run: () => Promise.reject(new Error('wrong shape')) };
    const serving = new Serving(await snapshotOf(makeShop()), engineOf(model));
    await serving.startEncoder(0);
    await expect(serving.encodeUser([1])).rejects.toThrow('wrong shape');
    expect(serving.encoderReady).toBe(true);
  });
});

describe('a filter', () => {
  test('is worked out once, and again when many others came', async () => {
    const { serving } = await openShop();
    const rowsFor = (filter: string) => serving.permits.rowsFor(parseFilter(filter), 0)!;
    const cheap = rowsFor('price < 3');
    expect([...cheap]).toEqual(Array.from(serving.snapshot.items, ({ price }) => Number(price! < 3)));
    expect(rowsFor('(price<3)')).toBe(cheap);
    for (let price = 100; price < 115; price++) rowsFor(`price < ${price}`);
    expect(rowsFor('price < 3')).toBe(cheap);
    rowsFor('price < 99');
    const again = rowsFor('price < 3');
    expect(again).not.toBe(cheap);
    expect(again).toEqual(cheap);
  });
});
