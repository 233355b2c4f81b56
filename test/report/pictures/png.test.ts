import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { adler32 } from '../../../src/report/pictures/deflate.ts';
import { HEAT_COLOURS } from '../../../src/report/pictures/heat-colours.ts';
import { crc32, encodePng, pngDataUri } from '../../../src/report/pictures/png.ts';
import { decodePng } from './support.ts';

/** The chunks of a file, their checksums checked. */
function chunksOf(png: Uint8Array): Map<string, Uint8Array> {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const chunks = new Map<string, Uint8Array>();
  for (let at = 8; at < png.length; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...png.subarray(at + 4, at + 8));
    expect(view.getUint32(at + 8 + length), type).toBe(crc32(png.subarray(at + 4, at + 8 + length)));
    chunks.set(type, png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return chunks;
}

// The check values of the two algorithms: "123456789" in the catalogue of CRCs, "Wikipedia" in the article on Adler-32.
test('checksums', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  expect(adler32(new TextEncoder().encode('Wikipedia'))).toBe(0x11e60398);
});

describe.each([
  [1, 1],
  [3, 2],
  [300, 300],
])('a picture of %d x %d', (width, height) => {
  const pixels = Uint8Array.from({ length: width * height }, (_, i) => (i * 7) % 256);
  const image = { width, height, pixels, colours: HEAT_COLOURS };
  const chunks = chunksOf(encodePng(image));

  test('has the signature and the header of the standard', () => {
    expect([...encodePng(image).subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
    expect([...chunks.keys()]).toEqual(['IHDR', 'PLTE', 'IDAT', 'IEND']);
    const header = [width >> 8, width & 255, 0, 0, height >> 8, height & 255, 8, 3, 0, 0, 0];
    expect([...chunks.get('IHDR')!]).toEqual([0, 0, ...header]);
    expect(chunks.get('PLTE')).toHaveLength(3 * 256);
  });

  test('holds the pixels', () => {
    const decoded = decodePng(encodePng(image));
    expect([decoded.width, decoded.height]).toEqual([width, height]);
    expect(Buffer.compare(decoded.pixels, pixels)).toBe(0);
  });

  test('is the same as a data URI', () => {
    const [head, data] = pngDataUri(image).split(',');
    expect(head).toBe('data:image/png;base64');
    expect(Buffer.compare(Buffer.from(data, 'base64'), encodePng(image))).toBe(0);
  });
});

test('the colours of heat grow lighter from each to the next', () => {
  // Rec. 709 luma.
  const luma = HEAT_COLOURS.map(([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b);
  expect(HEAT_COLOURS).toHaveLength(256);
  for (let i = 4; i < 256; i++) expect(luma[i]).toBeGreaterThan(luma[i - 4]);
});

test('rows like the one above are written as differences', () => {
  const row = [1, 2, 1, 2, 5, 5];
  const image = {
    width: 6,
    height: 3,
    pixels: Uint8Array.from([...row, ...row, 7, 7, 7, 7, 7, 7]),
    colours: HEAT_COLOURS,
  };
  const { filters, pixels } = decodePng(encodePng(image));
  expect(filters).toEqual([0, 2, 0]);
  expect(pixels).toEqual(image.pixels);
});
