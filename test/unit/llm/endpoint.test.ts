import { expect, test } from 'vitest';
import { LIMITS } from '../../../src/domain/limits.ts';
import { orderEndpoints, parseEndpoints } from '../../../src/llm/endpoint.ts';

const configured = (...endpoints: object[]) =>
  JSON.stringify(endpoints.map((fields, at) => ({ name: `e${at}`, region: 'r', url: 'http://127.0.0.1:1/v1', model: 'm', ...fields })));

const namesFor = (place: object, ...endpoints: object[]) =>
  orderEndpoints(parseEndpoints(configured(...endpoints), {}), place).map(({ name }) => name);

test('nothing configured is no endpoint', () => {
  expect([undefined, '', ' ', '[]'].map((text) => parseEndpoints(text, {}))).toEqual([[], [], [], []]);
});

test('a key comes out of the secret that is named, and nothing of the secret stays', () => {
  const [endpoint] = parseEndpoints(configured({ keySecret: 'LLM_KEY' }), { LLM_KEY: 's3cret' });
  expect(endpoint).toMatchObject({ key: 's3cret', priority: 0, continents: [] });
  expect(endpoint).not.toHaveProperty('keySecret');
  expect(() => parseEndpoints(configured({ keySecret: 'LLM_KEY' }), {})).toThrow('wrangler secret put LLM_KEY');
});

test.each([
  ['{', 'LLM_ENDPOINTS cannot be read'],
  [configured({ url: 'ftp://x' }), '0.url: a url is such as'],
  [configured({ url: 'http://x/v1/' }), '0.url: a url is such as'],
  [configured({ continents: ['Europe'] }), '0.continents.0'],
  [configured({ colour: 'red' }), 'colour'],
  [configured({ name: 'e1' }, {}), 'the same name'],
  [configured({ region: 'a b' }), '0.region: a name is'],
])('says what is wrong with %s', (text, message) => {
  expect(() => parseEndpoints(text, {})).toThrow(message);
});

test('there may be so many endpoints and no more', () => {
  const many = (count: number) => configured(...Array.from({ length: count }, () => ({})));
  expect(parseEndpoints(many(LIMITS.llmEndpoints), {})).toHaveLength(LIMITS.llmEndpoints);
  expect(() => parseEndpoints(many(LIMITS.llmEndpoints + 1), {})).toThrow(`at most ${LIMITS.llmEndpoints}`);
});

test('the nearest comes first: data centre, country, continent, anywhere; then priority, then as configured', () => {
  const endpoints = [
    {},
    { continents: ['EU'] },
    { countries: ['DE'], continents: ['EU'] },
    { colos: ['FRA'] },
    { continents: ['EU'], priority: -1 },
  ];
  expect(namesFor({ continent: 'EU', country: 'DE', colo: 'FRA' }, ...endpoints)).toEqual(['e3', 'e2', 'e4', 'e1', 'e0']);
  expect(namesFor({ continent: 'EU', country: 'FR', colo: 'CDG' }, ...endpoints)).toEqual(['e4', 'e1', 'e2', 'e0', 'e3']);
  expect(namesFor({}, ...endpoints)).toEqual(['e4', 'e0', 'e1', 'e2', 'e3']);
});
