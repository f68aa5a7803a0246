import { ModelUnavailable } from '../../domain/language-model.ts';
import type { TeacherAnswer } from './answers.ts';
import type { Ask, Question } from './questions.ts';

/** After so many questions in a row without an answer the teacher is given up. */
const FAILURES_MAX = 5;

export interface AskingOptions {
  readonly ask: Ask;
  /** Keeps an answer before the next question is put. */
  readonly keep: (answer: TeacherAnswer) => Promise<void>;
  /** Questions at once. */
  readonly concurrency: number;
  readonly onQuestion: (done: number, total: number) => void;
}

/** How an asking ended: what it was given, what it was refused, and whether it could not pay for more. */
export interface Asked {
  readonly answered: number;
  readonly failed: number;
  readonly stopped?: 'budget' | 'failures';
}

/** Puts questions, several at once, in their order. One that fails is left out: it is put again when the same is asked another time. */
export async function askTeacher(questions: readonly Question[], options: AskingOptions): Promise<Asked> {
  const { ask, keep, concurrency, onQuestion } = options;
  let [next, answered, failed, inARow] = [0, 0, 0, 0];
  let stopped: Asked['stopped'];
  const work = async () => {
    while (next < questions.length && !stopped) {
      const question = questions[next++]!;
      try {
        await keep(await question.put(ask));
        answered++;
        inARow = 0;
      } catch (cause) {
        if (!(cause instanceof ModelUnavailable)) throw cause;
        if (cause.absence === 'budget') return void (stopped = 'budget');
        failed++;
        if (++inARow >= FAILURES_MAX) stopped = 'failures';
      }
      onQuestion(answered + failed, questions.length);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return { answered, failed, ...(stopped && { stopped }) };
}
