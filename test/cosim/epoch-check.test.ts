/** A run says whether its result depends on the length of its epoch. */
import { describe, expect, test } from 'vitest';
import { preparePlant, runScenario } from '../../src/cosim/index.ts';
import { runSummary } from '../../src/report/files/index.ts';
import { runText } from '../../src/report/index.ts';
import { COARSE, load, memoryCache } from './support.ts';

const cache = memoryCache();
const text = (lines: string): string =>
  `version: 1\nname: e\naccelerator: edge-npu\nworkload: ./net.csv\nstart: ambient\ninferences: { period: 900us, duration: 40ms }\ndeadline: 900us\n${lines}\n`;
const first = load(text('policy: performance'), { overlay: COARSE });
const plant = preparePlant(first, { cache });
const run = (lines: string, checkEpoch = true) =>
  runScenario(plant, load(text(lines), { overlay: COARSE, like: first }), { checkEpoch });

describe('the check at half the epoch', () => {
  const beats = 'policy: { name: component-util, rule: threshold, stall_high: 0.02, stall_low: 0.01, residency: 1 }';

  test('is the change of the energy of the same inferences', () => {
    const result = run(beats);
    // All inferences are in the window; the run ends with its duration either way.
    const half = run(`${beats}\nepoch: 0.5ms`, false);
    expect(result.epochChange).toBeCloseTo(half.energyJ.total / result.energyJ.total - 1, 9);
    expect(half.epochChange).toBeUndefined();
  });

  test('marks a result that moves by more than 1 %', () => {
    const result = { ...run(beats), epochChange: -0.214 };
    expect(runSummary(result, { inputsHash: '' }).epochChange).toBe(-0.214);
    expect(runText(result)).toMatch(
      /^epoch +warning: -21\.4% energy at half the epoch of 1\.00 ms; .*try a shorter epoch/m,
    );
    const calm = { ...result, epochChange: 0.004 };
    expect(runSummary(calm, { inputsHash: '' })).not.toHaveProperty('epochChange');
    expect(runText(calm)).not.toMatch(/^epoch/m);
  });

  test('is nothing where no point changes', () => {
    expect(run('policy: performance').epochChange).toBeNull();
  });
});
