import type { Trace } from '../../cosim/index.ts';
import { type CodedColumn, codeColumn, codeTimes } from './numbers-coded.ts';
import type { PlaceOfInterest, SegmentData, SpreadColumn } from './report-data.ts';

/** A stretch of epochs, drawn as groups of `each`. */
export interface Segment {
  readonly name: string;
  readonly firstEpoch: number;
  readonly epochs: number;
  readonly each: number;
}

type Times = Pick<Trace, 'epochs' | 'timeS' | 'durationS'>;

/** Values of a column that a page may hold for the whole run, and for all of its windows. */
export const MOST_VALUES = 24_000;
const MOST_IN_WINDOWS = 8_000;

/**
 * The whole run, and windows around the places of interest if the run has more epochs than the page may hold. The windows share their
 * room evenly; windows that meet are joined.
 */
export function segmentsOf(trace: Times, places: readonly PlaceOfInterest[]): readonly Segment[] {
  const { epochs } = trace;
  const each = Math.max(1, Math.ceil(epochs / MOST_VALUES));
  const whole: Segment = { name: 'the whole run', firstEpoch: 0, epochs, each };
  if (each === 1) return [whole];
  const room = Math.floor(MOST_IN_WINDOWS / Math.max(1, places.length));
  const windows = places.map((place) => windowAround(trace, place, room));
  windows.sort((a, b) => a.firstEpoch - b.firstEpoch);
  return [whole, ...joined(windows)];
}

function windowAround(trace: Times, { name, fromS, toS }: PlaceOfInterest, room: number): Segment {
  const { epochs } = trace;
  const middle = Math.floor((epochAt(trace, fromS) + epochAt(trace, toS)) / 2);
  const size = Math.min(room, epochs);
  const firstEpoch = Math.max(0, Math.min(epochs - size, middle - Math.floor(size / 2)));
  return { name, firstEpoch, epochs: size, each: 1 };
}

function joined(windows: readonly Segment[]): Segment[] {
  const all: Segment[] = [];
  for (const window of windows) {
    const last = all.at(-1);
    if (!last || window.firstEpoch > last.firstEpoch + last.epochs) all.push(window);
    else {
      const end = Math.max(last.firstEpoch + last.epochs, window.firstEpoch + window.epochs);
      all[all.length - 1] = { ...last, name: `${last.name}, ${window.name}`, epochs: end - last.firstEpoch };
    }
  }
  return all;
}

/** The epoch that holds this time. */
function epochAt({ timeS, epochs }: Times, time: number): number {
  let [low, high] = [0, Math.max(0, epochs - 1)];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timeS[middle] < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function countOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, { epochs, each }) => sum + Math.ceil(epochs / each), 0);
}

export function segmentData(segment: Segment, { timeS, durationS }: Times, ticksPerS: number): SegmentData {
  const { firstEpoch, epochs, each } = segment;
  const edges = new Float64Array(Math.ceil(epochs / each) + (epochs > 0 ? 1 : 0));
  for (let i = 0; i < edges.length; i++) {
    const epoch = Math.min(firstEpoch + i * each, firstEpoch + epochs);
    edges[i] = epoch === 0 ? timeS[0] - durationS[0] : timeS[epoch - 1];
  }
  return { ...segment, edges: codeTimes(edges, ticksPerS) };
}

/** The column over all segments: `reduce` makes one number of a group of epochs; single epochs keep their value. */
export function grouped(
  segments: readonly Segment[],
  column: Float64Array | Int32Array,
  reduce: (fromEpoch: number, toEpoch: number) => number,
): Float64Array {
  const values = new Float64Array(countOf(segments));
  let at = 0;
  for (const { firstEpoch, epochs, each } of segments) {
    const end = firstEpoch + epochs;
    if (each === 1) {
      values.set(column.subarray(firstEpoch, end), at);
      at += epochs;
      continue;
    }
    for (let from = firstEpoch; from < end; from += each) {
      const to = Math.min(from + each, end);
      values[at++] = to - from === 1 ? column[from] : reduce(from, to);
    }
  }
  return values;
}

export function meansOf(segments: readonly Segment[], column: Float64Array, durationS: Float64Array): Float64Array {
  return grouped(segments, column, (from, to) => {
    let [sum, time] = [0, 0];
    for (let epoch = from; epoch < to; epoch++) {
      sum += column[epoch] * durationS[epoch];
      time += durationS[epoch];
    }
    return time > 0 ? sum / time : column[from];
  });
}

export function minimaOf(segments: readonly Segment[], column: Float64Array): Float64Array {
  return grouped(segments, column, (from, to) => {
    let least = column[from];
    for (let epoch = from + 1; epoch < to; epoch++) if (column[epoch] < least) least = column[epoch];
    return least;
  });
}

export function maximaOf(segments: readonly Segment[], column: Float64Array): Float64Array {
  return grouped(segments, column, (from, to) => {
    let most = column[from];
    for (let epoch = from + 1; epoch < to; epoch++) if (column[epoch] > most) most = column[epoch];
    return most;
  });
}

/** Time means over the segments, with extremes where groups or several columns make them differ. */
export function spreadColumn(
  segments: readonly Segment[],
  { mean, low, high }: { readonly mean: Float64Array; readonly low: Float64Array; readonly high: Float64Array },
  durationS: Float64Array,
): SpreadColumn {
  const means = meansOf(segments, mean, durationS);
  const [lows, highs] = [minimaOf(segments, low), maximaOf(segments, high)];
  return { mean: codeColumn(means), low: unlike(lows, means), high: unlike(highs, means) };
}

/** The column, or null if it equals the other. */
export function unlike(column: Float64Array, other: Float64Array): CodedColumn | null {
  for (let i = 0; i < column.length; i++) if (column[i] !== other[i]) return codeColumn(column);
  return null;
}
