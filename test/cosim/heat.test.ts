/** Temperatures within an epoch: they follow the power of its parts, whatever the epoch. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BUNDLED } from '../../src/base/files.ts';
import { parseOverride } from '../../src/base/overrides.ts';
import { Profile } from '../../src/cosim/heat/profile.ts';
import {
  type Experiment,
  loadExperiment,
  type PreparedPlant,
  preparePlant,
  runScenario,
} from '../../src/cosim/index.ts';
import { modalTransient, PartwiseTransient, type ReducedModel } from '../../src/thermal/index.ts';
import { lawOptions, longTest, someOf } from '../tier.ts';
import { BUNDLED_TEXTS, coarseRuns, MODELS, memoryFiles } from './support.ts';

const go = coarseRuns();

/** Two blocks, three modes, by hand; heat is of no interest here. */
const MODEL: ReducedModel = {
  blocks: 2,
  modes: 3,
  ambientK: 300,
  rate: Float64Array.of(20, 3e3, 4e5),
  input: Float64Array.of(10, 7, 200, -150, 4e3, 5e3),
  output: Float64Array.of(5, 20, 30, 4, -18, 25),
  stored: Float64Array.of(0.1, 0, 0),
  outflow: Float64Array.of(2, 0, 0),
  fields: new Float64Array(0),
};

describe('a step in parts', () => {
  test('is the steps of its parts, one after the other', () => {
    const power = fc.tuple(fc.double({ min: 0, max: 3, noNaN: true }), fc.double({ min: 0, max: 3, noNaN: true }));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 300 }), power), { minLength: 1, maxLength: 6 }),
        (drawn) => {
          // The last part fills up the ticks of a millisecond, each 1/1024 ms.
          const used = drawn.reduce((sum, [ticks]) => sum + ticks, 0);
          fc.pre(used <= 1024);
          const parts = drawn.map(([ticks, w], p) => ({
            ticks: p + 1 === drawn.length ? ticks + 1024 - used : ticks,
            w,
          }));
          const tickS = 1e-3 / 1024;
          const blockJ = new Float64Array(2);
          const leakingVs = new Float64Array(1);
          const profile = new Profile(blockJ, leakingVs);
          profile.begin();
          let elapsedS = 0;
          const reference = modalTransient(MODEL);
          const between: number[] = [];
          let outJ = 0;
          parts.forEach(({ ticks, w }) => {
            elapsedS += ticks * tickS;
            blockJ[0] += w[0] * ticks * tickS;
            blockJ[1] += w[1] * ticks * tickS;
            profile.add(elapsedS);
            reference.step(Float64Array.from(w), ticks * tickS);
            outJ += reference.heatOutJ;
            between.push(reference.temperatureK[0]);
          });
          profile.end(1e-3);
          const solver = new PartwiseTransient(MODEL);
          const seen: number[] = [];
          solver.onPart = () => void seen.push(solver.temperatureK[0]);
          solver.parts = profile.parts;
          solver.step(profile.meanW, 1e-3);
          expect(seen.length).toBe(profile.parts.count - 1);
          seen.forEach((k, p) => {
            if (profile.parts.count === parts.length) expect(k).toBeCloseTo(between[p], 8);
          });
          expect(solver.temperatureK[0]).toBeCloseTo(reference.temperatureK[0], 8);
          expect(solver.temperatureK[1]).toBeCloseTo(reference.temperatureK[1], 8);
          expect(solver.heatOutJ).toBeCloseTo(outJ, 12);
        },
      ),
      lawOptions(200, 40),
    );
  });

  test('keeps its energy with any number of parts of any length', () => {
    const part = fc.tuple(fc.double({ min: 1e-9, max: 1e-4, noNaN: true }), fc.double({ min: 0, max: 2, noNaN: true }));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 300 }), (parts) => {
        const blockJ = new Float64Array(1);
        const profile = new Profile(blockJ, new Float64Array(1));
        profile.begin();
        let elapsedS = 0;
        for (const [durationS, powerW] of parts) {
          elapsedS += durationS;
          blockJ[0] += durationS * powerW;
          profile.add(elapsedS);
        }
        profile.end(elapsedS);
        const { count, ticks, differenceW } = profile.parts;
        const all = ticks.subarray(0, count).reduce((sum, n) => sum + n, 0);
        let energyJ = 0;
        for (let p = 0; p < count; p++) {
          expect(ticks[p]).toBeGreaterThan(0);
          energyJ += (ticks[p] / all) * elapsedS * (profile.meanW[0] + differenceW[p]);
        }
        expect(Math.abs(energyJ - blockJ[0])).toBeLessThanOrEqual(1e-12 * blockJ[0]);
      }),
      lawOptions(200, 40),
    );
  });
});

test.each(someOf(['race-to-idle', 'performance', '{name: race-to-idle, idle: gated}', 'powersave', 'static-best'], 1))(
  'epochs of 0.1 to 10 ms agree on peak and energy: %s',
  (policy) => {
    const of = (epoch: string) =>
      go(
        `policy: ${policy}\ninferences: {period: 1.3ms, duration: 40ms}\nstart: steady\ndeadline: 1ms\nlimit: 60C\nepoch: ${epoch}`,
      );
    const [reference, ...others] = ['100us', '370us', '1ms', '5ms', '10ms'].map(of);
    for (const other of others) {
      expect(Math.abs(other.thermal!.peakK - reference.thermal!.peakK)).toBeLessThan(0.1);
      expect(Math.abs(other.energyJ.total / reference.energyJ.total - 1)).toBeLessThan(0.002);
    }
  },
);

// Peaks differ by 0.023 K at most and energies by 0.05 %; pace decides at epochs too, and is left out.
longTest.each(
  ['quickstart-hp', 'four-arrays', 'power-gating'].flatMap((name) =>
    ['performance', 'powersave', 'race-to-idle', 'static-best', 'gate-idle-pes'].map(
      (policy) => [name, policy] as const,
    ),
  ),
)('epochs of 0.1 to 10 ms agree on the bundled %s under %s', (name, policy) => {
  const { like, plant } = bundled(name);
  const [reference, ...others] = ['100us', '370us', '1ms', '5ms', '10ms'].map((epoch) => {
    const set = [`epoch=${epoch}`, 'inferences.duration=100ms', 'start=steady'].map(parseOverride);
    return runScenario(plant, loadExperiment(memoryFiles(), source(name), { policy, overrides: set, like }));
  });
  for (const other of others) {
    expect(Math.abs(other.thermal!.peakK - reference.thermal!.peakK)).toBeLessThan(0.1);
    expect(Math.abs(other.energyJ.total / reference.energyJ.total - 1)).toBeLessThan(0.002);
  }
});

const plants = new Map<string, { readonly like: Experiment; readonly plant: PreparedPlant }>();

function source(name: string) {
  const file = `${BUNDLED}experiments/${name}.yaml`;
  return { file, text: BUNDLED_TEXTS[file] };
}

function bundled(name: string) {
  const known = plants.get(name);
  if (known) return known;
  const like = loadExperiment(memoryFiles(), source(name));
  const made = { like, plant: preparePlant(like, { cache: MODELS }) };
  plants.set(name, made);
  return made;
}
