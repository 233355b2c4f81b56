import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { type Layer, OMITTED_TYPES, readTopology, TOPOLOGY_COLUMNS, TOPOLOGY_FORMS } from '../../src/workload/index.ts';
import { lawOptions } from '../tier.ts';

const form = fc.constantFrom(undefined, ...TOPOLOGY_FORMS);

const word = fc.oneof(
  fc.constantFrom(...TOPOLOGY_COLUMNS, 'conv', 'gemm', 'pool', '#', '"', '1:1', 'DP'),
  fc.nat().map(String),
  fc.string(),
);
const separator = fc.constantFrom(',', ',\n', '\n', '\r\n', ', ');
const header = fc.constantFrom('', 'layer,type,m,n,k\n', 'Layer,M,N,K,\n', `${TOPOLOGY_COLUMNS.join(',')}\n`);

/** Text that gets past the first checks more often than noise does. */
const almostTopology = fc
  .tuple(header, fc.array(fc.tuple(word, separator)))
  .map(([first, words]) => first + words.flat().join(''));

test('no text makes a reader throw anything but InputError with places inside the text', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), almostTopology), form, (text, chosen) => {
      try {
        expect(readTopology({ file: 'f', text }, { form: chosen }).layers.length).toBeGreaterThan(0);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        const lines = text.replace(/^\ufeff/, '').split('\n');
        for (const { span } of error.diagnostics) {
          if (span) expect(lines[span.line - 1].length).toBeGreaterThanOrEqual(span.column - 1);
        }
      }
    }),
    lawOptions(2000, 40),
  );
});

const size = fc.integer({ min: 1, max: 60 });
const name = fc
  .string({ unit: 'grapheme', minLength: 1 })
  .filter((text) => text.trim() === text && !/[\r\n\ufeff]/.test(text));

/** The windows of a dimension, counted one by one. */
function countWindows(padded: number, filter: number, stride: number): number {
  let windows = 0;
  for (let start = 0; start + filter <= padded; start += stride) windows++;
  return windows;
}

const dimension = fc
  .record({ ifmap: size, filter: size, stride: size, pad: size })
  .filter(({ ifmap, filter, pad }) => filter <= ifmap + 2 * pad)
  .map((d) => ({ ...d, ofmap: countWindows(d.ifmap + 2 * d.pad, d.filter, d.stride) }));

const convLayer = fc
  .record({ groups: size, batch: size, channels: size, filters: size, height: dimension, width: dimension })
  .map(({ height, width, ...counts }) => ({
    type: 'conv' as const,
    ...counts,
    ...{ ifmapHeight: height.ifmap, filterHeight: height.filter, strideHeight: height.stride },
    ...{ padHeight: height.pad, ofmapHeight: height.ofmap },
    ...{ ifmapWidth: width.ifmap, filterWidth: width.filter, strideWidth: width.stride },
    ...{ padWidth: width.pad, ofmapWidth: width.ofmap },
  }));

const gemmLayer = fc.record({ groups: size, batch: size, m: size, n: size, k: size }).map(({ m, n, k, ...counts }) => ({
  type: 'gemm' as const,
  ...counts,
  ...{ ifmapHeight: 1, ifmapWidth: m, channels: k, filterHeight: 1, filterWidth: 1, filters: n },
  ...{ strideHeight: 1, strideWidth: 1, padHeight: 0, padWidth: 0, ofmapHeight: 1, ofmapWidth: m },
}));

const omittedLayer = fc.constantFrom(...OMITTED_TYPES).map((type) => ({ type }));

function cells(layer: Layer | { name: string; type: string }): Record<string, string | number> {
  const named = { layer: `"${layer.name.replaceAll('"', '""')}"`, type: layer.type };
  if (!('batch' in layer)) return named;
  const { groups, batch } = layer;
  if (layer.type === 'gemm')
    return { ...named, groups, batch, m: layer.ofmapWidth, n: layer.filters, k: layer.channels };
  return {
    ...named,
    ...{ groups, batch, ifmap_h: layer.ifmapHeight, ifmap_w: layer.ifmapWidth },
    ...{ channels: layer.channels * groups, filters: layer.filters * groups },
    ...{
      filter_h: layer.filterHeight,
      filter_w: layer.filterWidth,
      stride: layer.strideHeight,
      stride_w: layer.strideWidth,
    },
    ...{ padding: layer.padHeight, padding_w: layer.padWidth },
  };
}

test('layers written in any order of columns are read back', () => {
  const rows = fc.uniqueArray(fc.tuple(name, fc.oneof(convLayer, gemmLayer, omittedLayer)), {
    selector: ([n]) => n,
    minLength: 1,
    maxLength: 8,
  });
  const columns = fc.shuffledSubarray([...TOPOLOGY_COLUMNS], { minLength: TOPOLOGY_COLUMNS.length });
  fc.assert(
    fc.property(rows, columns, (entries, order) => {
      const layers = entries.map(([n, layer]) => ({ name: n, ...layer }));
      fc.pre(layers.some((layer) => 'batch' in layer));
      const lines = layers.map((layer) => order.map((column) => cells(layer)[column] ?? '').join(','));
      const text = [order.join(','), ...lines].join('\n');
      const read = readTopology({ file: 'f', text });
      expect(read.layers).toEqual(layers.filter((layer) => 'batch' in layer));
      expect(read.omitted).toEqual(layers.filter((layer) => !('batch' in layer)));
    }),
    lawOptions(400, 25),
  );
});
