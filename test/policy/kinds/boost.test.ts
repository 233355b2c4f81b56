/** The credit of `boost` by hand: a die of two equal blocks that takes 20 mJ for each kelvin. */
import { describe, expect, test } from 'vitest';
import { createStack } from '../../../src/policy/index.ts';
import { contextOf, domain, entry, heat, observe, problemsOf, workOf } from '../support.ts';

const CAPACITY_J_PER_K = 0.02;
const context = contextOf({
  domains: [domain('array', [200, 400, 600, 800, 1000], 2)],
  // Each watt heats both blocks alike: t / C.
  responseKPerW: (s: number) => new Float64Array(4).fill(s / CAPACITY_J_PER_K),
});

interface Look {
  readonly watts: number;
  readonly celsius: number;
}

/** The highest point allowed at each epoch, after a power of the die and at its temperature. */
function capsAfter(parameters: string, looks: readonly Look[], given = context): number[] {
  const stack = createStack([entry('boost', parameters)], given);
  let { initial: state } = stack;
  return looks.map(({ watts, celsius }, i) => {
    const seen = observe({ timeS: (i + 1) * 1e-3, powerW: [watts / 2, watts / 2], ...heat(celsius) });
    const decision = stack.decide(seen, state);
    state = decision.state;
    return decision.points.array;
  });
}

/** Whether it boosts at each epoch, after powers of the die in W and a temperature in C. */
const boosts = (parameters: string, celsius: number, all: readonly number[]): boolean[] =>
  capsAfter(
    parameters,
    all.map((watts) => ({ watts, celsius })),
  ).map((point) => point > 2);

test('a boost lasts for C_th (T_limit - T), and the next one waits for half of it', () => {
  // At 60 C the die takes 25 K x 20 mJ/K = 500 mJ, less than the credit of 1 J. 10 W are 6 mJ an epoch more than it sheds:
  // 500 - 83 x 6 = 2 mJ are left at the 84th look, none at the 85th. Then 1 W wins 3 mJ an epoch: 250 mJ after 84.
  const watts = Array.from({ length: 200 }, (_, i) => (i < 85 ? 10 : 1));
  const found = boosts('{limit: 85C, sustainable: 4W}', 60, watts);
  expect(found.findIndex((one) => !one) + 1).toBe(85);
  expect(found.indexOf(true, 85) + 1).toBe(85 + 84);
});

test('a smaller credit ends it earlier, and close to the limit there is none', () => {
  // 16 looks of 6 mJ leave 4 of 100 mJ.
  const watts = new Array<number>(40).fill(10);
  expect(boosts('{limit: 85C, sustainable: 4W, credit: 100mJ}', 60, watts).indexOf(false) + 1).toBe(17);
  expect(boosts('{limit: 85C, sustainable: 4W}', 84, watts)).not.toContain(true);
  expect(problemsOf(() => boosts('{window: 0s}', 60, [1]))).toEqual(['out-of-range p0.yaml:1:10 0s']);
});

describe('without a boost', () => {
  /** 2 J in the first epoch: no look of these leaves any of the credit of 1 J. */
  const spent = new Array<Look>(3).fill({ watts: 2000, celsius: 60 });

  test('the cap is the nominal point, where there are faster ones, whatever the die sheds', () => {
    for (const parameters of ['{sustainable: 100W}', '{sustainable: 1mW}', '{}']) {
      expect(capsAfter(parameters, spent)).toEqual([2, 2, 2]);
    }
  });

  // Without faster points it is the fastest one whose mean power the die sheds. An inference takes 5, 2.5, 1.67, 1.25 and 1 ms.
  const meanW = [1.9, 3.9, 5.9, 6.9, 7.9];
  const inferenceJ = [5e-3, 2.5e-3, 1e-2 / 6, 1.25e-3, 1e-3].map((seconds, point) => seconds * meanW[point]);
  const topNominal = contextOf({ responseKPerW: context.responseKPerW, work: workOf({ inferenceJ }) });

  test.each([
    ['{sustainable: 7.8W}', 3],
    ['{sustainable: 4W}', 1],
    // None is slow enough: the slowest.
    ['{sustainable: 1W}', 0],
    ['{sustainable: 9W}', 4],
    // Both blocks rise by (8 + 4) K for each watt in both, from 45 C to margin below the limit: 2 x 38 / 12 = 6.33 W.
    ['{limit: 85C}', 2],
    // 2 x 35 / 12 = 5.83 W.
    ['{limit: 85C, margin: 5K}', 1],
  ])('%s allows point %i', (parameters, point) => {
    expect(capsAfter(parameters, spent, topNominal)).toEqual([point, point, point]);
  });
});

test('a boost ends at margin below the limit, and the next one waits for resume too', () => {
  // At 83 C the die takes 2 K x 20 mJ/K. With 1 W of 4 W the credit wins 3 mJ an epoch: 40 mJ, 43 mJ, then 46, 49 and 52 mJ at 79.9 C,
  // where half of 5.1 K x 20 mJ/K is 51 mJ. At 81 C, above resume, the half of 80 mJ is there, and it does not boost.
  const looks = [82.9, 83, 81, 79.9, 79.9, 79.9].map((celsius) => ({ watts: 1, celsius }));
  expect(capsAfter('{limit: 85C, sustainable: 4W}', looks)).toEqual([4, 2, 2, 2, 2, 4]);
});
