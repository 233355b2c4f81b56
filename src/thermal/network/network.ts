import {
  addConductance,
  type ConductanceMatrix,
  conductanceMatrix,
  type EdgeList,
  edgeList,
} from '../../numeric/sparse.ts';
import type { Floorplan } from '../floorplan/floorplan.ts';
import type { Grid } from '../floorplan/grid-map.ts';
import { gridTiling, type Tiling } from '../floorplan/tiling.ts';
import { physicalRules } from '../rules/physical.ts';
import type { NetworkRules } from '../rules/rules.ts';
import { checkGrid, checkStack } from './checks.ts';
import { type RimChain, type RimNode, rimChains, rimSides, widened } from './package.ts';
import type { BySite, StackPlane } from './planes.ts';
import type { ThermalStack } from './stack.ts';

/** A plane of cells, all alike but for the rim. Conductances in W/K and capacity in J/K, of one cell. */
export interface Plane {
  readonly betweenColumns: number;
  readonly betweenRows: number;
  /** To the cell below in the next plane; 0 in the last. */
  readonly toNext: number;
  readonly toAmbient: number;
  readonly capacity: number;
}

/** Every cell at one side (0..3: west, east, north, south) of a plane joined to one node of the rim. */
export interface RimLink {
  readonly plane: number;
  readonly side: number;
  readonly node: number;
  readonly conductance: number;
}

/** C dT/dt = -G (T - T_ambient) + P, node by node. */
export interface ThermalNetwork {
  readonly nodes: number;
  readonly conductance: ConductanceMatrix;
  /** By node, W/K. */
  readonly toAmbient: Float64Array;
  /** By node, J/K. Reduced models want it above 0; without capacity a node follows its neighbours at once. */
  readonly capacity: Float64Array;
  readonly ambientK: number;
}

/**
 * A network of planes of alike cells. Node of a cell: plane x rows x columns + row x columns + column, row 0 north; then
 * the rim's 12 nodes, if the stack has an overhang.
 */
export interface GridNetwork extends ThermalNetwork {
  readonly grid: Grid;
  readonly planes: readonly Plane[];
  readonly rimLinks: readonly RimLink[];
  /** G between the rim's nodes, dense; its diagonal has what they lose to cells and ambient too. */
  readonly rim: Float64Array;
  readonly cells: number;
}

/**
 * Assembles the network of a stack of homogeneous layers under a die. Errors: `die-larger-than-package`; `out-of-range` for
 * a grid or a layer without a positive size, conductivity or capacity.
 */
export function buildNetwork(
  stack: ThermalStack,
  die: Floorplan,
  grid: Grid,
  rules: NetworkRules = physicalRules,
): GridNetwork {
  checkGrid(grid);
  const tiling = gridTiling(die, grid, rules.directionsExchanged);
  const assembly = assemble(stack, tiling, rules);
  const { rims, firstRim, toAmbient } = assembly;
  const links = rims.flatMap((rim) => rim.links);
  return {
    ...assembly.network,
    // Most solvers of such networks do without it.
    get conductance() {
      return assembly.conductance();
    },
    grid,
    planes: assembly.planes.map((plane) => cellPlane(plane, tiling, grid, rules.capacityFactor)),
    rimLinks: links.map(({ conductances, ...link }) => ({ ...link, conductance: conductances[0] })),
    rim: rimMatrix(rims, firstRim, toAmbient),
    cells: grid.rows * grid.columns,
  };
}

export function isGridNetwork(network: ThermalNetwork): network is GridNetwork {
  return 'planes' in network;
}

/**
 * Assembles the network of any stack over any tiling. Node of a site: plane x sites + site; then the nodes of the overhang
 * (spreader, inner sink, outer sink) and those of the secondary path (substrate, solder, inner and outer board), each
 * west, east, north, south. Errors: as `buildNetwork`.
 */
export function siteNetwork(stack: ThermalStack, tiling: Tiling, rules: NetworkRules = physicalRules): ThermalNetwork {
  const { network, conductance } = assemble(stack, tiling, rules);
  return { ...network, conductance: conductance() };
}

interface Assembly {
  readonly network: Omit<ThermalNetwork, 'conductance'>;
  readonly planes: readonly StackPlane[];
  readonly rims: readonly Rim[];
  readonly firstRim: number;
  readonly toAmbient: Float64Array;
  /** Made when first asked for. */
  conductance(): ConductanceMatrix;
}

function assemble(stack: ThermalStack, tiling: Tiling, rules: NetworkRules): Assembly {
  checkStack(stack, tiling);
  const planes = rules.planes(stack);
  const rims = rimsOf(stack, tiling, rules);
  const firstRim = planes.length * tiling.areaM2.length;
  const nodes = firstRim + rims.reduce((sum, rim) => sum + 4 * rim.sides[0].length, 0);
  const toAmbient = new Float64Array(nodes);
  const capacity = new Float64Array(nodes);
  planes.forEach((plane, p) => {
    fillPlane(toAmbient, capacity, plane, tiling, p * tiling.areaM2.length);
  });
  for (const { sides, firstNode } of rims) {
    eachRimNode(sides, firstNode, (one, node) => {
      toAmbient[node] = one.toAmbient;
      capacity[node] = one.capacity;
    });
  }
  for (let i = 0; i < nodes; i++) capacity[i] *= rules.capacityFactor;
  let matrix: ConductanceMatrix | undefined;
  const conductance = (): ConductanceMatrix => {
    matrix ??= conductanceMatrix(edgesOf(planes, rims, tiling), toAmbient);
    return matrix;
  };
  const network = { nodes, toAmbient, capacity, ambientK: stack.ambientK };
  return { network, planes, rims, firstRim, toAmbient, conductance };
}

function edgesOf(planes: readonly StackPlane[], rims: readonly Rim[], tiling: Tiling): EdgeList {
  const sites = tiling.areaM2.length;
  const edges = edgeList(planes.length * (sites + tiling.from.length));
  planes.forEach((plane, p) => {
    addPlane(edges, plane, tiling, p * sites);
  });
  for (const { sides, links, firstNode } of rims) {
    for (const { plane, side, node, conductances } of links) {
      tiling.borders[side].sites.forEach((site, i) => {
        addConductance(edges, plane * sites + site, node, conductances[i]);
      });
    }
    eachRimNode(sides, firstNode, (one, node) => {
      addConductance(edges, node, node + 4, one.outwards);
    });
  }
  return edges;
}

/** G between the nodes of the rims, diagonal included. */
function rimMatrix(rims: readonly Rim[], firstRim: number, toAmbient: Float64Array): Float64Array {
  const count = toAmbient.length - firstRim;
  const matrix = new Float64Array(count * count);
  const add = (i: number, j: number, g: number): void => {
    matrix[(i - firstRim) * count + j - firstRim] += g;
  };
  for (let node = firstRim; node < toAmbient.length; node++) add(node, node, toAmbient[node]);
  for (const { sides, links, firstNode } of rims) {
    for (const { node, conductances } of links) for (const g of conductances) add(node, node, g);
    eachRimNode(sides, firstNode, ({ outwards: g }, node) => {
      if (g === 0) return;
      add(node, node, g);
      add(node + 4, node + 4, g);
      add(node, node + 4, -g);
      add(node + 4, node, -g);
    });
  }
  return matrix;
}

/** The nodes of each side from the innermost layer outwards; those of one side follow at steps of 4. */
function eachRimNode(
  sides: readonly (readonly RimNode[])[],
  firstNode: number,
  visit: (one: RimNode, node: number) => void,
): void {
  sides.forEach((side, s) => {
    side.forEach((one, m) => {
      visit(one, firstNode + s + 4 * m);
    });
  });
}

/** A plane of a grid whose cells are all alike, as its conductances and capacity of one cell. */
function cellPlane(plane: StackPlane, { areaM2, fromShape }: Tiling, { rows, columns }: Grid, factor: number): Plane {
  const uniform = (value: BySite): number => (typeof value === 'number' ? value : value[0]);
  const sheet = plane.sheets.reduce((sum, { value, share }) => sum + share * uniform(value), 0);
  // Pairs come cell by cell, the one to the next column first.
  const acrossColumns = fromShape[0] ?? 1;
  const acrossRows = (columns > 1 ? fromShape[1] : fromShape[0]) ?? 1;
  return {
    betweenColumns: columns > 1 ? sheet / (2 * acrossColumns) : 0,
    betweenRows: rows > 1 ? sheet / (2 * acrossRows) : 0,
    toNext: uniform(plane.toNext) * areaM2[0],
    toAmbient: uniform(plane.toAmbient) * areaM2[0],
    capacity: factor * uniform(plane.capacity) * areaM2[0],
  };
}

/** Every site at one side of a plane joined to one node of the rim, W/K by site of the border. */
interface SiteLink {
  readonly plane: number;
  readonly side: number;
  readonly node: number;
  readonly conductances: Float64Array;
}

interface Rim {
  readonly sides: readonly (readonly RimNode[])[];
  readonly links: readonly SiteLink[];
  readonly firstNode: number;
}

function rimsOf(stack: ThermalStack, tiling: Tiling, rules: NetworkRules): Rim[] {
  let firstNode = rules.planeCount(stack.layers.length) * tiling.areaM2.length;
  const { dieWidthM, dieHeightM } = tiling;
  // HotSpot divides by zero where a part is as wide as what it carries.
  const of = rules.name === 'physical' ? widened(stack, dieWidthM, dieHeightM) : stack;
  return rimChains(of, rules).map((chain) => {
    const sides = rimSides(chain, dieWidthM, dieHeightM);
    const rim = { sides, links: sideLinks(chain, sides, tiling, firstNode, rules), firstNode };
    firstNode += 4 * sides[0].length;
    return rim;
  });
}

/**
 * A site at the border reaches the rim past half of itself and its share of the trapezium, in proportion to what it
 * conducts itself; from the planes that the rules say.
 */
function sideLinks(
  chain: RimChain,
  sides: readonly (readonly RimNode[])[],
  { borders }: Tiling,
  firstNode: number,
  rules: NetworkRules,
): SiteLink[] {
  return chain.layers.flatMap(({ index, layer }, m) =>
    borders.flatMap(({ shapes }, side) => {
      const sheet = layer.conductivityWPerMK * layer.thicknessM;
      const whole = shapes.reduce((sum, shape) => sum + sheet / shape, 0);
      const spread = 1 + sides[side][m].fromBorder * whole;
      const conductances = shapes.map((shape) => sheet / shape / spread);
      const node = firstNode + 4 * m + side;
      return rules.rimPlanes(index).map(({ plane, share }) => {
        return { plane, side, node, conductances: conductances.map((g) => g * share) };
      });
    }),
  );
}

function at(value: BySite, site: number): number {
  return typeof value === 'number' ? value : value[site];
}

function fillPlane(
  toAmbient: Float64Array,
  capacity: Float64Array,
  plane: StackPlane,
  { areaM2 }: Tiling,
  first: number,
): void {
  for (let site = 0; site < areaM2.length; site++) {
    toAmbient[first + site] = at(plane.toAmbient, site) * areaM2[site];
    capacity[first + site] = at(plane.capacity, site) * areaM2[site];
  }
}

function addPlane(
  edges: EdgeList,
  plane: StackPlane,
  { areaM2, from, to, fromShape, toShape }: Tiling,
  first: number,
): void {
  for (let e = 0; e < from.length; e++) {
    const [i, j] = [from[e], to[e]];
    let g = 0;
    for (const { value, share } of plane.sheets) {
      g += share / (fromShape[e] / at(value, i) + toShape[e] / at(value, j));
    }
    addConductance(edges, first + i, first + j, g);
  }
  const sites = areaM2.length;
  for (let site = 0; site < sites; site++) {
    addConductance(edges, first + site, first + site + sites, at(plane.toNext, site) * areaM2[site]);
  }
}
