/** Small layers, arrays and scratchpads for retention by next use. */
import fc from 'fast-check';
import {
  COUNTER_INDEX,
  type Counter,
  type LayerSchedule,
  type MemoryModel,
  scheduleLayer,
} from '../../src/systolic/index.ts';
import type { Layer } from '../../src/workload/layer.ts';
import type { FoldOrder } from '../reference/next-use-order.ts';
import type { QueueConfig } from '../reference/next-use-time.ts';
import type { MemoryOperatingPoint } from '../reference/stage-time.ts';
import { conv, DATAFLOWS, gemm, upTo } from './small-layers.ts';

/** Convolutions with padding, strides and groups, depthwise ones, and products. */
export const nextUseLayers: fc.Arbitrary<Layer> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .record({
        ...{ batch: fc.constantFrom(1, 1, 2), groups: fc.constantFrom(1, 1, 2), channels: upTo(6), filters: upTo(16) },
        ...{ filterHeight: upTo(4), filterWidth: upTo(4), strideHeight: upTo(3), strideWidth: upTo(3) },
        ...{ padHeight: upTo(2, 0), padWidth: upTo(2, 0), extraHeight: upTo(6, 0), extraWidth: upTo(7, 0) },
        ...{ up: fc.boolean(), depthwise: fc.constantFrom(false, false, false, true) },
      })
      .map(({ extraHeight, extraWidth, up, depthwise, ...shape }) => {
        const [ifmapHeight, ifmapWidth] = [shape.filterHeight + extraHeight, shape.filterWidth + extraWidth];
        const round = up ? Math.ceil : Math.floor;
        const ofmapHeight = round((extraHeight + 2 * shape.padHeight) / shape.strideHeight) + 1;
        const ofmapWidth = round((extraWidth + 2 * shape.padWidth) / shape.strideWidth) + 1;
        const layer = conv({ ...shape, ifmapHeight, ifmapWidth, ofmapHeight, ofmapWidth });
        return depthwise ? { ...layer, channels: 1, filters: 1, groups: shape.channels } : layer;
      }),
  },
  { weight: 1, arbitrary: fc.tuple(upTo(60), upTo(40), upTo(30)).map(([m, k, n]) => gemm(m, k, n)) },
);

const padWords = fc.oneof(upTo(8, 0), upTo(40, 0), upTo(400, 0));

/** Scratchpads from just two words a lane on. */
export const nextUseConfigs: fc.Arbitrary<QueueConfig> = fc
  .record({
    ...{
      rows: fc.integer({ min: 2, max: 8 }),
      cols: fc.integer({ min: 2, max: 8 }),
      ifmap: padWords,
      filter: padWords,
    },
    ...{ ofmap: fc.oneof(upTo(8, 0), upTo(600, 0)), dataflow: fc.constantFrom(...DATAFLOWS) },
    psum: fc.constantFrom('accumulate' as const, 'spill' as const),
    lookahead: fc.constantFrom('fold' as const, 'room' as const),
    prefetchAcrossLayers: fc.boolean(),
    bits: fc.constantFrom(
      { ifmap: 8, filter: 8, ofmap: 8, psum: 32 },
      { ifmap: 16, filter: 8, ofmap: 16, psum: 32 },
      { ifmap: 8, filter: 4, ofmap: 16, psum: 24 },
    ),
  })
  .map(({ ifmap, filter, ofmap, ...config }) => {
    const ports = 2 * Math.max(config.rows, config.cols);
    const bytes = (words: number, bits: number) => Math.ceil(((ports + words) * bits) / 8);
    const { bits } = config;
    const scratchpadBytes = {
      ifmap: bytes(ifmap, bits.ifmap),
      filter: bytes(filter, bits.filter),
      ofmap: bytes(ofmap, bits.psum),
    };
    return { ...config, scratchpadBytes };
  });

export const nextUseNetworks: fc.Arbitrary<Layer[]> = fc.array(nextUseLayers, { minLength: 1, maxLength: 3 });

const hz = upTo(40).map((n) => n * 50_000_000);
const widthBits = fc.constantFrom(8, 32, 64);

export const nextUsePoints: fc.Arbitrary<MemoryOperatingPoint> = fc.record({
  arrayHz: hz,
  padHz: fc.record({ ifmap: hz, filter: hz, ofmap: hz }),
  padWidthBits: fc.record({ ifmap: widthBits, filter: widthBits, ofmap: widthBits }),
  dramBytesPerS: fc.oneof(upTo(50), upTo(5)).map((n) => n * 100_000_000),
  dramLatencyS: upTo(100, 0).map((n) => n / 1e9),
});

const NAMES = {
  columns: 'columns outermost',
  tiles: 'T tiles outermost',
  'column-blocks': 'b columns',
  'row-blocks': 'b rows',
};

/** The orders of a schedule and of the references, in one form. */
export function orderName(order: FoldOrder | NonNullable<LayerSchedule['queue']>['order']): string {
  if ('name' in order) return 'b' in order ? `${order.name}, b = ${order.b}` : order.name;
  return 'by' in order ? `${NAMES[order.kind]}, b = ${order.by}` : NAMES[order.kind];
}

/** A layer by retention by next use. */
export function scheduled(layer: Layer, config: QueueConfig, order: MemoryModel['order']): LayerSchedule {
  const { rows, cols, dataflow, bits, scratchpadBytes, psum, prefetchAcrossLayers, lookahead } = config;
  const model: MemoryModel = { retention: 'next-use', order, lookahead, keepResults: false };
  const memory = { wordBits: bits, scratchpadBytes, psum, prefetchAcrossLayers, model };
  return scheduleLayer(layer, { array: { rows, columns: cols }, dataflow, memory });
}

export const count = ({ counts }: LayerSchedule, counter: Counter): number => counts[COUNTER_INDEX[counter]];

/** Ifmap and filter words that come from DRAM. */
export function wordsOf(schedule: LayerSchedule) {
  return { ifmap: count(schedule, 'dram_ifmap_reads'), filter: count(schedule, 'dram_filter_reads') };
}
