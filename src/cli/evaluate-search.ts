import { Command } from 'commander';
import type { Artefacts } from '../catalog/snapshot.ts';
import { readTags } from '../dataset/tags.ts';
import { measureTitles, MISTAKES } from '../evaluation/find-titles.ts';
import { measureTags, SEARCHES, withTrainedTags } from '../evaluation/search.ts';
import { seededRandom } from '../kernel/random.ts';
import { readArtefacts } from '../training/artefacts.ts';
import { openServing } from '../training/open-serving.ts';
import { count, JSON_OPTION, printResult, table } from './output.ts';

const SEED = 1;

interface SearchOptions {
  readonly model: string;
  readonly tags?: string;
  readonly json: boolean;
}

export function evaluateSearchCommand(): Command {
  return new Command('evaluate-search')
    .description('measure search through the path that serves: mistyped titles, and tags that people gave items as queries')
    .requiredOption('--model <folder>', 'what `train` wrote')
    .option('--tags <file>', 'table with the columns item (or movieId) and tag: measure these instead of the titles')
    .option(...JSON_OPTION, false)
    .action(async ({ model, tags, json }: SearchOptions) => {
      const artefacts = await readArtefacts(model);
      if (tags === undefined) await printTitles(artefacts, json);
      else await printTags(artefacts, tags, json);
    });
}

async function printTitles(artefacts: Artefacts, json: boolean): Promise<void> {
  const serving = await openServing(artefacts);
  const rows: ({ mistake: string } & Awaited<ReturnType<typeof measureTitles>>)[] = [];
  for (const mistake of MISTAKES) rows.push({ mistake, ...(await measureTitles(mistake, serving, seededRandom(SEED))) });
  printResult({ catalogue: artefacts.model.catalogue, rows }, json, () =>
    table([
      [artefacts.model.catalogue, 'titles', 'found among the first 5'],
      ...rows.map(({ mistake, titles, found }) => [mistake, count(titles), `${(100 * found).toFixed(1)} %`]),
    ]),
  );
  serving.retire();
}

async function printTags(artefacts: Artefacts, path: string, json: boolean): Promise<void> {
  const tags = await readTags(path);
  const serving = await openServing(withTrainedTags(artefacts, tags));
  const rows: ({ name: string } & Awaited<ReturnType<typeof measureTags>>)[] = [];
  for (const { name, matching } of SEARCHES) rows.push({ name, ...(await measureTags(tags, 'test', serving, matching)) });
  printResult({ catalogue: artefacts.model.catalogue, rows }, json, () => [
    `${artefacts.model.catalogue}, ${count(rows[0]!.tags)} tags that no item carries and nothing was trained on; means over tags`,
    ...table([
      ['search', 'NDCG@10', 'Recall@20'],
      ...rows.map((row) => [row.name, row['ndcg@10'].toFixed(4), row['recall@20'].toFixed(4)]),
    ]),
  ]);
  serving.retire();
}
