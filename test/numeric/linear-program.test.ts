import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { solveLinearProgram } from '../../src/numeric/linear-program.ts';
import { lawOptions } from '../tier.ts';

describe('a linear program', () => {
  // By hand: the corners of x + y <= 4, x + 3 y <= 6 are (4, 0), (3, 1), (0, 2); 3 x + 5 y is 12, 14, 10.
  test('has its optimum at a corner', () => {
    const program = {
      cost: [-3, -5],
      matrix: [
        [1, 1],
        [1, 3],
      ],
      limit: [4, 6],
      equalMatrix: [],
      equal: [],
    };
    expect([...solveLinearProgram(program)!]).toEqual([expect.closeTo(3, 12), expect.closeTo(1, 12)]);
  });

  test('may have equations and negative limits', () => {
    const program = { cost: [1, 2, 3], matrix: [[-1, 0, 0]], limit: [-0.25], equalMatrix: [[1, 1, 1]], equal: [1] };
    expect([...solveLinearProgram(program)!]).toEqual([expect.closeTo(1, 12), 0, 0]);
    expect(solveLinearProgram({ ...program, limit: [-2] })).toBeNull();
  });

  // Mixtures of two modes under one limit: slow and obviously right by trying all pairs.
  test('of mixtures under one limit equals the best pair', () => {
    const mode = fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: -20, max: 20 }));
    fc.assert(
      fc.property(fc.array(mode, { minLength: 1, maxLength: 6 }), fc.integer({ min: 0, max: 20 }), (modes, limit) => {
        let best = Number.POSITIVE_INFINITY;
        for (const [a, ca] of modes) {
          for (const [b, cb] of modes) {
            if (a <= limit) best = Math.min(best, ca);
            if (a <= limit && b > limit) best = Math.min(best, ca + ((limit - a) / (b - a)) * (cb - ca));
          }
        }
        const x = solveLinearProgram({
          cost: modes.map(([, c]) => c),
          matrix: [modes.map(([a]) => a)],
          limit: [limit],
          equalMatrix: [modes.map(() => 1)],
          equal: [1],
        });
        if (!Number.isFinite(best)) expect(x).toBeNull();
        else expect(x!.reduce((sum, share, k) => sum + share * modes[k][1], 0)).toBeCloseTo(best, 9);
      }),
      lawOptions(),
    );
  });
});
