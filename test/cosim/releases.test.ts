import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { InferencesSpec, PhaseSpec } from '../../src/cosim/experiment-file.ts';
import { createReleases } from '../../src/cosim/loop/releases.ts';
import { lawOptions } from '../tier.ts';
import { load, problemsOf, run } from './support.ts';

const phase = (periodS: number | null, durationS: number): PhaseSpec => ({ periodS, durationS });
const releases = (phases: readonly PhaseSpec[], more: Partial<InferencesSpec> = {}) =>
  createReleases({ periodS: null, arrivals: null, count: null, durationS: null, phases, ...more }, null, null);
const times = (phases: readonly PhaseSpec[], count: number): number[] =>
  Array.from({ length: count }, (_, i) => releases(phases).releaseS(i, 0));

describe('phases', () => {
  test('follow each other, and begin again', () => {
    // 3 pictures in 0.3 s, none for 1 s, 2 in 0.5 s (the second at 0.4 s of it); 1.8 s in all.
    const turns = [phase(0.1, 0.3), phase(null, 1), phase(0.4, 0.5)];
    const first = [0, 0.1, 0.2, 1.3, 1.7];
    const expected = [...first, ...first.map((timeS) => timeS + 1.8)];
    times(turns, 10).forEach((timeS, i) => {
      expect(timeS).toBeCloseTo(expected[i], 12);
    });
  });

  test('of whole periods have that many releases, however periods are rounded', () => {
    // 0.1 is no binary fraction: 3 x 0.1 > 0.3 in doubles, and 0.7 / 0.1 < 7.
    for (const count of [3, 7, 10, 1000]) {
      expect(times([phase(0.1, count * 0.1), phase(1, 1)], count + 1)[count]).toBeCloseTo(count * 0.1, 9);
    }
  });

  test('end with the duration, or one release after the last of a count', () => {
    const turns = [phase(0.1, 0.3), phase(null, 0.7)];
    const timed = releases(turns, { durationS: 1.15 });
    expect([3, 4, 5].map((i) => timed.releaseS(i, 0))).toEqual([1, 1.1, Number.POSITIVE_INFINITY]);
    expect(timed.endS).toBe(1.15);
    const counted = releases(turns, { count: 3 });
    expect(counted.releaseS(3, 0)).toBe(Number.POSITIVE_INFINITY);
    expect(counted.leastEndS).toBe(1);
  });

  test('are what stepping through them gives', () => {
    const durations = fc.integer({ min: 1, max: 40 });
    const phases = fc.array(fc.record({ period: fc.option(fc.integer({ min: 1, max: 12 })), duration: durations }), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(phases, (list) => {
        fc.pre(list.some(({ period }) => period !== null));
        // Whole seconds, so that sums are exact.
        const expected: number[] = [];
        for (let fromS = 0, turn = 0; turn < 3; turn++) {
          for (const { period, duration } of list) {
            for (let t = 0; period !== null && t < duration; t += period) expected.push(fromS + t);
            fromS += duration;
          }
        }
        const spec = list.map(({ period, duration }) => phase(period, duration));
        expect(times(spec, expected.length)).toEqual(expected);
      }),
      lawOptions(),
    );
  });
});

test('a run follows its phases: busy ten times as much, by hand', () => {
  // One product of 32 x 32 x 32 an inference, every 1 ms for 10 ms and every 100 us for 10 ms.
  const text =
    'version: 1\nname: e\naccelerator: edge-npu\nworkload: ./net.csv\npolicy: fixed\n' +
    'inferences: {phases: [{period: 1ms, duration: 10ms}, {period: 100us, duration: 10ms}]}\n';
  const result = run(text, { overlay: { 'net.csv': 'layer,type,m,n,k\na,gemm,32,32,32\n' } });
  expect(result.inferences.completed).toBe(10 + 100);
  expect(result.simulatedS).toBeCloseTo(20e-3, 12);
  const { busy } = result.trace.domains[0];
  const mean = (from: number, to: number) => busy.slice(from, to).reduce((sum, share) => sum + share, 0) / (to - from);
  expect(mean(10, 20) / mean(0, 10)).toBeCloseTo(10, 6);
});

test('phases that ask for too much are told at their place', () => {
  const text =
    'version: 1\nname: e\naccelerator: edge-npu\nworkload: alexnet\nepoch: 1ms\n' +
    'inferences: {count: 1000000, phases: [{period: 1s, duration: 1000s}]}\n';
  expect(problemsOf(() => load(text))).toEqual([expect.stringMatching(/^trace-too-long exp\.yaml:5:8 /)]);
});
