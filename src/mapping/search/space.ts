import type { LevelConstraints } from '../../formats/timeloop/index.ts';
import type { Machine } from '../timeloop/index.ts';
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

/**
 * Places spatial factors on the axes of a level: writes the part along X of each and returns whether they fit. With a
 * `split`, the first dimensions of the permutation lie along X; with `axes`, a dimension may lie on both where they allow it.
 */
export function placeOnAxes(
  space: Mapspace,
  level: number,
  factors: ArrayLike<number>,
  alongX: Float64Array | undefined,
): boolean {
  const { machine, constraints } = space;
  const { spatial, split, axes } = constraints[level];
  const [mostX, mostY] = [machine.fanoutX[level], machine.fanoutY[level]];
  const D = machine.dimensions;
  const used: number[] = [];
  for (let d = 0; d < D; d++) if (factors[d] > 1) used.push(d);
  const write = (x: (d: number) => number): true => {
    if (alongX) for (let d = 0; d < D; d++) alongX[level * D + d] = x(d);
    return true;
  };
  if (split !== undefined && spatial.innermost.length > 0) {
    const inX = spatial.innermost.slice(0, split);
    let [x, y] = [1, 1];
    for (const d of used) {
      if (inX.includes(d)) x *= factors[d];
      else y *= factors[d];
    }
    return x <= mostX && y <= mostY && write((d) => (inX.includes(d) ? factors[d] : 1));
  }
  if (axes) {
    const isAllowed = (d: number, x: number, y: number): boolean => allowsOnAxes(axes, d, x, y);
    return placeShared(used, factors, mostX, mostY, write, isAllowed);
  }
  if (space.sharesAxes) return placeShared(used, factors, mostX, mostY, write, () => true);
  for (let mask = (1 << used.length) - 1; mask >= 0; mask--) {
    let [x, y] = [1, 1];
    used.forEach((d, i) => {
      if ((mask >> i) & 1) x *= factors[d];
      else y *= factors[d];
    });
    if (x <= mostX && y <= mostY)
      return write((d) => ((mask >> used.indexOf(d)) & 1 && used.includes(d) ? factors[d] : 1));
  }
  return false;
}

/** The same where each factor may lie on both axes. */
function placeShared(
  used: readonly number[],
  factors: ArrayLike<number>,
  mostX: number,
  mostY: number,
  write: (x: (d: number) => number) => true,
  isAllowed: (d: number, x: number, y: number) => boolean,
): boolean {
  const parts = new Map<number, number>();
  const place = (i: number, x: number, y: number): boolean => {
    if (x > mostX || y > mostY) return false;
    if (i === used.length) return true;
    for (const part of divisorsOf(factors[used[i]])) {
      if (!isAllowed(used[i], part, factors[used[i]] / part)) continue;
      parts.set(used[i], part);
      if (place(i + 1, x * part, (y * factors[used[i]]) / part)) return true;
    }
    return false;
  };
  return place(0, 1, 1) && write((d) => parts.get(d) ?? 1);
}
