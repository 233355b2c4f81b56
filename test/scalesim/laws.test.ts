import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ScaleSimShape } from '../../src/formats/scalesim.ts';
import { simulateScaleSimLayer } from '../../src/scalesim/index.ts';
import { lawOptions, RUNS } from '../laws/arbitraries.ts';
import { slowScaleSim } from '../reference/scalesim.ts';

const upTo = (max: number) => fc.integer({ min: 1, max });

/** Layers of a few thousand requests, so that buffers of 1 KB fill up; windows overlap, hang over, or stand apart. */
const layer: fc.Arbitrary<ScaleSimShape> = fc
  .record({
    name: fc.constant('layer'),
    ifmapHeight: upTo(14),
    ifmapWidth: upTo(14),
    filterHeight: upTo(4),
    filterWidth: upTo(4),
    channels: upTo(12),
    filters: upTo(40),
    strideHeight: upTo(3),
    strideWidth: upTo(3),
  })
  .filter((s) => s.filterHeight <= s.ifmapHeight && s.filterWidth <= s.ifmapWidth);

const gemm: fc.Arbitrary<ScaleSimShape> = fc.record({ m: upTo(60), n: upTo(60), k: upTo(60) }).map(({ m, n, k }) => {
  const ifmap = { ifmapHeight: m, ifmapWidth: k, channels: 1 };
  return { name: 'gemm', ...ifmap, filterHeight: 1, filterWidth: k, filters: n, strideHeight: 1, strideWidth: 1 };
});

const config = fc.record({
  runName: fc.constant('run'),
  array: fc.record({ rows: upTo(9), columns: fc.integer({ min: 2, max: 9 }) }),
  sramKb: fc.record({ ifmap: upTo(2), filter: upTo(2), ofmap: upTo(2) }),
  dataflow: fc.constantFrom('os' as const, 'ws' as const, 'is' as const),
  bandwidth: fc.oneof(fc.constant('CALC' as const), fc.record({ ifmap: upTo(20), filter: upTo(20), ofmap: upTo(20) })),
});

test('cycles, stalls and accesses are those of stepping every cycle and address', () => {
  fc.assert(
    fc.property(fc.oneof(layer, gemm), config, fc.constantFrom('v2' as const, 'v3' as const), (shape, c, version) => {
      const { totalCycles, stallCycles, sram, dram } = simulateScaleSimLayer(shape, c, version);
      const slow = slowScaleSim(shape, c, version);
      expect({ totalCycles, stallCycles, dram }).toEqual({
        totalCycles: slow.totalCycles,
        stallCycles: slow.stallCycles,
        dram: slow.dram,
      });
      for (const operand of ['ifmap', 'filter', 'ofmap'] as const) {
        const { start, stop } = slow.sram[operand];
        expect([sram[operand].start, sram[operand].stop]).toEqual([start, stop]);
      }
    }),
    lawOptions(2 * RUNS),
  );
});
