/**
 * Columns of numbers as short texts for a file. Differences of neighbouring integers are Rice coded (Rice and Plaunt, "Adaptive
 * variable-length coding", IEEE Trans. Comm. 1971), in groups that each have their own parameter, and the bits stand in base64.
 */

/** Values of one group share the parameter of the code. */
const GROUP = 64;
const PARAMETER_BITS = 5;
const MOST_PARAMETER = 31;

/** So many ones announce a difference of 53 bits instead of a code. */
const ESCAPE = 24;
const ESCAPED_BITS = 53;

/** Whole numbers within +-2^52, in order. */
export function codeIntegers(values: ArrayLike<number>): string {
  const bits = new BitWriter();
  const folded = new Float64Array(GROUP);
  for (let from = 0; from < values.length; from += GROUP) {
    const size = Math.min(GROUP, values.length - from);
    let sum = 0;
    for (let i = 0; i < size; i++) {
      const at = from + i;
      const difference = values[at] - (at === 0 ? 0 : values[at - 1]);
      // Alternating signs: 0, -1, 1, -2, ...
      folded[i] = difference >= 0 ? 2 * difference : -2 * difference - 1;
      sum += folded[i];
    }
    const parameter = Math.min(MOST_PARAMETER, Math.max(0, Math.floor(Math.log2(sum / size + 1))));
    bits.write(parameter, PARAMETER_BITS);
    const divisor = 2 ** parameter;
    for (let i = 0; i < size; i++) writeRice(bits, folded[i], parameter, divisor);
  }
  return bits.text();
}

/** The first `count` numbers of such a text. A text that is too short yields zeros in the end. */
export function decodeIntegers(text: string, count: number): Float64Array {
  const bits = new BitReader(text);
  const values = new Float64Array(count);
  let last = 0;
  for (let from = 0; from < count; from += GROUP) {
    const parameter = bits.read(PARAMETER_BITS);
    const end = Math.min(count, from + GROUP);
    for (let at = from; at < end; at++) {
      const folded = readRice(bits, parameter);
      last += folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
      values[at] = last;
    }
  }
  return values;
}

/** `divisor` is 2^`parameter`. */
function writeRice(bits: BitWriter, value: number, parameter: number, divisor: number): void {
  const high = Math.floor(value / divisor);
  if (high >= ESCAPE) {
    bits.ones(ESCAPE);
    bits.write(value, ESCAPED_BITS);
    return;
  }
  const low = value - high * divisor;
  if (high + 1 + parameter <= CHUNK) {
    bits.put((((1 << high) - 1) << (parameter + 1)) | low, high + 1 + parameter);
    return;
  }
  bits.ones(high);
  bits.write(0, 1);
  bits.write(low, parameter);
}

function readRice(bits: BitReader, parameter: number): number {
  const high = bits.ones(ESCAPE);
  if (high === ESCAPE) return bits.read(ESCAPED_BITS);
  return high * 2 ** parameter + bits.read(parameter);
}

/** The most bits that are taken at once: with those of an open digit they fit into 31 bits. */
const CHUNK = 24;

const DIGIT_BITS = 6;

/** The digits of base64 (RFC 4648), as ASCII. */
const DIGITS = new TextEncoder().encode('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');

/** Bits that become base64 on the way, which is faster than to encode their bytes in the end. */
class BitWriter {
  private digits = new Uint8Array(4096);
  private length = 0;
  /** Bits that do not fill a digit yet. */
  private open = 0;
  private count = 0;

  /** The lowest `count` bits of `value`, the highest of them first. */
  write(value: number, count: number): void {
    for (let left = count; left > 0; ) {
      const take = left % CHUNK || CHUNK;
      left -= take;
      this.put(Math.floor(value / 2 ** left) % 2 ** take, take);
    }
  }

  ones(count: number): void {
    for (let left = count; left > 0; left -= CHUNK) this.put(2 ** Math.min(left, CHUNK) - 1, Math.min(left, CHUNK));
  }

  text(): string {
    // Zeros fill the last byte, and then the last digit.
    this.put(0, -(DIGIT_BITS * this.length + this.count) & 7);
    if (this.count > 0) this.put(0, DIGIT_BITS - this.count);
    const text = new TextDecoder().decode(this.digits.subarray(0, this.length));
    return text.padEnd(4 * Math.ceil(text.length / 4), '=');
  }

  /** The lowest `count` bits, at most `CHUNK`, of a value that has no others. */
  put(value: number, count: number): void {
    if (this.length + CHUNK > this.digits.length) this.grow();
    this.open = (this.open << count) | value;
    this.count += count;
    while (this.count >= DIGIT_BITS) {
      this.count -= DIGIT_BITS;
      this.digits[this.length++] = DIGITS[(this.open >>> this.count) & 63];
    }
    this.open &= (1 << this.count) - 1;
  }

  private grow(): void {
    const longer = new Uint8Array(2 * this.digits.length);
    longer.set(this.digits);
    this.digits = longer;
  }
}

class BitReader {
  private readonly bytes: Uint8Array;
  private at = 0;
  private left = 8;

  constructor(text: string) {
    this.bytes = fromBase64(text);
  }

  read(count: number): number {
    let value = 0;
    for (let need = count; need > 0; ) {
      if (this.at >= this.bytes.length) return value * 2 ** need;
      const take = Math.min(need, this.left);
      const bits = (this.bytes[this.at] >>> (this.left - take)) & (2 ** take - 1);
      value = value * 2 ** take + bits;
      need -= take;
      this.skip(take);
    }
    return value;
  }

  /** The ones up to the next zero, which is taken too; at most `most`. */
  ones(most: number): number {
    let count = 0;
    while (count < most && this.at < this.bytes.length) {
      const bit = (this.bytes[this.at] >>> (this.left - 1)) & 1;
      this.skip(1);
      if (bit === 0) return count;
      count++;
    }
    return count;
  }

  private skip(count: number): void {
    this.left -= count;
    if (this.left > 0) return;
    this.at++;
    this.left = 8;
  }
}

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
