import { addProduct, type Block } from '../../../numeric/matrix-product.ts';
import type { Assembly, Body, Interface } from '../bodies.ts';
import type { LateralModes } from '../lateral/index.ts';
import type { Ports } from '../unit-loads.ts';

/** Fluxes that are even or odd along x and along y: those of different parity do not meet. */
export interface Parity {
  readonly isOddX: boolean;
  readonly isOddY: boolean;
}

/** The first holds the uniform fluxes, as the first unknown of each interface. */
export const PARITIES: readonly Parity[] = [false, true].flatMap((isOddY) =>
  [false, true].map((isOddX) => ({ isOddX, isOddY })),
);

/** The equations of the fluxes of one parity, one interface after the other: order x order, symmetric, row-major. */
export interface FluxMatrix {
  readonly order: number;
  /** By interface, its first unknown. */
  readonly first: readonly number[];
  /** By unknown, its place among all fluxes. */
  readonly place: Int32Array;
  readonly values: Float64Array;
}

/**
 * By how much the temperatures below and above each interface differ for fluxes downwards. A body adds E' P E, where E holds the
 * integrals of its modes with those of its interfaces, separable, and P its ports, diagonal.
 */
export function fluxMatrix(assembly: Assembly, ports: readonly Ports[], parity: Parity): FluxMatrix {
  const { bodies, interfaces } = assembly;
  const { place, first } = fluxPlaces(assembly, parity);
  const order = place.length;
  const values = new Float64Array(order * order);
  bodies.forEach((body, b) => {
    const ends = [b - 1, b].filter((i) => i >= 0 && i < interfaces.length);
    const sides = ends.map((i) => sidesOf(interfaces[i], i === b, parity));
    ends.forEach((i, p) => {
      ends.slice(0, p + 1).forEach((j, q) => {
        const port = i !== j ? ports[b].across.map((value) => -value) : i === b ? ports[b].bottom : ports[b].top;
        const to = { values, at: first[i] * order + first[j], stride: order };
        addSeparable(sides[p], sides[q], ofParity(port, body, parity), to);
      });
    });
  });
  // Blocks of one interface are whole, those of two are below the diagonal.
  first.forEach((from, i) => {
    const end = first[i + 1] ?? order;
    for (let j = 0; j < from; j++) for (let k = from; k < end; k++) values[j * order + k] = values[k * order + j];
  });
  return { order, first, place, values };
}

/** The fluxes of one parity. */
export function fluxPlaces({ interfaces }: Assembly, { isOddX, isOddY }: Parity): Pick<FluxMatrix, 'first' | 'place'> {
  const place: number[] = [];
  const first: number[] = [];
  let before = 0;
  for (const { overlap, modes } of interfaces) {
    const [x, y] = [overlap.x.smaller, overlap.y.smaller];
    first.push(place.length);
    for (const j of numbersOf(y, isOddY)) for (const i of numbersOf(x, isOddX)) place.push(before + j * x.count + i);
    before += modes;
  }
  return { first, place: Int32Array.from(place) };
}

/** The numbers of the modes of one parity. */
export function numbersOf({ even, count }: LateralModes, isOdd: boolean): number[] {
  return Array.from({ length: isOdd ? count - even : even }, (_, i) => (isOdd ? even + i : i));
}

/** Modes of a body x modes of an interface, both of one parity. */
interface Side {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

interface Sides {
  readonly x: Side;
  readonly y: Side;
}

function sidesOf({ isUpperSmaller, overlap }: Interface, isUpper: boolean, { isOddX, isOddY }: Parity): Sides {
  const side = ({ smaller, larger, down }: Interface['overlap']['x'], isOdd: boolean): Side => {
    const columns = numbersOf(smaller, isOdd);
    const rows = numbersOf(larger, isOdd);
    const values = rows.flatMap((i) => columns.map((j) => down[i * smaller.count + j]));
    return { rows: rows.length, columns: columns.length, values: Float64Array.from(values) };
  };
  /** The lowest modes of the body are those of the interface. */
  const own = (part: LateralModes, isOdd: boolean): Side => {
    const columns = numbersOf(part, isOdd).length;
    const values = Float64Array.from({ length: columns ** 2 }, (_, at) => (at % (columns + 1) === 0 ? 1 : 0));
    return { rows: columns, columns, values };
  };
  const { x, y } = overlap;
  if (isUpperSmaller === isUpper) return { x: own(x.smaller, isOddX), y: own(y.smaller, isOddY) };
  return { x: side(x, isOddX), y: side(y, isOddY) };
}

/** Rows of modes along y, columns along x. */
function ofParity(port: Float64Array, { x, y }: Body, { isOddX, isOddY }: Parity): Block {
  const at = (isOddY ? y.even : 0) * x.count + (isOddX ? x.even : 0);
  return { values: port, at, stride: x.count };
}

/**
 * Adds sum over a, b of y1[b, j] x1[a, i] port[b, a] y2[b, l] x2[a, k] to the element in row j x (columns of x1) + i and column
 * l x (columns of x2) + k.
 */
function addSeparable(one: Sides, other: Sides, port: Block, to: Block): void {
  const isSymmetric = one === other;
  const x = pairsOf(one.x, other.x, isSymmetric);
  const y = pairsOf(one.y, other.y, isSymmetric);
  const half = new Float64Array(y.inner * x.count);
  const whole = new Float64Array(y.count * x.count);
  const plain = (values: Float64Array, stride: number): Block => ({ values, at: 0, stride });
  addProduct(port, plain(x.byMode, x.count), plain(half, x.count), y.inner, x.inner, x.count);
  addProduct(plain(y.byPair, y.inner), plain(half, x.count), plain(whole, x.count), y.count, y.inner, x.count);
  scatter(whole, x, y, [one.x.columns, other.x.columns], isSymmetric, to);
}

/** Pairs of modes of two interfaces along one side. */
interface Pairs {
  readonly count: number;
  readonly first: Int32Array;
  readonly second: Int32Array;
}

/** Adds a table of pairs along y x pairs along x; with `isBothWays`, pairs stand for the exchanged ones too. */
function scatter(
  table: Float64Array,
  x: Pairs,
  y: Pairs,
  [width, otherWidth]: readonly [number, number],
  isBothWays: boolean,
  { values, at, stride }: Block,
): void {
  const there = Int32Array.from({ length: x.count }, (_, p) => x.first[p] * stride + x.second[p]);
  const back = Int32Array.from({ length: x.count }, (_, p) => x.second[p] * stride + x.first[p]);
  const row = (j: number, l: number): number => at + j * width * stride + l * otherWidth;
  for (let q = 0; q < y.count; q++) {
    const [j, l] = [y.first[q], y.second[q]];
    addAt(values, row(j, l), there, table, q * x.count);
    if (!isBothWays) continue;
    addOthersAt(values, row(j, l), back, there, table, q * x.count);
    if (j === l) continue;
    addAt(values, row(l, j), there, table, q * x.count);
    addOthersAt(values, row(l, j), back, there, table, q * x.count);
  }
}

function addAt(y: Float64Array, at: number, places: Int32Array, x: Float64Array, from: number): void {
  for (let p = 0; p < places.length; p++) y[at + places[p]] += x[from + p];
}

/** But for places that are the same in both lists. */
function addOthersAt(
  y: Float64Array,
  at: number,
  places: Int32Array,
  not: Int32Array,
  x: Float64Array,
  from: number,
): void {
  for (let p = 0; p < places.length; p++) if (places[p] !== not[p]) y[at + places[p]] += x[from + p];
}

/** Products of columns of two tables, of each pair once if they are the same table. */
function pairsOf(one: Side, other: Side, isSame: boolean) {
  const first: number[] = [];
  const second: number[] = [];
  for (let i = 0; i < one.columns; i++) {
    for (let k = isSame ? i : 0; k < other.columns; k++) {
      first.push(i);
      second.push(k);
    }
  }
  const inner = Math.min(one.rows, other.rows);
  const count = first.length;
  const byMode = new Float64Array(inner * count);
  const byPair = new Float64Array(count * inner);
  for (let a = 0; a < inner; a++) {
    for (let p = 0; p < count; p++) {
      const product = one.values[a * one.columns + first[p]] * other.values[a * other.columns + second[p]];
      byMode[a * count + p] = byPair[p * inner + a] = product;
    }
  }
  return { inner, count, first: Int32Array.from(first), second: Int32Array.from(second), byMode, byPair };
}
