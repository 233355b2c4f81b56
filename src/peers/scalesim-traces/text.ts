import type { TraceLines } from './lines.ts';

/** Receives the bytes of a file piece by piece. They are valid only during the call. */
export type ByteSink = (bytes: Uint8Array) => void;

const COMMA = 44;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const LINE_END = 10;

/** The digits of 0 to 9999 as four bytes each, once with leading zeros and once without, followed by undefined bytes. */
const GROUPS = new Uint32Array(1e4);
const LEADING = new Uint32Array(1e4);
for (let i = 0; i < 1e4; i++) {
  const digits = [1000, 100, 10, 1].map((power) => ZERO + (Math.floor(i / power) % 10));
  GROUPS[i] = digits.reduce((bytes, digit) => bytes * 256 + digit, 0);
  LEADING[i] = GROUPS[i] << (8 * (4 - String(i).length));
}

const CHUNK_BYTES = 2 ** 18;
/** Longest cell in bytes: a comma, up to 16 digits of a whole number, a sign and ".0". */
const LONGEST_CELL = 20;
/** Number of empty cells kept for copying. */
const KEPT_EMPTY = 256;

/** The number format of a trace, and the offset added to addresses. */
export interface TraceForm {
  /** Whether ".0" follows every number, as in Python's floats. */
  readonly float: boolean;
  readonly offset: number;
}

/**
 * Writes a trace as text: lines of a cycle and addresses. It writes bytes directly, without strings, since a trace has
 * up to billions of cells.
 */
export class TraceText implements TraceLines {
  private readonly sink: ByteSink;
  private readonly form: TraceForm;
  /** Begins with empty cells for copying; the output follows. */
  private bytes: Uint8Array;
  private readonly view: DataView;
  private readonly emptyBytes: number;
  private readonly start: number;
  private at: number;

  /** A writer for lines of at most `width` cells. */
  constructor(sink: ByteSink, form: TraceForm, width: number) {
    this.sink = sink;
    this.form = form;
    const empty = form.float ? ',-1.0' : ',-1';
    this.emptyBytes = empty.length;
    this.start = KEPT_EMPTY * empty.length;
    this.bytes = new Uint8Array(this.start + CHUNK_BYTES + (width + 2) * LONGEST_CELL);
    this.view = new DataView(this.bytes.buffer);
    for (let i = 0; i < this.start; i++) this.bytes[i] = empty.charCodeAt(i % empty.length);
    this.at = this.start;
  }

  line(cycle: number, cells: Int32Array, first: number, end: number, width: number, ones = 0): void {
    const { bytes, view } = this;
    const { float, offset } = this.form;
    let at = this.cycle(cycle);
    at = this.empty(at, first);
    for (let i = first; i < end; i++) {
      const address = cells[i];
      bytes[at++] = COMMA;
      if (address < 0) {
        bytes[at++] = MINUS;
        bytes[at++] = ZERO + 1;
      } else at = writeWhole(view, at, address + offset);
      if (float) {
        bytes[at++] = POINT;
        bytes[at++] = ZERO;
      }
    }
    at = this.empty(at, width - end);
    for (let i = 0; i < ones; i++) {
      bytes[at] = COMMA;
      bytes[at + 1] = ZERO + 1;
      bytes[at + 2] = POINT;
      bytes[at + 3] = ZERO;
      at += 4;
    }
    bytes[at++] = LINE_END;
    this.at = at;
    if (at - this.start >= CHUNK_BYTES) this.flush();
  }

  /** Sends the remaining bytes. */
  flush(): void {
    this.sink(this.bytes.subarray(this.start, this.at));
    this.at = this.start;
  }

  private cycle(cycle: number): number {
    const { bytes, view } = this;
    let at = this.at;
    if (cycle < 0) bytes[at++] = MINUS;
    at = writeWhole(view, at, Math.abs(cycle));
    if (this.form.float) {
      bytes[at++] = POINT;
      bytes[at++] = ZERO;
    }
    return at;
  }

  private empty(from: number, count: number): number {
    let at = from;
    for (let left = count; left > 0; left -= KEPT_EMPTY) {
      const length = Math.min(left, KEPT_EMPTY) * this.emptyBytes;
      this.bytes.copyWithin(at, 0, length);
      at += length;
    }
    return at;
  }
}

/** Writes a whole number of 0 or above. Returns the end of its text. Up to three bytes beyond are overwritten. */
function writeWhole(view: DataView, at: number, value: number): number {
  if (value < 1e4) return writeLeading(view, at, value);
  if (value >= 1e8) return writeLong(view, at, value);
  const high = (value / 1e4) | 0;
  const end = writeLeading(view, at, high);
  view.setUint32(end, GROUPS[value - high * 1e4]);
  return end + 4;
}

/** Writes a number below 10,000 without leading zeros. */
function writeLeading(view: DataView, at: number, value: number): number {
  view.setUint32(at, LEADING[value]);
  return at + (value < 100 ? (value < 10 ? 1 : 2) : value < 1000 ? 3 : 4);
}

function writeLong(view: DataView, at: number, value: number): number {
  const high = Math.floor(value / 1e4);
  const end = writeWhole(view, at, high);
  view.setUint32(end, GROUPS[value - high * 1e4]);
  return end + 4;
}
