import type { BlockMap } from '../grid-map.ts';
import type { GridNetwork, ThermalNetwork } from '../network.ts';
import { type Basis, emptyBasis, extendBasis } from './basis.ts';
import type { Coordinates } from './coordinates.ts';
import type { Panel } from './panels.ts';

/** Residuals of the expansion: exact where steady states depend on it, sloppy elsewhere, where projection mends it. */
const STEADY_TOLERANCE = 1e-11;
const SHIFTED_TOLERANCE = 1e-3;

/** Of the steady responses all is kept, to be exact. */
const NEW_ENOUGH_STEADY = 1e-9;

/** So many vectors are made orthogonal at once. */
const TOGETHER = 4;

/** Fields, one a row, that are 0 beyond the first `extent` elements. */
export interface Fields extends Panel {
  readonly extent: number;
}

/** Fields by node to the given coordinates. */
export function enterFields({ enter, rootC }: Coordinates, fields: readonly Float64Array[]): Fields {
  const n = rootC.length;
  const values = new Float64Array(fields.length * n);
  let extent = 0;
  fields.forEach((field, u) => {
    const row = values.subarray(u * n, (u + 1) * n);
    row.set(field);
    enter(row);
    extent = Math.max(extent, row.findLastIndex((value) => value !== 0) + 1);
  });
  return { values, at: 0, stride: n, count: fields.length, extent };
}

/**
 * Rational Krylov basis (Grimme 1997) in scaled coordinates x = C^(1/2) rise, in which G becomes C^(-1/2) G C^(-1/2) and
 * its projection symmetric: the uniform field, without which a model would lose heat; responses to the sources (W) and to
 * the decay from the starts (K) at the shifts; and those at infinite frequency, that is the first slope under power and
 * the starts themselves. Of the responses, directions are left out that are new by less than `newEnough` of them.
 */
export function krylovBasis(
  coordinates: Coordinates,
  sources: Fields,
  starts: Fields,
  shifts: readonly number[],
  newEnough: number,
): Basis {
  const { rootC, solver: solverAt } = coordinates;
  const n = rootC.length;
  const count = sources.count + starts.count;
  const basis = emptyBasis(n, 1 + count * (shifts.length + 1));
  const uniform = basis.rows.subarray(0, n).fill(1);
  coordinates.enter(uniform);
  multiply(uniform, rootC);
  extendBasis(basis, 1, 0);

  const source = new Float64Array(n);
  const decay = (u: number): Float64Array => {
    source.set(fieldOf(starts, u));
    multiply(multiply(source, rootC), rootC);
    return source;
  };
  // A start is given in full: what is left out of it would be an error from the first moment on.
  extendBy(basis, starts.count, NEW_ENOUGH_STEADY, (u, row) => {
    row.set(fieldOf(starts, u));
    multiply(row, rootC);
  });
  for (const shift of shifts) {
    const steady = shift === 0;
    const solver = solverAt(shift, steady ? STEADY_TOLERANCE : Math.min(SHIFTED_TOLERANCE, newEnough));
    const respond = (b: Float64Array, row: Float64Array): void => {
      solver.solve(b, row.fill(0));
      multiply(row, rootC);
    };
    const least = steady ? NEW_ENOUGH_STEADY : newEnough;
    extendBy(basis, sources.count, least, (u, row) => respond(fieldOf(sources, u), row));
    extendBy(basis, starts.count, least, (u, row) => respond(decay(u), row));
  }
  extendBy(basis, sources.count, newEnough, (u, row) => {
    row.set(fieldOf(sources, u));
    for (let i = 0; i < n; i++) row[i] /= rootC[i];
  });
  return basis;
}

/** Adds `count` vectors, each written by `fill`. */
function extendBy(basis: Basis, count: number, newEnough: number, fill: (u: number, row: Float64Array) => void): void {
  for (let u = 0; u < count; u += TOGETHER) {
    const some = Math.min(TOGETHER, count - u);
    for (let v = 0; v < some; v++) {
      const at = (basis.size + v) * basis.n;
      fill(u + v, basis.rows.subarray(at, at + basis.n));
    }
    extendBasis(basis, some, newEnough);
  }
}

function fieldOf({ values, stride }: Panel, u: number): Float64Array {
  return values.subarray(u * stride, (u + 1) * stride);
}

function multiply(x: Float64Array, factor: Float64Array): Float64Array {
  for (let i = 0; i < x.length; i++) x[i] *= factor[i];
  return x;
}

/**
 * Expansion points from four times the slowest rate (one at the package's own pole would add little to the steady
 * responses) to the fastest of the powered nodes, at no more than `ratio` between neighbours; and 0.
 */
export function defaultShifts(network: ThermalNetwork | GridNetwork, map: BlockMap, ratio: number): number[] {
  const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);
  const slow = (4 * sum(network.toAmbient)) / sum(network.capacity);
  const rateOf = 'planes' in network ? planeRate(network) : nodeRate(network);
  const fast = map.spread.index.reduce((most, node) => Math.max(most, rateOf(node)), ratio * slow);
  const steps = Math.ceil(Math.log(fast / slow) / Math.log(ratio));
  return [0, ...Array.from({ length: steps + 1 }, (_, i) => slow * (fast / slow) ** (i / steps))];
}

function nodeRate({ conductance, capacity }: ThermalNetwork): (node: number) => number {
  return (node) => conductance.diagonal[node] / capacity[node];
}

/** Four times that of the plane against its neighbours, which does not depend on the grid; tuned on HotSpot's package. */
function planeRate({ planes, cells }: GridNetwork): (node: number) => number {
  const rates = planes.map(
    (plane, p) => (4 * ((planes[p - 1]?.toNext ?? 0) + plane.toNext + plane.toAmbient)) / plane.capacity,
  );
  return (node) => rates[Math.floor(node / cells)];
}
