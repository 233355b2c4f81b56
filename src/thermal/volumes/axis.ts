/** Cells along one direction of a stack of concentric bodies. Places are in m from the die's west or north side. */
export interface Axis {
  /** Ends of the cells, ascending. */
  readonly lines: Float64Array;
  /** The first cell over the die, and the one after its last. */
  readonly die: Range;
  /** The same for each body that was asked for. */
  readonly bodies: readonly Range[];
}

export type Range = readonly [from: number, to: number];

/** How finely a side is divided. */
export interface AxisOptions {
  /** Edges of blocks that lines follow, m. */
  readonly edgesM: readonly number[];
  /** Cells along the die's side, at least. */
  readonly cells: number;
  /** How far heat spreads below a jump of the power, m: cells beside an edge are as narrow, if there are few edges. */
  readonly spreadM: number;
}

/** Cells beyond the die grow by a factor of 1 + this over the cells of the die's side, so that all lines are refined together. */
const GROWTH = 10;
/** Cells over the die grow by this part of their distance from an edge. */
const SLOPE = 0.35;
/** Edges that are closer than this part of a cell share a line; blocks then cover a part of a cell. */
const SAME_LINE = 0.1;
/** With more stretches between edges, cells are even within each. */
const FEW_STRETCHES = 7;
/** Sides that differ by less than this part are the same. */
const SAME_SIDE = 1e-6;

/**
 * Lines at the given edges of blocks, closer beside them and growing beyond the die to the sides of wider bodies. With many edges,
 * those that are close share a line.
 */
export function axisOf(dieM: number, options: AxisOptions, sidesM: readonly number[]): Axis {
  const over = dieLines(dieM, options);
  const reaches = sidesM.map((sideM) => (sideM > dieM * (1 + SAME_SIDE) ? (sideM - dieM) / 2 : 0));
  const beyond = overhangLines(over[1] - over[0], 1 + GROWTH / options.cells, reaches);
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
  return { lines, die, bodies };
}

function dieLines(dieM: number, { edgesM, cells, spreadM }: AxisOptions): number[] {
  const target = dieM / cells;
  const sorted = [...edgesM].sort((a, b) => a - b);
  for (let same = SAME_LINE; ; same *= 2) {
    const ends = [0];
    for (const edge of sorted) {
      if (edge - ends[ends.length - 1] > same * target && dieM - edge > same * target) ends.push(edge);
    }
    ends.push(dieM);
    const few = ends.length - 1 <= FEW_STRETCHES;
    const lines = ends.slice(0, -1).flatMap((from, i) => {
      const isFine = [few && i > 0, few && i + 2 < ends.length] as const;
      return stretchLines(from, ends[i + 1], isFine, target, few ? (spreadM * 24) / cells : target);
    });
    if (few || lines.length <= 1.5 * cells) return [...lines, dieM];
  }
}

/** Points at which widths of cells are looked at. */
const LOOKS = 256;

/** Lines from one edge up to another, without the last: cells are `narrowM` wide beside those edges that are fine. */
function stretchLines(
  fromM: number,
  toM: number,
  isFine: readonly [boolean, boolean],
  targetM: number,
  narrowM: number,
): number[] {
  const first = Math.min(narrowM, (toM - fromM) / (isFine[0] && isFine[1] ? 6 : 1));
  const passed = new Float64Array(LOOKS + 1);
  const step = (toM - fromM) / LOOKS;
  for (let i = 0; i < LOOKS; i++) {
    const at = (i + 0.5) * step;
    const distances = [
      isFine[0] ? at : Number.POSITIVE_INFINITY,
      isFine[1] ? toM - fromM - at : Number.POSITIVE_INFINITY,
    ];
    passed[i + 1] = passed[i] + step / Math.min(targetM, first + SLOPE * Math.min(...distances));
  }
  const count = Math.max(1, Math.ceil(passed[LOOKS] - 1e-6));
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
function overhangLines(firstM: number, growth: number, reaches: readonly number[]): number[] {
  const ends = [...new Set(reaches.filter((reach) => reach > 0))].sort((a, b) => a - b);
  const lines: number[] = [];
  let at = 0;
  let width = firstM;
  for (const end of ends) {
    const widths: number[] = [];
    for (let sum = 0, next = width * growth; sum < end - at; sum += next, next *= growth) widths.push(next);
    const scale = (end - at) / widths.reduce((sum, one) => sum + one, 0);
    widths.forEach((one, i) => {
      at = i === widths.length - 1 ? end : at + one * scale;
      lines.push(at);
    });
    width = Math.max(width, widths[widths.length - 1] * scale);
  }
  return lines;
}

/** The parts of a stretch that lie in cells of the die: [cell, length in m]. */
export function overlapsOf({ lines, die: [first, end] }: Axis, fromM: number, toM: number): [number, number][] {
  const found: [number, number][] = [];
  for (let i = first; i < end; i++) {
    const length = Math.min(toM, lines[i + 1]) - Math.max(fromM, lines[i]);
    if (length > 0) found.push([i, length]);
  }
  return found;
}
