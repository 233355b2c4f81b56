import { skewedRequests, usedColumns, usedRows } from '../scalesim-engine/schedule.ts';
import { type FoldResults, resultsBefore, resultsOf } from '../scalesim-engine/simulate.ts';
import type { Schedule, Stream } from '../scalesim-engine/streams.ts';
import { type LineSource, NONE, requestLines } from './lines.ts';

/** How much there is in the lines of a fold. */
export interface LineCounts {
  /** Turns to a fold. */
  fold(row: number, column: number): void;
  /** How much there is in its lines before line j. */
  before(j: number): number;
}

/** Words of a read operand: in closed form, or one by one where some requests are of holes. */
export function requestCounts(schedule: Schedule, stream: Stream): LineCounts {
  if (stream.matrix.holes !== null) return new EnumeratedCounts(requestLines(schedule, stream), schedule.lines);
  const { array } = schedule;
  let rows = 0;
  let columns = 0;
  return {
    fold(row, column) {
      rows = usedRows(schedule, row);
      columns = usedColumns(schedule, column);
    },
    before(j) {
      if (stream.kind === 'held') return columns * Math.max(0, Math.min(j, array.rows) - (array.rows - rows));
      return skewedRequests(j - stream.delay, stream.along === 'rows' ? rows : columns, schedule.inTime);
    },
  };
}

export function resultCounts(schedule: Schedule): LineCounts {
  let results: FoldResults;
  return {
    fold: (row, column) => {
      results = resultsOf(schedule, column * schedule.rowFolds + row);
    },
    before: (j) => resultsBefore(results, j),
  };
}

/** MACs: PE (r, c) makes its t-th in line r + c + t, counted from the first request of what moves. Holes are multiplied too. */
export function macCounts(schedule: Schedule): LineCounts {
  const { array, inTime, drainsAtEnd } = schedule;
  const delay = drainsAtEnd ? 0 : array.rows;
  let rows = 0;
  let columns = 0;
  return {
    fold(row, column) {
      rows = usedRows(schedule, row);
      columns = usedColumns(schedule, column);
    },
    before: (j) => unending(j - delay, rows, columns) - unending(j - delay - inTime, rows, columns),
  };
}

/** MACs before line n of a grid of PEs that start a line later from neighbour to neighbour and never stop. */
function unending(n: number, rows: number, columns: number): number {
  // Once all work the count is linear; before, n is small enough for the tetrahedra to be exact.
  if (n >= rows + columns) return rows * columns * (n - (rows + columns - 2) / 2);
  return tetrahedron(n) - tetrahedron(n - rows) - tetrahedron(n - columns) + tetrahedron(n - rows - columns);
}

function tetrahedron(n: number): number {
  return n > 0 ? (n * (n + 1) * (n + 2)) / 6 : 0;
}

class EnumeratedCounts implements LineCounts {
  private readonly source: LineSource;
  private readonly sums: Float64Array;

  constructor(source: LineSource, lines: number) {
    this.source = source;
    this.sums = new Float64Array(lines + 1);
  }

  fold(row: number, column: number): void {
    const { source, sums } = this;
    source.fold(row, column);
    for (let j = 0; j + 1 < sums.length; j++) {
      source.line(j);
      let words = 0;
      for (let i = source.first; i < source.end; i++) if (source.cells[i] !== NONE) words++;
      sums[j + 1] = sums[j] + words;
    }
  }

  before(j: number): number {
    return this.sums[j];
  }
}
