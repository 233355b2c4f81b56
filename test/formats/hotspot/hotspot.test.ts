import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/base/errors.ts';
import { joined, type SourceText } from '../../../src/base/source.ts';
import { HOTSPOT_DEFAULTS, HOTSPOT_KEYS, readHotspotConfig } from '../../../src/formats/hotspot/config.ts';
import {
  readFloorplan,
  readInitialTemperatures,
  readPowerTrace,
  writeFloorplan,
  writePowerTrace,
} from '../../../src/formats/hotspot/floorplan-and-trace.ts';

function golden(name: string): SourceText {
  return { file: name, text: readFileSync(new URL(`../../golden/hotspot/${name}`, import.meta.url), 'utf8') };
}

function problems(read: (source: SourceText) => unknown, text: string): string[] {
  try {
    read({ file: 'f', text });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.diagnostics.map(({ code, span }) => (span ? `${code} ${span.line}:${span.column}` : code));
  }
  return [];
}

describe('.flp', () => {
  test('blocks with their places; comments, blank lines and wire densities are skipped', () => {
    const text = '# plan\n\na 1e-3 2e-3 0 0\n\tb\t.001\t.002\t.001\t0\t1.75e6\t0.01\r\na b 0.5\n';
    const blocks = readFloorplan({ file: 'f.flp', text });
    expect(blocks).toMatchObject([
      { name: 'a', widthM: 1e-3, heightM: 2e-3, leftM: 0, bottomM: 0, span: { line: 3, column: 1, length: 15 } },
      { name: 'b', leftM: 1e-3, heatCapacityJPerM3K: 1.75e6, resistivityMKPerW: 0.01, span: { line: 4, column: 2 } },
    ]);
  });

  test('a last line without a newline counts, where HotSpot drops it', () => {
    expect(readFloorplan({ file: 'f', text: 'a 1 1 0 0\nb 1 1 1 0' })).toHaveLength(2);
  });

  test.each([
    ['', ['empty-floorplan 1:1']],
    ['a 1 1 0\n', ['column-count 1:1']],
    ['a 1 1 0 0 5\nb 1 1 1 x\n', ['column-count 1:1', 'wrong-type 2:9']],
    ['a 1 nan 0 inf\n', ['wrong-type 1:5', 'wrong-type 1:11']],
    ['a 1 1 0 0 0 -1\n', ['out-of-range 1:11', 'out-of-range 1:13']],
    ['a 1 0x10 0 0\n', ['wrong-type 1:5']],
  ])('%j is refused', (text, expected) => {
    expect(problems(readFloorplan, text)).toEqual(expected);
  });

  test('written and read back unchanged', () => {
    const blocks = readFloorplan(golden('acc21/acc21.flp'));
    const again = readFloorplan({ file: 'again', text: writeFloorplan(blocks) });
    expect(again.map(({ span: _, ...block }) => block)).toEqual(blocks.map(({ span: _, ...block }) => block));
  });
});

describe('.ptrace', () => {
  test('columns by name, samples in order', () => {
    const trace = readPowerTrace({ file: 'f', text: '\na\tb\n1 2\n3.5\t-4e-1' });
    expect(trace).toMatchObject({ names: ['a', 'b'], samples: 2 });
    expect([trace.nameSpan(0), trace.nameSpan(1)]).toMatchObject([{ line: 2, column: 1 }, { column: 3 }]);
    expect(trace.columns).toEqual([Float64Array.of(1, 3.5), Float64Array.of(2, -0.4)]);
  });

  test.each([
    ['', ['empty-trace 1:1']],
    ['a b\n', ['empty-trace 1:1']],
    ['a A\n1 2\n', ['duplicate-name 1:3']],
    ['a b\n1\n2 3\n4 nan\n', ['column-count 2:1', 'wrong-type 4:3']],
    // HotSpot knows no comments in a trace.
    ['a b\n# 1\n', ['wrong-type 2:1']],
  ])('%j is refused', (text, expected) => {
    expect(problems(readPowerTrace, text)).toEqual(expected);
  });

  test('a file of the wrong kind is given up after 20 problems', () => {
    expect(problems(readPowerTrace, `a\n${'x\n'.repeat(100)}`)).toHaveLength(20);
  });

  test('written and read back', () => {
    const text = joined(writePowerTrace(['a', 'b'], [Float64Array.of(1 / 3, 2), [1e-12, 0]]));
    expect(text).toBe('a\tb\n0.333333333\t1e-12\n2\t0\n');
    expect(readPowerTrace({ file: 'f', text }).columns[1]).toEqual(Float64Array.of(1e-12, 0));
  });
});

describe('.config', () => {
  test('every key has its default, and a file changes what it names', () => {
    const { options, given } = readHotspotConfig(golden('two-grid32x16-nonsquare/hotspot.config'));
    expect(options).toMatchObject({
      k_chip: 130,
      grid_rows: 32,
      grid_cols: 16,
      model_type: 'grid',
      grid_map_mode: 'avg',
    });
    expect(options.t_pcb).toBe(2e-3);
    expect(given.get('k_chip')).toMatchObject({ line: 3, column: 1 });
    expect(given.has('t_pcb')).toBe(false);
    expect(readHotspotConfig({ file: 'f', text: '# nothing\n' }).options).toEqual(HOTSPOT_DEFAULTS);
    expect(HOTSPOT_KEYS).toHaveLength(57);
  });

  // 52 of 83 public configurations have such lines, HotSpot's own package.config among them.
  test('a comment may follow a value; tabs, CR LF and indentation do not matter', () => {
    const text = '\t# chip\r\n\t\t-t_chip\t1e-3\t# in metres -k_chip 7\r\n-k_chip 50 #W\r\n';
    const { options } = readHotspotConfig({ file: 'f', text });
    expect([options.t_chip, options.k_chip]).toEqual([1e-3, 50]);
    const [block] = readFloorplan({ file: 'f', text: 'a 1 2 0 0 # core\r\nb\t1\t2\t1\t0\t1e6\t0.01\t# cache\r\n' });
    expect(block).toMatchObject({ name: 'a', widthM: 1, heightM: 2 });
    const [start] = readInitialTemperatures({ file: 'f', text: 'a 300 # K\n' });
    expect(start).toMatchObject({ name: 'a', temperatureK: 300 });
  });

  test('a comment in place of a value is none', () => {
    expect(problems(readHotspotConfig, '-t_chip # 1e-3\n')).toEqual(['column-count 1:1']);
    expect(problems(readHotspotConfig, '-t_chip #1e-3\n')).toEqual(['wrong-type 1:9']);
  });

  test('names may be (null)', () => {
    const { options } = readHotspotConfig({ file: 'f', text: '-init_file (null)\n-steady_file out.steady\n' });
    expect([options.init_file, options.steady_file]).toEqual([null, 'out.steady']);
  });

  test.each([
    ['-t_chp 1e-3\n', ['unknown-key 1:1']],
    ['-constructor 1\n', ['unknown-key 1:1']],
    ['-t_chip\n', ['column-count 1:1']],
    ['t_chip 1e-3\n', ['column-count 1:1']],
    ['-t_chip 1e-3\n-t_chip 2e-3\n', ['duplicate-name 2:1']],
    ['-t_chip 0\n-grid_rows 1.5\n-leakage_used 2\n', ['out-of-range 1:9', 'out-of-range 2:12', 'out-of-range 3:15']],
    ['-t_chip thick\n-model_type blok\n', ['wrong-type 1:9', 'wrong-type 2:13']],
  ])('%j is refused', (text, expected) => {
    expect(problems(readHotspotConfig, text)).toEqual(expected);
  });

  test('a slip is told the nearest key', () => {
    expect(() => readHotspotConfig({ file: 'f', text: '-r_convect 1\n' })).toThrow(/did you mean "-r_convec"/);
  });
});

describe('.init', () => {
  test('names and kelvins in order', () => {
    const temperatures = readInitialTemperatures(golden('sys8-block-restart/start.init'));
    expect(temperatures[0]).toMatchObject({ name: 'pe_0_0', temperatureK: 332.29, span: { line: 1, column: 1 } });
    expect(temperatures).toHaveLength(116);
  });

  test.each([
    ['a 300 1\n', ['column-count 1:1']],
    ['a warm\nb 0\n', ['wrong-type 1:3', 'out-of-range 2:3']],
  ])('%j is refused', (text, expected) => {
    expect(problems(readInitialTemperatures, text)).toEqual(expected);
  });
});
