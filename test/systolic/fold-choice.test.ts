/** A mapping may fix the order of a layer's folds and its T tile; what the dataflow cannot carry is refused by name. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COUNTER_INDEX } from '../../src/base/counters.ts';
import { InputError } from '../../src/base/errors.ts';
import {
  type FoldChoice,
  findDataflow,
  foldGrid,
  type LayerSchedule,
  modelOf,
  orderName,
  type SystolicConfig,
  scheduleLayer,
} from '../../src/systolic/index.ts';
import { ordersOf } from '../../src/systolic/memory/next-use/order.ts';
import { gemmShape, type Layer, layerMacs } from '../../src/workload/index.ts';
import { diagnosticsOf } from '../energy/support.ts';
import { anyLayer, gemmLayer, systolicConfig } from '../laws/arbitraries.ts';
import { lawOptions } from '../tier.ts';

const fixing = (config: SystolicConfig, folds: FoldChoice): SystolicConfig => ({ ...config, folds });

/** The schedule of a layer; undefined if a scratchpad is too small for it. */
function scheduled(layer: Layer, config: SystolicConfig): LayerSchedule | undefined {
  try {
    return scheduleLayer(layer, config);
  } catch (error) {
    if (error instanceof InputError && error.diagnostics.every(({ code }) => code !== 'mapping-misfit'))
      return undefined;
    throw error;
  }
}

/** Everything but the configuration, which differs by the choice. */
const done = ({ config: _, ...rest }: LayerSchedule) => rest;
const fetched = ({ counts }: LayerSchedule): number =>
  counts[COUNTER_INDEX.dram_ifmap_reads] + counts[COUNTER_INDEX.dram_filter_reads];

const nextUse = systolicConfig.map((config) => ({
  ...config,
  memory: { ...config.memory, model: { ...modelOf(config.memory), retention: 'next-use', order: 'best' } as const },
}));

describe('a mapping', () => {
  test('of the folds as they are chosen changes nothing', () => {
    fc.assert(
      fc.property(anyLayer, nextUse, (layer, config) => {
        const free = scheduled(layer, config);
        if (!free?.queue) return;
        const isCut = free.streamTile < gemmShape(layer)[findDataflow(config.dataflow).axes.streamed];
        const folds = { order: orderName(free.queue.order), ...(isCut && { streamTile: free.streamTile }) };
        expect(done(scheduleLayer(layer, fixing(config, folds)))).toEqual(done(free));
      }),
      lawOptions(),
    );
  });

  test('has the order that it names, does the same work, and fetches no less than the best order', () => {
    fc.assert(
      fc.property(anyLayer, nextUse, fc.nat(), (layer, config, any) => {
        const free = scheduled(layer, config);
        if (!free) return;
        const streamTile = free.streamTile;
        const grid = foldGrid(layer, findDataflow(config.dataflow), config.array, streamTile);
        const orders = ordersOf(grid);
        const order = orderName(orders[any % orders.length]);
        const mapped = scheduleLayer(layer, fixing(config, { order }));
        expect(orderName(mapped.queue!.order)).toBe(order);
        expect(mapped.counts[COUNTER_INDEX.macs]).toBe(layerMacs(layer));
        expect(mapped.cycles).toBe(free.cycles);
        expect(fetched(mapped)).toBeGreaterThanOrEqual(fetched(free));
      }),
      lawOptions(),
    );
  });
});

describe('a product of M = 256, N = 64, K = 48 on 8 x 8 PEs', () => {
  const layer = gemmLayer(256, 64, 48);
  const config = (dataflow: string, ofmap = 4096): SystolicConfig => ({
    array: { rows: 8, columns: 8 },
    dataflow,
    memory: {
      wordBits: { ifmap: 8, filter: 8, ofmap: 8, psum: 32 },
      scratchpadBytes: { ifmap: 1024, filter: 1024, ofmap },
      psum: 'accumulate',
      prefetchAcrossLayers: true,
    },
  });
  const refusal = (dataflow: string, folds: FoldChoice, more: Partial<SystolicConfig['memory']> = {}) => {
    const { memory, ...rest } = config(dataflow);
    const [first, ...others] = diagnosticsOf(() =>
      scheduleLayer(layer, { ...rest, memory: { ...memory, ...more }, folds }),
    );
    expect(others).toEqual([]);
    expect(first.code).toBe('mapping-misfit');
    return `${first.message}; ${first.expected}`;
  };

  test('runs with a T tile that nothing would choose, in ceil(256 / 100) x 6 x 8 folds', () => {
    // ws: T is M, six row folds of K and eight column folds of N.
    const schedule = scheduleLayer(layer, { ...config('ws', 8192), folds: { streamTile: 100 } });
    expect(schedule.streamTile).toBe(100);
    expect(schedule.folds).toBe(3 * 6 * 8);
    expect(schedule.counts[COUNTER_INDEX.macs]).toBe(256 * 64 * 48);
  });

  test('runs in blocks of three column folds: the ifmap comes ceil(8 / 3) times, 12,288 words each', () => {
    // os: a sweep over all 32 row folds for each block of columns; 1,024 bytes keep next to nothing of the ifmap between sweeps.
    const { counts, queue } = scheduleLayer(layer, { ...config('os'), folds: { order: '3 columns' } });
    expect(orderName(queue!.order)).toBe('3 columns');
    const words = counts[COUNTER_INDEX.dram_ifmap_reads];
    expect(words).toBeLessThanOrEqual(3 * 256 * 48);
    expect(words).toBeGreaterThanOrEqual(3 * 256 * 48 - 2 * 1024);
  });

  test.each([
    ['os', { order: 'T tiles outermost' }, 'the dataflow os has no order of folds "T tiles outermost"'],
    ['ws', { order: '4 columns' }, 'the dataflow ws has no order of folds "4 columns"'],
    ['is', { order: '4 rows' }, 'the dataflow is has no order of folds "4 rows"'],
    ['os', { order: '0 columns' }, 'no order of folds "0 columns"'],
    ['os', { order: '' }, 'no order of folds ""'],
    ['os', { order: '64 rows' }, 'blocks of 64 row folds, where there are 32; blocks of at most 32'],
    ['os', { streamTile: 16 }, 'the dataflow os adds up in the PEs, so that T is never cut; 48, or no tile'],
    ['ws', { streamTile: 257 }, 'a T tile of 257, where T is 256; at most 256'],
    // Two tiles of 8 columns x 32 bit in 4,096 bytes: 64.
    ['ws', { streamTile: 65 }, 'does not hold two T tiles of 65 partial sums in 8 columns; a T tile of at most 64'],
    ['ws', { streamTile: 256 }, 'does not hold two T tiles of 256'],
  ])('refuses under %s %o', (dataflow, folds, message) => {
    expect(refusal(dataflow, folds)).toContain(message);
  });

  test('refuses orders without next-use retention, and T tiles where partial sums spill', () => {
    const consecutive = { retention: 'consecutive', order: 'fixed', lookahead: 'fold', keepResults: false } as const;
    expect(refusal('os', { order: '2 columns' }, { model: consecutive })).toContain(
      '"retention: consecutive" has no order',
    );
    expect(refusal('ws', { streamTile: 64 }, { psum: 'spill' })).toContain('with "psum: spill" T is not cut');
  });
});
