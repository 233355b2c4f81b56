/** Residencies against a count of thousandths of an epoch, at ticks and at events between them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Observation } from '../../../src/policy/index.ts';
import { lawOptions } from '../../tier.ts';
import { contextOf, decisions } from '../support.ts';
import { rulesOf } from './support.ts';

interface Rule {
  readonly point: number;
  readonly residency: number;
  readonly urgent: boolean;
}

/** A question so many thousandths of an epoch after the one before, and the rule that holds; none with -1. */
interface Question {
  readonly after: number;
  readonly holds: number;
}

/** The slow way: the points one by one, each with the thousandth from which on the next change may come. */
function expected(rules: readonly Rule[], questions: readonly Question[], start: number): number[] {
  let now = 0;
  let point = start;
  let rests = 0;
  return questions.map(({ after, holds }) => {
    now += after;
    const rule = rules[holds];
    if (rule === undefined || rule.point === point || (now < rests && !rule.urgent)) return point;
    point = rule.point;
    rests = now + 1000 * rule.residency;
    return point;
  });
}

const rules = fc.array(
  fc.record({
    point: fc.integer({ min: 0, max: 4 }),
    residency: fc.integer({ min: 0, max: 4 }),
    urgent: fc.nat(3).map((n) => n === 0),
  }),
  { minLength: 4, maxLength: 4 },
);
const questions = fc.array(
  fc.record({ after: fc.constantFrom(1, 2, 499, 500, 999, 1000, 1001, 2000), holds: fc.integer({ min: -1, max: 3 }) }),
  { minLength: 30, maxLength: 30 },
);

test('so many epochs pass from a change to the next, wherever in an epoch it came', () => {
  fc.assert(
    fc.property(rules, questions, fc.constantFrom(1e-3, 333e-6, 1e-5), (all, asked, epochS) => {
      // A rule holds at a queue of its own length.
      const text = all.map(({ point, residency, urgent }, r) => {
        const when = `queue: { at_least: ${r + 1}, at_most: ${r + 1} }`;
        return `  - { when: { ${when} }, then: { point: ${200 * (point + 1)}MHz }, residency: ${residency}, urgent: ${urgent} }`;
      });
      let now = 0;
      const seen = asked.map(({ after, holds }): Partial<Observation> => {
        now += after;
        const trigger = now % 1000 === 0 ? ('epoch' as const) : ('layer' as const);
        return { timeS: (now / 1000) * epochS, queued: holds + 1, triggers: new Set([trigger]) };
      });
      const context = contextOf({ epochS });
      const found = decisions(rulesOf(`at: [layer]\nrules:\n${text.join('\n')}\n`, context), seen);
      expect(found.map(({ points }) => points.array)).toEqual(expected(all, asked, 4));
    }),
    lawOptions(3000, 20),
  );
});
