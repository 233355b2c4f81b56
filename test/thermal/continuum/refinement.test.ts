/** Random stacks: what a finer resolution changes, by direction, and where the heat goes. */
import { describe, expect, test } from 'vitest';
import { continuumSteady, type Resolution } from '../../../src/thermal/continuum/index.ts';
import type { ThermalStack } from '../../../src/thermal/network/index.ts';
import { randomFrom } from '../../support/random.ts';
import { longTest } from '../../tier.ts';
import { block, heated, mm } from './support.ts';

/** A block heated anywhere on a die with its interface, in a package that is up to 2.4 times as wide. */
function randomStack(seed: number) {
  const random = randomFrom(seed);
  const between = (from: number, to: number): number => from * (to / from) ** random();
  const layer = (thickness: number, conductivityWPerMK: number) => {
    return { name: 'layer', thicknessM: thickness * mm, conductivityWPerMK, heatCapacityJPerM3K: 2e6 };
  };
  const [width, height] = [between(3, 12), between(3, 12)];
  const spreader = Math.max(width, height) * between(1.1, 1.6);
  const sink = spreader * between(1.1, 1.5);
  const film = (side: number) => ({
    resistanceKPerW: between(0.1, 1),
    areaM2: (side * mm) ** 2,
    capacityJPerK: between(1, 100),
  });
  const layers = [layer(between(0.05, 0.5), between(60, 150)), layer(between(0.02, 0.1), between(2, 20))];
  const stack: ThermalStack = {
    layers: [...layers, layer(between(0.3, 2), between(100, 400)), layer(between(1, 6), between(100, 400))],
    overhang: { spreaderSideM: spreader * mm, sinkSideM: sink * mm },
    convection: film(sink),
    ambientK: 300,
  };
  const [w, h] = [width * between(0.1, 0.5), height * between(0.1, 0.5)];
  const hot = block('hot', (width - w) * random(), (height - h) * random(), w, h);
  return { stack, hot, sides: [width, height] as const, random };
}

/** Rises of the block and of the cooled face under 10 W, K. */
function solved({ stack, hot, sides }: ReturnType<typeof randomStack>, resolution: Resolution): [number, number] {
  const network = heated(stack, [hot], sides, resolution);
  const source = new Float64Array(network.nodes);
  const rise = new Float64Array(network.nodes);
  const [block] = network.sourceNodes;
  source[block] = 10;
  continuumSteady(network).solve(source, rise);
  return [rise[block], rise[network.cooledNode]];
}

/** What the elements of the package leave, of a rise. */
const ELEMENTS = 2e-5;

const FINE: Resolution = { columns: 24, rows: 24, elements: 8, kept: [56, 40] };

describe.each([1, 2, 3])('random stack %i', (seed) => {
  const one = randomStack(seed);
  const [exact, cooled] = solved(one, FINE);

  longTest.each(['columns', 'rows'] as const)('fewer %s alone err more', (side) => {
    const [coarse, fine] = [4, 12].map((count) => Math.abs(solved(one, { ...FINE, [side]: count })[0] / exact - 1));
    expect(coarse).toBeGreaterThan(3 * ELEMENTS);
    expect(fine).toBeLessThan(coarse / 2 + ELEMENTS);
  });

  test('layers of the die cut anywhere change nothing', () => {
    const layers = one.stack.layers.flatMap((layer, i) => {
      if (i > 1) return [layer];
      const cut = 0.05 + 0.9 * one.random();
      return [cut, 1 - cut].map((part) => ({ ...layer, thicknessM: layer.thicknessM * part }));
    });
    const stack = { ...one.stack, layers };
    expect(Math.abs(solved({ ...one, stack }, FINE)[0] / exact - 1)).toBeLessThan(1e-9);
  });

  test('all of the power leaves by the cooled face, to 1e-9', () => {
    const { resistanceKPerW } = one.stack.convection;
    expect(Math.abs(cooled / (10 * resistanceKPerW) - 1)).toBeLessThan(1e-9);
  });
});
