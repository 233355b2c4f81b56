import { applyTransposed, type BlockMap } from '../grid-map.ts';
import type { GridNetwork } from '../network.ts';
import { applyConductance } from '../sparse.ts';
import { type Basis, emptyBasis, extendBasis, projections } from './basis.ts';
import { cosineCg } from './cosine-cg.ts';
import { symmetricEigen } from './eigen.ts';

/**
 * The network seen from its blocks, as independent modes: dz/dt = -rate z + input p, rise = output z. Plain numbers,
 * which may be stored and read back; row-major matrices of k modes and m blocks.
 */
export interface ReducedModel {
  readonly blocks: number;
  readonly modes: number;
  readonly ambientK: number;
  /** k rates in 1/s, ascending, all above 0: the model is stable whatever the step. */
  readonly rate: Float64Array;
  /** k x m. */
  readonly input: Float64Array;
  /** m x k, K. */
  readonly output: Float64Array;
  /** k: heat above ambient that a mode of amplitude 1 stores (J) and loses to the ambient (W). */
  readonly stored: Float64Array;
  readonly outflow: Float64Array;
  /** For whole fields: k x nodes (the first ones, if those of the die only), K; empty if they were not asked for. */
  readonly fields: Float64Array;
}

export interface ReducedModelOptions {
  /** Expansion points in 1/s, ascending from 0; by default spread over the network's own time scales. */
  readonly shiftsPerS?: readonly number[];
  /**
   * Largest ratio of neighbouring default expansion points; default 25. On a 4 mm die with tiles of 0.25 mm, 25 leaves
   * 6e-4 of the rise and 12 leaves 2e-4, for a tenth more modes.
   */
  readonly shiftRatio?: number;
  /** Keep what is needed for fields of the powered plane or of all nodes: modes x nodes doubles; default none. */
  readonly fields?: 'die' | 'all';
}

/** Directions that are new by less than this part are left out; the steady ones are kept, to be exact. */
const NEW_ENOUGH = 1e-3;
const NEW_ENOUGH_STEADY = 1e-9;

/** Residuals of the expansion: exact where steady states depend on it, sloppy elsewhere, where projection mends it. */
const STEADY_TOLERANCE = 1e-11;
const SHIFTED_TOLERANCE = 1e-3;

/**
 * Rational Krylov projection (Grimme 1997): responses to unit block powers at real shifts, those at infinite frequency
 * (the first slope), and the uniform field, without which the model would lose heat; then modal coordinates. The steady
 * state is that of the network to rounding; steps differ by less than 1e-3 K.
 */
export function reduceNetwork(network: GridNetwork, map: BlockMap, options: ReducedModelOptions = {}): ReducedModel {
  const { shiftRatio = 25, shiftsPerS = defaultShifts(network, shiftRatio), fields } = options;
  const rootC = network.capacity.map(Math.sqrt);
  const basis = krylovBasis(network, map, shiftsPerS, rootC);
  const k = basis.size;
  const { values, vectors } = symmetricEigen(projectedMatrix(network, basis, rootC), k);
  const modal = (y: Float64Array, out: Float64Array, at: number, stride: number): void => {
    for (let j = 0; j < k; j++) out[at + j * stride] = rowDot(vectors, j, k, y);
  };
  const m = map.spread.start.length - 1;
  const input = new Float64Array(k * m);
  const output = new Float64Array(m * k);
  const stored = new Float64Array(k);
  const outflow = new Float64Array(k);
  const x = new Float64Array(network.nodes);
  const y = new Float64Array(k);
  /** Projects the vector that `fill` writes, per unit of temperature, and turns it to modes. */
  const functional = (fill: () => void, scale: 1 | -1, out: Float64Array, at: number, stride: number): void => {
    x.fill(0);
    fill();
    for (let i = 0; i < x.length; i++) x[i] *= rootC[i] ** scale;
    projections(basis, x, y);
    modal(y, out, at, stride);
  };
  const unit = new Float64Array(m);
  for (let u = 0; u < m; u++) {
    unit.fill(0);
    unit[u] = 1;
    functional(() => applyTransposed(map.spread, unit, x, 0), -1, input, u, m);
    functional(() => applyTransposed(map.mean, unit, x, 0), -1, output, u * k, 1);
  }
  functional(() => x.fill(1), 1, stored, 0, 1);
  functional(() => x.set(network.toAmbient), -1, outflow, 0, 1);
  return {
    blocks: m,
    modes: k,
    ambientK: network.ambientK,
    rate: values,
    input,
    output,
    stored,
    outflow,
    fields: modalFields(basis, vectors, rootC, fields === 'all' ? network.nodes : fields === 'die' ? network.cells : 0),
  };
}

/**
 * From four times the slowest rate (a shift at the package's own pole would add little to the steady responses) to four
 * times that of the powered plane against the next; the ends are tuned on HotSpot's default package.
 */
function defaultShifts(network: GridNetwork, ratio: number): number[] {
  const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);
  const slow = (4 * sum(network.toAmbient)) / sum(network.capacity);
  const [first] = network.planes;
  const fast = Math.max(ratio * slow, (4 * (first.toNext + first.toAmbient)) / first.capacity);
  const steps = Math.ceil(Math.log(fast / slow) / Math.log(ratio));
  return [0, ...Array.from({ length: steps + 1 }, (_, i) => slow * (fast / slow) ** (i / steps))];
}

/** In scaled coordinates x = C^(1/2) rise, in which G becomes C^(-1/2) G C^(-1/2) and its projection symmetric. */
function krylovBasis(network: GridNetwork, map: BlockMap, shifts: readonly number[], rootC: Float64Array): Basis {
  const m = map.spread.start.length - 1;
  const basis = emptyBasis(network.nodes, 1 + m * (shifts.length + 1));
  extendBasis(basis, rootC.slice(), 0);
  const source = new Float64Array(network.nodes);
  const rise = new Float64Array(network.nodes);
  const unit = new Float64Array(m);
  const eachBlock = (visit: () => void): void => {
    for (let u = 0; u < m; u++) {
      unit.fill(0);
      unit[u] = 1;
      source.fill(0);
      applyTransposed(map.spread, unit, source, 0);
      visit();
    }
  };
  for (const shift of shifts) {
    const tolerance = shift === 0 ? STEADY_TOLERANCE : SHIFTED_TOLERANCE;
    const solver = cosineCg(network, { shift, tolerance });
    eachBlock(() => {
      rise.fill(0);
      solver.solve(source, rise);
      for (let i = 0; i < rise.length; i++) rise[i] *= rootC[i];
      extendBasis(basis, rise, shift === 0 ? NEW_ENOUGH_STEADY : NEW_ENOUGH);
    });
  }
  eachBlock(() => {
    for (let i = 0; i < rise.length; i++) rise[i] = source[i] / rootC[i];
    extendBasis(basis, rise, NEW_ENOUGH);
  });
  return basis;
}

/** V^T C^(-1/2) G C^(-1/2) V. */
function projectedMatrix(network: GridNetwork, basis: Basis, rootC: Float64Array): Float64Array {
  const { n, rows, size } = basis;
  const matrix = new Float64Array(size * size);
  const x = new Float64Array(n);
  const y = new Float64Array(n);
  const column = new Float64Array(size);
  for (let j = 0; j < size; j++) {
    for (let i = 0; i < n; i++) x[i] = rows[j * n + i] / rootC[i];
    applyConductance(network.conductance, 0, network.capacity, x, y);
    for (let i = 0; i < n; i++) y[i] /= rootC[i];
    projections({ ...basis, size: j + 1 }, y, column);
    for (let i = 0; i <= j; i++) {
      matrix[i * size + j] = column[i];
      matrix[j * size + i] = column[i];
    }
  }
  return matrix;
}

/** Temperature fields of the modes at the first `count` nodes: C^(-1/2) V Q, one a row. */
function modalFields(
  { n, rows, size }: Basis,
  vectors: Float64Array,
  rootC: Float64Array,
  count: number,
): Float64Array {
  const fields = new Float64Array(size * count);
  for (let mode = 0; count > 0 && mode < size; mode++) {
    const field = fields.subarray(mode * count, (mode + 1) * count);
    for (let j = 0; j < size; j++) {
      const weight = vectors[mode * size + j];
      for (let i = 0, at = j * n; i < count; i++, at++) field[i] += weight * rows[at];
    }
    for (let i = 0; i < count; i++) field[i] /= rootC[i];
  }
  return fields;
}

function rowDot(matrix: Float64Array, row: number, n: number, x: Float64Array): number {
  let sum = 0;
  for (let i = 0, at = row * n; i < n; i++, at++) sum += matrix[at] * x[i];
  return sum;
}
