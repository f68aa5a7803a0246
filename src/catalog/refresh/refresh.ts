import { LIMITS } from '../../domain/limits.ts';
import { sha256 } from '../../kernel/sha256.ts';
import { parseManifest } from '../../model/manifest.ts';
import { PARTS, START_PART, STATISTICS_BYTES } from '../format.ts';
import { loadManifest } from '../load.ts';
import { encodeJson, SNAPSHOT_FORMAT, type SnapshotManifest, type SnapshotReference } from '../manifest.ts';
import { sealManifest } from '../shards.ts';
import { collectVersions, discardVersion, goLive } from './activate.ts';
import { askCanaries } from './canaries.ts';
import { firstToLearn, learnPage } from './learn.ts';
import { placeChanges } from './place-changes.ts';
import { planRefresh } from './plan.ts';
import { rewritePart } from './rewrite-part.ts';
import { prepareTextMap, type Fallback } from './text-map.ts';
import { planRows } from './row-plan.ts';
import { type RefreshPlan, type RefreshTools, type Step } from './tools.ts';
import { verifyVersion, type Verification } from './verify.ts';

/** How a refresh ended. */
export type RefreshOutcome =
  | { readonly outcome: 'unchanged' }
  /** `learned`: items whose place comes from what users did, too. `fallback`: why an endpoint of embeddings was done without. */
  | ({ readonly outcome: 'refreshed'; readonly version: string; readonly learned: number } & Fallback & Verification)
  | { readonly outcome: 'failed'; readonly version?: string; readonly reason: string };

/** A refresh as it is told of. */
export type RefreshReport = { readonly id: string; readonly startedAt: string; readonly finishedAt?: string } & (
  | RefreshOutcome
  | { readonly outcome: 'running' }
);

/**
 * Makes a new version out of the live one, what was written and what users did since, part by part, and makes it live once it is verified. Every step
 * may be begun again: it writes the same under the same keys. Whatever fails, the live version stays as it is.
 */
export async function refresh(step: Step, tools: RefreshTools): Promise<RefreshOutcome> {
  let plan: RefreshPlan | null = null;
  try {
    plan = await step('plan', () => planRefresh(tools));
    return plan ? await makeVersion(plan, step, tools) : { outcome: 'unchanged' };
  } catch (cause) {
    const version = plan?.version;
    if (version !== undefined) await step('discard', () => discardVersion(version, tools.storage).then(() => true)).catch(() => false);
    return {
      outcome: 'failed',
      ...(version === undefined ? {} : { version }),
      reason: cause instanceof Error ? cause.message : String(cause),
    };
  }
}

async function makeVersion(plan: RefreshPlan, step: Step, tools: RefreshTools): Promise<RefreshOutcome> {
  const { pages, learned, trained, fallback } = await gather(plan, step, tools);
  if (plan.upTo === plan.since && learned.sha256 === plan.lessons) {
    await step('discard', () => discardVersion(plan.version, tools.storage).then(() => true));
    return { outcome: 'unchanged' };
  }
  const shards: SnapshotManifest['shards'] = [];
  for (const part of [...PARTS, START_PART] as const)
    shards.push(...(await step(`write ${part}`, () => rewritePart(part, pages, plan, tools))));
  const reference = await step('write manifest', () => writeManifest(plan, { shards, trained, lessons: learned.sha256 }, tools));
  const canaries = await step('ask canaries', () => askCanaries(pages.changes, plan, tools));
  const shiftMost = learned.items > 0 ? LIMITS.learnedShift : LIMITS.canaryShift;
  const verification = await step('verify', () => verifyVersion(reference, canaries, shiftMost, tools));
  await step('activate', () => goLive(reference, plan, tools.storage).then(() => true));
  await step('collect', () => collectVersions(tools.storage)).catch(() => undefined); // the next refresh collects what this one could not
  return { outcome: 'refreshed', version: plan.version, learned: learned.items, ...fallback, ...verification };
}

/** Reads what changed and what users did since, page by page, into values beside the new version. */
async function gather(plan: RefreshPlan, step: Step, tools: RefreshTools) {
  const fallbacks = tools.embedTexts ? [await step('prepare text map', () => prepareTextMap(plan, tools))] : [];
  let changes = 0;
  for (let upTo = plan.since; upTo < plan.upTo; changes++) {
    const [page, since] = [changes, upTo];
    const placed = await step(`place page ${page}`, () => placeChanges(page, since, plan, tools));
    upTo = placed.upTo;
    fallbacks.push(placed);
  }
  const { items, trained } = await step('plan rows', () => planRows(changes, plan, tools));
  let [lessons, learnedItems] = [0, 0];
  const fingerprints: string[] = [];
  for (let from = firstToLearn(items, trained); from < items; from += LIMITS.learnedPage, lessons++) {
    const [page, first] = [lessons, from];
    const learned = await step(`learn page ${page}`, () => learnPage(page, first, { ...plan, pages: changes }, tools));
    learnedItems += learned.lessons;
    fingerprints.push(learned.sha256);
  }
  const fingerprint = learnedItems > 0 ? await sha256(encodeJson(fingerprints)) : undefined;
  return { pages: { changes, lessons }, learned: { items: learnedItems, sha256: fingerprint }, trained, fallback: firstOf(fallbacks) };
}

/** The first reason why texts were not read by the endpoint, if there is one. */
function firstOf(fallbacks: readonly Fallback[]): Fallback {
  const reason = fallbacks.find(({ fallback }) => fallback !== undefined)?.fallback;
  return reason === undefined ? {} : { fallback: reason };
}

async function writeManifest(
  { base, version, createdAt, upTo }: RefreshPlan,
  { shards, trained, lessons }: Pick<SnapshotManifest, 'shards' | 'lessons'> & { readonly trained: number },
  { storage }: RefreshTools,
): Promise<SnapshotReference> {
  const model = parseManifest((await loadManifest(storage, base)).model);
  const items = shards.reduce((sum, { part, bytes }) => sum + (part === 'statistics' ? bytes / STATISTICS_BYTES : 0), 0);
  const { reference, entry } = await sealManifest({
    format: SNAPSHOT_FORMAT,
    version,
    createdAt,
    upTo,
    trained,
    ...(lessons === undefined ? {} : { lessons }),
    model: { ...model, items },
    shards,
  });
  await storage.write(entry.key, entry.value);
  return reference;
}
