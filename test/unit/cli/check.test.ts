import { expect, test } from 'vitest';
import { fileOf } from '../dataset/files.ts';
import { edgewise } from './run.ts';

const check = (...args: string[]) => edgewise('check', 'models/online-retail', ...args);

test('the model of the demo can serve, and its features are listed', () => {
  const { status, stdout, stderr } = check();
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^encoder\.onnx: .*it can serve\nranker\.onnx: .*it can serve\n/);
  expect(stdout).toMatch(/\n {2}transformer +logit; +inner product/);
});

test('a file that cannot serve is refused with the reason', async () => {
  const { status, stdout, stderr } = check('--ranker', await fileOf('ranker.onnx', 'no model'), '--json');
  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toEqual({ error: { message: expect.stringMatching(/^ranker\.onnx: /) } });
  expect(stderr).toMatch(/^edgewise: ranker\.onnx: /);
});
