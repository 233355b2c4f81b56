import { fail } from '../errors.ts';
import type { Floorplan } from './floorplan.ts';
import type { Grid } from './grid-map.ts';
import { RIM_NODES, type RimSide, rimSides } from './package.ts';
import { addConductance, type ConductanceMatrix, conductanceMatrix, type EdgeList, edgeList } from './sparse.ts';
import type { ThermalLayer, ThermalStack } from './stack.ts';

/** `hotspot` repeats the network of HotSpot 7.0; otherwise the physics. docs/methods/thermal.md lists the differences. */
export type Compat = 'hotspot' | undefined;

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
  /** By node, J/K; all above 0. */
  readonly capacity: Float64Array;
  readonly ambientK: number;
}

/**
 * A network of planes of alike cells. Node of a cell: plane x rows x columns + row x columns + column, row 0 north; then
 * the rim's 12 nodes, if the stack has an overhang. Power enters plane 0.
 */
export interface GridNetwork extends ThermalNetwork {
  readonly grid: Grid;
  readonly planes: readonly Plane[];
  readonly rimLinks: readonly RimLink[];
  readonly cells: number;
}

/** HotSpot's lumping factor; it multiplies every capacity, that of the convection too (temperature.h C_FACTOR). */
const HOTSPOT_CAPACITY_FACTOR = 0.333;

/**
 * Assembles the network of a stack under a die. Errors: `die-larger-than-package`; `out-of-range` for a grid or a layer
 * without a positive size, conductivity or capacity.
 */
export function buildNetwork(stack: ThermalStack, die: Floorplan, grid: Grid, compat?: Compat): GridNetwork {
  checkInput(stack, grid);
  const planes = compat === 'hotspot' ? hotspotPlanes(stack, die, grid) : physicalPlanes(stack, die, grid);
  const cells = grid.rows * grid.columns;
  const firstRim = planes.length * cells;
  const below = compat === 'hotspot' ? 1 : 0.5;
  const capacityFactor = compat === 'hotspot' ? HOTSPOT_CAPACITY_FACTOR : 1;
  const geometry = { dieWidthM: die.widthM, dieHeightM: die.heightM, ...grid, below, capacityFactor };
  const sides = stack.overhang ? rimSides(stack, geometry) : [];
  const rimLinks = linksToCells(sides, stack.layers.length, firstRim, compat);

  const nodes = firstRim + (sides.length > 0 ? RIM_NODES : 0);
  const edges = edgeList(3 * firstRim + rimLinks.length * Math.max(grid.rows, grid.columns) + 2 * sides.length);
  const toAmbient = new Float64Array(nodes);
  const capacity = new Float64Array(nodes);
  planes.forEach((plane, p) => {
    addPlane(edges, grid, plane, p * cells);
    toAmbient.fill(plane.toAmbient, p * cells, (p + 1) * cells);
    capacity.fill(plane.capacity, p * cells, (p + 1) * cells);
  });
  for (const link of rimLinks) {
    for (const cell of sideCells(grid, link.side)) {
      addConductance(edges, link.plane * cells + cell, link.node, link.conductance);
    }
  }
  sides.forEach((side, s) => {
    addRimSide(edges, toAmbient, capacity, side, firstRim + s);
  });
  const conductance = conductanceMatrix(edges, toAmbient);
  return { grid, planes, rimLinks, cells, nodes, conductance, toAmbient, capacity, ambientK: stack.ambientK };
}

/** The cells along a side (west, east, north, south), in order. */
function sideCells({ rows, columns }: Grid, side: number): number[] {
  const count = side < 2 ? rows : columns;
  const first = side === 1 ? columns - 1 : side === 3 ? (rows - 1) * columns : 0;
  return Array.from({ length: count }, (_, i) => first + i * (side < 2 ? columns : 1));
}

/** Conductances of one whole layer's cell. */
interface LayerCell {
  readonly eastWest: number;
  readonly northSouth: number;
  readonly vertical: number;
  readonly capacity: number;
}

function layerCell(layer: ThermalLayer, widthM: number, heightM: number): LayerCell {
  const { thicknessM: t, conductivityWPerMK: k, heatCapacityJPerM3K } = layer;
  const eastWest = (k * heightM * t) / widthM;
  const northSouth = (k * widthM * t) / heightM;
  return {
    eastWest,
    northSouth,
    vertical: (k * widthM * heightM) / t,
    capacity: heatCapacityJPerM3K * t * widthM * heightM,
  };
}

/**
 * Planes are the faces between layers, and both outer faces: a layer gives half of its capacity and of its lateral
 * conductance to either face and its whole resistance between them. So power enters at the very face of the silicon, and
 * the error falls with the square of a layer's thickness.
 */
function physicalPlanes({ layers, convection }: ThermalStack, die: Floorplan, grid: Grid): Plane[] {
  const widthM = die.widthM / grid.columns;
  const heightM = die.heightM / grid.rows;
  const area = (widthM * heightM) / convection.areaM2;
  const cells = layers.map((layer) => layerCell(layer, widthM, heightM));
  return Array.from({ length: layers.length + 1 }, (_, p) => {
    const neighbours = cells.slice(Math.max(0, p - 1), p + 1);
    const half = (key: keyof LayerCell): number => neighbours.reduce((sum, cell) => sum + cell[key] / 2, 0);
    const last = p === layers.length;
    return {
      betweenColumns: half('eastWest'),
      betweenRows: half('northSouth'),
      toNext: last ? 0 : cells[p].vertical,
      toAmbient: last ? area / convection.resistanceKPerW : 0,
      capacity: half('capacity') + (last ? area * convection.capacityJPerK : 0),
    };
  });
}

/**
 * HotSpot 7.0, temperature_grid.c: a plane is a whole layer seen from its face away from the sink; the sink's own
 * resistance is in series with the convection; and the lateral resistances of the two directions are exchanged, which
 * shows on cells that are not square.
 */
function hotspotPlanes({ layers, convection }: ThermalStack, die: Floorplan, grid: Grid): Plane[] {
  const widthM = die.widthM / grid.columns;
  const heightM = die.heightM / grid.rows;
  const area = (widthM * heightM) / convection.areaM2;
  return layers.map((layer, p) => {
    const cell = layerCell(layer, widthM, heightM);
    const last = p === layers.length - 1;
    return {
      betweenColumns: cell.northSouth,
      betweenRows: cell.eastWest,
      toNext: last ? 0 : cell.vertical,
      toAmbient: last ? 1 / (1 / cell.vertical + convection.resistanceKPerW / area) : 0,
      capacity: HOTSPOT_CAPACITY_FACTOR * (cell.capacity + (last ? area * convection.capacityJPerK : 0)),
    };
  });
}

/** Spreader and sink reach the rim from their plane (HotSpot), or half from either face. */
function linksToCells(sides: readonly RimSide[], layers: number, firstRim: number, compat: Compat): RimLink[] {
  return sides.flatMap((side, s) => {
    const spreader = { plane: layers - 2, side: s, node: firstRim + s, conductance: side.spreaderToCell };
    const sink = { plane: layers - 1, side: s, node: firstRim + 4 + s, conductance: side.sinkToCell };
    if (compat === 'hotspot') return [spreader, sink];
    return [spreader, sink].flatMap((link) => [
      { ...link, conductance: link.conductance / 2 },
      { ...link, conductance: link.conductance / 2, plane: link.plane + 1 },
    ]);
  });
}

function addPlane(edges: EdgeList, { rows, columns }: Grid, plane: Plane, first: number): void {
  const cells = rows * columns;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const node = first + row * columns + column;
      if (column + 1 < columns) addConductance(edges, node, node + 1, plane.betweenColumns);
      if (row + 1 < rows) addConductance(edges, node, node + columns, plane.betweenRows);
      if (plane.toNext > 0) addConductance(edges, node, node + cells, plane.toNext);
    }
  }
}

/** `node` is the spreader's node of this side; the inner and outer sink's follow at steps of 4. */
function addRimSide(
  edges: EdgeList,
  toAmbient: Float64Array,
  capacity: Float64Array,
  side: RimSide,
  node: number,
): void {
  addConductance(edges, node, node + 4, side.spreaderToSink);
  addConductance(edges, node + 4, node + 8, side.innerToOuterSink);
  toAmbient[node + 4] = side.innerToAmbient;
  toAmbient[node + 8] = side.outerToAmbient;
  capacity[node] = side.spreaderCapacity;
  capacity[node + 4] = side.innerCapacity;
  capacity[node + 8] = side.outerCapacity;
}

function checkInput({ layers, convection, ambientK }: ThermalStack, { rows, columns }: Grid): void {
  const positive = (what: string, value: number): void => {
    if (!(value > 0 && Number.isFinite(value))) fail('out-of-range', `${what} must be above 0, not ${value}`);
  };
  if (!(Number.isInteger(rows) && Number.isInteger(columns) && rows > 0 && columns > 0)) {
    fail('out-of-range', `a grid of ${rows} x ${columns} cells`, { expected: 'whole numbers from 1' });
  }
  if (layers.length === 0) fail('out-of-range', 'the stack has no layer');
  for (const layer of layers) {
    positive(`the thickness of ${layer.name}`, layer.thicknessM);
    positive(`the conductivity of ${layer.name}`, layer.conductivityWPerMK);
    positive(`the heat capacity of ${layer.name}`, layer.heatCapacityJPerM3K);
  }
  positive('the convection resistance', convection.resistanceKPerW);
  positive('the area of the convection', convection.areaM2);
  positive('the ambient temperature', ambientK);
  if (!(convection.capacityJPerK >= 0)) fail('out-of-range', 'the convection capacity must not be negative');
}
