import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { solveLinearProgram } from '../../../src/numeric/linear-program.ts';
import { type ChoiceProblem, choiceBound } from '../../../src/study/oracle/choices.ts';
import { leastEnergy, leastPeriod, type ThermalProblem } from '../../../src/study/oracle/index.ts';
import { lawOptions } from '../../tier.ts';

const AMBIENT_K = 300;

/** One block of 10 K/W. An inference takes 2 s at 1 W or 1 s at 4 W; rest takes nothing. `leakPerK` leaks all the time. */
function problem(limitK: number, rate: number, leakPerK = 0): ThermalProblem {
  return {
    arrays: [
      {
        runs: 1,
        settings: 2,
        timeS: Float64Array.of(2, 1),
        energyJ: Float64Array.of(2, 4),
        blockJ: Float64Array.of(2, 4),
      },
    ],
    backgroundW: 0,
    leakageAt: ([kelvin]: ArrayLike<number> & Iterable<number>) => ({
      leastW: Float64Array.of(leakPerK * (kelvin - AMBIENT_K)),
      extraW: [new Float64Array(2)],
    }),
    resistance: [10],
    ambientK: AMBIENT_K,
    limitK,
    periodS: 1 / rate,
    deadlineS: 1 / rate,
  } as ThermalProblem;
}

describe('the steady state of mixed settings', () => {
  // By hand: 0.6 of the work takes 0.8 at half speed and 0.2 at full speed: 1.6 W; 0.8 of it 2.8 W, which is 28 K.
  test('does the work at the least energy', () => {
    expect(leastEnergy(problem(325, 0.6))!.energyJ * 0.6).toBeCloseTo(1.6, 9);
    expect(leastEnergy(problem(325, 0.6))!.leastK[0]).toBeCloseTo(316, 5);
    expect(leastEnergy(problem(325, 0.8))).toBeNull();
    // Too fast for any setting.
    expect(leastEnergy(problem(1000, 1.1))).toBeNull();
  });

  // By hand: 25 K allow 2.5 W, half of the time at each speed: 0.75 of the work.
  test('does the work as often as the limit allows', () => {
    expect(1 / leastPeriod(problem(325, 1))).toBeCloseTo(0.75, 4);
    expect(leastPeriod(problem(400, 1))).toBe(1);
    expect(leastPeriod(problem(299, 1))).toBe(Number.POSITIVE_INFINITY);
  });

  // By hand: leakage of 0.05 W/K makes the rise P R / (1 - 0.05 R) = 20 P, so 25 K allow 1.25 W of work: 1/12 at full speed.
  test('has the leakage of its own temperature', () => {
    expect(1 / leastPeriod(problem(325, 1, 0.05))).toBeCloseTo(0.5 + 0.5 / 12, 3);
    // 1 W of work at half speed rises by 20 K, and leaks 1 W more.
    const { energyJ, leastK } = leastEnergy(problem(325, 0.5, 0.05))!;
    expect(leastK[0]).toBeCloseTo(320, 4);
    expect(energyJ * 0.5).toBeCloseTo(2, 5);
  });

  test('is null if the leakage runs away', () => {
    expect(leastEnergy(problem(325, 0.5, 0.2))).toBeNull();
  });
});

const table = (length: number, least = 0) =>
  fc
    .array(fc.integer({ min: least, max: 64 }), { minLength: length, maxLength: length })
    .map((values) => Float64Array.from(values, (value) => value / 8));

describe('mixtures under scarce resources', () => {
  const problems = fc
    .record({
      groups: fc.integer({ min: 1, max: 2 }),
      choices: fc.integer({ min: 1, max: 4 }),
      options: fc.integer({ min: 1, max: 3 }),
      resources: fc.integer({ min: 1, max: 3 }),
    })
    .chain(({ groups, choices, options, resources }) =>
      fc.record({
        groups: fc.array(
          fc.record({
            choices: fc.constant(choices),
            options: fc.constant(options),
            cost: table(choices * options),
            uses: fc.array(fc.option(table(choices * options), { freq: 4 }), {
              minLength: resources,
              maxLength: resources,
            }),
          }),
          { minLength: groups, maxLength: groups },
        ),
        caps: fc.array(
          fc.integer({ min: 1, max: 200 }).map((n) => n / 8),
          { minLength: resources, maxLength: resources },
        ),
      }),
    );

  /** The same as one linear program over the share of every option. */
  function reference({ groups, caps }: ChoiceProblem): number | null {
    const cells = groups.flatMap(({ choices, options }, g) =>
      Array.from({ length: choices * options }, (_, at) => ({ g, at, choice: Math.floor(at / options) })),
    );
    const rows = groups.flatMap(({ choices }, g) => Array.from({ length: choices }, (_, choice) => ({ g, choice })));
    const share = solveLinearProgram({
      cost: cells.map(({ g, at }) => groups[g].cost[at]),
      matrix: caps.map((_, i) => cells.map(({ g, at }) => groups[g].uses[i]?.[at] ?? 0)),
      limit: caps,
      equalMatrix: rows.map((row) => cells.map(({ g, choice }) => (g === row.g && choice === row.choice ? 1 : 0))),
      equal: rows.map(() => 1),
    });
    return share && cells.reduce((sum, { g, at }, c) => sum + share[c] * groups[g].cost[at], 0);
  }

  test('cost what a linear program over all options finds', () => {
    fc.assert(
      fc.property(problems, (given: ChoiceProblem) => {
        const { lowerBound } = choiceBound(given);
        const least = reference(given);
        if (least === null) {
          // Scarcity by less than a thousandth may look like a high cost.
          if (Number.isFinite(lowerBound))
            expect(reference({ ...given, caps: given.caps.map((cap) => 1.01 * cap) })).not.toBeNull();
          return;
        }
        expect(lowerBound).toBeLessThanOrEqual(least + 1e-8);
        expect(lowerBound).toBeGreaterThan(least - 1e-6 * (1 + least));
      }),
      lawOptions(400, 60),
    );
  });
});

describe('the bound under a temperature limit', () => {
  const BLOCKS = 2;
  const RESISTANCE = [6, 2, 2, 5];
  const leak = (kelvin: number): number => 0.02 * Math.exp(0.015 * (kelvin - AMBIENT_K));
  const settings = [0.6, 0.8, 1];
  /** Runs take their work over the clock; energy grows with the square of the clock, leakage in proportion to it. */
  function made(workS: readonly number[], split: readonly number[], powerW: number, periodS: number, limitK: number) {
    const cells = workS.flatMap((s, r) => settings.map((clock) => ({ s, clock, split: split[r % split.length] })));
    const energyJ = Float64Array.from(cells, ({ s, clock }) => powerW * s * clock ** 2);
    return {
      arrays: [
        {
          runs: workS.length,
          settings: settings.length,
          timeS: Float64Array.from(cells, ({ s, clock }) => s / clock),
          energyJ,
          blockJ: Float64Array.from(
            cells.flatMap(({ split: part }, at) => [part * energyJ[at], (1 - part) * energyJ[at]]),
          ),
        },
      ],
      backgroundW: 0.1,
      leakageAt: (kelvin: ArrayLike<number>) => {
        const least = Float64Array.of(leak(kelvin[0]), leak(kelvin[1]));
        return {
          leastW: least.map((w) => 0.05 * 0.6 * w),
          extraW: [Float64Array.from(settings.flatMap((clock) => [...least].map((w) => (clock - 0.03) * w)))],
        };
      },
      resistance: RESISTANCE,
      ambientK: AMBIENT_K,
      limitK,
      periodS,
      deadlineS: periodS,
    } satisfies ThermalProblem;
  }

  /** Energy and hottest block of a mixture in its own steady state; null if it runs away. */
  function settled({ arrays: [array], leakageAt, periodS, backgroundW }: ThermalProblem, share: readonly number[][]) {
    let kelvin = [AMBIENT_K, AMBIENT_K];
    for (let step = 0; step < 200; step++) {
      const { leastW, extraW } = leakageAt(kelvin);
      const powerW = [...leastW];
      let offDieJ = 0;
      share.forEach((shares, r) => {
        shares.forEach((part, k) => {
          const at = r * array.settings + k;
          for (let u = 0; u < BLOCKS; u++) {
            powerW[u] +=
              (part * (array.blockJ[at * BLOCKS + u] + array.timeS[at] * extraW[0][k * BLOCKS + u])) / periodS;
          }
          offDieJ += part * (array.energyJ[at] - array.blockJ[at * BLOCKS] - array.blockJ[at * BLOCKS + 1]);
        });
      });
      const next = [0, 1].map((u) => AMBIENT_K + RESISTANCE[2 * u] * powerW[0] + RESISTANCE[2 * u + 1] * powerW[1]);
      const moved = Math.max(...next.map((value, u) => Math.abs(value - kelvin[u])));
      kelvin = next;
      if (!(Math.max(...kelvin) < 1000)) return null;
      if (moved > 1e-10) continue;
      return { energyJ: offDieJ + periodS * (backgroundW + powerW[0] + powerW[1]), hottestK: Math.max(...kelvin) };
    }
    return null;
  }

  test('no mixture that keeps limit and period is below it', () => {
    let compared = 0;
    fc.assert(
      fc.property(
        fc.array(
          fc.integer({ min: 1, max: 20 }).map((n) => n / 10),
          { minLength: 1, maxLength: 4 },
        ),
        fc.array(fc.constantFrom(0.2, 0.5, 0.9), { minLength: 4, maxLength: 4 }),
        fc.double({ min: 1, max: 12, noNaN: true }),
        fc.double({ min: 1, max: 2, noNaN: true }),
        fc.double({ min: 305, max: 370, noNaN: true }),
        fc.array(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 3, maxLength: 3 }), {
          minLength: 4,
          maxLength: 4,
        }),
        (workS, split, powerW, slack, limitK, weights) => {
          const least = workS.reduce((sum, s) => sum + s, 0);
          const given = made(workS, split, powerW, slack * least, limitK);
          const share = workS.map((_, r) => {
            const total = weights[r].reduce((sum, w) => sum + w, 0);
            return total === 0 ? [0, 0, 1] : weights[r].map((w) => w / total);
          });
          const timeS = share.reduce(
            (sum, row, r) => sum + row.reduce((t, part, k) => t + (part * workS[r]) / settings[k], 0),
            0,
          );
          const own = timeS <= given.deadlineS ? settled(given, share) : null;
          if (!own || own.hottestK > limitK) return;
          compared++;
          expect(leastEnergy(given)!.energyJ).toBeLessThanOrEqual(own.energyJ * (1 + 1e-9));
        },
      ),
      lawOptions(600, 80),
    );
    expect(compared).toBeGreaterThan(10);
  });

  // A search over 1 % steps of the shares of two settings of one run, each in its own steady state.
  test('is near the best mixture of a search', () => {
    const given = made([1], [0.5], 6, 1.35, 340);
    let least = Number.POSITIVE_INFINITY;
    for (let a = 0; a <= 100; a++) {
      for (let b = 0; a + b <= 100; b++) {
        const share = [a / 100, b / 100, (100 - a - b) / 100];
        if (share.reduce((sum, part, k) => sum + part / settings[k], 0) > given.deadlineS) continue;
        const own = settled(given, [share]);
        if (own && own.hottestK <= given.limitK) least = Math.min(least, own.energyJ);
      }
    }
    const { energyJ } = leastEnergy(given)!;
    expect(energyJ).toBeLessThanOrEqual(least);
    expect(energyJ / least).toBeGreaterThan(0.99);
  });
});
