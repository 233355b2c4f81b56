import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Diagnostic, InputError } from '../../../src/base/errors.ts';
import { readScaleSimConfig, readSimulateConfig } from '../../../src/formats/scalesim/index.ts';
import { readScaleSimConv, readScaleSimGemm, scaleSimForm } from '../../../src/formats/scalesim/topology.ts';
import {
  gemmShape,
  type Layer,
  layerMacs,
  readScaleSimTopology,
  readTopology,
  windowWords,
} from '../../../src/workload/index.ts';
import { diagnosticsOf } from '../../energy/support.ts';

const GOLDEN = new URL('../../golden/scalesim/topology/', import.meta.url);

interface Parsed {
  readonly layers?: readonly (readonly [string, ...number[]])[];
  readonly ofmap0?: readonly number[] | string;
  readonly error?: string;
}

interface ParserCase {
  readonly csv: string;
  readonly type: 'conv' | 'gemm';
  readonly v2: Parsed;
  readonly v3: Parsed;
}

interface Run {
  readonly form: 'conv' | 'gemm';
  readonly array?: readonly [number, number];
  readonly layers?: readonly string[];
  readonly totalCycles?: readonly string[];
  readonly overallUtilisation?: readonly string[];
}

function golden<T>(name: string): Record<string, T> {
  return JSON.parse(readFileSync(new URL(name, GOLDEN), 'utf8')) as Record<string, T>;
}

function problemsOf(text: string, form: 'conv' | 'gemm'): string[] {
  try {
    readTopology({ file: 'net.csv', text }, { form: `scalesim-${form}` });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.diagnostics.map(({ code, span }) => `${code} ${span ? `${span.line}:${span.column}` : '-'}`);
  }
  return [];
}

/** A layer as SCALE-Sim keeps it; a GEMM there is one 1 x K filter over M rows of K. */
function asScaleSim(layer: Layer): (string | number)[] {
  const { m, n } = gemmShape(layer);
  const k = windowWords(layer);
  if (layer.type === 'gemm') return [layer.name, m, k, 1, k, 1, n, 1, 1];
  const ifmap = [layer.ifmapHeight, layer.ifmapWidth];
  const filter = [layer.filterHeight, layer.filterWidth, layer.channels, layer.filters];
  return [layer.name, ...ifmap, ...filter, layer.strideHeight, layer.strideWidth];
}

describe("SCALE-Sim's own parser", () => {
  // Where SCALE-Sim drops a value or fails, and the intent is clear: the value counts.
  const mended = ['conv_no_trailing_comma', 'gemm_no_trailing_comma'];
  const cases = Object.entries(golden<ParserCase>('parser.json'));

  test.each(cases.filter(([name, { v2, v3 }]) => (v2.layers ?? v3.layers) && !mended.includes(name)))(
    '%s',
    (_, { csv, type, v2, v3 }) => {
      const layers = readScaleSimTopology({ file: 'net.csv', text: csv }, type);
      expect(layers.map(asScaleSim)).toEqual(v2.layers ?? v3.layers?.map((row) => row.slice(0, 9)));
      const ratios = layers.map(({ sparsity }) => [sparsity?.kept ?? 1, sparsity?.block ?? 1]);
      if (v3.layers) expect(ratios).toEqual(v3.layers.map((row) => row.slice(9)));
      const [height, width] = (v2.layers ? v2 : v3).ofmap0 as readonly number[];
      expect(layers[0].ofmapHeight * layers[0].ofmapWidth).toBe(height * width);
    },
  );

  test.each(cases.filter(([name, { v2, v3 }]) => v2.error && v3.error && !mended.includes(name)))(
    '%s is refused',
    (_, { csv, type }) => {
      expect(problemsOf(csv, type)).toHaveLength(1);
    },
  );

  test('every case is of one of the two kinds', () => {
    const accepted = cases.filter(([name, { v2, v3 }]) => (v2.layers ?? v3.layers) && !mended.includes(name));
    const errors = cases.filter(([name, { v2, v3 }]) => (v2.error && v3.error) || mended.includes(name));
    expect(accepted.length + errors.length).toBe(cases.length);
  });
});

describe("topologies of SCALE-Sim's runs", () => {
  const runs = Object.entries(golden<Run>('runs.json'));

  test.each(runs.filter(([, { array }]) => array))('%s has the layers and MACs of the report', (name, run) => {
    const text = readFileSync(new URL(`${name}.csv`, GOLDEN), 'utf8');
    expect(scaleSimForm({ file: name, text })).toBe(run.form);
    const { layers } = readTopology({ file: `${name}.csv`, text });
    expect(layers.map((layer) => layer.name)).toEqual(run.layers);
    const [rows, columns] = run.array!;
    const macs = run.totalCycles!.map(
      (cycles, i) => (Number(run.overallUtilisation![i]) / 100) * Number(cycles) * rows * columns,
    );
    expect(layers.map(layerMacs)).toEqual(macs.map(Math.round));
  });

  test.each([
    ['sparse_conv_1', ['2:4', '1:4', '4:8']],
    ['sparse_gemm_1', ['2:4', '1:4', '3:4']],
  ])('%s is sparse, every row', (name, ratios) => {
    const text = readFileSync(new URL(`${name}.csv`, GOLDEN), 'utf8');
    const { layers } = readTopology({ file: `${name}.csv`, text });
    expect(layers.map(({ sparsity }) => `${sparsity?.kept}:${sparsity?.block}`)).toEqual(ratios);
  });
});

describe('configurations', () => {
  const told = (text: string): string[] =>
    diagnosticsOf(() => readSimulateConfig({ file: 'x', text }, () => {})).map(
      ({ code, message }) => `${code} ${message}`,
    );

  test.each(Object.getOwnPropertyNames(Object.prototype))('a section or key %s is one that there is not', (name) => {
    expect(told(`[${name}]\na = 1\n`).join()).not.toMatch(/internal|function/);
    expect(told(`[general]\n${name} = 1\n`).join()).toContain('missing-key');
    expect(() => readScaleSimConfig({ file: 'x', text: `[${name}]\n${name}: 1\n` }, 'v2')).toThrow(InputError);
  });

  test('one of v1 is named as such', () => {
    // SCALE-Sim v1's configs/scale.cfg (github.com/ARM-software/SCALE-Sim): sizes without kB, no [run_presets].
    const text = '[general]\nrun_name = "x"\n[architecture_presets]\nArrayHeight: 8\nArrayWidth: 8\nIfmapSramSz: 512\n';
    expect(told(text)).toEqual(['not-supported this is a configuration of SCALE-Sim v1']);
  });
});

describe('rows', () => {
  test('a partial last window is kept', () => {
    const [layer] = readScaleSimTopology({ file: 'x', text: 'h,\nc,14,11,4,2,5,9,3,\n' }, 'conv');
    expect([layer.ofmapHeight, layer.ofmapWidth]).toEqual([5, 4]); // ceil((14-4+3)/3), ceil((11-2+3)/3)
  });

  test('convolution', () => {
    const [row] = readScaleSimConv({ file: 'x', text: 'h,\nc,14,11,4,2,5,9,3,2,\n' });
    expect(row).toMatchObject({ name: 'c', channels: 5, filters: 9, strideHeight: 3, strideWidth: 2 });
  });

  test('GEMM', () => {
    expect(readScaleSimGemm({ file: 'x', text: 'h,\ng, 4 ,5,6,,\r\n' })).toMatchObject([
      { name: 'g', m: 4, n: 5, k: 6 },
    ]);
  });

  test('a sparsity stands beside no horizontal stride', () => {
    const [row] = readScaleSimConv({ file: 'x', text: 'h,\nc,14,11,4,2,5,9,3, 2 : 4,\n' });
    expect(row).toMatchObject({ strideHeight: 3, strideWidth: 3, sparsity: { kept: 2, block: 4 } });
  });

  test('a row without its last comma counts whole, with a warning', () => {
    const told: string[] = [];
    const warn = ({ code, span }: Diagnostic): void => void told.push(`${code} ${span?.line}:${span?.column}`);
    const [conv] = readScaleSimConv({ file: 'x', text: 'h,\nc,9,9,3,3,2,4,2\n' }, undefined, warn);
    expect(conv).toMatchObject({ filters: 4, strideHeight: 2, strideWidth: 2 });
    const [gemm] = readScaleSimGemm({ file: 'x', text: 'h,\ng,4,5,6\n' }, undefined, warn);
    expect(gemm).toMatchObject({ m: 4, n: 5, k: 6 });
    expect(told).toEqual(['csv-syntax 2:15', 'csv-syntax 2:7']);
    const { assumptions } = readTopology({ file: 'x', text: 'h,\ng,4,5,6\nk,4,5,6,\n' });
    expect(assumptions).toEqual(['1 row of x without a comma at the end: the last value of each counts']);
  });

  test('a remark behind the last comma is dropped', () => {
    expect(readScaleSimConv({ file: 'x', text: 'h,\nc,9,9,3,3,2,4,1, #dw\n' })).toMatchObject([{ strideWidth: 1 }]);
    expect(problemsOf('h,\nc,9,9,3,3,2,4,x\n', 'conv')).toEqual(['missing-key 2:1']);
  });
});

describe('errors', () => {
  const conv: [string, string, string[]][] = [
    ['the first line is data', 'c,9,9,3,3,2,4,1,\nd,9,9,3,3,2,4,1,\n', ['csv-syntax 1:1']],
    ['too few values', 'h,\nc,9,9,3,3,2,4,\n', ['missing-key 2:1']],
    ['too many values', 'h,\nc,9,9,3,3,2,4,1,1,1,\n', ['csv-syntax 2:19']],
    ['a blank among the values', 'h,\nc,9,,3,3,2,4,1,\n', ['missing-key 2:5']],
    ['no name', 'h,\n,9,9,3,3,2,4,1,\n', ['missing-key 2:1']],
    [
      'not numbers',
      'h,\nc,9.0,x,-3,0,1e99,4,1,\n',
      ['wrong-type 2:3', 'wrong-type 2:7', 'out-of-range 2:9', 'out-of-range 2:12', 'out-of-range 2:14'],
    ],
    ['stride 0', 'h,\nc,9,9,3,3,2,4,0,\n', ['out-of-range 2:15']],
    ['horizontal stride 0', 'h,\nc,9,9,3,3,2,4,1,0,\n', ['out-of-range 2:17']],
    ['filter too high', 'h,\nc,3,9,5,3,2,4,1,\n', ['filter-larger-than-ifmap 2:7']],
    ['filter too wide', 'h,\nc,9,3,3,5,2,4,1,\n', ['filter-larger-than-ifmap 2:9']],
    ['too many channels to expand', 'h,\nDP,9,9,3,3,2000000000,4,1,\n', ['out-of-range 2:12']],
    ['too many MACs', 'h,\nc,1000000000,1000000000,1,1,1,1,1,\n', ['out-of-range 2:1']],
    ['no layers', 'h,\n\n', ['empty-workload 1:1']],
    ['empty', '', ['empty-workload 1:1']],
  ];

  test.each(conv)('conv: %s', (_, text, expected) => {
    expect(problemsOf(text, 'conv')).toEqual(expected);
  });

  test.each([
    ['the first line is data', 'g,4,5,6,\nh,4,5,6,\n', ['csv-syntax 1:1']],
    ['too few values', 'h,\ng,4,5,\n', ['missing-key 2:1']],
    ['too many values', 'h,\ng,4,5,6,1:1,2,\n', ['csv-syntax 2:13']],
    ['more kept than there are', 'h,\ng,4,5,6,5:4,\n', ['out-of-range 2:9']],
    ['a block too large', 'h,\ng,4,5,6,1:65537,\n', ['out-of-range 2:9']],
    ['sparsity of nothing', 'h,\ng,4,5,6,0:0,\n', ['out-of-range 2:9']],
    ['not a sparsity', 'h,\ng,4,5,6,7,\n', ['wrong-type 2:9']],
  ])('GEMM: %s', (_, text, expected) => {
    expect(problemsOf(text, 'gemm')).toEqual(expected);
  });
});
