import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readTimeloop } from '../../src/formats/timeloop/index.ts';
import {
  evaluateTimeloop,
  machineOf,
  mappingOfNest,
  mapspaceOf,
  objectiveOf,
  searchAtRandom,
  searchByClimbing,
  searchExactly,
  searchGenetically,
} from '../../src/mapping/index.ts';

const read = (file: string) => ({
  file,
  text: readFileSync(new URL(`../golden/timeloop/map_conv_16x8/${file}.yaml`, import.meta.url), 'utf8'),
});
const { problem, architecture, energies, constraints } = readTimeloop(
  ['arch', 'problem', 'ert', 'constraints'].map(read),
);
const machine = machineOf(problem, architecture, energies);
const space = mapspaceOf(machine, constraints);
const objective = objectiveOf(['edp']);
const edp = ({ energyPj, cycles }: { readonly energyPj: number; readonly cycles: number }): number => energyPj * cycles;

const optimum = edp(searchExactly(space, objective, false).best!.cost);

// The space of timeloop-mapper's golden has 2,400 factorisations, so that a few thousand samples come near its optimum.
test.each([
  ['random', searchAtRandom],
  ['genetic', searchGenetically],
  ['climbing', searchByClimbing],
] as const)('a %s search repeats itself, stays above the optimum and counts what it evaluates', (_, search) => {
  const limits = { evaluations: 3000, seed: 7 };
  const found = search(space, objective, limits);
  expect(found.evaluations).toBe(3000);
  expect(found.reason).toBe('sampled');
  expect(search(space, objective, limits).best!.cost).toEqual(found.best!.cost);
  expect(edp(found.best!.cost)).toBeGreaterThanOrEqual(optimum);
  expect(edp(found.best!.cost)).toBeLessThan(1.5 * optimum);
  expect(found.lowerBound).toBeLessThanOrEqual(optimum);
  // The model of single mappings agrees, and the mapping fits.
  const { energyPj, cycles } = evaluateTimeloop(machine, mappingOfNest(machine, found.best!.nest));
  expect({ energyPj, cycles }).toEqual({ energyPj: found.best!.cost.energyPj, cycles: found.best!.cost.cycles });
});

test('a search that is told to stop states its best mapping and a bound that holds', () => {
  let looks = 0;
  const { best, lowerBound, reason } = searchExactly(space, objective, false, { isOver: () => ++looks > 0 });
  expect(reason === 'stopped' || reason === 'space cut').toBe(true);
  expect(lowerBound).toBeLessThanOrEqual(optimum);
  if (best) expect(edp(best.cost)).toBeGreaterThanOrEqual(optimum);
});
