import { describe, expect, test } from 'vitest';
import { parseManifest } from '../../../src/model/manifest.ts';
import { makeShop } from '../../fixtures/shop.ts';

const { model } = makeShop();
const { popularity: _, ...lessWeights } = model.coldScoring;
const withWeights = (coldScoring: object) => ({ ...model, coldScoring });

describe('a manifest', () => {
  test('is read as it was written', () => {
    expect(parseManifest(JSON.parse(JSON.stringify(model)))).toEqual(model);
  });

  test('keeps nothing that it does not know', () => {
    expect(parseManifest({ ...model, more: 1 })).toEqual(model);
  });

  test.each<[string, unknown, RegExp]>([
    ['another registry of features', { ...model, featureSchema: '00000000' }, /registry 00000000.*train it again/],
    ['a weight too few', withWeights(lessWeights), /coldScoring\.popularity/],
    ['a weight that is no number', withWeights({ ...model.coldScoring, popularity: NaN }), /coldScoring\.popularity/],
    [
      'what JSON makes of that',
      JSON.parse(JSON.stringify(withWeights({ ...model.coldScoring, popularity: NaN }))),
      /coldScoring\.popularity/,
    ],
    ['a weight without end', withWeights({ ...model.coldScoring, popularity: Infinity }), /coldScoring\.popularity/],
    ['no weights for a cold start', { ...model, coldScoring: undefined }, /coldScoring/],
    ['another format', { ...model, format: 1 }, /format/],
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
