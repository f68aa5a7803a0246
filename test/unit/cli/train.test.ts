import { expect, test } from 'vitest';
import { describeEpoch } from '../../../src/cli/epoch.ts';
import { describeCommand, describeTeacher } from '../../../src/cli/describe-training.ts';
import { makeShop } from '../../fixtures/shop.ts';

test('the line of an epoch says loss, metric, speed and time left', () => {
  const report = { epoch: 7, loss: 6.54321, ndcg10: 0.0754, isBest: true, positionsPerSecond: 12_345.6, secondsLeft: 61 };
  expect(describeEpoch(report)).toBe('epoch   7  loss 6.5432  validation NDCG@10 0.0754 *  12,346 positions/s  at most 2 min left');
});

test('the command of a model is the one that makes it again, with what was asked beside the defaults', () => {
  const options = { seed: 3, epochs: 60, patience: 4, dropout: 0.5, ties: 'file' } as const;
  expect(describeCommand('shop', options)).toBe('edgewise train --data shop --seed 3 --epochs 60 --patience 4 --dropout 0.5');
  expect(describeCommand(undefined, options)).toBe('edgewise train --from-r2 --seed 3 --epochs 60 --patience 4 --dropout 0.5');
  expect(describeCommand('shop', { ...options, ties: 'shuffled', protocol: 'temporal', budget: 1_800_000 })).toBe(
    'edgewise train --data shop --seed 3 --epochs 60 --patience 4 --dropout 0.5 --protocol temporal --ties shuffled --budget 1800s',
  );
});

test('a teacher is named in the command, and what became of it is told', () => {
  const options = { seed: 3, epochs: 60, patience: 4, dropout: 0.5, ties: 'file', teacher: '/home/ann/answers.ndjson' } as const;
  expect(describeCommand('shop', options)).toContain(' --teacher answers.ndjson');
  const { model } = makeShop();
  const teacher = { hash: 'h', lists: 500, profiles: 20, weight: 0 };
  expect(describeTeacher(model)).toEqual([]);
  expect(describeTeacher({ ...model, teacher })).toEqual([
    'teacher: 500 lists, of no use on the validation, so left out; profiles of 20 items',
  ]);
  expect(describeTeacher({ ...model, teacher: { ...teacher, weight: 1 } })[0]).toContain('500 lists, 1 for each real case;');
});
