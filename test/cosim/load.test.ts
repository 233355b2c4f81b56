import { describe, expect, test } from 'vitest';
import { parseYaml } from '../../src/base/document.ts';
import { BUNDLED } from '../../src/base/files.ts';
import { loadDesign } from '../../src/cosim/index.ts';
import { parseAccelerator } from '../../src/design/accelerator.ts';
import { diagnosticsOf } from '../energy/support.ts';
import {
  EDGE,
  edit,
  type Loading,
  load,
  memoryFiles,
  problemsOf,
  QUICKSTART,
  run,
  SIZED_ARCHITECTURE,
} from './support.ts';

const MINE = edit(QUICKSTART, 'edge-npu', './npu/accelerator.yaml');
const BASE = { 'npu/accelerator.yaml': EDGE, 'npu/architecture.yaml': SIZED_ARCHITECTURE };
const ACCELERATOR = `${BUNDLED}accelerators/edge-npu/accelerator.yaml`;

/** Loads the quickstart with its accelerator beside it and some files replaced. */
const mine = (overlay: Readonly<Record<string, string>>, loading: Loading = {}) =>
  load(MINE, { ...loading, overlay: { ...BASE, ...overlay } });
const accelerator = (from: string | RegExp, to: string) => () => mine({ 'npu/accelerator.yaml': edit(EDGE, from, to) });
const architecture = (from: string | RegExp, to: string) => () =>
  mine({ 'npu/architecture.yaml': edit(SIZED_ARCHITECTURE, from, to) });

describe('an experiment', () => {
  test('finds what it names', () => {
    const { spec, design, workload } = load(QUICKSTART);
    expect([spec.name, design.spec.name, workload.name, run(QUICKSTART).policy]).toEqual([
      'quickstart',
      'edge-npu',
      'resnet18',
      'fixed',
    ]);
    expect(design.technology).toBe('45nm');
    expect(design.ert.components.map((c) => c.component.name)).toEqual([
      'pe',
      'ifmap_spad',
      'filter_spad',
      'ofmap_spad',
      'dram',
    ]);
  });

  test('files beside it are found from where they are named', () => {
    const { design } = mine({});
    expect(design.spec.document.file).toBe('npu/accelerator.yaml');
    const elsewhere = load(edit(QUICKSTART, 'edge-npu', './npu'), { overlay: BASE });
    expect(elsewhere.design.spec.document.file).toBe('npu/accelerator.yaml');
  });

  test('its problems come together with those of its accelerator, workload and policy', () => {
    const text = edit(edit(MINE, 'resnet18', './net.csv'), '800MHz', '801MHz');
    const net = 'layer,type,m,n,k\na,gemm,0,1,1\n';
    expect(problemsOf(() => load(text, { overlay: { ...BASE, 'net.csv': net } }))).toEqual([
      'out-of-range net.csv:2:8 0',
      'unknown-operating-point exp.yaml:9:14 801MHz',
    ]);
    // Without an accelerator there are no clocks to check a policy against.
    const broken = { ...BASE, 'npu/accelerator.yaml': 'version: 1\n', 'net.csv': net };
    expect(problemsOf(() => load(text, { overlay: broken })).at(-1)).toBe('out-of-range net.csv:2:8 0');
  });

  test('a workload that is empty or too large to count has a place, one too large for the array where it is named', () => {
    const withNet =
      (net: string, set: string[] = []) =>
      () =>
        load(edit(QUICKSTART, 'resnet18', './net.csv'), { overlay: { 'net.csv': net }, set });
    expect(problemsOf(withNet(''))).toEqual(['empty-workload net.csv:1:1 ']);
    // 2^26 x 2^26 x 1 products, twice.
    const rows = ['a', 'b', 'c'].map((name) => `${name},gemm,67108864,67108864,1`);
    expect(problemsOf(withNet(`layer,type,m,n,k\n${rows.join('\n')}\n`))).toEqual(['out-of-range net.csv:1:1 l']);
    // 2^20 x 2^20 on 32 x 32 PEs: 2^15 x 2^15 folds.
    expect(problemsOf(withNet('layer,type,m,n,k\na,gemm,1048576,1048576,1\n'))).toEqual([
      'out-of-range exp.yaml:6:11 ./net.csv',
    ]);
  });
});

describe('--policy', () => {
  const own = 'version: 1\nname: slow\nuses: fixed\nparameters: {frequency: 200MHz}\n';

  test('replaces the policy and its parameters', () => {
    const result = run(QUICKSTART, { policy: 'fixed' });
    expect(result.trace.domains[0].frequencyHz[0]).toBe(8e8); // nominal
    const slow = run(edit(QUICKSTART, '800MHz', '500MHz'), { policy: './slow.yaml', overlay: { 'slow.yaml': own } });
    expect(slow.trace.domains[0].frequencyHz[0]).toBe(2e8);
    expect(slow.policy).toBe('slow');
  });

  test('is a path as seen from the working directory, not from the experiment', () => {
    const files = memoryFiles({ 'policies/slow.yaml': own });
    const text = files.read(`${BUNDLED}experiments/quickstart.yaml`)!;
    const overlay = { 'policies/slow.yaml': own };
    expect(run(text, { overlay, policy: 'policies/slow.yaml', set: ['inferences.duration=10ms'] }).policy).toBe('slow');
  });

  test('takes parameters from --set', () => {
    expect(run(QUICKSTART, { policy: 'fixed', set: ['policy.frequency=300MHz'] }).trace.domains[0].frequencyHz[0]).toBe(
      3e8,
    );
  });

  test.each([
    ['fixd', 'unknown-name --policy:1:1 fixd'],
    ['./nothing.yaml', 'file-not-found --policy:1:1 ./nothing.yaml'],
    ['', 'out-of-range --policy:1:1 '],
  ])('%j is placed on the command line', (policy, problem) => {
    expect(problemsOf(() => load(QUICKSTART, { policy }))).toEqual([problem]);
  });

  test('mends an experiment whose own policy is wrong', () => {
    expect(run(edit(QUICKSTART, 'name: fixed', 'name: fixd'), { policy: 'fixed' }).policy).toBe('fixed');
  });
});

describe('scratchpads too small for one tile', () => {
  test('are placed at their capacity, each once, in the order of the file', () => {
    // Output stationary on 32 x 32: two 8 bit words for each of 32 lanes are 64 bytes.
    const text = EDGE.replace('capacity: 256KiB', 'capacity: 63B').replace('capacity: 64KiB', 'capacity: 1B');
    expect(problemsOf(() => mine({ 'npu/accelerator.yaml': text }))).toEqual([
      'scratchpad-too-small npu/accelerator.yaml:17:22 63B',
      'scratchpad-too-small npu/accelerator.yaml:19:22 1B',
    ]);
    expect(diagnosticsOf(() => mine({ 'npu/accelerator.yaml': text }))[0]).toMatchObject({
      message: 'the ifmap scratchpad of 63 bytes is too small for layer "conv1"',
      expected: 'at least 64 bytes: two words for each of the 32 lanes it feeds',
    });
    expect(
      mine({ 'npu/accelerator.yaml': edit(EDGE, 'capacity: 256KiB', 'capacity: 64B') }).workload.layers,
    ).not.toHaveLength(0);
  });

  test('name the layer that needs most', () => {
    // Weight stationary: a layer of K <= 32 holds 8 bit results (64 bytes), one of K = 33 partial sums of 32 bit (256 bytes).
    const overlay = { 'net.csv': 'layer,type,m,n,k\nshallow,gemm,4,4,32\ndeep,gemm,4,4,33\nshallow2,gemm,4,4,1\n' };
    const set = ['accelerator.array.dataflow=ws', 'accelerator.scratchpads.ofmap.capacity=63B', 'workload=./net.csv'];
    const [only, ...rest] = diagnosticsOf(() => mine(overlay, { set }));
    expect(only.message).toContain('layer "deep"');
    expect(only.expected).toMatch(/^at least 256 bytes/);
    expect(rest).toEqual([]);
  });

  test('are told alone: the missing figures of so small a memory would only repeat them', () => {
    const set = ['accelerator.scratchpads.ifmap.capacity=63B'];
    expect(problemsOf(() => load(QUICKSTART, { set }))).toEqual(['scratchpad-too-small --set:1:40 63B']);
  });
});

test('a scratchpad too small for a tile has no figures either, which is not said twice', () => {
  const set = ['accelerator.scratchpads.ifmap.capacity=63B'];
  expect(problemsOf(() => load(QUICKSTART, { set }))).toEqual(['scratchpad-too-small --set:1:40 63B']);
});

describe('the design', () => {
  test.each<[string, () => unknown, string[]]>([
    [
      'an unknown dataflow',
      accelerator('dataflow: os', 'dataflow: so'),
      ['unknown-name npu/accelerator.yaml:10:13 so'],
    ],
    [
      'an architecture that is not there',
      accelerator('version: 1', 'architecture: ./nothing.yaml\nversion: 1'),
      ['file-not-found npu/accelerator.yaml:3:15 ./nothing.yaml'],
    ],
    [
      'an architecture file without architecture',
      () => mine({ 'npu/architecture.yaml': 'variables: {version: 0.4}\n' }),
      ['missing-key npu/architecture.yaml:1:1 variables: {version: 0.4}'],
    ],
    [
      'an empty architecture file',
      () => mine({ 'npu/architecture.yaml': '' }),
      ['missing-key npu/architecture.yaml:1:1 '],
    ],
    [
      'a folder of tables that is not there',
      accelerator('version: 1', 'tables: [../tables, nowhere]\nversion: 1'),
      ['file-not-found npu/accelerator.yaml:3:10 ../tables', 'file-not-found npu/accelerator.yaml:3:21 nowhere'],
    ],
    ['an unknown technology', architecture('"45nm"', '"7nm"'), ['unknown-name npu/architecture.yaml:7:21 "7nm"']],
    [
      'no technology',
      architecture('        technology: "45nm"\n', ''),
      ['attribute-missing npu/architecture.yaml:9:17 pe[0..rows*columns-1]'],
    ],
    [
      'an unknown technology of one component',
      architecture('            type: "LPDDR4"\n', '            type: "LPDDR4"\n            technology: "54nm"\n'),
      ['unknown-name npu/architecture.yaml:42:25 "54nm"'],
    ],
    ['an unknown class', architecture('class: DRAM', 'class: DRM'), ['unknown-name npu/architecture.yaml:39:18 DRM']],
    [
      'a component without binding',
      accelerator(/ {2}ofmap_spad:\n( {4}.*\n)+/, ''),
      ['component-unbound npu/accelerator.yaml:41:1 bindings'],
    ],
    [
      'a binding without component',
      accelerator('  pe:\n', '  pee: {domain: core, actions: {}}\n  pe:\n'),
      ['unknown-name npu/accelerator.yaml:42:3 pee'],
    ],
    [
      'an action without count',
      accelerator('      mac: macs\n', ''),
      ['component-unbound npu/accelerator.yaml:45:5 actions'],
    ],
    ['an unknown action', accelerator('mac: macs', 'mca: macs'), ['action-unknown npu/accelerator.yaml:46:7 mca']],
    [
      'an unknown counter',
      accelerator('mac: macs', 'mac: mac'),
      ['expression-unknown-name npu/accelerator.yaml:46:12 mac'],
    ],
    [
      'a binding that is not linear',
      accelerator('mac: macs', 'mac: macs * macs'),
      ['expression-not-linear npu/accelerator.yaml:46:12 macs * macs'],
    ],
    [
      'a constant',
      accelerator('mac: macs', 'mac: macs + 1'),
      ['expression-not-linear npu/accelerator.yaml:46:12 macs + 1'],
    ],
    [
      'a DRAM that is not off the die',
      accelerator('component: dram', 'component: pe'),
      ['unknown-name npu/accelerator.yaml:25:14 pe'],
    ],
    [
      // 8 pJ a bit times a width below zero.
      'an attribute that makes energy negative',
      architecture('            width: 64', '            width: -64'),
      ['out-of-range npu/accelerator.yaml:74:7 read', 'out-of-range npu/accelerator.yaml:75:7 write'],
    ],
    [
      'an attribute that makes energy absurd',
      architecture('            width: 64', '            width: 1e300'),
      ['out-of-range npu/accelerator.yaml:74:7 read', 'out-of-range npu/accelerator.yaml:75:7 write'],
    ],
  ])('%s', (_, doing, problems) => {
    expect(problemsOf(doing)).toEqual(problems);
  });

  test('sizes of the accelerator are known to the architecture, which may not say them again', () => {
    const { ert } = load(QUICKSTART, { set: ['accelerator.array.rows=8'] }).design;
    // 8 x 32 PEs
    expect(ert.components[0].component.count).toBe(256);
    const text = `${SIZED_ARCHITECTURE}variables:\n  version: 0.4\n  rows: 5\n`;
    expect(problemsOf(() => mine({ 'npu/architecture.yaml': text }))).toEqual([
      'duplicate-name npu/architecture.yaml:46:9 5',
    ]);
  });

  test('own tables are asked first', () => {
    const table = (...lines: string[]) => ({
      'tables/45nm/DRAM.csv': `action,energy_pj,area_um2,v0_v,t0_k,source\n${lines.join('\n')}\n`,
      'npu/accelerator.yaml': `${EDGE}tables: [../tables]\n`,
    });
    const access = 'read|write,1,,none,300,made up for this test';
    // The made-up table has no area, which a component needs.
    expect(problemsOf(() => mine(table(access)))).toEqual(['no-estimator npu/architecture.yaml:39:18 DRAM']);
    const { ert } = mine(table(access, ',,0,none,300,the same')).design;
    expect(ert.components.at(-1)?.actions.map((a) => a.energyJ)).toEqual([1e-12, 1e-12]);
  });

  test('a broken table is named once, however many ask it', () => {
    const overlay = {
      'tables/45nm/counter.csv': 'action,energy_pj,v0_v,t0_k,source\ncount,much more than,0.9,300,x\n',
      'npu/accelerator.yaml': `${EDGE}tables: [../tables]\n`,
    };
    expect(problemsOf(() => mine(overlay))).toEqual(['table-invalid tables/45nm/counter.csv:2:7 much more than']);
  });

  test('files beside the bundled ones are not read as classes or tables', () => {
    const overlay = { 'isotherm:components/README.md': '* not [yaml', 'isotherm:tech-tables/45nm/notes.md': 'x' };
    expect(load(QUICKSTART, { overlay }).design.ert.components).toHaveLength(5);
  });

  test('a design can be loaded alone', () => {
    const spec = parseAccelerator(parseYaml({ file: ACCELERATOR, text: EDGE }));
    expect(loadDesign(memoryFiles(), spec).bound.map((b) => `${b.component}.${b.action}`)).toContain('pe.mac');
  });
});

describe('counts below zero', () => {
  test('are refused where they are bound', () => {
    const set = ['accelerator.bindings.pe.actions.mac=filter_reg_reads - 2 * macs'];
    expect(problemsOf(() => run(QUICKSTART, { set }))).toEqual(['out-of-range --set:1:37 filter_reg_reads - 2 * macs']);
  });

  test('unless they are zero', () => {
    const set = ['accelerator.bindings.pe.actions.mac=macs * 0.1 - 0.1 * macs'];
    expect(run(QUICKSTART, { set }).energyJ.total).toBeGreaterThan(0);
  });

  test('and so is a count beyond counting', () => {
    const set = ['accelerator.bindings.pe.actions.mac=macs * 1e200'];
    expect(problemsOf(() => run(QUICKSTART, { set }))).toEqual(['out-of-range --set:1:37 macs * 1e200']);
  });
});

describe('runs without bound are refused before they begin', () => {
  // [set, place]. edge-npu has 32 x 32 PEs at 800 MHz at most: an inference of resnet18's 1.8e9 MACs takes 2 ms or more.
  test.each([
    ['inferences.count=1000000000', 'trace-too-long --set:1:18 1000000000'],
    ['inferences={period: 1000000s, count: 10}', 'trace-too-long --set:1:12 {period: 1000000s, count: 10}'],
    ['inferences={duration: 1000000s}', 'trace-too-long --set:1:12 {duration: 1000000s}'],
    ['epoch=1e-29s', 'trace-too-long --set:1:7 1e-29s'],
  ])('%s', (set, expected) => {
    expect(problemsOf(() => load(QUICKSTART, { set: [set] }))).toEqual([expected]);
  });

  test('a long run with long epochs is none of them', () => {
    const set = ['inferences={period: 1000s, count: 10}', 'epoch=1s'];
    expect(load(QUICKSTART, { set }).spec.inferences.count).toBe(10);
  });
});
