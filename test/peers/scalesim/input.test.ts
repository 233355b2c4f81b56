import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/base/errors.ts';
import { readScaleSimInput, type ScaleSimVersion, simulateScaleSimLayer } from '../../../src/peers/scalesim/index.ts';
import { configText } from './support.ts';

interface Parsed {
  readonly layers?: readonly (readonly (string | number)[])[];
  readonly ofmap0?: readonly number[] | string;
  readonly error?: string;
}

const parser: Record<string, { csv: string; type: 'conv' | 'gemm'; v2: Parsed; v3: Parsed }> = JSON.parse(
  readFileSync(new URL('../../golden/scalesim/topology/parser.json', import.meta.url), 'utf8'),
);

const VALUES = { array: [8, 8], sramKb: [1, 1, 1], dataflow: 'os', bandwidth: 4 } as const;
const TOPOLOGY = 'h,\nc,9,9,3,3,2,4,1,\n';

/** What was read, what was told, and `code file line:column` of what was wrong. */
function readAs(version: ScaleSimVersion, config: string, csv = TOPOLOGY, form: 'conv' | 'gemm' = 'conv') {
  const told: string[] = [];
  const texts = { config: { file: 'cfg', text: config }, topology: { file: 'csv', text: csv }, form };
  const place = ({ code, span }: InputError['diagnostics'][number]) =>
    `${code} ${span ? `${span.file} ${span.line}:${span.column}` : '-'}`;
  try {
    const input = readScaleSimInput(texts, { version, tolerate: (warning) => told.push(place(warning)) });
    return { input, told, wrong: [] };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { told, wrong: error.diagnostics.map(place) };
  }
}

describe('topologies are read as SCALE-Sim reads them', () => {
  const cases = Object.entries(parser).flatMap(([name, { csv, type, ...parsed }]) =>
    (['v2', 'v3'] as const).map((version) => ({ name, version, csv, type, parsed: parsed[version] })),
  );

  test.each(cases)('$name, $version', ({ csv, type, version, parsed }) => {
    const { input } = readAs(version, configText({ ...VALUES, version }), csv, type);
    // v2 keeps a row that has lost its last value, and fails when it computes its ofmap.
    const fails = parsed.error !== undefined || typeof parsed.ofmap0 === 'string';
    expect(input === undefined).toBe(fails);
    if (!input) return;
    const cells = input.layers.map((s) => {
      const sizes = [s.ifmapHeight, s.ifmapWidth, s.filterHeight, s.filterWidth, s.channels, s.filters];
      const { kept, block } = s.sparsity ?? { kept: 1, block: 1 };
      return [s.name, ...sizes, s.strideHeight, s.strideWidth, ...(version === 'v3' ? [kept, block] : [])];
    });
    expect(cells).toEqual(parsed.layers);
  });

  test('what it drops is told', () => {
    const { input, told } = readAs('v2', configText({ ...VALUES, version: 'v2' }), 'a,1,2,\nb,9,9,3,3,2,4,1,2\n');
    expect(told).toEqual(['csv-syntax csv 1:1', 'csv-syntax csv 2:17']);
    expect(input?.layers).toMatchObject([{ name: 'b', strideHeight: 1, strideWidth: 1 }]);
  });
});

// int('') is a ValueError in SCALE-Sim v2 22f88b1 and v3 1d62b68; so fails its own topologies/mlperf/Transformer_short.csv.
test.each(['v2', 'v3'] as const)('a line of commas is a layer without values to %s', (version) => {
  const { wrong } = readAs(version, configText({ ...VALUES, version }), 'h,\n,,,,,,,,\na,9,9,3,3,2,4,1,\n');
  expect(wrong).toContain('missing-key csv 2:2');
});

// elems[0] of a row without a comma is an IndexError there.
test.each(['conv', 'gemm'] as const)('a row of one value, %s', (form) => {
  const { wrong } = readAs('v2', configText({ ...VALUES, version: 'v2' }), 'h,\nname\n', form);
  expect(wrong).toEqual(['missing-key csv 2:1']);
});

describe('configurations', () => {
  const good = configText({ ...VALUES, version: 'v2' });

  test('keys are known in any case, by = or :, and of bandwidths the first counts', () => {
    const text = good.replace('ArrayHeight: ', 'ARRAYheight =').replace('Bandwidth : 4', 'Bandwidth : 7, 5,4');
    const { input } = readAs('v2', text);
    expect(input?.config).toEqual({
      runName: 'run',
      array: { rows: 8, columns: 8 },
      offsets: { ifmap: 0, filter: 10_000_000, ofmap: 20_000_000 },
      sramKb: { ifmap: 1, filter: 1, ofmap: 1 },
      dataflow: 'os',
      bandwidth: { ifmap: 7, filter: 7, ofmap: 7 },
    });
  });

  test('v3 reads with the bandwidth of the banks', () => {
    const banks = [[10, 5] as const, [20, 1] as const];
    const { input } = readAs('v3', configText({ ...VALUES, version: 'v3', banks }));
    expect(input?.config.bandwidth).toEqual({ ifmap: 10, filter: 20, ofmap: 4 });
  });

  test('what it ignores is told', () => {
    const { input, told } = readAs('v2', `; a comment\n${good}\n[energy]\nUnit = pJ\n`.replace('MemoryBanks', 'Banks'));
    expect(told).toEqual(['unknown-key cfg 16:1', 'unknown-key cfg 21:2']);
    expect(input).toBeDefined();
  });

  test.each([
    ['a missing key', good.replace(/Dataflow.*\n/, ''), ['missing-key cfg 4:2']],
    ['a missing section', good.replace(/\[general\]\nrun_name.*\n/, ''), ['missing-key cfg 1:1']],
    ['no number', good.replace('ArrayHeight:    8', 'ArrayHeight:    8.0'), ['wrong-type cfg 5:17']],
    ['zero', good.replace('ArrayWidth:     8', 'ArrayWidth:     0'), ['out-of-range cfg 6:17']],
    ['no dataflow', good.replace(': os', ': OS'), ['unknown-name cfg 13:12']],
    ['no mode', good.replace(': USER', ': user'), ['unknown-name cfg 18:21']],
    ['no bandwidth', good.replace('Bandwidth : 4', 'Bandwidth : 4, x'), ['wrong-type cfg 14:16']],
    ['a run name that leads elsewhere', good.replace('= run', '= ../run'), ['out-of-range cfg 2:12']],
    ['a key twice', good.replace('MemoryBanks: 1', 'Dataflow: ws'), ['duplicate-name cfg 15:1']],
    ['a section twice', `${good}[general]\n`, ['duplicate-name cfg 19:1']],
    ['an indented key', good.replace('ArrayWidth', '  ArrayWidth'), ['cfg-syntax cfg 6:3', 'missing-key cfg 4:2']],
    ['a line that is neither', good.replace('MemoryBanks: 1', 'MemoryBanks'), ['cfg-syntax cfg 15:1']],
    ['a key before any section', `x: 1\n${good}`, ['cfg-syntax cfg 1:1']],
    ['the section that breaks the run', `${good}[network_presets]\n`, ['unknown-key cfg 19:2']],
  ])('%s', (_, text, expected) => {
    expect(readAs('v2', text).wrong.sort()).toEqual([...expected].sort());
  });

  test.each([
    ['IfmapSRAMBankNum: 1', 'IfmapSRAMBankNum: 3', 'out-of-range cfg 22:19'],
    ['IfmapCustomLayout: False', 'IfmapCustomLayout: True', 'not-supported cfg 20:20'],
    ['WriteRequestBuffer: 32\n', '', 'missing-key cfg 4:2'],
  ])('v3: %s as "%s"', (from, to, expected) => {
    expect(readAs('v3', configText({ ...VALUES, version: 'v3' }).replace(from, to)).wrong).toEqual([expected]);
  });

  test('the problems of both files are told together', () => {
    const { wrong } = readAs('v2', good.replace('ArrayHeight:    8', 'ArrayHeight:'), 'h,\nc,2,9,3,3,2,4,1,\n');
    expect(wrong).toEqual(['missing-key cfg 5:13', 'filter-larger-than-ifmap csv 2:7']);
  });
});

describe('where SCALE-Sim fails', () => {
  const shape = { name: 'a', ifmapHeight: 1, ifmapWidth: 1, filterHeight: 1, filterWidth: 1, channels: 1, filters: 1 };
  const layer = { ...shape, strideHeight: 1, strideWidth: 1 };
  const config = {
    runName: 'r',
    sramKb: { ifmap: 1, filter: 1, ofmap: 1 },
    offsets: { ifmap: 0, filter: 0, ofmap: 0 },
    dataflow: 'os',
    bandwidth: 'CALC',
  } as const;
  const codeOf = (run: () => unknown): string | undefined => {
    try {
      run();
      return undefined;
    } catch (error) {
      return error instanceof InputError ? error.diagnostics[0].code : String(error);
    }
  };

  test('one line of schedule: cycles are counted from 0, and divided by', () => {
    expect(codeOf(() => simulateScaleSimLayer(layer, { ...config, array: { rows: 1, columns: 1 } }, 'v2'))).toBe(
      'not-supported',
    );
  });

  test('a line that fills a half of 500 words twice', () => {
    const wide = { ...layer, ifmapHeight: 2048, ifmapWidth: 1024, filterWidth: 1024, filters: 8 };
    const array = { rows: 1024, columns: 8 };
    expect(codeOf(() => simulateScaleSimLayer(wide, { ...config, array }, 'v2'))).toBe('not-supported');
  });

  test('an operand of more than 2^27 addresses is too large for us', () => {
    const large = { ...layer, ifmapHeight: 2 ** 27 + 1 };
    expect(codeOf(() => simulateScaleSimLayer(large, { ...config, array: { rows: 8, columns: 8 } }, 'v2'))).toBe(
      'out-of-range',
    );
  });
});
