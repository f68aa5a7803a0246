import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../../src/domain/limits.ts';
import { markId, NAME_FORM, originOf } from '../../../src/domain/recommendation-id.ts';

const name = fc.stringMatching(NAME_FORM);

describe('the id of an answer', () => {
  test('says where the answer came from, and fits into an interaction', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.record({ scenario: name, experiment: name, variant: name }), fc.boolean(), (id, origin, inExperiment) => {
        const from = inExperiment ? origin : { scenario: origin.scenario };
        const marked = markId(id, from);
        expect(originOf(marked)).toEqual(from);
        expect(marked.length).toBeLessThanOrEqual(LIMITS.idChars);
      }),
    );
  });

  test.each(['r1', 'r1.', 'r1.home.e', 'r1.home.e.v.w', 'r1.Home', `r1.${'a'.repeat(33)}`, 'r1.home.e.v w'])('%s says nothing', (id) => {
    expect(originOf(id)).toBeUndefined();
  });
});
