import { describe, expect, test } from 'vitest';
import { drawsOf, parseUncertain } from '../../../src/study/compare/draws.ts';
import { problemsOf } from '../../cosim/support.ts';

describe('uncertain inputs', () => {
  test('have names and shares', () => {
    expect(parseUncertain('leakage=20%, r_convec=1.5 %')).toEqual([
      { name: 'leakage', share: 0.2 },
      { name: 'r_convec', share: 0.015 },
    ]);
  });

  test.each([
    ['leakage', 'wrong-type'],
    ['leakage=20', 'wrong-type'],
    ['', 'wrong-type'],
    ['leakage=0%', 'out-of-range'],
    ['leakage=100%', 'out-of-range'],
    ['energy=1%,energy=2%', 'duplicate-name'],
  ])('refuse %s: %s', (text, code) => {
    expect(problemsOf(() => parseUncertain(text)).map((problem) => problem.split(' ')[0])).toEqual([code]);
  });
});

describe('draws', () => {
  const inputs = [
    { name: 'leakage', share: 0.2 },
    { name: 'r_convec', share: 0.1 },
  ];

  test('take the middle of every stratum once, in another order for each input', () => {
    const draws = drawsOf(inputs, 10, 7);
    const sorted = (name: string): number[] => draws.map((factors) => factors[name]).sort((a, b) => a - b);
    // By hand: ten strata of width 0.04 from 0.8 on; five of width 0.04 from 0.9 on, each twice.
    const leakage = Array.from({ length: 10 }, (_, i) => 0.82 + 0.04 * i);
    const rConvec = Array.from({ length: 10 }, (_, i) => 0.92 + 0.04 * Math.floor(i / 2));
    sorted('leakage').forEach((value, i) => {
      expect(value).toBeCloseTo(leakage[i], 12);
    });
    sorted('r_convec').forEach((value, i) => {
      expect(value).toBeCloseTo(rConvec[i], 12);
    });
    expect(draws.map(({ leakage: value }) => value)).not.toEqual(sorted('leakage'));
  });

  test('follow from the seed', () => {
    expect(drawsOf(inputs, 10, 7)).toEqual(drawsOf(inputs, 10, 7));
    expect(drawsOf(inputs, 10, 7)).not.toEqual(drawsOf(inputs, 10, 8));
  });
});
