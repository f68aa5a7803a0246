import { seededRandom, shuffle, type Random } from '../kernel/random.ts';
import { FEATURE_COUNT } from '../model/features.ts';
import { Graph } from '../model/graph.ts';
import { buildServingRanker, rank, rankerParameters, type Normalisation } from '../model/ranker.ts';
import { layOutSpecs, splitParameters, startingWeights, viewParameters } from './parameters.ts';
import { describeFeatures, type RankingCase } from './ranking-cases.ts';
import { openSession, type Session, type Values } from './session.ts';
import { flat, flatGradient, outputStep, startSteps, stepFeeds } from './step.ts';

const EPOCHS = 20;
const BATCH = 64;
const LEARNING_RATE = 3e-3;
/** One case of so many is not trained on and says when to stop. */
const HELD_OUT_EVERY = 8;

/** Lists of a teacher, and how many of them there are to be for each case. */
interface TaughtBy {
  readonly lists: readonly RankingCase[];
  readonly weight: number;
}
const NO_TEACHER: TaughtBy = { lists: [], weight: 0 };

/**
 * Trains the ranker by listwise softmax cross-entropy (ListNet: Cao et al., 2007) over the candidates of every case, and
 * keeps the epoch that was best on the cases held out. The same cases and seed give the same network. `onEpoch` may tell. In every epoch as many of a
 * teacher's lists as its weight says for each case are among the cases. `heldLosses` are those of each case held out.
 */
export async function trainRanker(
  cases: readonly RankingCase[],
  seed: number,
  onEpoch?: (done: number, total: number) => void,
  { lists, weight }: TaughtBy = NO_TEACHER,
): Promise<{ readonly ranker: Graph; readonly heldLosses: readonly number[] }> {
  const normalisation = describeFeatures(cases);
  const layout = layOutSpecs(rankerParameters());
  const list = Math.max(...[...cases, ...lists].map(({ features }) => features.length / FEATURE_COUNT));
  const step = await openSession(buildRankerStep(normalisation, list, 'step'), { threads: 1 });
  const loss = await openSession(buildRankerStep(normalisation, list, 'loss'), { threads: 1 });
  const held = cases.filter((_, at) => at % HELD_OUT_EVERY === 0);
  const taught = cases.length > HELD_OUT_EVERY ? cases.filter((_, at) => at % HELD_OUT_EVERY !== 0) : cases;

  const random = seededRandom(seed);
  const steps = startSteps(startingWeights(layout, seed));
  let best = { weights: steps.weights, loss: Infinity };
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const learningRate = (LEARNING_RATE / 2) * (1 + Math.cos((Math.PI * epoch) / EPOCHS));
    const order = [...taught, ...drawLists(lists, Math.round(weight * taught.length), random)];
    shuffle(order, random);
    for (const batch of batchesOf(order)) {
      steps.step++;
      const result = await step.run({ ...batchLists(batch, list), ...stepFeeds(steps, learningRate) });
      const next = (name: string) => result[name]!.data as Float32Array;
      Object.assign(steps, { weights: next('nextWeights'), moment1: next('nextMoment1'), moment2: next('nextMoment2') });
    }
    const heldLoss = await meanLoss(loss, held, list, flat(steps.weights));
    if (heldLoss < best.loss) best = { weights: steps.weights, loss: heldLoss };
    onEpoch?.(epoch + 1, EPOCHS);
  }
  const heldLosses: number[] = [];
  for (const one of held) heldLosses.push(await meanLoss(loss, [one], list, flat(best.weights)));
  await step.release();
  await loss.release();
  return { ranker: buildServingRanker(normalisation, viewParameters(layout, best.weights)), heldLosses };
}

/** `count` lists by chance, each again only when all others have been. */
function drawLists(lists: readonly RankingCase[], count: number, random: Random): RankingCase[] {
  const drawn: RankingCase[] = [];
  while (drawn.length < count) {
    const round = [...lists];
    shuffle(round, random);
    drawn.push(...round.slice(0, count - drawn.length));
  }
  return drawn;
}

/** A ranker that has seen no case: for a model of which only the candidates are asked. */
export function untrainedRanker(): Graph {
  const layout = layOutSpecs(rankerParameters());
  const normalisation = { mean: new Float32Array(FEATURE_COUNT), deviation: new Float32Array(FEATURE_COUNT).fill(1) };
  return buildServingRanker(normalisation, viewParameters(layout, new Float32Array(layout.total)));
}

/**
 * In: `weights` [n], `features` [B·C, FEATURE_COUNT], `wanted` [B, C] (each list sums to 1), `absent` [B, C] (0, or a large
 * negative number where a list is shorter), `share` [1] (1 / B). Out: `loss` [1], the mean over the lists; for `step` what
 * `outputStep` adds.
 */
function buildRankerStep(normalisation: Normalisation, list: number, results: 'step' | 'loss'): Graph {
  const graph = new Graph();
  const layout = layOutSpecs(rankerParameters());
  const weights = graph.input('weights', [layout.total]);
  const parameters = splitParameters(graph, layout, weights);
  const features = graph.input('features', ['BC', FEATURE_COUNT]);
  const wanted = graph.input('wanted', ['B', list]);
  const scores = rank(graph, features, normalisation, (name) => parameters.get(name)!); // [B·C, 1]
  const lists = graph.add(graph.reshape(scores, [-1, list], ['B', list]), graph.input('absent', ['B', list]));
  const drawn = graph.softmax(lists); // [B, C]
  const share = graph.input('share', [1]);
  const likelihood = graph.log(graph.max(drawn, graph.scalar(1e-30)));
  const loss = graph.neg(graph.sum(graph.mul(wanted, likelihood), [0, 1])); // [1, 1]
  graph.output('loss', graph.mul(graph.reshape(loss, [1]), share));
  if (results === 'loss') return graph;

  const seed = graph.mul(graph.sub(drawn, wanted), share); // the gradient of the loss by the lists
  outputStep(graph, weights, flatGradient(graph, layout, parameters, new Map([[lists, seed]])));
  return graph;
}

function batchesOf(cases: readonly RankingCase[]): RankingCase[][] {
  return Array.from({ length: Math.ceil(cases.length / BATCH) }, (_, at) => cases.slice(at * BATCH, (at + 1) * BATCH));
}

/** Lays out the lists of cases, each filled up to `list` candidates. */
function batchLists(cases: readonly RankingCase[], list: number): Record<string, Values> {
  const B = cases.length;
  const features = new Float32Array(B * list * FEATURE_COUNT);
  const wanted = new Float32Array(B * list);
  const absent = new Float32Array(B * list).fill(-1e9);
  cases.forEach(({ features: own, targets, wanted: shares }, b) => {
    features.set(own, b * list * FEATURE_COUNT);
    if (shares) wanted.set(shares, b * list);
    else wanted.fill(1 / targets, b * list, b * list + targets);
    absent.fill(0, b * list, b * list + own.length / FEATURE_COUNT);
  });
  return {
    features: { data: features, shape: [B * list, FEATURE_COUNT] },
    wanted: { data: wanted, shape: [B, list] },
    absent: { data: absent, shape: [B, list] },
    share: { data: new Float32Array([1 / B]), shape: [1] },
  };
}

async function meanLoss(session: Session, cases: readonly RankingCase[], list: number, weights: Values): Promise<number> {
  let total = 0;
  for (const batch of batchesOf(cases)) {
    const { loss } = await session.run({ ...batchLists(batch, list), weights });
    total += (loss!.data as Float32Array)[0]! * batch.length;
  }
  return total / cases.length;
}
