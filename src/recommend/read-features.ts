import { FEATURE_COUNT, logCosine, logShare, logWeight } from '../model/features.ts';
import { NUMBER_AT, NUMBERS_A_ROW } from './item-columns.ts';
import type { Serving } from './serving.ts';
import type { Session } from './session.ts';
import type { Signals } from './signals.ts';
import { likesCategories, priceDistance, readTaste } from './taste.ts';

/** The features of every candidate -> [candidates, FEATURE_COUNT], columns in the order of `FEATURES`. Reads the filled tallies. */
export function readFeatures(
  candidates: Int32Array,
  session: Session,
  { user }: Signals,
  { scanner, tallies, columns }: Serving,
): Float32Array {
  const features = new Float32Array(candidates.length * FEATURE_COUNT);
  const transformer = user && scanner.products(user, candidates); // [candidates]
  const taste = readTaste(session, columns);
  const { rules, coVisits, texts } = tallies;
  const { numbers } = columns;
  const historyLength = Math.log1p(session.length);
  let column = 0;
  for (let at = 0; at < candidates.length; at++) {
    const row = candidates[at]!;
    features[column++] = transformer ? transformer[at]! : 0;
    features[column++] = logShare(rules.now(row));
    features[column++] = logShare(rules.long(row));
    features[column++] = logWeight(coVisits.now(row));
    features[column++] = logWeight(coVisits.long(row));
    features[column++] = logCosine(texts.now(row));
    features[column++] = logCosine(texts.long(row));
    const numbersAt = row * NUMBERS_A_ROW;
    features[column++] = numbers[numbersAt + NUMBER_AT.logPopularity]!;
    features[column++] = numbers[numbersAt + NUMBER_AT.logTrend]!;
    features[column++] = numbers[numbersAt + NUMBER_AT.logAge]!;
    features[column++] = likesCategories(taste, row, columns);
    features[column++] = priceDistance(taste, row, columns);
    const times = session.seen.get(row);
    features[column++] = times === undefined ? 0 : Math.log1p(times);
    features[column++] = times === undefined ? 0 : 1 / (session.counted.length - session.counted.lastIndexOf(row));
    features[column++] = historyLength;
  }
  return features;
}
