/**
 * What the first requests to a new isolate get. Every sample is a new workerd process that has answered nothing, and its
 * connection is open before the clock starts.
 *
 * Included, in the recommendation: reading the snapshot from Miniflare's simulation of KV (SQLite and files on this
 * machine, its own Worker as cold as ours), checking and decoding it, the first, uncompiled run of the code; in the full
 * answer also the start of ONNX Runtime and of the encoder.
 * Not included: starting the process, reading and compiling the script and its WebAssembly and running the script's top
 * level, all of which workerd does before it listens and the platform does behind the first request's TLS handshake; and
 * the way to the real KV. The first two weigh on the empty route alike, so they are no part of a difference.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Artefacts } from '../src/catalog/snapshot.ts';
import { Connection } from './client.ts';
import { startInstance } from './instance.ts';
import { EMPTY, HEADLINE_LENGTH, makeRoutes, recommendationsOf } from './routes.ts';
import { spreadOf, timed, type Spread } from './statistics.ts';

/** Between an answer of a starting isolate and the next request. */
const POLL_EVERY_MS = 5;
const GIVE_UP_AFTER_MS = 30_000;

/** Milliseconds from the first request. */
export interface ColdFigures {
  /** To the empty route's answer. */
  readonly empty: Spread;
  /** To the first recommendations, which are degraded. */
  readonly first: Spread;
  /** To the first that are not. */
  readonly full: Spread;
  /** The longest that any one answer took in between: a start blocks the isolate. */
  readonly slowest: Spread;
}

/** `stateFolder` is a store with a published snapshot that no instance has open. */
export async function measureCold(
  stateFolder: string,
  artefacts: Artefacts,
  samples: number,
  onSample: (done: number, total: number) => void,
): Promise<ColdFigures> {
  const emptyMs: number[] = [];
  const starts: Start[] = [];
  for (let at = 0; at < samples; at++) {
    emptyMs.push(await onNewInstance(stateFolder, artefacts, measureEmpty));
    starts.push(await onNewInstance(stateFolder, artefacts, measureStart));
    onSample(at + 1, samples);
  }
  return {
    empty: spreadOf(emptyMs),
    first: spreadOf(starts.map(({ firstMs }) => firstMs)),
    full: spreadOf(starts.map(({ fullMs }) => fullMs)),
    slowest: spreadOf(starts.map(({ slowestMs }) => slowestMs)),
  };
}

type Routes = ReturnType<typeof makeRoutes>;

async function onNewInstance<R>(
  stateFolder: string,
  artefacts: Artefacts,
  measure: (connection: Connection, routes: Routes) => Promise<R>,
): Promise<R> {
  const instance = await startInstance(stateFolder);
  try {
    const routes = makeRoutes(instance, artefacts);
    const connection = await Connection.open(instance.direct);
    const result = await measure(connection, routes);
    connection.close();
    return result;
  } finally {
    await instance.stop();
  }
}

async function measureEmpty(connection: Connection, routes: Routes): Promise<number> {
  const { requests } = routes.find(({ name }) => name === EMPTY)!;
  return timed(() => connection.send(requests[0]!));
}

interface Start {
  readonly firstMs: number;
  readonly fullMs: number;
  readonly slowestMs: number;
}

async function measureStart(connection: Connection, routes: Routes): Promise<Start> {
  const { requests, isFull } = routes.find(({ name }) => name === recommendationsOf(HEADLINE_LENGTH))!;
  const startMs = performance.now();
  const answersMs: number[] = [];
  while (performance.now() - startMs < GIVE_UP_AFTER_MS) {
    const sentMs = performance.now();
    const body = await connection.send(requests[0]!);
    answersMs.push(performance.now() - sentMs);
    if (isFull(body)) return { firstMs: answersMs[0]!, fullMs: performance.now() - startMs, slowestMs: Math.max(...answersMs) };
    await sleep(POLL_EVERY_MS);
  }
  throw new Error('the Worker gives no full answer');
}
