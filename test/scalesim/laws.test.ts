import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ScaleSimShape } from '../../src/formats/scalesim.ts';
import { type ScaleSimConfig, type ScaleSimVersion, simulateScaleSimLayer } from '../../src/scalesim/index.ts';
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

/** A GEMM as SCALE-Sim's convolution. */
function gemmShape(m: number, n: number, k: number): ScaleSimShape {
  const ifmap = { ifmapHeight: m, ifmapWidth: k, channels: 1 };
  return { name: 'gemm', ...ifmap, filterHeight: 1, filterWidth: k, filters: n, strideHeight: 1, strideWidth: 1 };
}

const gemm = fc.record({ m: upTo(60), n: upTo(60), k: upTo(60) }).map(({ m, n, k }) => gemmShape(m, n, k));

const config = fc.record({
  runName: fc.constant('run'),
  array: fc.record({ rows: upTo(9), columns: fc.integer({ min: 2, max: 9 }) }),
  sramKb: fc.record({ ifmap: upTo(2), filter: upTo(2), ofmap: upTo(2) }),
  offsets: fc.constant({ ifmap: 0, filter: 10_000_000, ofmap: 20_000_000 }),
  dataflow: fc.constantFrom('os' as const, 'ws' as const, 'is' as const),
  bandwidth: fc.oneof(fc.constant('CALC' as const), fc.record({ ifmap: upTo(20), filter: upTo(20), ofmap: upTo(20) })),
});

/** Cycles, stalls and accesses; or null where SCALE-Sim divides by zero. */
function ours(shape: ScaleSimShape, c: ScaleSimConfig, version: ScaleSimVersion) {
  try {
    const { totalCycles, stallCycles, sram, dram } = simulateScaleSimLayer(shape, c, version);
    const cycles = ({ start, stop }: { start: number; stop: number }) => ({ start, stop });
    const { ifmap, filter, ofmap } = sram;
    const served = { ifmap: cycles(ifmap), filter: cycles(filter), ofmap: cycles(ofmap) };
    return { totalCycles, stallCycles, sram: served, dram };
  } catch (error) {
    expect(error).toMatchObject({ diagnostics: [{ code: 'not-supported' }] });
    return null;
  }
}

const version = fc.constantFrom('v2' as const, 'v3' as const);

test('cycles, stalls and accesses are those of stepping every cycle and address', () => {
  fc.assert(
    fc.property(fc.oneof(layer, gemm), config, version, (shape, c, v) => {
      expect(ours(shape, c, v)).toEqual(slowScaleSim(shape, c, v));
    }),
    lawOptions(2 * RUNS),
  );
});

test('so they are on arrays that fill a buffer within a line, which SCALE-Sim may not survive', () => {
  const side = fc.integer({ min: 400, max: 700 });
  const sizes = fc.record({ m: side, n: upTo(4), k: side, rows: fc.integer({ min: 300, max: 800 }) });
  fc.assert(
    fc.property(sizes, config, version, ({ m, n, k, rows }, c, v) => {
      const shape = gemmShape(m, n, k);
      const wide = { ...c, bandwidth: 'CALC' as const, array: { rows, columns: 4 } };
      expect(ours(shape, wide, v)).toEqual(slowScaleSim(shape, wide, v));
    }),
    lawOptions(RUNS / 10),
  );
});
