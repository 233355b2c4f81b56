import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/base/errors.ts';
import { readHotspotInput } from '../../../src/peers/hotspot/input/files.ts';

const FLP = 'core\t0.004\t0.004\t0\t0\ncache\t0.004\t0.004\t0.004\t0\n';
const inputOf = (name: string, text: string, config = '-sampling_intvl 0.01\n') =>
  readHotspotInput(
    { read: (path) => ({ 'c.config': config, 'a.flp': FLP, [name]: text })[path], list: () => [] },
    { config: 'c.config', floorplan: 'a.flp', trace: name, transient: true, options: [] },
  ).trace;
const problemOf = (text: string): string => {
  try {
    inputOf('p.csv', text);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const [{ code, span }] = error.diagnostics;
    return `${code} ${span?.line}:${span?.column}`;
  }
  return '';
};

describe('a power trace as CSV', () => {
  test('is the same as a .ptrace of the same figures', () => {
    const ptrace = inputOf('p.ptrace', 'core\tcache\n8\t1\n2\t1.5\n');
    expect(inputOf('p.csv', 'core,cache\n8,1\n2,1.5\n')).toEqual(ptrace);
    expect(inputOf('p.csv', 'cache,core\n1,8\n1.5,2\n').powerW).toEqual(ptrace.powerW);
  });

  test('may be the trace of a run: powers of blocks, and samples as long as the interval', () => {
    const text =
      'time_s,duration_s,layer,power_w:core,power_w:cache,temperature_k:core\n0.01,0.01,a,8,1,300\n0.02,0.01,b,2,1.5,301\n';
    const { names, powerW, samples } = inputOf('p.csv', text);
    expect([names, samples]).toEqual([['core', 'cache'], 2]);
    expect(powerW.map((column) => [...column])).toEqual([
      [8, 2],
      [1, 1.5],
    ]);
  });

  test.each([
    ['a sample of another length', 'duration_s,core,cache\n0.01,8,1\n0.005,8,1\n', 'out-of-range 3:1'],
    ['a power that is no number', 'core,cache\n8,much\n', 'wrong-type 2:3'],
    ['a block that is not there', 'core,cahce\n8,1\n', 'unknown-name 1:6'],
    ['a block without a column', 'core\n8\n', 'name-missing 1:1'],
    ['a negative power', 'core,cache\n8,-1\n', 'out-of-range 2:3'],
    ['a row of the wrong length', 'core,cache\n8\n', 'csv-syntax 2:1'],
    ['no sample', 'core,cache\n', 'table-invalid 1:1'],
    ['only times', 'time_s\n1\n', 'empty-trace 1:1'],
  ])('with %s is refused', (_, text, problem) => expect(problemOf(text)).toBe(problem));
});
