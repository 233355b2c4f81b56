/** Small products and convolutions for checking the references, and their results by plain loops. */
import fc from 'fast-check';
import type { Layer } from '../../src/workload/layer.ts';
import { ifmapAddress } from '../reference/memory-words.ts';
import type { Matrix } from '../reference/pe-grid.ts';

export const DATAFLOWS = ['os', 'ws', 'is'] as const;

export function each(n: number, visit: (i: number) => void): void {
  for (let i = 0; i < n; i++) visit(i);
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export function upTo(max: number, min = 1) {
  return fc.integer({ min, max });
}

/** Small integers without a pattern along rows, columns or diagonals, so that a word in the wrong place shows. */
export function matrix(height: number, width: number, salt: number): number[][] {
  const value = (i: number, j: number) => ((i * 37 + j * 101 + salt * 53 + i * j * 17) % 199) - 83;
  return Array.from({ length: height }, (_, i) => Array.from({ length: width }, (_, j) => value(i, j)));
}

export function multiply(a: Matrix, b: Matrix): number[][] {
  return a.map((row) => b[0].map((_, n) => sum(row.map((word, k) => word * b[k][n]))));
}

export function conv(changes: Partial<Layer>): Layer {
  return {
    ...{ name: 'layer', type: 'conv', batch: 1, groups: 1, ifmapHeight: 1, ifmapWidth: 1, channels: 1 },
    ...{ filterHeight: 1, filterWidth: 1, filters: 1, strideHeight: 1, strideWidth: 1, padHeight: 0, padWidth: 0 },
    ...{ ofmapHeight: 1, ofmapWidth: 1 },
    ...changes,
  };
}

export function gemm(m: number, k: number, n: number): Layer {
  return conv({ type: 'gemm', ifmapWidth: m, channels: k, filters: n, ofmapWidth: m });
}

export function layersOf() {
  return fc
    .record({
      ...{ batch: upTo(2), groups: upTo(2), channels: upTo(3), filters: upTo(5) },
      ...{ filterHeight: upTo(3), filterWidth: upTo(3), strideHeight: upTo(2), strideWidth: upTo(3) },
      ...{
        padHeight: upTo(1, 0),
        padWidth: upTo(1, 0),
        extraHeight: upTo(3, 0),
        extraWidth: upTo(4, 0),
        up: fc.boolean(),
      },
    })
    .map(({ extraHeight, extraWidth, up, ...shape }) => {
      const [ifmapHeight, ifmapWidth] = [shape.filterHeight + extraHeight, shape.filterWidth + extraWidth];
      // Ours round a partial last window down, SCALE-Sim's up (the overhang is then padding).
      const round = up ? Math.ceil : Math.floor;
      const ofmapHeight = round((extraHeight + 2 * shape.padHeight) / shape.strideHeight) + 1;
      const ofmapWidth = round((extraWidth + 2 * shape.padWidth) / shape.strideWidth) + 1;
      return conv({ ...shape, ifmapHeight, ifmapWidth, ofmapHeight, ofmapWidth });
    });
}

/** One group of a layer as im2col matrices by `ifmapAddress`, and its results by the loops of a convolution. */
export function convolution(layer: Layer, group: number): { a: Matrix; b: Matrix; product: number[][] } {
  const { batch, channels, filterHeight, filterWidth, ofmapHeight, ofmapWidth, ifmapHeight, ifmapWidth } = layer;
  const ifmap = (image: number, y: number, x: number, ch: number) => {
    if (y < 0 || y >= ifmapHeight || x < 0 || x >= ifmapWidth) return 0;
    return wordValue((((group * batch + image) * ifmapHeight + y) * ifmapWidth + x) * channels + ch);
  };
  const wordValue = (address: number) => ((address * 61) % 97) + 1;
  const [m, k] = [batch * ofmapHeight * ofmapWidth, filterHeight * filterWidth * channels];
  const b = matrix(k, layer.filters, 4);
  const a = Array.from({ length: m }, (_, pixel) =>
    Array.from({ length: k }, (_, word) => {
      const address = ifmapAddress(layer, group, pixel, word);
      return address === null ? 0 : wordValue(address);
    }),
  );
  const product: number[][] = [];
  each(batch, (image) =>
    each(ofmapHeight, (oy) =>
      each(ofmapWidth, (ox) => {
        const results = new Array<number>(layer.filters).fill(0);
        let word = 0;
        each(filterHeight, (fy) =>
          each(filterWidth, (fx) =>
            each(channels, (ch) => {
              const y = oy * layer.strideHeight + fy - layer.padHeight;
              const x = ox * layer.strideWidth + fx - layer.padWidth;
              each(layer.filters, (n) => {
                results[n] += ifmap(image, y, x, ch) * b[word][n];
              });
              word++;
            }),
          ),
        );
        product.push(results);
      }),
    ),
  );
  return { a, b, product };
}
