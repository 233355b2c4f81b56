/** Runs that are written down at any moment: while arrays wait at a barrier, while domains wake and while PEs are off. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openRun, preparePlant, type RunResult } from '../../../src/cosim/index.ts';
import type { Observation, PolicyKind } from '../../../src/policy/index.ts';
import { lawOptions } from '../../tier.ts';
import { MODELS } from '../support.ts';
import { COARSE_QUAD, QUAD, saying, scenario, withStates } from './support.ts';

const OVERLAY = {
  ...withStates(
    COARSE_QUAD,
    'off: { leakage: 0.1, wake_time: 2us, wake_energy: 3nJ, reload: 1KiB }, retention: { leakage: 0.3, wake_time: 300ns }',
    'unused_pes: { leakage: 0.1, wake_time: 200ns, wake_energy: 1pJ }',
    QUAD,
  ),
  'net.csv': 'layer,type,m,n,k\na,gemm,129,129,256\nb,gemm,33,33,1100\nc,gemm,1,129,900\n',
};
const LINES = 'inferences: {period: 70us, count: 4}\nepoch: 1us\nsensors: {noise: 0.1K, delay: 2us}';

/** States at every tick, and whether an inference runs. */
const seen: { readonly states: string; readonly runs: boolean }[] = [];
const kind: PolicyKind = {
  ...saying({}),
  create: (_, { domains }) => ({
    initial: 0,
    triggers: ['start', 'end', 'barrier'],
    decide: ({ states, inference }: Observation, state, random) => {
      seen.push({ states: domains.map(({ name }) => states[name].state).join(), runs: inference !== null });
      const count = (state as number) + 1;
      const idle = random() < 0.5 ? ('off' as const) : ('retention' as const);
      const rest = { idle, barrier: idle, unusedPes: count % 7 < 4 ? ('off' as const) : ('on' as const) };
      return {
        ranges: Object.fromEntries(domains.map(({ name }) => [name, [count % 3, 3] as const])),
        ...{
          states: Object.fromEntries(domains.map(({ name }) => [name, rest])),
          state: count,
          reason: `question ${count}`,
        },
      };
    },
  }),
};
const experiment = scenario(LINES, { kind, overlay: OVERLAY, accelerator: 'quad-npu' });
const plant = preparePlant(experiment, { cache: MODELS });
const deeds = ({ energyJ, trace, events, counts, inferences, layers, thermal }: RunResult) => ({
  ...{ energyJ, trace, events, counts, inferences, layers },
  peakK: thermal?.peakK,
});

test('from any epoch a run that was written down goes on byte for byte, and so does a fork', () => {
  const whole = openRun(plant, experiment);
  seen.length = 0;
  whole.advance(Number.POSITIVE_INFINITY);
  // Some ticks find an array asleep while the others work, and all asleep between inferences.
  expect(seen.some(({ states, runs }) => runs && /off|retention/.test(states) && /on/.test(states))).toBe(true);
  expect(seen.some(({ states, runs }) => !runs && !/on/.test(states))).toBe(true);
  const result = whole.result();
  expect(result.energyJ.transition).toBeGreaterThan(0);
  expect(result.conservation.energyRelative).toBeLessThan(1e-12);
  const expected = deeds(result);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: whole.epochs - 1 }), (epochs) => {
      const open = openRun(plant, experiment);
      open.advance(epochs);
      const written = structuredClone(open.snapshot());
      const fork = open.fork();
      fork.advance(Number.POSITIVE_INFINITY);
      expect(deeds(fork.result())).toEqual(expected);
      const other = openRun(plant, experiment);
      other.advance(Math.floor(epochs / 2));
      other.restore(written);
      other.advance(Number.POSITIVE_INFINITY);
      expect(deeds(other.result())).toEqual(expected);
    }),
    lawOptions(16, 1),
  );
});
