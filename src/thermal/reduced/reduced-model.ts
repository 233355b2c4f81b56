import { type Eigen, positiveEigen } from '../../numeric/eigen.ts';
import { independentFields } from '../../numeric/independent.ts';
import { type Panel, subtractCombinations } from '../../numeric/panels.ts';
import { combinations, type Projection, projected, symmetricProducts, transposed } from '../../numeric/projection.ts';
import { applyTransposed, type BlockMap, type SparseRows } from '../floorplan/grid-map.ts';
import type { GridNetwork, ThermalNetwork } from '../network/network.ts';
import { metered, type WorkMeter } from '../solvers/meter.ts';
import { type Coordinates, cosineCoordinates, type MakeSolver, nodalCoordinates } from './coordinates.ts';
import { defaultShifts, enterFields, type Fields, orthonormalProjection, type Sought } from './expansion.ts';
import { momentProjection } from './moments.ts';

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
  /** m x k, K: where blocks are read, if that is not their mean. */
  readonly readings?: Float64Array;
  /** starts x k: the amplitudes of the initial fields that were asked for. */
  readonly starts?: Float64Array;
  /** Multiply-adds of the solutions it took, where they were counted. */
  readonly operations?: number;
  /** By how much of a block's rise the steady state may be off the continuum, where that is known. */
  readonly errorPart?: number;
  /**
   * Steady rises of the parts of the package per watt of each block, parts x blocks, K/W: the blocks of every layer, layer by layer,
   * then the parts of the overhang in HotSpot's order. Undefined where nobody asked for them.
   */
  readonly packageRise?: Float64Array;
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
  /** Counts the work of solutions; beyond its limit the reduction ends in `PlanTooSlow`. */
  readonly meter?: WorkMeter;
}

/** Directions of the responses that are new by less than this part are left out. */
const NEW_ENOUGH = 1e-3;

/** A source with a part less than this of its own is a combination of others: rounding leaves 1e-8. */
const NO_SOURCE_OF_ITS_OWN = 1e-7;

/** New parts below this are lost in products that are not of orthonormal fields. */
const BY_MOMENTS = 1e-3;

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
    meter,
  } = options;
  const plain = solver ? nodalCoordinates(network, solver) : cosineCoordinates(network as GridNetwork);
  const coordinates = meter ? meteredCoordinates(plain, meter) : plain;
  const wanted = { shifts: shiftsPerS, newEnough, keptNodes: keptNodesOf(network, fields) };
  const { sought, blocks, means, ownInputs } = soughtOf(coordinates, network, map, starts, wanted);
  const { projection, eigen } = modesOf(coordinates, sought);
  const { values, vectors } = eigen;
  const { size: modes, input: inputs, readings } = projection;
  const weights = combinations(projection, transposed(vectors, modes, modes));
  const read = modal(weights, readings, modes);
  const ofStarts = starts.length * modes;
  const ofMeans = ofStarts + means * modes;
  const input = ownInputs ? read.slice(ofMeans) : modal(weights, inputs, modes);
  // The first field is the uniform one over its length, whose square is the total capacity.
  const rootTotal = Math.sqrt(network.capacity.reduce((sum, c) => sum + c, 0));
  const stored = Float64Array.from({ length: modes }, (_, i) => rootTotal * vectors[i * modes]);
  return {
    blocks,
    modes,
    ambientK: network.ambientK,
    rate: values,
    input: transposed(input, blocks, modes),
    output: means > 0 ? read.slice(ofStarts, ofMeans) : input,
    stored,
    outflow: stored.map((heat, i) => values[i] * heat),
    fields: modalFields(coordinates, projection.keptNodes, weights, sought.keptNodes),
    ...(starts.length > 0 && { starts: read.slice(0, ofStarts) }),
    ...(meter && { operations: meter.spent }),
  };
}

function meteredCoordinates(coordinates: Coordinates, meter: WorkMeter): Coordinates {
  const { solver } = coordinates;
  return { ...coordinates, solver: (shift, tolerance) => metered(solver(shift, tolerance), meter, true) };
}

function keptNodesOf(network: GridNetwork | ThermalNetwork, fields: ReducedModelOptions['fields']): number {
  if (fields === 'all') return network.nodes;
  if (fields === undefined) return 0;
  return 'cells' in network ? network.cells : network.nodes;
}

/**
 * Readers are the starts; the blocks' means, `means` of them, unless they are the powers; and the blocks' powers, if some
 * of them follow from others and are no sources.
 */
function soughtOf(
  coordinates: Coordinates,
  network: ThermalNetwork,
  map: BlockMap,
  starts: readonly Float64Array[],
  wanted: Pick<Sought, 'shifts' | 'newEnough' | 'keptNodes'>,
): { sought: Sought; blocks: number; means: number; ownInputs: boolean } {
  const { rootC } = coordinates;
  const enter = (rows: SparseRows): Fields => enterFields(coordinates, unitFields(network, rows));
  const overRootC = (of: Fields): Fields => scaled(of, (i) => 1 / rootC[i]);
  const all = enter(map.spread);
  const powers = overRootC(all);
  const independent = independentRows(powers);
  const [sources, drive] = [picked(all, independent), picked(powers, independent)];
  const start = enterFields(coordinates, starts);
  const means = map.mean === map.spread ? 0 : all.count;
  const ownInputs = sources.count < all.count;
  let readers = scaled(start, (i) => rootC[i]);
  if (means > 0) readers = joined(readers, overRootC(enter(map.mean)));
  if (ownInputs) readers = joined(readers, powers);
  return { sought: { ...wanted, sources, drive, readers, starts: start }, blocks: all.count, means, ownInputs };
}

/** By products that follow from each other where that is exact enough, else on an orthonormal basis. */
function modesOf(coordinates: Coordinates, sought: Sought): { projection: Projection; eigen: Eigen } {
  const eigenOf = (of: Projection): Eigen => positiveEigen(projected(of), of.size);
  if (sought.newEnough >= BY_MOMENTS) {
    const projection = momentProjection(coordinates, sought);
    const eigen = projection && eigenOf(projection);
    if (projection && eigen?.values.every((rate) => rate > 0)) return { projection, eigen };
  }
  const projection = orthonormalProjection(coordinates, sought);
  return { projection, eigen: eigenOf(projection) };
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

/** Each field times a factor by element. */
function scaled({ values, stride, count, extent }: Fields, factor: (i: number) => number): Fields {
  const rows = values.map((value, at) => (at % stride < extent ? value * factor(at % stride) : 0));
  return { values: rows, at: 0, stride, count, extent };
}

/**
 * Those that no others make up, as blocks within one cell do of each other: steady responses that differ by rounding only
 * would be taken for directions lost in it.
 */
function independentRows(of: Fields): Int32Array {
  const least = new Float64Array(of.count).fill(NO_SOURCE_OF_ITS_OWN);
  const found = independentFields(symmetricProducts(of, of.extent), 0, least);
  return found ? found.kept : Int32Array.from(least.keys());
}

function picked(of: Fields, rows: Int32Array): Fields {
  if (rows.length === of.count) return of;
  const { stride } = of;
  const values = new Float64Array(rows.length * stride);
  rows.forEach((row, to) => {
    values.set(of.values.subarray(row * stride, (row + 1) * stride), to * stride);
  });
  return { ...of, values, count: rows.length };
}

/** One after another. */
function joined(a: Fields, b: Fields): Fields {
  const values = new Float64Array((a.count + b.count) * a.stride);
  values.set(a.values);
  values.set(b.values, a.values.length);
  return { ...a, values, count: a.count + b.count, extent: Math.max(a.extent, b.extent) };
}

/** Products with the fields, k x count, as those with the modes: count x k. Weights: fields x modes. */
function modal(weights: Float64Array, y: Float64Array, k: number): Float64Array {
  return combined({ values: weights, at: 0, stride: k, count: k }, y, y.length / k, k);
}

/** Temperature fields of the modes at the first `count` nodes: C^(-1/2) V W, one a row. */
function modalFields(
  { rootC, leave }: Coordinates,
  keptNodes: Panel,
  weights: Float64Array,
  count: number,
): Float64Array {
  const k = count > 0 ? keptNodes.count : 0;
  const fields = combined({ ...keptNodes, count: k }, weights, k, count);
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
