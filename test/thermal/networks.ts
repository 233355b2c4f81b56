import fc from 'fast-check';
import { addConductance, conductanceMatrix, edgeList } from '../../src/numeric/sparse.ts';
import type { ThermalNetwork } from '../../src/thermal/index.ts';

export type Edge = readonly [from: number, to: number, conductance: number];

export function networkOf(
  toAmbient: readonly number[],
  capacity: readonly number[],
  edges: readonly Edge[],
): ThermalNetwork {
  const list = edgeList(edges.length);
  for (const [i, j, g] of edges) addConductance(list, i, j, g);
  const grounds = Float64Array.from(toAmbient);
  return {
    nodes: grounds.length,
    conductance: conductanceMatrix(list, grounds),
    toAmbient: grounds,
    capacity: Float64Array.from(capacity),
    ambientK: 300,
  };
}

/** Connected networks of any shape, conductances over six decades, parallel edges among them. */
export const anyNetwork = fc
  .record({
    nodes: fc.integer({ min: 1, max: 60 }),
    numbers: fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })),
    extra: fc.integer({ min: 0, max: 150 }),
  })
  .map(({ nodes, numbers, extra }) => {
    const next = (): number => numbers.next().value as number;
    const pick = (count: number): number => Math.floor(next() * count);
    const conductance = (): number => 10 ** (6 * next() - 3);
    const edges: Edge[] = Array.from({ length: nodes - 1 }, (_, i) => [i + 1, pick(i + 1), conductance()]);
    for (let e = 0; nodes > 1 && e < extra; e++) {
      const i = pick(nodes);
      edges.push([i, (i + 1 + pick(nodes - 1)) % nodes, conductance()]);
    }
    const toAmbient = Array.from({ length: nodes }, (_, i) => (i === 0 || next() < 0.1 ? conductance() : 0));
    const capacity = Array.from({ length: nodes }, () => 10 ** (4 * next() - 3));
    // Whole microwatts up to 10 W: next to zero a double has no digits to agree to.
    const source = Float64Array.from({ length: nodes }, () => Math.round(1e7 * next()) / 1e6);
    return { network: networkOf(toAmbient, capacity, edges), source };
  });

/** A stack of `layers` planes of side x side cells whose lateral conductances differ from cell to cell by up to 10^4. */
export function patchwork(side: number, layers: number): ThermalNetwork {
  const cells = side * side;
  const nodes = layers * cells;
  const edges: Edge[] = [];
  // Conductances of a fixed irrational rotation: spread evenly over four decades.
  const conductivity = (i: number): number => 10 ** (4 * ((i * 0.6180339887498949) % 1) - 3);
  for (let i = 0; i < nodes; i++) {
    const row = Math.floor((i % cells) / side);
    if ((i + 1) % side !== 0) edges.push([i, i + 1, conductivity(i)]);
    if (row + 1 < side) edges.push([i, i + side, conductivity(i + 1)]);
    if (i + cells < nodes) edges.push([i, i + cells, conductivity(i + 2)]);
  }
  const toAmbient = Array.from({ length: nodes }, (_, i) => (i >= nodes - cells ? 1e-3 : 0));
  const capacity = Array.from({ length: nodes }, (_, i) => 1e-4 * (1 + (i % 7)));
  return networkOf(toAmbient, capacity, edges);
}
