import { execFile } from 'node:child_process';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startStandIn } from '../../../scripts/llm-stand-in.ts';
import { syntheticDataset } from '../../../src/dataset/synthetic.ts';
import { writeDataset } from '../../../src/dataset/write.ts';
import { temporaryFolder } from '../../fixtures/folder.ts';
import { edgewise } from './run.ts';

interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command beside a server of this process, which has to go on answering. */
function run(...args: readonly string[]): Promise<Outcome> {
  const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning', 'src/cli/edgewise.ts'];
  return new Promise((resolve) =>
    execFile(process.execPath, [...flags, ...args], (fault, stdout, stderr) =>
      resolve({ status: Number(fault?.code ?? 0), stdout, stderr }),
    ),
  );
}
const json = ({ stdout }: Outcome) => JSON.parse(stdout);

test.each([
  [['distill', '--data', 'x'], "required option '--model <folder>' not specified"],
  [
    ['distill', '--data', 'x', '--model', 'm', '--out', 'o', '--budget', '9', '--endpoint', 'llm'],
    'It is an address like https://shop.example or http://localhost:8787.',
  ],
  [
    ['distill', '--data', 'x', '--model', 'm', '--out', 'o', '--endpoint', 'http://x/v1'],
    "required option '--budget <tokens>' not specified",
  ],
  [['evaluate', '--data', 'x', '--beside', 'm'], "option '--beside <folder>' needs '--model <folder>'"],
])('%j is called wrongly', (args, message) => {
  expect(edgewise(...args)).toMatchObject({ status: 2, stderr: expect.stringContaining(message) });
});

test('a teacher is asked once for each thing, across runs that stop; what it said trains the same student every time', async () => {
  const folder = await temporaryFolder();
  const [data, alone, out] = [join(folder, 'data'), join(folder, 'alone'), join(folder, 'answers.ndjson')];
  await writeDataset(syntheticDataset({ users: 60, items: 60, seed: 3, clusters: 4, meanInteractions: 8 }), data);
  const training = ['train', '--data', data, '--epochs', '1', '--json', '--threads', '1'];
  expect(json(await run(...training, '--out', alone)).model.teacher).toBeUndefined();

  const teacher = await startStandIn();
  onTestFinished(() => teacher.close());
  const options = [
    '--data',
    data,
    '--model',
    alone,
    '--endpoint',
    teacher.url,
    '--out',
    out,
    '--sessions',
    '10',
    '--items',
    '5',
    '--price',
    '2',
    '--json',
  ];
  const planned = json(await run('distill', ...options, '--budget', '1000000', '--dry-run')).plan;
  expect(planned).toMatchObject({ questions: 15, answered: 0, beyondBudget: 0, dollars: (2 * planned.tokens) / 1e6 });
  const unasked = await run('distill', ...options, '--budget', '1000000');
  expect(unasked).toMatchObject({ status: 1, stderr: expect.stringContaining('--yes') });
  expect(teacher.calls()).toBe(0);

  const first = json(await run('distill', ...options, '--budget', `${Math.round(planned.tokens / 2)}`, '--yes'));
  expect(first.spent).toBeLessThanOrEqual(planned.tokens / 2);
  expect(first.plan.beyondBudget).toBeGreaterThan(0);
  expect(first.answered).toBe(15 - first.plan.beyondBudget);
  await appendFile(out, '{"kind":"list","key":"cut of'); // as a killed run leaves it
  const second = json(await run('distill', ...options, '--budget', '1000000', '--yes'));
  expect(second).toMatchObject({ answered: first.plan.beyondBudget, failed: 0, plan: { answered: first.answered } });
  expect(teacher.calls()).toBe(2 * 10 + 5);
  expect(json(await run('distill', ...options, '--budget', '1000000', '--yes')).answered).toBe(0);
  expect(teacher.calls()).toBe(2 * 10 + 5);

  const lines = (await readFile(out, 'utf8')).trimEnd().split('\n');
  expect(lines).toHaveLength(15);
  const mixed = join(folder, 'mixed.ndjson');
  await writeFile(mixed, `${lines.toReversed().join('\n')}\n`);
  const [student, again] = [join(folder, 'student'), join(folder, 'again')];
  const { model } = json(await run(...training, '--out', student, '--teacher', out));
  expect(model.teacher).toEqual({ hash: expect.stringMatching(/^[0-9a-f]{64}$/), lists: 10, profiles: 5, weight: expect.any(Number) });
  expect(json(await run(...training, '--out', again, '--teacher', mixed)).model.teacher).toEqual(model.teacher);
  for (const file of ['ranker.onnx', 'encoder.onnx', 'vectors.f32', 'texts.bin'])
    expect(await readFile(join(again, file))).toEqual(await readFile(join(student, file)));

  const { rows } = json(await run('evaluate', '--data', data, '--model', student, '--beside', alone, '--json'));
  expect(rows.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(['served', 'served, alone']));
}, 240_000);
