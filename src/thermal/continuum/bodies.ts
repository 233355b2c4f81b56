import { fail } from '../../base/errors.ts';
import type { Convection, ThermalStack } from '../network/stack.ts';
import { ADIABATIC, type Cooling, type LadderLayer, type LadderPart } from './ladder.ts';
import {
  cosineModes,
  elementModes,
  type LateralModes,
  lowestModes,
  overlapOf,
  type PlaneOverlap,
  planeOverlap,
} from './lateral/index.ts';

/** Consecutive layers of one width and height. Bodies are concentric, their sides adiabatic. */
export interface Body {
  readonly widthM: number;
  readonly heightM: number;
  /** The first of its layers, of all; face f of the stack is the outer face of layer f. */
  readonly firstLayer: number;
  readonly layers: readonly LadderLayer[];
  readonly cooling: readonly [Cooling, Cooling];
  readonly x: LateralModes;
  readonly y: LateralModes;
  readonly modes: number;
  /** By mode, 1/m^2. */
  readonly lambda: Float64Array;
  readonly reach: Reach;
}

/**
 * Layers that the modes of a body see. Short waves are not told of the wider body beyond: to them all layers there end with
 * this body, because they decay before they come to an edge. The other modes see the body's own layers.
 */
export interface Reach {
  /** The first of these layers, of all. */
  readonly firstLayer: number;
  readonly layers: readonly LadderLayer[];
  readonly cooling: readonly [Cooling, Cooling];
  /** The body's own among them, and which modes see more; undefined if none do. */
  readonly part: LadderPart | undefined;
}

/** Where two bodies meet, over the smaller one. */
export interface Interface {
  /** The modes of its fluxes are modes of the body above (nearer to layer 0), or of that below. */
  readonly isUpperSmaller: boolean;
  /** The overlap of these modes with those of the larger body. */
  readonly overlap: PlaneOverlap;
  readonly modes: number;
  /** Their numbers in the smaller body. */
  readonly place: Int32Array;
}

/** A stack as bodies, from layer 0 on; interface i is between the bodies i and i + 1. */
export interface Assembly {
  readonly bodies: readonly Body[];
  readonly interfaces: readonly Interface[];
  /** The body as wide as the die, which holds all powered layers. */
  readonly die: number;
  /** All layers, and what cools the two outer faces. */
  readonly layers: readonly LadderLayer[];
  readonly cooling: readonly [Cooling, Cooling];
}

/** How finely the sides of bodies are resolved. */
export interface Resolution {
  /** Cosines along the die's sides that are coupled to the bodies around it. */
  readonly columns: number;
  readonly rows: number;
  /** Elements of degree 8 over the die's side, in bodies that are wider; and modes that are kept of these, by how far off they are. */
  readonly elements: number;
  readonly kept: readonly number[];
}

interface Extent {
  readonly widthM: number;
  readonly heightM: number;
}

/** Modes at the interface of a wider body with the next one, as a part of those of the die along a side. */
const MEETING = 5 / 6;

/** Sides that differ by less than this part are the same. */
const SAME_SIDE = 1e-6;

/** Errors: `not-supported` for layers with materials by site. */
export function assemblyOf(stack: ThermalStack, die: Extent, resolution: Resolution): Assembly {
  const layers = stack.layers.map(ladderLayer);
  // The tail counts the die's modes apart from its shorter waves by their exact lengths.
  const extents = extentsOf(stack, die).map((one) => (isSame(one, die) ? die : one));
  const starts = extents.flatMap((extent, i) => (i === 0 || !isSame(extent, extents[i - 1]) ? [i] : []));
  const cooling: [Cooling, Cooling] = [
    stack.secondary ? coolingOf(stack.secondary.convection) : ADIABATIC,
    coolingOf(stack.convection),
  ];
  const plain = starts.map((first, b) => {
    const end = starts[b + 1] ?? layers.length;
    const outer: [Cooling, Cooling] = [
      b === 0 ? cooling[0] : ADIABATIC,
      end === layers.length ? cooling[1] : ADIABATIC,
    ];
    return { ...extents[first], firstLayer: first, layers: layers.slice(first, end), cooling: outer };
  });
  const dieIndex = plain.findIndex((body) => isSame(body, die));
  const made = new Map<string, LateralModes>();
  const sides = plain.map((body, b) => {
    const x = b === dieIndex ? cosineModes(die.widthM, resolution.columns) : plateModes('widthM', b);
    const isSquare = die.widthM === die.heightM && resolution.columns === resolution.rows;
    const y = b !== dieIndex ? plateModes('heightM', b) : isSquare ? x : cosineModes(die.heightM, resolution.rows);
    return { ...body, x, y };
  });

  function plateModes(side: 'widthM' | 'heightM', b: number): LateralModes {
    const smaller = plain.map((body) => body[side] / 2).filter((half) => half < (plain[b][side] / 2) * (1 - SAME_SIDE));
    const breaks = breaksOf(die[side] / 2, smaller, plain[b][side] / 2, resolution.elements);
    const kept = resolution.kept[Math.min(Math.abs(b - dieIndex), resolution.kept.length) - 1];
    const key = `${kept} ${breaks.join(' ')}`;
    const modes = made.get(key) ?? elementModes(breaks, kept);
    made.set(key, modes);
    return modes;
  }

  const interfaces = sides.slice(1).map((below, i): Interface => {
    const above = sides[i];
    const isUpperSmaller = above.widthM < below.widthM;
    const [small, large] = isUpperSmaller ? [above, below] : [below, above];
    const isOutward = isUpperSmaller === i >= dieIndex && small !== sides[dieIndex];
    const [ofX, ofY] = isOutward ? meetingModes(small, resolution) : [small.x, small.y];
    const x = overlapOf(ofX, large.x);
    const isSquare = ofX === ofY && large.x === large.y;
    return interfaceOf(isUpperSmaller, small, planeOverlap(x, isSquare ? x : overlapOf(ofY, large.y)));
  });
  const stackOf = { layers, cooling, die: dieIndex };
  return { bodies: sides.map((_, b) => bodyOf(sides, b, interfaces, stackOf)), interfaces, ...stackOf };
}

type Sides = Pick<Body, 'x' | 'y'>;

/** The modes of a body that are told of the next wider one. */
function meetingModes({ x, y }: Sides, { columns, rows }: Resolution): [LateralModes, LateralModes] {
  const ofX = lowestModes(x, Math.ceil(MEETING * columns));
  return [ofX, x === y && columns === rows ? ofX : lowestModes(y, Math.ceil(MEETING * rows))];
}

function interfaceOf(isUpperSmaller: boolean, { x, y }: Sides, overlap: PlaneOverlap): Interface {
  const [ofX, ofY] = [overlap.x.smaller, overlap.y.smaller];
  const at = (all: LateralModes, some: LateralModes, i: number): number =>
    i < some.even ? i : all.even + i - some.even;
  const place = Int32Array.from({ length: ofX.count * ofY.count }, (_, mode) => {
    return at(y, ofY, Math.floor(mode / ofX.count)) * x.count + at(x, ofX, mode % ofX.count);
  });
  return { isUpperSmaller, overlap, modes: place.length, place };
}

/** A body with its modes, of which those that no interface tells of the next wider body see all layers beyond. */
function bodyOf(
  sides: readonly Omit<Body, 'modes' | 'lambda' | 'reach'>[],
  b: number,
  interfaces: readonly Interface[],
  { layers, cooling, die }: Pick<Assembly, 'layers' | 'cooling' | 'die'>,
): Body {
  const body = sides[b];
  const lambda = Float64Array.from({ length: body.x.count * body.y.count }, (_, i) => {
    return body.x.lambda[i % body.x.count] + body.y.lambda[Math.floor(i / body.x.count)];
  });
  const plain = { ...body, modes: lambda.length, lambda };
  const meeting = b > die ? interfaces[b] : b < die ? interfaces[b - 1] : undefined;
  if (!meeting || meeting.modes === lambda.length || meeting.isUpperSmaller !== b > die)
    return { ...plain, reach: { ...body, part: undefined } };
  const isWhole = new Uint8Array(lambda.length).fill(1);
  for (const mode of meeting.place) isWhole[mode] = 0;
  const [first, end] = b > die ? [0, body.layers.length] : [body.firstLayer, body.firstLayer + body.layers.length];
  const part = { first, end, isWhole };
  const reach: Reach =
    b > die
      ? {
          firstLayer: body.firstLayer,
          layers: layers.slice(body.firstLayer),
          cooling: [body.cooling[0], cooling[1]],
          part,
        }
      : { firstLayer: 0, layers: layers.slice(0, end), cooling: [cooling[0], body.cooling[1]], part };
  return { ...plain, reach };
}

function ladderLayer(layer: ThermalStack['layers'][number]): LadderLayer {
  if (layer.bySite) fail('not-supported', `${layer.name} has materials by cell`);
  const { thicknessM, conductivityWPerMK, heatCapacityJPerM3K, lateral = true } = layer;
  return { thicknessM, conductivityWPerMK, heatCapacityJPerM3K, lateral };
}

function coolingOf({ resistanceKPerW, capacityJPerK, areaM2 }: Convection): Cooling {
  return { conductance: 1 / (resistanceKPerW * areaM2), capacity: capacityJPerK / areaM2 };
}

/** Width and height of every layer. */
function extentsOf({ layers, overhang, secondary }: ThermalStack, die: Extent): Extent[] {
  const extents: Extent[] = layers.map(() => die);
  const square = (side: number): Extent => ({ widthM: side, heightM: side });
  if (overhang) {
    extents[layers.length - 2] = square(overhang.spreaderSideM);
    extents[layers.length - 1] = square(overhang.sinkSideM);
  }
  if (secondary) {
    [secondary.boardSideM, secondary.solderSideM, secondary.substrateSideM].forEach((side, i) => {
      extents[i] = square(side);
    });
  }
  return extents;
}

function isSame(a: Extent, b: Extent): boolean {
  const close = (x: number, y: number): boolean => Math.abs(x - y) <= SAME_SIDE * Math.max(x, y);
  return close(a.widthM, b.widthM) && close(a.heightM, b.heightM);
}

/** Elements beyond the die grow by this factor, as the field does that spreads there. */
const GROWTH = 3;

/**
 * From the middle to half of a side: even elements over the die, the last of them halved towards its edge, where fluxes end;
 * then elements that grow to the end, with breaks at the edges of the other smaller bodies.
 */
function breaksOf(dieHalf: number, smaller: readonly number[], half: number, elements: number): number[] {
  const inside = Math.max(2, Math.ceil(elements / 2));
  const width = dieHalf / inside;
  const edges = [...smaller.filter((edge) => edge > dieHalf * (1 + SAME_SIDE)), half].sort((a, b) => a - b);
  const breaks = Array.from({ length: inside + 1 }, (_, i) => i * width);
  breaks.splice(inside, 0, dieHalf - width / 2);
  let [from, step] = [dieHalf, width / 2];
  for (const edge of edges) {
    const length = edge - from;
    if (length <= SAME_SIDE * edge) continue;
    const pieces: number[] = [];
    for (let sum = 0; sum < length * (1 - 1e-9); step *= GROWTH) {
      pieces.push(step);
      sum += step;
    }
    const total = pieces.reduce((a, b) => a + b, 0);
    let place = from;
    for (const piece of pieces.slice(0, -1)) {
      place += (piece * length) / total;
      breaks.push(place);
    }
    breaks.push(edge);
    step = (pieces[pieces.length - 1] * length) / total;
    from = edge;
  }
  return breaks;
}
