import { describe, expect, test } from 'vitest';
import { parseYaml } from '../../src/config/document.ts';
import { parseExperiment } from '../../src/config/experiment.ts';
import { parsePolicy } from '../../src/config/policy.ts';
import { problemsOf } from '../cosim/support.ts';

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
      batch: 1,
      policy: { reference: 'fixed', parameters: {} },
      seed: 0,
      activityInterval: 10_000,
    });
  });

  test('what is said is taken', () => {
    const text = `${head}description: d\nbatch: 4\nseed: 7\nactivity_interval: 1\npolicy: {name: p, x: 1, y: [2]}\n`;
    expect(experiment(text)).toMatchObject({
      ...{ description: 'd', batch: 4, seed: 7, activityInterval: 1 },
      policy: { reference: 'p', parameters: { x: 1, y: [2] } },
    });
    expect(experiment(`${head}policy: p\n`).policy).toEqual({ reference: 'p', parameters: {} });
  });

  test.each([
    ['policy: 5\n', 'wrong-type e.yaml:5:9 5'],
    ['policy: []\n', 'wrong-type e.yaml:5:9 []'],
    ['policy: {frequency: 5}\n', 'missing-key e.yaml:5:1 policy'],
    ['policy: {name: ""}\n', 'out-of-range e.yaml:5:16 ""'],
    ['batch: 0\n', 'out-of-range e.yaml:5:8 0'],
    ['batch: 4097\n', 'out-of-range e.yaml:5:8 4097'],
    ['batch: 1e99\n', 'out-of-range e.yaml:5:8 1e99'],
    ['seed: -1\n', 'out-of-range e.yaml:5:7 -1'],
    ['seed: 4294967296\n', 'out-of-range e.yaml:5:7 4294967296'],
    ['activity_interval: 0\n', 'out-of-range e.yaml:5:20 0'],
    ['activity_interval: 0.5\n', 'wrong-type e.yaml:5:20 0.5'],
    ['deadline: 5ms\n', 'unknown-key e.yaml:5:1 deadline'],
  ])('%j is refused', (line, problem) => {
    expect(problemsOf(() => experiment(head + line))).toEqual([problem]);
  });
});

describe('parsePolicy', () => {
  test('parameters are a part of the document', () => {
    const spec = policy('version: 1\nname: p\nuses: fixed\nparameters:\n  frequency: 5\n');
    expect(spec).toMatchObject({ name: 'p', description: '', uses: 'fixed' });
    expect(spec.parameters.value).toEqual({ frequency: 5 });
    expect(spec.parameters.span(['frequency'])).toMatchObject({ file: 'p.yaml', line: 5, column: 14 });
    expect(policy('version: 1\nname: p\nuses: fixed\n').parameters.value).toEqual({});
  });

  test('slips come together', () => {
    expect(problemsOf(() => policy('version: 1\nnaem: p\nparameters: 5\n'))).toEqual([
      'missing-key p.yaml:1:1 version: 1',
      'unknown-key p.yaml:2:1 naem',
      'wrong-type p.yaml:3:13 5',
    ]);
  });
});
