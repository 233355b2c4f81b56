import { describe, expect, test } from 'vitest';
import { COUNTERS } from '../../src/base/counters.ts';
import { bundledNames } from '../../src/base/files.ts';
import { joined } from '../../src/base/source.ts';
import { loadExperiment, type RunResult, runExperiment } from '../../src/cosim/index.ts';
import { type Attributes, accelergyFiles } from '../../src/energy/index.ts';
import { activityCsv } from '../../src/report/files/activity.ts';
import { layersCsv } from '../../src/report/files/layers.ts';
import { runSummary } from '../../src/report/files/summary.ts';
import { runText } from '../../src/report/terminal.ts';
import { workloadMacs } from '../../src/workload/index.ts';
import { someOf } from '../tier.ts';
import { LEAN, memoryFiles, run, SRAM } from './support.ts';

const experiment = (accelerator: string, workload: string, policy = 'fixed') =>
  `version: 1\nname: e\naccelerator: ${accelerator}\nworkload: ${workload}\npolicy: ${policy}\n`;
const relative = (a: number, b: number) => Math.abs(a - b) / Math.abs(b);
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

const settingsOf = ({ domains, trace }: RunResult) =>
  domains.map((domain, d) => ({
    domain,
    frequencyHz: trace.domains[d].frequencyHz[0],
    voltageV: trace.domains[d].voltageV[0],
  }));

function sameArguments(given: Attributes, values: ReadonlyMap<string, number>): boolean {
  return given.size === values.size && [...values].every(([name, value]) => given.get(name)?.value === value);
}

/** What the figures of the tables say, without the code that sums them: count x figure x (V / V0)^2, DRAM as it is. */
function independentEnergy(result: RunResult): number {
  const { counts, simulatedS } = result;
  const { spec, ert, bound } = result.experiment.design;
  const settings = settingsOf(result);
  let energyJ = spec.dram.backgroundW * simulatedS;
  for (const { component, action, arguments: values, coefficients } of bound) {
    const count = sum(COUNTERS.map((_, i) => coefficients[i] * counts[i]));
    const { domain } = spec.bindings[component];
    const voltageV = settings.find((s) => s.domain === domain)?.voltageV;
    const entry = ert.components.find((c) => c.component.name === component);
    const found = entry?.actions.find((a) => a.action === action && sameArguments(a.arguments, values));
    for (const part of found?.parts ?? []) {
      const scale = voltageV === undefined || part.voltageV === null ? 1 : (voltageV / part.voltageV) ** 2;
      energyJ += count * part.unitEnergyJ * part.actionScale * part.partScale * part.multiplicity * scale;
    }
  }
  return energyJ;
}

const NETWORKS = bundledNames(memoryFiles(), 'workload');
const PAIRS = ['edge-npu', 'cloud-tpu'].flatMap((accelerator) =>
  NETWORKS.map((network) => [accelerator, network] as const),
);

describe.each(PAIRS)('%s with %s', (accelerator, network) => {
  const result = run(experiment(accelerator, network));

  test('energy is the sum over components, over layers, and over actions', () => {
    const { energyJ, componentJ, layers } = result;
    expect(energyJ.total).toBeGreaterThan(0);
    expect(relative(sum(componentJ), energyJ.total)).toBeLessThan(1e-12);
    expect(relative(sum(layers.map((l) => l.energyJ)), energyJ.total)).toBeLessThan(1e-12);
    const { dynamic, idle, leakage, dram, transition } = energyJ;
    expect(relative(dynamic + idle + leakage + dram + transition, energyJ.total)).toBeLessThan(1e-12);
    expect(transition).toBe(0);
    for (const layer of layers) expect(relative(sum(layer.componentJ), layer.energyJ)).toBeLessThan(1e-12);
    expect(relative(independentEnergy(result), dynamic + dram)).toBeLessThan(1e-12);
  });

  test('the run conserves energy and MACs by its own account', () => {
    const { conservation, macs, experiment: loaded } = result;
    expect(conservation.energyRelative).toBeLessThan(1e-9);
    expect(conservation.macsDifference).toBe(0);
    expect(macs).toBe(workloadMacs(loaded.workload));
    expect(sum(result.layers.map((l) => l.macs))).toBe(macs);
  });

  test('a layer takes its cycles and its stalls', () => {
    const { design } = result.experiment;
    const hz = settingsOf(result).find((s) => s.domain === design.spec.arrays[0].array)!.frequencyHz;
    const pes = design.spec.array.rows * design.spec.array.columns;
    for (const { macs, cycles, timeS, stallS, utilisation, name } of result.layers) {
      expect(relative(cycles / hz + stallS, timeS), name).toBeLessThan(1e-12);
      expect(stallS, name).toBeGreaterThanOrEqual(0);
      expect(relative(utilisation, macs / (cycles * pes)), name).toBeLessThan(1e-12);
      expect(utilisation, name).toBeLessThanOrEqual(1);
    }
    expect(relative(sum(result.layers.map((l) => l.timeS)), result.simulatedS)).toBeLessThan(1e-12);
  });
});

test.each(someOf(['resnet18', 'mobilenet_v1'], 1))('%s at the seven operating points of edge-npu', (network) => {
  // accelerators/edge-npu/accelerator.yaml: 200 MHz at 0.75 V, then 0.05 V more every 100 MHz.
  const points = [200, 300, 400, 500, 600, 700, 800].map((mhz, i) => ({ mhz, voltageV: 0.75 + 0.05 * i }));
  const runs = points.map(({ mhz }) => run(experiment('edge-npu', network, `{name: fixed, frequency: ${mhz}MHz}`)));
  const [slowest] = runs;
  runs.forEach((result, i) => {
    const { mhz, voltageV } = points[i];
    expect(settingsOf(result)).toEqual([
      { domain: 'core', frequencyHz: expect.closeTo(mhz * 1e6, 3), voltageV: expect.closeTo(voltageV, 12) },
    ]);
    // On the die E goes with V^2. DRAM's goes with the words, which are the same, and with the time.
    expect(relative(result.energyJ.dynamic, slowest.energyJ.dynamic * (voltageV / 0.75) ** 2)).toBeLessThan(1e-12);
    const words = (r: RunResult) => r.energyJ.dram - 0.03 * r.simulatedS;
    expect(relative(words(result), words(slowest))).toBeLessThan(1e-12);
    expect(result.layers.map((l) => l.cycles)).toEqual(slowest.layers.map((l) => l.cycles));
    if (i === 0) return;
    // A faster clock never costs time, nor can it save more than its ratio. Of one layer neither holds: its filters come while the layer
    // before works, and a slower clock leaves more time for them.
    const ratio = points[i - 1].mhz / mhz;
    expect(result.simulatedS).toBeLessThan(runs[i - 1].simulatedS);
    expect(result.simulatedS).toBeGreaterThanOrEqual(runs[i - 1].simulatedS * ratio * (1 - 1e-12));
    expect(result.energyJ.dynamic).toBeGreaterThan(runs[i - 1].energyJ.dynamic);
  });
});

test('rails of their own: the memories of cloud-tpu keep their energy when only the array slows down', () => {
  const at = (mhz: number) =>
    run(experiment('cloud-tpu', 'alexnet', `{name: fixed, frequency: {array: ${mhz}MHz, memory: 700MHz}}`));
  const [fast, slow] = [at(700), at(300)];
  const of = (result: RunResult, name: string) => result.actionJ[result.components.indexOf(name)];
  // 1.00 V against 0.80 V
  expect(relative(of(slow, 'pe'), of(fast, 'pe') * 0.8 ** 2)).toBeLessThan(1e-12);
  for (const pad of ['ifmap_spad', 'filter_spad', 'accumulators'])
    expect(relative(of(slow, pad), of(fast, pad))).toBeLessThan(1e-12);
});

test('two runs say the same to the last byte', () => {
  const outputs = () => {
    const result = run(experiment('edge-npu', 'alexnet'));
    const { written, technology } = result.experiment.design;
    const { ert, classes, bound } = written;
    return {
      summary: JSON.stringify(runSummary(result, { inputsHash: 'hash' })),
      layers: layersCsv(result),
      activity: joined(activityCsv(result.schedules, 10_000)),
      text: runText(result),
      ...accelergyFiles(ert, { classes, bound, counts: result.counts, technology, globalCycleSeconds: 1e-9 }),
    };
  };
  expect(outputs()).toEqual(outputs());
});

test('the lean sweep of these tests is as good as the whole one', () => {
  const text = experiment('cloud-tpu', 'alexnet');
  const { [SRAM]: _, ...designs } = LEAN;
  const whole = loadExperiment(memoryFiles(designs), { file: 'exp.yaml', text });
  expect(runExperiment(whole).energyJ).toEqual(run(text).energyJ);
});

test('onProgress hears of every layer', () => {
  const seen: string[] = [];
  const loaded = run(experiment('edge-npu', 'alexnet')).experiment;
  runExperiment(loaded, { onProgress: (text) => seen.push(text) });
  expect(seen[0]).toBe('thermal model');
  expect(seen.slice(1, 9)).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((n) => `schedule of layer ${n} of 8`));
});

test('a design whose actions cost nothing', () => {
  const names = ['pe', 'ifmap_spad', 'filter_spad', 'ofmap_spad', 'dram'];
  const result = run(experiment('edge-npu', 'alexnet'), {
    set: [...names.map((name) => `accelerator.bindings.${name}.actions={}`), 'accelerator.dram.background_power=0W'],
  });
  const { total, leakage, dynamic, idle, dram } = result.energyJ;
  expect([dynamic, idle, dram]).toEqual([0, 0, 0]);
  expect(total).toBe(leakage);
  expect(result.conservation.energyRelative).toBeLessThan(1e-12);
  expect(runText(result)).not.toContain('NaN');
});
