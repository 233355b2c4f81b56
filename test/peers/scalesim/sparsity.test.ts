import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ScaleSimShape } from '../../../src/formats/scalesim/topology.ts';
import {
  readScaleSimInput,
  recordScaleSimLayer,
  type ScaleSimConfig,
  scaleSimReports,
  simulateScaleSim,
  simulateScaleSimLayer,
} from '../../../src/peers/scalesim/index.ts';
import { NumpyRandom } from '../../../src/peers/scalesim-engine/numpy-random.ts';
import { slowScaleSim } from '../../reference/scalesim.ts';
import { lawOptions, RUNS } from '../../tier.ts';
import { configText, type SparsityValues } from './support.ts';

type Cells = readonly (readonly string[])[];
type Report = 'compute' | 'bandwidth' | 'detail' | 'sparse';

/** Printed by SCALE-Sim v3; tool, version and command in test/golden/scalesim/README.md. */
interface Golden {
  readonly columns: Readonly<Record<Report, readonly string[]>>;
  readonly cases: readonly {
    readonly id: string;
    readonly topology: string;
    readonly form: 'conv' | 'gemm';
    readonly dataflow: string;
    readonly array: readonly [number, number];
    readonly sramKb: readonly [number, number, number];
    readonly sparsity: SparsityValues;
    readonly v3: Readonly<Record<Report, Cells>> & { readonly prefetch_total: readonly string[] };
  }[];
}

const GOLDEN = new URL('../../golden/scalesim/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, GOLDEN), 'utf8');
const { cases, columns }: Golden = JSON.parse(read('sparse.json'));

function reports(config: string, topology: string, form: 'conv' | 'gemm', told: string[] = []) {
  const texts = { config: { file: 'x.cfg', text: config }, topology: { file: 'x.csv', text: topology }, form };
  const input = readScaleSimInput(texts, { version: 'v3', tolerate: ({ code }) => told.push(code) });
  return scaleSimReports(simulateScaleSim(input, 'v3'), 'v3');
}

function csv(names: readonly string[], rows: Cells, end = ',\n'): string {
  const lines = rows.map((cells, i) => `${[i, ...cells].join(', ')},\n`);
  return `${['LayerID', ...names].join(', ')}${end}${lines.join('')}`;
}

describe('reports of sparse layers, character for character', () => {
  test('of as many runs as are meant', () => {
    const isRowWise = cases.filter(({ sparsity }) => sparsity.rowWise);
    expect([cases.length, isRowWise.length]).toEqual([24, 6]);
  });

  test.each(cases)('$id', ({ v3, topology, form, ...run }) => {
    const compute = v3.compute.map((cells, i) => [v3.prefetch_total[i], ...cells]);
    const config = configText({ ...run, version: 'v3', bandwidth: null });
    const told: string[] = [];
    expect(reports(config, read(`topology/${topology}.csv`), form, told)).toEqual({
      'COMPUTE_REPORT.csv': csv(columns.compute, compute),
      'BANDWIDTH_REPORT.csv': csv(columns.bandwidth, v3.bandwidth),
      'DETAILED_ACCESS_REPORT.csv': csv(columns.detail, v3.detail),
      'SPARSE_REPORT.csv': csv(columns.sparse, v3.sparse, ', \n'),
    });
    expect(told).toEqual([]);
  });
});

describe('configurations', () => {
  const run = { version: 'v3', array: [8, 8], sramKb: [1, 1, 1], dataflow: 'ws', bandwidth: null } as const;
  const sparse = (sparsity: SparsityValues, dataflow = 'ws'): string => configText({ ...run, dataflow, sparsity });
  const topology = 'h,\nc,9,9,3,3,2,4,1,1:4,\n';

  test('without SparsitySupport the ratios of a topology count for nothing, which is told', () => {
    const told: string[] = [];
    const dense = reports(configText(run), topology, 'conv', told);
    expect(told).toEqual(['option-unused']);
    expect(dense).toEqual(reports(configText(run), topology.replace('1:4,', '1:1,'), 'conv', told));
    expect(told).toHaveLength(1);
    expect(Object.keys(dense)).not.toContain('SPARSE_REPORT.csv');
  });

  test('dense layers stand beside sparse ones; under ws their reads are fractions too', () => {
    const { 'DETAILED_ACCESS_REPORT.csv': detail } = reports(
      sparse({ representation: 'csr' }),
      `${topology}d,9,9,3,3,2,4,1,\n`,
      'conv',
    );
    // T x Sr x Fc = 49 x 18 x 1 of the dense layer; 49 x 5 x 4/1 of the one that keeps words 0, 4, 8, 12 and 16.
    const reads = detail.split('\n').map((line) => line.split(', ')[3]);
    expect(reads.slice(1, 3)).toEqual(['980.0', '882.0']);
  });

  const wrong = (config: string): string[] => {
    try {
      reports(config, topology, 'conv');
      return [];
    } catch (error) {
      return (error as { diagnostics: { code: string }[] }).diagnostics.map(({ code }) => code);
    }
  };

  test.each([
    ['an unknown form', sparse({ representation: 'coo' }), ['unknown-name']],
    ['no seed', sparse({ representation: 'csr' }).replace(/Random.*\n/, ''), ['missing-key']],
    ['row-wise under os', sparse({ representation: 'csr', rowWise: { block: 4, seed: 1 } }, 'os'), ['not-supported']],
    ['blocks of 1', sparse({ representation: 'csr', rowWise: { block: 1, seed: 1 } }), ['out-of-range']],
    ['blocks of 5 on 8 rows', sparse({ representation: 'csr', rowWise: { block: 5, seed: 1 } }), ['out-of-range']],
    ['blocks of 16 on 8 rows', sparse({ representation: 'csr', rowWise: { block: 16, seed: 1 } }), ['out-of-range']],
  ])('%s', (_, config, codes) => {
    expect(wrong(config)).toEqual(codes);
  });

  test('one filter of one block from address 0, of which SCALE-Sim loses the first weight', () => {
    const atZero = sparse({ representation: 'csr' }).replace('FilterOffset:   10000000', 'FilterOffset:   0');
    const codes = (csv: string): string[] => {
      try {
        reports(atZero, csv, 'gemm');
        return [];
      } catch (error) {
        return (error as { diagnostics: { code: string }[] }).diagnostics.map(({ code }) => code);
      }
    };
    expect(codes('h,\ng,5,1,4,2:4,\n')).toEqual(['not-supported']);
    expect(codes('h,\ng,5,1,5,2:4,\n')).toEqual([]);
    expect(codes('h,\ng,5,2,4,2:4,\n')).toEqual([]);
  });
});

// numpy 1.24.4: np.random.seed(seed), then np.random.randint(1, high) as often as there are values.
test.each([
  [40, 5, [3, 4, 4, 2, 1, 1, 3, 2, 1, 4]],
  [0, 9, [5, 8, 6, 1, 4, 4, 4, 8, 2, 4]],
  [2 ** 32 - 1, 3, [2, 1, 1, 2, 1, 1, 1, 1, 2, 1]],
  [7, 2, [1, 1, 1]],
])('seed %d draws from 1 to below %d what numpy draws', (seed, high, values) => {
  const random = new NumpyRandom(seed);
  expect(values.map(() => random.integer(1, high))).toEqual(values);
});

test('so it does after it has used up its state three times', () => {
  // numpy: sum of the first 2000 of np.random.randint(1, 33) from seed 5, and the last of them.
  const random = new NumpyRandom(5);
  const values = Array.from({ length: 2000 }, () => random.integer(1, 33));
  expect([values.reduce((a, b) => a + b), values[1999]]).toEqual([33012, 29]);
});

const upTo = (max: number) => fc.integer({ min: 1, max });

const layer: fc.Arbitrary<ScaleSimShape> = fc
  .record({
    name: fc.constant('layer'),
    ifmapHeight: upTo(10),
    ifmapWidth: upTo(10),
    filterHeight: upTo(4),
    filterWidth: upTo(4),
    channels: upTo(9),
    filters: fc.integer({ min: 2, max: 30 }),
    strideHeight: upTo(3),
    strideWidth: upTo(3),
    sparsity: fc.tuple(upTo(8), upTo(8)).map(([a, b]) => ({ kept: Math.min(a, b), block: Math.max(a, b) })),
  })
  .filter((s) => s.filterHeight <= s.ifmapHeight && s.filterWidth <= s.ifmapWidth);

const config = fc
  .record({
    rows: fc.integer({ min: 2, max: 9 }),
    columns: fc.integer({ min: 2, max: 9 }),
    sramKb: fc.record({ ifmap: upTo(2), filter: upTo(2), ofmap: upTo(2) }),
    dataflow: fc.constantFrom('os' as const, 'ws' as const, 'is' as const),
    bandwidth: fc.oneof(
      fc.constant('CALC' as const),
      fc.record({ ifmap: upTo(20), filter: upTo(20), ofmap: upTo(20) }),
    ),
    representation: fc.constantFrom('csr' as const, 'csc' as const, 'ellpack_block' as const),
    block: fc.option(fc.integer({ min: 2, max: 9 })),
    seed: fc.nat(1000),
    dropsFirst: fc.boolean(),
  })
  .filter(({ rows, block }) => block === null || (block <= rows && (2 * rows) % block === 0))
  .map(({ rows, columns, block, seed, representation, dropsFirst, ...c }): ScaleSimConfig => {
    const sparsity = { representation, rowWise: block === null ? null : { block, seed }, dropsFirst };
    const dataflow = block === null ? c.dataflow : 'ws';
    const offsets = { ifmap: 0, filter: dropsFirst ? 0 : 10_000_000, ofmap: 20_000_000 };
    return { ...c, runName: 'run', array: { rows, columns }, dataflow, sparsity, offsets };
  });

test('cycles, stalls and accesses are those of stepping through matrices of addresses', () => {
  fc.assert(
    fc.property(layer, config, (shape, c) => {
      const { totalCycles, stallCycles, sram, dram } = simulateScaleSimLayer(shape, c, 'v3');
      const cycles = ({ start, stop }: { start: number; stop: number }) => ({ start, stop });
      const served = { ifmap: cycles(sram.ifmap), filter: cycles(sram.filter), ofmap: cycles(sram.ofmap) };
      expect({ totalCycles, stallCycles, sram: served, dram }).toEqual(slowScaleSim(shape, c, 'v3'));
    }),
    lawOptions(2 * RUNS),
  );
});

test('traces of filters whose addresses are not their own are refused', () => {
  const recorded = (text: string) => {
    const input = readScaleSimInput(
      { config: { file: 'c', text }, topology: { file: 't', text: 'h,\nG,4,5,8,2:4,\n' }, form: 'gemm' },
      { version: 'v3', tolerate: () => {} },
    );
    return recordScaleSimLayer(input.layers[0], input.config, 'v3');
  };
  const values = { version: 'v3', array: [8, 8], sramKb: [1, 1, 1], dataflow: 'ws', bandwidth: null } as const;
  const layerWise = configText({ ...values, sparsity: { representation: 'csr' } });
  expect(recorded(layerWise).report.totalCycles).toBeGreaterThan(0);
  const rowWise = configText({ ...values, sparsity: { representation: 'csr', rowWise: { block: 4, seed: 1 } } });
  expect(() => recorded(rowWise)).toThrow('row-wise sparse filters');
  expect(() => recorded(layerWise.replace(/FilterOffset: +\d+/, 'FilterOffset: 0'))).toThrow('from address 0');
});
