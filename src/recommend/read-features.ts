import { FEATURE_COUNT, logShare, logWeight } from '../model/features.ts';
import type { Serving } from './serving.ts';
import type { Signals } from './signals.ts';

/** The features of every candidate -> [candidates, FEATURE_COUNT], columns in the order of `FEATURES`. Reads the filled tallies. */
export function readFeatures(candidates: Int32Array, { user }: Signals, { scanner, tallies, logPopularity }: Serving): Float32Array {
  const features = new Float32Array(candidates.length * FEATURE_COUNT);
  const transformer = user && scanner.products(user, candidates); // [candidates]
  let column = 0;
  for (let at = 0; at < candidates.length; at++) {
    const row = candidates[at]!;
    features[column++] = transformer ? transformer[at]! : 0;
    features[column++] = logShare(tallies.rulesNow.get(row));
    features[column++] = logShare(tallies.rulesLong.get(row));
    features[column++] = logWeight(tallies.coVisitsNow.get(row));
    features[column++] = logWeight(tallies.coVisitsLong.get(row));
    features[column++] = logPopularity[row]!;
  }
  return features;
}
