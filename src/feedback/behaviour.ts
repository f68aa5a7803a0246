import type { ItemBehaviour } from '../domain/feedback.ts';
import { LIMITS } from '../domain/limits.ts';
import { ALL } from './tally.ts';

interface Row {
  readonly item: string;
  readonly popularity: number;
  /** JSON: pairs of an item and its visits. */
  readonly after: string;
}

/** Each item with its popularity, and with the items before it in their order, from the counters' tables. CROSS keeps SQLite from walking through all of them. */
const STATEMENT = `
  SELECT asked.value AS item, trends.popularity,
    (SELECT json_group_array(json_array(earlier, visits)) FROM
      (SELECT earlier, visits FROM co_visits WHERE tenant = ?2 AND later = asked.value ORDER BY visits DESC, earlier LIMIT ?3)) AS after
  FROM json_each(?1) AS asked
  CROSS JOIN trends ON trends.tenant = ?2 AND trends.country = ?4 AND trends.category = ?4 AND trends.item = asked.value`;

/** What the counters of a tenant know of these items; nothing of those that nobody turned to. */
export async function behaviourOf(items: readonly string[], database: D1Database, tenant: string): Promise<ItemBehaviour[]> {
  const { results } = await database.prepare(STATEMENT).bind(JSON.stringify(items), tenant, LIMITS.visitsRead, ALL).all<Row>();
  return results.map(({ after, ...counted }) => ({ ...counted, after: JSON.parse(after) as ItemBehaviour['after'] }));
}
