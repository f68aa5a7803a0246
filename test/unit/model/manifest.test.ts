import { describe, expect, test } from 'vitest';
import { parseManifest } from '../../../src/model/manifest.ts';
import { makeShop } from '../../fixtures/shop.ts';

const { model } = makeShop();
const { popularity: _, ...lessWeights } = model.scoring.warm;
const withWarm = (warm: object) => ({ ...model, scoring: { ...model.scoring, warm } });

describe('a manifest', () => {
  test('is read as it was written', () => {
    expect(parseManifest(JSON.parse(JSON.stringify(model)))).toEqual(model);
  });

  test('keeps nothing that it does not know', () => {
    expect(parseManifest({ ...model, more: 1 })).toEqual(model);
  });

  test.each<[string, unknown, RegExp]>([
    ['another registry of features', { ...model, featureSchema: '00000000' }, /registry 00000000.*train it again/],
    ['a weight too few', withWarm(lessWeights), /scoring\.warm\.popularity/],
    ['a weight that is no number', withWarm({ ...model.scoring.warm, popularity: NaN }), /scoring\.warm\.popularity/],
    [
      'what JSON makes of that',
      JSON.parse(JSON.stringify(withWarm({ ...model.scoring.warm, popularity: NaN }))),
      /scoring\.warm\.popularity/,
    ],
    ['a weight without end', withWarm({ ...model.scoring.warm, popularity: Infinity }), /scoring\.warm\.popularity/],
    ['no weights for a cold start', { ...model, scoring: { warm: model.scoring.warm } }, /scoring\.cold/],
    ['another format', { ...model, format: 2 }, /format/],
    ['no items', { ...model, items: 0 }, /items/],
    ['half an item', { ...model, items: 1.5 }, /items/],
    ['half an encoder', { ...model, encoder: { dims: 8 } }, /encoder/],
    ['another protocol', { ...model, data: { ...model.data, protocol: 'random' } }, /data\.protocol/],
    ['nothing', null, /root/],
    ['a list', [model], /format|root/],
  ])('is refused with %s', (__, value, message) => {
    expect(() => parseManifest(value)).toThrow(message);
  });
});
