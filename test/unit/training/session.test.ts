import { expect, test } from 'vitest';
import { Graph } from '../../../src/model/graph.ts';
import { openSession } from '../../../src/training/session.ts';

test('rows that are added at one index are all added, in as many threads as there are', async () => {
  const [items, rows, dims] = [1_000, 20_000, 64];
  const graph = new Graph();
  const index = graph.input('index', ['P'], 'int64');
  const added = graph.input('added', ['P', dims]);
  graph.output('sum', graph.scatterAdd(graph.weights(new Float32Array(items * dims), [items, dims]), index, added));
  const session = await openSession(graph, { threads: 2 });
  // Low rows come often, as popular items do.
  const places = Array.from({ length: rows }, (_, at) => Math.floor(items * ((at * 0.618) % 1) ** 3));
  const wanted = new Float32Array(items * dims);
  for (const row of places) for (let d = 0; d < dims; d++) wanted[row * dims + d]!++;
  const inputs = {
    index: { data: BigInt64Array.from(places, BigInt), shape: [rows] },
    added: { data: new Float32Array(rows * dims).fill(1), shape: [rows, dims] },
  };
  for (let run = 0; run < 60; run++) {
    const { sum } = await session.run(inputs);
    expect(Buffer.compare(Buffer.from(sum!.data.buffer), Buffer.from(wanted.buffer))).toBe(0);
  }
  await session.release();
});
