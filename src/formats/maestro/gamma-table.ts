import type { SourceText } from '../../base/source.ts';
import { LAYER_KINDS, type LayerRow, readLayerTable } from './layer-table.ts';
import type { Dimension, MaestroLayer, MaestroNetwork } from './types.ts';

/** First lines of GAMMA's tables. T alone says what the six numbers are. */
const HEADERS = ['K,C,Y,X,R,S,T', 'M,N,K,0,0,0,T', 'O,I,0,0,0,0,T'];
const TYPES: ReadonlyMap<number, string> = new Map([
  [1, 'convolution'],
  [2, 'depthwise'],
  [0, 'fully connected: outputs, inputs'],
  [3, 'product: M, N, K'],
]);

/**
 * Reads a network of GAMMA: a row of six sizes and T for each layer, without strides and dataflows. As in GAMMA 3d6caf8 products and
 * fully connected layers become convolutions of 1 x 1. Throws every problem found.
 */
export function readGammaNetwork(source: SourceText): MaestroNetwork {
  const name = source.file
    .replace(/^.*[\\/]/, '')
    .replace(/\.csv$/i, '')
    .replace(/\W/g, '_');
  return { name, layers: readLayerTable(source, HEADERS, TYPES).map(layerOf) };
}

function layerOf(row: LayerRow, i: number): MaestroLayer {
  const kind = LAYER_KINDS[row.type];
  const type = kind === 'DSCONV' ? kind : 'CONV';
  return {
    name: `${kind}${i + 1}`,
    type,
    strideX: 1,
    strideY: 1,
    sizes: sizesOf(kind, row.sizes),
    isOutputSized: false,
    directives: [],
    span: row.span,
  };
}

function sizesOf(kind: (typeof LAYER_KINDS)[number], sizes: readonly number[]): ReadonlyMap<Dimension, number> {
  const [a, b, c] = sizes;
  const [K, C, Y, X, R, S] = kind === 'GEMM' ? [b, c, a, 1, 1, 1] : kind === 'FC' ? [a, b, 1, 1, 1, 1] : sizes;
  return new Map(Object.entries(kind === 'DSCONV' ? { C, Y, X, R, S } : { K, C, Y, X, R, S }) as [Dimension, number][]);
}
