import { afterEach, describe, expect, test } from 'vitest';
import { FEATURE_COUNT, FEATURES, featureSchemaHash, HORIZONS, logShare, type FeatureSpec } from '../../../src/model/features.ts';
import { makeShop } from '../../fixtures/shop.ts';
import { parseManifest } from '../../../src/model/manifest.ts';

/** The registry is fixed for the compiler only; here it is changed, as an edit of the file would. */
const registry = FEATURES as unknown as FeatureSpec[];
const horizons = HORIZONS as { now: number; long: number };
const before = { registry: [...registry], horizons: { ...horizons } };
afterEach(() => {
  registry.splice(0, Infinity, ...before.registry);
  Object.assign(horizons, before.horizons);
});

const first = before.registry[0]!;
const CHANGES: Record<string, () => void> = {
  'a new feature': () => registry.push({ name: 'price', unit: 'ln', source: 'the catalogue' }),
  'one feature less': () => registry.pop(),
  'another order': () => registry.reverse(),
  'another name': () => (registry[0] = { ...first, name: 'encoder' }),
  'another unit': () => (registry[0] = { ...first, unit: 'share' }),
  'another source': () => (registry[0] = { ...first, source: 'cosine' }),
  'another horizon': () => (horizons.long = 0.9),
};

describe('the fingerprint of the features', () => {
  test.each(Object.keys(CHANGES))('changes with %s, and older models are refused', (name) => {
    const hash = featureSchemaHash();
    const { model } = makeShop();
    expect(hash).toMatch(/^[0-9a-f]{8}$/);
    expect(featureSchemaHash()).toBe(hash);
    CHANGES[name]!();
    expect(featureSchemaHash()).not.toBe(hash);
    expect(() => parseManifest(model)).toThrow('train it again');
  });
});

test('a share is spread out, in order, from 0', () => {
  expect(logShare(0)).toBe(0);
  expect(logShare(0.001)).toBeCloseTo(Math.LN2, 10);
  const shares = [0, 1e-5, 1e-3, 0.1, 1].map(logShare);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(FEATURE_COUNT).toBe(FEATURES.length);
});
