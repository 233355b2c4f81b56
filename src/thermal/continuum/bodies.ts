import { fail } from '../../base/errors.ts';
import type { Convection, ThermalStack } from '../network/stack.ts';
import { ADIABATIC, type Cooling, type LadderLayer } from './ladder.ts';
import { cosineModes, elementModes, type LateralModes, lowestModes, overlapOf, overlapOfFewer } from './lateral.ts';
import { type PlaneOverlap, planeOverlap } from './overlap.ts';

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
}

/** Where two bodies meet, over the smaller one. */
export interface Interface {
  /** The modes of its fluxes are those of the body above (nearer to layer 0), or of that below. */
  readonly isUpperSmaller: boolean;
  readonly overlap: PlaneOverlap;
  readonly modes: number;
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

/** Sides that differ by less than this part are the same. */
const SAME_SIDE = 1e-6;

/** Errors: `not-supported` for layers with materials by site. */
export function assemblyOf(stack: ThermalStack, die: Extent, resolution: Resolution): Assembly {
  const layers = stack.layers.map(ladderLayer);
  const extents = extentsOf(stack, die);
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
  const bodies = plain.map((body, b): Body => {
    const x = b === dieIndex ? cosineModes(die.widthM, resolution.columns) : plateModes('widthM', b);
    const isSquare = die.widthM === die.heightM && resolution.columns === resolution.rows;
    const y = b !== dieIndex ? plateModes('heightM', b) : isSquare ? x : cosineModes(die.heightM, resolution.rows);
    return withModes(body, x, y);
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

  const interfaces = bodies.slice(1).map((below, i): Interface => {
    const above = bodies[i];
    const isUpperSmaller = above.widthM < below.widthM;
    const [small, large] = isUpperSmaller ? [above, below] : [below, above];
    const x = overlapOf(small.x, large.x);
    const isSquare = small.x === small.y && large.x === large.y;
    const overlap = planeOverlap(x, isSquare ? x : overlapOf(small.y, large.y));
    return { isUpperSmaller, overlap, modes: small.modes };
  });
  return { bodies, interfaces, die: dieIndex, layers, cooling };
}

/** An assembly with fewer of its modes; the elements stay. */
export function coarserAssembly(assembly: Assembly, { columns, rows, kept }: Resolution): Assembly {
  const { die } = assembly;
  const known = new Map<LateralModes, LateralModes>();
  const fewer = (modes: LateralModes, count: number): LateralModes => {
    const made = known.get(modes) ?? lowestModes(modes, count);
    known.set(modes, made);
    return made;
  };
  const bodies = assembly.bodies.map((body, b): Body => {
    const count = kept[Math.min(Math.abs(b - die), kept.length) - 1];
    return withModes(body, fewer(body.x, b === die ? columns : count), fewer(body.y, b === die ? rows : count));
  });
  const interfaces = assembly.interfaces.map(({ isUpperSmaller, overlap }, i): Interface => {
    const [small, large] = isUpperSmaller ? [bodies[i], bodies[i + 1]] : [bodies[i + 1], bodies[i]];
    const x = overlapOfFewer(overlap.x, small.x, large.x);
    const y = overlap.x === overlap.y ? x : overlapOfFewer(overlap.y, small.y, large.y);
    return { isUpperSmaller, overlap: planeOverlap(x, y), modes: small.modes };
  });
  return { ...assembly, bodies, interfaces };
}

function withModes<T extends object>(body: T, x: LateralModes, y: LateralModes) {
  const lambda = Float64Array.from({ length: x.count * y.count }, (_, i) => {
    return x.lambda[i % x.count] + y.lambda[Math.floor(i / x.count)];
  });
  return { ...body, x, y, modes: lambda.length, lambda };
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
