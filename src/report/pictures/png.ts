import { zlibRuns } from './deflate.ts';
import type { Rgb } from './heat-colours.ts';

/** A picture of at most 256 colours: one byte per pixel, row by row from the top. */
export interface IndexedImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
  /** Red, green and blue, 0 to 255. */
  readonly colours: readonly Rgb[];
}

/** A PNG (ISO/IEC 15948) with a palette. Equal pictures give equal bytes everywhere. */
export function encodePng({ width, height, pixels, colours }: IndexedImage): Uint8Array {
  const header = [...bigEndian(width), ...bigEndian(height), 8, 3, 0, 0, 0];
  const parts = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', Uint8Array.from(header)),
    chunk('PLTE', Uint8Array.from(colours.flat())),
    chunk('IDAT', zlibRuns(scanlines(width, height, pixels))),
    chunk('IEND', new Uint8Array(0)),
  ];
  const file = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}

export function pngDataUri(image: IndexedImage): string {
  const bytes = encodePng(image);
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return `data:image/png;base64,${btoa(binary)}`;
}

const NO_FILTER = 0;
const UP_FILTER = 2;

/**
 * The filtered rows; each begins with its filter. A row equal to the one above becomes differences, all 0, if that has
 * fewer changes along the row, since only runs compress.
 */
function scanlines(width: number, height: number, pixels: Uint8Array): Uint8Array {
  const lines = new Uint8Array(height * (width + 1));
  for (let row = 0; row < height; row++) {
    const from = row * width;
    const to = row * (width + 1);
    const up = row > 0 && changesUp(pixels, from, width) < changes(pixels, from, width);
    lines[to] = up ? UP_FILTER : NO_FILTER;
    if (!up) lines.set(pixels.subarray(from, from + width), to + 1);
    else for (let i = 0; i < width; i++) lines[to + 1 + i] = pixels[from + i] - pixels[from + i - width];
  }
  return lines;
}

function changes(pixels: Uint8Array, from: number, width: number): number {
  let count = 0;
  for (let i = from + 1; i < from + width; i++) if (pixels[i] !== pixels[i - 1]) count++;
  return count;
}

function changesUp(pixels: Uint8Array, from: number, width: number): number {
  let count = 0;
  let last = pixels[from] - pixels[from - width];
  for (let i = from + 1; i < from + width; i++) {
    const difference = pixels[i] - pixels[i - width];
    if (difference !== last) count++;
    last = difference;
  }
  return count;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 12);
  bytes.set(bigEndian(data.length));
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(data, 8);
  bytes.set(bigEndian(crc32(bytes.subarray(4, data.length + 8))), data.length + 8);
  return bytes;
}

function bigEndian(value: number): number[] {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255);
}

const CRC_OF_BYTE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

export function crc32(bytes: ArrayLike<number>): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ CRC_OF_BYTE[(crc ^ bytes[i]) & 255];
  return (crc ^ 0xffffffff) >>> 0;
}
