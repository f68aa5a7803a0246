import { describe, expect, test } from 'vitest';
import { parseFilter } from '../../../src/recommend/filter/parse.ts';
import { Serving } from '../../../src/recommend/serving.ts';
import { engineOf, snapshotOf, standIn } from '../../fixtures/serving.ts';
import { makeShop } from '../../fixtures/shop.ts';

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

describe('a filter', () => {
  test('is worked out once, and again when many others came', async () => {
    const { serving } = await openShop();
    const cheap = serving.permittedBy(parseFilter('price < 3'))!;
    expect([...cheap]).toEqual(serving.snapshot.items.map(({ price }) => Number(price! < 3)));
    expect(serving.permittedBy(parseFilter('(price<3)'))).toBe(cheap);
    for (let price = 100; price < 115; price++) serving.permittedBy(parseFilter(`price < ${price}`));
    expect(serving.permittedBy(parseFilter('price < 3'))).toBe(cheap);
    serving.permittedBy(parseFilter('price < 99'));
    const again = serving.permittedBy(parseFilter('price < 3'));
    expect(again).not.toBe(cheap);
    expect(again).toEqual(cheap);
  });
});
