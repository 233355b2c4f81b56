import fc from 'fast-check';
import { expect, test } from 'vitest';
import { intervalEnergies } from '../../src/energy/index.ts';

const positive = fc.double({ min: 1e-3, max: 10, noNaN: true });

test('energies of intervals are counts x E(V) plus leakage at V and T over the interval', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(positive, positive), { minLength: 1, maxLength: 4 }),
      fc.array(fc.tuple(positive, positive), { maxLength: 3 }),
      fc.array(fc.record({ v: positive, t: fc.double({ min: 280, max: 400, noNaN: true }), s: positive }), {
        minLength: 1,
        maxLength: 5,
      }),
      (actions, leaks, intervals) => {
        const column = (values: readonly number[]) => Float64Array.from(values);
        const counts = intervals.map((_, i) => actions.map((__, a) => i + 3 * a));
        const out = new Float64Array(intervals.length);
        intervalEnergies(
          {
            fixedJ: column(actions.map(([fixed]) => fixed)),
            capacitanceF: column(actions.map(([, farad]) => farad)),
            leakageW: column(leaks.map(([watts]) => watts)),
            growthPerK: column(leaks.map(([, growth]) => growth / 1000)),
            slopePerV: 2.6,
          },
          column(counts.flat()),
          column(intervals.map(({ v }) => v)),
          column(intervals.map(({ t }) => t)),
          column(intervals.map(({ s }) => s)),
          out,
        );
        intervals.forEach(({ v, t, s }, i) => {
          const dynamic = actions.reduce((sum, [fixed, farad], a) => sum + counts[i][a] * (fixed + farad * v ** 2), 0);
          const leakage = leaks.reduce(
            (sum, [watts, growth]) => sum + watts * Math.exp((growth / 1000) * (t - 300)),
            0,
          );
          const energy = dynamic + leakage * v * Math.exp(2.6 * (v - 1)) * s;
          expect(Math.abs(out[i] - energy)).toBeLessThanOrEqual(1e-12 * energy);
        });
      },
    ),
    { numRuns: 50 },
  );
});
