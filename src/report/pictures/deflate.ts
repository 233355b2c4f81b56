/**
 * zlib (RFC 1950) around one deflate block of fixed codes (RFC 1951, 3.2.6). It compresses runs of one byte only, which
 * suits pictures of flat areas and takes one pass without tables of earlier bytes. The result is at worst an eighth
 * longer than the data.
 */
export function zlibRuns(data: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.ceil((data.length * 9) / 8) + 16);
  out.set([0x78, 0x01]);
  const length = deflateRuns(data, out, 2);
  const sum = adler32(data);
  for (let i = 0; i < 4; i++) out[length + i] = sum >>> (24 - 8 * i);
  return out.slice(0, length + 4);
}

const SHORTEST_MATCH = 3;
const LONGEST_MATCH = 258;

/**
 * Code and number of bits of each literal (0..255), end of block (256) and length symbol. The bits are reversed, as
 * they are sent.
 */
const CODES = new Uint16Array(288);
const CODE_BITS = new Uint8Array(288);

/** For each match length: its symbol, its extra bits and their number. */
const LENGTH_SYMBOL = new Uint16Array(LONGEST_MATCH + 1);
const LENGTH_EXTRA = new Uint8Array(LONGEST_MATCH + 1);
const LENGTH_EXTRA_BITS = new Uint8Array(LONGEST_MATCH + 1);

fillCodes();
fillLengths();

function fillCodes(): void {
  const ranges = [
    { from: 0, to: 144, bits: 8, first: 0x30 },
    { from: 144, to: 256, bits: 9, first: 0x190 },
    { from: 256, to: 280, bits: 7, first: 0 },
    { from: 280, to: 288, bits: 8, first: 0xc0 },
  ];
  for (const { from, to, bits, first } of ranges) {
    for (let symbol = from; symbol < to; symbol++) {
      CODES[symbol] = reversed(first + symbol - from, bits);
      CODE_BITS[symbol] = bits;
    }
  }
}

/** RFC 1951, 3.2.5: eight symbols of one length each, then four each of 2, 4, 8, 16 and 32 lengths; 285 stands for 258 alone. */
function fillLengths(): void {
  let length = SHORTEST_MATCH;
  for (let symbol = 257; symbol < 285; symbol++) {
    const bits = symbol < 265 ? 0 : (symbol - 261) >> 2;
    for (let extra = 0; extra < 1 << bits && length < LONGEST_MATCH; extra++, length++) {
      LENGTH_SYMBOL[length] = symbol;
      LENGTH_EXTRA[length] = extra;
      LENGTH_EXTRA_BITS[length] = bits;
    }
  }
  LENGTH_SYMBOL[LONGEST_MATCH] = 285;
}

function reversed(code: number, bits: number): number {
  let out = 0;
  for (let i = 0; i < bits; i++) out |= ((code >> i) & 1) << (bits - 1 - i);
  return out;
}

/** Writes from `at` on. Returns the end of the output. */
function deflateRuns(data: Uint8Array, out: Uint8Array, at: number): number {
  // Header of the last block with fixed codes: 1, then 01 sent from its low bit.
  let held = 0b011;
  let heldBits = 3;
  const put = (value: number, bits: number): void => {
    held |= value << heldBits;
    heldBits += bits;
    for (; heldBits >= 8; heldBits -= 8, held >>>= 8) out[at++] = held;
  };
  for (let i = 0; i < data.length; ) {
    const byte = data[i];
    const most = Math.min(data.length, i + 1 + LONGEST_MATCH);
    let end = i + 1;
    while (end < most && data[end] === byte) end++;
    put(CODES[byte], CODE_BITS[byte]);
    const run = end - i - 1;
    if (run < SHORTEST_MATCH) {
      i++;
      continue;
    }
    const symbol = LENGTH_SYMBOL[run];
    put(CODES[symbol], CODE_BITS[symbol]);
    put(LENGTH_EXTRA[run], LENGTH_EXTRA_BITS[run]);
    // Distance 1 is symbol 0 of five bits.
    put(0, 5);
    i = end;
  }
  put(CODES[256], CODE_BITS[256]);
  if (heldBits > 0) out[at++] = held;
  return at;
}

/** The most bytes n for which b, at most 255 n (n + 1) / 2 + 65520 (n + 1), fits into 32 bits. */
const SUMS_FIT = 5552;

export function adler32(bytes: ArrayLike<number>): number {
  let [a, b] = [1, 0];
  for (let from = 0; from < bytes.length; from += SUMS_FIT) {
    const to = Math.min(bytes.length, from + SUMS_FIT);
    for (let i = from; i < to; i++) {
      a += bytes[i];
      b += a;
    }
    a %= 65521;
    b %= 65521;
  }
  return ((b << 16) | a) >>> 0;
}
