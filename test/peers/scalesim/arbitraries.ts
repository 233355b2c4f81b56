import fc from 'fast-check';
import type { ScaleSimShape } from '../../../src/formats/scalesim/topology.ts';
import type { BankedLayout, LayerLayouts } from '../../../src/peers/scalesim/index.ts';

export const upTo = (max: number) => fc.integer({ min: 1, max });

/** Layers of a few thousand requests, so that buffers of 1 KB fill up; windows overlap, hang over, or stand apart. */
export const layer: fc.Arbitrary<ScaleSimShape> = fc
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
export function gemmShape(m: number, n: number, k: number): ScaleSimShape {
  const ifmap = { ifmapHeight: m, ifmapWidth: k, channels: 1 };
  return { name: 'gemm', ...ifmap, filterHeight: 1, filterWidth: k, filters: n, strideHeight: 1, strideWidth: 1 };
}

export const gemm = fc.record({ m: upTo(60), n: upTo(60), k: upTo(60) }).map(({ m, n, k }) => gemmShape(m, n, k));

export const config = fc.record({
  runName: fc.constant('run'),
  array: fc.record({ rows: upTo(9), columns: fc.integer({ min: 2, max: 9 }) }),
  sramKb: fc.record({ ifmap: upTo(2), filter: upTo(2), ofmap: upTo(2) }),
  offsets: fc.record({ ifmap: offset(), filter: offset(), ofmap: offset() }),
  dataflow: fc.constantFrom('os' as const, 'ws' as const, 'is' as const),
  bandwidth: fc.oneof(fc.constant('CALC' as const), fc.record({ ifmap: upTo(20), filter: upTo(20), ofmap: upTo(20) })),
});

/** Of one digit to sixteen, those of addresses around powers of ten and beyond 2^31 among them. */
function offset(): fc.Arbitrary<number> {
  return fc.constantFrom(0, 1, 9_990, 10_000_000, 99_999_900, 2 ** 31 - 100, 9_999_999_900, 10 ** 15);
}

export const version = fc.constantFrom('v2' as const, 'v3' as const);

/** An operand of that many dimensions in the banks of its scratchpad. */
export function bankedLayout(dimensions: number): fc.Arbitrary<BankedLayout> {
  return fc
    .record({
      factors: fc.array(upTo(4), { minLength: dimensions, maxLength: dimensions }),
      places: fc.shuffledSubarray(
        Array.from({ length: dimensions }, (_, i) => i),
        { minLength: dimensions },
      ),
      banks: upTo(5),
      ports: upTo(3),
      spare: upTo(4),
    })
    .map(({ factors, places, banks, ports, spare }) => {
      const words = factors.reduce((product, factor) => product * factor, 1);
      return { factors, places, banks, ports, lineWords: banks * (Math.ceil(words / banks) + spare - 1) };
    });
}

/** Of an ifmap, of filters, or of both. */
export const layouts: fc.Arbitrary<LayerLayouts> = fc
  .tuple(fc.constantFrom('ifmap', 'filter', 'both'), bankedLayout(3), bankedLayout(4))
  .map(([of, ifmap, filter]) => (of === 'both' ? { ifmap, filter } : of === 'ifmap' ? { ifmap } : { filter }));
