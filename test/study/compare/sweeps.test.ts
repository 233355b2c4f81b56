import { describe, expect, test } from 'vitest';
import { combinations, parseSweep, valuesOf } from '../../../src/study/compare/sweeps.ts';
import { problemsOf } from '../../cosim/support.ts';

describe('values', () => {
  test.each([
    ['5ms', ['5ms']],
    ['4ms..8ms/1ms', ['4ms', '5ms', '6ms', '7ms', '8ms']],
    ['0.1..0.4/0.1', ['0.1', '0.2', '0.3', '0.4']],
    ['1..2/0.4', ['1', '1.4', '1.8']],
    ['4ms,10ms..20ms/5ms', ['4ms', '10ms', '15ms', '20ms']],
    ['8GB/s,16GB/s', ['8GB/s', '16GB/s']],
    ['{period: 5ms, count: 3},[1, 2],"a,b"', ['{period: 5ms, count: 3}', '[1, 2]', '"a,b"']],
    ['3s..3s/1s', ['3s']],
  ])('of %s', (text, values) => {
    expect(valuesOf('--deadline', text)).toEqual(values);
  });

  test.each([
    ['8ms..4ms/1ms', 'out-of-range'],
    ['4ms..8ms/0ms', 'out-of-range'],
    ['4ms..8ms/-1ms', 'out-of-range'],
    ['0s..1s/1e-9s', 'out-of-range'],
    ['4ms..8s/1ms', 'wrong-unit'],
    ['4ms..8ms', 'wrong-type'],
    ['..', 'wrong-type'],
    ['4ms,,5ms', 'wrong-type'],
    ['', 'wrong-type'],
    ['4ms,4ms', 'duplicate-name'],
  ])('refuses %s: %s', (text, code) => {
    const marked = `${code} --deadline:1:1 ${text}`.trimEnd();
    expect(problemsOf(() => valuesOf('--deadline', text)).map((problem) => problem.trimEnd())).toEqual([marked]);
  });
});

test('a sweep has a path and values', () => {
  expect(parseSweep('limit=75C,85C')).toEqual({ path: 'limit', values: ['75C', '85C'] });
  expect(problemsOf(() => parseSweep('=1'))).toEqual(['override-invalid --sweep:1:1 =1']);
  expect(problemsOf(() => parseSweep('limit'))).toEqual(['override-invalid --sweep:1:1 limit']);
});

test('cells are all combinations, the last sweep fastest', () => {
  const sweeps = [
    { path: 'a', values: ['1', '2'] },
    { path: 'b', values: ['x', 'y'] },
  ];
  expect(combinations(sweeps)).toEqual([
    ['1', 'x'],
    ['1', 'y'],
    ['2', 'x'],
    ['2', 'y'],
  ]);
  expect(combinations([])).toEqual([[]]);
});
