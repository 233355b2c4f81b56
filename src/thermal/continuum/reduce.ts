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
  /** Of all these fields with each other, by capacity: size x size. */
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
  const { c, g, input, size } = productsOf(continuum, responses);
  const basis = independent(g, size);
  const modes = modesOf(basis, c, size);
  const { rate, weights, count } = modes;
  const m = continuum.sources.length;
  const ofInput = new Float64Array(count * m);
  const output = new Float64Array(m * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < size; j++) {
      const weight = weights[j * count + i];
      for (let u = 0; u < m; u++) ofInput[i * m + u] += weight * input[j * m + u];
    }
    for (let u = 0; u < m; u++) output[u * count + i] = ofInput[i * m + u];
  }
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
  return { model, responses, weights, products: { size, c } };
}

interface Products {
  readonly size: number;
  readonly c: Float64Array;
  readonly g: Float64Array;
  /** Products with the sources, size x sources. */
  readonly input: Float64Array;
}

function productsOf({ assembly, sources }: Continuum, responses: readonly Response[]): Products {
  const m = sources.length;
  const size = 1 + responses.reduce((sum, { count }) => sum + count, 0);
  const [c, g] = [new Float64Array(size * size), new Float64Array(size * size)];
  const input = new Float64Array(size * m);
  input.fill(1, 0, m);
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
function combined(p: Float64Array, count: number, { h, count: columns }: Response, inputs: number): Float64Array {
  const out = new Float64Array(count * columns);
  for (let u = 0; u < inputs; u++) {
    for (let i = 0; i < count; i++) {
      const weight = p[u * count + i];
      if (weight === 0) continue;
      for (let j = 0; j < columns; j++) out[i * columns + j] += weight * h[u * columns + j];
    }
  }
  return out;
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

/**
 * Vectors over the fields, size x kept, in which G is the identity. The first is the uniform field, exactly, so that heat is
 * conserved; the others have nothing of it.
 */
function independent(g: Float64Array, size: number): { vectors: Float64Array; kept: number } {
  const scale = Float64Array.from({ length: size }, (_, i) => 1 / Math.sqrt(g[i * (size + 1)]));
  const others = size - 1;
  const ofUniform = Float64Array.from({ length: size }, (_, i) => (g[i] / g[0]) * scale[i]);
  const a = new Float64Array(others * others);
  for (let i = 0; i < others; i++) {
    for (let j = 0; j < others; j++) {
      const whole = g[(i + 1) * size + j + 1] * scale[i + 1] * scale[j + 1];
      a[i * others + j] = whole - g[0] * ofUniform[i + 1] * ofUniform[j + 1];
    }
  }
  const { values, vectors: rows } = symmetricEigen(a, others);
  const columns = [Float64Array.from({ length: size }, (_, i) => (i === 0 ? scale[0] : 0))];
  for (let j = 0; j < others; j++) {
    if (!(values[j] > LEAST_ENERGY)) continue;
    const root = Math.sqrt(values[j]);
    const column = new Float64Array(size);
    for (let i = 1; i < size; i++) {
      const part = rows[j * others + i - 1] / root;
      column[i] = part * scale[i];
      column[0] -= part * ofUniform[i];
    }
    columns.push(column);
  }
  const kept = columns.length;
  const vectors = new Float64Array(size * kept);
  columns.forEach((column, j) => {
    for (let i = 0; i < size; i++) vectors[i * kept + j] = column[i];
  });
  return { vectors, kept };
}

/**
 * Modes, slowest first, as combinations of the fields (size x count) with C the identity and G their rates; and the part of each
 * along the first vector.
 */
function modesOf(
  { vectors, kept }: { vectors: Float64Array; kept: number },
  c: Float64Array,
  size: number,
): { rate: Float64Array; weights: Float64Array; uniform: Float64Array; count: number } {
  const half = multiplied(c, vectors, size, size, kept);
  const square = multiplied(transposed(vectors, size, kept), half, kept, size, kept);
  for (let i = 0; i < kept; i++) {
    for (let j = 0; j < i; j++) {
      square[i * kept + j] = square[j * kept + i] = (square[i * kept + j] + square[j * kept + i]) / 2;
    }
  }
  const { values, vectors: rows } = ascending(symmetricEigen(square, kept));
  // Time constants, the longest first.
  const least = AT_ONCE * values[kept - 1];
  const rate = values.map((value) => 1 / Math.max(value, least)).reverse();
  const turned = new Float64Array(kept * kept);
  for (let j = 0; j < kept; j++) {
    const row = (kept - 1 - j) * kept;
    for (let i = 0; i < kept; i++) turned[i * kept + j] = rows[row + i] * Math.sqrt(rate[j]);
  }
  return { rate, weights: multiplied(vectors, turned, size, kept, kept), uniform: turned.slice(0, kept), count: kept };
}

function multiplied(a: Float64Array, b: Float64Array, rows: number, inner: number, columns: number): Float64Array {
  const out = new Float64Array(rows * columns);
  const plain = (values: Float64Array, stride: number) => ({ values, at: 0, stride });
  addProduct(plain(a, inner), plain(b, columns), plain(out, columns), rows, inner, columns);
  return out;
}
