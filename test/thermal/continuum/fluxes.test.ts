import { describe, expect, test } from 'vitest';
import { HOTSPOT_DEFAULTS } from '../../../src/formats/hotspot/index.ts';
import { assemblyOf } from '../../../src/thermal/continuum/bodies.ts';
import { DirectFluxes } from '../../../src/thermal/continuum/fluxes/direct.ts';
import { fluxesIn, InterfaceSolver } from '../../../src/thermal/continuum/fluxes/index.ts';
import { IteratedFluxes } from '../../../src/thermal/continuum/fluxes/iterated.ts';
import { ladderOf } from '../../../src/thermal/continuum/ladder.ts';
import { binnedProducts, cosineModes } from '../../../src/thermal/continuum/lateral/index.ts';
import { type Ports, portsOf, unitLoads } from '../../../src/thermal/continuum/unit-loads.ts';
import { hotspotStack } from '../../../src/thermal/index.ts';
import { randomFrom } from '../../support/random.ts';

const RESOLUTION = { columns: 10, rows: 8, elements: 4, kept: [20, 14] };

/** Equations of a stack at a shift, with gaps drawn by seed. */
function equations(options: Partial<typeof HOTSPOT_DEFAULTS>, sideMm: number, shift: number) {
  const stack = hotspotStack({ ...HOTSPOT_DEFAULTS, ...options });
  const assembly = assemblyOf(stack, { widthM: sideMm * 1e-3, heightM: sideMm * 0.6e-3 }, RESOLUTION);
  const { first, uniform } = new InterfaceSolver(assembly, shift);
  const ports: Ports[] = assembly.bodies.map(({ reach, lambda }) => {
    const unit = unitLoads(ladderOf(reach.layers, reach.cooling, lambda, shift, reach.part), reach);
    return portsOf(unit, unit.temperature);
  });
  const next = randomFrom(7);
  const gap = Float64Array.from({ length: first[first.length - 1] }, () => next() - 0.5);
  const given = uniform.isGiven ? uniform.ofWatt.map((one) => 3 * one) : null;
  return { assembly, ports, uniform, first, gap, given };
}

describe('fluxes by iteration are those of the factored matrices', () => {
  test.each([
    ['a usual package', {}, 8, 0],
    ['a fast shift', {}, 8, 1e5],
    ['a spreader that hardly conducts', { k_spreader: 2 }, 8, 0],
    ['a sink that conducts less than its spreader', { k_spreader: 2000, k_sink: 50 }, 8, 0],
    ['a die nearly as wide as the spreader', {}, 29, 0],
    ['a secondary path, where heat circulates', { model_secondary: 1 }, 12, 0],
    ['a secondary path at a slow shift', { model_secondary: 1 }, 12, 0.1],
  ] as const)('%s', (_, options, sideMm, shift) => {
    const { assembly, ports, uniform, first, gap, given } = equations(options, sideMm, shift);
    const iterated = new IteratedFluxes(assembly, ports, uniform, first).solve(gap, 1, given);
    const direct = new DirectFluxes(assembly, ports, uniform).solve(gap, 1, given);
    const norm = Math.hypot(...direct.flux);
    expect(Math.hypot(...direct.flux.map((value, k) => value - iterated!.flux[k]))).toBeLessThan(1e-9 * norm);
    const most = Math.max(...direct.left.map(Math.abs));
    direct.left.forEach((value, i) => {
      expect(Math.abs(value - iterated!.left[i])).toBeLessThan(1e-9 * most);
    });
  });

  test.each([
    ['a usual package', {}, 8],
    ['a spreader that hardly conducts', { k_spreader: 2 }, 8],
    ['a secondary path, where heat circulates', { model_secondary: 1 }, 12],
  ] as const)('%s, from fluxes of fewer waves: as exact as asked for', (_, options, sideMm) => {
    const { assembly, ports, uniform, first, gap, given } = equations(options, sideMm, 0);
    const stack = hotspotStack({ ...HOTSPOT_DEFAULTS, ...options });
    const die = { widthM: sideMm * 1e-3, heightM: sideMm * 0.6e-3 };
    const fewer = assemblyOf(stack, die, { columns: 7, rows: 6, elements: 2, kept: [14, 10] });
    const direct = new DirectFluxes(assembly, ports, uniform).solve(gap, 1, given);
    // To fewer waves and back: the lowest modes have their fluxes, all others none.
    const flux = fluxesIn(assembly, fewer, fluxesIn(fewer, assembly, direct.flux));
    const same = flux.filter((value, k) => value === direct.flux[k]).length;
    expect(same).toBe(fewer.interfaces.reduce((sum, { modes }) => sum + modes, 0));
    const near = { flux, tolerance: 1e-6 };
    const iterated = new IteratedFluxes(assembly, ports, uniform, first).solve(gap, 1, given, near);
    const norm = Math.hypot(...direct.flux);
    const off = Math.hypot(...direct.flux.map((value, k) => value - iterated!.flux[k]));
    expect(off).toBeLessThan(1e-4 * norm);
  });

  test('what does not converge is left to the matrices', () => {
    const { assembly, ports, uniform, first, gap, given } = equations({}, 8, 0);
    const broken = ports.map(({ top, across, bottom }) => ({ top, across: across.map(() => Number.NaN), bottom }));
    expect(new IteratedFluxes(assembly, broken, uniform, first).solve(gap, 1, given)).toBeNull();
  });
});

test('binned products of cosines are the sums over the cosines one by one', () => {
  const [widthM, heightM] = [3e-3, 2e-3];
  const rectangles = [
    { x0: -1.5e-3, x1: -0.2e-3, y0: -1e-3, y1: 0.1e-3 },
    { x0: -0.2e-3, x1: 1.5e-3, y0: -0.4e-3, y1: 1e-3 },
    { x0: 0.1e-3, x1: 0.5e-3, y0: -0.9e-3, y1: -0.5e-3 },
  ];
  const found = binnedProducts({ widthM, heightM, rectangles }, 2, [17, 13], [5, 4]);
  const [x, y] = [cosineModes(widthM, 17), cosineModes(heightM, 13)];
  const means = rectangles.map(({ x0, x1, y0, y1 }) => ({ x: x.means(x0, x1), y: y.means(y0, y1) }));
  const isCoupled = (i: number, j: number): boolean =>
    x.lambda[i] < (4.5 * Math.PI) ** 2 / widthM ** 2 && y.lambda[j] < (3.5 * Math.PI) ** 2 / heightM ** 2;
  rectangles.forEach((_, u) => {
    for (let v = 0; v < 2; v++) {
      let [outside, within] = [0, 0];
      for (let i = 0; i < 17; i++) {
        for (let j = 0; j < 13; j++) {
          const product = means[u].x[i] * means[v].x[i] * means[u].y[j] * means[v].y[j];
          if (isCoupled(i, j)) within += product;
          else outside += product;
        }
      }
      const sum = found.weight.reduce((all, one) => all + one[u * 2 + v], 0);
      expect(sum / outside).toBeCloseTo(1, 10);
      expect(found.within[u * 2 + v] / within).toBeCloseTo(1, 10);
    }
  });
});
