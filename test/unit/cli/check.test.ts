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

test.each(['package.json', 'README.md', 'src/kernel/scan.wasm', 'models/online-retail/rules.bin'])('%s is no ONNX file', (path) => {
  expect(check('--ranker', path)).toMatchObject({ status: 1, stderr: 'edgewise: ranker.onnx: not an ONNX model, or not a whole one\n' });
});

test.each([
  [['check', '/nowhere'], 'there is no model in /nowhere: `train --out <folder>` writes one'],
  [['evaluate-search', '--model', 'package.json'], 'there is no model in package.json: `train --out <folder>` writes one'],
  [['check', 'models/online-retail', '--encoder', '/nowhere'], 'there is no file or folder /nowhere'],
  [['check', 'models/online-retail', '--encoder', 'src'], 'what was named is a folder: a file is needed'],
  [['evaluate-search', '--model', 'models/online-retail', '--tags', '/nowhere'], 'there is no file or folder /nowhere'],
])('%j names a path where nothing of the kind is', (args, message) => {
  expect(edgewise(...args)).toMatchObject({ status: 1, stdout: '', stderr: `edgewise: ${message}\n` });
});
