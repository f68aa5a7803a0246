import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import * as v from 'valibot';
import { commandLine } from '../../domain/command.ts';
import { sha256 } from '../../kernel/sha256.ts';

const Key = v.string();
const ListAnswer = v.object({
  kind: v.literal('list'),
  key: Key,
  /** Ids, oldest first. */
  history: v.array(v.string()),
  /** Milliseconds since 1970; null where the data has no times. */
  atMs: v.nullable(v.number()),
  /** Ids, best first. */
  order: v.array(v.string()),
});
const ProfileAnswer = v.object({ kind: v.literal('profile'), key: Key, item: v.string(), phrases: v.array(v.string()) });
const TeacherAnswer = v.variant('kind', [ListAnswer, ProfileAnswer]);

/** What a language model made of one thing that it was asked; `key` is the hash of all that it was told. */
export type TeacherAnswer = v.InferOutput<typeof TeacherAnswer>;
export type TeacherList = v.InferOutput<typeof ListAnswer>;

/** All that a teacher said. */
export interface Teacher {
  /** SHA-256 of its answers, whatever the order in which they came. */
  readonly hash: string;
  readonly lists: readonly TeacherList[];
  /** What each item is for, by its id. */
  readonly profiles: ReadonlyMap<string, readonly string[]>;
}

/** Reads a file of answers into the same teacher whatever their order. Rejects with the line that is none. */
export async function readTeacher(path: string): Promise<Teacher> {
  const answers = (await readAnswers(path)).toSorted((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)));
  if (answers.length === 0)
    throw new Error(`there is no answer of a teacher in ${path}: \`${commandLine('distill --help')}\` says how to get some`);
  return {
    hash: await sha256(new TextEncoder().encode(JSON.stringify(answers))),
    lists: answers.filter((answer) => answer.kind === 'list'),
    profiles: new Map(answers.flatMap((answer) => (answer.kind === 'profile' ? [[answer.item, answer.phrases] as const] : []))),
  };
}

/** The answers of a file, one a line, each key once; none where there is no file. A last line that a killed run left unfinished is passed over. */
export async function readAnswers(path: string): Promise<TeacherAnswer[]> {
  const text = await readFile(path, 'utf8').catch((fault: NodeJS.ErrnoException) => (fault.code === 'ENOENT' ? '' : Promise.reject(fault)));
  const lines = text.split('\n').slice(0, -1);
  const answers = lines.map((line, at) => {
    try {
      return v.parse(TeacherAnswer, JSON.parse(line));
    } catch (cause) {
      throw new Error(`${path}, line ${at + 1}, is no answer of a teacher`, { cause });
    }
  });
  return [...new Map(answers.map((answer) => [answer.key, answer])).values()];
}

/** Makes a file hold these answers and nothing else, and returns what adds one more: whole lines only. */
export async function openAnswers(path: string, answers: readonly TeacherAnswer[]): Promise<(answer: TeacherAnswer) => Promise<void>> {
  const lineOf = (answer: TeacherAnswer) => `${JSON.stringify(answer)}\n`;
  await writeFile(`${path}.part`, answers.map(lineOf).join(''));
  await rename(`${path}.part`, path); // in one step: answers have cost money
  return (answer) => appendFile(path, lineOf(answer));
}
