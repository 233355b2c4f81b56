import { describe, expect, test } from 'vitest';
import { parseYaml } from '../../src/config/document.ts';
import { createPolicy, type PolicyDomain } from '../../src/policy/index.ts';
import { problemsOf } from '../cosim/support.ts';

const domain = (name: string, mhz: readonly number[], nominal: number): PolicyDomain => ({
  name,
  nominal,
  points: mhz.map((f, i) => ({ frequencyHz: f * 1e6, voltageV: 0.7 + 0.1 * i })),
});
const DOMAINS = [domain('array', [300, 500, 700], 2), domain('memory', [350, 700], 0)];

const parameters = (text: string, file = 'p.yaml') => parseYaml({ file, text });
const create = (texts: readonly string[], domains = DOMAINS) =>
  createPolicy(
    'fixed',
    undefined,
    texts.map((text, i) => parameters(text, `p${i}.yaml`)),
    domains,
  );
const pointsOf = (...texts: string[]) => {
  const policy = create(texts);
  const current = { array: 0, memory: 0 };
  return policy.decide({ timeS: 0, current }, policy.initial).points;
};

describe('fixed', () => {
  test.each([
    ['nominal where nothing is said', '{}', { array: 2, memory: 0 }],
    ['one clock for every domain', '{frequency: 700MHz}', { array: 2, memory: 1 }],
    ['the same clock in another unit', '{frequency: 0.7GHz}', { array: 2, memory: 1 }],
    ['a clock for each domain', '{frequency: {memory: 350MHz, array: 500MHz}}', { array: 1, memory: 0 }],
    ['a clock for one domain, nominal for the other', '{frequency: {array: 300MHz}}', { array: 0, memory: 0 }],
  ])('%s', (_, text, points) => {
    expect(pointsOf(text)).toEqual(points);
  });

  test('later parameters replace earlier ones', () => {
    expect(pointsOf('{frequency: {memory: 700MHz}}', '{frequency: {array: 300MHz}}')).toEqual({ array: 0, memory: 0 });
    expect(pointsOf('{frequency: 700MHz}', '{}')).toEqual({ array: 2, memory: 1 });
  });

  test('decides the same whatever it observes, without memory', () => {
    const policy = create(['{frequency: 700MHz}']);
    const first = policy.decide({ timeS: 0, current: { array: 0, memory: 0 } }, policy.initial);
    const later = policy.decide({ timeS: 5, current: first.points }, first.state);
    expect(later).toEqual(first);
    expect(first.reason).toBe('fixed operating point');
  });

  test.each([
    ['{frequency: 600MHz}', 'unknown-operating-point p0.yaml:1:13 600MHz'],
    // One domain has it, the other does not.
    ['{frequency: 500MHz}', 'unknown-operating-point p0.yaml:1:13 500MHz'],
    ['{frequency: {array: 350MHz}}', 'unknown-operating-point p0.yaml:1:21 350MHz'],
    ['{frequency: {arary: 300MHz}}', 'unknown-name p0.yaml:1:21 300MHz'],
    ['{frequency: 700}', 'missing-unit p0.yaml:1:13 700'],
    ['{frequency: {array: 700}}', 'missing-unit p0.yaml:1:21 700'],
    ['{frequency: 700V}', 'wrong-unit p0.yaml:1:13 700V'],
    ['{frequency: -700MHz}', 'out-of-range p0.yaml:1:13 -700MHz'],
    ['{frequency: [700MHz]}', 'wrong-type p0.yaml:1:13 [700MHz]'],
    ['{frequency: .nan}', 'wrong-type p0.yaml:1:13 .nan'],
    ['{frequncy: 700MHz}', 'unknown-key p0.yaml:1:2 frequncy'],
    ['{__proto__: {frequency: 700MHz}}', 'unknown-key p0.yaml:1:2 __proto__'],
    ['[]', 'wrong-type p0.yaml:1:1 []'],
  ])('%s is wrong', (text, problem) => {
    expect(problemsOf(() => create([text]))).toEqual([problem]);
  });

  test('a slip points into the document that says it', () => {
    expect(problemsOf(() => create(['{frequency: 300MHz}', '{frequency: 1MHz}']))).toEqual([
      'unknown-operating-point p1.yaml:1:13 1MHz',
    ]);
    expect(problemsOf(() => create(['{frequency: 1MHz}', '{}']))).toEqual([
      'unknown-operating-point p0.yaml:1:13 1MHz',
    ]);
  });

  test('a domain may have the name of something every object has', () => {
    const policy = create(['{frequency: {array: 300MHz}}'], [DOMAINS[0], domain('constructor', [10, 20], 1)]);
    expect(policy.decide({ timeS: 0, current: {} }, null).points).toEqual({ array: 0, constructor: 1 });
  });
});

test('an unknown kind names the nearest', () => {
  const span = parameters('uses: fixd').span(['uses']);
  expect(problemsOf(() => createPolicy('fixd', span, [], DOMAINS))).toEqual(['unknown-name p.yaml:1:7 fixd']);
  expect(() => createPolicy('fixd', span, [], DOMAINS)).toThrow('did you mean "fixed"?');
});
