import { describe, expect, test } from 'vitest';
import { HOTSPOT_DEFAULTS } from '../../../src/formats/hotspot/config.ts';
import { readInitialTemperatures, readPowerTrace } from '../../../src/formats/hotspot/floorplan-and-trace.ts';
import { hotspotModel } from '../../../src/peers/hotspot/build.ts';
import { readGroups, readUnits, unitSources } from '../../../src/peers/hotspot/field.ts';
import { belowThreshold, initialField, initialTemperatures, startFrom } from '../../../src/peers/hotspot/initial.ts';
import { cosineCg } from '../../../src/thermal/index.ts';
import type { GridNetwork } from '../../../src/thermal/network/network.ts';
import { codesOf, golden, goldenRows, largestDifference } from '../../thermal/support.ts';
import { dieProblem, goldenProblem, RULES } from './support.ts';

const RESTART = hotspotModel(goldenProblem('sys8-grid16-restart'), RULES.hotspot);
const LINES = readInitialTemperatures(golden('sys8-grid16-restart/start.init'));

// A die of 4 x 1 mm: blocks of 1 and 2 mm, and a gap of 1 mm at the east end (the floorplan's box is kept by a sliver).
const GAPPED = dieProblem({ ...HOTSPOT_DEFAULTS, model_type: 'grid', grid_rows: 1, grid_cols: 8 }, [
  { name: 'a', leftM: 0, bottomM: 0, widthM: 1.25e-3, heightM: 1e-3 },
  { name: 'b', leftM: 1.25e-3, bottomM: 0, widthM: 1.5e-3, heightM: 1e-3 },
  { name: 'c', leftM: 3.5e-3, bottomM: 0, widthM: 0.5e-3, heightM: 1e-3 },
]);

describe('.init files', () => {
  test('blocks: a field that reads as the file', () => {
    const model = hotspotModel(goldenProblem('sys8-block-restart'), RULES.hotspot);
    const lines = readInitialTemperatures(golden('sys8-block-restart/start.init'));
    const values = initialTemperatures(model, lines);
    expect([...values]).toEqual(lines.map((line) => line.temperatureK));
    expect(largestDifference(readGroups(model, initialField(model, values)), values)).toBeLessThan(1e-12);
  });

  test('cells: the first backward-Euler step of HotSpot that starts there', () => {
    const { options } = goldenProblem('sys8-grid16-restart');
    const network = RESTART.network as GridNetwork;
    const rise = initialField(RESTART, initialTemperatures(RESTART, LINES));
    const { names, columns } = readPowerTrace(golden('sys8-grid16-restart/power.ptrace'));
    const shift = 1 / options.sampling_intvl;
    const source = unitSources(
      RESTART,
      RESTART.units.map((unit) => columns[names.indexOf(unit)][0]),
    );
    for (let i = 0; i < source.length; i++) source[i] += shift * network.capacity[i] * rise[i];
    cosineCg(network, { shift, tolerance: 1e-13 }).solve(source, rise);
    const [first] = goldenRows('sys8-grid16-restart/ttrace.superlu.csv');
    // Printed with 6 decimals.
    expect(largestDifference(readUnits(RESTART, rise), first)).toBeLessThan(6e-7);
  });

  test('names of a group in any order; groups complete and in order', () => {
    const swapped = [LINES[1], LINES[0], ...LINES.slice(2)];
    expect([...initialTemperatures(RESTART, swapped)]).toEqual([...initialTemperatures(RESTART, LINES)]);
    // The last line is shown for what is not there, each line that is too many.
    expect(codesOf(() => initialTemperatures(RESTART, LINES.slice(1)))).toEqual(['name-missing 116:1']);
    expect(codesOf(() => initialTemperatures(RESTART, []))).toEqual(['name-missing']);
    expect(codesOf(() => initialTemperatures(RESTART, [...LINES, LINES[3]]))).toEqual(['unknown-name 4:1']);
    expect(codesOf(() => initialTemperatures(RESTART, LINES.toSpliced(4, 2, { ...LINES[4], name: 'pe_9' })))).toEqual([
      'unknown-name 5:1',
      'name-missing 116:1',
    ]);
    expect(codesOf(() => initialTemperatures(RESTART, [LINES[0], ...LINES.slice(0, -1)]))[0]).toMatch(
      /^duplicate-name 1:/,
    );
    const moved = [...LINES.slice(26, 52), ...LINES.slice(0, 26), ...LINES.slice(52)];
    expect(codesOf(() => initialTemperatures(RESTART, moved))[0]).toMatch(/^unknown-name 27:/);
  });

  test('-dtm_used 1: scaled towards ambient down to the threshold, never up', () => {
    const options = { ...HOTSPOT_DEFAULTS, ambient: 300, thermal_threshold: 350 };
    expect([...belowThreshold(Float64Array.of(400, 320, 300), options)]).toEqual([350, 310, 300]);
    expect([...belowThreshold(Float64Array.of(349, 320), options)]).toEqual([349, 320]);
  });
});

describe('a gap in the floorplan', () => {
  // Cells of 0.5 mm: a has 2.5 of them, b 3 from the middle of cell 2 to the middle of cell 5, c the last; T 400, 350, 300.
  const values = (model: typeof RESTART): Float64Array =>
    Float64Array.from(
      model.groups.flatMap(({ names }) => names.map((name) => ({ a: 400, b: 350, c: 300 })[name] ?? 320)),
    );

  test('hotspot: cells start as cold as they are bare', () => {
    const model = hotspotModel(GAPPED, RULES.hotspot);
    const cells = initialField(model, values(model)).subarray(0, 8);
    const expected = [400, 400, 375, 350, 350, 175, 0, 300];
    expect(
      largestDifference(
        cells,
        expected.map((t) => t - HOTSPOT_DEFAULTS.ambient),
      ),
    ).toBeLessThan(1e-9);
  });

  test('physical: bare parts have the mean of their layer; the package starts by name', () => {
    const model = hotspotModel(GAPPED, RULES.physical);
    const field = initialField(model, values(model));
    const mean = (400 * 2.5 + 350 * 3 + 300) / 6.5;
    const expected = [400, 400, 375, 350, 350, 175 + mean / 2, mean, 300];
    for (const plane of [0, 3, 4]) {
      const cells = field.subarray(8 * plane, 8 * plane + 8);
      expect(
        largestDifference(
          cells,
          expected.map((t) => t - HOTSPOT_DEFAULTS.ambient),
        ),
      ).toBeLessThan(1e-9);
    }
    expect([...field.subarray(40)].map((rise) => rise + HOTSPOT_DEFAULTS.ambient)).toEqual(Array(12).fill(320));
  });

  test('one temperature for all', () => {
    const uniform = initialField(hotspotModel(GAPPED, RULES.physical), 350).map(
      (rise) => rise + HOTSPOT_DEFAULTS.ambient,
    );
    expect(largestDifference(uniform, new Float64Array(uniform.length).fill(350))).toBeLessThan(1e-9);
  });
});

describe('a start is known to be uniform without its field', () => {
  test.each(['two-block-steady', 'sys8-grid16-steady', 'stack3-grid16-detailed', 'two-grid32x16-nonsquare'])(
    '%s: one rise, which all nodes have',
    (name) => {
      const problem = goldenProblem(name);
      for (const mode of ['hotspot', 'physical'] as const) {
        const model = hotspotModel(problem, RULES[mode]);
        const start = startFrom(problem, model, 350);
        expect(start.uniformK).toBe(350 - model.ambientK);
        expect(largestDifference(start.rise(), new Float64Array(model.nodes).fill(start.uniformK!))).toBeLessThan(1e-6);
      }
    },
  );

  test('a gap: only where bare cells have a mean', () => {
    const uniformOf = (mode: 'hotspot' | 'physical'): number | null =>
      startFrom(GAPPED, hotspotModel(GAPPED, RULES[mode]), 350).uniformK;
    expect([uniformOf('hotspot'), uniformOf('physical')]).toEqual([null, 350 - HOTSPOT_DEFAULTS.ambient]);
  });

  test('temperatures by name: never taken for uniform', () => {
    const temperatures = new Float64Array(LINES.length).fill(350);
    expect(startFrom(goldenProblem('sys8-grid16-restart'), RESTART, temperatures).uniformK).toBeNull();
  });
});
