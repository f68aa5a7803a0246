import { expect, test } from 'vitest';
import { Graph } from '../../../src/model/graph.ts';
import { writeOnnx } from '../../../src/model/onnx.ts';
import { loadEngine } from '../../../src/training/open-serving.ts';

/** Multiplies what it is given. */
function times(factor: number): Uint8Array {
  const graph = new Graph();
  graph.output('y', graph.mul(graph.input('x', ['N']), graph.scalar(factor)));
  return writeOnnx(graph);
}

test('opens models side by side, refuses what is none, and leaves the world as it was', async () => {
  const engine = await loadEngine();
  const opening = [engine.openModel(times(2)), engine.openModel(new Uint8Array([1, 2, 3])), engine.openModel(times(3))];
  const [two, refused, three] = await Promise.allSettled(opening);
  expect([two!.status, refused!.status, three!.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(process).not.toHaveProperty('type');

  const [double, triple] = [await opening[0]!, await opening[2]!];
  const x = { data: new Float32Array([1, -4]), shape: [2] };
  expect(await double.run({ x })).toEqual(new Float32Array([2, -8]));
  expect(await triple.run({ x })).toEqual(new Float32Array([3, -12]));
  await expect(double.run({ wrong: x })).rejects.toThrow('the model takes x, and was given wrong');
  await expect(double.run({})).rejects.toThrow('the model takes x');
  await expect(double.run({ x: { ...x, shape: [1, 2] } })).rejects.toThrow(/ONNX Runtime cannot run the model: .*rank/i);
  const ramp = Float32Array.from({ length: 100_000 }, (_, at) => at);
  expect(await double.run({ x: { data: ramp, shape: [ramp.length] } })).toEqual(ramp.map((value) => 2 * value));
  expect(await double.run({ x })).toEqual(new Float32Array([2, -8]));
  await double.release();
  expect(await triple.run({ x })).toEqual(new Float32Array([3, -12]));
  await triple.release();
});
