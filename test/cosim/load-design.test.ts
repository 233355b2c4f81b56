/** What is wrong with a design, and where that is told: at what stands between « and » in its files. */
import { describe, expect, test } from 'vitest';
import { parseYaml } from '../../src/base/document.ts';
import { BUNDLED } from '../../src/base/files.ts';
import { parseAccelerator } from '../../src/design/accelerator.ts';
import { loadDesign } from '../../src/design/design.ts';
import { accelerator, architecture, expectProblems, MINE } from './marked.ts';
import { EDGE, load, memoryFiles, QUICKSTART, SIZED_ARCHITECTURE, type Texts } from './support.ts';

describe('the accelerator file', () => {
  test.each<[string, Texts, ...string[]]>([
    ['an unknown dataflow', accelerator(['dataflow: os', 'dataflow: «so»']), 'unknown-name'],
    [
      'an architecture that is not there',
      accelerator(['version: 1', 'architecture: «./nothing.yaml»\nversion: 1']),
      'file-not-found',
    ],
    [
      'folders of tables that are not there',
      accelerator(['version: 1', 'tables: [«../tables», «nowhere»]\nversion: 1']),
      'file-not-found',
      'file-not-found',
    ],
    [
      'a component without binding',
      accelerator([/ {2}ofmap_spad:\n( {4}.*\n)+/, ''], ['\nbindings:', '\n«bindings»:']),
      'component-unbound',
    ],
    [
      'a binding without component',
      accelerator(['  pe:\n', '  «pee»: {domain: core, actions: {}}\n  pe:\n']),
      'unknown-name',
    ],
    ['an action without count', accelerator(['actions:\n      mac: macs\n', '«actions»:\n']), 'component-unbound'],
    ['an unknown action', accelerator(['mac: macs', '«mca»: macs']), 'action-unknown'],
    ['an unknown counter', accelerator(['mac: macs', 'mac: «mac»']), 'expression-unknown-name'],
    ['a count that is not linear', accelerator(['mac: macs', 'mac: «macs * macs»']), 'expression-not-linear'],
    ['a count with a constant', accelerator(['mac: macs', 'mac: «macs + 1»']), 'expression-not-linear'],
    ['a DRAM that is on the die', accelerator(['component: dram', 'component: «pe»']), 'unknown-name'],
  ])('%s', (_, texts, ...codes) => {
    expectProblems(texts, codes);
  });
});

describe('the architecture file', () => {
  /** DRAM takes 8 pJ a bit times its width: a width of no sense shows where its actions are bound. */
  const widthOfDram = (width: string): Texts => ({
    ...accelerator(['read: dram_read_bits', '«read»: dram_read_bits'], ['write: dram_write_bits', '«write»: dram_write_bits']), // biome-ignore format: one file
    ...architecture(['            width: 64', `            width: ${width}`]),
  });

  test.each<[string, Texts, ...string[]]>([
    ['no architecture in it', { 'npu/architecture.yaml': '«variables: {version: 0.4}»\n' }, 'missing-key'],
    ['nothing in it', { 'npu/architecture.yaml': '«»' }, 'missing-key'],
    ['an unknown technology', architecture(['"45nm"', '«"gaas"»']), 'unknown-name'],
    [
      'no technology: at the first component that needs one',
      architecture(['        technology: "45nm"\n', ''], ['pe[0..rows*columns-1]', '«pe[0..rows*columns-1]»']),
      'attribute-missing',
    ],
    [
      'an unknown technology of one component',
      architecture(['            type: "LPDDR4"\n', '            type: "LPDDR4"\n            technology: «"54nm"»\n']),
      'unknown-name',
    ],
    ['an unknown class', architecture(['class: DRAM', 'class: «DRM»']), 'unknown-name'],
    ['an attribute that makes energy negative', widthOfDram('-64'), 'out-of-range', 'out-of-range'],
    ['an attribute that makes energy absurd', widthOfDram('1e300'), 'out-of-range', 'out-of-range'],
    [
      'a size that the accelerator says already',
      { 'npu/architecture.yaml': `${SIZED_ARCHITECTURE}variables:\n  version: 0.4\n  rows: «5»\n` },
      'duplicate-name',
    ],
  ])('%s', (_, texts, ...codes) => {
    expectProblems(texts, codes);
  });

  test('knows the sizes of the accelerator: 8 x 32 PEs', () => {
    const { ert } = load(QUICKSTART, { set: ['accelerator.array.rows=8'] }).design;
    expect(ert.components[0].component.count).toBe(8 * 32);
  });
});

describe('tables of one’s own', () => {
  /** A table of one class for the experiment `MINE`. */
  const table = (name: string, header: string, ...rows: readonly string[]): Texts => ({
    [`tables/45nm/${name}.csv`]: `${[header, ...rows].join('\n')}\n`,
    'npu/accelerator.yaml': `${EDGE}tables: [../tables]\n`,
  });
  const DRAM = [
    'DRAM',
    'action,energy_pj,area_um2,v0_v,t0_k,source',
    'read|write,1,,none,300,made up for this test',
  ] as const;

  test('are asked first: 1 pJ a read or write of DRAM', () => {
    const overlay = { ...MINE, ...table(...DRAM, ',,0,none,300,the same') };
    const { ert } = load(overlay['exp.yaml'], { overlay }).design;
    expect(ert.components.at(-1)?.actions.map(({ energyJ }) => energyJ)).toEqual([1e-12, 1e-12]);
  });

  test('alone answer for their class: without an area the component has none', () => {
    expectProblems({ ...table(...DRAM), ...architecture(['name: dram', 'name: «dram»']) }, ['no-estimator']);
  });

  test('are told to be broken once, however many components ask them', () => {
    const broken = table('counter', 'action,energy_pj,v0_v,t0_k,source', 'count,«much more than»,0.9,300,x');
    expectProblems(broken, ['table-invalid']);
  });
});

test('files beside the bundled ones are not read as classes or tables', () => {
  const overlay = { 'isotherm:components/README.md': '* not [yaml', 'isotherm:tech-tables/45nm/notes.md': 'x' };
  expect(load(QUICKSTART, { overlay }).design.ert.components).toHaveLength(5);
});

test('a design can be loaded alone', () => {
  const file = `${BUNDLED}accelerators/edge-npu/accelerator.yaml`;
  const spec = parseAccelerator(parseYaml({ file, text: EDGE }));
  expect(loadDesign(memoryFiles(), spec).bound.map((b) => `${b.component}.${b.action}`)).toContain('pe.mac');
});
