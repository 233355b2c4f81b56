import { applyTransposed, type BlockMap, type SparseRows } from '../grid-map.ts';
import type { GridNetwork, ThermalNetwork } from '../network.ts';
import { type Basis, panelOf, wholeGroups } from './basis.ts';
import { type Coordinates, cosineCoordinates, type MakeSolver, nodalCoordinates } from './coordinates.ts';
import { positiveEigen } from './eigen.ts';
import { defaultShifts, enterFields, type Fields, krylovBasis } from './expansion.ts';
import { innerProducts, subtractCombinations } from './panels.ts';

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
  /** starts x k: the amplitudes of the initial fields that were asked for. */
  readonly starts?: Float64Array;
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
  /** Initial rises over the nodes (K) that the model is to represent, and how they decay. */
  readonly starts?: readonly Float64Array[];
  /** For a network without planes, or instead of `cosineCg`. */
  readonly solver?: MakeSolver;
}

/** Directions of the responses that are new by less than this part are left out. */
const NEW_ENOUGH = 1e-3;

/** So many columns of the projected matrix are made at once. */
const TOGETHER = 8;

/**
 * Projection on a rational Krylov basis, then modal coordinates. The steady state is that of the network to rounding;
 * steps differ by less than 1e-3 K.
 */
export function reduceNetwork(network: GridNetwork, map: BlockMap, options?: ReducedModelOptions): ReducedModel;
/** The same for any network, with the solver of one's choice. */
export function reduceNetwork(
  network: ThermalNetwork,
  map: BlockMap,
  options: ReducedModelOptions & { readonly solver: MakeSolver },
): ReducedModel;
export function reduceNetwork(
  network: GridNetwork | ThermalNetwork,
  map: BlockMap,
  options: ReducedModelOptions = {},
): ReducedModel {
  const {
    shiftRatio = 25,
    shiftsPerS = defaultShifts(network, map, shiftRatio),
    fields,
    starts = [],
    solver,
  } = options;
  const coordinates = solver ? nodalCoordinates(network, solver) : cosineCoordinates(network as GridNetwork);
  const { rootC } = coordinates;
  const inverseRootC = rootC.map((value) => 1 / value);
  const spread = enterFields(coordinates, unitFields(network, map.spread));
  const mean = map.mean === map.spread ? spread : enterFields(coordinates, unitFields(network, map.mean));
  const start = enterFields(coordinates, starts);
  const basis = krylovBasis(coordinates, spread, start, shiftsPerS, NEW_ENOUGH);
  const modes = basis.size;
  const { values, vectors } = positiveEigen(projectedMatrix(coordinates, basis), modes);
  const amplitudes = (of: Fields, scale: Float64Array): Float64Array => modalAmplitudes(basis, vectors, of, scale);
  const one = (field: Float64Array): Fields => enterFields(coordinates, [field]);
  const input = amplitudes(spread, inverseRootC);
  const die = 'cells' in network ? network.cells : network.nodes;
  return {
    blocks: spread.count,
    modes,
    ambientK: network.ambientK,
    rate: values,
    input: transposed(input, spread.count, modes),
    output: mean === spread ? input : amplitudes(mean, inverseRootC),
    stored: amplitudes(one(new Float64Array(network.nodes).fill(1)), rootC),
    outflow: amplitudes(one(network.toAmbient), inverseRootC),
    fields: modalFields(coordinates, basis, vectors, fields === 'all' ? network.nodes : fields === 'die' ? die : 0),
    ...(starts.length > 0 && { starts: amplitudes(start, rootC) }),
  };
}

/** The rows of a map as fields over the nodes. */
function unitFields({ nodes }: ThermalNetwork, rows: SparseRows): Float64Array[] {
  const m = rows.start.length - 1;
  return Array.from({ length: m }, (_, u) => {
    const field = new Float64Array(nodes);
    applyTransposed(
      rows,
      Float64Array.from({ length: m }, (_, v) => (u === v ? 1 : 0)),
      field,
      0,
    );
    return field;
  });
}

/** V^T C^(-1/2) G C^(-1/2) V. */
function projectedMatrix({ rootC, product }: Coordinates, basis: Basis): Float64Array {
  const { n, rows, size } = basis;
  const matrix = new Float64Array(size * size);
  const x = new Float64Array(n);
  const products = new Float64Array(TOGETHER * n);
  const inner = new Float64Array(TOGETHER * wholeGroups(size));
  for (let j = 0; j < size; j += TOGETHER) {
    const count = Math.min(TOGETHER, size - j);
    for (let u = 0; u < count; u++) {
      const y = products.subarray(u * n, (u + 1) * n);
      for (let i = 0, at = (j + u) * n; i < n; i++) x[i] = rows[at + i] / rootC[i];
      product(x, y);
      for (let i = 0; i < n; i++) y[i] /= rootC[i];
    }
    innerProducts(panelOf(basis, 0, wholeGroups(j + count)), { values: products, at: 0, stride: n, count }, n, inner);
    for (let i = 0; i < j + count; i++) {
      for (let u = Math.max(0, i - j); u < count; u++) {
        matrix[i * size + j + u] = inner[i * count + u];
        matrix[(j + u) * size + i] = inner[i * count + u];
      }
    }
  }
  return matrix;
}

/** The fields times the scale, projected on the modes: one field a row. */
function modalAmplitudes(basis: Basis, vectors: Float64Array, fields: Fields, scale: Float64Array): Float64Array {
  const { stride, count, extent } = fields;
  const k = basis.size;
  const scaled = fields.values.map((value, i) => value * scale[i % stride]);
  const y = new Float64Array(k * count);
  innerProducts(panelOf(basis, 0, k), { ...fields, values: scaled }, extent, y);
  const projected = transposed(y, k, count);
  const amplitudes = new Float64Array(k * count);
  const square = { values: vectors, at: 0, stride: k, count: k };
  innerProducts({ values: projected, at: 0, stride: k, count }, square, k, amplitudes);
  return amplitudes;
}

/** Temperature fields of the modes at the first `count` nodes: C^(-1/2) V Q, one a row. */
function modalFields({ rootC, leave }: Coordinates, basis: Basis, vectors: Float64Array, count: number): Float64Array {
  const k = count > 0 ? basis.size : 0;
  const fields = new Float64Array(k * count);
  const weights = transposed(
    vectors.map((value) => -value),
    k,
    k,
  );
  subtractCombinations(panelOf(basis, 0, k), weights, { values: fields, at: 0, stride: count, count: k }, count);
  for (let mode = 0; mode < k; mode++) {
    const field = fields.subarray(mode * count, (mode + 1) * count);
    for (let i = 0; i < count; i++) field[i] /= rootC[i];
    leave(field);
  }
  return fields;
}

function transposed(a: Float64Array, rows: number, columns: number): Float64Array {
  return Float64Array.from({ length: rows * columns }, (_, i) => a[(i % rows) * columns + Math.floor(i / rows)]);
}
