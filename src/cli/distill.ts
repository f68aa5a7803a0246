import { createInterface } from 'node:readline/promises';
import { Command, Option } from 'commander';
import { readAnswers, openAnswers } from '../training/teacher/answers.ts';
import { askTeacher } from '../training/teacher/ask-teacher.ts';
import type { Question } from '../training/teacher/questions.ts';
import { gatherQuestions } from './gather-questions.ts';
import { parseAddress, parseCount, parsePositive, parsePrice } from './options.ts';
import { count, JSON_OPTION, printResult } from './output.ts';
import { startProgress } from './progress.ts';
import { KEY_VARIABLE, openTeacher, tokensOf } from './teacher-model.ts';

const DEFAULTS = { teacher: 'any', sessions: 500, items: 500, concurrency: 4 };

interface DistillOptions {
  data: string;
  model: string;
  endpoint: string;
  teacher: string;
  out: string;
  budget: number;
  sessions: number;
  items: number;
  concurrency: number;
  price?: number;
  dryRun: boolean;
  yes: boolean;
  json: boolean;
}

export function distillCommand(): Command {
  return new Command('distill')
    .description('have a language model put recommendations in order and describe items, for `train --teacher` to learn from')
    .requiredOption('--data <path>', 'file or folder of the data set')
    .requiredOption('--model <folder>', 'what `train` wrote from that data: it recommends what is put in order')
    .addOption(
      new Option('--endpoint <url>', `a server of OpenAI's protocol, as https://llm.example/v1; its key is read from ${KEY_VARIABLE}`)
        .argParser(parseAddress)
        .makeOptionMandatory(),
    )
    .option('--teacher <name>', 'the language model, as the endpoint calls it', DEFAULTS.teacher)
    .requiredOption('--out <file>', 'where the answers go; those that are there are not asked for again')
    .addOption(new Option('--budget <tokens>', 'spend no more than this').argParser(parsePositive).makeOptionMandatory())
    .addOption(
      new Option('--sessions <n>', 'sessions whose recommendations are put in order').argParser(parseCount).default(DEFAULTS.sessions),
    )
    .addOption(new Option('--items <n>', 'items that are described, the most popular first').argParser(parseCount).default(DEFAULTS.items))
    .addOption(new Option('--concurrency <n>', 'calls at once').argParser(parsePositive).default(DEFAULTS.concurrency))
    .addOption(new Option('--price <dollars>', 'of a million tokens').argParser(parsePrice))
    .option('--dry-run', 'say what it would cost, and ask nothing', false)
    .option('--yes', 'begin without asking whether to', false)
    .option(...JSON_OPTION, false)
    .action(runDistill);
}

async function runDistill(options: DistillOptions): Promise<void> {
  const { out, budget, price, dryRun, yes, json, concurrency } = options;
  const log = (line: string) => json || process.stderr.write(`${line}\n`);
  const { ask, spent } = openTeacher(options);
  const answers = await readAnswers(out);
  const known = new Set(answers.map(({ key }) => key));
  const all = await gatherQuestions(options, json);
  const open = all.filter(({ key }) => !known.has(key));
  const questions = withinBudget(open, budget);
  const tokens = questions.reduce((sum, question) => sum + tokensOf(question), 0);
  const plan = {
    questions: questions.length,
    answered: all.length - open.length,
    beyondBudget: open.length - questions.length,
    tokens,
    ...dollarsOf(tokens, price),
  };
  log(
    `${count(plan.questions)} questions (${count(plan.answered)} more are answered, ${count(plan.beyondBudget)} are beyond the budget): at most ${costOf(tokens, price)}`,
  );
  if (dryRun) return printResult({ plan }, json, () => ['nothing was asked (--dry-run)']);
  if (questions.length > 0 && !yes) await confirm();

  const progress = startProgress('teacher', 'questions', { silent: json });
  const asked = await askTeacher(questions, {
    ask,
    keep: await openAnswers(out, answers),
    concurrency,
    onQuestion: progress.update,
  }).finally(progress.stop);
  if (asked.stopped === 'failures')
    throw new Error(
      `${options.endpoint} does not answer: given up after ${count(asked.failed)} questions without an answer. What was answered is in ${out}; run it again to go on.`,
    );
  printResult({ plan, ...asked, spent: spent(), ...dollarsOf(spent(), price) }, json, () => [
    `${count(asked.answered)} answers, ${count(asked.failed)} questions without one, ${costOf(spent(), price)}${asked.stopped ? '; stopped at the budget' : ''}`,
    `wrote ${out}`,
  ]);
}

/** As many of the questions, in their order, as the budget is sure to pay for. */
function withinBudget(questions: readonly Question[], budget: number): Question[] {
  let left = budget;
  return questions.filter((question) => (left -= tokensOf(question)) >= 0);
}

async function confirm(): Promise<void> {
  if (!process.stdin.isTTY) throw new Error('nothing was asked: say --yes to begin without being asked');
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const said = await prompt.question('Begin? [y/N] ').finally(() => prompt.close());
  if (!/^y(es)?$/i.test(said.trim())) throw new Error('nothing was asked');
}

const dollarsOf = (tokens: number, price: number | undefined) => (price === undefined ? {} : { dollars: (tokens / 1e6) * price });

function costOf(tokens: number, price: number | undefined): string {
  return `${count(tokens)} tokens${price === undefined ? '' : `, $${((tokens / 1e6) * price).toFixed(2)}`}`;
}
