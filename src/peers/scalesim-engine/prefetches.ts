import type { ScaleSimVersion } from '../../formats/scalesim/index.ts';
import type { Use } from '../scalesim/layer-report.ts';
import { ALWAYS, sendRequests } from './requests.ts';
import type { AddressMatrix, ReadBuffer, Schedule, Stream } from './streams.ts';

/** Sizes of a prefetching buffer (USER) in words, and the size of its lines. */
interface BufferShape {
  /** Words of the initial fetch, and of each prefetch. */
  readonly active: number;
  readonly prefetched: number;
  /** Words of a line of the buffer. */
  readonly lineWords: number;
}

function bufferShape(words: number): BufferShape {
  const active = Math.ceil(words / 2);
  return { active, prefetched: words - active, lineWords: Math.ceil(words / 100) };
}

/** The lines of the layer at which a buffer prefetches, and the number of prefetches at each. */
export interface Prefetches {
  readonly lines: readonly number[];
  readonly counts: readonly number[];
}

/**
 * The prefetches of a buffer of `words` words. The operand's words in the order of fetching are cut into lines. The
 * buffer holds a window of these lines. It advances the window, cyclically, until it contains the requested word.
 */
export function prefetchesOf(schedule: Schedule, stream: Stream, words: number): Prefetches {
  const { active, prefetched, lineWords } = bufferShape(words);
  const { heads, lines, count } = linesByAddress(stream, lineWords);
  const held = Math.min(count, Math.ceil(active / lineWords));
  const step = Math.min(count - held, Math.ceil(prefetched / lineWords));
  const result = { lines: [] as number[], counts: [] as number[] };
  const marks = new Int32Array(stream.matrix.span).fill(-1);
  markHoles(stream.matrix, marks);
  let moves = 0;
  let windowStart = 0;
  sendRequests(schedule, stream, 0, {
    marks,
    miss(address, line) {
      let ahead = aheadInWindow(heads, lines, address, windowStart, held, count);
      let moved = 0;
      while (ahead < 0) {
        moved++;
        windowStart = (windowStart + step) % count;
        ahead = aheadInWindow(heads, lines, address, windowStart, held, count);
      }
      if (moved > 0) countMoves(result, line, moved);
      moves += moved;
      // The word stays until the window has moved past its line.
      marks[address] = step === 0 ? ALWAYS : moves + Math.floor(ahead / step);
      return moves;
    },
  });
  return result;
}

function countMoves({ lines, counts }: { lines: number[]; counts: number[] }, line: number, moved: number): void {
  if (lines[lines.length - 1] === line) counts[counts.length - 1] += moved;
  else {
    lines.push(line);
    counts.push(moved);
  }
}

/** Distance from the window's start to the last line in the window with this address; -1 if there is none. */
function aheadInWindow(
  heads: Int32Array,
  lines: Int32Array,
  address: number,
  windowStart: number,
  held: number,
  count: number,
): number {
  let most = -1;
  for (let i = heads[address]; i < heads[address + 1]; i++) {
    const ahead = lines[i] < windowStart ? lines[i] - windowStart + count : lines[i] - windowStart;
    if (ahead < held && ahead > most) most = ahead;
  }
  return most;
}

function markHoles({ span, holes }: AddressMatrix, marks: Int32Array): void {
  if (holes) for (let address = 0; address < span; address++) if (holes[address]) marks[address] = ALWAYS;
}

/** The buffer lines that contain each address: those of address a are `lines[heads[a]]` to before `lines[heads[a + 1]]`. */
interface LinesByAddress {
  readonly heads: Int32Array;
  readonly lines: Int32Array;
  /** Number of lines, including an empty last one. */
  readonly count: number;
}

function linesByAddress(stream: Stream, lineWords: number): LinesByAddress {
  const { span } = stream.matrix;
  const heads = new Int32Array(span + 1);
  const latest = new Int32Array(span).fill(-1);
  const words = eachFetched(stream, (address, at) => {
    const line = Math.floor(at / lineWords);
    if (latest[address] !== line) heads[address + 1]++;
    latest[address] = line;
  });
  for (let address = 0; address < span; address++) heads[address + 1] += heads[address];
  const lines = new Int32Array(heads[span]);
  const ends = heads.slice(0, span);
  latest.fill(-1);
  eachFetched(stream, (address, at) => {
    const line = Math.floor(at / lineWords);
    if (latest[address] !== line) lines[ends[address]++] = line;
    latest[address] = line;
  });
  return { heads, lines, count: Math.floor(words / lineWords) + 1 };
}

/**
 * Visits the words of an operand in the order of fetching, with positions from 0, and skips holes and unused ports.
 * Returns the number of words. The folds are stacked. Held operands are read row by row, skewed ones along diagonals
 * from bottom left to top right.
 */
function eachFetched(stream: Stream, visit: (address: number, at: number) => void): number {
  const { spatial, temporal, holes } = stream.matrix;
  const { ports } = stream;
  const length = temporal.length;
  const rows = stackedRows(stream);
  let at = 0;
  const fetch = (row: number, column: number): void => {
    const s = Math.floor(row / length) * ports + column;
    if (s >= spatial.length) return;
    const address = spatial[s] + temporal[row % length];
    if (holes === null || holes[address] === 0) visit(address, at++);
  };
  if (stream.kind === 'held') {
    for (let row = 0; row < rows; row++) for (let column = 0; column < ports; column++) fetch(row, column);
    return at;
  }
  for (let d = 0; d < rows + ports - 1; d++) {
    for (let row = Math.min(d, rows - 1); row >= Math.max(0, d - ports + 1); row--) fetch(row, d - row);
  }
  return at;
}

/** Rows of the stack of all folds of a stream; each row is as wide as its ports. */
function stackedRows({ matrix, ports }: Stream): number {
  return Math.ceil(matrix.spatial.length / ports) * matrix.temporal.length;
}

/**
 * A read buffer of `words` words that fetches `bandwidth` words per cycle (USER) and makes the array wait. All rows of
 * a fetch count in full, so that its word count includes padding. v3 counts a wait twice, and counts an early fetch as
 * a negative wait.
 */
export function prefetchingBuffer(
  schedule: Schedule,
  stream: Stream,
  words: number,
  bandwidth: number,
  version: ScaleSimVersion,
): ReadBuffer {
  const { active, prefetched } = bufferShape(words);
  const { lines, counts } = prefetchesOf(schedule, stream, words);
  const rows = Math.ceil((stackedRows(stream) * stream.ports) / bandwidth);
  const initial = Math.min(Math.ceil(active / bandwidth), rows);
  const each = Math.ceil(prefetched / bandwidth);
  let next = 0;
  let fetches = initial;
  let last = -1;
  const buffer: ReadBuffer = {
    nextLine: lines[0] ?? Number.POSITIVE_INFINITY,
    serve(cycle) {
      let served = cycle + 1;
      for (let i = 0; i < counts[next]; i++) {
        last += each + 1;
        const late = last - served;
        if (version === 'v3') served += late;
        served += Math.max(0, late);
      }
      fetches += counts[next] * each;
      buffer.nextLine = lines[++next] ?? Number.POSITIVE_INFINITY;
      return served;
    },
    finish: (): Use => ({ start: -initial, stop: last, words: fetches * bandwidth }),
  };
  return buffer;
}
