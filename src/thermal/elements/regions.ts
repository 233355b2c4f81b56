import { lobattoRule } from '../../numeric/quadrature.ts';
import type { ThermalStack } from '../network/stack.ts';
import type { Axis, Range } from './axis.ts';
import type { Frame } from './frame.ts';

/** Nodes with an area of each, m^2. */
export type AreaOfNodes = [node: number, areaM2: number][];

/** All nodes of a plane; one that several elements share comes with the part of each. */
export function surfaceNodes(frame: Frame, plane: number): AreaOfNodes {
  const found: AreaOfNodes = [];
  eachPoint(frame, plane, (node, areaM2) => void found.push([node, areaM2]));
  return found;
}

/**
 * The nodes that HotSpot's nodes of the package stand for: trapezia west, east, north and south of what the spreader carries, of the
 * sink under the spreader's rim, of the sink beyond it; then of substrate, solder, and of the board under the solder's rim and beyond.
 */
export function regionNodes(frame: Frame, { layers, overhang, secondary }: ThermalStack): AreaOfNodes[] {
  const last = layers.length - 1;
  const rings: Ring[] = [];
  if (overhang) rings.push(ring(last - 1), ring(last, last - 1), ring(last, last, last - 1));
  if (secondary) rings.push(ring(2), ring(1), ring(0, 1), ring(0, 0, 1));
  const regions = rings.map((): AreaOfNodes[] => [[], [], [], []]);
  const { x, y, extents } = frame;
  frame.planes.forEach((_, plane) => {
    const layer = layerOf(frame, plane);
    eachPoint(frame, plane, (node, areaM2, [row, column], place) => {
      const holds = (l: number): boolean => within(extents[l].x, column) && within(extents[l].y, row);
      if (within(x.die, column) && within(y.die, row)) return;
      // A face between two layers belongs to the second one, beyond that to the first.
      const owner = holds(layer) ? layer : layer - 1;
      const at = rings.findIndex((one) => {
        return one.layer === owner && holds(one.within) && (one.inside === null || !holds(one.inside));
      });
      if (at < 0) return;
      const sides = sidesOf(frame, rings[at], place);
      for (const side of sides) regions[at][side].push([node, areaM2 / sides.length]);
    });
  });
  return regions.flat();
}

/** A frame of a layer: what is within the extent of one layer, but not inside of that of another (or the die). */
interface Ring {
  readonly layer: number;
  readonly within: number;
  readonly inside: number | null;
}

function ring(layer: number, within = layer, inside: number | null = null): Ring {
  return { layer, within, inside };
}

/** Places that lie on the line between two trapezia, up to rounding, belong to both. */
const ON_LINE = 1e-9;

/** 0 west, 1 east, 2 north, 3 south: trapezia meet on the lines from the inner corners to the outer ones. */
function sidesOf({ x, y, extents }: Frame, { within: outer, inside }: Ring, [atX, atY]: Place): number[] {
  const beyond = ({ lines }: Axis, at: number, inner: Range, end: Range): readonly [number, boolean] => {
    const [low, high] = [lines[inner[0]], lines[inner[1]]];
    return [Math.max(low - at, at - high) / (lines[end[1]] - high), at < (low + high) / 2];
  };
  const [innerX, innerY] = inside === null ? [x.die, y.die] : [extents[inside].x, extents[inside].y];
  const [pastX, isWest] = beyond(x, atX, innerX, extents[outer].x);
  const [pastY, isNorth] = beyond(y, atY, innerY, extents[outer].y);
  const [ofX, ofY] = [isWest ? 0 : 1, isNorth ? 2 : 3];
  if (Math.abs(pastX - pastY) < ON_LINE) return [ofX, ofY];
  return pastX > pastY ? [ofX] : [ofY];
}

function layerOf({ facePlane }: Frame, plane: number): number {
  let layer = 0;
  while (layer + 2 < facePlane.length && facePlane[layer + 1] <= plane) layer++;
  return layer;
}

function within([from, to]: Range, element: number): boolean {
  return element >= from && element < to;
}

/** m from the die's west and north side. */
type Place = readonly [x: number, y: number];

/** The points of a plane, element by element, with the area that they have of it. */
export function eachPoint(
  { planes, x, y }: Frame,
  plane: number,
  visit: (node: number, areaM2: number, element: readonly [row: number, column: number], place: Place) => void,
): void {
  const { x: columns, y: rows, first } = planes[plane];
  const stride = columns[1] - columns[0];
  const [alongX, alongY] = [x, y].map(({ degree }) => lobattoRule(degree));
  for (let row = rows[0] / y.degree; row < (rows[1] - 1) / y.degree; row++) {
    const [north, height] = [y.lines[row], y.lines[row + 1] - y.lines[row]];
    for (let column = columns[0] / x.degree; column < (columns[1] - 1) / x.degree; column++) {
      const [west, width] = [x.lines[column], x.lines[column + 1] - x.lines[column]];
      alongY.points.forEach((atY, j) => {
        const from = first + (row * y.degree + j - rows[0]) * stride - columns[0] + column * x.degree;
        alongX.points.forEach((atX, i) => {
          const areaM2 = (alongX.weights[i] * alongY.weights[j] * width * height) / 4;
          const place = [west + ((1 + atX) / 2) * width, north + ((1 + atY) / 2) * height] as const;
          visit(from + i, areaM2, [row, column], place);
        });
      });
    }
  }
}
