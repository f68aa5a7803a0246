import { env } from 'cloudflare:workers';
import { applyD1Migrations } from 'cloudflare:test';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../src/domain/errors.ts';
import { LIMITS } from '../../src/domain/limits.ts';
import type { Recommendation } from '../../src/domain/recommendation.ts';
import { originOf } from '../../src/domain/recommendation-id.ts';
import { DEFAULT_TENANT } from '../../src/domain/tenant.ts';
import type { ExperimentReport } from '../../src/experiments/report.ts';
import { Counters } from '../../src/feedback/counters.ts';
import { tallyUp } from '../../src/feedback/tally.ts';
import { Traces } from '../../src/feedback/traces.ts';
import { publishTo } from '../fixtures/publish.ts';
import { makeShop } from '../fixtures/shop.ts';
import { startService, START_MS, type ErrorBody } from './service.ts';

const READ_AGAIN_MS = 30_000;
const NOON_MS = Date.UTC(2026, 10, 24, 12);

beforeAll(() => applyD1Migrations(env.FEEDBACK, env.MIGRATIONS));
beforeEach(() => publishTo(env.SNAPSHOTS, makeShop(), START_MS));
afterEach(async () => {
  for (const table of ['experiments', 'variant_users', 'placements', 'counted']) await env.FEEDBACK.exec(`DELETE FROM ${table}`);
});

const VARIANTS = [{ name: 'control' }, { name: 'bags', overrides: { boosts: [{ filter: 'category == "bags"', factor: 100 }] } }];

type Service = ReturnType<typeof startService>;

async function put(service: Service, id: string, body: unknown): Promise<Response> {
  return service.fetch(`/v1/experiments/${id}`, { method: 'PUT', body: JSON.stringify(body) });
}

async function answerTo(service: Service, user: string, scenario = 'home'): Promise<Recommendation> {
  return (await service.post({ user, scenario })).json<Recommendation>();
}

const USERS = Array.from({ length: 12 }, (_, at) => `u${at}`);

describe('an experiment', () => {
  test('gives every user one variant, which makes the answers and stands in them and in their ids', async () => {
    const service = startService();
    expect((await put(service, 'bags-first', { scenario: 'home', variants: VARIANTS })).status).toBe(200);
    const seen = new Set<string>();
    for (const user of USERS) {
      const first = await answerTo(service, user);
      const again = await answerTo(service, user);
      expect(again.variant).toEqual(first.variant);
      const name = first.variant!.name;
      seen.add(name);
      expect(originOf(first.id)).toEqual({ scenario: 'home', experiment: 'bags-first', variant: name });
      // Bags are every third item, and popular ones are numbered low: only a boost brings nothing but bags.
      expect(first.items.every(({ title }) => title.startsWith('BAGS'))).toBe(name === 'bags');
    }
    expect([...seen].sort()).toEqual(['bags', 'control']);
  });

  test('is for its scenario, and for users that are named', async () => {
    const service = startService();
    await put(service, 'e', { scenario: 'email', variants: VARIANTS });
    expect(await answerTo(service, 'u1')).not.toHaveProperty('variant');
    expect(await answerTo(service, 'u1', 'email')).toHaveProperty('variant');
    expect(await (await service.post({ history: ['i3'] })).json()).not.toHaveProperty('variant');
  });

  test('is off everywhere without a deploy: at once here, after a while in other isolates', async () => {
    const [here, elsewhere] = [startService(), startService()];
    await put(here, 'e', { scenario: 'home', variants: VARIANTS });
    await answerTo(elsewhere, 'u1');
    expect(await answerTo(elsewhere, 'u1')).toHaveProperty('variant');
    await put(here, 'e', { on: false, scenario: 'home', variants: VARIANTS });
    expect(await answerTo(here, 'u1')).not.toHaveProperty('variant');
    expect(await answerTo(elsewhere, 'u1')).toHaveProperty('variant');
    elsewhere.clock.nowMs += READ_AGAIN_MS;
    await answerTo(elsewhere, 'u1');
    expect(await answerTo(elsewhere, 'u1')).not.toHaveProperty('variant');
  });

  test('reports what its users did, and forgets those who were erased', async () => {
    const service = startService();
    await put(service, 'e', { scenario: 'home', variants: VARIANTS });
    const counters = new Counters(env.FEEDBACK, DEFAULT_TENANT);
    const did = (user: string, variant: string, type: string, id: string) => ({
      id,
      user,
      item: 'i1',
      type,
      weight: 1,
      atMs: NOON_MS,
      receivedMs: NOON_MS,
      recommendationId: `r.home.e.${variant}`,
      position: 0,
      after: [],
    });
    const all = [
      did('u1', 'control', 'impression', 'a'),
      did('u2', 'bags', 'impression', 'b'),
      did('u2', 'bags', 'click', 'c'),
      did('u2', 'bags', 'purchase', 'd'),
    ];
    await counters.count(
      all,
      tallyUp(all, () => []),
      START_MS,
    );
    const read = async () => {
      const { report } = await (await service.fetch('/v1/experiments/e')).json<{ report: ExperimentReport }>();
      return report.variants.map(({ variant, users, clicked, bought, impressions, clicks }) => [
        variant,
        users,
        clicked,
        bought,
        impressions,
        clicks,
      ]);
    };
    expect(await read()).toEqual([
      ['control', 1, 0, 0, 1, 0],
      ['bags', 1, 1, 1, 1, 1],
    ]);
    await new Traces(env.FEEDBACK, DEFAULT_TENANT).recordErasure('u2', NOON_MS);
    expect((await read())[1]).toEqual(['bags', 0, 0, 0, 0, 0]);
  });

  test('is listed as it was put, and is gone when it was deleted', async () => {
    const service = startService();
    await put(service, 'e', { scenario: 'home', variants: VARIANTS });
    const experiment = {
      id: 'e',
      on: true,
      scenario: 'home',
      traffic: 1,
      variants: [
        { name: 'control', share: 1, overrides: {} },
        { ...VARIANTS[1], share: 1 },
      ],
    };
    expect(await (await service.fetch('/v1/experiments')).json()).toEqual({ experiments: [experiment] });
    expect((await service.fetch('/v1/experiments/e', { method: 'DELETE' })).status).toBe(204);
    expect(await answerTo(service, 'u1')).not.toHaveProperty('variant');
    await expectFault(await service.fetch('/v1/experiments/e'), 404, 'experiment_not_found');
  });

  test('of another tenant is not seen', async () => {
    await put(startService(), 'e', { scenario: 'home', variants: VARIANTS });
    await expectFault(await startService({ tenant: 'acme' }).fetch('/v1/experiments/e'), 404, 'experiment_not_found');
  });

  test('that cannot be read changes no answer', async () => {
    await env.FEEDBACK.prepare('INSERT INTO experiments VALUES (?, ?, ?)').bind(DEFAULT_TENANT, 'e', '{"from":"the future"}').run();
    const service = startService();
    await answerTo(service, 'u1');
    const answer = await answerTo(service, 'u1');
    expect(answer.items).toHaveLength(LIMITS.answerItemsDefault);
    expect(answer).not.toHaveProperty('variant');
  });
});

test.each([
  [{ scenario: 'home', variants: VARIANTS.slice(0, 1) }, 'variants'],
  [{ scenario: 'home', variants: Array.from({ length: LIMITS.variants + 1 }, (_, at) => ({ name: `v${at}` })) }, 'variants'],
  [{ scenario: 'home', variants: [{ name: 'a' }, { name: 'a' }] }, 'variants'],
  [{ scenario: 'home', variants: [{ name: 'A' }, { name: 'b' }] }, 'variants[0].name'],
  [{ scenario: 'home', variants: [{ name: 'a', share: 0 }, { name: 'b' }] }, 'variants[0].share'],
  [{ scenario: 'home', variants: [{ name: 'a', share: 2 * LIMITS.variantShare }, { name: 'b' }] }, 'variants[0].share'],
  [{ scenario: 'shop', variants: VARIANTS }, 'scenario'],
  [{ scenario: 'home', traffic: 2, variants: VARIANTS }, 'traffic'],
  [{ scenario: 'home', variants: [{ name: 'a', overrides: { diversity: 2 } }, { name: 'b' }] }, 'variants[0].overrides.diversity'],
])('%j is refused at %s', async (body, path) => {
  await expectFault(await put(startService(), 'e', body), 400, 'invalid_request', path);
});

test('a boost whose filter is none is refused', async () => {
  const variants = [{ name: 'a' }, { name: 'b', overrides: { boosts: [{ filter: 'price <', factor: 2 }] } }];
  await expectFault(await put(startService(), 'e', { scenario: 'home', variants }), 400, 'invalid_filter', 'overrides.boosts[0].filter');
});

async function expectFault(response: Response, status: number, code: ErrorCode, path?: string): Promise<void> {
  const { error } = await response.json<ErrorBody>();
  expect({ status: response.status, ...error }).toMatchObject({ status, code, ...(path === undefined ? {} : { path }) });
}
