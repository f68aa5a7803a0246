/**
 * What an isolate holds while it answers: V8's heap with the garbage in it, the buffers behind its typed arrays, and the memories of WebAssembly, which
 * neither counts. Other than the resident size of workerd, this is without the emulation of KV, code, and what the allocator keeps for later.
 * workerd's inspector does not collect garbage when it is told to: the least of many readings is one that was made just after V8 collected what is young.
 */
import { once } from 'node:events';
import type { Artefacts } from '../src/catalog/snapshot.ts';
import { Connection } from './client.ts';
import { startInstance, type Instance } from './instance.ts';
import type { Route } from './routes.ts';

/** Requests of the measurement, and of how many the memory is read once. */
const REQUESTS = 1_000;
const EVERY = 10;
/** Requests before the least reading counts: until then the models may not run yet. */
const FIRST = 100;
/** Requests that another version may take to be loaded, and how often an isolate looks for it. */
const PATIENCE_REQUESTS = 20_000;
const CHECK_MS = 200;

interface Reading {
  /** Megabytes. */
  readonly heapMb: number;
  readonly buffersMb: number;
  readonly wasmMb: number;
}

export interface IsolateMemory {
  /** The reading with the least of all three together: without young garbage. */
  readonly least: Reading;
  /** The most that all three were together at any reading, the first after the version was loaded, in megabytes. */
  readonly mostMb: number;
  /** The same from when another version, of which no part is the same, is published until it serves. */
  readonly swapMostMb: number;
}

interface HeapUsage {
  readonly usedSize: number;
  readonly backingStorageSize: number;
}

const total = ({ heapMb, buffersMb, wasmMb }: Reading): number => heapMb + buffersMb + wasmMb;

/** `stateFolder` is a store with a published snapshot that no instance has open; `routesOf` names what is asked of an instance, `next` is what is published then. */
export async function measureIsolateMemory(
  stateFolder: string,
  next: Artefacts,
  routesOf: (instance: Instance) => { asked: Route; wasm: Route },
): Promise<IsolateMemory> {
  const instance = await startInstance(stateFolder, { inspected: true, vars: { SNAPSHOT_CHECK_MS: String(CHECK_MS) } });
  const { asked, wasm } = routesOf(instance);
  let connection = await Connection.open(instance.direct);
  const inspector = new WebSocket(instance.inspector!);
  try {
    await once(inspector, 'open');
    const ask = async (at: number) => JSON.parse(String(await connection.send(asked.requests[at % asked.requests.length]!))) as Answer;
    const read = async (id: number): Promise<Reading> => {
      const { usedSize, backingStorageSize } = await readHeap(inspector, id);
      const { bytes } = JSON.parse(String(await connection.send(wasm.requests[0]!))) as { bytes: number };
      return { heapMb: usedSize / 1e6, buffersMb: backingStorageSize / 1e6, wasmMb: bytes / 1e6 };
    };
    let least: Reading | undefined;
    let mostMb = 0;
    let at = 0;
    for (; at < REQUESTS; at++) {
      await ask(at);
      if (at % EVERY > 0) continue;
      const reading = await read(at);
      mostMb = Math.max(mostMb, total(reading));
      if (at >= FIRST && (!least || total(reading) < total(least))) least = reading;
    }
    const { snapshot: before } = await ask(at);
    connection.close();
    await instance.publish(next); // a connection would be idle for too long
    connection = await Connection.open(instance.direct);
    let swapMostMb = 0;
    for (const end = at + PATIENCE_REQUESTS; ; at++) {
      const { snapshot } = await ask(at);
      swapMostMb = Math.max(swapMostMb, total(await read(at)));
      if (snapshot !== before) return { least: least!, mostMb, swapMostMb };
      if (at === end) throw new Error('the other version was not loaded');
    }
  } finally {
    inspector.close();
    connection.close();
    await instance.stop();
  }
}

interface Answer {
  readonly snapshot: string;
}

async function readHeap(inspector: WebSocket, id: number): Promise<HeapUsage> {
  const answer = once(inspector, 'message');
  inspector.send(JSON.stringify({ id, method: 'Runtime.getHeapUsage' }));
  const [{ data }] = (await answer) as [MessageEvent<string>];
  return (JSON.parse(data) as { result: HeapUsage }).result;
}
