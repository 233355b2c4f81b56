import { applyTransposed, type BlockMap, type SparseRows } from '../grid-map.ts';
import type { GridNetwork, ThermalNetwork } from '../network.ts';
import { type Basis, panelOf } from './basis.ts';
import { type Coordinates, cosineCoordinates, type MakeSolver, nodalCoordinates } from './coordinates.ts';
import { positiveEigen } from './eigen.ts';
import { defaultShifts, enterFields, type Fields, krylovSpan } from './expansion.ts';
import { innerProducts, type Panel, subtractCombinations } from './panels.ts';
import { combinations, makeExact, projected, transposed } from './span.ts';

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
  /**
   * Directions of the responses that are new by less than this part are left out; default 1e-3. With a shiftRatio of 3,
   * 1e-4 leaves 6e-6 K and 1e-5 leaves 2e-6 K of HotSpot's 16 x 16 networks, for twice the modes.
   */
  readonly newEnough?: number;
  /** Keep what is needed for fields of the powered plane or of all nodes: modes x nodes doubles; default none. */
  readonly fields?: 'die' | 'all';
  /** Initial rises over the nodes (K) that the model is to represent, and how they decay. */
  readonly starts?: readonly Float64Array[];
  /** For a network without planes, or instead of `cosineCg`. */
  readonly solver?: MakeSolver;
}

/** Directions of the responses that are new by less than this part are left out. */
const NEW_ENOUGH = 1e-3;

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
    newEnough = NEW_ENOUGH,
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
  const span = krylovSpan(coordinates, spread, start, shiftsPerS, newEnough);
  const { basis } = span;
  let eigen = positiveEigen(projected(span), basis.size);
  if (!eigen.values.every((rate) => rate > 0)) {
    // The rounding of inner products has turned a weak direction's rate negative.
    makeExact(span);
    eigen = positiveEigen(projected(span), basis.size);
  }
  const { values, vectors } = eigen;
  const modes = basis.size;
  const weights = combinations(span, transposed(vectors, modes, modes));
  const amplitudes = (of: Fields, scale: Float64Array): Float64Array => modalAmplitudes(basis, weights, of, scale);
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
    fields: modalFields(coordinates, basis, weights, fields === 'all' ? network.nodes : fields === 'die' ? die : 0),
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

/** The fields times the scale, projected on the modes: one field a row. Weights: basis x modes. */
function modalAmplitudes(basis: Basis, weights: Float64Array, fields: Fields, scale: Float64Array): Float64Array {
  const { values, stride, count, extent } = fields;
  const k = basis.size;
  const scaled = new Float64Array(count * extent);
  for (let u = 0, at = 0; u < count; u++) {
    for (let i = 0; i < extent; i++) scaled[at++] = values[u * stride + i] * scale[i];
  }
  const y = new Float64Array(k * count);
  innerProducts(panelOf(basis, 0, k), { values: scaled, at: 0, stride: extent, count }, extent, y);
  return combined({ values: weights, at: 0, stride: k, count: k }, y, count, k);
}

/** Temperature fields of the modes at the first `count` nodes: C^(-1/2) V W, one a row. */
function modalFields({ rootC, leave }: Coordinates, basis: Basis, weights: Float64Array, count: number): Float64Array {
  const k = count > 0 ? basis.size : 0;
  const fields = combined(panelOf(basis, 0, k), weights, k, count);
  for (let mode = 0; mode < k; mode++) {
    const field = fields.subarray(mode * count, (mode + 1) * count);
    for (let i = 0; i < count; i++) field[i] /= rootC[i];
    leave(field);
  }
  return fields;
}

/** sum_j y[j x count + u] a_j over the first `length` elements, one u a row. */
function combined(a: Panel, y: Float64Array, count: number, length: number): Float64Array {
  const rows = new Float64Array(count * length);
  const minus = y.map((value) => -value);
  subtractCombinations(a, minus, { values: rows, at: 0, stride: length, count }, length);
  return rows;
}
