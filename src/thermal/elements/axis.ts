import { gaussRule, lagrangeValues, lobattoRule } from '../../numeric/quadrature.ts';

/**
 * Elements along one direction of a stack of concentric bodies: temperatures are polynomials of `degree` over each, on Gauss-Lobatto
 * points. Neighbours share a point. Places are in m from the die's west or north side.
 */
export interface Axis {
  readonly degree: number;
  /** Ends of the elements, ascending. */
  readonly lines: Float64Array;
  /** The first element over the die, and the one after its last. */
  readonly die: Range;
  /** The same for each body that was asked for. */
  readonly bodies: readonly Range[];
}

export type Range = readonly [from: number, to: number];

/** How finely a side is divided. */
export interface AxisOptions {
  /** Edges of blocks that elements end at, m. */
  readonly edgesM: readonly number[];
  readonly degree: number;
  /** Elements along the die's side, at least. */
  readonly elements: number;
  /** Elements beside an edge of a block are as narrow, m, if the number of edges allows it. */
  readonly narrowM: number;
}

/** Elements over the die widen by this part of their distance from an edge; beyond the die each is so many times the one before. */
const SLOPE = 1.3;
const GROWTH = 6;
/** Edges that are closer than this part of an element share a line; blocks then cover a part of an element. */
const SAME_LINE = 0.02;
/** Elements are as narrow beside edges as leaves no more lines than this, if edges are so many: nodes grow with their square. */
const FINE_LINES = 24;
/** With many edges, more of them share a line until there are no more lines than this. */
const MOST_LINES = 40;
/** Sides that differ by less than this part are the same. */
const SAME_SIDE = 1e-6;

/**
 * Elements between the given edges of blocks, narrower beside them, and growing beyond the die to the sides of wider bodies. With more
 * edges they are less narrow; with many, those that are close share a line.
 */
export function axisOf(dieM: number, options: AxisOptions, sidesM: readonly number[]): Axis {
  const over = dieLines(dieM, options);
  const reaches = sidesM.map((sideM) => (alike(sideM, sidesM, dieM) - dieM) / 2);
  const beyond = overhangLines(over[1] - over[0], reaches);
  const n = beyond.length;
  const lines = Float64Array.of(
    ...[...beyond].reverse().map((reach) => -reach),
    ...over,
    ...beyond.map((reach) => dieM + reach),
  );
  const die: Range = [n, n + over.length - 1];
  const bodies = reaches.map((reach): Range => {
    const more = reach === 0 ? 0 : beyond.indexOf(reach) + 1;
    return [die[0] - more, die[1] + more];
  });
  return { degree: options.degree, lines, die, bodies };
}

/** The die's side, or the first of some, if that is the same. */
function alike(sideM: number, sidesM: readonly number[], dieM: number): number {
  return [dieM, ...sidesM].find((one) => Math.abs(sideM - one) <= SAME_SIDE * one) ?? sideM;
}

function dieLines(dieM: number, options: AxisOptions): number[] {
  const targetM = dieM / options.elements;
  const sorted = [...options.edgesM].sort((a, b) => a - b);
  for (let same = SAME_LINE; ; same *= 2) {
    const ends = [0];
    for (const edge of sorted) {
      if (edge - ends[ends.length - 1] > same * targetM && dieM - edge > same * targetM) ends.push(edge);
    }
    ends.push(dieM);
    const lines = linesBetween(ends, options.narrowM, targetM);
    if (lines.length <= MOST_LINES) return lines;
  }
}

/** Lines at some ends and between: as narrow beside them as wanted, or as their number allows. */
function linesBetween(ends: readonly number[], narrowestM: number, targetM: number): number[] {
  for (let narrowM = narrowestM; ; narrowM *= 2) {
    const lines = ends.slice(0, -1).flatMap((from, i) => {
      const isFine = [i > 0, i + 2 < ends.length] as const;
      return stretchLines(from, ends[i + 1], isFine, targetM, narrowM);
    });
    if (lines.length < FINE_LINES || narrowM >= targetM) return [...lines, ends[ends.length - 1]];
  }
}

/** Points at which widths of elements are looked at. */
const LOOKS = 256;
/** Elements may be wider by so much of one, rather than one more. */
const SPARED = 0.1;

/** Lines from one edge up to another, without the last: elements are `narrowM` wide beside those edges that are fine. */
function stretchLines(
  fromM: number,
  toM: number,
  isFine: readonly [boolean, boolean],
  targetM: number,
  narrowM: number,
): number[] {
  const passed = new Float64Array(LOOKS + 1);
  const step = (toM - fromM) / LOOKS;
  for (let i = 0; i < LOOKS; i++) {
    const at = (i + 0.5) * step;
    const distances = [
      isFine[0] ? at : Number.POSITIVE_INFINITY,
      isFine[1] ? toM - fromM - at : Number.POSITIVE_INFINITY,
    ];
    passed[i + 1] = passed[i] + step / Math.min(targetM, narrowM + SLOPE * Math.min(...distances));
  }
  const count = Math.max(1, Math.ceil(passed[LOOKS] - SPARED));
  const lines = [fromM];
  let i = 0;
  for (let line = 1; line < count; line++) {
    const sought = (passed[LOOKS] * line) / count;
    while (passed[i + 1] < sought) i++;
    lines.push(fromM + (i + (sought - passed[i]) / (passed[i + 1] - passed[i])) * step);
  }
  return lines;
}

/** Distances from the die, ascending, with one at each of `reaches` above 0. */
function overhangLines(firstM: number, reaches: readonly number[]): number[] {
  const ends = [...new Set(reaches.filter((reach) => reach > 0))].sort((a, b) => a - b);
  const lines: number[] = [];
  let at = 0;
  let width = firstM;
  for (const end of ends) {
    const widths: number[] = [];
    for (let sum = 0, next = width; sum < end - at; sum += next, next *= GROWTH) widths.push(next);
    const scale = (end - at) / widths.reduce((sum, one) => sum + one, 0);
    widths.forEach((one, i) => {
      at = i === widths.length - 1 ? end : at + one * scale;
      lines.push(at);
    });
    width = widths[widths.length - 1] * scale;
  }
  return lines;
}

/** The points of some elements: how many, and the first of them among all. */
export function pointsOf({ degree }: Axis, [from, to]: Range): Range {
  return [from * degree, to * degree + 1];
}

/** The parts of a stretch that lie in elements of the die: [element, length in m]. */
export function overlapsOf({ lines, die: [first, end] }: Axis, fromM: number, toM: number): [number, number][] {
  const found: [number, number][] = [];
  for (let i = first; i < end; i++) {
    const length = Math.min(toM, lines[i + 1]) - Math.max(fromM, lines[i]);
    if (length > 0) found.push([i, length]);
  }
  return found;
}

/** The integrals over a stretch of the die of the polynomials that are 1 at one point each: [point, length in m]. */
export function integralsOf(axis: Axis, fromM: number, toM: number): [number, number][] {
  const { lines, degree } = axis;
  const rule = gaussRule(Math.ceil((degree + 1) / 2));
  const values = lagrangeValues(lobattoRule(degree));
  const lengths = new Map<number, number>();
  const at = new Float64Array(degree + 1);
  for (const [element, lengthM] of overlapsOf(axis, fromM, toM)) {
    const [start, width] = [lines[element], lines[element + 1] - lines[element]];
    const middle = Math.max(fromM, start) + lengthM / 2 - start;
    rule.points.forEach((point, q) => {
      values((2 * (middle + (point * lengthM) / 2)) / width - 1, at);
      at.forEach((value, i) => {
        const place = element * degree + i;
        lengths.set(place, (lengths.get(place) ?? 0) + (value * rule.weights[q] * lengthM) / 2);
      });
    });
  }
  return [...lengths];
}

/** The same for `count` even parts of the die, as shares of each. */
export function evenShares(axis: Axis, dieM: number, count: number): [number, number][][] {
  const partM = dieM / count;
  return Array.from({ length: count }, (_, i) =>
    integralsOf(axis, i * partM, (i + 1) * partM).map(([point, lengthM]): [number, number] => [point, lengthM / partM]),
  );
}
