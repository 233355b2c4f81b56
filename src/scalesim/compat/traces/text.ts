/** Takes the bytes of a file piece by piece. They hold only during the call. */
export type ByteSink = (bytes: Uint8Array) => void;

const COMMA = 44;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const LINE_END = 10;

/** The two digits of 0 to 99. */
const TENS = Uint8Array.from({ length: 100 }, (_, i) => ZERO + Math.floor(i / 10));
const UNITS = Uint8Array.from({ length: 100 }, (_, i) => ZERO + (i % 10));

const CHUNK_BYTES = 2 ** 18;
/** A comma, up to 16 digits of a whole number, a sign and ".0". */
const LONGEST_CELL = 20;
/** Empty cells that are kept to be copied. */
const KEPT_EMPTY = 256;

/** How a trace prints its numbers, and what it adds to addresses. */
export interface TraceForm {
  /** Whether ".0" follows every number, as Python prints floats. */
  readonly float: boolean;
  readonly offset: number;
}

/**
 * Writes a trace as text: lines of a cycle and addresses, straight into bytes and with no strings in between, since a trace has
 * up to billions of cells.
 */
export class TraceText {
  private readonly sink: ByteSink;
  private readonly form: TraceForm;
  /** Starts with empty cells to copy; what is to be written follows. */
  private bytes: Uint8Array;
  private readonly emptyBytes: number;
  private readonly start: number;
  private at: number;

  /** Of lines of at most `width` cells. */
  constructor(sink: ByteSink, form: TraceForm, width: number) {
    this.sink = sink;
    this.form = form;
    const empty = form.float ? ',-1.0' : ',-1';
    this.emptyBytes = empty.length;
    this.start = KEPT_EMPTY * empty.length;
    this.bytes = new Uint8Array(this.start + CHUNK_BYTES + (width + 2) * LONGEST_CELL);
    for (let i = 0; i < this.start; i++) this.bytes[i] = empty.charCodeAt(i % empty.length);
    this.at = this.start;
  }

  /**
   * A line of `width` cells: the addresses `cells[first]` to before `cells[end]`, where -1 is none, and none in all others. `ones`
   * more cells hold 1, with which SCALE-Sim fills up what is narrower than its file.
   */
  line(cycle: number, cells: Int32Array, first: number, end: number, width: number, ones = 0): void {
    const { bytes } = this;
    const { float, offset } = this.form;
    let at = this.cycle(cycle);
    at = this.empty(at, first);
    for (let i = first; i < end; i++) {
      const address = cells[i];
      bytes[at++] = COMMA;
      if (address < 0) {
        bytes[at++] = MINUS;
        bytes[at++] = ZERO + 1;
      } else at = writeWhole(bytes, at, address + offset);
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

  /** Hands over what was not yet. */
  flush(): void {
    this.sink(this.bytes.subarray(this.start, this.at));
    this.at = this.start;
  }

  private cycle(cycle: number): number {
    const { bytes } = this;
    let at = this.at;
    if (cycle < 0) bytes[at++] = MINUS;
    at = writeWhole(bytes, at, Math.abs(cycle));
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

/** Writes a whole number that is not negative, and returns where its text ends. */
function writeWhole(bytes: Uint8Array, at: number, value: number): number {
  if (value > 0x7fffffff) {
    const high = Math.floor(value / 1e8);
    const end = writeWhole(bytes, at, high);
    writeDigits(bytes, end + 8, value - high * 1e8, 4);
    return end + 8;
  }
  const end = at + digits(value);
  const rest = writeDigits(bytes, end, value, (end - at) >> 1);
  if ((end - at) & 1) bytes[at] = ZERO + rest;
  return end;
}

/** Writes the last `pairs` pairs of digits before `end`, and returns what is before them. */
function writeDigits(bytes: Uint8Array, end: number, value: number, pairs: number): number {
  let at = end;
  let rest = value | 0;
  for (let i = 0; i < pairs; i++) {
    const above = (rest / 100) | 0;
    const pair = rest - above * 100;
    bytes[--at] = UNITS[pair];
    bytes[--at] = TENS[pair];
    rest = above;
  }
  return rest;
}

function digits(value: number): number {
  if (value < 1e4) return value < 100 ? (value < 10 ? 1 : 2) : value < 1000 ? 3 : 4;
  if (value < 1e8) return value < 1e6 ? (value < 1e5 ? 5 : 6) : value < 1e7 ? 7 : 8;
  return value < 1e9 ? 9 : 10;
}
