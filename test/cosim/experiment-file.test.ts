import { describe, expect, test } from 'vitest';
import { parseYaml } from '../../src/base/document.ts';
import { parseExperiment } from '../../src/cosim/experiment-file.ts';
import { parsePolicy } from '../../src/policy/policy-file.ts';
import { problemsOf } from './support.ts';

const experiment = (text: string) => parseExperiment(parseYaml({ file: 'e.yaml', text }));
const policy = (text: string) => parsePolicy(parseYaml({ file: 'p.yaml', text }));
const head = 'version: 1\nname: e\naccelerator: a\nworkload: w\n';

describe('parseExperiment', () => {
  test('what is not said has a default', () => {
    const { document: _, ...spec } = experiment(head);
    expect(spec).toEqual({
      name: 'e',
      description: '',
      accelerator: 'a',
      workload: 'w',
      mapping: null,
      dimensions: {},
      productFree: [],
      batch: 1,
      inferences: { periodS: null, phases: null, arrivals: null, count: 1, durationS: null },
      deadlineS: null,
      epochS: 1e-3,
      start: 'self-consistent',
      limitK: null,
      policies: [{ reference: 'fixed', parameters: {}, path: ['policy'] }],
      sensors: [],
      seed: 0,
      activityInterval: 10_000,
    });
  });

  test('what is said is taken', () => {
    const text = `${head}description: d\nbatch: 4\nseed: 7\nactivity_interval: 1\npolicy: {name: p, x: 1, y: [2]}\n`;
    expect(experiment(text)).toMatchObject({
      ...{ description: 'd', batch: 4, seed: 7, activityInterval: 1 },
      policies: [{ reference: 'p', parameters: { x: 1, y: [2] } }],
    });
    expect(experiment(`${head}policy: [a, {name: b, z: 3}]\n`).policies).toEqual([
      { reference: 'a', parameters: {}, path: ['policy', 0] },
      { reference: 'b', parameters: { z: 3 }, path: ['policy', 1] },
    ]);
    expect(
      experiment(
        `${head}deadline: 5ms\nepoch: 100us\nstart: ambient\nlimit: 85C\ninferences: {period: 6ms, duration: 2s, count: 9}\n`,
      ),
    ).toMatchObject({
      ...{ deadlineS: 5e-3, epochS: 1e-4, start: 'ambient', limitK: 358.15 },
      inferences: { periodS: 6e-3, arrivals: null, count: 9, durationS: 2 },
    });
  });

  test('phases: every one once, unless count or duration say otherwise', () => {
    const phases = 'phases: [{period: 5ms, duration: 1s}, {duration: 500ms}]';
    const spec = [
      { periodS: 5e-3, durationS: 1 },
      { periodS: null, durationS: 0.5 },
    ];
    const of = (rest: string) => experiment(`${head}inferences: {${phases}${rest}}\n`).inferences;
    expect(of('')).toMatchObject({ phases: spec, periodS: null, count: null, durationS: 1.5 });
    expect(of(', count: 9')).toMatchObject({ phases: spec, count: 9, durationS: null });
    expect(of(', duration: 4s')).toMatchObject({ phases: spec, count: null, durationS: 4 });
  });

  test.each([
    ['policy: 5\n', 'wrong-type e.yaml:5:9 5'],
    ['policy: []\n', 'out-of-range e.yaml:5:9 []'],
    ['policy: {frequency: 5}\n', 'missing-key e.yaml:5:1 policy'],
    ['policy: {name: ""}\n', 'out-of-range e.yaml:5:16 ""'],
    ['batch: 0\n', 'out-of-range e.yaml:5:8 0'],
    ['batch: 4097\n', 'out-of-range e.yaml:5:8 4097'],
    ['batch: 1e99\n', 'out-of-range e.yaml:5:8 1e99'],
    ['seed: -1\n', 'out-of-range e.yaml:5:7 -1'],
    ['seed: 4294967296\n', 'out-of-range e.yaml:5:7 4294967296'],
    ['activity_interval: 0\n', 'out-of-range e.yaml:5:20 0'],
    ['activity_interval: 0.5\n', 'wrong-type e.yaml:5:20 0.5'],
    ['deadlin: 5ms\n', 'unknown-key e.yaml:5:1 deadlin'],
    ['deadline: 0ms\n', 'out-of-range e.yaml:5:11 0ms'],
    ['epoch: 1\n', 'missing-unit e.yaml:5:8 1'],
    ['start: warm\n', 'out-of-range e.yaml:5:8 warm'],
    ['limit: 85\n', 'missing-unit e.yaml:5:8 85'],
    ['inferences: {period: 1ms, arrivals: a.csv}\n', 'unknown-key e.yaml:5:14 period'],
    ['inferences: {phases: [{period: 1s, duration: 1s}], arrivals: a.csv}\n', 'unknown-key e.yaml:5:14 phases'],
    ['inferences: {period: 1s, phases: [{period: 1s, duration: 1s}]}\n', 'unknown-key e.yaml:5:14 period'],
    ['inferences: {phases: []}\n', 'out-of-range e.yaml:5:22 []'],
    ['inferences: {phases: [{duration: 1s}]}\n', 'out-of-range e.yaml:5:22 [{duration: 1s}]'],
    ['inferences: {phases: [{period: 1s, duration: 0s}]}\n', 'out-of-range e.yaml:5:46 0s'],
    ['inferences: {phases: [{period: 0s, duration: 1s}]}\n', 'out-of-range e.yaml:5:32 0s'],
    ['inferences: {phases: [{period: 1s}]}\n', 'missing-key e.yaml:5:23 {period: 1s}'],
    ['inferences: {count: 0}\n', 'out-of-range e.yaml:5:21 0'],
  ])('%j is refused', (line, problem) => {
    expect(problemsOf(() => experiment(head + line))).toEqual([problem]);
  });
});

describe('parsePolicy', () => {
  test('parameters are a part of the document', () => {
    const spec = policy('version: 1\nname: p\nuses: fixed\nparameters:\n  frequency: 5\n');
    expect(spec).toMatchObject({ name: 'p', description: '', entries: [{ uses: 'fixed' }] });
    const [{ parameters }] = spec.entries;
    expect(parameters.value).toEqual({ frequency: 5 });
    expect(parameters.span(['frequency'])).toMatchObject({ file: 'p.yaml', line: 5, column: 14 });
    expect(policy('version: 1\nname: p\nuses: fixed\n').entries[0].parameters.value).toEqual({});
  });

  test('slips come together', () => {
    expect(problemsOf(() => policy('version: 1\nname: p\nnaem: p\nuses: fixed\nparameters: 5\n'))).toEqual([
      'unknown-key p.yaml:3:1 naem',
      'wrong-type p.yaml:5:13 5',
    ]);
  });
});
