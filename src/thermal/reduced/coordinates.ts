import { applyConductance } from '../../numeric/sparse.ts';
import type { GridNetwork, ThermalNetwork } from '../network/network.ts';
import { transformedCg } from '../solvers/cosine-cg.ts';
import { cosineNetwork, fromCosine, toCosine } from '../solvers/cosine-network.ts';
import { cosineProduct } from '../solvers/cosine-product.ts';
import type { SteadySolver } from '../solvers/steady.ts';

/** Makes a solver of (G + shift C) rise = source with a relative residual. */
export type MakeSolver = (shift: number, tolerance: number) => SteadySolver;

/** An orthonormal basis of fields over nodes in which C is diagonal, and what it takes to compute there. */
export interface Coordinates {
  /** C^(1/2), alike here and by node. */
  readonly rootC: Float64Array;
  /** From nodes, in place. */
  enter(x: Float64Array): void;
  /** To nodes, in place; x may end after a first part of the nodes that is the die's, or hold all. */
  leave(x: Float64Array): void;
  /** y = G x. */
  product(x: Float64Array, y: Float64Array): void;
  readonly solver: MakeSolver;
}

/** The nodes themselves, for any network. */
export function nodalCoordinates({ conductance, capacity }: ThermalNetwork, solver: MakeSolver): Coordinates {
  const stay = (): void => {};
  return {
    rootC: capacity.map(Math.sqrt),
    enter: stay,
    leave: stay,
    product: (x, y) => applyConductance(conductance, 0, capacity, x, y),
    solver,
  };
}

/** The cosine transform of planes, where products and solutions cost least. */
export function cosineCoordinates(network: GridNetwork): Coordinates {
  const cosine = cosineNetwork(network);
  return {
    rootC: network.capacity.map(Math.sqrt),
    enter: (x) => toCosine(cosine, x),
    leave: (x) => fromCosine(cosine, x, Math.min(network.planes.length, Math.floor(x.length / network.cells))),
    product: cosineProduct(cosine, cosine.diagonal, 0),
    solver: (shift, tolerance) => transformedCg(cosine, shift, tolerance),
  };
}
