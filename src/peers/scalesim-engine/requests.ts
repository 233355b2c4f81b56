import { blockPorts, skewedRequests, usedColumns, usedRows } from './schedule.ts';
import type { Schedule, Stream } from './streams.ts';

/** Marks addresses that count as present without a request. */
export const ALWAYS = 2 ** 31 - 1;

/**
 * Receives each request whose mark, indexed by address, is below `now`. `miss` returns the new `now`; after that the
 * request counts as served.
 */
export interface RequestSink {
  readonly marks: Int32Array;
  miss(address: number, line: number): number;
}

/** Sends every request of the layer in SCALE-Sim's order: by line, and within a line by port. `now` starts at `from`. */
export function sendRequests(schedule: Schedule, stream: Stream, from: number, sink: RequestSink): void {
  let now = from;
  let firstLine = 0;
  for (let column = 0; column < schedule.columnFolds; column++) {
    for (let row = 0; row < schedule.rowFolds; row++) {
      const used = [usedRows(schedule, row), usedColumns(schedule, column)] as const;
      const send = stream.kind === 'held' ? sendHeld : stream.kind === 'skewed' ? sendSkewed : sendBlocks;
      now = send(schedule, stream, row, column, used, firstLine, now, sink);
      firstLine += schedule.lines;
    }
  }
}

function sendSkewed(
  { inTime }: Schedule,
  { matrix, ports, along, delay }: Stream,
  row: number,
  column: number,
  [rows, columns]: readonly [number, number],
  firstLine: number,
  start: number,
  sink: RequestSink,
): number {
  const { spatial, temporal } = matrix;
  const { marks } = sink;
  const used = along === 'rows' ? rows : columns;
  const block = (along === 'rows' ? row : column) * ports;
  let now = start;
  for (let j = 0; j < inTime + used - 1; j++) {
    const last = Math.min(used - 1, j);
    for (let p = Math.max(0, j - inTime + 1); p <= last; p++) {
      const address = spatial[block + p] + temporal[j - p];
      if (marks[address] < now) now = sink.miss(address, firstLine + delay + j);
    }
  }
  return now;
}

function sendBlocks(
  { inTime }: Schedule,
  stream: Stream,
  row: number,
  _column: number,
  _used: readonly [number, number],
  firstLine: number,
  start: number,
  sink: RequestSink,
): number {
  const { block = 1 } = stream;
  const { spatial, temporal } = stream.matrix;
  const { marks } = sink;
  const ports = blockPorts(stream);
  let now = start;
  for (let j = 0; j < inTime + ports - 1; j++) {
    for (let p = Math.max(0, j - inTime + 1); p <= Math.min(ports - 1, j); p++) {
      const from = blockStart(stream, row, p);
      const to = Math.min(from + block, spatial.length);
      for (let s = from; s < to; s++) {
        const address = spatial[s] + temporal[j - p];
        if (marks[address] < now) now = sink.miss(address, firstLine + stream.delay + j);
      }
    }
  }
  return now;
}

/** The spatial index at which the block begins that a port requests in a row fold. It may lie beyond the end. */
function blockStart({ ports, block = 1 }: Stream, row: number, port: number): number {
  return row * 2 * ports + Math.floor(port / Math.floor(block / 2)) * block;
}

function sendHeld(
  { array }: Schedule,
  { matrix }: Stream,
  row: number,
  column: number,
  [rows, columns]: readonly [number, number],
  firstLine: number,
  start: number,
  sink: RequestSink,
): number {
  const { spatial, temporal } = matrix;
  const { marks } = sink;
  let now = start;
  for (let r = rows - 1; r >= 0; r--) {
    const offset = temporal[row * array.rows + r];
    for (let c = 0; c < columns; c++) {
      const address = spatial[column * array.columns + c] + offset;
      if (marks[address] < now) now = sink.miss(address, firstLine + array.rows - 1 - r);
    }
  }
  return now;
}

/** The line of the layer's n-th request (from 0) in closed form, for streams without holes. */
export function lineOfRequest(schedule: Schedule, stream: Stream, n: number): number {
  const { array, inTime, overRows, rowFolds, columnFolds, lines } = schedule;
  const perColumnFold = (columns: number): number =>
    stream.kind === 'held'
      ? overRows * columns
      : stream.along === 'rows'
        ? inTime * overRows
        : inTime * columns * rowFolds;
  const column = Math.min(columnFolds - 1, Math.floor(n / perColumnFold(array.columns)));
  const columns = usedColumns(schedule, column);
  const inColumn = n - column * perColumnFold(array.columns);
  const perFold = (rows: number): number =>
    stream.kind === 'held' ? rows * columns : inTime * (stream.along === 'rows' ? rows : columns);
  const row = Math.min(rowFolds - 1, Math.floor(inColumn / perFold(array.rows)));
  const rows = usedRows(schedule, row);
  const inFold = inColumn - row * perFold(array.rows);
  const firstLine = (column * rowFolds + row) * lines;
  if (stream.kind === 'held') return firstLine + array.rows - rows + Math.floor(inFold / columns);
  return firstLine + stream.delay + skewedLine(inFold, stream.along === 'rows' ? rows : columns, inTime);
}

/** The line of request n of a skewed fold: the smallest j after which more than n requests have been made. */
export function skewedLine(n: number, ports: number, length: number): number {
  let low = 0;
  let high = ports + length - 2;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (skewedRequests(middle + 1, ports, length) > n) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** First and last line of the layer with a request that is not a hole. */
export function requestedLines(schedule: Schedule, stream: Stream): { first: number; last: number } {
  const { array, rowFolds, columnFolds, lines } = schedule;
  // The first window lies within its ifmap and its first word is kept, so the search ends in the first fold.
  let first = stream.kind === 'held' ? array.rows - usedRows(schedule, 0) : stream.delay;
  while (!hasWord(schedule, stream, 0, 0, first)) first++;
  const folds = rowFolds * columnFolds;
  for (let fold = folds - 1; fold >= 0; fold--) {
    const [row, column] = [fold % rowFolds, Math.floor(fold / rowFolds)];
    for (let j = lastRequest(schedule, stream, row, column); j >= 0; j--) {
      if (hasWord(schedule, stream, row, column, j)) return { first, last: fold * lines + j };
    }
  }
  return { first, last: first };
}

/** The last line of a fold with a request, even for a hole. */
function lastRequest(schedule: Schedule, stream: Stream, row: number, column: number): number {
  if (stream.kind === 'held') return schedule.array.rows - 1;
  const along = stream.along === 'rows' ? usedRows(schedule, row) : usedColumns(schedule, column);
  return stream.delay + schedule.inTime + (stream.kind === 'blocks' ? blockPorts(stream) : along) - 2;
}

/** Whether line j of a fold requests a word. */
function hasWord(schedule: Schedule, stream: Stream, row: number, column: number, j: number): boolean {
  if (stream.kind === 'blocks') return hasWordInBlocks(schedule, stream, row, j);
  const { spatial, temporal, holes } = stream.matrix;
  const [rows, columns] = [usedRows(schedule, row), usedColumns(schedule, column)];
  const isWord = (s: number, t: number): boolean => holes === null || holes[spatial[s] + temporal[t]] === 0;
  const used = stream.along === 'rows' ? rows : columns;
  const block = (stream.along === 'rows' ? row : column) * stream.ports;
  const { array, inTime } = schedule;
  for (let p = 0; p < used; p++) {
    const t = stream.kind === 'held' ? array.rows - 1 - j : j - stream.delay - p;
    if (t < 0 || t >= (stream.kind === 'held' ? rows : inTime)) continue;
    if (isWord(block + p, stream.kind === 'held' ? row * array.rows + t : t)) return true;
  }
  return false;
}

function hasWordInBlocks({ inTime }: Schedule, stream: Stream, row: number, j: number): boolean {
  const { block = 1 } = stream;
  const { spatial, temporal, holes } = stream.matrix;
  for (let p = 0; p < blockPorts(stream); p++) {
    const t = j - stream.delay - p;
    if (t < 0 || t >= inTime) continue;
    const from = blockStart(stream, row, p);
    const to = Math.min(from + block, spatial.length);
    for (let s = from; s < to; s++) if (holes === null || holes[spatial[s] + temporal[t]] === 0) return true;
  }
  return false;
}
