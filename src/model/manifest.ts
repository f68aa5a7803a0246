import * as v from 'valibot';
import { FEATURES, featureSchemaHash } from './features.ts';

const FEATURE_NAMES = FEATURES.map(({ name }) => name);
const Weights = v.object(v.entriesFromList(FEATURE_NAMES, v.pipe(v.number(), v.finite())));

const Count = v.pipe(v.number(), v.integer(), v.minValue(1));

/** What a trained model says of itself; published with it and checked wherever it is read. */
const Manifest = v.object({
  format: v.literal(2),
  /** The name of the data it was trained on. */
  catalogue: v.string(),
  items: Count,
  encoder: v.object({ dims: Count, blocks: Count, heads: Count, length: Count, hidden: Count }),
  /** Fingerprint of the feature registry. */
  featureSchema: v.string(),
  /** Weights of the features for answers given before the ranker is ready. */
  coldScoring: Weights,
  data: v.object({
    hash: v.string(),
    users: Count,
    interactions: Count,
    /** RFC 3339: when the newest interaction was; absent where they have no times. */
    newestAt: v.optional(v.string()),
    /** How it was split, and what the order of interactions at one time was taken for; the file's if absent. */
    protocol: v.picklist(['leave-one-out', 'last-basket', 'temporal']),
    ties: v.optional(v.picklist(['file', 'shuffled'])),
  }),
  seed: v.number(),
  /** The answers of a language model that it learned from, and how many of its lists there were for each real case: 0 if they were of no use. */
  teacher: v.optional(v.object({ hash: v.string(), lists: v.number(), profiles: v.number(), weight: v.number() })),
  /** Of the weights kept, on the validation cases. */
  validation: v.object({ epoch: v.number(), ndcg10: v.number() }),
  /** What made it. */
  command: v.string(),
});

export type ModelManifest = v.InferOutput<typeof Manifest>;
export type ScoringWeights = ModelManifest['coldScoring'];

/** Reads a manifest. Throws an Error that names what is wrong, or that the model is of another feature registry. */
export function parseManifest(value: unknown): ModelManifest {
  const parsed = v.safeParse(Manifest, value);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new Error(`the model's manifest is not valid at ${v.getDotPath(issue) ?? 'its root'}: ${issue.message}`);
  }
  if (parsed.output.featureSchema !== featureSchemaHash()) {
    throw new Error(
      `the model was trained with feature registry ${parsed.output.featureSchema}, this build has ${featureSchemaHash()}: train it again`,
    );
  }
  return parsed.output;
}
