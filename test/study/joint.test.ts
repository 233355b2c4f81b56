import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { layerCosts, load, preparePlant, settingsOf } from '../../src/cosim/index.ts';
import { drained } from '../../src/mapping/index.ts';
import { nodeFiles } from '../../src/node/index.ts';
import {
  bestJointly,
  bestMappingInSteps,
  isothermModel,
  type JointResult,
  jointReport,
  jointText,
} from '../../src/study/joint/index.ts';
import { MODELS } from '../cosim/support.ts';

const plants = ['os', 'ws', 'is'].map((dataflow) => {
  const set = {
    'accelerator.array.dataflow': dataflow,
    'accelerator.thermal.grid': '{rows: 8, columns: 8}',
    workload: 'alexnet',
  };
  return { dataflow, prepared: preparePlant(load(nodeFiles, 'one-inference', { set }), { cache: MODELS }) };
});
const tables = plants.map(({ prepared }) => {
  const { domains, blocks, model } = prepared.plant;
  return layerCosts(prepared, settingsOf(domains, 1000)!, new Float64Array(blocks.length).fill(model!.ambientK));
});
const layers = tables[0].layers;
const settings = tables[0].settings.length;

/** The least value over all dataflows and settings of a layer. */
const least = (layer: number, column: 'timeS' | 'energyJ'): number =>
  Math.min(...tables.flatMap((table) => Array.from(table[column].subarray(layer * settings, (layer + 1) * settings))));
const sum = (column: 'timeS' | 'energyJ'): number =>
  Array.from({ length: layers }, (_, layer) => least(layer, column)).reduce((all, value) => all + value, 0);

const found = (result: ReturnType<typeof bestJointly>): JointResult => {
  if ('leastS' in result) throw new Error('unmeetable');
  return result;
};

describe('the best dataflow and operating points of each layer', () => {
  test('take each layer at its least energy, or at its least time', () => {
    expect(found(bestJointly(plants, 'energy')).energyJ).toBeCloseTo(sum('energyJ'), 12);
    expect(found(bestJointly(plants, 'delay')).timeS).toBeCloseTo(sum('timeS'), 12);
  });

  test('equal the costs of the schedule of a single dataflow, and never exceed them', () => {
    for (const objective of ['energy', 'edp', 'ed2p'] as const) {
      const all = found(bestJointly(plants, objective));
      for (const plant of plants) {
        const alone = found(bestJointly([plant], objective));
        expect(all.value).toBeLessThanOrEqual(alone.value * (1 + 1e-12));
        expect(all.single[plant.dataflow]).toEqual({ energyJ: alone.energyJ, timeS: alone.timeS });
      }
      expect(all.lowerBound).toBe(all.value);
    }
  });

  test('keep a deadline at a proven least energy between the two extremes', () => {
    const [fast, frugal] = [found(bestJointly(plants, 'delay')), found(bestJointly(plants, 'energy'))];
    const deadlineS = (fast.timeS + frugal.timeS) / 2;
    const { timeS, energyJ, lowerBound } = found(bestJointly(plants, 'energy', deadlineS));
    expect(timeS).toBeLessThanOrEqual(deadlineS * (1 + 1e-12));
    expect(energyJ).toBeGreaterThanOrEqual(frugal.energyJ);
    expect(energyJ).toBeLessThanOrEqual(fast.energyJ);
    expect(lowerBound).toBe(energyJ);
    expect(bestJointly(plants, 'energy', fast.timeS / 2)).toEqual({ leastS: expect.closeTo(fast.timeS, 12) });
  });
});

test('a search that is stopped before two dataflows has the best of the first one, and says what it left out', () => {
  const candidates = plants.map(({ dataflow, prepared }) => ({ dataflow, prepare: () => prepared }));
  const prepare = (): (typeof plants)[0]['prepared'] => plants[0].prepared;
  const steps = bestMappingInSteps('alexnet', candidates, 'edp', Number.POSITIVE_INFINITY, prepare, () => true);
  const stopped = drained(steps);
  if ('leastS' in stopped) throw new Error('unmeetable');
  const { value } = found(bestJointly([plants[0]], 'edp'));
  expect(stopped.result.value).toBe(value);
  expect(stopped.result.lowerBound).toBe(0);
  expect(stopped.untried).toEqual(['ws', 'is']);
  const text = jointText(stopped, 'edp', Number.POSITIVE_INFINITY);
  expect(text).toContain(`Best EDP found ${value.toPrecision(6)}, lower bound 0.00000, gap 100 %: stopped`);
  expect(text).toContain('Stopped before ws and is');
});

test('the page has a bar for each layer, in the colour of its dataflow, and bars of equal sums', () => {
  const result = found(bestJointly(plants, 'energy'));
  const handover = { mapping: '', policy: '', replayed: { energyJ: result.energyJ, timeS: 2 * result.timeS } };
  const { bars, facts, sentences, tables } = jointReport(
    'alexnet',
    { result, handover, untried: [], isStopped: false },
    'energy',
    result.timeS,
  );
  const [energy, time, alone] = bars;
  const sumOf = (rows: typeof energy.rows): number => rows.flatMap(({ values }) => values).reduce((a, b) => a + b, 0);
  expect(energy.rows.map(({ name }) => name)).toEqual(result.layers.map(({ layer }) => layer));
  expect(sumOf(energy.rows)).toBeCloseTo(result.energyJ, 12);
  expect(sumOf(time.rows)).toBeCloseTo(result.timeS, 12);
  const owners = energy.rows.map(({ values }) => energy.parts[values.findIndex((value) => value > 0)].name);
  expect(owners).toEqual(result.layers.map(({ dataflow }) => dataflow));
  expect(alone.rows.map(({ name }) => name)).toEqual(['best for each layer', 'os alone', 'ws alone', 'is alone']);
  expect(facts.map(([name]) => name)).toContain('Deadline');
  expect(sentences).toContain('There it misses the deadline.');
  expect(tables[0].rows).toHaveLength(layers);
});

describe('our cost model', () => {
  const { layers: chosen } = found(bestJointly(plants, 'edp'));
  const { domains } = plants[0].prepared.plant;
  const mappingOf = (layer: number) => ({
    dataflow: chosen[layer].dataflow,
    points: domains.map(({ points }, d) =>
      points.findIndex(({ frequencyHz }) => frequencyHz === chosen[layer].frequencyHz[d]),
    ),
  });

  test('says of each choice what the search says of it', () => {
    for (const layer of [0, layers - 1]) {
      const cost = isothermModel.evaluate(layer, plants, mappingOf(layer));
      expect(cost.timeS).toBe(chosen[layer].timeS);
      expect(cost.energyPj).toBe(chosen[layer].energyJ * 1e12);
      expect(cost.cycles).toBe(chosen[layer].cycles);
      expect(isothermModel.schedule(layer, plants, mappingOf(layer)).cycles).toBe(cost.cycles);
    }
  });

  test.each([
    ['another dataflow', 0, { dataflow: 'nvdla', points: domains.map(() => 0) }],
    ['a layer too many', layers, { dataflow: 'os', points: domains.map(() => 0) }],
    ['a point too many', 0, { dataflow: 'os', points: domains.map(({ points }) => points.length) }],
    ['no points', 0, { dataflow: 'os', points: [] }],
  ])('refuses %s', (_, layer, mapping) => {
    expect(() => isothermModel.evaluate(layer, plants, mapping)).toThrow(InputError);
  });
});
