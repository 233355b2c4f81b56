/** Governors decision by decision against tables made elsewhere: test/golden/policies/governors.json says how. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { budget, grants, KERNEL_GAINS } from '../../src/policy/budgets/power-allocator.ts';
import { createStack } from '../../src/policy/index.ts';
import { thermalSafeDensity } from '../../src/policy/power.ts';
import { contextOf, domain, entry, first, observe, problemsOf, running, stackOf } from './support.ts';

const golden = JSON.parse(readFileSync('test/golden/policies/governors.json', 'utf8'));
const loads: readonly number[] = golden.load_pct;

interface Chosen {
  readonly mhz: number;
  /** What the governor remembers of its only domain. */
  readonly own: unknown;
}

/** What a governor chooses after these loads in %, each seen by the next decision. */
function chosenAfter(uses: string, parameters: string, mhz: readonly number[], startMhz: number): Chosen[] {
  const table = domain('array', mhz);
  const stack = createStack([entry(uses, parameters)], contextOf({ domains: [table], blocks: [], places: [] }));
  let state = stack.initial;
  let point = mhz.indexOf(startMhz);
  return loads.map((load, i) => {
    const shares = { array: { busy: load / 100, stall: 0, idle: 1 - load / 100, dead: 0 } };
    const seen = observe({ timeS: (i + 1) * 1e-3, shares, points: { array: point }, temperatureK: [] });
    const decision = stack.decide(seen, state);
    state = decision.state;
    point = decision.points.array;
    const [{ state: owns }] = state as readonly [{ readonly state: readonly unknown[] }];
    return { mhz: mhz[point], own: owns[0] };
  });
}

const clocksAfter = (...given: Parameters<typeof chosenAfter>): number[] => chosenAfter(...given).map(({ mhz }) => mhz);

describe('Linux 6.6 over 30 epochs', () => {
  const all: readonly number[] = golden.opps_mhz;
  test.each([
    ['ondemand', '{}', 1000, 'ondemand_linux'],
    ['ondemand', '{sampling_down_factor: 4}', 200, 'ondemand_linux_sdf4_start200'],
    ['conservative', '{}', 1000, 'conservative_linux'],
    ['conservative', '{freq_step: 20}', 1000, 'conservative_linux_step20'],
    ['schedutil', '{}', 1000, 'schedutil'],
  ])('%s %s', (uses, parameters, start, name) => {
    expect(clocksAfter(uses, parameters, all, start)).toEqual(golden[name].f);
  });

  test.each([
    ['{}', 'conservative_linux'],
    ['{freq_step: 20}', 'conservative_linux_step20'],
  ])('conservative %s: the clock that it asks for between the points', (parameters, name) => {
    const asked = chosenAfter('conservative', parameters, all, 1000).map(
      ({ own }) => (own as { requestedHz: number }).requestedHz / 1e6,
    );
    expect(asked).toEqual(golden[name].requested);
  });

  test('power_allocator: budget, integral and shares', () => {
    const { rows, actors, params } = golden.thermal.power_allocator;
    const { switch_on_c, control_c, sustainable_w } = params;
    const list = actors.map(({ req, max, w }: { req: number; max: number; w: number }) => ({
      requestW: req,
      mostW: max,
      weight: w,
    }));
    const limits = {
      ...{ sustainableW: sustainable_w, rangeK: control_c - switch_on_c, mostW: 6.4 },
      ...{ gains: KERNEL_GAINS, epochS: params.dt_s },
    };
    let integralK = 0;
    for (const { t, on, budget: budgetW, integral, granted } of rows) {
      if (!on) {
        integralK = 0;
        continue;
      }
      const next = budget(control_c - t, { integralK, errorK: 0 }, limits);
      integralK = next.integralK;
      expect(next.budgetW).toBeCloseTo(budgetW, 9);
      expect(integralK).toBeCloseTo(integral, 9);
      grants(next.budgetW, list).forEach((watts, i) => {
        expect(watts).toBeCloseTo(granted[i], 6);
      });
    }
  });
});

test('power_allocator: gains, cutoff and weights of its own, by hand', () => {
  // Units of 3 W / 10 K. Error 2 K after 5 K: 3 + 4 x 0.3 x 2 + 0.5 x 0.3 x (1 + 2) + 0.001 x 0.3 x (2 - 5) / 1e-3, W.
  const gains = { over: 3, under: 4, integral: 0.5, change: 0.001, cutoffK: 3 };
  const limits = { sustainableW: 3, rangeK: 10, mostW: 9, epochS: 1e-3, gains };
  const next = budget(2, { integralK: 1, errorK: 5 }, limits);
  expect(next.budgetW).toBeCloseTo(3 + 2.4 + 0.45 - 0.9, 12);
  expect(next.integralK).toBe(3);
  // From the cutoff on the sum stays.
  expect(budget(3, { integralK: 1, errorK: 3 }, limits)).toEqual({ budgetW: 3 + 3.6 + 0.15, integralK: 1 });
  // 2 W of 1 + 3 parts.
  expect(
    grants(2, [
      { requestW: 1, mostW: 4, weight: 1 },
      { requestW: 1, mostW: 4, weight: 3 },
    ]),
  ).toEqual([0.5, 1.5]);
});

describe('CoMeT', () => {
  test('ondemand', () => {
    const mhz = Array.from({ length: 9 }, (_, i) => 200 + 100 * i);
    expect(clocksAfter('comet-ondemand', '{}', mhz, 1000)).toEqual(golden.ondemand_comet.f);
  });

  test('throttle', () => {
    const stack = stackOf('comet-ondemand');
    let state = stack.initial;
    const throttled = golden.thermal.temp_c.map((celsius: number, i: number) => {
      const decision = stack.decide(observe({ timeS: (i + 1) * 1e-3, temperatureK: [celsius + 273.15, 300] }), state);
      state = decision.state;
      return decision.points.array === 0 ? 1 : 0;
    });
    expect(throttled).toEqual(golden.thermal.comet_dtm_throttle.throttled);
  });
});

describe('thermal safe power of every active set of four blocks', () => {
  const { B_K_per_W, T_amb_c, T_dtm_c, P_inactive_W, per_mapping } = golden.tsp;
  const context = {
    blocks: ['a', 'b', 'c', 'd'],
    resistanceKPerW: Float64Array.from(B_K_per_W.flat()),
    ambientK: T_amb_c,
  };
  test.each(per_mapping as readonly { active: number[]; tsp_w: number }[])('$active', ({ active, tsp_w }) => {
    const isActive = [0, 1, 2, 3].map((block) => active.includes(block));
    const rest = [0, 1, 2, 3].map(() => P_inactive_W as number);
    expect(thermalSafeDensity(context, isActive, [1, 1, 1, 1], T_dtm_c)(rest)).toBeCloseTo(tsp_w, 9);
    // With a TDP, its part of each active block bounds the budget too: (TDP - sum of the others) / number of active ones.
    for (const tdpW of [8, 20, 100]) {
      const part = (tdpW - (4 - active.length) * P_inactive_W) / active.length;
      const budgetW = thermalSafeDensity(context, isActive, [1, 1, 1, 1], T_dtm_c, tdpW)(rest);
      expect(budgetW).toBeCloseTo(Math.min(tsp_w, part), 9);
    }
  });
});

test.each(golden.tsp.worst_case as readonly { m: number; worst_case_tsp_w: number }[])(
  'thermal safe power of the worst set of $m active blocks: those with the largest resistances to one block',
  ({ m, worst_case_tsp_w }) => {
    const { B_K_per_W, T_amb_c, T_dtm_c, P_inactive_W, per_mapping } = golden.tsp;
    const resistanceKPerW = Float64Array.from(B_K_per_W.flat());
    const context = { blocks: ['a', 'b', 'c', 'd'], resistanceKPerW, ambientK: T_amb_c };
    const budgetsW = per_mapping
      .filter(({ active }: { active: number[] }) => active.length === m)
      .map(({ active }: { active: number[] }) => {
        const isActive = [0, 1, 2, 3].map((block) => active.includes(block));
        return thermalSafeDensity(context, isActive, [1, 1, 1, 1], T_dtm_c)(isActive.map(() => P_inactive_W));
      });
    expect(Math.min(...budgetsW)).toBeCloseTo(worst_case_tsp_w, 9);
  },
);

test('regional refuses a die with one clock', () => {
  expect(problemsOf(() => stackOf('regional'))).toEqual(['not-supported u.yaml:1:7 regional']);
});

test.each([
  ['conservative', '{down_threshold: 90}', 'out-of-range p0.yaml:1:18 90'],
  ['comet-ondemand', '{critical: 70C}', 'out-of-range p0.yaml:1:12 70C'],
  ['power_allocator', '{control: 60C, switch_on: 70C}', 'out-of-range p0.yaml:1:27 70C'],
  ['power_allocator', '{weights: {arry: 2}}', 'unknown-name p0.yaml:1:18 2'],
  ['ondemand', '{up_treshold: 90}', 'unknown-key p0.yaml:1:2 up_treshold'],
])('%s %s is wrong', (uses, parameters, problem) => {
  expect(problemsOf(() => stackOf(uses, parameters))).toEqual([problem]);
});

describe('inferences that come faster than they are due', () => {
  // 1e6 cycles take 1 ms at 1 GHz, 1.25 ms at 800 MHz and 5 ms at 200 MHz.
  const context = contextOf({ deadlineS: 8e-3, periodS: 1.3e-3 });
  const due = running({ deadlineS: 8e-3 });

  test.each(['static-best', 'pace'])('%s keeps up with the period, not only with the deadline', (uses) => {
    const parameters = uses === 'pace' ? '{guard: 0, floor: none}' : '{}';
    expect(first(stackOf(uses, parameters, context), { inference: due }).points.array).toBe(3);
    const alone = contextOf({ deadlineS: 8e-3 });
    expect(first(stackOf(uses, parameters, alone), { inference: due }).points.array).toBeLessThan(3);
  });

  test('pace sees those that wait', () => {
    const stack = stackOf('pace', '{guard: 0, floor: none}', contextOf({ deadlineS: 5e-3 }));
    expect(first(stack, { inference: running() }).points.array).toBe(0);
    const waiting = [1, 2].map((index) => ({ index, releaseS: 0, deadlineS: 5e-3 }));
    // Two in 5 ms need 2.5 ms each, which 400 MHz gives; three need 1.67 ms each, so 600 MHz or more.
    expect(first(stack, { inference: running(), queued: 2, waiting: waiting.slice(0, 1) }).points.array).toBe(1);
    expect(first(stack, { inference: running(), queued: 2, waiting }).points.array).toBeGreaterThanOrEqual(2);
  });
});
