import { fail } from '../../base/errors.ts';
import { once } from '../../base/once.ts';
import type { HotspotOptions } from '../../formats/hotspot/index.ts';
import {
  type BlockMean,
  blockOccupancy,
  blockTiling,
  type Floorplan,
  type Grid,
  gridTiling,
  mapBlocks,
  type SparseRows,
  sparse,
  type Tiling,
} from '../../thermal/floorplan/index.ts';
import {
  buildNetwork,
  rimAreaM2,
  siteNetwork,
  type ThermalNetwork,
  type ThermalStack,
} from '../../thermal/network/index.ts';
import { startConvection } from './convection.ts';
import type { HotspotProblem } from './input/problem.ts';
import { hasSecondary, type ModelLayer, modelLayers, stackOf } from './layers.ts';
import type { HotspotModel, HotspotRules, NodeGroup } from './model.ts';

/** Number of nodes of the overhang (spreader, inner and outer sink), and of a secondary path (substrate, solder, both boards). */
export const RIM_NODES = 12;
export const SECONDARY_RIM_NODES = 16;

/**
 * The network of HotSpot's files. The power of a layer enters, and its temperatures are read, at its face away from the
 * sink.
 *
 * `hotspot`: as HotSpot 7.0 builds it, except for HotSpot's transient equation of the solder's rim, which lacks a term
 * of the steady one. `physical`: planes are the faces of the layers; capacities are whole; a block's temperature is the
 * area-weighted mean, where HotSpot's `avg` takes the plain mean of touched cells; the convection counts once. In the
 * block model the sites of both rules are the blocks, and die area outside blocks does not exist.
 *
 * Homogeneous layers on a grid give a `GridNetwork`. `convectionKPerW` replaces r_convec. The network and the rows of
 * matrices are made at their first use: a reduced model from the cache needs none. Errors: `die-larger-than-package`
 * (of `network`), `floorplan-gap`, `not-supported`, `out-of-range`, `zero-area`.
 */
export function hotspotModel(
  problem: HotspotProblem,
  rules: HotspotRules,
  convectionKPerW: number = startConvection(problem, rules),
): HotspotModel {
  const { options } = problem;
  if (options.use_microchannels === 1) {
    fail('not-supported', 'microchannels are not modelled', { expected: '-use_microchannels 0' });
  }
  const grid = options.model_type === 'grid' ? { rows: options.grid_rows, columns: options.grid_cols } : null;
  const die = problem.layers[0].floorplan;
  const layers = modelLayers(problem, rules, grid);
  const stack = stackOf(problem, layers, convectionKPerW);
  const uniform = grid !== null && stack.layers.every((layer) => !layer.bySite);
  const planes = rules.network.planeCount(layers.length);
  const sites = grid ? grid.rows * grid.columns : die.blocks.length;
  const nodes = planes * sites + RIM_NODES + (hasSecondary(options) ? SECONDARY_RIM_NODES : 0);
  const mapOf = siteMaps(grid, blockMean(problem, rules));
  const units = unitsOf(layers);
  const tiling = once(() => (grid ? gridTiling(die, grid, rules.network.directionsExchanged) : blockTiling(die)));
  const known = {
    rules,
    nodes,
    uniform,
    kind: 'nodes' as const,
    continuum: null,
    resolutionError: null,
    ambientK: options.ambient,
    units: units.map(({ name }) => name),
    unitGroup: Int32Array.from(units, ({ group }) => group),
    unitIndex: Int32Array.from(units, ({ index }) => index),
    groups: [...layerGroups(layers, planes, sites, mapOf), packageGroup(planes * sites, nodes)],
    readingMode: readingMode(options),
    grid: grid && { ...grid, layers: layers.length },
    planes: grid ? planesOf(planes, sites) : [],
  };
  return lazily(known, {
    network: () => networkOf(stack, die, uniform ? grid : null, tiling, rules),
    power: () => unitPower(units, layers, sites, mapOf),
    sink: () => sinkSurface(problem, tiling(), planes),
  });
}

/** Planes of `cells` nodes each, from node 0 on. */
export function planesOf(planes: number, cells: number): HotspotModel['planes'] {
  return Array.from({ length: planes }, (_, p) => [p * cells, (p + 1) * cells] as const);
}

export function readingMode({ model_type, grid_map_mode: mode }: HotspotOptions): HotspotModel['readingMode'] {
  return model_type === 'grid' && (mode === 'min' || mode === 'max') ? mode : 'mean';
}

/** The object with further properties, each made at its first use. */
export function lazily<T extends object, L extends object>(
  known: T,
  makers: { readonly [K in keyof L]: () => L[K] },
): T & L {
  for (const [key, make] of Object.entries<() => unknown>(makers)) {
    Object.defineProperty(known, key, { get: once(make), enumerable: true });
  }
  return known as T & L;
}

/** The network; a `GridNetwork` if the layers are uniform on a grid. */
function networkOf(
  stack: ThermalStack,
  die: Floorplan,
  grid: Grid | null,
  tiling: () => Tiling,
  { network: rules }: HotspotRules,
): ThermalNetwork {
  return grid ? buildNetwork(stack, die, grid, rules) : siteNetwork(stack, tiling(), rules);
}

/** The maps between a floorplan's blocks and the sites of one plane, blocks x sites each. */
export interface SiteMap {
  readonly spread: SparseRows;
  readonly mean: SparseRows;
  readonly occupancy: SparseRows;
}

export function blockMean({ options }: HotspotProblem, rules: HotspotRules): BlockMean {
  if (options.grid_map_mode === 'center') return 'center';
  return options.grid_map_mode === 'avg' ? rules.network.blockMean : 'touched';
}

/** Returns a function that makes the map of each floorplan once. */
export function siteMaps(grid: Grid | null, mean: BlockMean): (floorplan: Floorplan) => SiteMap {
  const made = new Map<Floorplan, SiteMap>();
  return (floorplan) => {
    const known = made.get(floorplan);
    if (known) return known;
    const itself = sparse(floorplan.blocks.map((_, u) => [[u, 1]]));
    const map = grid
      ? { ...mapBlocks(floorplan, grid, mean), occupancy: blockOccupancy(floorplan, grid) }
      : { spread: itself, mean: itself, occupancy: itself };
    made.set(floorplan, map);
    return map;
  };
}

/** The same rows, repeated over several planes that begin at these nodes. */
export function placed({ start, index, weight }: SparseRows, firstNodes: readonly number[]): SparseRows {
  const rows = Array.from({ length: start.length - 1 }, (_, u) =>
    firstNodes.flatMap((first) =>
      Array.from(index.subarray(start[u], start[u + 1]), (site, i): [number, number] => {
        return [first + site, weight[start[u] + i]];
      }),
    ),
  );
  return sparse(rows);
}

function layerGroups(
  layers: readonly ModelLayer[],
  planes: number,
  sites: number,
  mapOf: (floorplan: Floorplan) => SiteMap,
): NodeGroup[] {
  return layers.map(({ prefix, floorplan }, p) => {
    const first = p * sites;
    // The last plane of the physical network is the sink's other face, which starts at the same temperatures as the first.
    const started = p === layers.length - 1 && planes > layers.length ? [first, first + sites] : [first];
    const names = floorplan.blocks.map(({ name }) => name);
    return lazily(
      { prefix, names },
      {
        reading: () => placed(mapOf(floorplan).mean, [first]),
        occupancy: () => placed(mapOf(floorplan).occupancy, started),
      },
    );
  });
}

/** The nodes of the package, each a line of its own. */
function packageGroup(firstNode: number, nodes: number): NodeGroup {
  const names = Array.from({ length: nodes - firstNode }, (_, i) => `${i}`);
  const reading = sparse(names.map((_, i) => [[firstNode + i, 1]]));
  return { prefix: 'inode_', names, reading, occupancy: reading };
}

/** A block that dissipates: the number of its layer, and its index within that layer. */
export interface Unit {
  readonly name: string;
  readonly group: number;
  readonly index: number;
}

export function unitsOf(layers: readonly ModelLayer[]): Unit[] {
  return layers.flatMap(({ power, floorplan }, group) => {
    return power ? floorplan.blocks.map(({ name }, index) => ({ name, group, index })) : [];
  });
}

function unitPower(
  units: readonly Unit[],
  layers: readonly ModelLayer[],
  sites: number,
  mapOf: (floorplan: Floorplan) => SiteMap,
): SparseRows {
  const power = units.map(({ group, index }) => {
    const { start, index: site, weight } = mapOf(layers[group].floorplan).spread;
    const cells = Array.from(site.subarray(start[index], start[index + 1]));
    return cells.map((cell, i): [number, number] => [group * sites + cell, weight[start[index] + i]]);
  });
  return sparse(power);
}

/** Area weights of the sink's nodes: the last plane, and the inner and outer four nodes of the overhang. */
function sinkSurface({ options }: HotspotProblem, tiling: Tiling, planes: number): SparseRows {
  const { areaM2, dieWidthM: width, dieHeightM: height } = tiling;
  const { s_spreader: side, s_sink: outer } = options;
  const last = (planes - 1) * areaM2.length;
  const innerSink = planes * areaM2.length + 4;
  const westEast = rimAreaM2(side, width, height);
  const northSouth = rimAreaM2(side, height, width);
  const corner = (outer ** 2 - side ** 2) / 4;
  const rim = [westEast, westEast, northSouth, northSouth, corner, corner, corner, corner];
  const areas = [
    ...Array.from(areaM2, (area, site): [number, number] => [last + site, area]),
    ...rim.map((area, i): [number, number] => [innerSink + i, area]),
  ];
  const whole = areas.reduce((sum, [, area]) => sum + area, 0);
  return sparse([areas.map(([node, area]) => [node, area / whole])]);
}
