/** The policy that switches off what has nothing to do, on designs that can and that cannot. */
import { expect, test } from 'vitest';
import { load as loadBundled, runExperiment } from '../../../src/cosim/index.ts';
import { longTest } from '../../tier.ts';
import { memoryFiles } from '../support.ts';
import { go, latencies, PLAIN, withStates } from './support.ts';

const LINES = 'inferences: {period: 1ms, count: 6}\nepoch: 1ms\ndeadline: 1ms';

test('auto takes the state of least energy that still meets the deadline', () => {
  const idleOf = (states: string): string => {
    const result = go(`${LINES}\npolicy: [gate-idle-pes, performance]`, { overlay: withStates(PLAIN, states) });
    expect(result.deadline?.misses).toBe(0);
    const [first] = result.events.filter(({ kind, reason }) => kind === 'state' && !reason.startsWith('at barriers'));
    return first ? `${first.to}: ${first.reason}` : 'none';
  };
  expect(idleOf('off: { leakage: 0.1 }')).toMatch(/^off: least energy for 0\.\d+ ms without work: off$/);
  // Waking takes longer than there is time, or more energy than there is to save.
  expect(idleOf('off: { leakage: 0.1, wake_time: 2ms }')).toMatch(/^clock-gated: /);
  expect(idleOf('off: { leakage: 0.1, wake_energy: 1mJ }')).toMatch(/^clock-gated: /);
});

test('on a design without states it only stops clocks and powers off, and a policy below still chooses', () => {
  const gated = go(`${LINES}\npolicy: [gate-idle-pes, powersave]`);
  const plain = go(`${LINES}\npolicy: powersave`);
  expect(latencies(gated)).toEqual(latencies(plain));
  expect(gated.energyJ.total).toBeLessThan(plain.energyJ.total);
  expect(gated.energyJ.dynamic).toBe(plain.energyJ.dynamic);
});

longTest('the bundled example saves 14 % (ReGate, arXiv 2508.02536: 15.5 % on average, up to 32.8 %)', () => {
  const [gated, plain] = [undefined, 'performance'].map((policy) =>
    runExperiment(loadBundled(memoryFiles(), 'power-gating', policy === undefined ? {} : { policy })),
  );
  const saved = 1 - gated.energyJ.total / plain.energyJ.total;
  expect(saved).toBeGreaterThan(0.13);
  expect(saved).toBeLessThan(0.15);
  expect(gated.deadline?.misses).toBe(0);
  for (const { conservation } of [gated, plain]) {
    expect(conservation.energyRelative).toBeLessThan(1e-9);
    expect(conservation.heatRelative).toBeLessThan(1e-6);
  }
});
