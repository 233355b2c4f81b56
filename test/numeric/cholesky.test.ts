import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dissectionOrder } from '../../src/numeric/cholesky/ordering.ts';
import { applyConductance } from '../../src/numeric/sparse.ts';
import {
  analyseNetwork,
  choleskySteady,
  cosineCg,
  factorNetwork,
  nodeSources,
  type ThermalNetwork,
} from '../../src/thermal/index.ts';
import { denseSteady } from '../thermal/dense-reference.ts';
import { anyNetwork, networkOf, patchwork } from '../thermal/networks.ts';
import { codesOf, goldenModel, largestDifference, powersOf, TEMPLATE } from '../thermal/support.ts';
import { lawOptions } from '../tier.ts';

const runs = lawOptions(120, 20);

/** G + shift C as a network of its own. */
function shifted(network: ThermalNetwork, shift: number): ThermalNetwork {
  const diagonal = network.conductance.diagonal.map((g, i) => g + shift * network.capacity[i]);
  return { ...network, conductance: { ...network.conductance, diagonal } };
}

function residual(network: ThermalNetwork, shift: number, x: Float64Array, b: Float64Array): number {
  const y = new Float64Array(network.nodes);
  applyConductance(network.conductance, shift, network.capacity, x, y);
  return Math.hypot(...y.map((value, i) => value - b[i])) / Math.hypot(...b);
}

describe('Cholesky', () => {
  test('agrees with elimination on networks of any shape, at several shifts of one analysis', () => {
    fc.assert(
      fc.property(anyNetwork, ({ network, source }) => {
        const analysis = analyseNetwork(network);
        for (const shift of [0, 1, 1e4]) {
          const x = new Float64Array(network.nodes);
          factorNetwork(analysis, shift).solve(source, x);
          const expected = denseSteady(shifted(network, shift), source);
          const scale = Math.max(...expected.map(Math.abs));
          expect(largestDifference(x, expected)).toBeLessThanOrEqual(1e-9 * scale);
        }
      }),
      runs,
    );
  });

  test('agrees with conjugate gradients at 64 x 64 x 4 with a rim', () => {
    const { network, map, ...rest } = goldenModel('acc21/acc21.flp', TEMPLATE);
    const powers = powersOf({ network, map, ...rest }, 'acc21/acc21_steady.ptrace').map((column) => column[0]);
    const source = nodeSources(network, map, powers);
    const analysis = analyseNetwork(network);
    for (const shift of [0, 1e3]) {
      const x = new Float64Array(network.nodes);
      const y = x.slice();
      const report = factorNetwork(analysis, shift).solve(source, x);
      cosineCg(network, { shift, tolerance: 1e-12 }).solve(source, y);
      expect(report.residual).toBeLessThan(1e-10);
      expect(largestDifference(x, y)).toBeLessThan(1e-9);
    }
    // A factor of some 1.3 million numbers; prototypes with a grid's own coordinates had 1.5 million.
    const { panel } = analysis.symbolic;
    expect(panel[panel.length - 1]).toBeLessThan(1.5e6);
  });

  test('five heterogeneous layers: residual 1e-10', () => {
    const network = patchwork(32, 5);
    const source = Float64Array.from({ length: network.nodes }, (_, i) => (i < 1024 ? 1e-3 * (i % 5) : 0));
    const x = new Float64Array(network.nodes).fill(7);
    choleskySteady(network).solve(source, x);
    expect(residual(network, 0, x, source)).toBeLessThan(1e-10);
  });

  test.each<[string, ThermalNetwork]>([
    ['a complete graph', complete(150)],
    ['a star', networkOf([1, ...Array(399).fill(0)], Array(400).fill(1), star(400))],
    ['single nodes', networkOf(Array(300).fill(2), Array(300).fill(1), [])],
    ['a path', networkOf([1, ...Array(999).fill(0)], Array(1000).fill(1), path(1000))],
  ])('orders %s by a permutation and solves it', (_, network) => {
    const order = dissectionOrder(network.conductance);
    expect([...order].sort((a, b) => a - b)).toEqual([...order.keys()]);
    const x = new Float64Array(network.nodes);
    const source = x.map((_, i) => 1 + (i % 3));
    choleskySteady(network).solve(source, x);
    // The smallest pivots of the path are 1e-3 of its entries: seven digits are lost between rises and sources.
    expect(residual(network, 0, x, source)).toBeLessThan(1e-9);
  });

  test('a path: every link carries the power behind it', () => {
    const network = networkOf([1, ...Array(9).fill(0)], Array(10).fill(1), path(10));
    const x = new Float64Array(10);
    choleskySteady(network).solve(new Float64Array(10).fill(1), x);
    // Every link carries the power of all nodes behind it: 10 W to the ambient, then 9, 8, ...
    expect(x[0]).toBeCloseTo(10, 12);
    expect(x[9]).toBeCloseTo(10 + 45, 11);
  });

  test('says what is singular', () => {
    const messageOf = (network: ThermalNetwork, shift = 0): string => {
      try {
        choleskySteady(network, { shift });
      } catch (error) {
        return String(error);
      }
      return '';
    };
    const floating = networkOf([1, 0, 0, 0], [1, 1, 1, 0], [[1, 2, 5]]);
    expect(codesOf(() => choleskySteady(floating))).toEqual(['singular-network']);
    expect(messageOf(floating)).toMatch(/3 thermal nodes, such as 1, have no path to the ambient/);
    expect(messageOf(floating, 1)).toMatch(/thermal node 3 has no path/);
    expect(messageOf(networkOf([1, 0], [1, 1], [[0, 1, Number.NaN]]))).toMatch(/conductance of NaN/);
    expect(messageOf(networkOf([1, 1], [1, 1], [[0, 1, -2]]))).toMatch(/no positive conductance/);
    expect(messageOf(networkOf([1, 1], [1, 1], [[0, 1, 0]]))).toBe('');
  });

  test('powers that are no numbers are an error', () => {
    const network = networkOf([1], [1], []);
    const solve = (): unknown => choleskySteady(network).solve(Float64Array.of(Number.NaN), new Float64Array(1));
    expect(codesOf(solve)).toEqual(['solver-not-converged']);
  });
});

function star(n: number): [number, number, number][] {
  return Array.from({ length: n - 1 }, (_, i) => [0, i + 1, 1]);
}

function path(n: number): [number, number, number][] {
  return Array.from({ length: n - 1 }, (_, i) => [i, i + 1, 1]);
}

function complete(n: number): ThermalNetwork {
  const edges = Array.from({ length: n }, (_, i) =>
    Array.from({ length: i }, (_, j) => [i, j, 1 + ((i + j) % 4)] as const),
  );
  return networkOf([1, ...Array(n - 1).fill(0)], Array(n).fill(1), edges.flat());
}
