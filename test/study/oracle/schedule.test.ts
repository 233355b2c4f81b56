import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Change, ScheduleProblem } from '../../../src/study/oracle/problem.ts';
import { bestSchedule, type Schedule } from '../../../src/study/oracle/schedule.ts';
import { lawOptions } from '../../tier.ts';

interface GoldenCase {
  readonly idle: 'retain' | 'gated';
  readonly deadline_ratio: number;
  readonly deadline_s: number;
  readonly race_to_idle_J: number;
  readonly static_best: { readonly J: number };
  readonly oracle: { readonly J: number; readonly transitions: number; readonly assign: number[] };
  readonly oracle_20us_2uJ: { readonly J: number; readonly transitions: number };
  readonly pace_20us_2uJ: { readonly J: number };
  readonly lagrangian: { readonly lower_bound_J: number };
}

/**
 * ResNet-18 on a 32 x 32 array at five points: exact optima by an independent mixed-integer program (gap 0), confirmed by
 * an independent dynamic program.
 */
const golden = JSON.parse(readFileSync('test/golden/policies/deadline-oracle.json', 'utf8'));
const { model, layers, t_s, E_J } = golden;
const POINTS = model.opp_hz_v.length;
const RETAIN_W = model.opp_hz_v[0][1] * model.leak_A + model.dram_background_W;
const IDLE_W = { retain: RETAIN_W, gated: model.gated_idle_W };

/** 20 us without progress at the power of retention, and 2 uJ; the machine starts at the top point. */
function changesOf(deadS: number, changeJ: number): Change[] {
  return layers.flatMap((_: unknown, layer: number) =>
    pairs(POINTS).map(([from, to]) => ({
      layer,
      until: layer + 1,
      from,
      to,
      timeS: deadS + t_s[layer][to],
      energyJ: changeJ + deadS * RETAIN_W + E_J[layer][to],
    })),
  );
}

function pairs(points: number): [number, number][] {
  const all = Array.from({ length: points }, (_, k) => k);
  return all.flatMap((from) => all.filter((to) => to !== from).map((to): [number, number] => [from, to]));
}

function problemOf({ idle, deadline_s }: GoldenCase, changes: readonly Change[] | null): ScheduleProblem {
  return {
    layers: layers.length,
    points: POINTS,
    timeS: Float64Array.from((t_s as number[][]).flat()),
    energyJ: Float64Array.from((E_J as number[][]).flat()),
    changes,
    starts: [POINTS - 1],
    rests: Array.from({ length: POINTS }, (_, point) => ({
      point,
      to: point,
      delayS: 0,
      energyJ: 0,
      powerW: IDLE_W[idle],
      name: idle,
    })),
    deadlineS: deadline_s,
  };
}

function scheduled(problem: ScheduleProblem): Schedule {
  const found = bestSchedule(problem);
  if (found.kind === 'unmeetable') throw new Error(`needs ${found.leastS} s`);
  return found;
}

describe('the oracle of ResNet-18', () => {
  test.each(golden.cases as GoldenCase[])('with $idle idle at deadline ratio $deadline_ratio', (given) => {
    const free = scheduled(problemOf(given, null));
    expect(free.energyJ / given.oracle.J).toBeCloseTo(1, 10);
    expect(free.gapJ).toBeLessThan(1e-12 * free.energyJ);
    expect(free.lowerBoundJ / given.lagrangian.lower_bound_J).toBeCloseTo(1, 10);
    const charged = scheduled(problemOf(given, changesOf(20e-6, 2e-6)));
    expect(charged.energyJ / given.oracle_20us_2uJ.J).toBeCloseTo(1, 10);
    expect(charged.transitions).toBe(given.oracle_20us_2uJ.transitions);
    const energies = [free.lowerBoundJ, free.energyJ, charged.energyJ, given.pace_20us_2uJ.J];
    for (let i = 1; i < energies.length; i++) expect(energies[i]).toBeGreaterThanOrEqual(energies[i - 1] * (1 - 1e-12));
    expect(charged.timeS).toBeLessThanOrEqual(given.deadline_s * (1 + 1e-9));
  });

  test('counts the layers of its schedule', () => {
    const given = golden.cases[1] as GoldenCase;
    const { pointOf, timeS, energyJ } = scheduled(problemOf(given, null));
    const t = pointOf.reduce((sum, k, l) => sum + t_s[l][k], 0);
    const e = pointOf.reduce((sum, k, l) => sum + E_J[l][k], 0);
    expect(timeS).toBeCloseTo(t, 15);
    expect(energyJ).toBeCloseTo(e + RETAIN_W * (given.deadline_s - t), 15);
  });

  test('says which deadline could be met', () => {
    const tight = { ...(golden.cases[0] as GoldenCase), deadline_s: 4e-3 };
    expect(bestSchedule(problemOf(tight, null))).toEqual({
      kind: 'unmeetable',
      leastS: expect.closeTo(golden.T_fast_s, 15),
    });
  });
});

/** Slow and obviously right: every sequence of points, with each change as the graph of the oracle charges it. */
function bruteForce({ layers, points, timeS, energyJ, changes, starts, rests, deadlineS }: ScheduleProblem): number {
  let least = Number.POSITIVE_INFINITY;
  const visit = (layer: number, at: number | null, t: number, e: number): void => {
    if (t > deadlineS) return;
    if (layer === layers) {
      for (const { point, delayS, energyJ: restJ, powerW } of rests) {
        const leftS = deadlineS - t - delayS;
        if ((at === null || point === at) && leftS >= 0) least = Math.min(least, e + restJ + powerW * leftS);
      }
      return;
    }
    for (let to = 0; to < points; to++) {
      const stays = changes === null || to === at;
      if (stays)
        visit(
          layer + 1,
          changes === null ? null : to,
          t + timeS[layer * points + to],
          e + energyJ[layer * points + to],
        );
    }
    for (const change of changes ?? []) {
      if (change.layer === layer && change.from === at)
        visit(change.until, change.to, t + change.timeS, e + change.energyJ);
    }
  };
  for (const start of changes === null ? [null] : starts) visit(0, start, 0, 0);
  return least;
}

const size = fc.record({ layers: fc.integer({ min: 1, max: 5 }), points: fc.integer({ min: 1, max: 3 }) });
/** Sums of such amounts are exact, so that no deadline is missed or met by rounding. */
const amount = fc.integer({ min: 8, max: 4096 }).map((n) => n / 1024);
const problems = size.chain(({ layers, points }) =>
  fc.record({
    layers: fc.constant(layers),
    points: fc.constant(points),
    timeS: fc
      .array(amount, { minLength: layers * points, maxLength: layers * points })
      .map(Float64Array.from.bind(Float64Array) as (a: number[]) => Float64Array),
    energyJ: fc
      .array(amount, { minLength: layers * points, maxLength: layers * points })
      .map(Float64Array.from.bind(Float64Array) as (a: number[]) => Float64Array),
    starts: fc.uniqueArray(fc.nat(points - 1), { minLength: 1 }),
    changes: fc.option(
      fc.array(
        fc
          .record({
            layer: fc.nat(layers - 1),
            more: fc.nat(2),
            from: fc.nat(points - 1),
            to: fc.nat(points - 1),
            timeS: amount,
            energyJ: amount,
          })
          .map(({ more, ...change }): Change => ({ ...change, until: Math.min(layers, change.layer + 1 + more) })),
        { maxLength: 12 },
      ),
    ),
    rests: fc.array(
      fc.record({
        point: fc.nat(points - 1),
        to: fc.constant(0),
        delayS: fc.constantFrom(0, 0.5),
        energyJ: fc.constantFrom(0, 0.3),
        powerW: fc.constantFrom(0, 0.2, 1),
        name: fc.constant('rest'),
      }),
      { minLength: 1, maxLength: 5 },
    ),
    deadlineS: fc.integer({ min: 100, max: 12_000 }).map((n) => n / 1024),
  }),
);

describe('the best schedule', () => {
  test('is that of a search over all schedules', () => {
    fc.assert(
      fc.property(problems, (problem: ScheduleProblem) => {
        const found = bestSchedule(problem);
        const least = bruteForce(problem);
        if (found.kind === 'unmeetable') {
          expect(least).toBe(Number.POSITIVE_INFINITY);
          if (Number.isFinite(found.leastS)) {
            expect(bestSchedule({ ...problem, deadlineS: found.leastS }).kind).toBe('schedule');
          }
          return;
        }
        expect(found.energyJ).toBeCloseTo(least, 9);
        expect(found.lowerBoundJ).toBeLessThanOrEqual(found.energyJ);
      }),
      lawOptions(1000, 200),
    );
  });
});

/** A network of 53 layers at 8 points: time follows the clock unless DRAM limits it, energy the square of the voltage. */
function networkOf(seed: number, deadlineRatio: number): ScheduleProblem {
  const [count, points, deadS] = [53, 8, 1e-6];
  let state = seed;
  const random = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const timeS = new Float64Array(count * points);
  const energyJ = new Float64Array(count * points);
  let fastestS = 0;
  for (let l = 0; l < count; l++) {
    const [workS, dramS] = [1e-4 * random(), 1e-4 * random()];
    for (let k = 0; k < points; k++) {
      const [clock, voltageV] = [0.2 + (0.8 * k) / (points - 1), 0.68 + (0.32 * k) / (points - 1)];
      timeS[l * points + k] = Math.max(workS / clock, dramS);
      energyJ[l * points + k] = workS * voltageV ** 2 + 0.1 * timeS[l * points + k] * voltageV;
    }
    fastestS += timeS[l * points + points - 1];
  }
  const changes = Array.from({ length: count }, (_, layer) =>
    pairs(points).map(([from, to]) => ({
      layer,
      until: layer + 1,
      from,
      to,
      timeS: deadS + timeS[layer * points + to],
      energyJ: 1e-7 + energyJ[layer * points + to],
    })),
  ).flat();
  const rests = Array.from({ length: points }, (_, point) => {
    return { point, to: point, delayS: 0, energyJ: 0, powerW: 0.01 * (1 + point), name: 'clocked' };
  });
  const deadlineS = deadlineRatio * fastestS;
  return { layers: count, points, timeS, energyJ, changes, starts: [points - 1], rests, deadlineS };
}

describe('the oracle of 53 layers at 8 points', () => {
  // On a quiet machine each takes 0.1 s; the limit leaves room for a busy one.
  test.each([1.05, 1.3, 2])('is exact at deadline ratio %d', { timeout: 5000 }, (ratio) => {
    const { energyJ, gapJ, lowerBoundJ } = scheduled(networkOf(7, ratio));
    expect(gapJ).toBeLessThan(1e-12 * energyJ);
    expect(lowerBoundJ).toBeLessThanOrEqual(energyJ);
    expect(energyJ / lowerBoundJ).toBeLessThan(1.01);
  });
});
