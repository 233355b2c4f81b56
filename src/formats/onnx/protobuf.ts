import type { ErrorCode } from '../../base/errors.ts';

/** One field of a message: its number, and the range [from, to) of its content. */
export interface Field {
  readonly number: number;
  /** 0 is a varint, 1 eight bytes, 2 counted bytes, 5 four bytes. */
  readonly wireType: number;
  readonly from: number;
  readonly to: number;
}

/** Most fields and numbers that are read. A message or a string counts as several, for the memory it takes. */
const MOST_PARTS = 2 ** 24;
const COST_OF_OBJECT = 16;

/** Longer names are cut. Names only distinguish values, and some appear in messages. */
const LONGEST_TEXT = 1024;

/**
 * Steps through the wire format of Protocol Buffers (protobuf.dev/programming-guides/encoding) and skips fields that
 * the caller does not read. It never recurses: the caller descends into the messages that it knows.
 */
export class ProtoReader {
  readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly refuse: (code: ErrorCode, what: string) => never;
  private readonly decoder = new TextDecoder();
  private at = 0;
  private parts = 0;

  /** `refuse` must throw. It receives the error code and a description with the offset of the faulty byte. */
  constructor(bytes: Uint8Array, refuse: (code: ErrorCode, what: string) => never) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.refuse = refuse;
  }

  /** Calls `visit` for each field of the whole file. */
  eachField(visit: (field: Field) => void): void {
    this.eachIn(0, this.bytes.length, visit);
  }

  /** Calls `visit` for each field of an embedded message. */
  eachFieldOf(message: Field, visit: (field: Field) => void): void {
    this.checkType(message, 2, 'a message');
    this.count(COST_OF_OBJECT);
    this.eachIn(message.from, message.to, visit);
  }

  /** A string. */
  text(field: Field): string {
    this.checkType(field, 2, 'a string');
    this.count(COST_OF_OBJECT);
    return this.decoder.decode(this.bytes.subarray(field.from, Math.min(field.to, field.from + LONGEST_TEXT)));
  }

  /** A signed 64-bit integer, rounded beyond 2^53. */
  integer(field: Field): number {
    this.checkType(field, 0, 'an integer');
    this.at = field.from;
    return this.varint(field.to, true);
  }

  /** Appends the numbers of a repeated field, which holds one number or several packed ones. */
  addNumbers(field: Field, form: 'varint' | 'float' | 'double', numbers: number[]): void {
    this.checkNumbers(field, form);
    this.at = field.from;
    while (this.at < field.to) {
      this.count(1);
      numbers.push(form === 'varint' ? this.varint(field.to, true) : this.float(field.to, form));
    }
  }

  private eachIn(from: number, to: number, visit: (field: Field) => void): void {
    let next = from;
    while (next < to) {
      this.count(1);
      this.at = next;
      const tag = this.varint(to, false);
      const wireType = tag % 8;
      const number = Math.floor(tag / 8);
      if (number === 0 || number >= 2 ** 29) this.fail(next, 'is not a field of a message');
      const content = this.content(wireType, next, to);
      next = content.to;
      visit({ number, wireType, ...content });
    }
  }

  /** The range of the content of a field whose tag began at `start`. */
  private content(wireType: number, start: number, end: number): { from: number; to: number } {
    let from = this.at;
    let to = from;
    if (wireType === 0) {
      this.varint(end, true);
      to = this.at;
    } else if (wireType === 1) to = from + 8;
    else if (wireType === 5) to = from + 4;
    else if (wireType === 2) {
      const length = this.varint(end, false);
      from = this.at;
      to = from + length;
    } else this.fail(start, 'is not a field of a message');
    if (to > end) this.fail(start, `starts a field of ${to - from} bytes, but only ${end - from} remain`);
    return { from, to };
  }

  /** Reads the varint at `at` and moves past it: 7 bits per byte, lowest first, at most 10 bytes. */
  private varint(end: number, signed: boolean): number {
    const start = this.at;
    let low = 0;
    let high = 0;
    for (let i = 0; i < 10; i++) {
      if (this.at >= end) this.fail(start, 'starts a number that is cut off');
      const byte = this.bytes[this.at++];
      // Five bytes give 35 bits, so that a double holds each half exactly.
      if (i < 5) low += (byte & 0x7f) * 2 ** (7 * i);
      else high += (byte & 0x7f) * 2 ** (7 * (i - 5));
      if (byte < 0x80) return low + (signed && high >= 2 ** 28 ? (high % 2 ** 29) - 2 ** 29 : high) * 2 ** 35;
    }
    return this.fail(start, 'starts a number of more than 10 bytes');
  }

  private float(end: number, form: 'float' | 'double'): number {
    const size = form === 'float' ? 4 : 8;
    if (this.at + size > end) this.fail(this.at, 'starts a number that is cut off');
    this.at += size;
    return form === 'float' ? this.view.getFloat32(this.at - size, true) : this.view.getFloat64(this.at - size, true);
  }

  private checkNumbers(field: Field, form: 'varint' | 'float' | 'double'): void {
    const alone = form === 'varint' ? 0 : form === 'float' ? 5 : 1;
    if (field.wireType !== 2) this.checkType(field, alone, 'a number');
  }

  private checkType({ wireType, from }: Field, wanted: number, what: string): void {
    if (wireType !== wanted) this.fail(from, `should start ${what}, but does not`);
  }

  private count(cost: number): void {
    this.parts += cost;
    if (this.parts > MOST_PARTS) this.refuse('out-of-range', 'it has more parts than any network');
  }

  /** Throws an error about the byte `at`; `what` describes the fault. */
  fail(at: number, what: string): never {
    return this.refuse('onnx-syntax', `byte ${at} ${what}`);
  }
}
