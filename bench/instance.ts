/** The built Worker in a workerd process of its own. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import { unstable_getMiniflareWorkerOptions, unstable_splitSqlQuery as splitSqlQuery } from 'wrangler';
import type { SnapshotReference } from '../src/catalog/manifest.ts';
import type { Artefacts } from '../src/catalog/snapshot.ts';
import { pointTo, publishTo } from '../test/fixtures/publish.ts';
import { BUILD_FOLDER } from './build.ts';
import { findWorkerds, readCpuMs, readResidentMb } from './process.ts';

const NAME = 'edgewise';

export interface Instance {
  /** workerd's own socket of the Worker: nothing stands between. */
  readonly direct: URL;
  /** Miniflare's socket: its entry Worker, in an isolate beside, passes every request on and adds some 0.3 ms to it. */
  readonly throughEntry: URL;
  /** Where V8's inspector of the Worker answers; undefined unless it is `inspected`. */
  readonly inspector: URL | undefined;
  /** CPU time used so far, in milliseconds; undefined where it cannot be read. */
  cpuMs(): number | undefined;
  /** Memory of the process, code and WebAssembly included, in megabytes; undefined where it cannot be read. */
  residentMb(): number | undefined;
  /** Writes a version and makes it live. */
  publish(artefacts: Artefacts): Promise<SnapshotReference>;
  /** Makes a version live that has been written. */
  point(reference: SnapshotReference): Promise<void>;
  /** Runs the migrations of the database; for a stateful instance. */
  migrate(): Promise<void>;
  stop(): Promise<void>;
}

export interface InstanceOptions {
  /** With all that sessions and counters need. */
  readonly stateful?: boolean;
  /** With V8's inspector. */
  readonly inspected?: boolean;
  /** Variables of the Worker. */
  readonly vars?: Readonly<Record<string, string>>;
}

/**
 * Starts workerd with the store kept in `stateFolder` and nothing else, unless it is to be `stateful`. When this resolves the Worker listens and has answered nothing yet.
 * Start one after another: each is told from the others by being new.
 */
export async function startInstance(
  stateFolder: string,
  { stateful = false, inspected = false, vars = {} }: InstanceOptions = {},
): Promise<Instance> {
  const running = findWorkerds();
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port: 0,
      cf: false,
      ...(inspected && { inspectorPort: 0 }),
      log: new Log(LogLevel.WARN),
      resourcePersistencePath: stateFolder,
      workers: [
        {
          name: NAME,
          modules: builtModules(),
          compatibilityDate: '2026-10-01',
          compatibilityFlags: ['nodejs_compat'],
          bindings: { ACCESS: 'open', ...vars },
          ...(stateful ? statefulBindings() : { kvNamespaces: ['SNAPSHOTS'] }),
          unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
        },
      ],
    }),
  );
  const throughEntry = await miniflare.ready;
  const direct = await miniflare.unsafeGetDirectURL(NAME);
  const pid = findWorkerds().find((each) => !running.includes(each));
  return {
    direct,
    throughEntry,
    inspector: inspected ? await inspectorOf(await miniflare.getInspectorURL()) : undefined,
    cpuMs: () => (pid === undefined ? undefined : readCpuMs(pid)),
    residentMb: () => (pid === undefined ? undefined : readResidentMb(pid)),
    publish: async (artefacts) => publishTo(await miniflare.getKVNamespace('SNAPSHOTS', NAME), artefacts, Date.now()),
    point: async (reference) => pointTo(await miniflare.getKVNamespace('SNAPSHOTS', NAME), reference),
    async migrate() {
      const database = await miniflare.getD1Database('FEEDBACK', NAME);
      for (const sql of readMigrations()) for (const statement of splitSqlQuery(sql)) await database.prepare(statement).run();
    },
    stop: () => miniflare.dispose(),
  };
}

/** Of the one Worker that there is. */
async function inspectorOf(all: URL): Promise<URL> {
  const workers = (await (await fetch(new URL(`http://${all.host}/json/list`))).json()) as { webSocketDebuggerUrl: string }[];
  return new URL(workers[0]!.webSocketDebuggerUrl);
}

/** Those of `wrangler.toml`, less the rate limits, which take ten milliseconds in the emulator. */
function statefulBindings(): object {
  const { kvNamespaces, r2Buckets, d1Databases, queueProducers, queueConsumers, durableObjects } =
    unstable_getMiniflareWorkerOptions('wrangler.toml').workerOptions;
  return { kvNamespaces, r2Buckets, d1Databases, queueProducers, queueConsumers, durableObjects };
}

const readMigrations = () =>
  readdirSync('migrations')
    .sort()
    .map((file) => readFileSync(join('migrations', file), 'utf8'));

/** The entry first: workerd starts with the first module. */
function builtModules() {
  const wasm = readdirSync(BUILD_FOLDER).filter((file) => file.endsWith('.wasm'));
  const read = (path: string) => new Uint8Array(readFileSync(join(BUILD_FOLDER, path)));
  return [
    { type: 'ESModule' as const, path: 'worker.js', contents: read('worker.js') },
    ...wasm.map((path) => ({ type: 'CompiledWasm' as const, path, contents: read(path) })),
  ];
}
