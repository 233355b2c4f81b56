import { type Basis, emptyBasis, extendBasis, norm, panelOf } from '../../numeric/basis.ts';
import type { Panel } from '../../numeric/panels.ts';
import { type Apply, type Projection, products, symmetricProducts } from '../../numeric/projection.ts';
import type { BlockMap } from '../floorplan/grid-map.ts';
import type { GridNetwork, ThermalNetwork } from '../network/network.ts';
import type { Coordinates } from './coordinates.ts';

/** Residual of responses that are to be exact, and of others, which projection mends. */
const STEADY_TOLERANCE = 1e-11;
const SHIFTED_TOLERANCE = 1e-3;

/** All of the steady responses is kept, to be exact. */
export const NEW_ENOUGH_STEADY = 1e-9;

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

/** The fields that a projection has to represent. */
export interface Sought {
  /** Powers in W, and the same over C^(1/2). */
  readonly sources: Fields;
  readonly drive: Fields;
  /** Fields whose products with x are wanted. */
  readonly readers: Fields;
  /** Initial rises, K. */
  readonly starts: Fields;
  /** 1/s, ascending from 0. */
  readonly shifts: readonly number[];
  /** Responses are left out of which less than this part is new. */
  readonly newEnough: number;
  /** So many elements of each field are wanted. */
  readonly keptNodes: number;
}

/**
 * The projection on an orthonormal rational Krylov basis (Grimme 1997): of the fixed fields, the responses to the sources
 * at the shifts, and those at infinite frequency, the first slopes C^-1 B.
 */
export function orthonormalProjection(coordinates: Coordinates, sought: Sought): Projection {
  const { sources, drive, readers, shifts, newEnough, keptNodes } = sought;
  const n = coordinates.rootC.length;
  const basis = emptyBasis(n, fixedCount(sought) + sources.count * (shifts.length + 1));
  addFixedFields(coordinates, sought, basis);
  for (const shift of shifts) {
    const tolerance = shift === 0 ? STEADY_TOLERANCE : Math.min(SHIFTED_TOLERANCE, newEnough);
    respond(coordinates, sources, shift, tolerance, basis.rows.subarray(basis.size * n));
    extendBasis(basis, partsOf(basis, sources.count, shift === 0 ? NEW_ENOUGH_STEADY : newEnough));
  }
  for (let u = 0; u < sources.count; u++) rowBehind(basis, u).set(fieldOf(drive, u));
  extendBasis(basis, partsOf(basis, sources.count, newEnough));
  const { size } = basis;
  const all = panelOf(basis, 0, size);
  const factor = new Float64Array(size * size);
  for (let j = 0; j < size; j++) factor[j * (size + 1)] = 1;
  return {
    size,
    factor,
    image: symmetricProducts(all, n, scaledProduct(coordinates)),
    input: products(all, drive, drive.extent),
    readings: products(all, readers, readers.extent),
    keptNodes: keptNodes > 0 ? all : { ...all, count: 0 },
  };
}

/**
 * The slow part of such a basis: the fixed fields, and by how much the responses at the shifts differ from the `steady` ones.
 */
export function slowBasis(coordinates: Coordinates, sought: Sought, steady: Panel, shifts: readonly number[]): Basis {
  const { sources, newEnough } = sought;
  const n = coordinates.rootC.length;
  const basis = emptyBasis(n, fixedCount(sought) + sources.count * shifts.length);
  addFixedFields(coordinates, sought, basis);
  for (const shift of shifts) {
    const rows = basis.rows.subarray(basis.size * n, (basis.size + sources.count) * n);
    respond(coordinates, sources, shift, SHIFTED_TOLERANCE, rows);
    const least = partsOf(basis, sources.count, newEnough);
    for (let i = 0; i < rows.length; i++) rows[i] = steady.values[i] - rows[i];
    extendBasis(basis, least);
  }
  return basis;
}

/** Parts of the lengths of the vectors that were written behind the basis' own. */
function partsOf(basis: Basis, count: number, part: number): Float64Array {
  return Float64Array.from({ length: count }, (_, u) => part * norm(basis, basis.size + u));
}

/**
 * Adds to an empty basis what any projection holds: the uniform field, without which a model would lose heat; the starts
 * and how they decay.
 */
export function addFixedFields(coordinates: Coordinates, { starts, shifts }: Sought, basis: Basis): void {
  const { rootC } = coordinates;
  const uniform = rowBehind(basis, 0).fill(1);
  coordinates.enter(uniform);
  multiply(uniform, rootC);
  extendBasis(basis, new Float64Array(1));
  for (let u = 0; u < starts.count; u++) extendByField(basis, fieldOf(starts, u), rootC);
  for (const shift of shifts) if (starts.count > 0) extendByDecay(coordinates, starts, shift, basis);
}

/** The most that `addFixedFields` adds. */
export function fixedCount({ starts, shifts }: Sought): number {
  return 1 + starts.count * (1 + START_POWERS * shifts.length);
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
  extendBasis(basis, partsOf(basis, 1, NEW_ENOUGH_STEADY));
}

/** Writes the responses to the sources, C^(1/2) (G + shift C)^-1 B, one a row of `rows`. */
export function respond(
  { rootC, solver: solverAt }: Coordinates,
  sources: Fields,
  shift: number,
  tolerance: number,
  rows: Float64Array,
): void {
  const solver = solverAt(shift, tolerance);
  const n = rootC.length;
  for (let u = 0; u < sources.count; u++) {
    const row = rows.subarray(u * n, (u + 1) * n).fill(0);
    solver.solve(fieldOf(sources, u), row);
    multiply(row, rootC);
  }
}

/** y = C^(-1/2) G C^(-1/2) x. */
export function scaledProduct({ rootC, product }: Coordinates): Apply {
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
  const rateOf = 'planes' in network ? planeRate(network) : nodeRate(network);
  return shiftsUpTo(
    network,
    map.spread.index.reduce((most, node) => Math.max(most, rateOf(node)), 0),
    ratio,
  );
}

/** The largest ratio of neighbours that leaves 1e-3 K. */
const USUAL_RATIO = 25;

/** The same up to a rate that is given, 1/s. */
export function shiftsUpTo({ toAmbient, capacity }: ThermalNetwork, fastest: number, ratio = USUAL_RATIO): number[] {
  const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);
  const slow = (4 * sum(toAmbient)) / sum(capacity);
  const fast = Math.max(fastest, ratio * slow);
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
