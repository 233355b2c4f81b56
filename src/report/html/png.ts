/** A picture of at most 256 colours; a byte a pixel, row by row from the top. */
export interface IndexedImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
  /** Red, green and blue, 0 to 255. */
  readonly colours: readonly (readonly [number, number, number])[];
}

/**
 * PNG (ISO/IEC 15948) in its simplest form: a palette, no filter, and the deflate stream "stored", which needs no compressor.
 */
export function encodePng({ width, height, pixels, colours }: IndexedImage): Uint8Array {
  const header = [...bigEndian(width), ...bigEndian(height), 8, 3, 0, 0, 0];
  return Uint8Array.from([
    ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    ...chunk('IHDR', header),
    ...chunk('PLTE', colours.flat()),
    ...chunk('IDAT', storedZlib(scanlines(width, height, pixels))),
    ...chunk('IEND', []),
  ]);
}

export function pngDataUri(image: IndexedImage): string {
  const bytes = encodePng(image);
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return `data:image/png;base64,${btoa(binary)}`;
}

/** Each row begins with its filter: 0, none. */
function scanlines(width: number, height: number, pixels: Uint8Array): Uint8Array {
  const lines = new Uint8Array(height * (width + 1));
  for (let row = 0; row < height; row++) {
    lines.set(pixels.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
  }
  return lines;
}

function chunk(type: string, data: ArrayLike<number>): number[] {
  const body = [...type].map((letter) => letter.charCodeAt(0));
  for (let i = 0; i < data.length; i++) body.push(data[i]);
  return [...bigEndian(data.length), ...body, ...bigEndian(crc32(body))];
}

/** The longest a stored block can be: its length has 16 bits. */
const LONGEST_BLOCK = 65535;

/** zlib (RFC 1950) around deflate's stored blocks (RFC 1951, 3.2.4). */
function storedZlib(data: Uint8Array): number[] {
  const bytes = [0x78, 0x01];
  for (let from = 0; from < data.length; from += LONGEST_BLOCK) {
    const block = data.subarray(from, from + LONGEST_BLOCK);
    const last = from + LONGEST_BLOCK >= data.length ? 1 : 0;
    bytes.push(last, ...littleEndian16(block.length), ...littleEndian16(~block.length));
    for (const byte of block) bytes.push(byte);
  }
  bytes.push(...bigEndian(adler32(data)));
  return bytes;
}

function bigEndian(value: number): number[] {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255);
}

function littleEndian16(value: number): number[] {
  return [value & 255, (value >>> 8) & 255];
}

export function crc32(bytes: ArrayLike<number>): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) {
    crc ^= bytes[i];
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

export function adler32(bytes: ArrayLike<number>): number {
  let [a, b] = [1, 0];
  for (let i = 0; i < bytes.length; i++) {
    a = (a + bytes[i]) % 65521;
    b = (b + a) % 65521;
  }
  return ((b << 16) | a) >>> 0;
}
