import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EDGE, edit, LEAN, SIZED_ARCHITECTURE } from '../cosim/support.ts';
import { errorsIn, folderWith, isothermHere } from './support.ts';

type Files = Record<string, string | Uint8Array>;

const EXPERIMENT = `version: 1
name: mine
accelerator: ./npu
workload: ./net.csv
policy:
  name: ./slow.yaml
  frequency: 800MHz
`;
const NET = 'layer,type,ifmap_h,ifmap_w,channels,filter_h,filter_w,filters,stride,padding\na,conv,8,8,3,3,3,4,1,1\n';
const SLOW = 'version: 1\nname: slow\nuses: fixed\nparameters:\n  frequency: 200MHz\n';
const TABLE = 'action,energy_pj,area_um2,v0_v,t0_k,source\nread|write,1,,none,300,x\n,,0,none,300,x\n';
const PROJECT: Files = {
  'exp.yaml': EXPERIMENT,
  'net.csv': NET,
  'slow.yaml': SLOW,
  'npu/accelerator.yaml': `${EDGE}tables: [../tables]\n`,
  'npu/architecture.yaml': SIZED_ARCHITECTURE,
  'tables/45nm/DRAM.csv': TABLE,
  // In place of the whole sweep, which takes longer to read than all the rest.
  'tables/45nm/cacti-sram.csv': Object.values(LEAN)[0],
};

/** The project with a part of one of its files replaced. */
const changed = (file: string, from: string | RegExp, to: string): Files => ({
  [file]: edit(String(PROJECT[file]), from, to),
});
const exp = (from: string | RegExp, to: string) => changed('exp.yaml', from, to);
const npu = (from: string | RegExp, to: string) => changed('npu/accelerator.yaml', from, to);
const arch = (from: string | RegExp, to: string) => changed('npu/architecture.yaml', from, to);

const BINARY = Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 0x02, 0xff, 0xfe, 0x00, 0x0a, 0x80]);
const BOMB = ['a: &a [x]', ...[...'bcdefghij'].map((k, i) => `${k}: &${k} [${`*${'abcdefghij'[i]},`.repeat(9)}]`)].join(
  '\n',
);

/** [what, the files that differ, the errors: code and file:line:column counted in the texts above, further arguments] */
const CASES: readonly (readonly [string, Files, readonly string[], (readonly string[])?])[] = [
  ['unknown key, experiment', exp('name: mine', 'nmae: mine'), ['unknown-key exp.yaml:2:1']],
  ['unknown key, accelerator', npu('  rows: 32', '  rosw: 32'), ['unknown-key npu/accelerator.yaml:8:3']],
  [
    'unknown key, architecture',
    arch('class: DRAM', 'clas: DRAM'),
    ['unknown-key npu/architecture.yaml:39:11', 'missing-key npu/architecture.yaml:38:11'],
  ],
  ['unknown key, policy', changed('slow.yaml', 'uses: fixed', 'uses: fixed\nuse: 1'), ['unknown-key slow.yaml:4:1']],
  [
    'unknown column, workload',
    changed('net.csv', 'stride', 'strde'),
    ['missing-key net.csv:1:1', 'unknown-key net.csv:1:63'],
  ],
  ['wrong type, experiment', exp('name: mine', 'name: [mine]'), ['wrong-type exp.yaml:2:7']],
  ['wrong type, accelerator', npu('rows: 32', 'rows: many'), ['wrong-type npu/accelerator.yaml:8:9']],
  [
    'wrong type, architecture',
    arch('required_actions: [read, write]', 'required_actions: {read: 1}'),
    ['wrong-type npu/architecture.yaml:43:29'],
  ],
  ['wrong type, policy', changed('slow.yaml', 'name: slow', 'name: 5'), ['wrong-type slow.yaml:2:7']],
  ['wrong type, workload', changed('net.csv', '8,8,3', '8,x,3'), ['wrong-type net.csv:2:10']],
  ['missing unit, accelerator', npu('latency: 100ns', 'latency: 100'), ['missing-unit npu/accelerator.yaml:23:12']],
  ['missing unit, experiment', exp('frequency: 800MHz', 'frequency: 800'), ['missing-unit exp.yaml:7:14']],
  ['missing unit, policy', changed('slow.yaml', '200MHz', '200'), ['missing-unit slow.yaml:5:14']],
  ['wrong unit', npu('latency: 100ns', 'latency: 100MHz'), ['wrong-unit npu/accelerator.yaml:23:12']],
  ['missing accelerator', exp('./npu', './nothing'), ['file-not-found exp.yaml:3:14']],
  ['missing bundled accelerator', exp('./npu', 'edge-npv'), ['unknown-name exp.yaml:3:14']],
  ['missing workload', exp('./net.csv', './nothing.csv'), ['file-not-found exp.yaml:4:11']],
  [
    'missing architecture',
    npu('version: 1', 'architecture: ./x.yaml\nversion: 1'),
    ['file-not-found npu/accelerator.yaml:3:15'],
  ],
  ['missing policy', exp('./slow.yaml', './nothing.yaml'), ['file-not-found exp.yaml:6:9']],
  ['missing policy of --policy', {}, ['file-not-found --policy:1:1'], ['--policy', './nothing.yaml']],
  ['missing folder of tables', npu('[../tables]', '[../tabels]'), ['file-not-found npu/accelerator.yaml:86:10']],
  ['.nan', npu('rows: 32', 'rows: .nan'), ['wrong-type npu/accelerator.yaml:8:9']],
  ['.inf', npu('columns: 32', 'columns: .inf'), ['wrong-type npu/accelerator.yaml:9:12']],
  ['negative number, accelerator', npu('rows: 32', 'rows: -32'), ['out-of-range npu/accelerator.yaml:8:9']],
  [
    'negative quantity',
    npu('background_power: 30mW', 'background_power: -30mW'),
    ['out-of-range npu/accelerator.yaml:24:21'],
  ],
  ['negative number, workload', changed('net.csv', '8,8,3', '8,-8,3'), ['out-of-range net.csv:2:10']],
  ['negative number, experiment', exp('name: mine', 'name: mine\nbatch: -1'), ['out-of-range exp.yaml:3:8']],
  [
    'negative energy',
    arch('width: 64', 'width: -64'),
    ['out-of-range npu/accelerator.yaml:77:7', 'out-of-range npu/accelerator.yaml:78:7'],
    ['--set', 'accelerator.tables=[]'],
  ],
  ['negative count', npu('mac: macs', 'mac: 0 - macs'), ['out-of-range npu/accelerator.yaml:46:12']],
  // 3 x 3 on 1 x 1 without padding
  [
    'filter larger than its padded ifmap',
    changed('net.csv', '8,8,3,3,3,4,1,1', '1,8,3,3,3,4,1,0'),
    ['filter-larger-than-ifmap net.csv:2:14'],
  ],
  [
    'operating points not monotone',
    npu('frequency: 300MHz', 'frequency: 100MHz'),
    ['operating-points-not-monotone npu/accelerator.yaml:31:9'],
  ],
  [
    'component without binding',
    npu(/ {2}ofmap_spad:\n( {4}.*\n)+/, ''),
    ['component-unbound npu/accelerator.yaml:41:1'],
  ],
  [
    'binding without component',
    npu('  pe:\n', '  pee: {domain: core, actions: {}}\n  pe:\n'),
    ['unknown-name npu/accelerator.yaml:42:3'],
  ],
  ['action without count', npu('      mac: macs\n', ''), ['component-unbound npu/accelerator.yaml:45:5']],
  [
    'component with neither domain nor off_die',
    npu('    off_die: true\n', ''),
    ['component-without-domain npu/accelerator.yaml:74:3'],
  ],
  ['expression, syntax, binding', npu('mac: macs', 'mac: macs +'), ['expression-syntax npu/accelerator.yaml:46:18']],
  [
    'expression, syntax, attribute',
    arch('depth: 8192', 'depth: 8192 )'),
    ['expression-syntax npu/architecture.yaml:21:25'],
  ],
  ['expression, unknown name', npu('mac: macs', 'mac: mcas'), ['expression-unknown-name npu/accelerator.yaml:46:12']],
  [
    'expression, a loop',
    arch(
      '            width: 256\n            depth: 8192',
      '            width: depth / 32\n            depth: width * 32',
    ),
    ['expression-cycle npu/architecture.yaml:20:20'],
  ],
  [
    'expression, a loop through oneself',
    arch('depth: 8192', 'depth: depth'),
    ['expression-cycle npu/architecture.yaml:21:20'],
  ],
  [
    'expression, division by zero, binding',
    npu('read: ifmap_sram_reads * ifmap_bits / 256', 'read: ifmap_sram_reads / (1 - 1)'),
    ['expression-not-a-number npu/accelerator.yaml:58:13'],
  ],
  [
    'expression, division by zero, attribute',
    arch('depth: 8192', 'depth: 8192 / 0'),
    ['expression-not-a-number npu/architecture.yaml:21:20'],
  ],
  [
    'binding that is not linear',
    npu('mac: macs', 'mac: macs * macs'),
    ['expression-not-linear npu/accelerator.yaml:46:12'],
  ],
  ['binding with a constant', npu('mac: macs', 'mac: macs + 1'), ['expression-not-linear npu/accelerator.yaml:46:12']],
  ['unknown class', arch('class: systolic_pe', 'class: sistolic_pe'), ['unknown-name npu/architecture.yaml:11:18']],
  [
    'unknown technology',
    arch('"45nm"', '"46nm"'),
    ['unknown-name npu/architecture.yaml:7:21'],
    ['--set', 'accelerator.tables=[]'],
  ],
  ['technology not in quotes', arch('"45nm"', '45nm'), ['expression-syntax npu/architecture.yaml:7:23']],
  [
    'broken table, a row too short',
    changed('tables/45nm/DRAM.csv', 'read|write,1,,none', 'read|write,1,none'),
    ['csv-syntax tables/45nm/DRAM.csv:2:1'],
  ],
  [
    'broken table, a word for a number',
    changed('tables/45nm/DRAM.csv', ',300,x\n,', ',warm,x\n,'),
    ['table-invalid tables/45nm/DRAM.csv:2:20'],
  ],
  [
    'broken table, a missing column',
    changed('tables/45nm/DRAM.csv', 'source', 'sauce'),
    ['table-invalid tables/45nm/DRAM.csv:1:1'],
  ],
  [
    'broken table, a quote left open',
    changed('tables/45nm/DRAM.csv', 'none,300,x', '"none,300,x'),
    ['csv-syntax tables/45nm/DRAM.csv:2:15'],
  ],
  ['broken table, empty', { 'tables/45nm/DRAM.csv': '' }, ['table-invalid tables/45nm/DRAM.csv:1:1']],
  ['broken table, binary', { 'tables/45nm/DRAM.csv': BINARY }, ['file-unreadable tables/45nm/DRAM.csv:1:6']],
  [
    'scratchpad too small',
    npu('capacity: 256KiB', 'capacity: 63B'),
    ['scratchpad-too-small npu/accelerator.yaml:17:22'],
  ],
  [
    'two scratchpads too small',
    changed('npu/accelerator.yaml', /capacity: (512|64)KiB/g, 'capacity: 1B'),
    ['scratchpad-too-small npu/accelerator.yaml:18:23', 'scratchpad-too-small npu/accelerator.yaml:19:22'],
  ],
  ['unknown dataflow', npu('dataflow: os', 'dataflow: rs'), ['unknown-name npu/accelerator.yaml:10:13']],
  ['unknown policy', changed('slow.yaml', 'uses: fixed', 'uses: fixt'), ['unknown-name slow.yaml:3:7']],
  ['unknown policy parameter', exp('  frequency: 800MHz', '  frequenzy: 800MHz'), ['unknown-key exp.yaml:7:3']],
  [
    'unknown parameter in a policy file',
    changed('slow.yaml', '  frequency', '  frequenzy'),
    ['unknown-key slow.yaml:5:3'],
  ],
  ['unknown operating point', exp('800MHz', '850MHz'), ['unknown-operating-point exp.yaml:7:14']],
  ['unknown domain of a policy', exp('frequency: 800MHz', 'frequency: {cpu: 800MHz}'), ['unknown-name exp.yaml:7:20']],
  [
    'nominal that is no operating point',
    npu('nominal: 800MHz', 'nominal: 850MHz'),
    ['unknown-operating-point npu/accelerator.yaml:37:14'],
  ],
  ['huge number of rows', npu('rows: 32', 'rows: 1e15'), ['out-of-range npu/accelerator.yaml:8:9']],
  ['huge quantity', npu('latency: 100ns', 'latency: 1e300s'), ['out-of-range npu/accelerator.yaml:23:12']],
  ['infinite quantity', npu('bandwidth: 8GB/s', 'bandwidth: 1e999GB/s'), ['out-of-range npu/accelerator.yaml:22:14']],
  ['huge layer', changed('net.csv', '8,8,3', '2000000000,2000000000,2000000000'), ['out-of-range net.csv:2:1']],
  ['huge number, workload', changed('net.csv', '8,8,3', '8,1e99,3'), ['out-of-range net.csv:2:10']],
  [
    'huge number of folds: of rows of activity.csv, which the experiment leaves to us',
    { 'net.csv': 'layer,type,m,n,k\na,gemm,1048576,1048576,1\n' },
    ['out-of-range exp.yaml:1:1'],
  ],
  [
    'huge list of components',
    arch('pe[0..rows*columns-1]', 'pe[0..1e300]'),
    ['out-of-range npu/architecture.yaml:10:17'],
  ],
  ['huge count', npu('mac: macs', 'mac: macs * 1e300'), ['out-of-range npu/accelerator.yaml:46:12']],
  [
    'huge activity file',
    exp('workload: ./net.csv', 'workload: resnet18\nbatch: 4\nactivity_interval: 1'),
    ['out-of-range exp.yaml:6:20'],
  ],
  ['empty experiment', { 'exp.yaml': '' }, ['wrong-type exp.yaml:1:1']],
  ['empty accelerator', { 'npu/accelerator.yaml': '' }, ['wrong-type npu/accelerator.yaml:1:1']],
  ['empty architecture', { 'npu/architecture.yaml': '' }, ['missing-key npu/architecture.yaml:1:1']],
  ['empty workload', { 'net.csv': '' }, ['empty-workload net.csv:1:1']],
  ['workload without layers', changed('net.csv', /a,conv.*\n/, ''), ['empty-workload net.csv:1:1']],
  ['empty policy', { 'slow.yaml': '' }, ['wrong-type slow.yaml:1:1']],
  ['list for an experiment', { 'exp.yaml': '- a\n' }, ['wrong-type exp.yaml:1:1']],
  ['scalar for an experiment', { 'exp.yaml': 'hello\n' }, ['wrong-type exp.yaml:1:1']],
  ['binary experiment', { 'exp.yaml': BINARY }, ['file-unreadable exp.yaml:1:6']],
  ['binary accelerator', { 'npu/accelerator.yaml': BINARY }, ['file-unreadable npu/accelerator.yaml:1:6']],
  ['binary architecture', { 'npu/architecture.yaml': BINARY }, ['file-unreadable npu/architecture.yaml:1:6']],
  ['binary workload', { 'net.csv': BINARY }, ['file-unreadable net.csv:1:6']],
  ['binary policy', { 'slow.yaml': BINARY }, ['file-unreadable slow.yaml:1:6']],
  ['zero bytes on the second line', { 'exp.yaml': 'version: 1\nna\0me: x\n' }, ['file-unreadable exp.yaml:2:3']],
  ['folder as workload', exp('./net.csv', './npu'), ['file-unreadable exp.yaml:4:11']],
  ['folder as policy', exp('./slow.yaml', './npu'), ['file-unreadable exp.yaml:6:9']],
  [
    'folder as architecture',
    npu('version: 1', 'architecture: ../npu\nversion: 1'),
    ['file-unreadable npu/accelerator.yaml:3:15'],
  ],
  ['folder without accelerator', exp('./npu', './tables'), ['file-unreadable exp.yaml:3:14']],
  ['alias bomb', { 'exp.yaml': BOMB }, ['yaml-syntax exp.yaml:10:32']],
  ['alias without anchor', exp('name: mine', 'name: *mine'), ['yaml-syntax exp.yaml:2:7']],
  ['brackets without end', { 'exp.yaml': '['.repeat(10_000) }, ['yaml-syntax exp.yaml:1:200']],
  ['key twice', exp('name: mine', 'name: mine\nname: yours'), ['yaml-syntax exp.yaml:3:1']],
  ['__proto__ key, experiment', exp('name: mine', 'name: mine\n__proto__: {x: 1}'), ['unknown-key exp.yaml:3:1']],
  [
    '__proto__ key, accelerator',
    npu('  rows: 32', '  rows: 32\n  __proto__: {x: 1}'),
    ['unknown-key npu/accelerator.yaml:9:3'],
  ],
  [
    '__proto__ key, bindings',
    npu('  pe:\n', '  __proto__: {domain: core, actions: {}}\n  pe:\n'),
    ['unknown-name npu/accelerator.yaml:42:3'],
  ],
  [
    '__proto__ key, policy',
    exp('  frequency: 800MHz', '  __proto__: {frequency: 200MHz}'),
    ['unknown-key exp.yaml:7:3'],
  ],
  [
    '__proto__ key, architecture',
    arch('class: DRAM', '__proto__: {class: DRAM}'),
    ['unknown-key npu/architecture.yaml:39:11', 'missing-key npu/architecture.yaml:38:11'],
  ],
  ['--set that is none', {}, ['override-invalid --set:1:1'], ['--set', 'rows']],
  ['--set of __proto__', {}, ['unknown-key --set:1:1'], ['--set', '__proto__.x=1']],
  ['--set of a wrong value', {}, ['wrong-type --set:1:24'], ['--set', 'accelerator.array.rows=x']],
];

describe('isotherm run -o with', () => {
  const cases = CASES.map(([what, files, errors, more = []]) => ({ what, files, errors, more }));

  test.each(cases)('$what: status 1, code and place, and nothing is written', async ({ files, errors, more }) => {
    const folder = folderWith({ ...PROJECT, ...files });
    const output = join(folder, 'out');
    const { status, out, err } = await isothermHere(['run', join(folder, 'exp.yaml'), '-o', output, ...more]);
    expect(err).not.toContain('internal error');
    expect({ status, errors: errorsIn(err, folder) }, err).toEqual({ status: 1, errors });
    expect(out).toBe('');
    expect(existsSync(output)).toBe(false);
  });

  test.each([
    ['./nothing.yaml', 'file-not-found'],
    ['nothing', 'unknown-name'],
    ['quickstrat', 'unknown-name'],
  ])('the experiment %s that is not there', async (name, code) => {
    const output = join(folderWith(), 'out');
    const { status, err } = await isothermHere(['run', name, '-o', output]);
    expect({ status, errors: errorsIn(err, '') }).toEqual({ status: 1, errors: [code] });
    expect(existsSync(output)).toBe(false);
  });

  test('a folder as experiment', async () => {
    const folder = folderWith();
    mkdirSync(join(folder, 'exp.yaml'));
    const { status, err } = await isothermHere(['run', join(folder, 'exp.yaml'), '-o', join(folder, 'out')]);
    expect(status).toBe(1);
    expect(err).toBe(`error[file-unreadable]: ${folder}/exp.yaml is a folder, not a file\n`);
  });

  test('nothing wrong', async () => {
    const folder = folderWith(PROJECT);
    const { status, err } = await isothermHere(['run', join(folder, 'exp.yaml'), '-o', join(folder, 'out')]);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(existsSync(join(folder, 'out', 'summary.json'))).toBe(true);
  });
});
