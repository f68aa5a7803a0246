import { readDataset } from '../dataset/read.ts';
import { orderTies } from '../dataset/ties.ts';
import { readArtefacts } from '../training/artefacts.ts';
import { openServing } from '../training/open-serving.ts';
import { sampleCases, splitDataset } from '../training/split.ts';
import { listQuestion, profileQuestion, type Question } from '../training/teacher/questions.ts';
import { startProgress } from './progress.ts';

export interface Wanted {
  readonly data: string;
  readonly model: string;
  readonly teacher: string;
  readonly sessions: number;
  readonly items: number;
}

/**
 * All that a teacher is asked, in the order in which it is: sessions are those of the validation, so what it says of them is no look at the test.
 * Rejects where the model is of other data.
 */
export async function gatherQuestions({ data, model: folder, teacher, sessions, items }: Wanted, silent: boolean): Promise<Question[]> {
  const artefacts = await readArtefacts(folder);
  const { protocol, ties = 'file', hash } = artefacts.model.data;
  const { dataset: read } = await readDataset(data);
  if (read.hash !== hash) throw new Error(`the model in ${folder} was trained on other data than ${read.name}: train on this data first`);
  const dataset = orderTies(read, ties);
  const cases = sessions === 0 ? [] : sampleCases(splitDataset(dataset, protocol).validation, sessions);
  const serving = await openServing(artefacts);
  const questions: (Question | undefined)[] = [];
  const progress = startProgress('recommendations', 'sessions', { silent });
  for (const [at, held] of cases.entries()) {
    questions.push(await listQuestion(held, dataset, serving, teacher));
    progress.update(at + 1, cases.length);
  }
  progress.stop();
  for (const row of serving.snapshot.byPopularity.slice(0, items))
    questions.push(await profileQuestion(serving.snapshot.items.at(row), teacher));
  serving.retire();
  return questions.filter((question) => question !== undefined);
}
