import type { LevelConstraints } from '../../formats/timeloop/index.ts';
import { copyNest, emptyNest, type Machine, type Nest } from '../timeloop/index.ts';
import { Orders } from './orders.ts';

/** A set of mappings: perfect factors within constraints, orders, placements of spatial factors, bypasses. */
export interface Mapspace {
  readonly machine: Machine;
  readonly constraints: readonly LevelConstraints[];
  /** Divisors of the size of each dimension, ascending. */
  readonly divisors: readonly (readonly number[])[];
  readonly orders: readonly Orders[];
  /** Whether a factor may be split over both axes of a mesh; Timeloop puts each dimension on one. */
  readonly sharesAxes: boolean;
}

/** All mappings of a machine within constraints, one entry for each of its levels. */
export function mapspaceOf(machine: Machine, constraints: readonly LevelConstraints[], sharesAxes = false): Mapspace {
  return {
    machine,
    constraints,
    divisors: Array.from(machine.sizes, divisorsOf),
    orders: constraints.map(({ temporal }) => new Orders(machine, temporal)),
    sharesAxes,
  };
}

export function divisorsOf(n: number): number[] {
  const small: number[] = [];
  const large: number[] = [];
  for (let d = 1; d * d <= n; d++) {
    if (n % d !== 0) continue;
    small.push(d);
    if (d * d < n) large.unshift(n / d);
  }
  return [...small, ...large];
}

/** Whether a temporal factor of a dimension is allowed at a level. */
export function allowsTemporal({ constraints }: Mapspace, level: number, d: number, factor: number): boolean {
  return allows(constraints[level].temporal, d, factor);
}

export function allowsSpatial({ constraints, machine }: Mapspace, level: number, d: number, factor: number): boolean {
  if (factor > 1 && machine.fanoutX[level] * machine.fanoutY[level] === 1) return false;
  const { spatial, axes } = constraints[level];
  if (!allows(spatial, d, factor)) return false;
  return axes === undefined || divisorsOf(factor).some((part) => allowsOnAxes(axes, d, part, factor / part));
}

function allowsOnAxes({ X, Y }: NonNullable<LevelConstraints['axes']>, d: number, x: number, y: number): boolean {
  return (X === undefined || allows(X, d, x)) && (Y === undefined || allows(Y, d, y));
}

function allows({ fixed, least, most }: LevelConstraints['temporal'], d: number, factor: number): boolean {
  return (fixed[d] === undefined || fixed[d] === factor) && factor >= least[d] && factor <= most[d];
}

/** Writes the part along X of each spatial factor of a level, of the first placement that fits; returns whether there is one. */
export function placeOnAxes(
  space: Mapspace,
  level: number,
  factors: ArrayLike<number>,
  alongX: Float64Array | undefined,
): boolean {
  return visitPlacements(space, level, factors, (parts) => {
    alongX?.set(parts, level * space.machine.dimensions);
    return true;
  });
}

/**
 * Visits the ways to lay spatial factors along the axes of a level, by their parts along X, until `visit` returns true; returns whether
 * it did. With a `split`, the first dimensions of the permutation lie along X; with `axes`, a dimension may lie on both where they allow it.
 */
function visitPlacements(
  { machine, constraints, sharesAxes }: Mapspace,
  level: number,
  factors: ArrayLike<number>,
  visit: (alongX: Float64Array) => boolean,
): boolean {
  const { spatial, split, axes } = constraints[level];
  const D = machine.dimensions;
  const [mostX, mostY] = [machine.fanoutX[level], machine.fanoutY[level]];
  const inX = split !== undefined && spatial.innermost.length > 0 ? spatial.innermost.slice(0, split) : undefined;
  const isShared = !inX && (sharesAxes || axes !== undefined);
  const partsOf = (d: number): readonly number[] => {
    if (inX) return [inX.includes(d) ? factors[d] : 1];
    if (axes) return divisorsOf(factors[d]).filter((part) => allowsOnAxes(axes, d, part, factors[d] / part));
    return sharesAxes ? divisorsOf(factors[d]) : [factors[d], 1];
  };
  const alongX = new Float64Array(D).fill(1);
  const place = (i: number, x: number, y: number): boolean => {
    if (x > mostX || y > mostY) return false;
    if (i === D) return visit(alongX);
    const d = isShared ? i : D - 1 - i;
    if (factors[d] === 1) return place(i + 1, x, y);
    for (const part of partsOf(d)) {
      alongX[d] = part;
      if (place(i + 1, x * part, (y * factors[d]) / part)) return true;
    }
    return false;
  };
  return place(0, 1, 1);
}

/**
 * The placements of spatial factors on the axes of a mesh. They change counts only where a tensor slides and two fan-outs lie between
 * two memories: equal tiles then share a read within one of them.
 */
export class Placements {
  private readonly space: Mapspace;
  /** The levels at which placements change counts. */
  private readonly apart: readonly number[];

  constructor(space: Mapspace) {
    const { outerAxis, slides } = space.machine;
    this.space = space;
    this.apart = slides.includes(1) ? outerAxis.flatMap((axis, level) => (axis ? [level] : [])) : [];
  }

  /** Whether any placement changes counts. */
  get matter(): boolean {
    return this.apart.length > 0;
  }

  /**
   * Visits every placement that fits, written into the nest. Afterwards all factors lie along Y again, as in an empty nest: then the
   * counts of every placement are at least those of the nest.
   */
  visit(nest: Nest, visitor: () => void): void {
    const D = this.space.machine.dimensions;
    const place = (i: number): void => {
      if (i === this.apart.length) {
        visitor();
        return;
      }
      const from = this.apart[i] * D;
      const factors = nest.spatial.slice(from, from + D);
      visitPlacements(this.space, this.apart[i], factors, (alongX) => {
        nest.alongX.set(alongX, from);
        place(i + 1);
        return false;
      });
      nest.alongX.fill(1, from, from + D);
    };
    place(0);
  }

  /** A copy of a visited nest with all its spatial factors on axes. */
  kept(nest: Nest): Nest {
    const { machine } = this.space;
    const copy = emptyNest(machine);
    copyNest(nest, copy);
    const D = machine.dimensions;
    for (let level = 0; level < machine.levels; level++) {
      if (!this.apart.includes(level))
        placeOnAxes(this.space, level, copy.spatial.slice(level * D, level * D + D), copy.alongX);
    }
    copy.temporalLast.set(copy.temporal);
    copy.spatialLast.set(copy.spatial);
    return copy;
  }
}

/** Every choice of the tensors that the levels keep, within the constraints; the outermost level keeps all. */
export function bypasses({ machine, constraints }: Mapspace): Uint8Array[] {
  const { levels: L, tensors: T } = machine;
  const free: number[] = [];
  const base = new Uint8Array(L * T).fill(1);
  for (let level = 1; level < L; level++) {
    for (let q = 0; q < T; q++) {
      const kept = constraints[level].keep[q];
      if (kept === undefined) free.push(level * T + q);
      else base[level * T + q] = kept ? 1 : 0;
    }
  }
  return Array.from({ length: 2 ** free.length }, (_, mask) => {
    const keep = base.slice();
    free.forEach((at, i) => {
      keep[at] = (mask >> i) & 1 ? 0 : 1;
    });
    return keep;
  });
}
