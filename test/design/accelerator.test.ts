import { describe, expect, test } from 'vitest';
import { parseYaml } from '../../src/base/document.ts';
import { parseAccelerator } from '../../src/design/accelerator.ts';
import { EDGE, edit, problemsOf } from '../cosim/support.ts';

const parse = (text: string) => parseAccelerator(parseYaml({ file: 'a.yaml', text }));
const problems = (from: string | RegExp, to: string) => problemsOf(() => parse(edit(EDGE, from, to)));

test('edge-npu in SI units', () => {
  const { document: _, bindings, domains, ...spec } = parse(EDGE);
  expect(spec).toMatchObject({
    name: 'edge-npu',
    array: { rows: 32, columns: 32, dataflow: 'os' },
    partitions: { rows: 1, columns: 1, split: 'spatial' },
    arrays: [{ array: 'core', ifmap: 'core', filter: 'core', ofmap: 'core' }],
    wordBits: { ifmap: 8, filter: 8, ofmap: 8, psum: 32 },
    // 256, 512 and 64 KiB.
    scratchpads: {
      ifmap: { capacityBytes: 262144, portBits: 256 },
      filter: { capacityBytes: 524288, portBits: 256 },
      ofmap: { capacityBytes: 65536, portBits: 256 },
    },
    psum: 'accumulate',
    prefetchAcrossLayers: true,
    dram: { bytesPerS: 8e9, latencyS: 1e-7, backgroundW: 0.03, component: 'dram' },
    architecture: 'architecture.yaml',
    tables: [],
  });
  expect(domains).toHaveLength(1);
  expect(domains[0]).toMatchObject({ name: 'core', nominal: 6 });
  expect(domains[0].points[0]).toEqual({ frequencyHz: 2e8, voltageV: 0.75 });
  expect(domains[0].points).toHaveLength(7);
  expect(bindings.pe).toMatchObject({ domain: 'core', block: 'pe_array' });
  expect(bindings.pe.actions.mac).toBe('macs');
  expect(bindings.dram).toMatchObject({ domain: null, block: null });
});

test('what may be left out', () => {
  const text = `${edit(EDGE, '    nominal: 800MHz\n', '')}psum: spill\nprefetch_across_layers: false\ntables: [t]\narchitecture: x.yaml\n`;
  expect(parse(text)).toMatchObject({
    psum: 'spill',
    prefetchAcrossLayers: false,
    tables: ['t'],
    architecture: 'x.yaml',
  });
  // The fastest point is the nominal one.
  expect(parse(text).domains[0].nominal).toBe(6);
  expect(parse(edit(EDGE, 'nominal: 800MHz', 'nominal: 0.2GHz')).domains[0].nominal).toBe(0);
  // An action may be counted by a number: 0 is how to say never.
  expect(parse(edit(EDGE, 'mac: macs', 'mac: 0')).bindings.pe.actions.mac).toBe('0');
});

describe('operating points', () => {
  const POINT = '{ frequency: 300MHz, voltage: 0.80V }';

  test.each([
    ['a clock twice', '{ frequency: 200MHz, voltage: 0.80V }'],
    ['a clock that falls', '{ frequency: 100MHz, voltage: 0.80V }'],
    ['a voltage that falls', '{ frequency: 300MHz, voltage: 0.70V }'],
  ])('%s', (_, point) => {
    expect(problems(POINT, point)).toEqual([`operating-points-not-monotone a.yaml:31:9 ${point}`]);
  });

  test('a voltage may stay', () => {
    expect(parse(edit(EDGE, POINT, '{ frequency: 300MHz, voltage: 0.75V }')).domains[0].points[1].voltageV).toBe(0.75);
  });

  test('a zero is named once', () => {
    expect(problems(POINT, '{ frequency: 0MHz, voltage: 0.80V }')).toEqual([
      'out-of-range a.yaml:31:9 { frequency: 0MHz, voltage: 0.80V }',
    ]);
    expect(problems(POINT, '{ frequency: 300MHz, voltage: 0V }')).toEqual([
      'out-of-range a.yaml:31:9 { frequency: 300MHz, voltage: 0V }',
    ]);
  });

  test.each(['-300MHz', '.nan', '.inf', '300', '300V', '1e99MHz'])('a clock of %s', (clock) => {
    expect(problems('300MHz', clock)).toEqual([
      expect.stringMatching(/^(out-of-range|wrong-type|missing-unit|wrong-unit) a\.yaml:31:22 /),
    ]);
  });

  test('a nominal clock that is no point', () => {
    expect(problems('nominal: 800MHz', 'nominal: 850MHz')).toEqual(['unknown-operating-point a.yaml:37:14 850MHz']);
  });

  test('no points, no domains', () => {
    expect(problems(/operating_points:(\n {6}- .*)+/, 'operating_points: []')).toEqual([
      'out-of-range a.yaml:29:23 []',
    ]);
    expect(problems(/domains:\n( {2}.*\n)+/, 'domains: {}\n')).toEqual(['out-of-range a.yaml:27:10 {}']);
  });
});

describe('domains', () => {
  test('names that are not defined, all at once', () => {
    const text = EDGE.replaceAll('domain: core', 'domain: cor');
    expect(problemsOf(() => parse(text))).toEqual([
      // array, three scratchpads, four components on the die
      ...['11:11', '17:52', '18:53', '19:51', '43:13', '54:13', '61:13', '68:13'].map(
        (at) => `unknown-name a.yaml:${at} cor`,
      ),
    ]);
  });

  test('a component on the die has a domain, one off it has none', () => {
    expect(problems('  dram:\n    off_die: true\n', '  dram:\n')).toEqual([
      'component-without-domain a.yaml:74:3 dram',
    ]);
    expect(problems('off_die: true', 'off_die: false')).toEqual(['component-without-domain a.yaml:74:3 dram']);
    expect(problems('off_die: true', 'off_die: true\n    domain: core')).toEqual([
      'component-without-domain a.yaml:74:3 dram',
    ]);
    expect(
      parse(edit(EDGE, '    off_die: true\n', '    domain: core\n    off_die: false\n')).bindings.dram.domain,
    ).toBe('core');
  });
});

describe('sizes', () => {
  test.each([
    ['capacity: 256KiB', 'capacity: 0KiB', 'out-of-range a.yaml:17:22 0KiB'],
    ['capacity: 256KiB', 'capacity: -1KiB', 'out-of-range a.yaml:17:22 -1KiB'],
    ['capacity: 256KiB', 'capacity: 0.1B', 'out-of-range a.yaml:17:22 0.1B'],
    ['port: 256bit', 'port: 0bit', 'out-of-range a.yaml:17:36 0bit'],
    ['port: 256bit', 'port: 1.5bit', 'out-of-range a.yaml:17:36 1.5bit'],
    ['ifmap: 8bit', 'ifmap: 0bit', 'out-of-range a.yaml:13:17 0bit'],
    ['psum: 32bit', 'psum: 32', 'missing-unit a.yaml:13:56 32'],
    ['bandwidth: 8GB/s', 'bandwidth: 0GB/s', 'out-of-range a.yaml:22:14 0GB/s'],
    ['bandwidth: 8GB/s', 'bandwidth: 8GB', 'wrong-unit a.yaml:22:14 8GB'],
    ['latency: 100ns', 'latency: -1ns', 'out-of-range a.yaml:23:12 -1ns'],
    ['background_power: 30mW', 'background_power: 1e300W', 'out-of-range a.yaml:24:21 1e300W'],
    ['rows: 32', 'rows: 0', 'out-of-range a.yaml:8:9 0'],
    ['rows: 32', 'rows: -32', 'out-of-range a.yaml:8:9 -32'],
    ['rows: 32', 'rows: 1e12', 'out-of-range a.yaml:8:9 1e12'],
    ['rows: 32', 'rows: .nan', 'wrong-type a.yaml:8:9 .nan'],
    ['rows: 32', 'rows: 3.5', 'wrong-type a.yaml:8:9 3.5'],
  ])('%s as %s', (from, to, problem) => {
    expect(problems(from, to)).toEqual([problem]);
  });

  test('half a KiB is a whole number of bytes, and latency may be zero', () => {
    expect(parse(edit(EDGE, 'capacity: 256KiB', 'capacity: 0.5KiB')).scratchpads.ifmap.capacityBytes).toBe(512);
    expect(parse(edit(EDGE, '100ns', '0ns')).dram.latencyS).toBe(0);
  });
});

test('problems of several kinds come in the order of the text', () => {
  const text = edit(
    edit(edit(EDGE, 'off_die: true', 'off_die: false'), '300MHz', '100MHz'),
    'port: 256bit',
    'port: 0bit',
  );
  expect(problemsOf(() => parse(text)).map((problem) => problem.split(' ')[1])).toEqual([
    ...['a.yaml:17:36', 'a.yaml:31:9', 'a.yaml:74:3'],
  ]);
});
