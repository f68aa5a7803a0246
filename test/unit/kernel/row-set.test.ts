import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RowSet } from '../../../src/kernel/row-set.ts';

test('a set of rows gives each once, in the order in which they came, and is as new once cleared', () => {
  const set = new RowSet(20);
  fc.assert(
    fc.property(fc.array(fc.nat(19), { maxLength: 60 }), (rows) => {
      for (const row of rows) set.add(row);
      expect([...set.rows()]).toEqual([...new Set(rows)]);
      set.clear();
      expect(set.rows()).toHaveLength(0);
    }),
  );
});
