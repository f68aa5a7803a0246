import type { Dataset } from '../../dataset/dataset.ts';
import { factsOf, isFact } from '../../domain/facts.ts';
import type { Item } from '../../domain/item.ts';
import type { ChatRequest, JsonRequest } from '../../domain/language-model.ts';
import { LIMITS } from '../../domain/limits.ts';
import { fnv1a } from '../../kernel/hash.ts';
import { seededRandom } from '../../kernel/random.ts';
import { sha256 } from '../../kernel/sha256.ts';
import { recommend } from '../../recommend/recommend.ts';
import { fillRequest } from '../../recommend/request.ts';
import type { Serving } from '../../recommend/serving.ts';
import { Stopwatch } from '../../recommend/stopwatch.ts';
import { promptFor, RERANK_VERSION } from '../../rerank/prompt.ts';
import { rankList } from '../../rerank/rank-list.ts';
import { historyIds } from '../sequences.ts';
import type { HoldOutCase } from '../split.ts';
import type { TeacherAnswer } from './answers.ts';
import { PROFILE_VERSION, profilePrompt } from './profile.ts';

/** Asks a language model; see `LanguageModel.ask`. */
export type Ask = <T>(request: JsonRequest<T>) => Promise<T>;

/** Something that a teacher is asked. */
export interface Question {
  /** The hash of all that it is told. */
  readonly key: string;
  /** A request of those that it takes, and how many those are. */
  readonly request: ChatRequest;
  readonly requests: number;
  readonly put: (ask: Ask) => Promise<TeacherAnswer>;
}

/** What the serving path recommends at a case, to be put in order; undefined where there are not two items that may be told of. `teacher` names the model. */
export async function listQuestion(held: HoldOutCase, dataset: Dataset, serving: Serving, teacher: string): Promise<Question | undefined> {
  const history = historyIds(dataset, held);
  const nowMs = dataset.atMs[held.historyEnd]!;
  const request = fillRequest({ history, limit: LIMITS.rerankedItems, nowMs, random: seededRandom(0) });
  const { items: recommended } = await recommend(request, serving, new Stopwatch(() => 0));
  const { items, rowOf } = serving.snapshot;
  const told = (ids: readonly string[]) => ids.map((id) => items.at(rowOf.get(id)!)).filter(({ title }) => isFact(title));
  const candidates = told(recommended.map(({ id }) => id));
  if (candidates.length < 2) return undefined;
  const list = { history: told(history.slice(-LIMITS.rerankedHistory)).map(factsOf), candidates: candidates.map(factsOf) };
  const key = await keyOf(
    'list',
    RERANK_VERSION,
    teacher,
    history,
    candidates.map(({ id }) => id),
    list,
  );
  return {
    key,
    request: promptFor(list),
    requests: LIMITS.rerankingOrders,
    put: async (ask) => {
      const order = await rankList(list, ask, fnv1a(key));
      return { kind: 'list', key, history, atMs: Number.isNaN(nowMs) ? null : nowMs, order: order.map((at) => candidates[at]!.id) };
    },
  };
}

/** What an item is for; undefined where its title may not be put before a language model. */
export async function profileQuestion(item: Item, teacher: string): Promise<Question | undefined> {
  if (!isFact(item.title)) return undefined;
  const key = await keyOf('profile', PROFILE_VERSION, teacher, item.id, factsOf(item));
  const request = profilePrompt(item);
  return { key, request, requests: 1, put: async (ask) => ({ kind: 'profile', key, item: item.id, phrases: await ask(request) }) };
}

const keyOf = (...told: readonly unknown[]) => sha256(new TextEncoder().encode(JSON.stringify(told)));
