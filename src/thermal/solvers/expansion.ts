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
 * its projection symmetric: the uniform field, without which a model would lose heat; the starts (K) and how they decay;
 * responses to the sources (W) at the shifts; and those at infinite frequency, the first slopes. Of the responses,
 * directions are left out that are new by less than `newEnough` of them.
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
  const order = 1 + starts.count * (1 + START_POWERS * shifts.length) + sources.count * (shifts.length + 1);
  const basis = exactBasis(coordinates, sources, starts, shifts, order);
  const span = spanOf(basis, order, scaledProduct(coordinates));
  const extend = newEnough < FINE ? extendExactly : extendSpan;
  for (const shift of shifts) {
    if (shift === 0) continue;
    const tolerance = Math.min(SHIFTED_TOLERANCE, newEnough);
    respond(coordinates, sources, shift, tolerance, basis);
    extend(span, sources.count, newEnough);
  }
  for (let u = 0; u < sources.count; u++) {
    const row = rowBehind(basis, u);
    row.set(fieldOf(sources, u));
    for (let i = 0; i < n; i++) row[i] /= rootC[i];
  }
  extend(span, sources.count, newEnough);
  return span;
}

/** What has to be in the basis to rounding: the uniform field, the steady responses, and the starts with their decay. */
function exactBasis(
  coordinates: Coordinates,
  sources: Fields,
  starts: Fields,
  shifts: readonly number[],
  order: number,
): Basis {
  const { rootC } = coordinates;
  const basis = emptyBasis(rootC.length, order);
  const uniform = rowBehind(basis, 0).fill(1);
  coordinates.enter(uniform);
  multiply(uniform, rootC);
  extendBasis(basis, 1, 0);
  for (let u = 0; u < starts.count; u++) extendByField(basis, fieldOf(starts, u), rootC);
  respond(coordinates, sources, 0, STEADY_TOLERANCE, basis);
  extendBasis(basis, sources.count, NEW_ENOUGH_STEADY);
  for (const shift of shifts) if (starts.count > 0) extendByDecay(coordinates, starts, shift, basis);
  return basis;
}

/**
 * Times that (G + shift C)^-1 C is applied to a start. One is enough for a source, whose power enters evenly; a start may
 * have any profile, which spreads on all scales.
 */
const START_POWERS = 4;
const START_TOLERANCE = 1e-8;

function extendByDecay({ rootC, solver: solverAt }: Coordinates, starts: Fields, shift: number, basis: Basis): void {
  const solver = solverAt(shift, START_TOLERANCE);
  const rise = new Float64Array(rootC.length);
  for (let u = 0; u < starts.count; u++) {
    const source = fieldOf(starts, u).slice();
    for (let power = 0; power < START_POWERS; power++) {
      multiply(multiply(source, rootC), rootC);
      rise.fill(0);
      solver.solve(source, rise);
      extendByField(basis, rise, rootC);
      source.set(rise);
    }
  }
}

/** By rises in K. */
function extendByField(basis: Basis, rise: Float64Array, rootC: Float64Array): void {
  const row = rowBehind(basis, 0);
  row.set(rise);
  multiply(row, rootC);
  extendBasis(basis, 1, NEW_ENOUGH_STEADY);
}

/** Writes the responses to the sources behind the basis' own vectors. */
function respond(
  { rootC, solver: solverAt }: Coordinates,
  sources: Fields,
  shift: number,
  tolerance: number,
  basis: Basis,
): void {
  const solver = solverAt(shift, tolerance);
  for (let u = 0; u < sources.count; u++) {
    const row = rowBehind(basis, u).fill(0);
    solver.solve(fieldOf(sources, u), row);
    multiply(row, rootC);
  }
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
