/** A run says whether its result depends on the length of its epoch. */
import { describe, expect, test } from 'vitest';
import { preparePlant, runScenario } from '../../src/cosim/index.ts';
import { moduleKind, POLICY_KINDS, type PolicyView } from '../../src/policy/index.ts';
import { runSummary } from '../../src/report/files/index.ts';
import { runText } from '../../src/report/index.ts';
import { COARSE, load, MODELS } from './support.ts';

const text = (lines: string, inferences = '{ period: 900us, duration: 40ms }'): string =>
  `version: 1\nname: e\naccelerator: edge-npu\nworkload: ./net.csv\nstart: ambient\ninferences: ${inferences}\ndeadline: 900us\n${lines}\n`;
const first = load(text('policy: performance'), { overlay: COARSE });
const plant = preparePlant(first, { cache: MODELS });
const run = (lines: string, checkEpoch = true, inferences?: string) =>
  runScenario(plant, load(text(lines, inferences), { overlay: COARSE, like: first }), { checkEpoch });

describe('the check at half the epoch', () => {
  const beats = 'policy: { name: component-util, rule: threshold, stall_high: 0.02, stall_low: 0.01, residency: 1 }';

  test('is the change of the energy of the same inferences', () => {
    const result = run(beats);
    // The run is no longer than a window.
    const half = run(`${beats}\nepoch: 0.5ms`, false);
    expect(result.epochChange).toBeCloseTo(half.energyJ.total / result.energyJ.total - 1, 9);
    expect(half.epochChange).toBeUndefined();
  });

  test('is that of the first inferences alone where the run goes on: a rest after them would hide it', () => {
    const energyJ = (epoch: string) =>
      run(`${beats}\nepoch: ${epoch}`, false, '{ period: 900us, count: 100 }').energyJ.total;
    const long = run(beats, true, '{ period: 900us, duration: 1s }');
    expect(long.epochChange).toBeCloseTo(energyJ('0.5ms') / energyJ('1ms') - 1, 9);
  });

  test('marks a result that moves by more than 1 %', () => {
    const result = { ...run(beats), epochChange: -0.214 };
    expect(runSummary(result, { inputsHash: '' }).epochChange).toBe(-0.214);
    expect(runText(result)).toMatch(
      /^epoch +warning: -21\.4 % energy at half the epoch of 1\.00 ms; .*try a shorter epoch/m,
    );
    const calm = { ...result, epochChange: 0.004 };
    expect(runSummary(calm, { inputsHash: '' })).not.toHaveProperty('epochChange');
    expect(runText(calm)).not.toMatch(/^epoch/m);
  });

  test('sees points that change at half the epoch alone', () => {
    const [whole, half] = ['0.5ms', '0.25ms'].map((epoch) =>
      run(`policy: conservative\nepoch: ${epoch}`, true, '{ period: 900us, count: 1 }'),
    );
    expect([whole.transitions, half.transitions > 0]).toEqual([0, true]);
    expect(whole.epochChange).toBeCloseTo(half.energyJ.total / whole.energyJ.total - 1, 9);
  });

  const OF_MODULE = { file: 'mine.ts', text: 'export default { decide() {} };' };
  const withModule = (decide: (view: PolicyView, state: unknown) => unknown) => {
    const kinds = [...POLICY_KINDS, moduleKind({ name: 'mine', decide }, OF_MODULE)];
    const experiment = load(text('policy: ./mine.ts'), { overlay: COARSE, like: first, kinds });
    return runScenario(plant, experiment, { checkEpoch: true });
  };
  const still = { ranges: {}, state: null, reason: 'still' };

  test('says why there is none where a policy fails at half the epoch', () => {
    const result = withModule(({ context: { epochS } }) => {
      if (epochS < 1e-3) throw new Error('too short');
      return still;
    });
    expect(result.epochChange).toBeNull();
    expect(runSummary(result, { inputsHash: '' }).epochRefusal).toMatch(/"mine" at 0 s: decide failed: too short/);
    expect(runText(result)).toMatch(/^epoch +not checked at half of it: .*too short/m);
  });

  test('a memory outside of the state is an error there too', () => {
    const epochs = new Set<number>();
    const go = () =>
      withModule(({ context: { epochS } }) => {
        if (epochS === 1e-3) return still;
        const isNew = !epochs.has(epochS);
        epochs.add(epochS);
        return { ...still, ranges: { core: [0, isNew ? 0 : 1] } };
      });
    expect(go).toThrow(/something else for the same view and state/);
  });

  test('is nothing where no point changes', () => {
    expect(run('policy: performance').epochChange).toBeNull();
  });
});
