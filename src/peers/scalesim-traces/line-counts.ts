import { skewedRequests, usedColumns, usedRows } from '../scalesim-engine/schedule.ts';
import { type FoldResults, resultsBefore, resultsOf } from '../scalesim-engine/simulate.ts';
import type { Schedule, Stream } from '../scalesim-engine/streams.ts';
import { type LineSource, NONE, requestLines } from './lines.ts';

/** Counts the contents of the lines of a fold. */
export interface LineCounts {
  /** Selects a fold. */
  fold(row: number, column: number): void;
  /** How much its lines before line j contain. */
  before(j: number): number;
}

/** Counts the words of a read operand: one by one if some requests are holes, else in closed form. */
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

/**
 * Counts MACs. PE (r, c) makes its t-th MAC in line r + c + t, counted from the first request of the moving operand.
 * Holes are multiplied too.
 */
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

/** MACs before line n of a grid of PEs that never stop and each start one line after their neighbour. */
function unending(n: number, rows: number, columns: number): number {
  // Once all PEs work the count is linear. Before that n is small enough for exact tetrahedral numbers.
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
