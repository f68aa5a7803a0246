import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const CONFIG = '.dependency-cruiser.cjs';

/** What `depcruise --output-type json` says, as far as it is read here. */
interface Cruise {
  readonly modules: readonly { readonly source: string; readonly dependencies: readonly { readonly resolved: string }[] }[];
  readonly summary: {
    readonly totalCruised: number;
    /** Violations that fail the build. */
    readonly error: number;
    readonly violations: readonly { readonly from: string; readonly to: string; readonly rule: { readonly name: string } }[];
  };
}

/** Checks the `src` of a folder with the rules that stand there. */
async function cruise(folder: string): Promise<Cruise> {
  const command = ['node_modules/.bin/depcruise', 'src', '--config', CONFIG, '--output-type', 'json'];
  const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: folder, maxBuffer: 2 ** 26 });
  return JSON.parse(stdout) as Cruise;
}

/** The rooms of docs/architecture.md in their order, and the earlier rooms that a room keeps away from. */
const ROOMS = [
  'domain',
  'kernel',
  'access',
  'model',
  'catalog',
  'session',
  'feedback',
  'flight',
  'intent',
  'llm',
  'experiments',
  'rerank',
  'explain',
  'chat',
  'recommend',
  'http',
  'compose',
  'dataset',
  'training',
  'evaluation',
  'cli',
];
const CLOSED = new Set([
  'kernel -> domain',
  ...['model', 'catalog', 'session', 'feedback', 'explain', 'recommend', 'dataset', 'training', 'evaluation'].map(
    (room) => `${room} -> access`,
  ),
  ...['kernel', 'model', 'catalog'].map((room) => `session -> ${room}`),
  ...['kernel', 'model', 'catalog', 'session'].map((room) => `feedback -> ${room}`),
  ...['kernel', 'access', 'model', 'catalog', 'session', 'feedback'].map((room) => `flight -> ${room}`),
  ...['access', 'session', 'feedback'].map((room) => `intent -> ${room}`),
  ...['kernel', 'access', 'model', 'catalog', 'session', 'feedback', 'flight', 'intent'].map((room) => `llm -> ${room}`),
  ...['access', 'model', 'catalog', 'session', 'feedback', 'flight', 'intent', 'llm'].map((room) => `experiments -> ${room}`),
  ...['access', 'model', 'catalog', 'session', 'feedback', 'intent', 'llm', 'experiments'].map((room) => `rerank -> ${room}`),
  ...['session', 'feedback', 'intent', 'llm', 'rerank'].map((room) => `explain -> ${room}`),
  ...['kernel', 'access', 'model', 'catalog', 'session', 'feedback', 'flight', 'intent', 'llm', 'experiments', 'rerank'].map(
    (room) => `chat -> ${room}`,
  ),
  ...['recommend', 'training', 'evaluation', 'cli'].map((room) => `${room} -> chat`),
  'recommend -> llm',
  ...['model', 'catalog', 'session', 'feedback', 'flight', 'intent', 'llm', 'rerank', 'explain', 'chat', 'recommend', 'http'].map(
    (room) => `dataset -> ${room}`,
  ),
  ...['dataset', 'training', 'evaluation', 'cli'].map((room) => `${room} -> compose`),
  'training -> http',
  'training -> llm',
  'evaluation -> llm',
  'evaluation -> explain',
  'evaluation -> http',
  'cli -> http',
  'cli -> explain',
]);

/** What each planted file holds, and rules that it breaks. */
const PLANTED: Readonly<Record<string, readonly [source: string, ...rules: string[]]>> = {
  'src/domain/egg.ts': ["import './hen.ts';", 'no-circles'],
  'src/recommend/reads-a-file.ts': ["import { readFile } from 'node:fs/promises';", 'node-only-in-node-rooms'],
  'src/http/reads-a-file.ts': ["import { readFile } from 'fs';", 'node-only-in-node-rooms'],
  'src/catalog/reads-later.ts': ["export const read = () => import('node:fs');", 'node-only-in-node-rooms'],
  'src/worker.ts': ["import './training/target.ts';", 'worker-without-node'],
  'src/http/measures.ts': ["import type { Target } from '../evaluation/target.ts';", 'worker-without-node'],
  'src/model/writes-onnx.ts': ["import './onnx.ts';", 'worker-without-node'],
  'src/catalog/reads-protobuf.ts': ["import { PbfReader } from 'pbf';", 'protobuf-only-for-onnx'],
  'src/recommend/opens-a-model.ts': ["import * as ort from 'onnxruntime-web/wasm';", 'one-door-to-onnxruntime'],
  'src/training/opens-a-model.ts': ["import { InferenceSession } from 'onnxruntime-node';", 'one-door-to-onnxruntime'],
  'src/recommend/answers.ts': ["import { Hono } from 'hono';", 'hono-only-in-http'],
  'src/cli/answers.ts': ["import type { Hono } from 'hono';", 'hono-only-in-http'],
  'src/recommend/durable.ts': ["import { DurableObject } from 'cloudflare:workers';", 'one-door-to-workers'],
  'src/session/durable.ts': ["import type { DurableObject } from 'cloudflare:workers';", 'one-door-to-workers'],
  'src/kernel/lost.ts': ["import './nowhere-to-be-found.ts';", 'nothing-unresolved'],
};

/** What looks like one of these and is allowed; of a circle one file is reported. */
const ALLOWED: Readonly<Record<string, string>> = {
  'src/domain/hen.ts': "import './egg.ts';",
  'src/training/session.ts': "import { InferenceSession } from 'onnxruntime-node'; import { readFile } from 'node:fs/promises';",
  'src/model/runtime.ts': "import instantiate from 'onnxruntime-web/ort-wasm-simd-threaded.mjs';",
  'src/model/onnx.ts': "import { PbfWriter } from 'pbf';",
  'src/model/read-onnx.ts': "import { PbfReader } from 'pbf';",
  'src/http/answers.ts': "import { Hono } from 'hono';",
  'src/session/object.ts': "import { DurableObject } from 'cloudflare:workers';",
  'src/workflow.ts': "import { WorkflowEntrypoint } from 'cloudflare:workers'; import { NonRetryableError } from 'cloudflare:workflows';",
  'src/dataset/reads-a-file.ts': "import { readFile } from 'node:fs/promises';",
};

const arrowFile = (from: string, to: string) => `src/${from}/to-${to}.ts`;
const pairs = ROOMS.flatMap((from) => ROOMS.filter((to) => to !== from).map((to) => [from, to] as const));

/** A source tree that breaks every rule, next to the real rules and packages. */
async function plant(folder: string): Promise<void> {
  const files = new Map<string, string>();
  for (const room of ROOMS) files.set(`src/${room}/target.ts`, 'export interface Target {}');
  // A type is enough to depend on.
  for (const [from, to] of pairs) files.set(arrowFile(from, to), `import type { Target } from '../${to}/target.ts';`);
  for (const [path, [source]] of Object.entries(PLANTED)) files.set(path, source);
  for (const [path, source] of Object.entries(ALLOWED)) files.set(path, source);
  for (const [path, source] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), `${source}\n`);
  }
  for (const name of [CONFIG, 'package.json', 'tsconfig.base.json', 'tsconfig.node.json']) await cp(join(ROOT, name), join(folder, name));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
}

describe('the rules of dependency', () => {
  let folder: string;
  let broken: ReadonlyMap<string, ReadonlySet<string>>;
  let planted: Cruise;
  let real: Cruise;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'edgewise-structure-'));
    await plant(folder);
    [planted, real] = await Promise.all([cruise(folder), cruise(ROOT)]);
    const rules = new Map<string, Set<string>>();
    for (const { from, rule } of planted.summary.violations) rules.set(from, (rules.get(from) ?? new Set()).add(rule.name));
    broken = rules;
  }, 60_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('are kept by the source', () => {
    expect(real.summary.violations.map(({ from, to, rule }) => `${rule.name}: ${from} -> ${to}`)).toEqual([]);
    expect(real.summary.error).toBe(0);
  });

  test('are checked in all of it', () => {
    expect(real.summary.totalCruised).toBeGreaterThan(100);
    const dependencies = (source: string) =>
      real.modules.find((module) => module.source === source)?.dependencies.map(({ resolved }) => resolved);
    expect(dependencies('src/compose/engine.ts')).toContain('src/kernel/scan.wasm');
    expect(dependencies('src/compose/tenant.ts')).toContain('src/http/app.ts');
    expect(dependencies('src/recommend/score.ts')).toContain('src/model/manifest.ts'); // by its types alone
    expect(dependencies('src/training/session.ts')?.join()).toContain('node_modules/onnxruntime-node/');
  });

  test.each(Object.keys(PLANTED))('are broken by %s', (path) => {
    const [, ...rules] = PLANTED[path]!;
    expect([...(broken.get(path) ?? [])]).toEqual(expect.arrayContaining(rules));
  });

  test.each(Object.keys(ALLOWED))('are not broken by %s', (path) => {
    expect(broken.get(path)).toBeUndefined();
  });

  test.each(ROOMS)('let %s build on the rooms before it, less those that are closed to it', (from) => {
    for (const to of ROOMS) {
      if (to === from) continue;
      const allowed = ROOMS.indexOf(to) < ROOMS.indexOf(from) && !CLOSED.has(`${from} -> ${to}`);
      expect(broken.get(arrowFile(from, to))?.has(`arrows-from-${from}`) ?? false, `${from} -> ${to} is refused`).toBe(!allowed);
    }
  });

  test('have each been seen to work, and stop the build', () => {
    const { forbidden } = createRequire(import.meta.url)(join(ROOT, CONFIG)) as { forbidden: { name: string }[] };
    const seen = new Set([...broken.values()].flatMap((rules) => [...rules]));
    expect(new Set(forbidden.map(({ name }) => name))).toEqual(seen);
    expect(planted.summary.error).toBe(planted.summary.violations.length);
  });
});
