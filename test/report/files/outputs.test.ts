import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { COUNTER_INDEX } from '../../../src/base/counters.ts';
import { joined } from '../../../src/base/source.ts';
import type { RunResult } from '../../../src/cosim/index.ts';
import { actionCounts } from '../../../src/energy/index.ts';
import { readCsv } from '../../../src/formats/csv.ts';
import { activityCsv } from '../../../src/report/files/activity.ts';
import { artefacts } from '../../../src/report/files/artefacts.ts';
import { layersCsv } from '../../../src/report/files/layers.ts';
import { runAssumptions, runSummary } from '../../../src/report/files/summary.ts';
import { problemsOf, QUICKSTART, run } from '../../cosim/support.ts';
import { DIE_FILES, RUN_FILES } from '../../support/run-files.ts';

// A convolution, a product of several folds, a name with a comma, and layers that are left out.
const NETWORK = `layer,type,ifmap_h,ifmap_w,channels,filter_h,filter_w,filters,stride,padding,m,n,k
"conv, first",conv,12,12,3,3,3,40,1,1,,,
act,activation,,,,,,,,,,,
pool,pool,,,,,,,,,,,
product,gemm,,,,,,,,,70,33,50
`;
const small = (...set: string[]): RunResult =>
  run(QUICKSTART, { overlay: { 'net.csv': NETWORK }, set: ['workload=./net.csv', ...set] });

function table(text: string): Record<string, string>[] {
  const [header, ...rows] = readCsv({ file: 'x.csv', text }).map((row) => row.map((cell) => cell.text));
  return rows.map((row) => Object.fromEntries(header.map((name, i) => [name, row[i]])));
}

const WORDS = [
  ...['macs', 'ifmap_sram_reads', 'filter_sram_reads', 'ofmap_sram_reads', 'ofmap_sram_writes'],
  ...['dram_ifmap_reads', 'dram_filter_reads', 'dram_ofmap_reads', 'dram_ofmap_writes'],
] as const;

test('the files of a run, each made when it is asked for', () => {
  const result = small();
  const files = artefacts(result, { inputsHash: 'abc' });
  // The quickstart's design has no floorplan to simulate, so none for HotSpot.
  const expected = [...RUN_FILES, ...(result.thermal ? DIE_FILES : [])];
  expect(Object.keys(files).sort()).toEqual(expected.sort());
  expect(joined(files['layers.csv']())).toBe(layersCsv(result));
  expect(JSON.parse(joined(files['summary.json']()))).toEqual(
    JSON.parse(JSON.stringify(runSummary(result, { inputsHash: 'abc' }))),
  );
});

describe('ert.csv', () => {
  const result = small();
  const rows = table(joined(artefacts(result, { inputsHash: 'abc' })['ert.csv']()));

  test('has a row for each action and voltage, and its source', () => {
    const actions = result.experiment.design.ert.components.flatMap(({ component, actions }) =>
      actions.map(({ action }) => `${component.name} ${action}`),
    );
    expect(rows.map(({ component, action }) => `${component} ${action}`)).toEqual(actions);
    expect(rows.every(({ source }) => source !== '')).toBe(true);
  });

  test('counts x energies are the dynamic energy of the run', () => {
    // The run keeps to one supply, so its energy is the sum over actions of counts x E(V).
    const energies = new Map(rows.map((row) => [`${row.component} ${row.action}`, Number(row.energy_pj) * 1e-12]));
    const { bound } = result.experiment.design;
    const counts = actionCounts(bound, result.counts);
    const sum = bound.reduce(
      (total, { component, action }, i) => total + counts[i] * energies.get(`${component} ${action}`)!,
      0,
    );
    expect(sum / result.actionJ.reduce((a, b) => a + b)).toBeCloseTo(1, 7);
  });
});

describe('layers.csv', () => {
  const result = small();
  const text = layersCsv(result);

  test('has the columns of the output contract, and LF ends', () => {
    // DESIGN, section 6, "Output contract": the fixed names, then one column a component.
    const parts = result.components.flatMap((name) =>
      ['dynamic', 'idle', 'leakage'].map((part) => `${part}_j:${name}`),
    );
    expect(text.split('\n')[0].replace(`,${parts.join(',')},w_per_mm2`, '')).toBe(
      'layer,macs,cycles,time_s,stall_s,utilisation,dram_bytes,energy_j,' +
        'energy_j:pe,energy_j:ifmap_spad,energy_j:filter_spad,energy_j:ofmap_spad,energy_j:dram,waits_for,fold_order',
    );
    expect(text).not.toContain('\r');
    expect(text.endsWith('\n')).toBe(true);
    expect(text.split('\n')).toHaveLength(4);
    expect(text).toContain('\n"conv, first",');
  });

  test('has what the run found, with nine digits', () => {
    table(text).forEach((row, i) => {
      const layer = result.layers[i];
      expect(row).toMatchObject({ layer: layer.name, macs: String(layer.macs), cycles: String(layer.cycles) });
      expect(row.time_s).toBe(String(Number(layer.timeS.toPrecision(9))));
      expect(row.energy_j).toBe(String(Number(layer.energyJ.toPrecision(9))));
      const parts = result.components.map((name) => Number(row[`energy_j:${name}`]));
      expect(parts.reduce((a, b) => a + b) / Number(row.energy_j)).toBeCloseTo(1, 8);
      expect(Number(row.dram_bytes)).toBe(layer.dramBytes);
      // W/mm2 x area x time is the energy of what has an area.
      const onDie = result.experiment.design.ert.components.filter(({ areaM2 }) => areaM2 > 0);
      const areaMm2 = onDie.reduce((sum, { areaM2, component }) => sum + areaM2 * component.count * 1e6, 0);
      const onDieJ = onDie.reduce((sum, { component }) => sum + Number(row[`energy_j:${component.name}`]), 0);
      expect((Number(row.w_per_mm2) * areaMm2 * layer.timeS) / onDieJ).toBeCloseTo(1, 7);
      for (const name of result.components) {
        const [whole, ...split] = ['energy', 'dynamic', 'idle', 'leakage'].map((part) =>
          Number(row[`${part}_j:${name}`]),
        );
        expect(split.reduce((a, b) => a + b) / whole).toBeCloseTo(1, 7);
      }
    });
  });
});

describe('activity.csv', () => {
  const result = small();
  const longest = Math.max(...result.layers.map((l) => l.cycles));

  test('has the columns of the output contract', () => {
    expect(joined(activityCsv(result.schedules, 100)).split('\n')[0]).toBe(
      `layer_index,layer,start_cycle,end_cycle,${WORDS.join(',')}`,
    );
  });

  test.each([1, 7, 100, longest, longest + 1, 1e9])(
    'windows of %d cycles add up to the layer, word for word',
    (interval) => {
      const rows = table(joined(activityCsv(result.schedules, interval)));
      result.schedules.forEach(({ layer: { name }, cycles, counts }, index) => {
        const own = rows.filter((row) => row.layer_index === String(index));
        expect(own).toHaveLength(Math.ceil(cycles / interval));
        expect(own[0].start_cycle).toBe('0');
        expect(own.at(-1)?.end_cycle).toBe(String(cycles));
        own.forEach((row, i) => {
          expect(row.layer).toBe(name);
          if (i > 0) expect(row.start_cycle).toBe(own[i - 1].end_cycle);
          for (const word of WORDS) expect(row[word], `${name} ${word}`).toMatch(/^\d+$/);
        });
        for (const word of WORDS) {
          const total = own.reduce((sum, row) => sum + Number(row[word]), 0);
          expect(total, `${name} ${word}`).toBe(counts[COUNTER_INDEX[word]]);
        }
      });
    },
  );

  test('narrow windows add up to wide ones, but for words that straddle their ends', () => {
    const narrow = table(joined(activityCsv(result.schedules, 10)));
    for (const wide of table(joined(activityCsv(result.schedules, 50)))) {
      const inside = narrow.filter(
        (row) =>
          row.layer_index === wide.layer_index &&
          Number(row.start_cycle) >= Number(wide.start_cycle) &&
          Number(row.end_cycle) <= Number(wide.end_cycle),
      );
      for (const word of WORDS)
        expect(inside.reduce((sum, row) => sum + Number(row[word]), 0)).toBe(Number(wide[word]));
    }
  });

  test('an interval of too many rows is refused where it is written', () => {
    const big = run(QUICKSTART, { set: ['batch=16', 'activity_interval=1'] });
    const span = big.experiment.spec.document.span(['activity_interval']);
    // 16 images take some 34 million cycles.
    expect(problemsOf(() => activityCsv(big.schedules, 1, span))).toEqual(['out-of-range --set:1:19 1']);
    expect(() => activityCsv(big.schedules, 1)).toThrow(/expected an activity_interval of \d+ cycles or more/);
    // The other files can be had all the same.
    const files = artefacts(big, { inputsHash: 'abc' });
    expect(problemsOf(() => files['activity.csv']())).toEqual(['out-of-range --set:1:19 1']);
    expect(joined(files['layers.csv']())).toBe(layersCsv(big));
  });
});

describe('summary.json', () => {
  const result = small();
  const summary = runSummary(result, { inputsHash: 'abc' });

  test('has the keys of the output contract that are computed now, and no others', () => {
    expect(Object.keys(summary)).toEqual([
      ...['version', 'experiment', 'accelerator', 'workload', 'policy', 'seed', 'inputsHash'],
      ...['epochS', 'simulatedS', 'epochs', 'inferences', 'deadline', 'operatingPoints'],
      ...['cycles', 'stallS', 'utilisation', 'macs', 'energyJ', 'wPerMm2', 'transitions', 'conservation'],
      ...['omittedLayers', 'assumptions'],
    ]);
    expect(summary).toMatchObject({
      ...{ version: 1, experiment: 'quickstart', accelerator: 'edge-npu', workload: 'net', policy: 'fixed', seed: 0 },
      ...{ inputsHash: 'abc', inferences: 1, operatingPoints: { core: { frequencyHz: 8e8, voltageV: 1.05 } } },
      omittedLayers: [
        { name: 'act', type: 'activation' },
        { name: 'pool', type: 'pool' },
      ],
    });
    // What needs a floorplan is absent, never zero.
    expect(Object.keys(summary.energyJ)).toEqual([
      ...['total', 'dynamic', 'idle', 'leakage', 'dram', 'transition', 'perInference', 'byComponent'],
    ]);
    expect(Object.keys(summary.conservation)).toEqual(['energyRelative', 'macsDifference']);
  });

  test('agrees with layers.csv and with itself', () => {
    const rows = table(layersCsv(result));
    const total = (column: string) => rows.reduce((sum, row) => sum + Number(row[column]), 0);
    expect(total('macs')).toBe(summary.macs);
    expect(total('cycles')).toBe(summary.cycles);
    expect(total('time_s') / summary.simulatedS).toBeCloseTo(1, 8);
    expect(total('stall_s') / summary.stallS).toBeCloseTo(1, 8);
    expect(total('energy_j') / summary.energyJ.total).toBeCloseTo(1, 8);
    for (const [name, joules] of Object.entries(summary.energyJ.byComponent)) {
      expect(total(`energy_j:${name}`) / joules).toBeCloseTo(1, 8);
    }
    // W/mm2 x area x time is the energy again; what is off the die has none.
    const { components } = result.experiment.design.ert;
    for (const { component, areaM2 } of components) {
      const density = summary.wPerMm2.byComponent[component.name];
      const areaMm2 = areaM2 * component.count * 1e6;
      if (areaMm2 === 0) expect(density).toBeUndefined();
      else
        expect((density * areaMm2 * summary.simulatedS) / summary.energyJ.byComponent[component.name]).toBeCloseTo(
          1,
          9,
        );
    }
    expect((summary.energyJ as { perInference?: number }).perInference).toBe(summary.energyJ.total);
    expect(summary.utilisation).toBe(summary.macs / (summary.cycles * 32 * 32));
  });

  test('is plain JSON: nothing is lost on the way', () => {
    expect(JSON.parse(JSON.stringify(summary))).toEqual(summary);
    expect(JSON.stringify({ ...summary, deadline: 0 })).not.toContain('null');
  });

  test('has the cost only if asked', () => {
    expect(runSummary(result, { inputsHash: 'abc', cost: { cpuS: 1, peakMemoryBytes: 2 } })).toEqual({
      ...summary,
      cost: { cpuS: 1, peakMemoryBytes: 2 },
    });
  });

  test('lists what is assumed: of the accelerator, then of the figures with the components that use them', () => {
    const assumptions = runAssumptions(result);
    expect(assumptions[0]).toMatch(/^DRAM background power of 30 mW/);
    expect(assumptions).toContain('300 K assumed (pe intmultiplier, pe intadder)');
    expect(new Set(assumptions).size).toBe(assumptions.length);
  });
});

// Accelergy 0.4 on these two files (accelergy ERT.yaml action_counts.yaml -f energy_estimation) computes the same sums, by hand.
test('ERT.yaml and action_counts.yaml make up the energy of the actions of each component', () => {
  const result = small('policy=race-to-idle', 'inferences={count: 3, period: 1ms}', 'epoch=20us');
  const files = artefacts(result, { inputsHash: 'abc' });
  const { ERT } = parse(joined(files['ERT.yaml']())) as {
    ERT: { tables: { name: string; actions: { name: string; energy: number }[] }[] };
  };
  const { action_counts } = parse(joined(files['action_counts.yaml']())) as {
    action_counts: { subtree: { name: string; local: { name: string; action_counts: Count[] }[] }[] };
  };
  const [tree] = action_counts.subtree;
  expect(result.transitions).toBeGreaterThan(0);
  result.components.forEach((component, c) => {
    const { name, action_counts: counts } = tree.local.find((one) => one.name.replace(/\[.*/, '') === component)!;
    const { actions } = ERT.tables.find((table) => table.name === `${tree.name}.${name}`)!;
    const energyPj = counts.reduce((sum, count) => {
      return sum + count.counts * actions.find((action) => action.name === count.name)!.energy;
    }, 0);
    expect((energyPj * 1e-12) / result.actionJ[c]).toBeCloseTo(1, 12);
  });
});

interface Count {
  readonly name: string;
  readonly counts: number;
}
