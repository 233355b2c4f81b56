import { describe, expect, test } from 'vitest';
import { createStack } from '../../../src/policy/index.ts';
import { contextOf, domain, entry, first, observe, problemsOf } from '../support.ts';

const DOMAINS = [domain('array', [300, 500, 700], 2), domain('memory', [350, 700], 0)];
const context = contextOf({ domains: DOMAINS });

const create = (texts: readonly string[], uses = 'fixed') => createStack([entry(uses, ...texts)], context);
const pointsOf = (...texts: string[]) => first(create(texts)).points;

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
    const stack = create(['{frequency: 700MHz}']);
    const one = first(stack);
    const later = stack.decide(observe({ timeS: 5, inference: null, points: { array: 0, memory: 0 } }), one.state);
    expect(later).toEqual(one);
    expect(one.deciders.array).toEqual({ policy: 'fixed', reason: 'fixed operating point' });
    expect(one.rest.array.idle).toBe('on');
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
    expect(problemsOf(() => create([text], 'userspace'))).toEqual([problem]);
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
    const odd = contextOf({ domains: [DOMAINS[0], domain('constructor', [10, 20], 1)] });
    const stack = createStack([entry('fixed', '{frequency: {array: 300MHz}}')], odd);
    expect(first(stack).points).toEqual({ array: 0, constructor: 1 });
  });
});

describe('userspace', () => {
  test('takes the clock it is given', () => {
    expect(first(create(['{frequency: {array: 500MHz}}'], 'userspace')).points).toEqual({ array: 1, memory: 0 });
  });

  test('keeps the nominal clock until it is given one, as cpufreq_userspace.c keeps the clock it finds', () => {
    expect(first(create(['{}'], 'userspace')).points).toEqual(first(create(['{}'], 'fixed')).points);
  });
});

test('an unknown kind names the nearest', () => {
  expect(problemsOf(() => create([], 'fixd'))).toEqual(['unknown-name u.yaml:1:7 fixd']);
  expect(() => create([], 'fixd')).toThrow('did you mean "fixed"?');
});
