import { SOURCE_NAMES, type SourceName } from '../settings.ts';
import type { Signals } from '../signals.ts';
import type { Situation } from '../situation.ts';
import { complementary } from './complementary.ts';
import { critiques } from './critiques.ts';
import { fresh } from './fresh.ts';
import { coVisits, rules, texts } from './neighbours.ts';
import { popular } from './popular.ts';
import { query } from './query.ts';
import { similar } from './similar.ts';
import type { Source } from './source.ts';
import { transformer } from './transformer.ts';
import { trending } from './trending.ts';
import { unfinished } from './unfinished.ts';

const SOURCES: Readonly<Record<SourceName, Source>> = {
  transformer,
  rules,
  coVisits,
  texts,
  similar,
  complementary,
  continue: unfinished,
  trending,
  fresh,
  query,
  critiques,
  popular,
};

/** What one source proposed. */
export interface Proposal {
  readonly source: SourceName;
  readonly rows: readonly number[];
}

/** Every row that a source of the request proposes, once. What each of them proposed is written to `proposals`, if given. */
export function gatherRows(situation: Situation, signals: Signals, proposals?: Proposal[]): Int32Array {
  const { gathered } = situation.serving;
  const { sources } = situation.request.settings;
  try {
    for (const source of SOURCE_NAMES) {
      if (sources[source] === undefined) continue;
      const rows = SOURCES[source](situation, signals);
      for (let at = 0; at < rows.length; at++) gathered.add(rows[at]!);
      proposals?.push({ source, rows: Array.from(rows) });
    }
    return gathered.rows();
  } finally {
    gathered.clear();
  }
}
