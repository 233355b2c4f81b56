/** What an experiment finds, and what is wrong with it: the files it names, `--policy`, scratchpads, counts. */
import { describe, expect, test } from 'vitest';
import { BUNDLED } from '../../src/base/files.ts';
import { diagnosticsOf } from '../energy/support.ts';
import { accelerator, changed, expectProblems, MINE } from './marked.ts';
import { EDGE, edit, load, memoryFiles, problemsOf, QUICKSTART, run, type Texts } from './support.ts';

/** Loads `MINE` with these texts instead of its own. */
const mine = (texts: Texts = {}, set: readonly string[] = []) => {
  const overlay: Texts = { ...MINE, ...texts };
  return load(overlay['exp.yaml'], { overlay, set });
};
/** The clock of the first epoch, MHz. */
const firstMhz = ({ trace }: ReturnType<typeof run>): number => trace.domains[0].frequencyHz[0] / 1e6;

describe('an experiment', () => {
  test('finds its accelerator, workload and policy by name', () => {
    const { spec, design, workload } = load(QUICKSTART);
    expect(spec.name).toBe('quickstart');
    expect(design.spec.name).toBe('edge-npu');
    expect(workload.name).toBe('resnet18');
    expect(run(QUICKSTART).policy).toBe('fixed');
  });

  test('finds the components and the technology of its architecture', () => {
    const { design } = load(QUICKSTART);
    const components = design.ert.components.map(({ component }) => component.name);
    expect(components).toEqual(['pe', 'ifmap_spad', 'filter_spad', 'ofmap_spad', 'dram']);
    expect(design.technology).toBe('45nm');
  });

  test.each(['./npu/accelerator.yaml', './npu'])('finds %s beside itself: a file, or the folder it is in', (path) => {
    const { design } = mine({ 'exp.yaml': edit(QUICKSTART, 'edge-npu', path) });
    expect(design.spec.document.file).toBe('npu/accelerator.yaml');
  });

  const WRONG_NET = 'layer,type,m,n,k\na,gemm,«0»,1,1\n';

  test('tells problems of its workload and of its policy at once', () => {
    const experiment = changed('exp.yaml', ['resnet18', './net.csv'], ['800MHz', '«801MHz»']);
    expectProblems({ 'net.csv': WRONG_NET, ...experiment }, ['out-of-range', 'unknown-operating-point']);
  });

  test('without an accelerator has no clocks to check its policy against, but still a workload', () => {
    const overlay = {
      ...changed('exp.yaml', ['resnet18', './net.csv'], ['800MHz', '801MHz']),
      'npu/accelerator.yaml': 'version: 1\n',
      'net.csv': WRONG_NET.replace(/[«»]/g, ''),
    };
    const problems = problemsOf(() => mine(overlay));
    expect(problems.at(-1)).toBe('out-of-range net.csv:2:8 0');
    expect(problems.join()).not.toContain('unknown-operating-point');
  });

  const row = (name: string, m: number, n: number, k: number): string => `${name},gemm,${m},${n},${k}\n`;
  test.each([
    ['empty', '', 'empty-workload net.csv:1:1 '],
    ['of 3 x 2^52 MACs, more than a double counts', ['a', 'b', 'c'].map((name) => row(name, 2 ** 26, 2 ** 26, 1)).join(''), 'out-of-range net.csv:1:1 l'], // biome-ignore format: a case a line
  ])('with a workload that is %s: at the start of its file', (_, rows, problem) => {
    const net = rows === '' ? '' : `layer,type,m,n,k\n${rows}`;
    const texts = { 'exp.yaml': edit(MINE['exp.yaml'], 'resnet18', './net.csv'), 'net.csv': net };
    expect(problemsOf(() => mine(texts))).toEqual([problem]);
  });

  // Next-use retention counts passes instead of walking folds, and has no such limit.
  test('with a workload of 2^15 x 2^15 folds on 32 x 32 PEs, fold by fold: where it is named', () => {
    const net = `layer,type,m,n,k\n${row('a', 2 ** 20, 2 ** 20, 1)}`;
    const texts = { 'exp.yaml': edit(MINE['exp.yaml'], 'resnet18', './net.csv'), 'net.csv': net };
    const found = problemsOf(() => mine(texts, ['accelerator.memory.retention=consecutive']));
    expect(found).toEqual(['out-of-range exp.yaml:6:11 ./net.csv']);
  });
});

describe('--policy', () => {
  const SLOW = 'version: 1\nname: slow\nuses: fixed\nparameters: {frequency: 200MHz}\n';
  const AT_500 = edit(QUICKSTART, '800MHz', '500MHz');

  test('replaces the policy and its parameters: fixed is at the nominal clock', () => {
    expect(firstMhz(run(AT_500, { policy: 'fixed' }))).toBe(800);
  });

  test('reads a policy of its own from a file', () => {
    const result = run(AT_500, { policy: './slow.yaml', overlay: { 'slow.yaml': SLOW } });
    expect([result.policy, firstMhz(result)]).toEqual(['slow', 200]);
  });

  test('is a path as seen from the working directory, not from the experiment', () => {
    const overlay = { 'policies/slow.yaml': SLOW };
    const text = memoryFiles(overlay).read(`${BUNDLED}experiments/quickstart.yaml`)!;
    expect(run(text, { overlay, policy: 'policies/slow.yaml', set: ['inferences.duration=10ms'] }).policy).toBe('slow');
  });

  test('takes parameters from --set', () => {
    expect(firstMhz(run(QUICKSTART, { policy: 'fixed', set: ['policy.frequency=300MHz'] }))).toBe(300);
  });

  test.each([
    ['«fixd»', 'unknown-name'],
    ['«./nothing.yaml»', 'file-not-found'],
    ['«»', 'out-of-range'],
  ])('%s is %s, on the command line', (policy, code) => {
    expectProblems({ 'exp.yaml': QUICKSTART, '--policy': policy }, [code]);
  });

  test('mends an experiment whose own policy is wrong', () => {
    expect(run(edit(QUICKSTART, 'name: fixed', 'name: fixd'), { policy: 'fixed' }).policy).toBe('fixed');
  });
});

describe('scratchpads too small for one tile', () => {
  test('are each told once, at their capacity, in the order of the file', () => {
    const small = accelerator(['capacity: 256KiB', 'capacity: «63B»'], ['capacity: 64KiB', 'capacity: «1B»']);
    expectProblems(small, ['scratchpad-too-small', 'scratchpad-too-small']);
  });

  // Output stationary on 32 x 32: two 8 bit words for each of 32 lanes.
  const bytes = 2 * 32;
  const withIfmap = (capacity: number) => mine(accelerator(['capacity: 256KiB', `capacity: ${capacity}B`]));

  test('say how many bytes it takes, and of which layer', () => {
    expect(diagnosticsOf(() => withIfmap(bytes - 1))[0]).toMatchObject({
      message: 'the ifmap scratchpad of 63 bytes is too small for layer "conv1"',
      expected: 'at least 64 bytes: two words for each of the 32 lanes it feeds',
    });
  });

  test('are none with as many bytes', () => {
    expect(withIfmap(bytes).workload.layers).not.toHaveLength(0);
  });

  test('name the layer that needs most', () => {
    // Weight stationary: a layer of K <= 32 holds 8 bit results (64 bytes), one of K = 33 partial sums of 32 bit (256 bytes).
    const net = 'layer,type,m,n,k\nshallow,gemm,4,4,32\ndeep,gemm,4,4,33\nshallow2,gemm,4,4,1\n';
    const set = ['accelerator.array.dataflow=ws', 'accelerator.scratchpads.ofmap.capacity=63B', 'workload=./net.csv'];
    const [only, ...rest] = diagnosticsOf(() => mine({ 'net.csv': net }, set));
    expect(only.message).toContain('layer "deep"');
    expect(only.expected).toMatch(/^at least 256 bytes/);
    expect(rest).toEqual([]);
  });

  test('are told alone: the missing figures of so small a memory would only repeat them', () => {
    const set = 'accelerator.scratchpads.ifmap.capacity=«63B»';
    expectProblems({ 'exp.yaml': QUICKSTART, '--set': set }, ['scratchpad-too-small']);
  });
});

describe('a count of an action', () => {
  const withCount = (expression: string) => [`accelerator.bindings.pe.actions.mac=${expression}`];
  const column = withCount('')[0].length + 1;

  test.each(['filter_reg_reads - 2 * macs', 'macs * 1e200'])(
    'below zero or beyond counting is refused where it is bound: %s',
    (expression) => {
      const problems = problemsOf(() => run(QUICKSTART, { set: withCount(expression) }));
      expect(problems).toEqual([`out-of-range --set:1:${column} ${expression}`]);
    },
  );

  test('of zero is none, by rounding too', () => {
    expect(run(QUICKSTART, { set: withCount('macs * 0.1 - 0.1 * macs') }).energyJ.total).toBeGreaterThan(0);
  });
});

test('the accelerator of these tests is the bundled one without its die', () => {
  expect(EDGE).not.toContain('floorplan');
  expect(mine().design.spec.name).toBe('edge-npu');
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
