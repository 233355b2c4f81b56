/** Governors of any table, threshold and period, decision by decision, against whole numbers in the kernel units: test/reference. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createStack, type PolicyStack } from '../../src/policy/index.ts';
import {
  conservative,
  type OndemandTunables,
  ondemand,
  type Stretch,
  stepWise66,
  stepWise618,
} from '../reference/governors.ts';
import { lawOptions } from '../tier.ts';
import { contextOf, domain, entry, observe } from './support.ts';

const tables = fc
  .uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 9 })
  .map((steps) => steps.sort((a, b) => a - b).map((step) => 50 * step));
const loads = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 30, maxLength: 40 });
const kernelTable = (mhz: readonly number[]) => ({ khz: mhz.map((one) => 1000 * one) });

function stackOn(mhz: readonly number[], uses: string, parameters: object, epochUs: number): PolicyStack {
  const setting = { domains: [domain('array', mhz)], blocks: [], places: [], epochS: epochUs * 1e-6 };
  return createStack([entry(uses, JSON.stringify(parameters))], contextOf(setting));
}

/** The clocks in each epoch: those decided at its start, and at the times in it at which the governor wants to be asked. */
function stretches(
  stack: PolicyStack,
  mhz: readonly number[],
  load: readonly number[],
  start: number,
  epochUs: number,
) {
  let state = stack.initial;
  let point = start;
  return load.map((percent, i): Stretch[] => {
    const shares = { array: { busy: percent / 100, stall: 0, idle: 1 - percent / 100, dead: 0 } };
    const endS = (i + 2) * epochUs * 1e-6;
    const found: Stretch[] = [];
    let timeS = (i + 1) * epochUs * 1e-6;
    for (let isTick = true; timeS < endS - 1e-12; isTick = false) {
      const triggers = new Set([isTick ? ('epoch' as const) : ('wake' as const)]);
      const seen = observe({ timeS, triggers, shares, points: { array: point }, temperatureK: [] });
      const decision = stack.decide(seen, state);
      state = decision.state;
      point = decision.points.array;
      const untilS = Math.min(endS, decision.wakeS);
      found.push([1000 * mhz[point], (untilS - timeS) * 1e6]);
      timeS = untilS;
    }
    return found;
  });
}

const mean = (all: readonly Stretch[], epochUs: number): number =>
  all.reduce((sum, [khz, us]) => sum + (khz * us) / epochUs, 0);

const tunables = fc.record({
  upThreshold: fc.integer({ min: 1, max: 100 }),
  samplingDownFactor: fc.integer({ min: 1, max: 12 }),
  powersaveBias: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1000 })),
  epochUs: fc.constantFrom(10, 100, 333, 1000, 10_000),
});

test('ondemand: any table, threshold, factor, bias and period', () => {
  fc.assert(
    fc.property(tables, loads, tunables, fc.nat(), (mhz, load, of: OndemandTunables, from) => {
      const start = from % mhz.length;
      const { upThreshold: up_threshold, samplingDownFactor: sampling_down_factor, powersaveBias, epochUs } = of;
      const parameters = { up_threshold, sampling_down_factor, powersave_bias: powersaveBias };
      const own = stretches(stackOn(mhz, 'ondemand', parameters, epochUs), mhz, load, start, epochUs);
      const kernel = ondemand(kernelTable(mhz), load, of, 1000 * mhz[start]);
      // The kernel's timer counts whole microseconds: a stretch of less than one is none for it.
      const mostKhz = 1000 * mhz[mhz.length - 1];
      own.forEach((all, i) => {
        expect(Math.abs(mean(all, epochUs) - mean(kernel[i], epochUs))).toBeLessThanOrEqual(mostKhz / epochUs);
        const clocks = kernel[i].map(([khz]) => khz);
        expect(all.filter(([khz, us]) => us > 1 && !clocks.includes(khz))).toEqual([]);
        if (powersaveBias === 0) expect(all).toHaveLength(1);
      });
    }),
    lawOptions(3000, 60),
  );
});

test('conservative: any table, thresholds, step and factor', () => {
  const of = fc
    .record({
      upThreshold: fc.integer({ min: 1, max: 100 }),
      downThreshold: fc.integer({ min: 0, max: 99 }),
      freqStep: fc.integer({ min: 1, max: 100 }),
      samplingDownFactor: fc.integer({ min: 1, max: 10 }),
    })
    .filter(({ upThreshold, downThreshold }) => downThreshold < upThreshold);
  fc.assert(
    fc.property(tables, loads, of, fc.nat(), (mhz, load, tuned, from) => {
      const start = from % mhz.length;
      const parameters = {
        up_threshold: tuned.upThreshold,
        down_threshold: tuned.downThreshold,
        freq_step: tuned.freqStep,
        sampling_down_factor: tuned.samplingDownFactor,
      };
      const own = stretches(stackOn(mhz, 'conservative', parameters, 1000), mhz, load, start, 1000);
      expect(own.map(([[khz]]) => khz)).toEqual(conservative(kernelTable(mhz), load, tuned, 1000 * mhz[start]));
    }),
    lawOptions(3000, 60),
  );
});

test('step_wise of both kernels: any table, trip, hysteresis and number of states', () => {
  const temperatures = fc.array(fc.integer({ min: 70, max: 100 }), { minLength: 30, maxLength: 40 });
  const of = fc.record({
    trip: fc.integer({ min: 75, max: 95 }),
    hysteresis: fc.integer({ min: 0, max: 8 }),
    most: fc.integer({ min: 1, max: 12 }),
  });
  fc.assert(
    fc.property(tables, temperatures, of, (mhz, celsius, { trip, hysteresis, most }) => {
      const top = mhz.length - 1;
      const points = (parameters: object): number[] => {
        const stack = createStack(
          [entry('step_wise', JSON.stringify(parameters))],
          contextOf({ domains: [domain('array', mhz)] }),
        );
        let { initial: state } = stack;
        return celsius.map((c, i) => {
          const seen = observe({ timeS: i * 1e-3, points: { array: top }, temperatureK: [c + 273.15, 300] });
          const decision = stack.decide(seen, state);
          state = decision.state;
          return decision.points.array;
        });
      };
      const clocks = (states: readonly number[]): number[] => states.map((s) => Math.max(0, top - s));
      const given = { trip: `${trip}C`, max_state: most };
      expect(points({ ...given, kernel: '6.6' })).toEqual(clocks(stepWise66(celsius, trip, most)));
      expect(points({ ...given, kernel: '6.18', hysteresis: `${hysteresis}K` })).toEqual(
        clocks(stepWise618(celsius, trip, hysteresis, most)),
      );
    }),
    lawOptions(3000, 60),
  );
});

test('schedutil: any table and loads, as the definition in whole numbers', () => {
  fc.assert(
    fc.property(tables, loads, (mhz, load) => {
      const found = stretches(stackOn(mhz, 'schedutil', {}, 1000), mhz, load, mhz.length - 1, 1000);
      // The lowest clock of at least 5/4 x load x the clock before; the highest if there is none.
      let before = mhz[mhz.length - 1];
      const expected = load.map((percent) => {
        before = mhz.find((one) => 400 * one >= 5 * percent * before) ?? mhz[mhz.length - 1];
        return 1000 * before;
      });
      expect(found.map(([[khz]]) => khz)).toEqual(expected);
    }),
    lawOptions(3000, 60),
  );
});

test('bang_bang: any trip, hysteresis and temperatures, as the definition in whole numbers', () => {
  const of = fc.record({ trip: fc.integer({ min: 75, max: 95 }), hysteresis: fc.integer({ min: 0, max: 8 }) });
  const temperatures = fc.array(fc.integer({ min: 70, max: 100 }), { minLength: 30, maxLength: 40 });
  fc.assert(
    fc.property(tables, temperatures, of, (mhz, celsius, { trip, hysteresis }) => {
      const parameters = JSON.stringify({ trip: `${trip}C`, hysteresis: `${hysteresis}K` });
      const stack = createStack([entry('bang_bang', parameters)], contextOf({ domains: [domain('array', mhz)] }));
      let { initial: state } = stack;
      let isHot = false;
      for (const [i, c] of celsius.entries()) {
        const decision = stack.decide(observe({ timeS: i * 1e-3, temperatureK: [c + 273.15, 300] }), state);
        state = decision.state;
        if (c >= trip) isHot = true;
        else if (c < trip - hysteresis) isHot = false;
        expect(decision.points.array).toBe(isHot ? 0 : mhz.length - 1);
      }
    }),
    lawOptions(3000, 60),
  );
});
