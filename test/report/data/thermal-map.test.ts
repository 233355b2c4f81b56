import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ThermalResult } from '../../../src/cosim/result.ts';
import { mapData, mapModel } from '../../../src/report/data/thermal-map.ts';
import { lawOptions } from '../../tier.ts';

const [ROWS, COLUMNS] = [3, 4];
const CELLS = ROWS * COLUMNS;

function thermalOf(amplitudes: readonly number[], shapes: readonly number[], frames: number): ThermalResult {
  const timeS = Float64Array.from({ length: frames }, (_, i) => i + 1);
  const of = { rows: ROWS, columns: COLUMNS, timeS };
  return {
    ambientK: 300,
    frames: { ...of, amplitudes: Float64Array.from(amplitudes), shapes: Float64Array.from(shapes) },
  } as unknown as ThermalResult;
}

test('every cell of every frame is within the stated error of ambient and amplitudes times shapes', () => {
  const values = (length: number) =>
    fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: length, maxLength: length });
  const run = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 12 }));
  fc.assert(
    fc.property(
      run.chain(([modes, frames]) =>
        fc.tuple(fc.constant(modes), fc.constant(frames), values(modes * frames), values(modes * CELLS)),
      ),
      ([modes, frames, amplitudes, shapes]) => {
        const data = mapData(thermalOf(amplitudes, shapes, frames), 1e9);
        const map = mapModel(data, 1e9);
        const out = new Float64Array(CELLS);
        // Fields and weights are rounded to a 65,535th of their range.
        const rounding = (6 * 3 * (20 * 6 * 20 * 2)) / 65_535;
        for (let f = 0; f < frames; f++) {
          map.frame(f, out);
          out.forEach((kelvin, cell) => {
            let exact = 300;
            for (let m = 0; m < modes; m++) exact += amplitudes[f * modes + m] * shapes[m * CELLS + cell];
            expect(Math.abs(kelvin - exact)).toBeLessThanOrEqual(1.05 * data.errorK + rounding);
          });
        }
        expect(data.errorK).toBeLessThanOrEqual(0.05);
      },
    ),
    lawOptions(100, 20),
  );
});

test('frames that differ only by a factor need one field', () => {
  const shapes = Array.from({ length: 2 * CELLS }, (_, i) => 1 + (i % 5));
  const data = mapData(thermalOf([1, 2, 3, 6, 0.5, 1], shapes, 3), 1e9);
  expect(data.fields).toHaveLength(1);
  expect(mapModel(data, 1e9).timeS).toEqual(Float64Array.of(1, 2, 3));
});
