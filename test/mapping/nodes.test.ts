/** Timeloop 0.4's `nodes` give what the same architecture gives in Timeloop's older form. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { nodeFiles } from '../../src/node/index.ts';
import { readPriced } from '../../src/peers/mapping/energies.ts';
import { evaluateFiles } from '../../src/peers/mapping/index.ts';
import { diagnosticsOf } from '../energy/support.ts';

const ROOT = new URL('../golden/timeloop/', import.meta.url);
const golden = (folder: string) =>
  readdirSync(new URL(folder, ROOT)).map((file) => ({
    file,
    text: readFileSync(new URL(`${folder}/${file}`, ROOT), 'utf8'),
  }));
const from = { files: nodeFiles, bundled: nodeFiles };

/** The architecture of test/golden/timeloop/os_gemm: DRAM, a buffer, 16 x 16 PEs with a register each. */
const NODES = `variables:
  version: 0.4
  global_cycle_seconds: 1e-9
  technology: "45nm"
  word: 16
architecture:
  version: 0.4
  nodes:
  - !Container {name: sys, attributes: {technology: "45nm", width: word, datawidth: word}}
  - !Component {name: DRAM, class: DRAM, attributes: {type: "LPDDR4", width: 4 * word}}
  - !Container
    name: chip
  - !Component {name: GBuf, class: SRAM, attributes: {depth: 8192, block_size: 1}}
  - !Container
    name: PE
    spatial: {meshX: 16, meshY: 16}
    constraints: {spatial: {permutation: [M, N, K], split: 1}}
  - !Parallel
    nodes:
    - !Component
      name: Reg
      class: regfile
      attributes: {depth: 2 + 2, block_size: 1}
      constraints:
        dataspace: {keep: [A, B, Z], bypass: []}
        temporal: {factors: [M=1, N=1]}
    - !Nothing
  - !Component {name: MAC, class: intmac}
`;
const without = (...names: string[]) => golden('os_gemm').filter(({ file }) => !names.includes(file));
const withNodes = (text = NODES, ...names: string[]) => [
  ...without('arch.yaml', ...names),
  { file: 'nodes.yaml', text },
];

test('a mapping has the counts, cycles and energies of the older form', () => {
  const { 'stats.json': ours } = evaluateFiles(withNodes(), from).files;
  expect(ours).toBe(evaluateFiles(golden('os_gemm'), from).files['stats.json']);
});

test('a fan-out of a mapping may be called by its container', () => {
  const sources = withNodes().map(({ file, text }) => ({
    file,
    text: file === 'mapping.yaml' ? text.replace('target: GBuf, type: spatial', 'target: PE, type: spatial') : text,
  }));
  expect(evaluateFiles(sources, from).files['stats.json']).toBe(evaluateFiles(withNodes(), from).files['stats.json']);
});

test('constraints of components and containers are those of the search', () => {
  const { input } = readPriced(withNodes(NODES, 'mapping.yaml'), from);
  expect(
    input.architecture.storages.map(({ name, instances, meshX, wordBits, blockSize }) => [
      name,
      instances,
      meshX,
      wordBits,
      blockSize,
    ]),
  ).toEqual([
    ['DRAM', 1, 1, 16, 4],
    ['GBuf', 1, 1, 16, 1],
    ['Reg', 256, 16, 16, 1],
  ]);
  const [, gbuf, reg] = input.constraints;
  expect(gbuf.spatial.innermost).toEqual([0, 1, 2]);
  expect(gbuf.split).toBe(1);
  expect(reg.keep).toEqual([true, true, true]);
  expect(reg.temporal.fixed).toEqual([1, 1, undefined]);
});

test('energies are estimated as `energy` does', () => {
  const { estimated, input } = readPriced(withNodes(NODES, 'mapping.yaml', 'ert.yaml'), from);
  expect(estimated!.ert).toContain('system_top_level.Reg[1..256]');
  expect(input.energies.storages.every(({ readPj }) => readPj > 0)).toBe(true);
});

describe('refuses', () => {
  const problems = (change: (text: string) => string, ...drop: string[]) =>
    diagnosticsOf(() => readPriced(withNodes(change(NODES), ...drop), from)).map(
      ({ code, span, message }) => `${code} ${span?.file}:${span?.line}:${span?.column} ${message}`,
    );

  test.each([
    ['an attribute', (t: string) => t.replace('depth: 8192', 'depth: -1'), 'out-of-range nodes.yaml:13:62 '],
    ['a fan-out', (t: string) => t.replace('meshX: 16', 'meshX: 1.5'), 'out-of-range nodes.yaml:16:22 '],
    ['no component', (t: string) => `${t.slice(0, t.indexOf('  - !Component'))}`, 'missing-key nodes.yaml:6:1 '],
    ['a tag', (t: string) => t.replace('!Nothing', '!Memory'), 'wrong-type nodes.yaml:27:14 '],
    [
      'a second multiplier',
      (t: string) => `${t}  - !Component {name: MAC2, class: intmac}\n`,
      'out-of-range nodes.yaml:',
    ],
    ['a tensor', (t: string) => t.replace('keep: [A, B, Z]', 'keep: [A, B, C]'), 'unknown-name nodes.yaml:25:27 '],
    ['a kind of constraint', (t: string) => t.replace('temporal: {', 'sparse: {'), 'not-supported nodes.yaml:26:9 '],
    ['a key of one', (t: string) => t.replace('split: 1', 'splits: 1'), 'not-supported nodes.yaml:17:53 '],
    [
      'a fan-out above all',
      (t: string) => t.replace('name: sys,', 'name: sys, constraints: {spatial: {split: 1}},'),
      'not-supported nodes.yaml:9:',
    ],
  ])('%s in its place', (_, change, problem) => {
    expect(problems(change, 'mapping.yaml')[0]).toContain(problem);
  });

  const BESIDE = NODES.replace(
    '    - !Nothing\n',
    '    - !Component {name: Spad, class: regfile, attributes: {depth: 4}, constraints: {dataspace: {keep: [A], bypass: [B]}}}\n',
  );

  test('memories side by side that may keep the same tensor', () => {
    expect(problems(() => BESIDE, 'mapping.yaml', 'ert.yaml')[0]).toBe(
      'not-supported nodes.yaml:27:25 Reg and Spad lie side by side and may both keep A',
    );
    const apart = BESIDE.replace('keep: [A], bypass: [B]', 'keep: [A], bypass: [B, Z]').replace(
      'keep: [A, B, Z], bypass: []',
      'keep: [B, Z], bypass: [A]',
    );
    const { input } = readPriced(withNodes(apart, 'mapping.yaml', 'ert.yaml'), from);
    expect(input.architecture.storages.map(({ name }) => name)).toEqual(['DRAM', 'GBuf', 'Reg', 'Spad']);
  });
});
