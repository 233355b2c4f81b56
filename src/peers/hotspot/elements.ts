import { once } from '../../base/once.ts';
import type { ResolutionError } from '../../thermal/continuum/index.ts';
import {
  countOf,
  coveredElements,
  coveredNodes,
  DEGREE,
  type ElementNetwork,
  elementCg,
  elementNetwork,
  evenShares,
  type Frame,
  frameOf,
  products,
  type Rectangle,
  regionNodes,
  surfaceNodes,
} from '../../thermal/elements/index.ts';
import { applyRows, type Block, middleBlocks, type SparseRows, sparse } from '../../thermal/floorplan/index.ts';
import type { ThermalStack } from '../../thermal/network/index.ts';
import { blockMean, lazily, readingMode, unitsOf } from './build.ts';
import { unitSources } from './field.ts';
import type { HotspotLayer, HotspotProblem } from './input/problem.ts';
import { type ModelLayer, modelLayers, stackOf } from './layers.ts';
import { mixedMaterials } from './materials.ts';
import type { HotspotModel, HotspotRules, NodeGroup } from './model.ts';
import { sampleDecade } from './reduced.ts';

/** Elements along each side of the die, at least: they end at the edges of blocks besides. */
const ELEMENTS = 4;

/**
 * HotSpot's files in their true shape, for layers with materials by block: elements end at the edges of blocks, so that each has one
 * material, and layers are cut as the smallest block and a sample ask for. The same elements serve steady states and transients, so that a
 * steady state does not depend on whether a transient is asked for. The grid of the options sets the cells of fields alone. `powerW` (by
 * unit) is what the error is told for. Errors: as `hotspotModel`.
 */
export function elementModel(
  problem: HotspotProblem,
  rules: HotspotRules,
  convectionKPerW: number,
  powerW: Float64Array,
): HotspotModel {
  const model = modelOf(problem, rules, convectionKPerW, DEGREE);
  const error = once((): ResolutionError => {
    const coarser = modelOf(problem, rules, convectionKPerW, DEGREE - 1);
    const [fine, coarse] = [model, coarser].map((one) => unitRises(one, powerW));
    const most = fine.reduce((highest, rise) => Math.max(highest, Math.abs(rise)), 0);
    const kelvin = fine.reduce((worst, rise, u) => Math.max(worst, Math.abs(rise - coarse[u])), 0);
    return { part: most > 0 ? kelvin / most : 0, kelvin };
  });
  return lazily(model, { resolutionError: (): ResolutionError | null => error() }) as HotspotModel;
}

/** Residual of the solutions that the error is told by. */
const TOLD = 1e-7;

function unitRises(model: Solvable, powerW: Float64Array): Float64Array {
  const rise = new Float64Array(model.nodes);
  elementCg(model.network, 0, TOLD).solve(unitSources(model, powerW), rise);
  const means = new Float64Array(powerW.length);
  applyRows(model.power, rise, 0, means);
  return means;
}

type Solvable = Omit<HotspotModel, 'resolutionError' | 'network'> & { readonly network: ElementNetwork };

function modelOf(problem: HotspotProblem, rules: HotspotRules, convectionKPerW: number, degree: number): Solvable {
  const { options } = problem;
  const grid = { rows: options.grid_rows, columns: options.grid_cols };
  const die = problem.layers[0].floorplan;
  const layers = modelLayers(problem, rules, grid);
  const coarse = stackOf(problem, layers, convectionKPerW);
  const frame = frameOf(coarse, die, {
    ...edgesOf(layers, die.heightM),
    elements: ELEMENTS,
    degree,
    powered: layers.map(({ power }) => power),
    shallowM: shallowOf(layers, sampleDecade(problem)),
  });
  const stack = withMaterials(coarse, problem, frame);
  const units = unitsOf(layers);
  const shares = sharesOf(frame);
  const readPlaces = (floorplan: ModelLayer['floorplan']): readonly Block[] =>
    blockMean(problem, rules) === 'center' ? middleBlocks(floorplan, grid) : floorplan.blocks;
  const known = {
    rules,
    nodes: frame.nodes,
    uniform: false,
    kind: 'elements' as const,
    continuum: null,
    ambientK: options.ambient,
    units: units.map(({ name }) => name),
    unitGroup: Int32Array.from(units, ({ group }) => group),
    unitIndex: Int32Array.from(units, ({ index }) => index),
    groups: [
      ...layers.map((layer, l) => layerGroup(frame, layer, l, shares, readPlaces)),
      packageGroup(frame, stack, shares),
    ],
    readingMode: readingMode(options),
    grid: { ...grid, layers: layers.length },
    planes: frame.planes.map(({ first }, p): readonly [number, number] => [
      first,
      frame.planes[p + 1]?.first ?? frame.nodes,
    ]),
  };
  return lazily(known, {
    network: (): ElementNetwork => elementNetwork(stack, frame),
    power: () =>
      sparse(
        units.map(({ group, index }) => meanOver(frame, frame.facePlane[group], layers[group].floorplan.blocks[index])),
      ),
    sink: () => sparse([normalised(surfaceNodes(frame, frame.planes.length - 1))]),
    cells: () => cellRows(frame, grid, layers.length),
  });
}

/** How far heat goes within a time in the layers with power, m. */
function shallowOf(layers: readonly ModelLayer[], shortestS: number): number {
  const slowest = layers
    .filter(({ power }) => power)
    .map(({ layer }) => layer.conductivityWPerMK / layer.heatCapacityJPerM3K);
  return Math.sqrt(Math.min(...slowest) * shortestS);
}

/** Edges of blocks that have power, or materials of their own; and the shortest of their sides. */
function edgesOf(layers: readonly ModelLayer[], dieHeightM: number) {
  const telling = layers.filter(({ power, layer }) => power || layer.bySite);
  const blocks = [...new Set(telling.map(({ floorplan }) => floorplan))].flatMap((floorplan) => floorplan.blocks);
  return {
    edgesX: blocks.flatMap(({ leftM, widthM }) => [leftM, leftM + widthM]),
    edgesY: blocks.flatMap(({ bottomM, heightM }) => [dieHeightM - bottomM, dieHeightM - bottomM - heightM]),
    smallestM: blocks.reduce(
      (least, { widthM, heightM }) => Math.min(least, widthM, heightM),
      Number.POSITIVE_INFINITY,
    ),
  };
}

/** The stack with the materials of its own layers in the cells of the frame. */
function withMaterials(stack: ThermalStack, { layers: own }: HotspotProblem, frame: Frame): ThermalStack {
  const sites = countOf(frame.x.die) * countOf(frame.y.die);
  // Spreader and sink come last; a secondary path comes first.
  const firstOwn = stack.layers.length - 2 - own.length;
  const made = new Map<HotspotLayer['floorplan'], SparseRows>();
  const occupancyOf = ({ floorplan }: HotspotLayer): SparseRows => {
    const rows = made.get(floorplan) ?? sparse(floorplan.blocks.map((block) => coveredElements(frame, block)));
    made.set(floorplan, rows);
    return rows;
  };
  const layers = stack.layers.map((layer, l) => {
    if (!layer.bySite) return layer;
    const of = own[l - firstOwn];
    return { ...layer, bySite: mixedMaterials(of, occupancyOf(of), sites) };
  });
  return { ...stack, layers };
}

function layerGroup(
  frame: Frame,
  { prefix, floorplan }: ModelLayer,
  l: number,
  shares: (nodes: readonly (readonly [number, number])[]) => [number, number][],
  readPlaces: (floorplan: ModelLayer['floorplan']) => readonly Block[],
): NodeGroup {
  const planes = planesOf(frame, l);
  return lazily(
    { prefix, names: floorplan.blocks.map(({ name }) => name) },
    {
      reading: () => sparse(readPlaces(floorplan).map((block) => meanOver(frame, frame.facePlane[l], block))),
      occupancy: () =>
        sparse(floorplan.blocks.map((block) => shares(planes.flatMap((plane) => coveredNodes(frame, plane, block))))),
    },
  );
}

/** Turns areas of nodes into parts of each node's whole area. */
function sharesOf(frame: Frame): (nodes: readonly (readonly [number, number])[]) => [number, number][] {
  const whole = once(() => {
    const areas = new Float64Array(frame.nodes);
    frame.planes.forEach((_, plane) => {
      for (const [node, area] of surfaceNodes(frame, plane)) areas[node] += area;
    });
    return areas;
  });
  return (nodes) => nodes.map(([node, area]) => [node, area / whole()[node]]);
}

/** The planes of a layer: all but its last face, which is the next layer's first. */
function planesOf({ facePlane, planes }: Frame, l: number): number[] {
  const end = l + 2 === facePlane.length ? planes.length : facePlane[l + 1];
  return Array.from({ length: end - facePlane[l] }, (_, i) => facePlane[l] + i);
}

/** HotSpot's nodes of the package: the trapezia of the overhang, each read as the mean over its planes. */
function packageGroup(
  frame: Frame,
  stack: ThermalStack,
  shares: (nodes: readonly (readonly [number, number])[]) => [number, number][],
): NodeGroup {
  const regions = once(() => regionNodes(frame, stack));
  const count = (stack.overhang ? 12 : 0) + (stack.secondary ? 16 : 0);
  return lazily(
    { prefix: 'inode_', names: Array.from({ length: count }, (_, i) => `${i}`) },
    {
      reading: () => sparse(regions().map((nodes, r, all) => normalised(isMissing(nodes, r) ? all[r - 4] : nodes))),
      occupancy: () => sparse(regions().map(shares)),
    },
  );
}

/** A sink as wide as its spreader, or a board like its solder, has nothing beyond it; what is under their rim stands for that. */
function isMissing({ length }: readonly unknown[], region: number): boolean {
  return length === 0 && ((region >= 8 && region < 12) || region >= 24);
}

function meanOver(frame: Frame, plane: number, one: Rectangle): [number, number][] {
  return normalised(coveredNodes(frame, plane, one));
}

function normalised(nodes: readonly (readonly [number, number])[]): [number, number][] {
  const whole = nodes.reduce((sum, [, area]) => sum + area, 0);
  return nodes.map(([node, area]) => [node, area / whole]);
}

/** Layers x cells: how cells of HotSpot's grid are read at each layer's first face. */
function cellRows(frame: Frame, { rows, columns }: { rows: number; columns: number }, layers: number): SparseRows {
  const { widthM, heightM } = frame.die;
  const across = evenShares(frame.x, widthM, columns);
  const along = evenShares(frame.y, heightM, rows);
  return sparse(
    Array.from({ length: layers * rows * columns }, (_, i) => {
      const [layer, cell] = [Math.floor(i / (rows * columns)), i % (rows * columns)];
      const [row, column] = [along[Math.floor(cell / columns)], across[cell % columns]];
      return products(frame, frame.facePlane[layer], row, column);
    }),
  );
}
