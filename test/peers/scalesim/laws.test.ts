import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ScaleSimShape } from '../../../src/formats/scalesim/topology.ts';
import { type ScaleSimConfig, type ScaleSimVersion, simulateScaleSimLayer } from '../../../src/peers/scalesim/index.ts';
import { slowScaleSim } from '../../reference/scalesim.ts';
import { lawOptions, longTest, RUNS } from '../../tier.ts';
import { config, gemm, gemmShape, layer, upTo, version } from './arbitraries.ts';

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

test('cycles, stalls and accesses are those of stepping every cycle and address', () => {
  fc.assert(
    fc.property(fc.oneof(layer, gemm), config, version, (shape, c, v) => {
      expect(ours(shape, c, v)).toEqual(slowScaleSim(shape, c, v));
    }),
    lawOptions(2 * RUNS),
  );
});

longTest('so they are on arrays that fill a buffer within a line, which SCALE-Sim may not survive', () => {
  const side = fc.integer({ min: 400, max: 700 });
  const sizes = fc.record({ m: side, n: upTo(4), k: side, rows: fc.integer({ min: 300, max: 800 }) });
  fc.assert(
    fc.property(sizes, config, version, ({ m, n, k, rows }, c, v) => {
      // What moves through the rows is the long dimension.
      const shape = c.dataflow === 'is' ? gemmShape(n, m, k) : gemmShape(m, n, k);
      const wide = { ...c, bandwidth: 'CALC' as const, array: { rows, columns: 4 } };
      expect(ours(shape, wide, v)).toEqual(slowScaleSim(shape, wide, v));
    }),
    lawOptions(RUNS / 10),
  );
});
