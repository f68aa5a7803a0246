import { dotRow } from '../kernel/quantize.ts';
import { FEATURE_COUNT, logShare, logWeight } from '../model/features.ts';
import type { Serving } from './serving.ts';
import type { Signals } from './signals.ts';

/** The features of every candidate -> [candidates, FEATURE_COUNT], columns in the order of `FEATURES`. Reads the filled tallies. */
export function readFeatures(candidates: readonly number[], { scaledUser }: Signals, { snapshot, tallies }: Serving): Float32Array {
  const features = new Float32Array(candidates.length * FEATURE_COUNT);
  candidates.forEach((row, at) => {
    let column = at * FEATURE_COUNT;
    features[column++] = scaledUser ? dotRow(snapshot.vectors, row, scaledUser) : 0;
    features[column++] = logShare(tallies.rulesNow.get(row));
    features[column++] = logShare(tallies.rulesLong.get(row));
    features[column++] = logWeight(tallies.coVisitsNow.get(row));
    features[column++] = logWeight(tallies.coVisitsLong.get(row));
    features[column++] = Math.log1p(snapshot.popularity[row]!);
  });
  return features;
}
