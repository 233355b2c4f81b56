import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Diagnostic, InputError } from '../../src/base/errors.ts';
import { readHotspotInput } from '../../src/peers/hotspot/input/files.ts';
import { runHotspot } from '../../src/peers/hotspot/program.ts';
import type { HotspotTransient } from '../../src/peers/hotspot/transient.ts';
import { errorsIn, folderWith, isothermHere } from './support.ts';

const DIE: Texts = {
  'a.flp': 'core 0.004 0.004 0 0\ncache 0.004 0.004 0.004 0\n',
  'a.ptrace': 'core cache\n8 1\n2 1\n',
};
const LCF = '0\nY\nY\n1.75e6\n0.01\n1e-4\na.flp\n1\nY\nN\nglue\n2e-5\na.flp\n';
const STACK: Texts = {
  ...DIE,
  'a.config': '-model_type grid\n-grid_rows 4\n-grid_cols 4\n-grid_layer_file s.lcf\n-materials_file m\n',
  's.lcf': LCF,
  m: 'glue\nsolid\n4\n4e6\nwater\nfluid\n0.6\n4.2e6\n9e-4\n',
};
const WITH_CONFIG: Texts = { ...DIE, 'a.config': '-ambient 300\n' };
const WITH_FAN: Texts = { ...DIE, 'a.config': '-package_model_used 1\n-package_config_file fan\n', fan: '-rpm 900\n' };

type Texts = Readonly<Record<string, string>>;

function describeProblem({ code, span, suggestion }: Diagnostic): string {
  const place = span ? ` ${span.file}:${span.line}:${span.column}` : '';
  return `${code}${place}${suggestion === undefined ? '' : ` ${suggestion}`}`;
}

/** `code file:line:column suggestion` of every error; of every warning before them under `compat`. */
function read(texts: Texts, compat = false, options: readonly (readonly [string, string])[] = []): string[] {
  const told: string[] = [];
  const config = 'a.config' in texts ? 'a.config' : undefined;
  const floorplan = 's.lcf' in texts ? undefined : 'a.flp';
  const files = { read: (path: string) => texts[path], list: () => [] };
  const tolerate = compat ? (warning: Diagnostic) => void told.push(`(${describeProblem(warning)})`) : undefined;
  try {
    readHotspotInput(files, { config, floorplan, trace: 'a.ptrace', transient: true, options, tolerate });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    told.push(...error.diagnostics.map(describeProblem));
  }
  return told;
}

test('the files that the cases below change are right', () => {
  for (const texts of [DIE, STACK, WITH_CONFIG, WITH_FAN]) expect(read(texts)).toEqual([]);
});

describe('die and trace', () => {
  test.each<[string, Texts, string[]]>([
    [
      'a width without a floorplan line',
      { 'a.flp': 'core 0.004 0.004\ncache 0.004 0.004 0.004 0\n' },
      ['column-count a.flp:1:1'],
    ],
    ['a wire density of what is no block', { 'a.flp': `${DIE['a.flp']}core bus 0.5\n` }, ['column-count a.flp:3:1']],
    [
      'zero and negative sizes',
      { 'a.flp': 'core 0 0.004 0 0\ncache 0.004 -1 0.004 0\n' },
      ['zero-area a.flp:1:1', 'zero-area a.flp:2:1'],
    ],
    ['a NaN', { 'a.flp': 'core nan 0.004 0 0\ncache 0.004 0.004 0.004 0\n' }, ['wrong-type a.flp:1:6']],
    ['nanometres', { 'a.flp': 'core 4e-9 4e-3 0 0\n', 'a.ptrace': 'core\n1\n' }, ['zero-area a.flp:1:1']],
    ['an overlap', { 'a.flp': 'core 0.005 0.004 0 0\ncache 0.004 0.004 0.004 0\n' }, ['block-overlap a.flp:2:1']],
    ['a gap', { 'a.flp': 'core 0.003 0.004 0 0\ncache 0.004 0.004 0.004 0\n' }, ['floorplan-gap a.flp:1:1']],
    [
      'one name twice',
      { 'a.flp': 'core 0.004 0.004 0 0\nCORE 0.004 0.004 0.004 0\n', 'a.ptrace': 'core\n1\n' },
      ['duplicate-name a.flp:2:1'],
    ],
    [
      'a die larger than the spreader',
      { 'a.flp': 'core 0.04 0.04 0 0\ncache 0.004 0.04 0.04 0\n' },
      ['die-larger-than-package a.flp:1:1'],
    ],
    ['a slip in the trace, told once', { 'a.ptrace': 'core cahe\n1 1\n' }, ['unknown-name a.ptrace:1:6 cache']],
    ['a block without power', { 'a.ptrace': 'core\n1\n' }, ['name-missing a.ptrace:1:1']],
    ['power without a block', { 'a.ptrace': 'core cache l3\n1 1 1\n' }, ['unknown-name a.ptrace:1:12']],
    ['a column twice', { 'a.ptrace': 'core Core\n1 1\n' }, ['duplicate-name a.ptrace:1:6']],
    [
      'rows of other lengths',
      { 'a.ptrace': 'core cache\n1\n1 2 3\n' },
      ['column-count a.ptrace:2:1', 'column-count a.ptrace:3:1'],
    ],
    [
      'no numbers',
      { 'a.ptrace': 'core cache\nnan 1W\ninf 0x10\n' },
      ['wrong-type a.ptrace:2:1', 'wrong-type a.ptrace:2:5', 'wrong-type a.ptrace:3:1', 'wrong-type a.ptrace:3:5'],
    ],
    ['negative power', { 'a.ptrace': 'core cache\n1 1\n1 -1e-3\n' }, ['out-of-range a.ptrace:3:3']],
    ['power beyond reason', { 'a.ptrace': 'core cache\n1 1e300\n' }, ['out-of-range a.ptrace:2:3']],
    ['a comment in the trace', { 'a.ptrace': '# mine\ncore cache\n1 1\n' }, ['wrong-type a.ptrace:1:1']],
    ['nothing in the files', { 'a.flp': '', 'a.ptrace': '\n' }, ['empty-floorplan a.flp:1:1']],
    ['no names', { 'a.ptrace': '' }, ['empty-trace a.ptrace:1:1']],
    ['no sample', { 'a.ptrace': 'core cache' }, ['empty-trace a.ptrace:1:1']],
    ['binary garbage', { 'a.flp': '\u0001\u0002\ufffd\u0003 \u0004\n' }, ['column-count a.flp:1:1']],
  ])('%s', (_, change, problems) => {
    expect(read({ ...DIE, ...change })).toEqual(problems);
  });

  test.each<[string, Texts]>([
    ['CRLF', { 'a.flp': DIE['a.flp'].replaceAll('\n', '\r\n'), 'a.ptrace': DIE['a.ptrace'].replaceAll('\n', '\r\n') }],
    ['tabs and many blanks', { 'a.flp': `\t${DIE['a.flp'].replaceAll(' ', ' \t  ')}` }],
    ['a byte order mark', { 'a.flp': `\ufeff${DIE['a.flp']}`, 'a.ptrace': `\ufeff${DIE['a.ptrace']}` }],
    [
      'blank lines and comments',
      {
        'a.flp': `\n# a\n \t\n${DIE['a.flp'].replace('\n', '\n  # core\n\n')}`,
        'a.ptrace': `\n\n${DIE['a.ptrace']}\n \n`,
      },
    ],
    ['a wire density', { 'a.flp': `${DIE['a.flp']}core cache 0.5\n` }],
    ['another case of a name', { 'a.ptrace': 'CORE Cache\n1 1\n' }],
  ])('%s is right', (_, change) => {
    expect(read({ ...DIE, ...change })).toEqual([]);
  });
});

describe('configuration', () => {
  test.each<[string, string, string[]]>([
    ['a slip', '-r_convect 1\n', ['unknown-key a.config:1:1 -r_convec']],
    ['a key twice', '-ambient 300\n\n-ambient 310\n', ['duplicate-name a.config:3:1']],
    ['no value', '-ambient\n', ['column-count a.config:1:1']],
    ['two values', '-ambient 300 K\n', ['column-count a.config:1:1']],
    [
      'zero, beyond reason and no number',
      '-sampling_intvl 0\n-t_chip 1e300\n-k_chip inf\n',
      ['out-of-range a.config:1:17', 'out-of-range a.config:2:9', 'wrong-type a.config:3:9'],
    ],
    ['no grid', '-grid_rows 0\n-grid_cols 2.5\n', ['out-of-range a.config:1:12', 'out-of-range a.config:2:12']],
    ['too large a grid', '-model_type grid\n-grid_rows 100000\n-grid_cols 100000\n', ['out-of-range a.config:2:1']],
    [
      'what belongs on the command line',
      '-f a.flp\n-p (null)\n',
      ['option-unused a.config:1:1', 'option-unused a.config:2:1'],
    ],
    ['a layer file without a grid', '-grid_layer_file s\n', ['option-unused a.config:1:1']],
    ['a sink within the spreader', '-s_sink 0.02\n', ['die-larger-than-package a.config:1:1']],
    [
      'a file that is not there',
      '-init_file none\n-materials_file no\n',
      ['file-not-found a.config:2:1', 'file-not-found a.config:1:1'],
    ],
    ['a threshold below ambient', '-dtm_used 1\n-init_file i\n-thermal_threshold 300\n', ['out-of-range a.config:3:1']],
    ['a package model without a file', '-package_model_used 1\n', ['missing-key a.config:1:1']],
    ['an unknown material', '-material_chip slicon\n-materials_file m\n', ['unknown-name a.config:1:1 silicon']],
    ['microchannels', '-use_microchannels 1\n', ['not-supported a.config:1:1']],
  ])('%s', (_, config, problems) => {
    const more = { i: 'core 330\n', m: 'silicon\nsolid\n100\n1e6\n' };
    expect(read({ ...DIE, ...more, 'a.config': config })).toEqual(problems);
  });

  test.each([1, 3, 5, 512])('a grid of %i x 3 cells', (rows) => {
    const config = `-model_type grid\n-grid_rows ${rows}\n-grid_cols 3\n`;
    expect(read({ ...DIE, 'a.config': config })).toEqual([]);
  });

  test('the grid may have 2^20 cells in all layers, and no more', () => {
    const config = (columns: number) => `-model_type grid\n-grid_rows 512\n-grid_cols ${columns}\n`;
    expect(read({ ...DIE, 'a.config': config(512) })).toEqual([]);
    expect(read({ ...DIE, 'a.config': config(513) })).toEqual(['out-of-range a.config:2:1']);
    // Five more layers.
    expect(read({ ...DIE, 'a.config': `${config(512)}-model_secondary 1\n` })).toEqual(['out-of-range a.config:2:1']);
  });

  test("what only other parts of HotSpot read is left out, as in HotSpot's own examples and dumps", () => {
    expect(read({ ...DIE, 'a.config': '-pumping_pressure 5e4\n-wrap_l2 1\n-detailed_3D_used 0\n' })).toEqual([]);
  });

  test('the command line comes first, a mistake in it is shown there', () => {
    const texts = { ...DIE, 'a.config': '-init_file none\n' };
    expect(read(texts, false, [['-init_file', '(null)']])).toEqual([]);
    expect(
      read(texts, false, [
        ['-init_file', 'x'],
        ['-ambient', 'hot'],
      ]),
    ).toEqual(['wrong-type command line:1:23']);
  });

  test.each<[string, string, string[]]>([
    ['a slip', '-rmp 900\n', ['unknown-key fan:1:1 -rpm']],
    ['a fan that stands still', '-rpm 0\n', ['out-of-range fan:1:6']],
    ['a motor as large as its fan', '-motor_radius 0.03\n', ['out-of-range fan:1:1']],
    ['channels wider than the sink', '-channel_width 0.1\n', ['out-of-range a.config:2:1']],
    ['pins wider than the sink', '-sink_type 1\n-pin_dist 0.1\n', ['out-of-range a.config:2:1']],
  ])('package model: %s', (_, fan, problems) => {
    expect(read({ ...WITH_FAN, fan })).toEqual(problems);
  });
});

describe('stack', () => {
  const lcf = (from: string, to: string): Texts => ({ 's.lcf': LCF.replace(from, to) });
  test.each<[string, Texts, string[]]>([
    ['no layer', { 's.lcf': '# later\n' }, ['empty-floorplan s.lcf:1:1']],
    ['a layer that ends early', lcf('2e-5\na.flp\n', ''), ['missing-key s.lcf:11:1']],
    ['other letters', lcf('Y\nY', 'Y\nx'), ['wrong-type s.lcf:3:1']],
    ['a word for a letter', lcf('Y\nY', 'yes\nY'), ['wrong-type s.lcf:2:1']],
    ['a slip in a number', lcf('1.75e6', '1.75e6x'), ['wrong-type s.lcf:4:1']],
    ['no resistivity', lcf('0.01', '0'), ['out-of-range s.lcf:5:1']],
    ['no thickness', lcf('2e-5', '-2e-5'), ['out-of-range s.lcf:12:1']],
    ['a number twice', lcf('\n1\nY', '\n0\nY'), ['duplicate-name s.lcf:8:1']],
    ['a number left out', lcf('\n1\nY', '\n2\nY'), ['out-of-range s.lcf:8:1']],
    ['a second word', lcf('2e-5', '2e-5 m'), ['column-count s.lcf:12:1']],
    ['a field too many', { 's.lcf': `${LCF}x\n` }, ['missing-key s.lcf:14:1']],
    ['a slip in a material', lcf('glue', 'gleu'), ['unknown-name s.lcf:11:1 glue']],
    ['a fluid', lcf('glue', 'water'), ['not-supported s.lcf:11:1']],
    ['no such floorplan', lcf('a.flp', 'b.flp'), ['file-not-found s.lcf:7:1']],
    [
      'another size',
      { ...lcf('2e-5\na.flp', '2e-5\nb.flp'), 'b.flp': 'x 0.009 0.004 0 0\n' },
      ['layers-differ s.lcf:13:1'],
    ],
    ['no layer with power', lcf('Y\nY', 'Y\nN'), ['empty-floorplan a.config:4:1']],
    [
      'no materials file',
      { 'a.config': STACK['a.config'].replace('-materials_file m\n', '') },
      ['unknown-name s.lcf:11:1'],
    ],
    ['solid or fluid', { m: 'glue\nsoild\n4\n4e6\n' }, ['wrong-type m:2:1']],
    ['a material that ends early', { m: 'glue\nsolid\n4\n' }, ['missing-key m:3:1']],
    ['a fluid without viscosity', { m: 'glue\nsolid\n4\n4e6\nwater\nfluid\n0.6\n4.2e6\n' }, ['missing-key m:8:1']],
    ['a material twice', { m: 'glue\nsolid\n4\n4e6\nglue\nsolid\n4\n4e6\n' }, ['duplicate-name m:5:1']],
    ['values that are none', { m: 'glue\nsolid\n0\nmuch\n' }, ['out-of-range m:3:1', 'wrong-type m:4:1']],
  ])('%s', (_, change, problems) => {
    expect(read({ ...STACK, ...change })).toEqual(problems);
  });

  test('comments, blank lines, CRLF and a byte order mark between any two lines', () => {
    const odd = (text: string): string => `\ufeff# x\r\n${text.replaceAll('\n', '\r\n\r\n  # y\r\n\t')}`;
    expect(read({ ...STACK, 's.lcf': odd(LCF), m: odd(STACK.m), 'a.config': odd(STACK['a.config']) })).toEqual([]);
  });

  test('names of another layer are told whose they are', () => {
    const texts = {
      ...STACK,
      's.lcf': LCF.replace('N\nglue\n2e-5\na.flp', 'Y\nglue\n2e-5\nb.flp'),
      'b.flp': 'bus 0.008 0.004 0 0\n',
      'a.ptrace': 'bus core cache\n1 1 1\n',
    };
    expect(read({ ...texts, 'a.ptrace': 'cache core bus\n1 1 1\n' })).toEqual([]);
    expect(() =>
      readHotspotInput(
        { read: (path) => (texts as Texts)[path], list: () => [] },
        { config: 'a.config', trace: 'a.ptrace', transient: false, options: [] },
      ),
    ).toThrow(/the blocks of layer 0 here; bus is in layer 1/);
  });
});

// As the program's own runs of the same files, built from its sources (uvahotspot/HotSpot f18831e, gcc -O3).
describe('what HotSpot lets pass is told under compat', () => {
  test.each<[string, Texts, string[]]>([
    ['an unended configuration', { 'a.config': '-ambient 300\n-r_convec 1' }, ['(last-line-unended a.config:2:1)']],
    [
      'an unended floorplan: a block fewer',
      { 'a.flp': DIE['a.flp'].trimEnd() },
      ['(last-line-unended a.flp:2:1)', 'unknown-name a.ptrace:1:6'],
    ],
    [
      'an unended trace: a sample fewer',
      { 'a.ptrace': DIE['a.ptrace'].trimEnd() },
      ['(last-line-unended a.ptrace:3:1)'],
    ],
    [
      'a trace of one unended sample',
      { 'a.ptrace': 'core cache\n1 1' },
      ['(last-line-unended a.ptrace:2:1)', 'empty-trace a.ptrace:1:1'],
    ],
    ['an unended package configuration', { ...WITH_FAN, fan: '-rpm 900' }, ['(last-line-unended fan:1:1)']],
    [
      'unknown, repeated and foreign keys',
      { 'a.config': '-colour 1\n-ambient 300\n-ambient 310\n-f x\n' },
      ['(unknown-key a.config:1:1)', '(duplicate-name a.config:3:1)', '(option-unused a.config:4:1)'],
    ],
    [
      'words after the last number',
      { 'a.flp': 'core 0.004 0.004 0 0 mine\ncache 0.004 0.004 0.004 0\n' },
      ['(column-count a.flp:1:1)'],
    ],
    ['a line taken for a wire density', { 'a.flp': `${DIE['a.flp']}x 0.004 0.004 0\n` }, ['(column-count a.flp:3:1)']],
    [
      'one value more is none',
      { 'a.flp': 'core 0.004 0.004 0 0 1e6\ncache 0.004 0.004 0.004 0\n' },
      ['column-count a.flp:1:1'],
    ],
    ['an overlap', { 'a.flp': 'core 0.005 0.004 0 0\ncache 0.004 0.004 0.004 0\n' }, ['(block-overlap a.flp:2:1)']],
    ['a gap', { 'a.flp': 'core 0.003 0.004 0 0\ncache 0.004 0.004 0.004 0\n' }, ['(floorplan-gap a.flp:1:1)']],
    ['negative power', { 'a.ptrace': 'core cache\n-1 1\n' }, ['(out-of-range a.ptrace:2:1)']],
    ['a layer file without a grid', { 'a.config': '-grid_layer_file s\n' }, ['(option-unused a.config:1:1)']],
    ['units in an init file', { 'a.config': '-init_file i\n', i: 'core 330 K\n' }, ['(column-count i:1:1)']],
  ])('%s', (_, change, told) => {
    expect(read({ ...DIE, ...change }, true)).toEqual(told);
  });

  test.each<[string, Texts, string[]]>([
    ['an unended layer file', { 's.lcf': LCF.trimEnd() }, ['(last-line-unended s.lcf:13:1)', 'missing-key s.lcf:12:1']],
    ['an unended materials file', { m: STACK.m.trimEnd() }, ['(last-line-unended m:9:1)', 'missing-key m:8:1']],
    [
      'a second word, and words for letters',
      { 's.lcf': LCF.replace('2e-5', '2e-5 m').replace('Y\nY', 'Yes\nYes') },
      ['(column-count s.lcf:12:1)', '(wrong-type s.lcf:2:1)', '(wrong-type s.lcf:3:1)'],
    ],
    [
      'a block of a nanometre',
      { 'a.flp': `${DIE['a.flp']}x 1e-9 1e-9 0.008 0\n`, 'a.ptrace': 'core cache x\n1 1 1\n' },
      ['(zero-area a.flp:3:1)'],
    ],
  ])('stack: %s', (_, change, told) => {
    const all = read({ ...STACK, ...change }, true);
    for (const one of told) expect(all).toContain(one);
  });
});

// Printed by the same build of HotSpot; its iteration on grids stops up to 0.003 K early.
describe('and the outcome under compat is that of HotSpot', () => {
  const OVERLAP = 'core 0.005 0.004 0 0\ncache 0.004 0.004 0.004 0\n';
  const GAP = 'core 0.003 0.004 0 0\ncache 0.004 0.004 0.004 0\n';
  const GRID = '-model_type grid\n-grid_rows 16\n-grid_cols 16\n';
  test.each<[string, Texts, number, number]>([
    ['blocks that overlap', { 'a.flp': OVERLAP }, 321.68, 319.48],
    ['powers of an overlap add up', { 'a.flp': OVERLAP, 'a.config': GRID }, 321.36, 320.09],
    ['no heat crosses a gap between blocks', { 'a.flp': GAP }, 323.14, 319.43],
    ['cells of a gap conduct', { 'a.flp': GAP, 'a.config': GRID }, 322.44, 319.83],
    ['the first of two options', { 'a.config': '-ambient 300\n-ambient 310\n' }, 303.85, 301.54],
  ])('%s', (_, change, core, cache) => {
    const texts: Texts = { 'a.config': '', ...DIE, ...change };
    const files = { read: (path: string) => texts[path], list: () => [] };
    const request = { config: 'a.config', floorplan: 'a.flp', trace: 'a.ptrace', transient: false, options: [] };
    const input = readHotspotInput(files, { ...request, tolerate: () => {} });
    const { steady } = runHotspot({ input, mode: 'hotspot', transient: false });
    expect(Math.abs(steady[0].temperatureK[0] - core)).toBeLessThan(0.009);
    expect(Math.abs(steady[0].temperatureK[1] - cache)).toBeLessThan(0.009);
  });

  test('cells of a gap start at 0 K', () => {
    const texts: Texts = { ...DIE, 'a.flp': GAP, 'a.config': `${GRID}-sampling_intvl 1e-3\n` };
    const files = { read: (path: string) => texts[path], list: () => [] };
    const request = { config: 'a.config', floorplan: 'a.flp', trace: 'a.ptrace', transient: true, options: [] };
    const input = readHotspotInput(files, { ...request, tolerate: () => {} });
    const rows: number[] = [];
    const onSample = (_: number, at: HotspotTransient) => void rows.push(...at.unitsK());
    runHotspot({ input, mode: 'hotspot', transient: true, onSample });
    [305.45, 316.58, 293.14, 304.34].forEach((value, i) => {
      expect(Math.abs(rows[i] - value)).toBeLessThan(0.03);
    });
  });
});

describe('command line', () => {
  const files: Texts = { ...DIE, 'a.config': '-ambient 300\n' };
  const command = (folder: string, ...more: string[]): string[] => {
    const at = (word: string): string => (word.startsWith('@') ? join(folder, word.slice(1)) : word);
    return ['thermal', '-f', join(folder, 'a.flp'), '-p', join(folder, 'a.ptrace'), ...more.map(at)];
  };

  test.each([
    [['-o', '@a.ptrace'], /-o would write over .*a\.ptrace, which -p reads/],
    [['-steady_file', '@x/../a.flp'], /-steady_file would write over .*a\.flp, which -f reads/],
    [['-c', '@a.config', '-d', '@a.config'], /-d would write over .*a\.config, which -c reads/],
    [['-o', '@out', '-steady_file', '@x/../out'], /-o and -steady_file both write/],
    [['-o', ''], /option '-o' argument missing/],
    [['-ambient'], /option '-ambient' argument missing/],
    [['-ambiant', '300'], /unknown option '-ambiant'\n\(Did you mean -ambient\?\)/],
    [['--policy', 'pace'], /a policy cannot act on a power trace/],
    [['--digts', '3'], /unknown option '--digts'\n\(Did you mean --digits\?\)/],
    [['--digits', '99'], /whole number from 0 to 15/],
    [['300', '-ambient'], /unexpected argument '300'; options are pairs of -key and value/],
  ])('%j is wrong usage, and nothing is written', async (more, message) => {
    const folder = folderWith(files);
    const { status, err } = await isothermHere(command(folder, ...more));
    expect({ status, err }).toEqual({ status: 2, err: expect.stringMatching(message) });
    expect(readdirSync(folder).sort()).toEqual(Object.keys(files).sort());
    expect(readFileSync(join(folder, 'a.ptrace'), 'utf8')).toBe(files['a.ptrace']);
  });

  test('(null) is no file, and a steady file may follow its init file', async () => {
    const folder = folderWith(files);
    expect((await isothermHere(command(folder, '-o', '(null)', '-steady_file', '@s'))).status).toBe(0);
    const again = command(folder, '-init_file', '@s', '-o', '@o', '-steady_file', '@s');
    expect(await isothermHere(again)).toEqual({ status: 0, out: '', err: '' });
    expect(readdirSync(folder).sort()).toEqual([...Object.keys(files), 'o', 's'].sort());
  });

  test('a missing folder is made; one that cannot be leaves nothing behind', async () => {
    const folder = folderWith(files);
    expect((await isothermHere(command(folder, '-o', '@new/o', '-steady_file', '@s'))).status).toBe(0);
    expect(existsSync(join(folder, 'new/o'))).toBe(true);
    mkdirSync(join(folder, 'taken'));
    for (const [o, steady] of [
      ['@p', '@a.flp/s'],
      ['@p', '@taken'],
    ]) {
      const { status, err } = await isothermHere(command(folder, '-o', o, '-steady_file', steady));
      expect([status, errorsIn(err, folder)]).toEqual([1, ['output-unwritable']]);
    }
    expect(readdirSync(folder).sort()).toEqual([...Object.keys(files), 'new', 's', 'taken'].sort());
  });

  test.each([
    [['-c', '@.'], ['file-unreadable']],
    [['-c', '@none'], ['file-not-found']],
    [['-init_file', '@.'], ['file-unreadable command line:1:1']],
    [['-init_file', '@bytes'], ['file-unreadable bytes:1:1']],
  ])('%j cannot be read', async (more, errors) => {
    const folder = folderWith({ ...files, bytes: Uint8Array.of(0xff, 0xfe, 0, 1) });
    const { status, err } = await isothermHere(command(folder, ...more));
    expect([status, errorsIn(err, folder)]).toEqual([1, errors]);
  });
});
