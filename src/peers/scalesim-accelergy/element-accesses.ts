import { usedColumns, usedRows } from '../scalesim-engine/schedule.ts';
import type { Schedule } from '../scalesim-engine/streams.ts';

/** Accesses to the registers of all processing elements in a layer. */
export interface ElementAccesses {
  readonly ifmapWrites: number;
  readonly ifmapReads: number;
  readonly filterWrites: number;
  readonly filterReads: number;
  readonly ofmapWrites: number;
  readonly ofmapReads: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** SCALE-Sim's counts of a layer's register accesses, summed fold by fold. */
export function elementAccesses(schedule: Schedule): ElementAccesses {
  const sums = { ifmapWrites: 0, ifmapReads: 0, filterWrites: 0, filterReads: 0, ofmapWrites: 0, ofmapReads: 0 };
  for (let column = 0; column < schedule.columnFolds; column++) {
    for (let row = 0; row < schedule.rowFolds; row++) {
      const [rows, columns] = [usedRows(schedule, row), usedColumns(schedule, column)];
      if (schedule.drainsAtEnd) addOutputStationary(sums, schedule, rows, columns);
      else addHeld(sums, schedule, rows, columns);
    }
  }
  return sums;
}

/**
 * Adds a fold under os. Words move from element to element, and every MAC reads and writes its sum. Results drain
 * through the rows below.
 */
function addOutputStationary(
  sums: Mutable<ElementAccesses>,
  { array, inTime }: Schedule,
  rows: number,
  columns: number,
): void {
  const macs = rows * columns * inTime;
  const drained = columns * (triangle(array.rows) - triangle(array.rows - rows));
  sums.ifmapWrites += macs;
  sums.ifmapReads += rows * (2 * columns - 1) * inTime;
  sums.filterWrites += macs;
  sums.filterReads += (2 * rows - 1) * columns * inTime;
  sums.ofmapWrites += macs + drained - rows * columns;
  sums.ofmapReads += macs - rows * columns + drained;
}

/**
 * Adds a fold under ws or is. Held words pass through the rows above their own. Moving words go from column to column,
 * and sums go through all rows.
 */
function addHeld(sums: Mutable<ElementAccesses>, schedule: Schedule, rows: number, columns: number): void {
  const { array, inTime, ifmap } = schedule;
  const macs = rows * columns * inTime;
  const loaded = columns * triangle(rows);
  const held = { writes: loaded, reads: loaded - rows * columns + macs };
  const moving = { writes: macs, reads: rows * (2 * columns - 1) * inTime };
  const [forIfmap, forFilter] = ifmap.kind === 'held' ? [held, moving] : [moving, held];
  sums.ifmapWrites += forIfmap.writes;
  sums.ifmapReads += forIfmap.reads;
  sums.filterWrites += forFilter.writes;
  sums.filterReads += forFilter.reads;
  sums.ofmapWrites += array.rows * columns * inTime;
  sums.ofmapReads += (array.rows - 1) * columns * inTime;
}

function triangle(n: number): number {
  return (n * (n + 1)) / 2;
}
