/** The bundled accelerator of 2 x 2 arrays, and what several arrays do in the loop. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BUNDLED } from '../../src/base/files.ts';
import { joined } from '../../src/base/source.ts';
import { type RunResult, runExperiment } from '../../src/cosim/index.ts';
import { actionCounts } from '../../src/energy/index.ts';
import { layersCsv, runText, traceCsv } from '../../src/report/index.ts';
import { lawOptions } from '../tier.ts';
import { BUNDLED_TEXTS, load, MODELS, problemsOf, SRAM, type Texts } from './support.ts';

const QUAD = `${BUNDLED}accelerators/quad-npu/accelerator.yaml`;
const ARCHITECTURE = `${BUNDLED}accelerators/quad-npu/architecture.yaml`;
/** The sizes quad-npu uses lie between runs of the sweep. */
const SWEEP = BUNDLED_TEXTS[SRAM]
  .split('\n')
  .filter((line) => /^size|,256,1,itrs-lstp/.test(line))
  .join('\n');
const OVERLAY: Texts = {
  [SRAM]: SWEEP,
  [QUAD]: BUNDLED_TEXTS[QUAD].replace('  package:', '  grid: { rows: 8, columns: 8 }\n  package:'),
  'net.csv': 'layer,type,m,n,k\na,gemm,400,96,256\nb,gemm,100,64,640\nc,gemm,1,500,500\n',
};
const loaded = (lines: string, overlay: Texts = {}) =>
  load(`version: 1\nname: e\naccelerator: quad-npu\nworkload: ./net.csv\n${lines}\n`, {
    overlay: { ...OVERLAY, ...overlay },
  });
const go = (lines = '', overlay: Texts = {}): RunResult => runExperiment(loaded(lines, overlay), { cache: MODELS });
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
const relative = (a: number, b: number) => Math.abs(a - b) / Math.abs(b);
const quadWith = (from: string | RegExp, to: string): Texts => ({ [QUAD]: OVERLAY[QUAD].replace(from, () => to) });

const POLICIES = [
  'performance',
  '{name: fixed, frequency: 400MHz}',
  '{name: race-to-idle, idle: gated}',
  'static-best',
  'pace',
  '[{name: step_wise, trip: 48C}, pace]',
  '{name: pid-frequency, target: 48C}',
  'component-util',
];

test('energy, heat and MACs are conserved on random experiments, however the layers are split', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...POLICIES),
      fc.constantFrom('spatial', 'spatio-temporal-rows', 'spatio-temporal-columns'),
      fc.constantFrom('os', 'ws', 'is'),
      fc.constantFrom('count: 5', 'duration: 1.7ms'),
      fc.constantFrom('37us', '400us'),
      (policy, split, dataflow, length, epoch) => {
        const overlay = {
          [QUAD]: OVERLAY[QUAD]
            .replace('split: spatial', `split: ${split}`)
            .replace('dataflow: os', `dataflow: ${dataflow}`),
        };
        const r = go(
          `policy: ${policy}\ninferences: {${length}}\nepoch: ${epoch}\nstart: steady\ndeadline: 600us\nlimit: 50C`,
          overlay,
        );
        const { conservation, energyJ, trace, layers, componentJ } = r;
        expect(conservation.energyRelative).toBeLessThan(1e-9);
        expect(conservation.heatRelative).toBeLessThan(1e-6);
        expect(conservation.macsDifference).toBe(0);
        expect(relative(sum(componentJ) + energyJ.transition, energyJ.total)).toBeLessThan(1e-9);
        expect(sum(layers.map((l) => l.macs))).toBeCloseTo(r.macs, 3);
        expect(Math.max(...layers.map((l) => l.utilisation))).toBeLessThanOrEqual(1);
        for (const { busy, stall, idle, dead } of trace.domains) {
          for (let n = 0; n < trace.epochs; n++) expect(busy[n] + stall[n] + idle[n] + dead[n]).toBeCloseTo(1, 9);
        }
      },
    ),
    lawOptions(50, 1),
  );
});

describe('equal arrays', () => {
  // 32 x 32 outputs of 64 words: a part of 16 x 16 for each array, in one fold of 64 + 16 + 16 - 2 = 94 cycles.
  const net = { 'net.csv': 'layer,type,m,n,k\na,gemm,32,32,64\n' };

  test('do equal work, by hand', () => {
    const { layers, components, componentJ, counts, experiment } = go('start: ambient\npolicy: performance', net);
    expect(layers[0]).toMatchObject({ macs: 65_536, cycles: 94, utilisation: 65_536 / (94 * 1024) });
    // Two arrays fetch each operand: 2 x 2,048 words; results leave once.
    expect(layers[0].dramBytes).toBe(2 * 2048 + 2 * 2048 + 1024);
    const pes = components.flatMap((name, c) => (name.endsWith('.pe') ? [componentJ[c]] : []));
    expect(pes).toHaveLength(4);
    for (const joules of pes) expect(relative(joules, pes[0])).toBeLessThan(1e-3);
    // What is handed over to Accelergy is of all of them.
    const { bound } = experiment.design.written;
    const macs = bound.findIndex(({ component, action }) => component === 'pe' && action === 'mac');
    expect(actionCounts(bound, counts)[macs]).toBe(65_536);
  });

  test('take the time of their transfers and of their cycles', () => {
    const { simulatedS } = go('start: ambient\npolicy: performance', net);
    // 8,192 bytes in over 8 GB/s and 100 ns, 94 cycles at 800 MHz, 1,024 bytes out.
    expect(relative(simulatedS, 8192 / 8e9 + 1e-7 + 94 / 800e6 + 1024 / 8e9)).toBeLessThan(1e-12);
  });
});

test('a clock that stands still holds up its own array alone', () => {
  // All are told to change at the first tick after the start; only core_0 has a lock of 50 us.
  const domains = OVERLAY[QUAD].replace(/ {2}core_\{array\}:\n([\s\S]*?)\n\n/, (_, rest: string) =>
    ['core_0', 'core_1', 'core_2', 'core_3']
      .map(
        (name) => `  ${name}:\n${rest.replace('25nF', name === 'core_0' ? '25nF, relock: 50us' : '25nF, relock: 0us')}`,
      )
      .join('\n')
      .concat('\n\n'),
  );
  // Written domain by domain; those of the components still name {array}.
  const r = go('policy: {name: bang_bang, trip: 45.5C}\nstart: ambient\nepoch: 10us\ninferences: {count: 5}', {
    [QUAD]: domains.replaceAll('domain: core_{array}', 'domain: "core_{array}"'),
  });
  const dead = r.trace.domains.map((domain) => Array.from(domain.dead).reduce((total, share) => total + share, 0));
  expect(dead[0]).toBeGreaterThan(1);
  expect(dead.slice(1)).toEqual([0, 0, 0]);
  const busy = r.trace.domains.map((domain) => Array.from(domain.busy));
  const still = Array.from(r.trace.domains[0].dead).findIndex((share) => share > 0.99);
  expect(busy[0][still]).toBe(0);
  expect(busy[3][still]).toBeGreaterThan(0);
});

test('every array has a region of the die with its own blocks', () => {
  const { die } = loaded('').design;
  const { blocks, widthM, heightM } = die!.floorplan;
  const middles = ['0', '1', '2', '3'].map((array) => {
    const own = blocks.filter(({ name }) => name.startsWith(`array_${array}.`));
    expect(own).toHaveLength(4 + 3);
    const mean = (of: (block: (typeof own)[number]) => number) => sum(own.map(of)) / own.length;
    return { x: mean((b) => b.leftM + b.widthM / 2), y: mean((b) => b.bottomM + b.heightM / 2) };
  });
  // Row by row from the north.
  expect(middles[0].x).toBeLessThan(middles[1].x);
  expect(middles[2].x).toBeLessThan(middles[3].x);
  expect(middles[0].y).toBeGreaterThan(middles[2].y);
  expect(sum(blocks.map((b) => b.widthM * b.heightM))).toBeCloseTo(widthM * heightM, 15);
});

test('names: components by array, one column where people read', () => {
  const r = go('start: ambient');
  expect(r.domains).toEqual(['core_0', 'core_1', 'core_2', 'core_3']);
  expect(r.components).toContain('array_2.filter_spad');
  expect(layersCsv(r).split('\n')[0]).toContain('energy_j:array_3.pe');
  expect(joined(traceCsv(r)).split('\n')[0]).toContain('frequency_hz:core_3');
  expect(runText(r)).toContain('2 x 2 arrays of 16 x 16');
  expect(runText(r)).toMatch(/energy +pe +ifmap_spad +filter_spad +ofmap_spad +dram/);
});

test('components that all arrays have together are told', () => {
  const shared = {
    [QUAD]: OVERLAY[QUAD].replace('  ofmap_spad:\n    domain: core_{array}', '  ofmap_spad:\n    domain: core_0'),
  };
  expect(runText(go('start: ambient', shared), { detail: 'verbose' })).toContain(
    'all arrays share these components, with the leakage and area of',
  );
  expect(runText(go('start: ambient'), { detail: 'verbose' })).not.toContain('all arrays share these components');
});

describe('refused', () => {
  const problems = (overlay: Texts) => problemsOf(() => loaded('', overlay));

  test('instances that arrays cannot share', () => {
    const overlay = {
      [ARCHITECTURE]: BUNDLED_TEXTS[ARCHITECTURE].replace('ofmap_spad[0..arrays-1]', 'ofmap_spad[0..2]'),
    };
    expect(problems(overlay)[0]).toMatch(/^out-of-range .*architecture\.yaml/);
  });

  test('prefetching across a barrier, where retention is consecutive', () => {
    const older = 'prefetch_across_layers: true\nmemory: { retention: consecutive }';
    const found = problems(quadWith('\nwords:', `\n${older}\n\nwords:`));
    expect(found).toEqual([expect.stringMatching(/^out-of-range .*accelerator\.yaml:\d+:\d+ true$/)]);
  });

  test('a split there is not, a domain there is not, and too many arrays', () => {
    expect(problems(quadWith('split: spatial', 'split: spacial'))[0]).toMatch(/spacial$/);
    expect(problems(quadWith('domain: core_{array}\n  partitions', 'domain: core_{row}\n  partitions'))).toEqual([
      expect.stringMatching(/^unknown-name/),
    ]);
    expect(problems(quadWith('{ rows: 2, columns: 2, split', '{ rows: 200, columns: 2, split'))[0]).toMatch(
      /^out-of-range/,
    );
  });
});
