import type { DieSize } from '../floorplan/floorplan.ts';
import type { ThermalStack } from '../network/stack.ts';
import { type Axis, axisOf, integralsOf, overlapsOf, pointsOf, type Range } from './axis.ts';
import { type Element, elementsOf, type Sought } from './elements.ts';

/** A plane of nodes: a rectangle of the points of both axes, row 0 north. */
export interface NodePlane {
  readonly x: Range;
  readonly y: Range;
  /** Node of its first point; the others follow row by row. */
  readonly first: number;
}

/** The nodes of a stack: Gauss-Lobatto points of elements along the sides and through the layers. */
export interface Frame {
  readonly die: DieSize;
  readonly x: Axis;
  readonly y: Axis;
  /** By layer, the elements it has along the sides. */
  readonly extents: readonly { readonly x: Range; readonly y: Range }[];
  readonly elements: readonly Element[];
  readonly planes: readonly NodePlane[];
  /** By element, its first plane; its last one is the first of the next. */
  readonly firstPlane: readonly number[];
  /** By face of the layers, from layer 0's outer face on: its plane. */
  readonly facePlane: readonly number[];
  readonly nodes: number;
}

/** Settings of the elements along the sides and through the layers. */
export interface FrameOptions extends Sought {
  /** Edges that elements end at, m from the die's west and north side. */
  readonly edgesX: readonly number[];
  readonly edgesY: readonly number[];
  /** Elements along a side of the die, at least. */
  readonly elements: number;
}

/** Elements beside an edge of a block: so many to the smallest block. */
const NARROW = 8;

export function frameOf(stack: ThermalStack, die: DieSize, options: FrameOptions): Frame {
  const sides = sidesOf(stack, die);
  const widths = sides.map(({ widthM }) => widthM);
  const heights = sides.map(({ heightM }) => heightM);
  const narrowM = options.smallestM / NARROW;
  const x = axisOf(die.widthM, { ...options, edgesM: options.edgesX, narrowM }, widths);
  const y = axisOf(die.heightM, { ...options, edgesM: options.edgesY, narrowM }, heights);
  const extents = sides.map((_, l) => ({ x: x.bodies[l], y: y.bodies[l] }));
  const elements = elementsOf(stack.layers, options);
  const planes: NodePlane[] = [];
  const firstPlane: number[] = [];
  const facePlane: number[] = [];
  let nodes = 0;
  const add = (extent: { readonly x: Range; readonly y: Range }): void => {
    const plane = { x: pointsOf(x, extent.x), y: pointsOf(y, extent.y), first: nodes };
    planes.push(plane);
    nodes += countOf(plane.x) * countOf(plane.y);
  };
  elements.forEach(({ layer, degree }, e) => {
    const before = elements[e - 1]?.layer ?? layer;
    // The wider of two layers has the face between them; they may be equally wide in one direction.
    add(elementCount(extents[before]) > elementCount(extents[layer]) ? extents[before] : extents[layer]);
    firstPlane.push(planes.length - 1);
    if (e === 0 || before !== layer) facePlane.push(planes.length - 1);
    for (let inner = 1; inner < degree; inner++) add(extents[layer]);
  });
  add(extents[extents.length - 1]);
  facePlane.push(planes.length - 1);
  return { die, x, y, extents, elements, planes, firstPlane, facePlane, nodes };
}

function elementCount({ x, y }: Frame['extents'][number]): number {
  return countOf(x) * countOf(y);
}

export function countOf([from, to]: Range): number {
  return to - from;
}

/** The sides of each layer, m. */
function sidesOf({ layers, overhang, secondary }: ThermalStack, die: DieSize): DieSize[] {
  const square = (sideM: number): DieSize => ({ widthM: sideM, heightM: sideM });
  const sides = layers.map(() => die);
  if (overhang) {
    sides[layers.length - 2] = square(overhang.spreaderSideM);
    sides[layers.length - 1] = square(overhang.sinkSideM);
  }
  if (secondary) {
    sides[0] = square(secondary.boardSideM);
    sides[1] = square(secondary.solderSideM);
    sides[2] = square(secondary.substrateSideM);
  }
  return sides;
}

/** A rectangle of the die, m from its west and south side. */
export interface Rectangle {
  readonly leftM: number;
  readonly bottomM: number;
  readonly widthM: number;
  readonly heightM: number;
}

/** The node of a plane at a point of both axes. */
export function nodeAt({ planes }: Frame, plane: number, row: number, column: number): number {
  const { x, y, first } = planes[plane];
  return first + (row - y[0]) * countOf(x) + column - x[0];
}

/** The nodes of a plane whose temperatures make up the integral over a rectangle of the die, with their weights, m^2. */
export function coveredNodes(frame: Frame, plane: number, one: Rectangle): [number, number][] {
  const { die, x, y } = frame;
  const top = die.heightM - one.bottomM - one.heightM;
  const columns = integralsOf(x, one.leftM, one.leftM + one.widthM);
  return products(frame, plane, integralsOf(y, top, top + one.heightM), columns);
}

/** The nodes of a plane at some points of both axes, with the products of their weights. */
export function products(
  frame: Frame,
  plane: number,
  rows: readonly (readonly [point: number, weight: number])[],
  columns: readonly (readonly [point: number, weight: number])[],
): [number, number][] {
  return rows.flatMap(([row, height]) =>
    columns.map(([column, width]): [number, number] => [nodeAt(frame, plane, row, column), width * height]),
  );
}

/** The elements of the die under a rectangle, row by row from the north, with the part of each that it covers. */
export function coveredElements({ die, x, y }: Frame, one: Rectangle): [number, number][] {
  const top = die.heightM - one.bottomM - one.heightM;
  const columns = overlapsOf(x, one.leftM, one.leftM + one.widthM);
  return overlapsOf(y, top, top + one.heightM).flatMap(([row, height]) =>
    columns.map(([column, width]): [number, number] => {
      const wholeM2 = (x.lines[column + 1] - x.lines[column]) * (y.lines[row + 1] - y.lines[row]);
      return [(row - y.die[0]) * countOf(x.die) + column - x.die[0], (width * height) / wholeM2];
    }),
  );
}
