/** The clocks that component-util plans for a round of layers, against every assignment of points to layers. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PointByDomain, PolicyContext } from '../../src/policy/index.ts';
import { balancedLayers } from '../../src/policy/kinds/balance.ts';
import { lawOptions } from '../tier.ts';
import { ARRAY, contextOf, workOf } from './support.ts';

const IDLE_W = 0.5;

/** Layers of some cycles and DRAM bytes at 1 GB/s; energy by V^2 per cycle, and 2 W of all else for the time. */
function contextWith(
  layers: readonly (readonly [cycles: number, bytes: number])[],
  transitionS: number,
): PolicyContext {
  const table = ARRAY.points;
  const work = layers.map(([cycles, dramBytes], i) => ({
    name: `l${i}`,
    cycles,
    dramBytes,
    timeS: ({ array }: PointByDomain) => Math.max(cycles / table[array].frequencyHz, dramBytes / 1e9),
    energyJ({ array }: PointByDomain) {
      return cycles * 1e-9 * table[array].voltageV ** 2 + 2 * this.timeS({ array });
    },
  }));
  return contextOf({
    work: workOf({ layers: work, idleW: table.map(() => IDLE_W) }),
    transitionS: (_, from, to) => (from === to ? 0 : transitionS),
  });
}

const costOf = ({ work, transitionS }: PolicyContext, points: readonly PointByDomain[]): number =>
  points.reduce((sum, at, i) => {
    const before = points.at(i - 1)!;
    return sum + work.layers[i].energyJ(at, 333) + IDLE_W * transitionS('array', before.array, at.array);
  }, 0);

const networks = fc.array(fc.tuple(fc.integer({ min: 1e4, max: 1e6 }), fc.integer({ min: 0, max: 2e6 })), {
  minLength: 1,
  maxLength: 4,
});

test('no other points of the round cost less, of those that keep every layer within the margin', () => {
  fc.assert(
    fc.property(networks, fc.constantFrom(0, 1e-6, 1e-4, 1e-2), (layers, transitionS) => {
      const context = contextWith(layers, transitionS);
      const planned = balancedLayers(context, 0.05, 333);
      const top = { array: 4 };
      // The points that some layer is balanced at, and the highest.
      const balanced = layers.map(([cycles, bytes]) => {
        const hz = bytes === 0 ? Number.POSITIVE_INFINITY : (1.05 * cycles * 1e9) / bytes;
        const array = ARRAY.points.findIndex(({ frequencyHz }) => frequencyHz >= hz * (1 - 1e-9));
        return { array: array < 0 ? 4 : array };
      });
      const allowed = context.work.layers.map((one, i) =>
        [...balanced, top].filter(
          (at) => at.array === balanced[i].array || one.timeS(at) <= 1.05 * one.timeS(top) * (1 + 1e-9),
        ),
      );
      const all = allowed.reduce<PointByDomain[][]>(
        (rounds, choices) => rounds.flatMap((round) => choices.map((at) => [...round, at])),
        [[]],
      );
      const least = Math.min(...all.map((round) => costOf(context, round)));
      expect(costOf(context, planned)).toBeLessThanOrEqual(least * (1 + 1e-6));
      expect(costOf(context, planned)).toBeLessThanOrEqual(
        costOf(
          context,
          layers.map(() => top),
        ) *
          (1 + 1e-9),
      );
    }),
    lawOptions(),
  );
});

test('changes that take more than they save are not made', () => {
  // The first layer waits for DRAM: 400 MHz would do. The others need 1 GHz.
  const layers: [number, number][] = [
    [2e5, 6e5],
    [1e6, 0],
    [1e6, 0],
  ];
  const points = (transitionS: number) => balancedLayers(contextWith(layers, transitionS), 0.05, 333);
  expect(points(0).map(({ array }) => array)).toEqual([1, 4, 4]);
  expect(points(1e-2).map(({ array }) => array)).toEqual([4, 4, 4]);
});
