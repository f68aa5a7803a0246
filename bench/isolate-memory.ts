/**
 * What an isolate holds while it answers: V8's heap with the garbage in it, the buffers behind its typed arrays, and the memories of WebAssembly, which
 * neither counts. Other than the resident size of workerd, this is without the emulation of KV, code, and what the allocator keeps for later.
 */
import { once } from 'node:events';
import type { Artefacts } from '../src/catalog/snapshot.ts';
import { Connection } from './client.ts';
import { startInstance } from './instance.ts';
import type { Route } from './routes.ts';

/** Requests of the measurement, and of how many the memory is read once. */
const REQUESTS = 1_000;
const EVERY = 10;

export interface IsolateMemory {
  /** Megabytes at the last reading. */
  readonly heapMb: number;
  readonly buffersMb: number;
  readonly wasmMb: number;
  /** The most that all three were together at any reading, the first after the version was loaded. */
  readonly mostMb: number;
}

interface HeapUsage {
  readonly usedSize: number;
  readonly backingStorageSize: number;
}

/** `stateFolder` is a store with a published snapshot that no instance has open; `routeOf` names what is asked of an instance. */
export async function measureIsolateMemory(
  stateFolder: string,
  artefacts: Artefacts,
  routesOf: (instance: Awaited<ReturnType<typeof startInstance>>, artefacts: Artefacts) => { asked: Route; wasm: Route },
): Promise<IsolateMemory> {
  const instance = await startInstance(stateFolder, { inspected: true });
  const { asked, wasm } = routesOf(instance, artefacts);
  const connection = await Connection.open(instance.direct);
  const inspector = new WebSocket(instance.inspector!);
  try {
    await once(inspector, 'open');
    let memory: Omit<IsolateMemory, 'mostMb'> = { heapMb: 0, buffersMb: 0, wasmMb: 0 };
    let mostMb = 0;
    for (let at = 0; at < REQUESTS; at++) {
      await connection.send(asked.requests[at % asked.requests.length]!);
      if (at % EVERY > 0) continue;
      const { usedSize, backingStorageSize } = await readHeap(inspector, at);
      const { bytes } = JSON.parse((await connection.send(wasm.requests[0]!)).toString()) as { bytes: number };
      memory = { heapMb: usedSize / 1e6, buffersMb: backingStorageSize / 1e6, wasmMb: bytes / 1e6 };
      mostMb = Math.max(mostMb, memory.heapMb + memory.buffersMb + memory.wasmMb);
    }
    return { ...memory, mostMb };
  } finally {
    inspector.close();
    connection.close();
    await instance.stop();
  }
}

async function readHeap(inspector: WebSocket, id: number): Promise<HeapUsage> {
  const answer = once(inspector, 'message');
  inspector.send(JSON.stringify({ id, method: 'Runtime.getHeapUsage' }));
  const [{ data }] = (await answer) as [MessageEvent<string>];
  return (JSON.parse(data) as { result: HeapUsage }).result;
}
