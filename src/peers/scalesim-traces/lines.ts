import { fail } from '../../base/errors.ts';
import { usedColumns, usedRows } from '../scalesim-engine/schedule.ts';
import { resultsOf } from '../scalesim-engine/simulate.ts';
import type { AddressMatrix, Schedule, Stream } from '../scalesim-engine/streams.ts';

/** Stands for no address. */
export const NONE = -1;

/** Receives the lines of a trace in order. */
export interface TraceLines {
  /**
   * Receives a line of `width` cells. `cells[first]` to before `cells[end]` are addresses without their offset, or -1
   * for none; all other cells have no address. `ones` more cells hold 1, with which SCALE-Sim pads lines narrower than
   * its file.
   */
  line(cycle: number, cells: Int32Array, first: number, end: number, width: number, ones?: number): void;
}

/**
 * The addresses of the lines of a schedule, one line at a time, without the operand's offset. `cells[first]` to before
 * `cells[end]` hold those of the current line by port; other ports have none. Some may be NONE.
 */
export interface LineSource {
  readonly cells: Int32Array;
  readonly first: number;
  readonly end: number;
  /** Selects a fold. */
  fold(row: number, column: number): void;
  /** Writes line j of the fold into `cells`. */
  line(j: number): void;
}

/** The lines of a read operand. */
export function requestLines(schedule: Schedule, stream: Stream): LineSource {
  return stream.kind === 'held' ? new HeldLines(schedule, stream) : new SkewedLines(schedule, stream);
}

/**
 * Maps each address of a matrix to SCALE-Sim's address, and holes to NONE. Null if there are no holes, since only holes
 * make the plane wider than the ifmap.
 */
export function realAddresses({ span, holes }: AddressMatrix): Int32Array | null {
  if (holes === null) return null;
  const real = new Int32Array(span);
  let next = 0;
  for (let address = 0; address < span; address++) real[address] = holes[address] ? NONE : next++;
  return real;
}

class SkewedLines implements LineSource {
  readonly cells: Int32Array;
  first = 0;
  end = 0;
  private readonly schedule: Schedule;
  private readonly stream: Stream;
  private readonly real: Int32Array | null;
  private used = 0;
  private block = 0;

  constructor(schedule: Schedule, stream: Stream) {
    this.schedule = schedule;
    this.stream = stream;
    this.real = realAddresses(stream.matrix);
    this.cells = new Int32Array(stream.ports);
  }

  fold(row: number, column: number): void {
    const { along, ports } = this.stream;
    this.used = along === 'rows' ? usedRows(this.schedule, row) : usedColumns(this.schedule, column);
    this.block = (along === 'rows' ? row : column) * ports;
  }

  line(j: number): void {
    const { cells, block, real } = this;
    const { spatial, temporal } = this.stream.matrix;
    const t = j - this.stream.delay;
    const first = Math.min(this.used, Math.max(0, t - temporal.length + 1));
    const end = Math.max(first, Math.min(this.used, t + 1));
    for (let p = first; p < end; p++) cells[p] = spatial[block + p] + temporal[t - p];
    if (real !== null) for (let p = first; p < end; p++) cells[p] = real[cells[p]];
    this.first = first;
    this.end = end;
  }
}

class HeldLines implements LineSource {
  readonly cells: Int32Array;
  readonly first = 0;
  end = 0;
  private readonly schedule: Schedule;
  private readonly stream: Stream;
  private readonly real: Int32Array | null;
  private row = 0;
  private rows = 0;
  private column = 0;

  constructor(schedule: Schedule, stream: Stream) {
    this.schedule = schedule;
    this.stream = stream;
    this.real = realAddresses(stream.matrix);
    this.cells = new Int32Array(stream.ports);
  }

  fold(row: number, column: number): void {
    this.row = row;
    this.rows = usedRows(this.schedule, row);
    this.column = column;
  }

  line(j: number): void {
    const { rows, columns } = this.schedule.array;
    const r = rows - 1 - j;
    this.end = 0;
    if (r < 0 || r >= this.rows) return;
    const { cells, real } = this;
    const { spatial, temporal } = this.stream.matrix;
    const end = usedColumns(this.schedule, this.column);
    const block = this.column * columns;
    const offset = temporal[this.row * rows + r];
    for (let c = 0; c < end; c++) cells[c] = spatial[block + c] + offset;
    if (real !== null) for (let c = 0; c < end; c++) cells[c] = real[cells[c]];
    this.end = end;
  }
}

/**
 * The lines of results. Under os column c gives its last row first; otherwise result t of column c leaves in line
 * `delay` + c + t.
 */
export class ResultLines implements LineSource {
  readonly cells: Int32Array;
  first = 0;
  end = 0;
  private readonly schedule: Schedule;
  /** The address steps from column to column and from result to result, and the address of result 0 of column 0. */
  private readonly perColumn: number;
  private readonly perResult: number;
  private origin = 0;
  private delay = 0;
  private columns = 0;
  private length = 0;

  /** Error: `out-of-range` for 2^31 results or more. */
  constructor(schedule: Schedule) {
    const { array, overRows, overColumns, inTime, drainsAtEnd, ifmap } = schedule;
    this.schedule = schedule;
    this.cells = new Int32Array(array.columns);
    const pixelsAreHeld = !drainsAtEnd && ifmap.kind === 'held';
    this.perColumn = pixelsAreHeld ? inTime : 1;
    this.perResult = drainsAtEnd ? -overColumns : pixelsAreHeld ? 1 : overColumns;
    if ((drainsAtEnd ? overRows : inTime) * overColumns < 2 ** 31) return;
    fail('out-of-range', 'a layer of 2^31 results or more is not traced');
  }

  fold(row: number, column: number): void {
    const { array, rowFolds, overColumns, drainsAtEnd } = this.schedule;
    const { delay, ports, length } = resultsOf(this.schedule, column * rowFolds + row);
    this.delay = delay;
    this.columns = ports;
    this.length = length;
    const lastRow = drainsAtEnd ? row * array.rows + length - 1 : 0;
    this.origin = lastRow * overColumns + column * array.columns * this.perColumn;
  }

  line(j: number): void {
    const { cells, origin, perColumn, perResult } = this;
    const t = j - this.delay;
    this.first = Math.min(this.columns, Math.max(0, t - this.length + 1));
    this.end = Math.max(this.first, Math.min(this.columns, t + 1));
    for (let c = this.first; c < this.end; c++) cells[c] = origin + c * perColumn + (t - c) * perResult;
  }
}
