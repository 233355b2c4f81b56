import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ZERO_CELSIUS_K } from '../../../src/base/units.ts';
import {
  arrhenius,
  black,
  competingRate,
  cyclingDamage,
  energyDelay,
  energyDelaySquared,
  excessAbove,
  meanRate,
  oscillation,
  rainflow,
  regret,
  residency,
  savingAchieved,
  tardiness,
  timeAbove,
  turningPoints,
} from '../../../src/study/metrics/index.ts';
import { lawOptions } from '../../tier.ts';

/** By an independent Python script; its first rainflow case is the example of ASTM E1049-85, figure 6. */
const golden = JSON.parse(readFileSync('test/golden/policies/metrics.json', 'utf8'));

const kelvin = (celsius: number): number => celsius + ZERO_CELSIUS_K;

describe('rainflow', () => {
  test.each(golden.rainflow as { x: number[]; range_counts: Record<string, number> }[])(
    'counts the cycles of $x',
    ({ x, range_counts }) => {
      const { range, count } = rainflow(x);
      const counts: Record<string, number> = {};
      range.forEach((r, i) => {
        counts[r] = (counts[r] ?? 0) + count[i];
      });
      expect(counts).toEqual(range_counts);
    },
  );

  test('gives the mean of each cycle', () => {
    const { range, mean, count } = rainflow(golden.rainflow[1].x);
    const cycles = Array.from(range, (r, i) => ({ range: r, mean: mean[i], count: count[i] }));
    expect(cycles).toEqual(golden.rainflow[1].cycles);
  });

  test('finds no cycle where nothing changes', () => {
    expect(rainflow([]).count.length).toBe(0);
    expect(rainflow([7, 7, 7]).count.length).toBe(0);
    expect([...turningPoints([1, 1, 2, 3, 3, 2])]).toEqual([1, 3, 2]);
  });

  // A whole cycle takes its range up and down again, a half one takes it once.
  test('covers the whole path of the series', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -20, max: 20 }), { maxLength: 60 }), (series) => {
        const path = series.slice(1).reduce((sum, value, i) => sum + Math.abs(value - series[i]), 0);
        const { range, count } = rainflow(series);
        expect(range.reduce((sum, r, i) => sum + 2 * count[i] * r, 0)).toBe(path);
      }),
      lawOptions(),
    );
  });

  // Another algorithm: inner ranges go out one by one, in any order (de Jonge's four points); the rest counts half.
  test('counts what the four-point method counts', () => {
    const fourPoints = (series: readonly number[]): Map<number, number> => {
      const points = [...turningPoints(series)];
      const counts = new Map<number, number>();
      const add = (range: number, count: number): void => void counts.set(range, (counts.get(range) ?? 0) + count);
      const isInner = (i: number): boolean => {
        const [before, own, after] = [0, 1, 2].map((k) => Math.abs(points[i + k] - points[i + k + 1]));
        return own <= before && own <= after;
      };
      for (let i = 0; i + 3 < points.length; i++) {
        if (!isInner(i)) continue;
        add(Math.abs(points[i + 1] - points[i + 2]), 1);
        points.splice(i + 1, 2);
        i = -1;
      }
      for (let i = 1; i < points.length; i++) add(Math.abs(points[i] - points[i - 1]), 0.5);
      return counts;
    };
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -20, max: 20 }), { maxLength: 80 }), (series) => {
        const { range, count } = rainflow(series);
        const counts = new Map<number, number>();
        range.forEach((r, i) => {
          counts.set(r, (counts.get(r) ?? 0) + count[i]);
        });
        expect(counts).toEqual(fourPoints(series));
      }),
      lawOptions(),
    );
  });

  test('counts the widest swing, whole or half', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 2, maxLength: 60 }), (series) => {
        const widest = Math.max(...series) - Math.min(...series);
        const { range } = rainflow(series);
        expect(Math.max(0, ...range)).toBe(widest);
      }),
      lawOptions(),
    );
  });
});

describe('wear', () => {
  test.each(golden.arrhenius_AF as { Ea_eV: number; T_ref_c: number; T_c: number; AF: number }[])(
    'by Arrhenius: $Ea_eV eV at $T_c C',
    ({ Ea_eV, T_ref_c, T_c, AF }) => {
      expect(arrhenius(Ea_eV, kelvin(T_ref_c), kelvin(T_c)) / AF).toBeCloseTo(1, 12);
    },
  );

  test('at the mean of the rates, not at the mean temperature', () => {
    const { Ea, T_ref_c, temps, mean_rate_rel, rate_at_mean_temp } = golden.black_rate_mean;
    const rates = (temps as number[]).map((t) => arrhenius(Ea, kelvin(T_ref_c), kelvin(t)));
    const ones = rates.map(() => 1);
    expect(meanRate(rates, ones) / mean_rate_rel).toBeCloseTo(1, 12);
    const mean = (temps as number[]).reduce((sum, t) => sum + t, 0) / temps.length;
    expect(arrhenius(Ea, kelvin(T_ref_c), kelvin(mean)) / rate_at_mean_temp).toBeCloseTo(1, 12);
  });

  test('of wires grows with the square of the current (Black)', () => {
    const reference = { temperatureK: 333, current: 1 };
    expect(black({ temperatureK: 333, current: 3 }, reference)).toBe(9);
    expect(black({ temperatureK: 348.15, current: 1 }, { ...reference, temperatureK: 333.15 })).toBeCloseTo(
      golden.arrhenius_AF[7].AF,
      12,
    );
    // A block without current has no wear, and the reference may have none either.
    expect(black({ temperatureK: 333, current: 0 }, reference)).toBe(0);
    expect(black({ temperatureK: 333, current: 0 }, { ...reference, current: 0 })).toBe(1);
  });

  test('by cycles (Coffin and Manson)', () => {
    const { q, dT_ref, damage_cycles_equiv } = golden.coffin_manson_damage_rel;
    const cycles = rainflow(golden.rainflow[1].x);
    expect(cyclingDamage(cycles, { exponent: q, referenceK: dT_ref }) / damage_cycles_equiv).toBeCloseTo(1, 12);
    // By hand: of 10 K, 4 K are elastic: 6^2.
    expect(cyclingDamage(rainflow([0, 10, 0]), { exponent: 2, elasticK: 4 })).toBe(36);
  });

  test('by several mechanisms: their rates add', () => {
    expect(competingRate([2, 4])).toBe(0.75);
  });
});

describe('over time', () => {
  const durationS = [1, 2, 3, 4];

  test('above a threshold', () => {
    expect(timeAbove({ value: [5, 7, 9, 7], durationS }, 6)).toBe(9);
    expect(excessAbove({ value: [5, 7, 9, 7], durationS }, 6)).toBe(2 + 9 + 4);
  });

  test('at each clock', () => {
    expect(residency({ value: [8, 2, 8, 2], durationS })).toEqual([
      { value: 2, share: 0.6 },
      { value: 8, share: 0.4 },
    ]);
  });

  test('turning: level stretches do not count', () => {
    expect(oscillation({ value: [1, 2, 2, 1, 2, 3], durationS: [1, 1, 1, 1, 1, 1] })).toBe(2 / 6);
    expect(oscillation({ value: [1, 2, 3], durationS: [1, 1, 1] })).toBe(0);
  });
});

test('energy, time and the best of all', () => {
  expect(energyDelay(3, 2)).toBe(6);
  expect(energyDelaySquared(3, 2)).toBe(12);
  expect(regret(12, 10)).toBe(0.2);
  expect(savingAchieved(12, 15, 10)).toBe(0.6);
  expect(tardiness(5, 3)).toBe(2);
  expect(tardiness(2, 3)).toBe(0);
});
