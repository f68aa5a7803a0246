import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Item } from '../../../../src/domain/item.ts';
import { ModelUnavailable, type JsonRequest } from '../../../../src/domain/language-model.ts';
import { LIMITS } from '../../../../src/domain/limits.ts';
import { askTeacher } from '../../../../src/training/teacher/ask-teacher.ts';
import { openAnswers, readAnswers, readTeacher, type TeacherAnswer } from '../../../../src/training/teacher/answers.ts';
import { collectTeacherCases } from '../../../../src/training/teacher/cases.ts';
import { profilePrompt, withProfiles } from '../../../../src/training/teacher/profile.ts';
import { profileQuestion, type Ask } from '../../../../src/training/teacher/questions.ts';
import { INJECTIONS } from '../../../fixtures/injections.ts';
import { temporaryFolder } from '../../../fixtures/folder.ts';
import { openShop } from '../../../fixtures/situation.ts';

const MUG: Item = { id: 'm', title: 'BLUE GARDEN MUG', categories: ['mugs'], attributes: { material: 'tin' } };
const answer = (key: string): TeacherAnswer => ({ kind: 'profile', key, item: `i${key}`, phrases: [key] });

describe('answers', () => {
  test('are the same teacher in any order, and a line that a killed run left unfinished is passed over and written over', async () => {
    const path = join(await temporaryFolder(), 'answers.ndjson');
    const keep = await openAnswers(path, []);
    for (const key of ['b', 'a', 'c']) await keep(answer(key));
    const teacher = await readTeacher(path);
    await appendFile(path, '{"kind":"prof');
    expect((await readAnswers(path)).map(({ key }) => key)).toEqual(['b', 'a', 'c']);
    await openAnswers(path, (await readAnswers(path)).toReversed());
    expect(await readTeacher(path)).toEqual(teacher);
    expect(await readFile(path, 'utf8')).toMatch(/^(\{.*\}\n){3}$/);
  });

  test('that cannot be read, and a file without any, are told of', async () => {
    const path = join(await temporaryFolder(), 'answers.ndjson');
    expect(await readAnswers(path)).toEqual([]);
    await expect(readTeacher(path)).rejects.toThrow('edgewise -- distill');
    await writeFile(path, '{"kind":"profile","key":"a","item":"i","phrases":[]}\n{"kind":"poem"}\n');
    await expect(readTeacher(path)).rejects.toThrow('line 2, is no answer of a teacher');
  });
});

describe('a profile', () => {
  const { parse, messages } = profilePrompt(MUG);

  test('is asked with what the catalogue says, and joins the texts that are read', () => {
    expect(JSON.parse(messages[1]!.content)).toEqual({ item: { title: MUG.title, categories: ['mugs'], attributes: { material: 'tin' } } });
    const phrases = parse({ audience: 'gardeners', occasion: 'picnics', style: '' });
    expect(phrases).toEqual(['gardeners', 'picnics']);
    const [read, other] = withProfiles([MUG, { ...MUG, id: 'n' }], new Map([['m', phrases]]));
    expect(read).toEqual({ ...MUG, categories: ['mugs', 'gardeners', 'picnics'] });
    expect(other!.categories).toEqual(['mugs']);
  });

  test('says nothing that was not given: prices, numbers, names, links and orders are dropped', () => {
    expect(parse({ audience: 'cheap gifts', occasion: 'since 1900', style: 'by Wedgwood' })).toEqual([]);
    expect(() => parse({ audience: 3 })).toThrow();
    for (const text of INJECTIONS) expect(parse({ audience: text, occasion: text, style: text })).toEqual([]);
  });

  test('has phrases of so many characters and not one more', () => {
    const longest = 'garden '.repeat(20).slice(0, LIMITS.profileChars - 1) + 's';
    expect(parse({ audience: longest, occasion: `${longest}s`, style: '' })).toEqual([longest]);
  });

  test('is not asked of an item whose title may not be told', async () => {
    expect(await profileQuestion({ ...MUG, title: INJECTIONS[0]! }, 'any')).toBeUndefined();
    const [one, other] = [await profileQuestion(MUG, 'any'), await profileQuestion(MUG, 'another model')];
    expect(one!.key).not.toBe(other!.key);
    expect((await profileQuestion(MUG, 'any'))!.key).toBe(one!.key);
  });
});

describe('asking', () => {
  const questions = Array.from({ length: 12 }, (_, at) => ({
    key: `${at}`,
    request: profilePrompt(MUG),
    requests: 1,
    put: async (ask: Ask): Promise<TeacherAnswer> => ({ ...answer(`${at}`), phrases: await ask(profilePrompt(MUG)) }) as TeacherAnswer,
  }));
  async function asking(says: (call: number) => unknown, concurrency = 3) {
    const kept: string[] = [];
    let [calls, running, most] = [0, 0, 0];
    const ask = async <T>({ parse }: JsonRequest<T>) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return parse(says(calls++));
    };
    const asked = await askTeacher(questions, {
      ask,
      keep: async ({ key }) => void kept.push(key),
      concurrency,
      onQuestion: () => undefined,
    });
    return { asked, kept, calls, most };
  }
  const fail = (absence: 'failed' | 'budget') => {
    throw new ModelUnavailable(absence, 'told to');
  };
  const FINE = { audience: 'gardeners', occasion: '', style: '' };

  test('puts all questions, as many at once as are said', async () => {
    const { asked, kept, most } = await asking(() => FINE);
    expect(asked).toEqual({ answered: 12, failed: 0 });
    expect([kept.length, most]).toEqual([12, 3]);
  });

  test('leaves out what fails, and gives up after five failures in a row and not after four', async () => {
    expect((await asking((call) => (call % 5 === 4 ? FINE : fail('failed')), 1)).asked).toEqual({ answered: 2, failed: 10 });
    const { asked, calls } = await asking((call) => (call === 0 ? FINE : fail('failed')), 1);
    expect([asked, calls]).toEqual([{ answered: 1, failed: 5, stopped: 'failures' }, 6]);
  });

  test('ends where the budget does', async () => {
    const { asked, kept } = await asking((call) => (call < 4 ? FINE : fail('budget')), 1);
    expect(asked).toEqual({ answered: 4, failed: 0, stopped: 'budget' });
    expect(kept).toEqual(['0', '1', '2', '3']);
  });
});

test('a list teaches the order of what is proposed; what is not, and what is named twice, is left out', async () => {
  const shop = await openShop(10);
  const list = (history: string[], order: string[]) => ({ kind: 'list' as const, key: 'k', history, atMs: null, order });
  const [taught, ...others] = await collectTeacherCases(
    [list(['i1'], ['i3', 'gone', 'i2', 'i3', 'i0']), list(['i1'], ['i3']), list(['gone'], ['left'])],
    shop,
  );
  expect(others).toEqual([]);
  expect(taught!.targets).toBe(3);
  expect([...taught!.wanted!].map((share) => Math.round(share * 110) / 110)).toEqual([60 / 110, 30 / 110, 20 / 110]);
});
