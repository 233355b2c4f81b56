/** The credit of `boost` by hand: a die of two equal blocks that takes 20 mJ for each kelvin. */
import { expect, test } from 'vitest';
import { createStack } from '../../../src/policy/index.ts';
import { contextOf, domain, entry, heat, observe, problemsOf } from '../support.ts';

const CAPACITY_J_PER_K = 0.02;
const context = contextOf({
  domains: [domain('array', [200, 400, 600, 800, 1000], 2)],
  // Each watt heats both blocks alike: t / C.
  responseKPerW: (s: number) => new Float64Array(4).fill(s / CAPACITY_J_PER_K),
});

/** Whether it boosts at each epoch, after powers of the die in W and a temperature in C. */
function boosts(parameters: string, celsius: number, watts: readonly number[]): boolean[] {
  const stack = createStack([entry('boost', parameters)], context);
  let { initial: state } = stack;
  return watts.map((w, i) => {
    const seen = observe({ timeS: (i + 1) * 1e-3, powerW: [w / 2, w / 2], ...heat(celsius) });
    const decision = stack.decide(seen, state);
    state = decision.state;
    return decision.points.array > 2;
  });
}

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
