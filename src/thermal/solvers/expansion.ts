import type { BlockMap } from '../grid-map.ts';
import type { GridNetwork, ThermalNetwork } from '../network.ts';
import { type Basis, emptyBasis, extendBasis } from './basis.ts';
import type { Coordinates } from './coordinates.ts';
import type { Panel } from './panels.ts';
import { type Apply, extendExactly, extendSpan, type Span, spanOf } from './span.ts';

/** Residuals of the expansion: exact where steady states depend on it, sloppy elsewhere, where projection mends it. */
const STEADY_TOLERANCE = 1e-11;
const SHIFTED_TOLERANCE = 1e-3;

/** Of the steady responses all is kept, to be exact. */
const NEW_ENOUGH_STEADY = 1e-9;

/** New parts below this would be lost in the rounding of inner products. */
const FINE = 1e-3;

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
export function krylovSpan(
  coordinates: Coordinates,
  sources: Fields,
  starts: Fields,
  shifts: readonly number[],
  newEnough: number,
): Span {
  const { rootC } = coordinates;
  const n = rootC.length;
  const order = 1 + starts.count + (sources.count + starts.count) * shifts.length + sources.count;
  const basis = exactBasis(coordinates, sources, starts, order);
  const span = spanOf(basis, order, scaledProduct(coordinates));
  const extend = newEnough < FINE ? extendExactly : extendSpan;
  for (const shift of shifts) {
    if (shift === 0) continue;
    const tolerance = Math.min(SHIFTED_TOLERANCE, newEnough);
    const count = eachResponse(coordinates, sources, starts, shift, tolerance, (u) => rowBehind(basis, u));
    extend(span, count, newEnough);
  }
  for (let u = 0; u < sources.count; u++) {
    const row = rowBehind(basis, u);
    row.set(fieldOf(sources, u));
    for (let i = 0; i < n; i++) row[i] /= rootC[i];
  }
  extend(span, sources.count, newEnough);
  return span;
}

/** What has to be in the basis to rounding: the uniform field, the starts, and the steady responses. */
function exactBasis(coordinates: Coordinates, sources: Fields, starts: Fields, order: number): Basis {
  const { rootC } = coordinates;
  const basis = emptyBasis(rootC.length, order);
  const uniform = rowBehind(basis, 0).fill(1);
  coordinates.enter(uniform);
  multiply(uniform, rootC);
  extendBasis(basis, 1, 0);
  for (let u = 0; u < starts.count; u++) {
    const row = rowBehind(basis, 0);
    row.set(fieldOf(starts, u));
    multiply(row, rootC);
    extendBasis(basis, 1, NEW_ENOUGH_STEADY);
  }
  const count = eachResponse(coordinates, sources, starts, 0, STEADY_TOLERANCE, (u) => rowBehind(basis, u));
  extendBasis(basis, count, NEW_ENOUGH_STEADY);
  return basis;
}

/** Writes responses to the sources, and to the decay from the starts; returns how many. */
function eachResponse(
  { rootC, solver: solverAt }: Coordinates,
  sources: Fields,
  starts: Fields,
  shift: number,
  tolerance: number,
  rowOf: (u: number) => Float64Array,
): number {
  const solver = solverAt(shift, tolerance);
  const respond = (source: Float64Array, u: number): void => {
    const row = rowOf(u).fill(0);
    solver.solve(source, row);
    multiply(row, rootC);
  };
  for (let u = 0; u < sources.count; u++) respond(fieldOf(sources, u), u);
  for (let u = 0; u < starts.count; u++) {
    respond(multiply(multiply(fieldOf(starts, u).slice(), rootC), rootC), sources.count + u);
  }
  return sources.count + starts.count;
}

/** y = C^(-1/2) G C^(-1/2) x. */
function scaledProduct({ rootC, product }: Coordinates): Apply {
  const scaled = new Float64Array(rootC.length);
  return (x, y) => {
    for (let i = 0; i < x.length; i++) scaled[i] = x[i] / rootC[i];
    product(scaled, y);
    for (let i = 0; i < y.length; i++) y[i] /= rootC[i];
  };
}

/** Where a vector is written that may be added. */
function rowBehind({ n, rows, size }: Basis, u: number): Float64Array {
  return rows.subarray((size + u) * n, (size + u + 1) * n);
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
