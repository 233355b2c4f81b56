import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HOTSPOT_DEFAULTS } from '../../../src/formats/hotspot/config.ts';
import { eachSource, expansionShifts, expansions, MANY_SOURCES } from '../../../src/thermal/continuum/expansion.ts';
import { reduceContinuumNetwork } from '../../../src/thermal/continuum/index.ts';
import { project } from '../../../src/thermal/continuum/reduce.ts';
import { responseAt } from '../../../src/thermal/continuum/response.ts';
import { hotspotStack, modalTransient, type ThermalStack } from '../../../src/thermal/index.ts';
import { lawOptions, longTest } from '../../tier.ts';
import { type Patch, stepOnThickDie } from './half-space.ts';
import { block, heated, mm, stepResponse } from './support.ts';

const relative = (value: number, exact: number): number => Math.abs(value / exact - 1);
const SILICON = { name: 'silicon', conductivityWPerMK: 130, heatCapacityJPerM3K: 1.63e6 };

/** A die on nothing but its film. */
function slab(thicknessM: number, resistanceKPerW: number): ThermalStack {
  return {
    layers: [{ ...SILICON, thicknessM }],
    convection: { resistanceKPerW, areaM2: 64e-6, capacityJPerK: 0 },
    ambientK: 318.15,
  };
}

describe('a slab of 8 x 8 x 0.5 mm under 10 W, cooled at 1 K/W', () => {
  const model = reduceContinuumNetwork(heated(slab(0.5 * mm, 1), [block('all', 0, 0, 8, 8)], [8, 8]), {
    shortestS: 1e-6,
  });

  // Exact series of the 1-D slab (Biot 0.0601).
  test.each([
    [0.002, 0.5815],
    [0.02, 3.4569],
    [0.12, 9.5098],
  ])('after %f s within 0.1 %%', (time, exact) => {
    expect(relative(10 * stepResponse(model, 0, 0, time), exact)).toBeLessThan(1e-3);
  });

  // Carslaw and Jaeger 2.9: 2 q sqrt(t / (pi k c)), as long as the other face is not felt.
  test.each([1e-6, 3e-6, 1e-5, 1e-4])('after %f s the half-space, from the first sample within 2 %%', (time) => {
    const { conductivityWPerMK: k, heatCapacityJPerM3K: c } = SILICON;
    const exact = ((2 * 10) / 64e-6) * Math.sqrt(time / (Math.PI * k * c));
    expect(relative(10 * stepResponse(model, 0, 0, time), exact)).toBeLessThan(0.02);
  });

  test('1 ns, if one asks for it', () => {
    const fast = reduceContinuumNetwork(heated(slab(0.5 * mm, 1), [block('all', 0, 0, 8, 8)], [8, 8]), {
      shortestS: 1e-9,
    });
    const { conductivityWPerMK: k, heatCapacityJPerM3K: c } = SILICON;
    for (const time of [1e-9, 1e-8, 1e-7, 1e-6, 1e-5]) {
      const exact = (2 / 64e-6) * Math.sqrt(time / (Math.PI * k * c));
      expect(relative(stepResponse(fast, 0, 0, time), exact)).toBeLessThan(0.02);
    }
  });
});

describe('a block of 0.5 x 0.5 mm far from all edges of a thick die', () => {
  const stack = slab(2 * mm, 1);
  const model = reduceContinuumNetwork(heated(stack, [block('hot', 3.6, 3.9, 0.5, 0.5)], [8, 8]), { shortestS: 1e-6 });

  const hot: Patch = { x: [3.6 * mm, 4.1 * mm], y: [3.9 * mm, 4.4 * mm] };
  const exact = (time: number): number => stepOnThickDie(hot, hot, { widthM: 8 * mm, heightM: 8 * mm }, SILICON, time);

  test.each([1e-6, 1e-5, 1e-4, 1e-3, 5e-3])('after %f s within 1.5 %%', (time) => {
    expect(relative(stepResponse(model, 0, 0, time), exact(time))).toBeLessThan(0.015);
  });
});

describe('the reduced model of a package', () => {
  const stack = hotspotStack({ ...HOTSPOT_DEFAULTS, r_convec: 0.5 });
  const blocks = [block('a', 0, 0, 3, 4), block('b', 3, 0, 5, 1.3), block('c', 3, 1.3, 5, 2.7)];
  const network = heated(stack, blocks, [8, 4]);
  const model = reduceContinuumNetwork(network, { shortestS: 1e-6, starts: [new Float64Array(network.nodes).fill(1)] });

  test('its steady state is that of the stack', () => {
    const { h } = network.steadyResponse();
    for (let u = 0; u < 3; u++) {
      for (let v = 0; v < 3; v++)
        expect(Math.abs(stepResponse(model, u, v, 1e9) - h[u * 3 + v])).toBeLessThan(1e-9 * h[0]);
    }
    // Reciprocal, as conduction is.
    expect(Math.abs(h[1] - h[3])).toBeLessThan(1e-9 * h[0]);
  });

  // More shifts, to 1e8 1/s in place of 2e6. Between decades as well: the largest difference is between the fastest two shifts.
  test('steps of 1 us to 1 s as with many more shifts, within 1.5 %', () => {
    const finer = reduceContinuumNetwork(network, { shortestS: 2e-8 });
    for (let time = 1e-6; time <= 1; time *= 2) {
      for (let u = 0; u < 3; u++) {
        expect(relative(stepResponse(model, u, u, time), stepResponse(finer, u, u, time))).toBeLessThan(0.015);
      }
    }
  });

  // H(s) = B' (G + sC)^-1 B, so that X' C X = -dH/ds; of more sources than are multiplied at a time.
  test('the heat that two responses store together is the slope of their response', () => {
    const tiles = Array.from({ length: 20 }, (_, i) => block(`t${i}`, (i % 5) * 1.6, Math.floor(i / 5), 1.6, 1));
    const { continuum } = heated(stack, tiles, [8, 4]);
    const shift = 100;
    const [less, at, more] = [-1e-3, 0, 1e-3].map((part) => responseAt(continuum, shift * (1 + part), eachSource(20)));
    const stored = at.stored();
    for (let u = 0; u < 20; u++) {
      for (let v = 0; v < 20; v++) {
        const slope = (less.h[u * 20 + v] - more.h[u * 20 + v]) / (2e-3 * shift);
        expect(Math.abs(stored[u * 20 + v] - slope)).toBeLessThan(1e-5 * stored[0]);
      }
    }
  });

  // Factors of at most 25 to 2 / sample, as for more than 100 sources; here of three, for which the finer model is cheap.
  longTest('the few shifts of many sources: from the sample on within 2 %', () => {
    const finer = reduceContinuumNetwork(network, { shortestS: 2e-8 });
    const { continuum, ambientK } = network;
    for (const sampleS of [1e-5, 1e-3]) {
      const shifts = expansionShifts(continuum.assembly, sampleS, MANY_SOURCES + 1);
      const { model: coarse } = project(continuum, ambientK, expansions(continuum, shifts));
      for (let time = sampleS; time <= 10; time *= 2) {
        for (let u = 0; u < 3; u++) {
          expect(relative(stepResponse(coarse, u, u, time), stepResponse(finer, u, u, time))).toBeLessThan(0.02);
        }
      }
    }
  });

  test('heat in is heat out and heat stored, whatever the powers and steps', () => {
    const step = fc.record({
      powerW: fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { minLength: 3, maxLength: 3 }),
      logS: fc.double({ min: -6, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) => {
        const solver = modalTransient(model);
        let [inJ, outJ] = [0, 0];
        for (const { powerW, logS } of steps) {
          solver.step(Float64Array.from(powerW), 10 ** logS);
          inJ += 10 ** logS * powerW.reduce((sum, p) => sum + p, 0);
          outJ += solver.heatOutJ;
        }
        expect(Math.abs(inJ - outJ - solver.storedHeatJ())).toBeLessThan(1e-9 * Math.max(inJ, 1e-9));
      }),
      lawOptions(100),
    );
  });

  test('one step is many', () => {
    const powerW = Float64Array.of(3, 1, 5);
    const [once, often] = [modalTransient(model), modalTransient(model)];
    once.step(powerW, 0.1);
    for (let i = 0; i < 10; i++) often.step(powerW, 0.01);
    for (let u = 0; u < 3; u++) expect(Math.abs(once.temperatureK[u] - often.temperatureK[u])).toBeLessThan(1e-9);
  });

  test('a warm start that is left alone cools from what it was to ambient, the last of it with the slowest rate', () => {
    const solver = modalTransient(model);
    const starts = model.starts!;
    for (let i = 0; i < model.modes; i++) solver.state[i] = 20 * starts[i];
    solver.refresh();
    const at = [...solver.temperatureK];
    for (const rise of at) expect(relative(rise - stack.ambientK, 20)).toBeLessThan(0.002);
    solver.step(new Float64Array(3), 1e-3);
    // Nothing reaches the die within a millisecond: t_sink^2 / alpha is 0.4 s.
    for (const rise of solver.temperatureK) expect(Math.abs(rise - stack.ambientK - 20)).toBeLessThan(0.01);
    solver.step(new Float64Array(3), 3 / model.rate[0]);
    for (const rise of solver.temperatureK)
      expect(relative(rise - stack.ambientK, 20 * Math.exp(-3))).toBeLessThan(0.02);
  });
});
