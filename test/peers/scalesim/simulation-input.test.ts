import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/base/errors.ts';
import { readSimulationInput, scaleSimReports, simulateLayers } from '../../../src/peers/scalesim/index.ts';
import { gemmShape, type Layer } from '../../../src/workload/index.ts';
import { configText } from './support.ts';

const VALUES = { version: 'v2', array: [8, 8], sramKb: [1, 1, 1], dataflow: 'os', bandwidth: 4 } as const;
const USER = configText(VALUES);
const CALC = configText({ ...VALUES, bandwidth: null }).replace(/Bandwidth : .*\n/, '');
const THIRD = configText({ ...VALUES, version: 'v3' });
const SPARSE = configText({ ...VALUES, version: 'v3', sparsity: { representation: 'ellpack_block' } });
const TOPOLOGY = 'h,\nc,9,9,3,3,2,4,1,\n';

/** What was read, and `code file line:column` of what was told and of what was wrong. */
function readAs(config: string, csv = TOPOLOGY, form: 'conv' | 'gemm' = 'conv', layout?: string) {
  const told: string[] = [];
  const place = ({ code, span }: InputError['diagnostics'][number]) =>
    `${code} ${span ? `${span.file} ${span.line}:${span.column}` : '-'}`;
  try {
    const texts = { config: { file: 'cfg', text: config }, topology: { file: 'csv', text: csv }, form };
    const file = layout === undefined ? undefined : { file: 'layout', text: layout };
    const input = readSimulationInput({ ...texts, layout: file }, (warning) => told.push(place(warning)));
    return { input, told, wrong: [] };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { told, wrong: error.diagnostics.map(place) };
  }
}

interface ParserCase {
  readonly csv: string;
  readonly type: 'conv' | 'gemm';
}

const parser: Record<string, ParserCase> = JSON.parse(
  readFileSync(new URL('../../golden/scalesim/topology/parser.json', import.meta.url), 'utf8'),
);

const row = (name: string, ...sizes: number[]) => [name, ...sizes];

/** What a row says, by its columns: for each case the layers, or what is wrong; and what is told. */
const MEANT: Readonly<Record<string, { layers?: (string | number)[][]; wrong?: string[]; told?: string[] }>> = {
  conv_no_trailing_comma: { layers: [row('L0', 8, 8, 3, 3, 2, 4, 1, 1)], told: ['csv-syntax csv 2:16'] },
  conv_strideW: { layers: [row('L0', 9, 9, 3, 3, 2, 4, 1, 2)] },
  conv_filter_too_large: { wrong: ['filter-larger-than-ifmap csv 2:8'] },
  conv_blank_first_line: { layers: [row('L0', 9, 9, 3, 3, 2, 4, 1, 1), row('L1', 9, 9, 3, 3, 2, 4, 1, 1)] },
  conv_blank_lines: { layers: [row('L0', 9, 9, 3, 3, 2, 4, 1, 1), row('L1', 9, 9, 3, 3, 2, 4, 1, 1)] },
  conv_dp: {
    layers: [0, 1, 2].map((i) => row(`MYDP1Channel_${i}`, 9, 9, 3, 3, 1, 1, 1, 1)),
    told: ['csv-syntax csv 2:1'],
  },
  conv_dp_lower: { layers: [row('dp1', 9, 9, 3, 3, 3, 1, 1, 1)] },
  conv_float: { wrong: ['wrong-type csv 2:4'] },
  conv_sparsity: { layers: [row('L0', 9, 9, 3, 3, 2, 4, 1, 1)] },
  gemm_3: { layers: [row('G', 4, 5, 6)] },
  gemm_no_trailing_comma: { layers: [row('G', 4, 5, 6)], told: ['csv-syntax csv 2:7'] },
  // Of six weights of a window four are kept: 2 of 4, and 2 of the 2 that are left.
  gemm_sparsity: { layers: [row('G', 4, 5, 4)] },
};

function cellsOf(layer: Layer): (string | number)[] {
  const { m, n, k } = gemmShape(layer);
  if (layer.type === 'gemm') return [layer.name, m, n, k];
  const { ifmapHeight, ifmapWidth, filterHeight, filterWidth, channels, filters, strideHeight, strideWidth } = layer;
  const sizes = [ifmapHeight, ifmapWidth, filterHeight, filterWidth, channels, filters];
  return [layer.name, ...sizes, strideHeight, strideWidth];
}

describe('topologies are read for what they say, or refused with the place', () => {
  test('every case has a meaning', () => {
    expect(Object.keys(MEANT).sort()).toEqual(Object.keys(parser).sort());
  });

  test.each(Object.entries(parser))('%s', (name, { csv, type }) => {
    const { input, told, wrong } = readAs(CALC, csv, type);
    const meant = MEANT[name];
    expect({ layers: input?.layers.map(cellsOf), told, wrong }).toEqual({
      told: [],
      wrong: [],
      layers: undefined,
      ...meant,
    });
  });

  test.each([
    ['a layer in the first line', 'a,9,9,3,3,2,4,1,\nb,9,9,3,3,2,4,1,\n', ['csv-syntax csv 1:1']],
    ['a tenth value', 'h,\na,9,9,3,3,2,4,1,1,7,\n', ['csv-syntax csv 2:19']],
    ['a value left blank', 'h,\na,9,9,,3,2,4,1,\n', ['missing-key csv 2:7']],
    ['GEMMs read as convolutions', 'h,\na,4,5,6,\n', ['csv-syntax csv 1:1']],
  ])('%s', (_, csv, wrong) => {
    expect(readAs(CALC, csv).wrong).toEqual(wrong);
  });

  test('convolutions read as GEMMs', () => {
    expect(readAs(CALC, TOPOLOGY, 'gemm').wrong).toEqual(['csv-syntax csv 1:1']);
  });

  test('"DP" within a word', () => {
    const { input, told } = readAs(CALC, 'h,\nADPCM,9,9,3,3,2,4,1,\n');
    expect(input?.layers.map(({ name, filters }) => [name, filters])).toEqual([
      ['ADPCMChannel_0', 4],
      ['ADPCMChannel_1', 4],
    ]);
    expect(told).toEqual(['csv-syntax csv 2:1']);
  });

  test('a line of commas says nothing', () => {
    expect(readAs(CALC, 'h,\n,,,,,,,,\nc,9,9,3,3,2,4,1,\n').input?.layers).toHaveLength(1);
  });
});

describe('configurations', () => {
  const USED = { runName: 'run', array: { rows: 8, columns: 8 }, sramKb: { ifmap: 1, filter: 1, ofmap: 1 } };

  test.each([
    ['v2', USER],
    ['v3', THIRD],
  ])('those of %s, without a word', (_, text) => {
    const { input, told } = readAs(text);
    expect(told).toEqual([]);
    expect(input?.config).toEqual({ ...USED, dataflow: 'os', bandwidth: { ifmap: 4, filter: 4, ofmap: 4 } });
  });

  test('only what is used has to be there', () => {
    const text = `[general]\nrun_name = run\n[architecture_presets]\nArrayHeight: 8\nArrayWidth: 8\nIfmapSramSzkB: 1
FilterSramSzkB: 1\nOfmapSramSzkB: 1\nDataflow: ws\n[run_presets]\nInterfaceBandwidth: CALC\n`;
    expect(readAs(text)).toMatchObject({
      input: { config: { ...USED, dataflow: 'ws', bandwidth: 'CALC' } },
      told: [],
    });
  });

  test('three bandwidths are those of ifmap, filter and ofmap', () => {
    const { input, told } = readAs(USER.replace('Bandwidth : 4', 'Bandwidth : 7, 5,4'));
    expect(input?.config.bandwidth).toEqual({ ifmap: 7, filter: 5, ofmap: 4 });
    expect(told).toEqual([]);
  });

  test.each([
    ['Bandwidth under CALC', configText({ ...VALUES, bandwidth: null }), 'option-unused cfg 14:13'],
    ['banks', USER.replace('MemoryBanks: 1', 'MemoryBanks: 4'), 'option-unused cfg 15:14'],
    [
      "v3's banks as bandwidth",
      THIRD.replace('FilterSRAMBankBandwidth: 4', 'FilterSRAMBankBandwidth: 9'),
      'option-unused cfg 25:26',
    ],
    ['a section of nobody', `${USER}[energy]\nUnit = pJ\n`, 'unknown-key cfg 19:2'],
    ['the section that breaks SCALE-Sim', `${USER}[network_presets]\nTopologyCsvLoc = x\n`, 'unknown-key cfg 19:2'],
    ['a key of nobody', USER.replace('MemoryBanks: 1', 'Vendor: x'), 'unknown-key cfg 15:1'],
  ])('%s: told', (_, text, place) => {
    const { input, told } = readAs(text);
    expect(input).toBeDefined();
    expect(told).toEqual([place]);
  });

  test.each([
    ['two bandwidths', USER.replace('Bandwidth : 4', 'Bandwidth : 4, 5'), ['column-count cfg 14:13']],
    ['no bandwidth', USER.replace('Bandwidth : 4', 'Bandwidth :'), ['missing-key cfg 14:12']],
    ['no key for it', USER.replace(/Bandwidth : 4\n/, ''), ['missing-key cfg 4:2']],
    ['a side of 65537', USER.replace('ArrayWidth:     8', 'ArrayWidth: 65537'), ['out-of-range cfg 6:13']],
    ['an unknown dataflow', USER.replace(': os', ': rs'), ['unknown-name cfg 13:12']],
    ['an unknown mode', USER.replace(': USER', ': user'), ['unknown-name cfg 18:21']],
    ['a slip', USER.replace('OfmapOffset', 'OfmapOfset'), ['unknown-key cfg 12:1']],
    ['a slip in a section', `${USER}[layouts]\n`, ['unknown-key cfg 19:2']],
    ['row-wise sparsity', SPARSE.replace('Mapping: false', 'Mapping: true'), ['not-supported cfg 32:19']],
    ['Ramulator', THIRD.replace('RamulatorTrace: False', 'RamulatorTrace: True'), ['not-supported cfg 34:20']],
    ['a key twice', USER.replace('MemoryBanks: 1', 'Dataflow: ws'), ['duplicate-name cfg 15:1']],
    ['a run name that leads elsewhere', USER.replace('= run', '= ../run'), ['out-of-range cfg 2:12']],
  ])('%s', (_, text, wrong) => {
    expect(readAs(text).wrong).toEqual(wrong);
  });

  test('scratchpads too small, once each, for the layer that needs most', () => {
    const text = USER.replace('ArrayHeight:    8', 'ArrayHeight:    1024').replace(
      'ArrayWidth:     8',
      'ArrayWidth:     600',
    );
    expect(readAs(text, `${TOPOLOGY}d,9,9,3,3,2,4,1,\n`).wrong).toEqual([
      'scratchpad-too-small cfg 7:19', // 2 x 1024 words
      'scratchpad-too-small cfg 8:19', // 2 x 600
      'scratchpad-too-small cfg 9:19',
    ]);
  });

  test('the problems of both files are told together', () => {
    const { wrong } = readAs(USER.replace('ArrayHeight:    8', 'ArrayHeight:'), 'h,\nc,2,9,3,3,2,4,1,\n');
    expect(wrong).toEqual(['missing-key cfg 5:13', 'filter-larger-than-ifmap csv 2:7']);
  });
});

describe('layouts', () => {
  const BANKED = configText({
    ...VALUES,
    version: 'v3',
    banks: [
      [8, 2],
      [6, 3],
    ],
  });
  const of = (...operands: string[]): string =>
    operands.reduce(
      (text, operand) => text.replace(`${operand}CustomLayout: False`, `${operand}CustomLayout: True`),
      BANKED,
    );
  const ORDERS = '0,1,2, 3,4,5, 0,1,2,3, 4,5,6,7,';
  const row = (name: string, factors: string): string => `${name},${factors},${ORDERS}\n`;
  const LAYOUT = `h,\n${row('c', '2,2,1,3,2,1')}`;
  const read = (config: string, layout?: string, csv = TOPOLOGY) => readAs(config, csv, 'conv', layout);

  test('go with the banks of the configuration to the layers of their names', () => {
    const csv = `${TOPOLOGY}d,9,9,3,3,2,4,1,\n`;
    const layout = `h,\n${row('d', '1,4,3,1,2,1')}${row('c', '2,2,1,3,2,1')}`;
    // A ninth word of bandwidth is none of DRAM's; that of a scratchpad without layout is warned about.
    const { input, told, wrong } = read(of('Ifmap'), layout, csv);
    const banks = { lineWords: 8, banks: 2, ports: 2, places: [0, 1, 2] };
    expect([told, wrong]).toEqual([['option-unused cfg 25:26'], []]);
    expect(input?.layouts).toEqual([
      { ifmap: { ...banks, factors: [2, 2, 2] } },
      { ifmap: { ...banks, factors: [1, 4, 2] } },
    ]);
    const both = read(of('Ifmap', 'Filter'), layout, csv);
    expect(both.told).toEqual([]);
    const filter = { lineWords: 6, banks: 3, ports: 2, places: [0, 1, 2, 3], factors: [1, 2, 1, 3] };
    expect(both.input?.layouts?.[0]).toMatchObject({ filter });
  });

  test('the channels of a "DP" layer have its layout', () => {
    const { input, wrong } = read(of('Ifmap'), LAYOUT.replace('c,', 'DP,'), TOPOLOGY.replace('c,', 'DP,'));
    expect(wrong).toEqual([]);
    expect(input?.layouts?.map(({ ifmap }) => ifmap?.factors)).toEqual([
      [2, 2, 2],
      [2, 2, 2],
    ]);
  });

  test('a file that nothing asks for, a row of no layer', () => {
    const without = read(USER, LAYOUT);
    expect([without.told, without.input?.layouts]).toEqual([['option-unused layout 1:1'], undefined]);
    expect(read(of('Ifmap', 'Filter'), LAYOUT + row('e', '1,1,1,1,1,1')).told).toEqual(['option-unused layout 3:1']);
  });

  test.each<[string, string, string | undefined, string[]]>([
    ['no file', of('Filter'), undefined, ['missing-key cfg 24:21']],
    ['a layer without a row', of('Ifmap'), `h,\n${row('other', '1,1,1,1,1,1')}`, ['missing-key layout 1:1']],
    [
      'lines longer than those of the banks',
      of('Ifmap'),
      LAYOUT.replace('2,2,1', '4,2,1'),
      ['out-of-range layout 2:1'],
    ],
    ['the same of filters', of('Filter'), LAYOUT.replace('1,3,2', '2,3,2'), ['out-of-range layout 2:1']],
    ['banks that divide no line', of('Ifmap').replace('BankNum: 2', 'BankNum: 3'), LAYOUT, ['out-of-range cfg 22:19']],
    ['banks beyond count', of('Ifmap').replace('BankNum: 2', 'BankNum: 65537'), LAYOUT, ['out-of-range cfg 22:19']],
    ['no ports', of('Ifmap').replace(/IfmapSRAMBankPort.*\n/, ''), LAYOUT, ['missing-key cfg 19:2']],
  ])('%s', (_, config, layout, wrong) => {
    expect(read(config, layout).wrong).toEqual(wrong);
  });

  test('a name near that of a layer', () => {
    const wrong = read(of('Ifmap'), LAYOUT.replace('c,', 'conv_2,'), TOPOLOGY.replace('c,', 'conv2,'));
    expect(wrong.wrong).toEqual(['missing-key layout 2:1']);
  });

  test('an operand too large to be laid out word by word', () => {
    const csv = 'h,\nc,40000,40000,1,1,1,4,400,\n';
    expect(read(of('Ifmap'), LAYOUT, csv).wrong).toEqual(['out-of-range layout 2:1']);
    expect(read(of('Filter'), LAYOUT, csv).wrong).toEqual([]);
  });
});

describe('sparse layers', () => {
  const csv = 'h,\nc,9,9,3,3,8,4,1,2:4,\n';
  const ofFilters = (config: string) => {
    const { input, told } = readAs(config, csv);
    return { told, sparsity: input?.layers[0].sparsity };
  };

  test('count unless the configuration says no, which is told', () => {
    expect(ofFilters(USER)).toEqual({ told: [], sparsity: { kept: 2, block: 4 } });
    expect(ofFilters(SPARSE).sparsity).toEqual({ kept: 2, block: 4 });
    expect(ofFilters(THIRD)).toEqual({ told: ['option-unused cfg 30:18'], sparsity: undefined });
  });

  test('are reported with the places of their weights', () => {
    // 72 weights of 4 filters, half of them kept, 2 bits of place each; layers without places have a row too.
    const [sparse, dense] = simulateLayers(readAs(USER, `${csv}d,9,9,3,3,8,4,1,\n`).input!).map(({ report }) => report);
    expect(sparse.filterStorage).toMatchObject({ original: 288, metadata: (144 * 2) / 8, stored: 144 + 36 });
    expect(dense.filterStorage).toMatchObject({ original: 288, metadata: 0, stored: 288 });
    // A filter that fits is fetched once.
    expect(sparse.dram.filter.words).toBe(144);
    expect(scaleSimReports([sparse, dense])['SPARSE_REPORT.csv']?.split('\n')[1]).toBe(
      `0, ellpack_block, 288, 180.0, 36.0, ${36 / sparse.totalCycles},`,
    );
  });

  test('wait for the places too', () => {
    // One filter of 16 words, half of them kept, at a word a cycle: 8 cycles of words and 2 of places.
    const net = 'h,\ng,1,1,16,2:4,\n';
    const { input } = readAs(USER.replace('Bandwidth : 4', 'Bandwidth : 100, 1, 100'), net, 'gemm');
    const { report } = simulateLayers(input!)[0];
    expect(report.dram.filter).toEqual({ start: 0, stop: 9, words: 8 });
  });
});
