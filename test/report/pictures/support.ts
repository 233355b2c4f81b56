import { inflateSync } from 'node:zlib';
import { readFloorplan } from '../../../src/formats/hotspot/floorplan-and-trace.ts';
import { type Floorplan, makeFloorplan, type TemperatureField } from '../../../src/thermal/index.ts';

export function floorplanOf(text: string): Floorplan {
  return makeFloorplan(readFloorplan({ file: 'test.flp', text }));
}

/** 4 mm x 2 mm: a column of 1 mm in the west, a row of 0.2 mm in the south of the rest. */
export const THREE_BLOCKS = floorplanOf(
  'west 1e-3 2e-3 0 0\na_long_name 3e-3 0.2e-3 1e-3 0\nnorth<1> 3e-3 1.8e-3 1e-3 0.2e-3\n',
);

/** Cold but for one cell. */
export function fieldOf(rows: number, columns: number, hotCell: number, coldK = 320, hotK = 353.15): TemperatureField {
  const temperatureK = new Float64Array(rows * columns).fill(coldK);
  temperatureK[hotCell] = hotK;
  return { rows, columns, temperatureK };
}

export interface DecodedPng {
  readonly width: number;
  readonly height: number;
  /** Indices into the palette. */
  readonly pixels: Uint8Array;
  readonly filters: readonly number[];
  /** Three bytes a colour. */
  readonly palette: Uint8Array;
}

/** A reader of its own, by the standard, of pictures with a palette and the filters none and up. */
export function decodePng(png: Uint8Array): DecodedPng {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const chunks = new Map<string, Uint8Array>();
  for (let at = 8; at < png.length; at += 12 + view.getUint32(at)) {
    chunks.set(String.fromCharCode(...png.subarray(at + 4, at + 8)), png.subarray(at + 8, at + 8 + view.getUint32(at)));
  }
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const lines = inflateSync(chunks.get('IDAT')!);
  const pixels = new Uint8Array(width * height);
  const filters: number[] = [];
  for (let row = 0; row < height; row++) {
    const filter = lines[row * (width + 1)];
    if (filter !== 0 && filter !== 2) throw new Error(`filter ${filter}`);
    filters.push(filter);
    for (let i = 0; i < width; i++) {
      const above = filter === 2 ? pixels[(row - 1) * width + i] : 0;
      pixels[row * width + i] = lines[row * (width + 1) + 1 + i] + above;
    }
  }
  return { width, height, pixels, filters, palette: chunks.get('PLTE')! };
}

/** A reader of its own, by the standard (PNG, section 9), of pictures with 8 bits of red, green, blue and alpha: their pixels. */
export function decodeColours(png: Uint8Array): { width: number; height: number; pixels: Uint8Array } {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const data: Uint8Array[] = [];
  for (let at = 8; at < png.length; at += 12 + view.getUint32(at)) {
    const kind = String.fromCharCode(...png.subarray(at + 4, at + 8));
    if (kind === 'IDAT') data.push(png.subarray(at + 8, at + 8 + view.getUint32(at)));
  }
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  if (png[24] !== 8 || png[25] !== 6) throw new Error(`${png[24]} bits, type ${png[25]}`);
  const lines = inflateSync(Buffer.concat(data));
  const stride = 4 * width;
  const pixels = new Uint8Array(stride * height);
  for (let row = 0; row < height; row++) {
    const filter = lines[row * (stride + 1)];
    for (let i = 0; i < stride; i++) {
      const left = i < 4 ? 0 : pixels[row * stride + i - 4];
      const up = row === 0 ? 0 : pixels[(row - 1) * stride + i];
      const corner = i < 4 || row === 0 ? 0 : pixels[(row - 1) * stride + i - 4];
      const toCorner = left + up - corner;
      const [a, b, c] = [left, up, corner].map((value) => Math.abs(toCorner - value));
      const paeth = a <= b && a <= c ? left : b <= c ? up : corner;
      const guess = [0, left, up, (left + up) >> 1, paeth][filter];
      pixels[row * stride + i] = lines[row * (stride + 1) + 1 + i] + guess;
    }
  }
  return { width, height, pixels };
}
