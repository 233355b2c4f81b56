/** Uncertain inputs: each factor moves what it should, and nothing else. */
import { expect, test } from 'vitest';
import { perturbed, preparePlant, runScenario } from '../../src/cosim/index.ts';
import { steadyResistance, stepResponse } from '../../src/thermal/index.ts';
import { diagnosticsOf } from '../energy/support.ts';
import { longTest } from '../tier.ts';
import { COARSE, load, MODELS, problemsOf } from './support.ts';

const TEXT = `version: 1
name: e
accelerator: edge-npu
workload: ./net.csv
inferences: { period: 500us, count: 4 }
epoch: 100us
start: ambient
policy: performance
`;
const experiment = load(TEXT, { overlay: COARSE });
const plant = preparePlant(experiment, { cache: MODELS });
const energyOf = (factors: Record<string, number>) =>
  runScenario(perturbed(plant, factors, MODELS), experiment).energyJ;
const nominal = runScenario(plant, experiment).energyJ;

test('twice the energy of an action is twice the dynamic and clock energy', () => {
  const { dynamic, idle, transition } = energyOf({ energy: 2 });
  expect(dynamic / nominal.dynamic).toBeCloseTo(2, 12);
  expect(idle / nominal.idle).toBeCloseTo(2, 12);
  expect(transition).toBe(nominal.transition);
});

test('leakage grows with its factor, and a little more because the die is hotter', () => {
  const { leakage, dynamic } = energyOf({ leakage: 2 });
  expect(dynamic).toBe(nominal.dynamic);
  expect(leakage / nominal.leakage).toBeGreaterThanOrEqual(2);
  expect(leakage / nominal.leakage).toBeLessThan(2.1);
});

longTest('a key of the package changes the thermal model', () => {
  const hotter = perturbed(plant, { r_convec: 1.5 }, MODELS);
  const rise = (model: typeof plant.plant.model): number => steadyResistance(model!)[0];
  expect(rise(hotter.plant.model)).toBeGreaterThan(rise(plant.plant.model));
  expect(perturbed(plant, { r_convec: 1 }).plant.model).toBe(plant.plant.model);
});

longTest('the load of a run, with the same factors, is the start of the run with other inputs', () => {
  const own = load(TEXT.replace('start: ambient', 'start: self-consistent'), { overlay: COARSE });
  const ownPlant = preparePlant(own, { cache: MODELS });
  const { load: found } = runScenario(ownPlant, own);
  const factors = { energy: 1.3, leakage: 0.8, r_convec: 1.5 };
  const guess = { ...found!, constantW: Array.from(found!.constantW, (powerW) => 1.3 * powerW) };
  const other = perturbed(ownPlant, factors, MODELS);
  const near = runScenario(other, own, { guess });
  const far = runScenario(other, own);
  // `performance` does not react to heat: one pass confirms the guess.
  expect(near.start!.iterations).toBe(1);
  expect(far.start!.iterations).toBeGreaterThan(1);
  expect(near.energyJ.total / far.energyJ.total).toBeCloseTo(1, 4);
});

longTest('every key of the package that may be uncertain changes temperatures, at once or in the end', () => {
  const [{ expected }] = diagnosticsOf(() => perturbed(plant, { nothing: 2 }));
  const keys = expected!.replace('one of leakage, energy, ', '').split(', ');
  expect(keys).toContain('r_convec');
  const seen = (model: NonNullable<typeof plant.plant.model>): number[] => [
    model.ambientK,
    steadyResistance(model)[0],
    stepResponse(model, 1e-3)[0],
    stepResponse(model, 10)[0],
  ];
  const usual = seen(plant.plant.model!);
  for (const key of keys) {
    expect(seen(perturbed(plant, { [key]: 1.2 }, MODELS).plant.model!), key).not.toEqual(usual);
  }
});

test('a number of the package that chooses a method, or belongs to a path that the design lacks, is no uncertain input', () => {
  expect(problemsOf(() => perturbed(plant, { grid_rows: 2 }))).toEqual(['unknown-name']);
  expect(problemsOf(() => perturbed(plant, { r_convec_sec: 2 }))).toEqual(['unknown-name']);
});

test('an unknown input is an error with the nearest name', () => {
  expect(problemsOf(() => perturbed(plant, { r_convex: 2 }))).toEqual(['unknown-name']);
});
