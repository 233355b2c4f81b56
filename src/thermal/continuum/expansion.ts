import { dot } from '../../numeric/panels.ts';
import type { Assembly } from './bodies.ts';
import type { Continuum } from './response.ts';

/** Where a reduced model is exact, 1/s, and to which combinations of the sources. */
export interface Expansion {
  readonly shift: number;
  /** Inputs (sources, ambient) x count. */
  readonly combination: Float64Array;
}

/** The fastest shift over 1 / shortest interval. */
const FASTEST = 4;

/**
 * Neighbouring shifts are no further apart; 12 leaves 0.5 % of a self-response between them. With many sources each shift costs as
 * much as all of a small model, so that they are as far apart as 1 % allows.
 */
const RATIO = 12;
const RATIO_OF_MANY = 25;

/**
 * The fastest two shifts are no further apart. Nothing follows them, so that as far apart as the others they would leave 2.7 % of a
 * self-response at twice the shortest interval (4.7 % with many sources); this leaves 1.4 %.
 */
const LAST_RATIO = 6;

/** More sources than this are many. */
export const MANY_SOURCES = 100;

/** 0, then from four times the slowest rate to four times the reciprocal of the shortest interval. */
export function expansionShifts({ bodies }: Assembly, shortestS: number, sources: number): number[] {
  const ratio = sources > MANY_SOURCES ? RATIO_OF_MANY : RATIO;
  let capacity = 0;
  let conductance = 0;
  for (const body of bodies) {
    const area = body.widthM * body.heightM;
    for (const { thicknessM, heatCapacityJPerM3K } of body.layers) capacity += area * thicknessM * heatCapacityJPerM3K;
    for (const end of body.cooling) {
      capacity += area * end.capacity;
      conductance += area * end.conductance;
    }
  }
  const slow = (4 * conductance) / capacity;
  const fast = Math.max(FASTEST / shortestS, slow * ratio);
  const next = fast / LAST_RATIO;
  const steps = Math.ceil(Math.log(next / slow) / Math.log(ratio));
  return [0, ...Array.from({ length: steps + 1 }, (_, i) => slow * (next / slow) ** (i / steps)), fast];
}

/** Orders of moments that are told apart, beyond the die over the distance that heat goes in 1 / shift. */
const ORDERS = 1;
const ORDERS_A_LENGTH = 2;

/**
 * At a slow shift heat has gone far beyond the die, where only the lowest moments of the powers are felt; what else sources do is
 * in their steady responses. So there the basis gets the responses to some polynomials over the die in place of all sources. Through
 * a stack of dies, distances count as the root of the time that heat takes.
 */
export function expansions(continuum: Continuum, shifts: readonly number[]): Expansion[] {
  const { assembly, sources, rectangles } = continuum;
  const { bodies, die, layers } = assembly;
  const { widthM, heightM } = bodies[die];
  const m = sources.length;
  const identity = eachSource(m);
  const depths = depthsOf(layers, sources);
  const deepest = Math.max(...depths);
  const places = sources.map(({ rectangle }, u) => {
    const { x0, x1, y0, y1 } = rectangles[rectangle];
    return [(x0 + x1) / widthM, (y0 + y1) / heightM, deepest > 0 ? depths[u] / deepest : 0] as const;
  });
  return shifts.map((shift) => {
    if (shift === 0) return { shift, combination: identity };
    const orderOf = (lengths: number): number => Math.ceil(ORDERS + ORDERS_A_LENGTH * lengths);
    const order = orderOf(lengthsAt(continuum, shift));
    const ofDepth = deepest > 0 ? orderOf(deepest * Math.sqrt(shift)) : 0;
    // So many polynomials leave out no combination that they could tell apart.
    if ((order * order * (ofDepth + 1)) / 4 > m) return { shift, combination: identity };
    const columns = moments(places, order, ofDepth, m);
    return { shift, combination: columns.length < m ? withAmbient(columns, m) : identity };
  });
}

/** How many times as far as heat goes within 1 / shift the die is long. */
export function lengthsAt({ assembly }: Pick<Continuum, 'assembly'>, shift: number): number {
  const { bodies, die, layers } = assembly;
  const diffusivity = Math.max(...layers.map((l) => l.conductivityWPerMK / l.heatCapacityJPerM3K));
  return Math.max(bodies[die].widthM, bodies[die].heightM) / Math.sqrt(diffusivity / shift);
}

/** By source, how deep it lies: sum of thickness over the root of diffusivity, the root of a time. */
function depthsOf(layers: Continuum['assembly']['layers'], sources: Continuum['sources']): number[] {
  const toFace = [0];
  for (const { thicknessM, conductivityWPerMK, heatCapacityJPerM3K } of layers) {
    toFace.push(toFace[toFace.length - 1] + thicknessM * Math.sqrt(heatCapacityJPerM3K / conductivityWPerMK));
  }
  const first = Math.min(...sources.map(({ face }) => face));
  return sources.map(({ face }) => toFace[face] - toFace[first]);
}

/** Every source by itself. */
export function eachSource(m: number): Float64Array {
  const combination = new Float64Array((m + 1) * m);
  for (let u = 0; u < m; u++) combination[u * (m + 1)] = 1;
  return combination;
}

/** Columns over the sources as a matrix, and the ambient by itself, which decides how all cool down. */
function withAmbient(columns: readonly Float64Array[], m: number): Float64Array {
  const count = columns.length + 1;
  const combination = new Float64Array((m + 1) * count);
  columns.forEach((column, v) => {
    for (let u = 0; u < m; u++) combination[u * count + v] = column[u];
  });
  combination[m * count + count - 1] = 1;
  return combination;
}

/** Orthonormal combinations of the sources by polynomials of their places up to an order along the die and one through it. */
function moments(
  places: readonly (readonly [number, number, number])[],
  order: number,
  ofDepth: number,
  m: number,
): Float64Array[] {
  const columns: Float64Array[] = [];
  for (let total = 0; total <= order + ofDepth && columns.length < m; total++) {
    for (let depth = Math.max(0, total - order); depth <= Math.min(total, ofDepth); depth++) {
      const lateral = total - depth;
      for (let power = 0; power <= lateral && columns.length < m; power++) {
        const column = Float64Array.from(places, ([x, y, z]) => x ** (lateral - power) * y ** power * z ** depth);
        const length = Math.sqrt(dot(column, column));
        for (let pass = 0; pass < 2; pass++) {
          for (const other of columns) {
            const part = dot(column, other);
            for (let u = 0; u < m; u++) column[u] -= part * other[u];
          }
        }
        const left = Math.sqrt(dot(column, column));
        if (left > 1e-6 * length) columns.push(column.map((value) => value / left));
      }
    }
  }
  return columns;
}
