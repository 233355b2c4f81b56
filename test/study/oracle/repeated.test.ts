/** Inferences in a row against a search over all of their schedules. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Change, type Rest, repeatedSchedule, type ScheduleProblem } from '../../../src/study/oracle/index.ts';
import { lawOptions } from '../../tier.ts';

interface Way {
  readonly start: number;
  readonly to: number;
  readonly rest: Rest;
  readonly timeS: number;
  readonly energyJ: number;
}

/** All ways through one inference: from which point, to which rest, and time and energy of its layers. */
function waysOf({ layers, points, timeS, energyJ, changes, starts, rests }: ScheduleProblem): Way[] {
  const ways: Way[] = [];
  const visit = (start: number, layer: number, at: number, t: number, e: number): void => {
    if (layer === layers) {
      for (const rest of rests) if (rest.point === at) ways.push({ start, to: rest.to, rest, timeS: t, energyJ: e });
      return;
    }
    visit(start, layer + 1, at, t + timeS[layer * points + at], e + energyJ[layer * points + at]);
    for (const change of changes!) {
      if (change.layer !== layer || change.from !== at) continue;
      visit(start, change.until, change.to, t + change.timeS, e + change.energyJ);
    }
  };
  for (const start of starts) visit(start, 0, start, 0, 0);
  return ways;
}

/** The least energy of a first, some equal and a last inference; all rests but the last take the same time to wake from. */
function slowly(problem: ScheduleProblem, count: number): number {
  const { deadlineS, windowS = deadlineS } = problem;
  const ways = waysOf(problem);
  /** Energy of a way after a waking of `wokenS`; infinite if it is late. */
  const costOf = ({ rest, timeS, energyJ }: Way, wokenS: number, isLast: boolean): number => {
    const busyS = wokenS + timeS + rest.delayS - rest.wakeS!;
    if (busyS > deadlineS) return Number.POSITIVE_INFINITY;
    return energyJ + rest.energyJ - (isLast ? rest.wakeJ! : 0) + rest.powerW * (windowS - busyS);
  };
  const least = (some: readonly Way[], wokenS: number, isLast: boolean): number =>
    Math.min(...some.map((way) => costOf(way, wokenS, isLast)));
  if (count === 1) return least(ways, 0, true);
  let best = Number.POSITIVE_INFINITY;
  for (const { to: point, rest } of ways) {
    const wokenS = rest.wakeS!;
    const there = ways.filter((way) => way.to === point && way.rest.wakeS === wokenS);
    const begin = least(there, 0, false);
    const middle = least(
      there.filter(({ start }) => start === point),
      wokenS,
      false,
    );
    const end = least(
      ways.filter(({ start }) => start === point),
      wokenS,
      true,
    );
    best = Math.min(best, begin + (count === 2 ? 0 : (count - 2) * middle) + end);
  }
  return best;
}

/** Sums of such amounts are exact, so that no deadline is missed or met by rounding. */
const amount = fc.integer({ min: 1, max: 4096 }).map((n) => n / 1024);
const problems: fc.Arbitrary<ScheduleProblem> = fc
  .record({ layers: fc.integer({ min: 1, max: 4 }), points: fc.integer({ min: 1, max: 3 }) })
  .chain(({ layers, points }) => {
    const table = fc
      .array(amount, { minLength: layers * points, maxLength: layers * points })
      .map((values) => Float64Array.from(values));
    const point = fc.nat(points - 1);
    const change = fc
      .record({ layer: fc.nat(layers - 1), more: fc.nat(1), from: point, to: point, timeS: amount, energyJ: amount })
      .filter(({ from, to }) => from !== to || points === 1)
      .map(({ more, ...one }): Change => ({ ...one, until: Math.min(layers, one.layer + 1 + more) }));
    const rest = fc
      .record({
        ...{ point, to: point, wakeS: fc.constantFrom(0, 0.25, 1), wakeJ: fc.constantFrom(0, 0.125, 2) },
        ...{ changeS: fc.constantFrom(0, 0.5), changeJ: fc.constantFrom(0, 0.25), powerW: fc.constantFrom(0, 0.25, 1) },
      })
      .map(
        ({ changeS, changeJ, ...one }): Rest => ({
          ...one,
          ...{ delayS: one.wakeS + changeS, energyJ: one.wakeJ + changeJ, name: 'rest' },
        }),
      );
    return fc.record({
      ...{ layers: fc.constant(layers), points: fc.constant(points), timeS: table, energyJ: table },
      ...{
        starts: fc.constant(Array.from({ length: points }, (_, k) => k)),
        changes: fc.array(change, { maxLength: 8 }),
      },
      ...{ rests: fc.array(rest, { minLength: 1, maxLength: 6 }) },
      ...{ deadlineS: amount.map((n) => n * layers), windowS: amount.map((n) => 20 + n) },
    });
  });

test('is that of a search over all schedules of the first inference, those in the middle and the last', () => {
  let met = 0;
  fc.assert(
    fc.property(problems, fc.constantFrom(1, 2, 3, 7), (problem, count) => {
      const found = repeatedSchedule(problem, count);
      const least = slowly(problem, count);
      expect(found === null).toBe(least === Number.POSITIVE_INFINITY);
      if (found) expect(found.energyJ / least).toBeCloseTo(1, 11);
      if (found) met++;
    }),
    lawOptions(400, 100),
  );
  expect(met).toBeGreaterThan(20);
});
