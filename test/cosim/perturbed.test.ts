/** Uncertain inputs: each factor moves what it should, and nothing else. */
import { expect, test } from 'vitest';
import { perturbed, preparePlant, runScenario } from '../../src/cosim/index.ts';
import { steadyResistance } from '../../src/thermal/index.ts';
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

test('an unknown input is an error with the nearest name', () => {
  expect(problemsOf(() => perturbed(plant, { r_convex: 2 }))).toEqual(['unknown-name']);
});
