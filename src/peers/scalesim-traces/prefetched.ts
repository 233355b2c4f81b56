import { sramWords } from '../scalesim-engine/simulate.ts';
import type { Stream } from '../scalesim-engine/streams.ts';
import type { TraceLines } from './lines.ts';
import { NONE, realAddresses } from './lines.ts';
import type { LayerRecording } from './recording.ts';

/** Consecutive rows of `width` cells. */
export interface Rows {
  readonly cells: Int32Array;
  readonly width: number;
}

/**
 * The fetches of a read buffer of USER mode. Each prefetch follows the previous fetch at once, however much later the
 * words are needed. SCALE-Sim starts all prefetches but the first at the same row, so that they bring the same words.
 */
export interface Prefetching {
  readonly initial: Rows;
  readonly first: Rows;
  readonly later: Rows;
  /** Number of prefetches. */
  readonly count: number;
}

/** The fetches of a read buffer of USER mode, `bandwidth` words per cycle. */
export function prefetchingOf(
  { config, schedule, report }: LayerRecording,
  operand: 'ifmap' | 'filter',
  bandwidth: number,
): Prefetching {
  const stream = schedule[operand];
  const bufferWords = sramWords(config, operand);
  const active = Math.ceil(bufferWords / 2);
  const rows = Math.ceil(orderedCells(stream) / bandwidth);
  const initial = Math.min(Math.ceil(active / bandwidth), rows);
  const each = Math.ceil((bufferWords - active) / bandwidth);
  const count = (report.dram[operand].words / bandwidth - initial) / each;
  const matrix = new FetchMatrix(stream, bandwidth, rows, count === 0 ? initial : initial + 1 + each);
  const cutAt = active % bandwidth;
  const isCut = (taken: number): boolean => taken * bandwidth > active;
  const startAfter = (taken: number): number => (isCut(taken) ? taken : taken + 1) % rows;
  const take = (start: number, taken: number, skipped: number): Rows =>
    matrix.take(start, taken, skipped, isCut(taken) ? cutAt : bandwidth);
  const none = { cells: new Int32Array(0), width: bandwidth };
  const skipped = isCut(initial) ? cutAt : 0;
  return {
    initial: take(0, initial, 0),
    first: count > 0 ? take(startAfter(initial), each, skipped) : none,
    later: count > 1 ? take(startAfter(each), each, skipped) : none,
    count,
  };
}

/** The operand in the order of fetching, as rows. Cells that a fetch blanks stay blank, unless the fetch wraps around the end. */
class FetchMatrix {
  private readonly cells: Int32Array;
  private readonly width: number;
  private readonly rows: number;

  /** `rows` rows in total, of which only the first `needed` are read. */
  constructor(stream: Stream, width: number, rows: number, needed: number) {
    this.width = width;
    this.rows = rows;
    this.cells = orderedAddresses(stream, Math.min(rows, needed) * width);
  }

  /** Takes `count` rows from `start` on. It blanks the first `skipped` cells, and those of the last row from `cut` on. */
  take(start: number, count: number, skipped: number, cut: number): Rows {
    const { cells, width, rows } = this;
    const taken = new Int32Array(count * width);
    for (let i = 0; i < count; i++) {
      const from = ((start + i) % rows) * width;
      taken.set(cells.subarray(from, from + width), i * width);
    }
    taken.fill(NONE, 0, skipped);
    taken.fill(NONE, (count - 1) * width + cut);
    if (start + count <= rows) cells.set(taken, start * width);
    return { cells: taken, width };
  }
}

/** Number of cells of an operand in the order of fetching: all folds stacked, including unused ports and holes. */
function orderedCells({ matrix, ports }: Stream): number {
  return Math.ceil(matrix.spatial.length / ports) * matrix.temporal.length * ports;
}

/** The first cells of an operand in the order of fetching, NONE beyond its end; see `eachFetched`. */
function orderedAddresses({ matrix, ports, kind }: Stream, count: number): Int32Array {
  const { spatial, temporal } = matrix;
  const real = realAddresses(matrix);
  const length = temporal.length;
  const rows = Math.ceil(spatial.length / ports) * length;
  const cells = new Int32Array(count).fill(NONE);
  const addressAt = (row: number, column: number): number => {
    const s = Math.floor(row / length) * ports + column;
    if (s >= spatial.length) return NONE;
    const address = spatial[s] + temporal[row % length];
    return real === null ? address : real[address];
  };
  let at = 0;
  if (kind === 'held') {
    for (let row = 0; row < rows && at < count; row++) {
      for (let column = 0; column < ports && at < count; column++) cells[at++] = addressAt(row, column);
    }
    return cells;
  }
  for (let d = 0; d < rows + ports - 1 && at < count; d++) {
    const last = Math.max(0, d - ports + 1);
    for (let row = Math.min(d, rows - 1); row >= last && at < count; row--) cells[at++] = addressAt(row, d - row);
  }
  return cells;
}

/** Visits the fetches with their rows, the number of rows, and the cycle in which the first row arrives. */
export function fetchesInTime(
  { initial, first, later, count }: Prefetching,
  visit: (rows: Rows, taken: number, cycle: number) => void,
): void {
  const before = initial.cells.length / initial.width;
  visit(initial, before, -before);
  const taken = first.cells.length / first.width;
  // One cycle passes between two fetches.
  for (let i = 0; i < count; i++) visit(i === 0 ? first : later, taken, i * (taken + 1) + 1);
}

/** Sends the DRAM trace of a read buffer of USER mode. */
export function sendPrefetchedTrace(prefetching: Prefetching, trace: TraceLines): void {
  fetchesInTime(prefetching, ({ cells, width }, taken, cycle) => {
    for (let row = 0; row < taken; row++) {
      trace.line(cycle + row, cells.subarray(row * width, (row + 1) * width), 0, width, width);
    }
  });
}
