import { once } from '../../base/once.ts';
import { cholesky, solveCholesky, solveGeneral } from '../../numeric/dense.ts';
import { addProduct } from '../../numeric/matrix-product.ts';
import { transposed } from '../../numeric/projection.ts';
import type { Block } from '../floorplan/floorplan.ts';
import { applyTransposed, blockOccupancy, type Grid } from '../floorplan/grid-map.ts';
import { checkGrid, checkStack } from '../network/checks.ts';
import { rimChains, rimSides, widened } from '../network/package.ts';
import type { ThermalStack } from '../network/stack.ts';
import type { ReducedModel } from '../reduced/reduced-model.ts';
import { physicalRules } from '../rules/physical.ts';
import type { SteadySolver } from '../solvers/steady.ts';
import { assemblyOf, type Resolution } from './bodies.ts';
import { eachSource } from './expansion.ts';
import { nodeCapacity, overhangCount, overhangRegions } from './overhang.ts';
import { type FieldReader, fieldReader } from './readout.ts';
import { type Reduction, reduceContinuum, startsOf } from './reduce.ts';
import { type Continuum, continuumOf, lastSteady, type Response, responseAt } from './response.ts';
import { type LayerBlocks, type Rectangle, rectangleOf, type Source } from './sources.ts';
import { type CoupledWaves, wavesOf } from './waves/index.ts';

/**
 * A stack in lateral modes, seen as nodes: the means over the cells of every face (face x rows x columns + row x columns + column, row
 * 0 north); those of the parts of the overhang; those over the blocks of each layer, where power enters too; those over the places
 * where the blocks are read, if these are others; that of the cooled face.
 */
export interface ContinuumNetwork {
  readonly nodes: number;
  readonly ambientK: number;
  readonly grid: Grid;
  readonly cells: number;
  readonly faces: number;
  /** First node of each of the layers' blocks, in their order, and the node of the cooled face. */
  readonly firstBlock: readonly number[];
  /** The same of the places where blocks are read. */
  readonly firstRead: readonly number[];
  readonly cooledNode: number;
  readonly layers: readonly LayerBlocks[];
  readonly continuum: Continuum;
  /** Nodes of the blocks that dissipate. */
  readonly sourceNodes: Int32Array;
  /** Where these blocks are read; null if as a whole. */
  readonly sourceReads: readonly Source[] | null;
  readonly reader: FieldReader;
  readonly steadyResponse: () => Response;
  /** The response to powers of the inputs; the last one is kept. */
  readonly steadyUnder: (powers: Float64Array) => Response;
  /** The cosines that stand for many sources on one face; null for few, or on several. */
  readonly waves: () => CoupledWaves | null;
  readonly capacity: () => Float64Array;
}

/** On the packages of the tests: within 0.05 % of a rise. */
const USUAL: Resolution = { columns: 24, rows: 24, elements: 8, kept: [56, 40] };

/**
 * Errors: `die-larger-than-package`; `out-of-range` for a grid or a layer without a positive size, conductivity or capacity;
 * `not-supported` for layers with materials by site.
 */
export function continuumNetwork(
  given: ThermalStack,
  blocks: readonly LayerBlocks[],
  grid: Grid,
  resolution: Resolution = USUAL,
): ContinuumNetwork {
  const die = blocks[0].floorplan;
  const stack = widened(given, die.widthM, die.heightM);
  checkGrid(grid);
  checkStack(stack, { areaM2: Float64Array.of(die.widthM * die.heightM) });
  for (const chain of rimChains(stack, physicalRules)) rimSides(chain, die.widthM, die.heightM);
  const assembly = assemblyOf(stack, die, resolution);
  const rectangles: Rectangle[] = [];
  const known = new Map<string, number>();
  const rectangle = (one: Rectangle): number => {
    const key = Object.values(one).join();
    const at = known.get(key) ?? rectangles.push(one) - 1;
    known.set(key, at);
    return at;
  };
  const place = ({ floorplan, face }: LayerBlocks, of: readonly Block[]): Source[] =>
    of.map((block) => ({ rectangle: rectangle(rectangleOf(floorplan, block)), face }));
  // Rectangles with power come first.
  for (const one of blocks) if (one.power) place(one, one.floorplan.blocks);
  const places = blocks.map((one) => place(one, one.floorplan.blocks));
  const isRead = blocks.some(({ read }) => read);
  const reads = isRead ? blocks.map((one) => place(one, one.read ?? one.floorplan.blocks)) : [];
  const cells = grid.rows * grid.columns;
  const faces = stack.layers.length + 1;
  const regions = once(() => overhangRegions(assembly, stack));
  const ends = startsOf(
    faces * cells + overhangCount(stack),
    [...places, ...reads].map(({ length }) => length),
  );
  const firstBlock = ends.slice(0, places.length);
  const firstRead = isRead ? ends.slice(places.length, -1) : firstBlock;
  const next = ends[ends.length - 1];
  const sourceNodes = blocks.flatMap(({ power, floorplan }, l) => {
    return power ? floorplan.blocks.map((_, u) => firstBlock[l] + u) : [];
  });
  const sources = blocks.flatMap(({ power }, l) => (power ? places[l] : []));
  const sourceReads = isRead ? blocks.flatMap(({ power }, l) => (power ? reads[l] : [])) : null;
  const continuum = continuumOf(assembly, rectangles, sources);
  return {
    nodes: next + 1,
    ambientK: stack.ambientK,
    grid,
    cells,
    faces,
    firstBlock,
    firstRead,
    cooledNode: next,
    layers: blocks,
    continuum,
    sourceNodes: Int32Array.from(sourceNodes),
    sourceReads,
    reader: fieldReader(continuum, grid, regions, [...places, ...reads].flat()),
    steadyResponse: once(() => responseAt(continuum, 0, eachSource(sources.length))),
    steadyUnder: lastSteady(continuum),
    waves: once(() => wavesOf(continuum)),
    capacity: once(() => nodeCapacity(assembly, grid, regions(), next + 1)),
  };
}

/** Solves steady states: powers by node, of which those of blocks count, to rises by node; without `cells`, of the others. */
export function continuumSteady(network: ContinuumNetwork, cells = true): SteadySolver {
  const { sourceNodes, reader, steadyUnder } = network;
  return {
    solve(source, rise) {
      const p = new Float64Array(sourceNodes.length + 1);
      sourceNodes.forEach((node, u) => {
        p[u] = source[node];
      });
      const response = steadyUnder(p);
      reader.read(response, 0, p, rise, cells ? 'all' : 'names');
      return { iterations: 1, residual: 0, operations: 0 };
    },
  };
}

export interface ContinuumReduction {
  /** Intervals down to this length are to be right, s. */
  readonly shortestS: number;
  /** Fields of the first face, or of all nodes. */
  readonly fields?: 'die' | 'all' | undefined;
  /** Rises by node, K. */
  readonly starts?: readonly Float64Array[];
}

export function reduceContinuumNetwork(network: ContinuumNetwork, options: ContinuumReduction): ReducedModel {
  const { shortestS, fields, starts = [] } = options;
  const reduction = reduceContinuum(network.continuum, network.ambientK, shortestS, network.steadyResponse());
  const { model } = reduction;
  const own = starts.map((start) => startOf(network, reduction, start));
  const amplitudes = new Float64Array(own.length * model.modes);
  own.forEach((one, s) => {
    amplitudes.set(one, s * model.modes);
  });
  const heads = fields === 'all' ? network.nodes : fields === 'die' ? network.cells : 0;
  return {
    ...model,
    fields: modalFields(network, reduction, heads),
    ...(network.sourceReads && { readings: readingsOf(reduction, network.sourceReads) }),
    ...(own.length > 0 && { starts: amplitudes }),
  };
}

/** Values of the modes at some places, places x modes. */
function readingsOf({ model, responses, weights }: Reduction, places: readonly Source[]): Float64Array {
  const { modes } = model;
  const out = new Float64Array(places.length * modes);
  const panel = (values: Float64Array, at: number, stride: number) => ({ values, at, stride });
  // The uniform rise of 1 K.
  for (let at = 0; at < out.length; at++) out[at] = weights[at % modes];
  let from = 1;
  for (const { means, count } of responses) {
    const rows = panel(means(places), 0, count);
    addProduct(rows, panel(weights, from * modes, modes), panel(out, 0, modes), places.length, count, modes);
    from += count;
  }
  return out;
}

/** Fields of the modes at the first `count` nodes, one a row. */
function modalFields({ reader, nodes, cells }: ContinuumNetwork, reduction: Reduction, count: number): Float64Array {
  const { model, responses, weights } = reduction;
  const { modes } = model;
  const out = new Float64Array(modes * count);
  if (count === 0) return out;
  const all = transposed(weights, weights.length / modes, modes);
  const size = all.length / modes;
  const fields = new Float64Array(FIELDS_AT_ONCE * count);
  const field = new Float64Array(nodes);
  let done = 0;
  let held = 0;
  const combine = (): void => {
    const part = { values: all, at: done, stride: size };
    const panel = (values: Float64Array) => ({ values, at: 0, stride: count });
    addProduct(part, panel(fields), panel(out), modes, held, count);
    done += held;
    held = 0;
  };
  const add = (): void => {
    fields.set(field.subarray(0, count), held * count);
    if (++held === FIELDS_AT_ONCE) combine();
  };
  field.fill(1);
  add();
  for (const response of responses) {
    for (let v = 0; v < response.count; v++) {
      reader.read(response, v, columnOf(response, v), field, count <= cells ? 'die' : 'all');
      add();
    }
  }
  combine();
  return out;
}

/** Fields that are combined in one product, which keeps the others out of memory. */
const FIELDS_AT_ONCE = 32;

function columnOf({ combination, count }: Response, v: number): Float64Array {
  return Float64Array.from({ length: combination.length / count }, (_, u) => combination[u * count + v]);
}

/**
 * Amplitudes of a start. A uniform one is exact. In any other, the steady response to the powers that make the blocks as warm
 * is exact too (all there is, if the start is a steady state); the rest is projected with the heat that nodes hold.
 */
function startOf(
  network: ContinuumNetwork,
  { model, responses, weights, products }: Reduction,
  start: Float64Array,
): Float64Array {
  const { modes } = model;
  const amplitude = new Float64Array(modes);
  const uniform = start[0];
  if (start.every((value) => Math.abs(value - uniform) <= 1e-12 * Math.abs(uniform))) {
    for (let i = 0; i < modes; i++) amplitude[i] = uniform * model.stored[i];
    return amplitude;
  }
  const m = network.sourceNodes.length;
  const powerW = powersOf(network, responses[0], start);
  const p = Float64Array.of(...powerW, 0);
  const rest = start.slice();
  const field = new Float64Array(network.nodes);
  const capacity = network.capacity();
  for (let u = 0; u < m; u++) {
    network.reader.read(responses[0], u, columnOf(responses[0], u), field, 'all');
    for (let i = 0; i < rest.length; i++) rest[i] -= powerW[u] * field[i];
  }
  restOfCells(network, rest);
  for (let i = 0; i < rest.length; i++) rest[i] *= capacity[i];
  const { size, c } = products;
  const heat = new Float64Array(size);
  for (let j = 0; j < size; j++) for (let u = 0; u < m; u++) heat[j] += c[j * size + 1 + u] * p[u];
  let at = 0;
  const add = (of: Float64Array): void => {
    let sum = 0;
    for (let i = 0; i < rest.length; i++) sum += of[i] * rest[i];
    heat[at++] += sum;
  };
  add(field.fill(1));
  for (const response of responses) {
    for (let v = 0; v < response.count; v++) {
      network.reader.read(response, v, columnOf(response, v), field, 'all');
      add(field);
    }
  }
  for (let j = 0; j < size; j++) for (let i = 0; i < modes; i++) amplitude[i] += weights[j * modes + i] * heat[j];
  return amplitude;
}

/** The powers under which blocks are read as warm as at a start in the steady state. */
function powersOf(network: ContinuumNetwork, steady: Response, start: Float64Array): Float64Array {
  const { sourceNodes, sourceReads, layers, firstRead } = network;
  const m = sourceNodes.length;
  if (!sourceReads) {
    const powerW = Float64Array.from(sourceNodes, (node) => start[node]);
    return solveCholesky(cholesky(steady.h.slice(0, m * m), m), m, powerW);
  }
  const rises = layers.flatMap(({ power, floorplan }, l) => {
    return power ? [...start.subarray(firstRead[l], firstRead[l] + floorplan.blocks.length)] : [];
  });
  const powerW = Float64Array.from(rises);
  return solveGeneral(steady.means(sourceReads), m, powerW);
}

/** A start is known by name: within a block, cells differ from a steady state as the block's mean does. */
function restOfCells({ layers, firstRead, grid, cells, faces }: ContinuumNetwork, rest: Float64Array): void {
  rest.fill(0, 0, faces * cells);
  layers.forEach(({ floorplan, face }, l) => {
    const own = rest.subarray(firstRead[l], firstRead[l] + floorplan.blocks.length);
    const occupancy = blockOccupancy(floorplan, grid);
    applyTransposed(occupancy, own, rest, face * cells);
    if (l === layers.length - 1) applyTransposed(occupancy, own, rest, (face + 1) * cells);
  });
}
