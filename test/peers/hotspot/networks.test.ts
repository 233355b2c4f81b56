import { describe, expect, test } from 'vitest';
import { hotspotModel } from '../../../src/peers/hotspot/build.ts';
import { readGroups } from '../../../src/peers/hotspot/field.ts';
import type { HotspotModel } from '../../../src/peers/hotspot/model.ts';
import { hotspotSteady } from '../../../src/peers/hotspot/steady.ts';
import { isGridNetwork } from '../../../src/thermal/network/network.ts';
import { goldenRows, largestDifference } from '../../thermal/support.ts';
import { goldenPower, goldenProblem, goldenSteady, RULES, solverFor } from './support.ts';

/** HotSpot's steady state of a case: the model, the field, and the values of its .steady file. */
function steadyOf(name: string) {
  const problem = goldenProblem(name);
  const model = hotspotModel(problem, RULES.hotspot);
  const { rise } = hotspotSteady(problem, model, goldenPower(name, model), ({ network }) => solverFor(network));
  return { model, rise, values: readGroups(model, rise) };
}

const MODES = ['hotspot', 'physical'] as const;

describe('what is known before a network is made', () => {
  test.each([
    'two-block-steady',
    'sys8-grid16-steady',
    'sys8-grid16-secondary',
    'stack3-grid16-detailed',
    'stack3-grid16-secondary-detailed',
  ])('%s: its nodes, and whether planes are uniform', (name) => {
    for (const mode of MODES) {
      const { nodes, uniform, ambientK, network } = hotspotModel(goldenProblem(name), RULES[mode]);
      expect([nodes, uniform, ambientK]).toEqual([network.nodes, isGridNetwork(network), network.ambientK]);
    }
  });
});

function namesOf({ groups }: HotspotModel): string[] {
  return groups.flatMap(({ prefix, names }) => names.map((name) => `${prefix}${name}`));
}

// The block model and the SuperLU build solve the network directly and print 9 decimals; so does `direct`, an independent
// solution, within 4e-9 K of it at 128 x 128. Halves of the last decimal are 5e-10 K.
describe('steady states of HotSpot, every line of its .steady file', () => {
  test.each([
    ['two-block-steady', 'superlu'],
    ['two-block-step', 'superlu'],
    ['nonuni-block-steady', 'superlu'],
    ['sys8-block-const', 'superlu'],
    ['sys8-block-omitlat', 'superlu'],
    ['sys8-block-pkg', 'superlu'],
    ['sys8-block-shuffled', 'superlu'],
    ['sys8-block-square-1e-4', 'superlu'],
    ['sys8-block-restart', 'superlu'],
    ['sys8-block-leak', 'superlu'],
    ['sys8-block-natural', 'superlu'],
    ['sys8-block-fanpkg', 'superlu'],
    ['two-grid32x16-nonsquare', 'superlu'],
    ['nonuni-grid64-steady', 'superlu'],
    ['sys8-grid16-steady', 'superlu'],
    ['sys8-grid16-step-1e-5', 'superlu'],
    ['sys8-grid16-square-1e-3', 'superlu'],
    ['sys8-grid16-restart', 'superlu'],
    ['sys8-grid32-center', 'superlu'],
    ['sys8-grid32-min', 'superlu'],
    ['sys8-grid32-max', 'superlu'],
    ['sys8-grid32-leak', 'superlu'],
    ['sys8-grid64-steady', 'superlu'],
    ['sys8-grid128-steady', 'direct'],
    ['sys8-grid16-secondary', 'superlu'],
    ['sys8-grid16-secondary-tr', 'direct'],
    ['stack3-grid16-steady', 'superlu'],
    ['stack3-grid16-tr', 'superlu'],
    ['stack3-grid16-detailed', 'superlu'],
    ['stack3-grid16-detailed-tr', 'superlu'],
  ])('%s', (name, column) => {
    const { model, values } = steadyOf(name);
    const expected = goldenSteady(name);
    expect(namesOf(model)).toEqual(expected.names);
    const tolerance = name === 'sys8-grid128-steady' ? 5e-9 : 1e-9;
    expect(largestDifference(values, expected.column(column))).toBeLessThan(tolerance);
  });
});

test('secondary path, layer file and detailed cells together, as near as the default build comes', () => {
  const { model, values } = steadyOf('stack3-grid16-secondary-detailed');
  const expected = goldenSteady('stack3-grid16-secondary-detailed');
  expect(namesOf(model)).toEqual(expected.names);
  expect(largestDifference(values, expected.column('default'))).toBeLessThan(2e-3);
});

describe('every cell of its .grid.steady file that is kept', () => {
  test.each([
    'two-grid32x16-nonsquare',
    'sys8-grid16-steady',
    'sys8-grid16-secondary',
    'stack3-grid16-steady',
    'stack3-grid16-detailed',
  ])('%s', (name) => {
    const { model, rise } = steadyOf(name);
    const { rows, columns } = model.grid!;
    const cells = goldenRows(`${name}/grid.csv`);
    const ours = cells.map(
      ([layer, row, column]) => rise[(layer * rows + row) * columns + column] + model.network.ambientK,
    );
    // Printed with 6 decimals.
    expect(
      largestDifference(
        ours,
        cells.map((row) => row[4]),
      ),
    ).toBeLessThan(6e-7);
  });
});
