/**
 * The production Worker with routes of Hono beside it that do next to nothing: what any answer costs, to hold the others
 * against. All live in one isolate and one bundle. `GET /bench/counts` tells what was billed since it was last asked.
 */
import { Hono } from 'hono';
import scan from '../src/kernel/scan.wasm';
import worker, { SessionObject as Session } from '../src/worker.ts';
import { count, countEnv, counts, countStorage } from './counting.ts';
import { searchByOrama, searchByScan, searchPlainly, type Search } from './nearest.ts';
import { makeUnitVectors, profileOf } from './plain.ts';
import { PRICED } from './prices.ts';
import { wasmBytes } from './wasm-memory.ts';

export { ExplanationObject, GateObject, ReadingObject } from '../src/worker.ts';

const SEARCHES: Readonly<Record<string, (vectors: Float32Array) => Search | Promise<Search>>> = {
  plain: searchPlainly,
  orama: searchByOrama,
  scan: (vectors) => searchByScan(scan, vectors),
};

/** One catalogue an isolate, each search opened when it is first asked. */
const searches = new Map<string, Promise<Search>>();
let vectors: Float32Array | undefined;

const empty = new Hono()
  .post('/bench/empty', (c) => c.json({ ok: true }))
  /** Also reads the body that a recommendation would read. */
  .post('/bench/empty-body', async (c) => {
    await c.req.json();
    return c.json({ ok: true });
  })
  /** The nearest items to a history: `{history: [ids s0, s1, …], limit, items}`, `items` being how many there are. */
  .post('/bench/nearest/:by', async (c) => {
    const by = c.req.param('by');
    const open = SEARCHES[by];
    if (!open) return c.json({ error: `no search is called ${by}` }, 404);
    const { history, limit, items } = await c.req.json<{ history: string[]; limit: number; items: number }>();
    const all = (vectors ??= makeUnitVectors(items));
    if (!searches.has(by)) searches.set(by, Promise.resolve(open(all)));
    const search = await searches.get(by)!;
    const rows = history.map((id) => Number(id.slice(1)));
    return c.json({ items: search(profileOf(rows, all), limit).map(({ row, score }) => ({ id: `s${row}`, score })) });
  })
  .post('/bench/wasm-memory', (c) => c.json({ bytes: wasmBytes() }))
  .post('/bench/counts', (c) => {
    const told = { ...counts };
    for (const name of PRICED) counts[name] = 0;
    return c.json(told);
  });

/** A session whose storage is counted. */
export class SessionObject extends Session {
  constructor(...[ctx, env]: ConstructorParameters<typeof Session>) {
    super(ctx, env);
    const counted = new Proxy(ctx, { get: (of, name) => (name === 'storage' ? storage : Reflect.get(of, name, of)) });
    const storage = countStorage(ctx.storage);
    Object.defineProperties(this, { ctx: { value: counted }, env: { value: countEnv(env) } });
  }

  override async alarm(): Promise<void> {
    count('Durable Object requests');
    await super.alarm();
  }
}

type Env = Parameters<typeof worker.fetch>[1];

let counted: Env | undefined;

export default {
  fetch(request, env, context) {
    if (request.url.includes('/bench/')) return empty.fetch(request, env, context);
    count('Worker requests');
    return worker.fetch(request, (counted ??= countEnv(env)), context);
  },
  async queue(batch, env, context) {
    count('Worker requests');
    await worker.queue(batch, (counted ??= countEnv(env)), context);
  },
} satisfies ExportedHandler<Env, Parameters<typeof worker.queue>[0] extends MessageBatch<infer Message> ? Message : never>;
