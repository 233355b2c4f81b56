import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readFloorplan } from '../../../src/formats/hotspot/floorplan-and-trace.ts';
import {
  fieldTemperatures,
  hotspotStack,
  makeFloorplan,
  modalTransient,
  peakWithin,
  type ReducedModel,
  reduceNetwork,
  timeToExceed,
} from '../../../src/thermal/index.ts';
import { lawOptions } from '../../tier.ts';
import { codesOf, largestDifference, modelOf, TEMPLATE } from '../support.ts';

/** A hot block of 0.5 mm beside a cold one of the same size, in a corner of a 4 mm die. */
const FLOORPLAN = makeFloorplan(
  readFloorplan({
    file: 'corner.flp',
    text: 'hot 0.5e-3 0.5e-3 0 0\ncold 0.5e-3 0.5e-3 0.5e-3 0\nrest 3e-3 0.5e-3 1e-3 0\nabove 4e-3 3.5e-3 0 0.5e-3\n',
  }),
);
const { network, map } = modelOf(FLOORPLAN, hotspotStack(TEMPLATE), { rows: 16, columns: 16 });
const MODEL = reduceNetwork(network, map);
const FIELDS = reduceNetwork(network, map, { fields: 'die' });

const power = (...watts: number[]): Float64Array => Float64Array.from(watts);

/** The state after each of these powers was held for a while. */
function stateAfter(...parts: readonly (readonly [Float64Array, number])[]): Float64Array {
  const solver = modalTransient(MODEL);
  for (const [powerW, durationS] of parts) solver.step(powerW, durationS);
  return solver.state.slice();
}

/** Temperatures at many times, each by one exact step from the begin. */
function dense(
  model: ReducedModel,
  state: Float64Array,
  powerW: Float64Array,
  timesS: readonly number[],
): Float64Array[] {
  const solver = modalTransient(model);
  return timesS.map((t) => {
    solver.state.set(state);
    if (t === 0) solver.refresh();
    else solver.step(powerW, t);
    return solver.temperatureK.slice();
  });
}

function geometric(first: number, last: number, count: number): number[] {
  return [0, ...Array.from({ length: count }, (_, k) => first * (last / first) ** (k / (count - 1)))];
}

test('a neighbour of a block that was on still warms up after it is off', () => {
  const state = stateAfter([power(4, 0, 0, 0), 1e-3]);
  const off = power(0, 0, 0, 0);
  const peak = peakWithin(MODEL, state, off, 10);
  const [hot, cold] = [0, 1];
  const samples = dense(MODEL, state, off, geometric(1e-7, 10, 20000));
  const highest = Math.max(...samples.map((t) => t[cold]));
  // The peak lies inside: above both ends, by far more than rounding.
  expect(peak.timeS[cold]).toBeGreaterThan(1e-6);
  expect(peak.timeS[cold]).toBeLessThan(1);
  expect(highest - samples[0][cold]).toBeGreaterThan(0.01);
  expect(peak.temperatureK[cold]).toBeGreaterThanOrEqual(highest);
  expect(peak.temperatureK[cold] - highest).toBeLessThan(1e-6);
  // What was on falls from its begin on.
  expect(peak.timeS[hot]).toBe(0);
  expect(peak.temperatureK[hot]).toBeCloseTo(samples[0][hot], 9);
  expect(peak.block).toBe(hot);
});

test('under rising power the end is the peak', () => {
  const peak = peakWithin(MODEL, new Float64Array(MODEL.modes), power(2, 0, 0, 1), 0.3);
  const [end] = dense(MODEL, new Float64Array(MODEL.modes), power(2, 0, 0, 1), [0.3]);
  expect(peak.timeS[0]).toBe(0.3);
  expect(peak.temperatureK[0]).toBeCloseTo(end[0], 9);
});

const watts = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 4, maxLength: 4 }).map((w) => power(...w));
const spans = fc.integer({ min: -6, max: 1 }).map((exponent) => 10 ** exponent);
const interval = fc.record({
  first: watts,
  firstS: spans,
  second: watts,
  secondS: spans,
  powerW: watts,
  durationS: spans,
});

test('peaks are those of dense sampling', () => {
  fc.assert(
    fc.property(interval, ({ first, firstS, second, secondS, powerW, durationS }) => {
      const state = stateAfter([first, firstS], [second, secondS]);
      const peak = peakWithin(MODEL, state, powerW, durationS);
      const samples = dense(MODEL, state, powerW, geometric(Math.min(1e-8, durationS / 2), durationS, 3000));
      for (let u = 0; u < 4; u++) {
        const highest = Math.max(...samples.map((t) => t[u]));
        expect(peak.temperatureK[u]).toBeGreaterThan(highest - 1e-9);
        expect(peak.temperatureK[u]).toBeLessThan(highest + 1e-4);
      }
      expect(peak.temperatureK[peak.block]).toBe(Math.max(...peak.temperatureK));
    }),
    lawOptions(80, 10),
  );
});

describe('time to exceed a temperature', () => {
  test('at that time the temperature is it, before it is not', () => {
    fc.assert(
      fc.property(
        interval,
        fc.integer({ min: 1, max: 99 }),
        ({ first, firstS, second, secondS, powerW, durationS }, share) => {
          const state = stateAfter([first, firstS], [second, secondS]);
          const peak = peakWithin(MODEL, state, powerW, durationS);
          const [start] = dense(MODEL, state, powerW, [0]);
          const startK = Math.max(...start);
          const topK = peak.temperatureK[peak.block];
          if (topK - startK < 1e-3) return;
          const aboveK = startK + ((topK - startK) * share) / 100;
          const t = timeToExceed(MODEL, state, powerW, durationS, aboveK)!;
          expect(Math.max(...dense(MODEL, state, powerW, [t])[0])).toBeCloseTo(aboveK, 6);
          const before = dense(MODEL, state, powerW, geometric(t / 1e4, t * (1 - 1e-6), 300));
          expect(Math.max(...before.map((values) => Math.max(...values)))).toBeLessThanOrEqual(aboveK);
        },
      ),
      lawOptions(80, 10),
    );
  });

  test('at once, and never', () => {
    const state = stateAfter([power(4, 0, 0, 0), 1e-3]);
    const off = power(0, 0, 0, 0);
    const { temperatureK } = peakWithin(MODEL, state, off, 1);
    expect(timeToExceed(MODEL, state, off, 1, temperatureK[1])).toBe(0);
    expect(timeToExceed(MODEL, state, off, 1, temperatureK[0] + 1e-6)).toBeNull();
  });

  // Above its start of some 326 K the cold block rises only for a while: a threshold between that the ends do not show.
  test('a peak inside of the interval counts', () => {
    const state = stateAfter([power(4, 0, 0, 0), 1e-3], [power(0, 0, 0, 0), 1e-9]);
    const only: ReducedModel = {
      ...MODEL,
      blocks: 1,
      output: MODEL.output.slice(MODEL.modes, 2 * MODEL.modes),
      input: new Float64Array(MODEL.modes),
    };
    const off = power(0);
    const peak = peakWithin(only, state, off, 10);
    const t = timeToExceed(only, state, off, 10, peak.temperatureK[0] - 1e-4);
    expect(t).toBeGreaterThan(0);
    expect(t).toBeLessThan(peak.timeS[0]);
  });
});

test('bad durations', () => {
  const state = new Float64Array(MODEL.modes);
  for (const durationS of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(codesOf(() => peakWithin(MODEL, state, power(1, 0, 0, 0), durationS))).toEqual(['out-of-range']);
    expect(codesOf(() => timeToExceed(MODEL, state, power(1, 0, 0, 0), durationS, 400))).toEqual(['out-of-range']);
  }
});

test('temperatures of fields are ambient and rise', () => {
  for (const modes of [MODEL.modes, MODEL.modes - 1, MODEL.modes - 2, MODEL.modes - 3]) {
    const fields = FIELDS.fields.slice(0, modes * network.cells);
    const model: ReducedModel = { ...FIELDS, modes, rate: FIELDS.rate.slice(0, modes), fields };
    const state = Float64Array.from({ length: modes }, (_, i) => Math.sin(i));
    for (const count of [network.cells, 5]) {
      const out = new Float64Array(count);
      fieldTemperatures(model, state, out);
      const slow = Array.from(out, (_, node) => {
        return state.reduce((sum, amplitude, mode) => sum + amplitude * fields[mode * network.cells + node], 0);
      });
      expect(
        largestDifference(
          out,
          slow.map((rise) => rise + model.ambientK),
        ),
      ).toBeLessThan(1e-9);
    }
  }
  expect(
    codesOf(() => fieldTemperatures(FIELDS, new Float64Array(FIELDS.modes), new Float64Array(network.cells + 1))),
  ).toEqual(['out-of-range']);
});
