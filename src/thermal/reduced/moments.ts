import { type Basis, panelOf } from '../../numeric/basis.ts';
import { independentFields } from '../../numeric/independent.ts';
import type { Panel } from '../../numeric/panels.ts';
import { type Projection, products, symmetricProducts, transposed } from '../../numeric/projection.ts';
import type { Coordinates } from './coordinates.ts';
import { NEW_ENOUGH_STEADY, respond, type Sought, scaledProduct, slowBasis } from './expansion.ts';

/** Residual of solutions that count as exact. */
const EXACT = 1e-12;

/** Shifts, counted from the fastest, whose responses have little in common. */
const FAST = 2;

/**
 * A projection of which most products follow from H(s) = B^T X(s) of the responses X(s) = (G + sC)^-1 B (Mayo and Antoulas,
 * A framework for the solution of the generalized realization problem, Linear Algebra Appl. 425, 2007):
 *
 *     X(s)^T C X(t) = (H(t) - H(s)) / (s - t),    X(s)^T G X(t) = H(s) - t X(s)^T C X(t)
 *
 * Responses to slow shifts differ too little for that and are worked off before, as fields. The others are held for one
 * shift at a time, and none is made orthogonal to others. Null if rounding hides directions that matter.
 */
export function momentProjection(coordinates: Coordinates, sought: Sought): Projection | null {
  const moving = sought.shifts.filter((shift) => shift > 0);
  const [slow, fast] = [moving.slice(0, -FAST), moving.slice(-FAST)];
  const n = coordinates.rootC.length;
  const { count } = sought.sources;
  const steady = { values: new Float64Array(count * n), at: 0, stride: n, count };
  respond(coordinates, sought.sources, 0, EXACT, steady.values);
  const moments = new Moments(coordinates, sought, slowBasis(coordinates, sought, steady, slow), fast.length);
  const responses = { ...steady, values: new Float64Array(count * n) };
  for (const shift of fast) {
    respond(coordinates, sought.sources, shift, EXACT, responses.values);
    moments.addResponses(shift, responses);
  }
  moments.addSlopes();
  moments.addResponses(0, steady);
  return moments.projection();
}

/**
 * Products of fields, in this order: the slow ones; the responses by fast shift; the first slopes C^-1 B; the steady
 * responses; one a source. Lower triangles of order x order.
 */
class Moments {
  private readonly coordinates: Coordinates;
  private readonly sought: Sought;
  private readonly order: number;
  private readonly fixed: Panel;
  private readonly gram: Float64Array;
  private readonly image: Float64Array;
  private readonly input: Float64Array;
  private readonly readings: Float64Array;
  private readonly keptNodes: Float64Array;
  private next: number;
  private readonly done: { readonly shift: number; readonly first: number; readonly h: Float64Array }[] = [];

  constructor(coordinates: Coordinates, sought: Sought, slow: Basis, shifts: number) {
    const { count } = sought.sources;
    const { size } = slow;
    this.coordinates = coordinates;
    this.sought = sought;
    this.fixed = panelOf(slow, 0, size);
    this.order = size + count * (shifts + 2);
    this.gram = new Float64Array(this.order ** 2);
    this.image = new Float64Array(this.order ** 2);
    this.input = new Float64Array(this.order * count);
    this.readings = new Float64Array(this.order * sought.readers.count);
    this.keptNodes = new Float64Array(this.order * sought.keptNodes);
    this.next = size;
    this.addFixed();
  }

  private addFixed(): void {
    const { fixed, coordinates, gram, order } = this;
    const { drive } = this.sought;
    for (let i = 0; i < fixed.count; i++) gram[i * (order + 1)] = 1;
    this.put(this.image, 0, 0, symmetricProducts(fixed, fixed.stride, scaledProduct(coordinates)), fixed.count);
    this.input.set(products(fixed, drive, drive.extent));
    this.read(fixed, fixed.stride, 0);
  }

  /** Adds the responses of all sources at one shift; those at 0 come last. */
  addResponses(shift: number, responses: Panel): void {
    const { fixed, done, gram, image, input } = this;
    const { drive } = this.sought;
    const { count, stride: n } = responses;
    const first = this.next;
    const h = symmetric(products(responses, drive, drive.extent), count);
    const square = symmetricProducts(responses, n);
    this.put(gram, first, first, square, count);
    this.put(image, first, first, combination(h, 1, square, -shift), count);
    const cross = products(responses, fixed, n);
    this.put(gram, first, 0, cross, fixed.count);
    // v . A x = v . b - shift v . x
    this.put(
      image,
      first,
      0,
      combination(transposed(input.subarray(0, fixed.count * count), fixed.count, count), 1, cross, -shift),
      fixed.count,
    );
    for (const { shift: before, first: column, h: known } of done) {
      if (before === Number.POSITIVE_INFINITY) {
        this.put(gram, first, column, h, count);
        this.put(image, first, column, combination(known, 1, h, -shift), count);
        continue;
      }
      const product = combination(known, 1 / (shift - before), h, -1 / (shift - before));
      this.put(gram, first, column, product, count);
      this.put(image, first, column, combination(h, 1, product, -before), count);
    }
    input.set(h, first * count);
    this.read(responses, n, first);
    done.push({ shift, first, h });
    this.next += count;
  }

  /** The responses at infinite frequency, which are C^-1 B, the `drive`. */
  addSlopes(): void {
    const { fixed, coordinates, done, gram, image, input } = this;
    const { drive } = this.sought;
    const { count, extent, stride: n } = drive;
    const first = this.next;
    const square = symmetricProducts(drive, extent);
    const images = new Float64Array(count * n);
    applyToRows(scaledProduct(coordinates), drive, { ...drive, values: images });
    const imagePanel = { ...drive, values: images };
    this.put(gram, first, first, square, count);
    this.put(image, first, first, products(imagePanel, drive, extent), count);
    this.put(gram, first, 0, transposed(input.subarray(0, fixed.count * count), fixed.count, count), fixed.count);
    this.put(image, first, 0, products(imagePanel, fixed, n), fixed.count);
    for (const { shift, first: column, h } of done) {
      this.put(gram, first, column, h, count);
      this.put(image, first, column, combination(square, 1, h, -shift), count);
    }
    input.set(square, first * count);
    this.read(drive, extent, first);
    done.push({ shift: Number.POSITIVE_INFINITY, first, h: square });
    this.next += count;
  }

  /** The part that is independent of it. */
  projection(): Projection | null {
    const { order, fixed, sought, gram, image } = this;
    const { sources, readers, newEnough } = sought;
    const least = new Float64Array(order).fill(newEnough);
    least.fill(NEW_ENOUGH_STEADY, order - sources.count);
    const found = independentFields(gram, fixed.count, least);
    if (!found) return null;
    const { kept, factor } = found;
    const size = kept.length;
    const compact = new Float64Array(size * size);
    for (let i = 0, at = 0; i < size; i++)
      for (let j = 0; j < size; j++) compact[at++] = image[kept[i] * order + kept[j]];
    return {
      size,
      factor,
      image: compact,
      input: rowsOf(this.input, sources.count, kept),
      readings: rowsOf(this.readings, readers.count, kept),
      keptNodes: {
        values: rowsOf(this.keptNodes, sought.keptNodes, kept),
        at: 0,
        stride: sought.keptNodes,
        count: size,
      },
    };
  }

  /** Into the rows of `order` elements from `row` and `column` on, a block with so many columns. */
  private put(table: Float64Array, row: number, column: number, block: Float64Array, columns: number): void {
    for (let from = 0, at = row * this.order + column; from < block.length; from += columns, at += this.order) {
      table.set(block.subarray(from, from + columns), at);
    }
  }

  /** Notes readings and kept nodes of fields from number `first` on, which are 0 beyond `length` elements. */
  private read(fields: Panel, length: number, first: number): void {
    const { readers, keptNodes } = this.sought;
    const extent = Math.min(length, readers.extent);
    if (readers.count > 0) this.readings.set(products(fields, readers, extent), first * readers.count);
    for (let u = 0; u < fields.count && keptNodes > 0; u++) {
      const from = fields.at + u * fields.stride;
      this.keptNodes.set(fields.values.subarray(from, from + keptNodes), (first + u) * keptNodes);
    }
  }
}

function applyToRows(apply: (x: Float64Array, y: Float64Array) => void, from: Panel, to: Panel): void {
  const row = ({ values, at, stride }: Panel, j: number): Float64Array =>
    values.subarray(at + j * stride, at + (j + 1) * stride);
  for (let j = 0; j < from.count; j++) apply(row(from, j), row(to, j));
}

/** Its symmetric part, in place. */
function symmetric(h: Float64Array, order: number): Float64Array {
  for (let i = 0; i < order; i++) {
    for (let j = 0; j < i; j++) {
      h[i * order + j] = h[j * order + i] = (h[i * order + j] + h[j * order + i]) / 2;
    }
  }
  return h;
}

/** p a + q b. */
function combination(a: Float64Array, p: number, b: Float64Array, q: number): Float64Array {
  return a.map((value, i) => p * value + q * b[i]);
}

function rowsOf(table: Float64Array, columns: number, kept: Int32Array): Float64Array {
  const rows = new Float64Array(kept.length * columns);
  kept.forEach((row, to) => {
    rows.set(table.subarray(row * columns, (row + 1) * columns), to * columns);
  });
  return rows;
}
