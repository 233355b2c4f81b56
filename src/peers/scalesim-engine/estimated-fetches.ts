import { fail } from '../../base/errors.ts';
import type { Use } from '../scalesim/layer-report.ts';
import { ALWAYS, lineOfRequest, requestedLines, sendRequests } from './requests.ts';
import { usedColumns, usedRows } from './schedule.ts';
import type { ReadBuffer, Schedule, Stream } from './streams.ts';

/** Words per cycle of the first fetch, whatever the DRAM. */
const FIRST_WORDS_PER_CYCLE = 10;

/**
 * The lines at which the working half of a buffer becomes full, and the number of words fetched. SCALE-Sim's CALC mode
 * keeps the addresses of `capacity` missed requests and forgets them all when it is full.
 */
export interface Fills {
  readonly lines: readonly number[];
  readonly words: number;
}

/** The fills of a stream: in closed form if no address repeats, else by enumeration. */
export function fillsOf(schedule: Schedule, stream: Stream, capacity: number): Fills {
  if (stream.matrix.distinct < capacity) return { lines: [], words: stream.matrix.distinct };
  const counts = stream.matrix.unique && stream.kind !== 'blocks';
  return counts ? countedFills(schedule, stream, capacity) : enumeratedFills(schedule, stream, capacity);
}

function enumeratedFills(schedule: Schedule, stream: Stream, capacity: number): Fills {
  const { span, holes } = stream.matrix;
  const marks = new Int32Array(span);
  if (holes) for (let address = 0; address < span; address++) if (holes[address]) marks[address] = ALWAYS;
  return stream.kind === 'skewed'
    ? repeatedFills(schedule, stream, capacity, marks)
    : steppedFills(schedule, stream, capacity, marks);
}

function steppedFills(schedule: Schedule, stream: Stream, capacity: number, marks: Int32Array): Fills {
  const lines: number[] = [];
  let epoch = 1;
  let held = 0;
  sendRequests(schedule, stream, epoch, {
    marks,
    miss(address, line) {
      marks[address] = epoch;
      if (++held === capacity) {
        held = 0;
        epoch++;
        lines.push(line);
      }
      return epoch;
    },
  });
  return { lines, words: lines.length * capacity + held };
}

/**
 * Finds the fills with few enumerated column folds. Every column fold makes the same requests, and a fill leaves no
 * state but its position in them. The position of the next fill is therefore a function of the position of the last
 * one. Each such step is enumerated once, and steps from different positions soon meet.
 */
function repeatedFills(schedule: Schedule, stream: Stream, capacity: number, marks: Int32Array): Fills {
  const { rowFolds, columnFolds, lines: foldLines } = schedule;
  const lines: number[] = [];
  const steps = new Map<number, { place: Place; folds: number }>();
  let epoch = 1;
  let place: Place = { row: 0, line: 0, port: -1 };
  let column = 0;
  while (true) {
    const key = (place.row * foldLines + place.line) * stream.ports + place.port;
    let step = steps.get(key);
    if (step === undefined || column + step.folds >= columnFolds) {
      const walk = { ...place, column, held: 0 };
      if (!walkToFill(schedule, stream, capacity, marks, epoch++, walk)) {
        return { lines, words: lines.length * capacity + walk.held };
      }
      step = { place: { row: walk.row, line: walk.line, port: walk.port }, folds: walk.column - column };
      steps.set(key, step);
    }
    column += step.folds;
    place = step.place;
    lines.push((column * rowFolds + place.row) * foldLines + stream.delay + place.line);
  }
}

/** A request within a column fold: its row fold, its line (counted from the first skewed one) and its port. */
interface Place {
  readonly row: number;
  readonly line: number;
  readonly port: number;
}

/**
 * Advances from just after `walk` until it has met `capacity` addresses without the mark `epoch`. Returns false at the
 * layer's end.
 */
function walkToFill(
  schedule: Schedule,
  { matrix, ports }: Stream,
  capacity: number,
  marks: Int32Array,
  epoch: number,
  walk: { row: number; line: number; port: number; column: number; held: number },
): boolean {
  const { spatial, temporal } = matrix;
  const { inTime, rowFolds, columnFolds } = schedule;
  let { row, line, port, column, held } = walk;
  for (; column < columnFolds; column++, row = 0) {
    for (; row < rowFolds; row++, line = 0) {
      const used = usedRows(schedule, row);
      const block = row * ports;
      for (; line < inTime + used - 1; line++, port = -1) {
        const last = Math.min(used - 1, line);
        for (let p = Math.max(port + 1, line - inTime + 1); p <= last; p++) {
          const address = spatial[block + p] + temporal[line - p];
          if (marks[address] >= epoch) continue;
          marks[address] = epoch;
          if (++held < capacity) continue;
          Object.assign(walk, { row, line, port: p, column, held });
          return true;
        }
      }
    }
  }
  walk.held = held;
  return false;
}

/**
 * Without repeated addresses the requests form groups of distinct words, each read several times in the same order. A
 * group smaller than the capacity misses once, and once more after a fill within it. A larger group always misses.
 */
function countedFills(schedule: Schedule, stream: Stream, capacity: number): Fills {
  const lines: number[] = [];
  let held = 0;
  let before = 0;
  for (const { words, rounds } of requestGroups(schedule, stream)) {
    const requests = words * rounds;
    // Number of requests of the group until the next fill; it equals the number of misses left.
    let at = capacity - held;
    if (at > words) held += words;
    else {
      for (; at <= requests; at += capacity) {
        lines.push(lineOfRequest(schedule, stream, before + at - 1));
        if (words < capacity) break;
      }
      held = words < capacity ? Math.min(words, requests - at) : requests - (at - capacity);
    }
    before += requests;
  }
  return { lines, words: lines.length * capacity + held };
}

interface RequestGroup {
  readonly words: number;
  readonly rounds: number;
}

function requestGroups(schedule: Schedule, { kind, along }: Stream): RequestGroup[] {
  const { overRows, overColumns, inTime, rowFolds, columnFolds } = schedule;
  if (kind === 'held') return [{ words: overRows * overColumns, rounds: 1 }];
  if (along === 'rows') return [{ words: inTime * overRows, rounds: columnFolds }];
  return Array.from({ length: columnFolds }, (_, column) => {
    return { words: inTime * usedColumns(schedule, column), rounds: rowFolds };
  });
}

/**
 * A read buffer of `words` words that never stalls (CALC) and estimates the bandwidth it would have needed. The words
 * collected up to a fill are fetched between the two fills before it. Error: `not-supported` if two fills fall into one
 * cycle, where SCALE-Sim divides by zero.
 */
export function estimatingBuffer(schedule: Schedule, stream: Stream, words: number, name: string): ReadBuffer {
  const setWords = Math.floor(words / 100);
  const capacity = 50 * setWords;
  const fills = fillsOf(schedule, stream, capacity);
  const first = requestedLines(schedule, stream).first;
  let next = 0;
  let window = { start: 0, stop: 0 };
  let firstFetch = 0;
  const buffer: ReadBuffer = {
    nextLine: fills.lines[0] ?? Number.POSITIVE_INFINITY,
    serve(cycle) {
      const line = buffer.nextLine;
      while (fills.lines[next] === line) {
        if (next === 0) {
          // No line before the first request can have stalled, so its number is its cycle.
          firstFetch = first - 1 - Math.ceil(capacity / FIRST_WORDS_PER_CYCLE);
          window = { start: first - 1, stop: cycle };
        } else {
          window = { start: window.stop + 1, stop: cycle };
          if (window.stop < window.start) failAtFills(name);
        }
        next++;
      }
      buffer.nextLine = fills.lines[next] ?? Number.POSITIVE_INFINITY;
      return cycle + 1;
    },
    finish(): Use {
      if (next > 0) return { start: firstFetch + 1, stop: window.stop + 1, words: fills.words };
      const sets = Math.ceil(fills.words / setWords);
      return { start: -Math.ceil((sets * setWords) / FIRST_WORDS_PER_CYCLE), stop: -1, words: fills.words };
    },
  };
  return buffer;
}

function failAtFills(name: string): never {
  fail('not-supported', `the ${name} buffer fills up twice in one cycle, where SCALE-Sim divides by zero`, {
    expected: 'a larger scratchpad or a smaller array',
  });
}
