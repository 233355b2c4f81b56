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
    const divisor = 2 ** parameter;
    for (let at = from; at < end; at++) {
      const folded = readRice(bits, parameter, divisor);
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

function readRice(bits: BitReader, parameter: number, divisor: number): number {
  const high = bits.ones(ESCAPE);
  if (high === ESCAPE) return bits.read(ESCAPED_BITS);
  return high * divisor + bits.read(parameter);
}

/** The most bits that are taken at once: with those of an open digit they fit into 31 bits. */
const CHUNK = 24;

const DIGIT_BITS = 6;

/** The digits of base64 (RFC 4648), as ASCII. */
const DIGITS = new TextEncoder().encode('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');

const NO_DIGIT = 255;

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

/** The value of each ASCII character as a digit; NO_DIGIT for others. The `=` that fill a text up are zeros. */
const VALUES = new Uint8Array(128).fill(NO_DIGIT);
DIGITS.forEach((code, value) => {
  VALUES[code] = value;
});
VALUES['='.charCodeAt(0)] = 0;

class BitReader {
  private readonly text: string;
  private at = 0;
  /** Bits read ahead, at most 30, of which none are above the lowest `count`. */
  private open = 0;
  private count = 0;

  constructor(text: string) {
    this.text = text;
  }

  read(count: number): number {
    let value = 0;
    for (let left = count; left > 0; ) {
      const take = left % CHUNK || CHUNK;
      left -= take;
      value = value * 2 ** take + this.take(take);
    }
    return value;
  }

  /** The ones up to the next zero, which is taken too; at most `most`, which is no more than `CHUNK`. */
  ones(most: number): number {
    this.fill();
    const ones = Math.clz32(~(this.open << (32 - this.count)));
    if (ones >= most) {
      this.drop(most);
      return most;
    }
    const found = Math.min(ones, this.count);
    this.drop(Math.min(found + 1, this.count));
    return found;
  }

  /** The next bits, at most `CHUNK`, with zeros for those that the text lacks. */
  private take(count: number): number {
    if (this.count < count) this.fill();
    const missing = count - this.count;
    if (missing > 0) return this.drop(this.count) << missing;
    return this.drop(count);
  }

  /** Takes out bits that are there. */
  private drop(count: number): number {
    this.count -= count;
    const bits = this.open >>> this.count;
    this.open &= (1 << this.count) - 1;
    return bits;
  }

  private fill(): void {
    while (this.count <= CHUNK && this.at < this.text.length) {
      const value = VALUES[this.text.charCodeAt(this.at++)] ?? NO_DIGIT;
      if (value === NO_DIGIT) throw new Error('a text of numbers has a character that is no digit of base64');
      this.open = (this.open << DIGIT_BITS) | value;
      this.count += DIGIT_BITS;
    }
  }
}
