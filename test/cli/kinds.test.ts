import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fail, InputError } from '../../src/base/errors.ts';
import { kindOf } from '../../src/base/kinds.ts';
import { spanOf } from '../../src/base/source.ts';
import { BUNDLED_TEXTS } from '../cosim/support.ts';
import { configText } from '../peers/scalesim/support.ts';
import { errorsIn, folderWith, isothermHere } from './support.ts';

const CONFIG = configText({ version: 'v2', array: [8, 8], sramKb: [1, 2, 1], dataflow: 'os', bandwidth: 4 });
/** The first lines of what `run -o` writes, docs/formats/outputs.md. */
const TRACE =
  'time_s,duration_s,inference,layer,frequency_hz:core,power_w:a\n0,0.001,0,conv1,8e8,0.4\n0.001,0.001,0,conv1,8e8,0.4\n';
const COUNTS = 'action_counts:\n  version: 0.4\n  subtree:\n    - name: system\n';
const PTRACE = 'a b\n1 2\n3 4\n';

describe('a file of another kind', () => {
  const FILES = {
    'scale.cfg': CONFIG,
    'trace.csv': TRACE,
    'counts.yaml': COUNTS,
    'x.ptrace': PTRACE,
    'a.init': 'a 300\nb 300\n',
  };
  const flp = 'accelerators/edge-npu/chip.flp';
  const npu = 'accelerators/edge-npu/accelerator.yaml';

  test.each<[readonly string[], string]>([
    [['run', npu], 'is an accelerator, not an experiment'],
    [['run', 'policies/pid-frequency.yaml'], 'is a policy, not an experiment'],
    [['run', 'accelerators/edge-npu/architecture.yaml'], 'is an Accelergy architecture, not an experiment'],
    [['run', 'components/mac_int8.yaml'], 'is a file of Accelergy component classes, not an experiment'],
    [['run', 'workloads/resnet18.csv'], 'is a network, not an experiment'],
    [['run', flp], 'is a floorplan, not an experiment'],
    [['run', 'FOLDER/scale.cfg'], 'is a SCALE-Sim configuration, not an experiment'],
    [['run', 'edge-npu'], '"edge-npu" is an accelerator, not an experiment'],
    [['run', 'resnet18'], '"resnet18" is a workload, not an experiment'],
    [['run', 'quickstart', '--policy', npu], 'is an accelerator, not a policy'],
    [['run', 'quickstart', '--policy', 'edge-npu'], '"edge-npu" is an accelerator, not a policy'],
    [['run', 'quickstart', '--set', 'workload=pace'], '"pace" is a policy, not a workload'],
    [
      ['run', 'quickstart', '--set', `accelerator=${join(process.cwd(), 'policies/pace.yaml')}`],
      'is a policy, not an accelerator',
    ],
    [['run', 'quickstart', '--set', `workload=${join(process.cwd(), npu)}`], 'is an accelerator, not a network'],
    [['scaling', npu], 'is an accelerator, not a network'],
    [['scaling', 'FOLDER/trace.csv'], 'is a power trace, not a network'],
    [['validate', 'FOLDER/scale.cfg'], 'is a SCALE-Sim configuration, which is not checked by itself'],
    [['validate', 'FOLDER/counts.yaml'], 'is a list of action counts, which is not checked by itself'],
    [['validate', 'FOLDER/x.ptrace'], 'is a power trace, which is not checked by itself'],
    [['validate', 'FOLDER/a.init'], 'is a list of temperatures, which is not checked by itself'],
    [['validate', 'FOLDER/trace.csv'], 'is a power trace, not a network'],
    [['validate', 'tech-tables/45nm/intadder.csv'], 'is a table of figures of a technology, not a network'],
    [['thermal', '-f', flp, '-p', 'workloads/resnet18.csv'], 'is a network, not a power trace'],
    [['thermal', '-f', 'FOLDER/x.ptrace', '-p', 'FOLDER/x.ptrace'], 'is a power trace, not a floorplan'],
    [['thermal', '-c', npu, '-f', flp, '-p', 'FOLDER/x.ptrace'], 'is an accelerator, not a HotSpot configuration'],
    [['simulate', '-c', npu, '-t', 'workloads/resnet18.csv'], 'is an accelerator, not a SCALE-Sim configuration'],
    [['simulate', '-c', 'FOLDER/scale.cfg', '-t', 'FOLDER/trace.csv', '-p', 'FOLDER/out'], 'not a network'],
  ])('%j is one error that says what it is', async (args, said) => {
    const folder = folderWith(FILES);
    const { status, out, err } = await isothermHere(args.map((word) => word.replace('FOLDER', folder)));
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err.match(/^error\[[\w-]+\]/gm)).toEqual(['error[wrong-kind]']);
    expect(err).toContain(said);
    expect(err).toContain('= expected ');
  });

  test('the trace of a run is a power trace: its own fault is said', async () => {
    const { err } = await isothermHere(['thermal', '-f', flp, '-p', join(folderWith(FILES), 'trace.csv')]);
    expect(err).toMatch(/^error\[out-of-range\]: sample 1 lasts/);
  });

  test('a floorplan is checked as one, and a bundled name is pointed out', async () => {
    // grep -vc '^#' accelerators/edge-npu/chip.flp
    expect((await isothermHere(['validate', flp])).out).toBe(`${flp}: floorplan of 20 blocks\n`);
    const gap = folderWith({ 'x.flp': 'a 1 1 0 0\nb 1 1 0 2\n' });
    expect((await isothermHere(['validate', join(gap, 'x.flp')])).err).toMatch(/^error\[floorplan-gap\]/);
    const { err } = await isothermHere(['validate', 'edge-npu']);
    expect(err).toContain('a path; "edge-npu" is a bundled accelerator');
  });
});

test.each<[string, string, string]>([
  [
    'architecture.yaml',
    'architecture:\n  version: 0.4\n  subtree:\n    - name: s\n      attributes:\n        technology: 45nm\n',
    '6:23',
  ],
  [
    'class.yaml',
    'compound_components:\n  version: 0.4\n  classes:\n    - name: c\n      attributes:\n        technology: 45nm\n      subcomponents: []\n      actions: []\n',
    '6:23',
  ],
])('validate finds text without quotes in %s, as a run would', async (name, text, place) => {
  const folder = folderWith({ [name]: text });
  const { status, err } = await isothermHere(['validate', join(folder, name)]);
  expect([status, errorsIn(err, folder)]).toEqual([1, [`expression-syntax ${name}:${place}`]]);
  expect(err).toContain('an expression, or text in quotes: "45nm"');
});

test('every bundled file is of its own kind, and no kind is guessed for what might be anything', () => {
  const wanted = (path: string): string | undefined => {
    if (path.endsWith('chip.flp')) return 'floorplan';
    if (path.endsWith('.config')) return 'hotspotConfig';
    if (path.endsWith('architecture.yaml')) return 'architecture';
    const [folder] = path.replace('isotherm:', '').split('/');
    const kinds = { accelerators: 'accelerator', components: 'classes', experiments: 'experiment' };
    return { ...kinds, policies: 'policy', workloads: 'workload' }[folder];
  };
  for (const [file, text] of Object.entries(BUNDLED_TEXTS)) {
    const kind = wanted(file);
    if (kind !== undefined && /\.(yaml|csv|flp|config)$/.test(file)) expect(kindOf({ file, text }), file).toBe(kind);
  }
  for (const text of ['', '\n', 'a', 'a: 1', '- x', '1,2', '{}', '# only a comment']) {
    expect(kindOf({ file: 'x', text }), text).toBeUndefined();
  }
});

describe('a screen of errors', () => {
  const text = 'x\n'.repeat(100);
  const at = (line: number, file = 'a.csv') => spanOf({ file, text }, 2 * line, 2 * line + 1);

  test('ten of a kind in a file, the others counted', () => {
    const error = new InputError([
      ...Array.from({ length: 40 }, (_, i) => ({ code: 'unknown-name' as const, message: `no ${i}`, span: at(i) })),
      ...Array.from({ length: 11 }, (_, i) => ({
        code: 'wrong-type' as const,
        message: `bad ${i}`,
        span: at(i, 'b.csv'),
      })),
      { code: 'missing-key', message: 'one more' },
    ]);
    expect(error.diagnostics).toHaveLength(52);
    const heads = error.message.split('\n\n').map((one) => one.split('\n')[0]);
    expect(heads).toEqual([
      ...Array.from({ length: 10 }, (_, i) => `error[unknown-name]: no ${i}`),
      ...Array.from({ length: 10 }, (_, i) => `error[wrong-type]: bad ${i}`),
      'error[missing-key]: one more',
      'and 30 more errors [unknown-name] in a.csv',
      'and 1 more error [wrong-type] in b.csv',
    ]);
  });

  test('long names and long lists are cut', () => {
    const names = Array.from({ length: 500 }, (_, i) => `block_${i}`).join(', ');
    const message = messageOf(() =>
      fail('unknown-name', `no "${'x'.repeat(5000)}" there`, { expected: `one of ${names}` }),
    );
    expect(message).toContain(`no "${'x'.repeat(60)}..." there`);
    expect(message).toMatch(/= expected one of block_0, .*block_\d+, \.\.\.$/);
    expect(message.length).toBeLessThan(800);
  });
});

function messageOf(run: () => never): string {
  try {
    return run();
  } catch (error) {
    return (error as Error).message;
  }
}
