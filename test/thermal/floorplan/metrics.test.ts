import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  fieldPeak,
  hotCells,
  largestGradient,
  localDifference,
  type TemperatureField,
  timeToHotSpot,
} from '../../../src/thermal/floorplan/metrics.ts';

const field = (rows: number, columns: number, values: number[]): TemperatureField => {
  return { rows, columns, temperatureK: Float64Array.from(values) };
};

/** Two rows of three cells of 2 mm x 1 mm. */
const SMALL = field(2, 3, [300, 310, 305, 300, 330, 300]);
const DIE = { widthM: 6e-3, heightM: 2e-3 };

describe('a field of six cells, by hand', () => {
  test('peak: second cell of the south row', () => {
    const peak = fieldPeak(SMALL, DIE);
    expect(peak).toEqual({ cell: 4, xM: expect.closeTo(3e-3, 15), yM: expect.closeTo(0.5e-3, 15), temperatureK: 330 });
  });

  test('gradient: 20 K over 1 mm from north to south beats 30 K over 2 mm', () => {
    const gradient = largestGradient(SMALL, DIE);
    expect(gradient).toMatchObject({ cell: 1, along: 'y' });
    expect(gradient.kelvinPerM).toBeCloseTo(20e3, 6);
    expect(gradient.xM).toBeCloseTo(3e-3, 15);
    expect(gradient.yM).toBeCloseTo(1e-3, 15);
  });

  test('gradient along a row: its place is the common edge', () => {
    const gradient = largestGradient(field(1, 3, [300, 301, 310]), { widthM: 3e-3, heightM: 1e-3 });
    expect(gradient).toMatchObject({ cell: 1, along: 'x' });
    expect(gradient.kelvinPerM).toBeCloseTo(9e3, 6);
    expect(gradient.xM).toBeCloseTo(2e-3, 15);
    expect(gradient.yM).toBeCloseTo(0.5e-3, 15);
  });

  test('one cell has no gradient', () => {
    expect(largestGradient(field(1, 1, [300]), DIE).kelvinPerM).toBe(0);
  });

  // At 1 mm only the cell above or below is within; at 2 mm those beside, too, but not the diagonal ones at 2.24 mm.
  test('local differences', () => {
    expect([...localDifference(SMALL, DIE, 0)]).toEqual([0, 0, 0, 0, 0, 0]);
    expect([...localDifference(SMALL, DIE, 1e-3)]).toEqual([0, 0, 5, 0, 20, 0]);
    expect([...localDifference(SMALL, DIE, 2e-3)]).toEqual([0, 10, 5, 0, 30, 0]);
  });

  test('hot cells: strictly above, of 2 mm2 each', () => {
    expect(hotCells(SMALL, DIE, { aboveK: 305 })).toEqual({
      cells: Int32Array.of(1, 4),
      areaM2: expect.closeTo(4e-6, 15),
    });
    const local = { differenceK: 10, radiusM: 2e-3 };
    expect(hotCells(SMALL, DIE, { aboveK: 305, local }).cells).toEqual(Int32Array.of(4));
    expect(hotCells(SMALL, DIE, { aboveK: 330 })).toEqual({ cells: new Int32Array(0), areaM2: 0 });
  });
});

/** Every pair of cells. */
function slowLocalDifference(
  { rows, columns, temperatureK }: TemperatureField,
  die: typeof DIE,
  radiusM: number,
): number[] {
  const [w, h] = [die.widthM / columns, die.heightM / rows];
  const cells = Array.from(temperatureK.keys());
  return cells.map((a) => {
    const near = cells.filter((b) => {
      const dx = ((a % columns) - (b % columns)) * w;
      const dy = (Math.floor(a / columns) - Math.floor(b / columns)) * h;
      return dx * dx + dy * dy <= radiusM * radiusM * (1 + 1e-9);
    });
    return temperatureK[a] - Math.min(...near.map((b) => temperatureK[b]));
  });
}

test('local differences are those of all pairs of cells', () => {
  const cases = fc
    .record({
      rows: fc.integer({ min: 1, max: 7 }),
      columns: fc.integer({ min: 1, max: 9 }),
      radius: fc.double({ min: 0, max: 12e-3, noNaN: true }),
    })
    .chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        values: fc.array(fc.integer({ min: 300, max: 320 }), {
          minLength: shape.rows * shape.columns,
          maxLength: shape.rows * shape.columns,
        }),
      }),
    );
  fc.assert(
    fc.property(cases, ({ shape: { rows, columns, radius }, values }) => {
      const f = field(rows, columns, values);
      expect([...localDifference(f, DIE, radius)]).toEqual(slowLocalDifference(f, DIE, radius));
    }),
  );
});

describe('time to the first hot spot', () => {
  const timeS = [0, 1, 2, 4];
  const temperatureK = [
    [300, 310, 320, 325],
    [300, 300, 300, 340],
  ];

  test('linear between the times of the trace', () => {
    expect(timeToHotSpot({ timeS, temperatureK }, 315)).toBeCloseTo(1.5, 12);
    // The first column would pass 324 K at 3.6 s, the second does at 2 + 2 x 24 / 40.
    expect(timeToHotSpot({ timeS, temperatureK }, 324)).toBeCloseTo(3.2, 12);
    expect(timeToHotSpot({ timeS, temperatureK }, 299)).toBe(0);
    expect(timeToHotSpot({ timeS, temperatureK }, 340)).toBeNull();
    expect(timeToHotSpot({ timeS: [], temperatureK: [[], []] }, 340)).toBeNull();
  });

  test('what is known of the inside of an interval comes first', () => {
    const asked: number[] = [];
    const within = (interval: number): number | null => {
      asked.push(interval);
      return interval === 2 ? 0.25 : null;
    };
    expect(timeToHotSpot({ timeS, temperatureK }, 330, within)).toBe(1.25);
    expect(asked).toEqual([1, 2]);
  });
});
