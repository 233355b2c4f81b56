import { expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { type RunResult, runExperiment } from '../../src/cosim/index.ts';
import { load } from '../cosim/support.ts';
import { cases } from '../tier.ts';
import { randomExperiment } from './random-experiments.ts';

/** `RANDOM_EXPERIMENTS=1000 npm run test:long -- test/laws/random-experiments` is the campaign of docs/validation.md. */
const EXPERIMENTS = Number(process.env.RANDOM_EXPERIMENTS ?? cases(40, 1));
const FIRST_SEED = Number(process.env.RANDOM_SEED ?? 1);

const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
const relative = (a: number, b: number) => Math.abs(a - b) / Math.max(Math.abs(b), Number.MIN_VALUE);

test(`${EXPERIMENTS} random experiments conserve energy, heat and MACs, and their parts add up`, { timeout: 0 }, () => {
  let refused = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + EXPERIMENTS; seed++) {
    const { text, ...loading } = randomExperiment(seed);
    let result: RunResult;
    try {
      result = runExperiment(load(text, loading));
    } catch (error) {
      if (!(error instanceof InputError)) throw new Error(`seed ${seed}: ${error}`, { cause: error });
      refused++;
      continue;
    }
    try {
      expectLaws(result);
    } catch (error) {
      throw new Error(`seed ${seed}\n${text}${loading.set.join('\n')}\n${loading.overlay['net.csv']}`, {
        cause: error,
      });
    }
  }
  process.stdout.write(`random experiments: ${EXPERIMENTS - refused} ran, ${refused} were refused\n`);
  expect(refused).toBeLessThanOrEqual(EXPERIMENTS / 4);
});

function expectLaws({ conservation, energyJ, componentJ, layers, macs, counts: _, ...result }: RunResult): void {
  const { trace, simulatedS, inferences, thermal } = result;
  expect(conservation.energyRelative).toBeLessThan(1e-9);
  expect(conservation.heatRelative ?? 0).toBeLessThan(1e-6);
  expect(conservation.macsDifference).toBe(0);
  const { total, ...parts } = energyJ;
  expect(relative(sum(Object.values(parts)), total)).toBeLessThan(1e-12);
  expect(relative(sum(componentJ) + energyJ.transition, total)).toBeLessThan(1e-9);
  expect(sum(layers.map((layer) => layer.energyJ))).toBeLessThanOrEqual(total * (1 + 1e-9));
  expect(relative(sum(layers.map((layer) => layer.macs)), macs)).toBeLessThan(1e-9);
  expect(Math.max(...layers.map(({ utilisation }) => utilisation))).toBeLessThanOrEqual(1 + 1e-12);
  // Mean powers times durations are the energy; epochs fill the run.
  expect(relative(sum(trace.durationS), simulatedS)).toBeLessThan(1e-12);
  expect(relative(sum(trace.totalW.map((watts, n) => watts * trace.durationS[n])), total)).toBeLessThan(1e-9);
  for (const { busy, stall, idle, dead } of trace.domains) {
    for (let n = 0; n < trace.epochs; n++) expect(busy[n] + stall[n] + idle[n] + dead[n]).toBeCloseTo(1, 9);
  }
  // An inference starts when it is released and the one before is done.
  for (let i = 0; i < inferences.completed; i++) {
    const before = i === 0 ? 0 : inferences.endS[i - 1];
    expect(inferences.startS[i]).toBeGreaterThanOrEqual(Math.max(inferences.releaseS[i], before) * (1 - 1e-12));
    expect(inferences.endS[i]).toBeGreaterThan(inferences.startS[i]);
  }
  // No block is colder than the air, as all of them only add heat.
  const ambientK = thermal?.ambientK ?? 0;
  expect(ambientK).toBeGreaterThan(273);
  for (const temperatureK of trace.temperatureK) {
    for (const kelvin of temperatureK) expect(kelvin).toBeGreaterThan(ambientK - 1e-6);
  }
}
