/** Starts of runs whose policies never settle. */
import { describe, expect, test } from 'vitest';
import { loadExperiment, preparePlant, runScenario } from '../../src/cosim/index.ts';
import { JumpSearch } from '../../src/cosim/start/jump-search.ts';
import { limitCycle } from '../../src/cosim/start/limit-cycle.ts';
import { longTest } from '../tier.ts';
import { memoryFiles } from './support.ts';

/** A run of square swings: `high` W for 30 % of 20 epochs and 1 W for the rest, from a phase on. */
function squareWave(epochs: number, phase: number, high = 3) {
  const power = Float64Array.from({ length: epochs }, (_, n) => ((n + phase) % 20 < 6 ? high : 1));
  return { epochs, durationS: new Float64Array(epochs).fill(1e-3), powerW: [power] };
}

describe('a limit cycle', () => {
  test('has the mean power of whole swings wherever the run cuts them, and their length', () => {
    for (const [epochs, phase] of [
      [400, 0],
      [413, 3],
      [391, 17],
    ]) {
      const cycle = limitCycle(squareWave(epochs, phase), epochs * 1e-3, epochs)!;
      // 0.3 x 3 W + 0.7 x 1 W. Half a swing more or less is counted at the ends.
      expect(Math.abs(cycle.meanW[0] - 1.6)).toBeLessThan(4e-3);
      expect(Math.abs(cycle.lengthS - 0.02)).toBeLessThan(1e-3);
    }
    // The plain mean of 391 epochs from phase 17 on is off by more: it has 6 epochs of the next swing.
    const { powerW } = squareWave(391, 17);
    expect(Math.abs(powerW[0].reduce((sum, w) => sum + w, 0) / 391 - 1.6)).toBeGreaterThan(4e-3);
  });

  test('is none where power is even, and none within an inference', () => {
    expect(limitCycle(squareWave(400, 0, 1), 0.4, 400)).toBeNull();
    expect(limitCycle(squareWave(400, 0), 0.4, 20)).toBeNull();
  });
});

describe('the search at a jump', () => {
  /** Two blocks: a warmer start lowers the mean power in steps of 0.1 W, and 3 W never are the answer to 3 W. */
  const meanOf = (startW: Float64Array): Float64Array => {
    const all = startW[0] + startW[1];
    const mean = 3 + 0.1 * (Math.ceil((3.02 - all) / 0.05) - 0.5);
    return Float64Array.of(0.7 * mean, 0.3 * mean);
  };

  test('ends on both sides of it, with a mean that is its own start', () => {
    const search = new JumpSearch();
    let startW: Float64Array = Float64Array.of(1, 1);
    for (let i = 0; i < 30; i++) {
      const pass = { startW, meanW: meanOf(startW) };
      search.note(pass);
      startW = search.next(pass);
    }
    const { low, high, mean } = search.sides!;
    const total = (values: Float64Array): number => values[0] + values[1];
    // The jump from 3.05 W to 2.95 W lies at 3.02 W.
    expect(total(low.startW)).toBeLessThanOrEqual(3.02);
    expect(total(high.startW)).toBeGreaterThanOrEqual(3.02);
    expect(total(high.startW) - total(low.startW)).toBeLessThan(1e-6);
    expect(mean.meanW[0]).toBeCloseTo(0.7 * 3.02, 6);
    expect(mean.startW[0]).toBeCloseTo(0.7 * 3.02, 6);
  });

  test('follows a jump that moves with the shares, where the runs on its sides heat other blocks', () => {
    const [below, above] = [Float64Array.of(2.1, 1.0), Float64Array.of(1.6, 1.3)];
    const search = new JumpSearch();
    let startW: Float64Array = Float64Array.of(1, 1);
    for (let i = 0; i < 40; i++) {
      const all = startW[0] + startW[1];
      const jumpW = 3.02 + 0.3 * (startW[0] / all - 0.6);
      const pass = { startW, meanW: all < jumpW ? below : above };
      search.note(pass);
      startW = search.next(pass);
    }
    // A mixture of both runs, a + t (b - a), lies on the jump: 3.1 - 0.2 t = 3.02 + 0.3 ((2.1 - 0.5 t) / (3.1 - 0.2 t) - 0.6).
    let t = 0.5;
    for (let n = 0; n < 100; n++) t = (3.1 - 3.02 - 0.3 * ((2.1 - 0.5 * t) / (3.1 - 0.2 * t) - 0.6)) / 0.2;
    const { mean } = search.sides!;
    [0, 1].forEach((u) => {
      const mixed = below[u] + t * (above[u] - below[u]);
      expect(mean.meanW[u]).toBeCloseTo(mixed, 3);
      expect(mean.startW[u]).toBeCloseTo(mixed, 3);
    });
  });
});

longTest('policies that swing get a start, and say how long a swing is', () => {
  const text = (policy: string) =>
    `version: 1\nname: e\naccelerator: edge-npu-hp\nworkload: resnet18\ninferences: { period: 5ms, duration: 3s }\nlimit: 85C\npolicy: ${policy}\n`;
  const experiment = loadExperiment(memoryFiles(), { file: 'e.yaml', text: text('bang_bang') });
  const plant = preparePlant(experiment);
  for (const policy of ['bang_bang', 'comet-ondemand']) {
    const like = loadExperiment(memoryFiles(), { file: 'e.yaml', text: text(policy) }, { like: experiment });
    const { start } = runScenario(plant, like);
    expect(start!.converged, policy).toBe(true);
    expect(start!.residualK).toBeLessThanOrEqual(0.02);
    if (start!.cycleS !== undefined) expect(start!.cycleS).toBeGreaterThan(2e-3);
  }
});

longTest(
  'a jump of the mean power ends the search as soon as whole runs on both sides of it start close together',
  () => {
    const text =
      'version: 1\nname: e\naccelerator: edge-npu-hp\nworkload: resnet18\ninferences: { count: 3000 }\ndeadline: 6ms\nlimit: 85C\npolicy: mpc-thermal\n';
    const experiment = loadExperiment(memoryFiles(), { file: 'e.yaml', text });
    const { start } = runScenario(preparePlant(experiment), experiment);
    expect(start!.converged).toBe(true);
    expect(start!.cycleS).toBeUndefined();
    // 8 windows and 3 whole runs. Without the jump, 12 whole runs come before the mean over whole swings.
    expect(start!.iterations).toBeLessThan(8 + 6);
  },
);
