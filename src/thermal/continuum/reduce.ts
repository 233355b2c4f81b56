import { backwardRows, forwardRows } from '../../numeric/dense.ts';
import { addProduct } from '../../numeric/matrix-product.ts';
import { transposed } from '../../numeric/projection.ts';
import { ascending, symmetricEigen } from '../../numeric/symmetric-eigen.ts';
import type { ReducedModel } from '../reduced/reduced-model.ts';
import { type Expansion, expansionShifts, expansions } from './expansion.ts';
import { type Continuum, type Response, responseAt } from './response.ts';

/** The model, and how its modes are made of the uniform rise of 1 K and the responses, in their order. */
export interface Reduction {
  readonly model: ReducedModel;
  readonly responses: readonly Response[];
  /** (1 + all combinations) x modes. */
  readonly weights: Float64Array;
  /** Products of all these fields with each other, by capacity: size x size. */
  readonly products: { readonly size: number; readonly c: Float64Array };
}

/** Directions that hold less of G's energy, each response counted as 1, are lost in rounding. */
const LEAST_ENERGY = 1e-11;

/** Time constants below this part of the largest one count as instantaneous. */
const AT_ONCE = 1e-14;

/**
 * Projects a stack on its responses X(s) at some shifts, and on the uniform rise, without which a model would lose heat. No field
 * is multiplied with another but at one shift: X(s)' C X(t) = (H(t) - H(s)) / (s - t) and X(s)' G X(t) = H(s) - t X(s)' C X(t) with
 * H(s) = B' X(s) (Mayo and Antoulas, Linear Algebra Appl. 425, 2007). `shortestS`: intervals down to this length are to be right.
 */
export function reduceContinuum(
  continuum: Continuum,
  ambientK: number,
  shortestS: number,
  steady?: Response,
): Reduction {
  return project(
    continuum,
    ambientK,
    expansions(continuum, expansionShifts(continuum.assembly, shortestS, continuum.sources.length)),
    steady,
  );
}

/** `steady`: the responses to all sources at shift 0, if they are known. */
export function project(
  continuum: Continuum,
  ambientK: number,
  at: readonly Expansion[],
  steady?: Response,
): Reduction {
  const responses = at.map(({ shift, combination }) =>
    shift === 0 && steady ? steady : responseAt(continuum, shift, combination),
  );
  const uniform = new Float64Array(continuum.sources.length).fill(1);
  return { ...modalModel(continuum.assembly, ambientK, uniform, responses), responses };
}

/** The part of a response that its products with others take. */
export type FieldProducts = Pick<Response, 'shift' | 'count' | 'combination' | 'h' | 'stored' | 'heatJ' | 'outW'>;

/** The model of the uniform rise of 1 K, which the inputs read as `uniform`, and some responses. */
export function modalModel(
  assembly: Continuum['assembly'],
  ambientK: number,
  uniform: Float64Array,
  responses: readonly FieldProducts[],
): Omit<Reduction, 'responses'> {
  const m = uniform.length;
  const { c, g, input, size } = productsOf(assembly, uniform, responses);
  const modes = modesOf(independent(g, size), c, size);
  const { rate, weights, count } = modes;
  const ofInput = multiplied(transposed(weights, size, count), input, count, size, m);
  const output = transposed(ofInput, count, m);
  // From the uniform field's part of each mode, which is exact, not from heat that is stored, of which fast modes have next to none.
  const outflow = modes.uniform.map((part) => part * Math.sqrt(g[0]));
  const stored = outflow.map((watt, i) => watt / rate[i]);
  const model = {
    blocks: m,
    modes: count,
    ambientK,
    rate,
    input: ofInput,
    output,
    stored,
    outflow,
    fields: new Float64Array(0),
  };
  return { model, weights, products: { size, c } };
}

interface Products {
  readonly size: number;
  readonly c: Float64Array;
  readonly g: Float64Array;
  /** Products with the sources, size x sources. */
  readonly input: Float64Array;
}

function productsOf(
  assembly: Continuum['assembly'],
  uniform: Float64Array,
  responses: readonly FieldProducts[],
): Products {
  const m = uniform.length;
  const size = 1 + responses.reduce((sum, { count }) => sum + count, 0);
  const [c, g] = [new Float64Array(size * size), new Float64Array(size * size)];
  const input = new Float64Array(size * m);
  input.set(uniform);
  const whole = totals(assembly);
  c[0] = whole.capacity;
  g[0] = whole.conductance;
  const set = (table: Float64Array, i: number, j: number, value: number): void => {
    table[i * size + j] = table[j * size + i] = value;
  };
  const firsts = startsOf(
    1,
    responses.map(({ count }) => count),
  );
  responses.forEach((b, t) => {
    for (let j = 0; j < b.count; j++) {
      const at = firsts[t] + j;
      set(c, 0, at, b.heatJ[j]);
      set(g, 0, at, b.outW[j]);
      for (let u = 0; u < m; u++) input[at * m + u] = b.h[u * b.count + j];
    }
    const own = combined(b.combination, b.count, b, m + 1);
    const stored = b.stored();
    for (let i = 0; i < b.count; i++) {
      for (let j = 0; j <= i; j++) {
        const heat = stored[i * b.count + j];
        const h = (own[i * b.count + j] + own[j * b.count + i]) / 2;
        set(c, firsts[t] + i, firsts[t] + j, heat);
        set(g, firsts[t] + i, firsts[t] + j, h - b.shift * heat);
      }
    }
    for (let s = 0; s < t; s++) {
      const a = responses[s];
      const [ab, ba] = [combined(a.combination, a.count, b, m + 1), combined(b.combination, b.count, a, m + 1)];
      for (let i = 0; i < a.count; i++) {
        for (let j = 0; j < b.count; j++) {
          const [ht, hs] = [ab[i * b.count + j], ba[j * a.count + i]];
          const heat = (ht - hs) / (a.shift - b.shift);
          set(c, firsts[s] + i, firsts[t] + j, heat);
          set(g, firsts[s] + i, firsts[t] + j, (a.shift * hs - b.shift * ht) / (a.shift - b.shift));
        }
      }
    }
  });
  return { size, c, g, input };
}

/** Where each of some runs begins that follow one another from `first` on, and where the last ends. */
export function startsOf(first: number, lengths: readonly number[]): number[] {
  const starts = [first];
  for (const length of lengths) starts.push(starts[starts.length - 1] + length);
  return starts;
}

/** P' H of a response, count x its own count. */
function combined(p: Float64Array, count: number, { h, count: columns }: FieldProducts, inputs: number): Float64Array {
  if (count === inputs - 1 && isEachSource(p, count)) return h.subarray(0, count * columns);
  return multiplied(transposed(p, inputs, count), h, count, inputs, columns);
}

/** Whether combinations of the sources are the sources one by one. */
function isEachSource(p: Float64Array, count: number): boolean {
  return p.every((value, at) => value === (at % (count + 1) === 0 && at < count * count ? 1 : 0));
}

function totals({ bodies }: Continuum['assembly']): { capacity: number; conductance: number } {
  let [capacity, conductance] = [0, 0];
  for (const { widthM, heightM, layers, cooling } of bodies) {
    const area = widthM * heightM;
    for (const { thicknessM, heatCapacityJPerM3K } of layers) capacity += area * thicknessM * heatCapacityJPerM3K;
    for (const end of cooling) {
      capacity += area * end.capacity;
      conductance += area * end.conductance;
    }
  }
  return { capacity, conductance };
}

/** Fields less what they have of the uniform one, over their energies' roots; some of them, which no others make up. */
interface Independent {
  /** Field 0, the uniform one, and the others that were chosen. */
  readonly chosen: Int32Array;
  /** By field: 1 / root of its energy, and its part along the uniform field. */
  readonly scale: Float64Array;
  readonly ofUniform: Float64Array;
  /** L, with L L' the chosen fields' products in G. */
  readonly factor: Float64Array;
}

/**
 * By Cholesky factors with pivoting. The first field is the uniform one, exactly, so that heat is conserved; the others have nothing
 * of it.
 */
export function independent(g: Float64Array, size: number): Independent {
  const scale = Float64Array.from({ length: size }, (_, i) => 1 / Math.sqrt(g[i * (size + 1)]));
  const ofUniform = Float64Array.from({ length: size }, (_, i) => g[i] / g[0]);
  const product = (i: number, j: number): number =>
    scale[i] * scale[j] * (g[i * size + j] - g[0] * ofUniform[i] * ofUniform[j]);
  const left = Float64Array.from({ length: size }, (_, i) => (i === 0 ? 0 : product(i, i)));
  /** By field, its row of L so far. */
  const rows = new Float64Array(size * size);
  rows[0] = 1;
  const chosen = [0];
  for (let k = 1; k < size; k++) {
    let pivot = 0;
    for (let i = 1; i < size; i++) if (left[i] > left[pivot]) pivot = i;
    if (!(left[pivot] > LEAST_ENERGY)) break;
    chosen.push(pivot);
    const root = Math.sqrt(left[pivot]);
    const own = pivot * size;
    for (let i = 1, at = size; i < size; i++, at += size) {
      if (left[i] === 0 && i !== pivot) continue;
      let [even, odd] = [0, 0];
      let j = 1;
      for (; j + 1 < k; j += 2) {
        even += rows[at + j] * rows[own + j];
        odd += rows[at + j + 1] * rows[own + j + 1];
      }
      if (j < k) even += rows[at + j] * rows[own + j];
      const value = i === pivot ? root : (product(i, pivot) - even - odd) / root;
      rows[at + k] = value;
      left[i] = i === pivot ? 0 : Math.max(Number.MIN_VALUE, left[i] - value * value);
    }
  }
  const kept = chosen.length;
  const factor = new Float64Array(kept * kept);
  chosen.forEach((field, row) => {
    factor.set(rows.subarray(field * size, field * size + row + 1), row * kept);
  });
  return { chosen: Int32Array.from(chosen), scale, ofUniform, factor };
}

/**
 * Modes, slowest first, as combinations of the fields (size x count) with C the identity and G their rates; and the part of each
 * along the uniform field.
 */
export function modesOf(
  { chosen, scale, ofUniform, factor }: Independent,
  c: Float64Array,
  size: number,
): { rate: Float64Array; weights: Float64Array; uniform: Float64Array; count: number } {
  const kept = chosen.length;
  const square = new Float64Array(kept * kept);
  chosen.forEach((i, row) => {
    chosen.forEach((j, column) => {
      const [ui, uj] = [row === 0 ? 0 : ofUniform[i], column === 0 ? 0 : ofUniform[j]];
      const heat = c[i * size + j] - ui * c[j] - uj * c[i] + ui * uj * c[0];
      square[row * kept + column] = scale[i] * scale[j] * heat;
    });
  });
  forwardRows(factor, kept, square, kept);
  const whole = transposed(square, kept, kept);
  forwardRows(factor, kept, whole, kept);
  for (let i = 0; i < kept; i++) {
    for (let j = 0; j < i; j++) {
      whole[i * kept + j] = whole[j * kept + i] = (whole[i * kept + j] + whole[j * kept + i]) / 2;
    }
  }
  const { values, vectors } = ascending(symmetricEigen(whole, kept));
  // Time constants, the longest first.
  const least = AT_ONCE * values[kept - 1];
  const rate = values.map((value) => 1 / Math.max(value, least)).reverse();
  /** One mode a row. */
  const turned = new Float64Array(kept * kept);
  for (let j = 0; j < kept; j++) {
    const row = (kept - 1 - j) * kept;
    for (let i = 0; i < kept; i++) turned[j * kept + i] = vectors[row + i] * Math.sqrt(rate[j]);
  }
  const uniform = Float64Array.from({ length: kept }, (_, j) => turned[j * kept]);
  backwardRows(factor, kept, turned, kept);
  const weights = new Float64Array(size * kept);
  chosen.forEach((i, row) => {
    for (let j = 0; j < kept; j++) {
      const weight = turned[j * kept + row] * scale[i];
      weights[i * kept + j] += weight;
      if (row > 0) weights[j] -= weight * ofUniform[i];
    }
  });
  return { rate, weights, uniform, count: kept };
}

function multiplied(a: Float64Array, b: Float64Array, rows: number, inner: number, columns: number): Float64Array {
  const out = new Float64Array(rows * columns);
  const plain = (values: Float64Array, stride: number) => ({ values, at: 0, stride });
  addProduct(plain(a, inner), plain(b, columns), plain(out, columns), rows, inner, columns);
  return out;
}
