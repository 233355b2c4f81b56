import fc from 'fast-check';
import {
  type ArrayClocks,
  DATAFLOWS,
  MEMORY_MODELS,
  type MemoryConfig,
  type SystolicConfig,
} from '../../src/systolic/index.ts';
import { gemmShape, type Layer, type Sparsity } from '../../src/workload/layer.ts';
import { gemmLayer as makeGemm } from '../../src/workload/shapes.ts';

/** N:M with M of up to `block`. */
export function sparsityUpTo(block: number): fc.Arbitrary<Sparsity> {
  const count = fc.integer({ min: 1, max: block });
  return fc.tuple(count, count).map(([a, b]) => ({ kept: Math.min(a, b), block: Math.max(a, b) }));
}

/** Small convolutions of every kind: padded, strided, grouped, batched, overlapping or not, dense or sparse. */
export const convLayer: fc.Arbitrary<Layer> = fc
  .record({
    batch: fc.integer({ min: 1, max: 2 }),
    groups: fc.integer({ min: 1, max: 3 }),
    ifmapHeight: fc.integer({ min: 1, max: 9 }),
    ifmapWidth: fc.integer({ min: 1, max: 9 }),
    channels: fc.integer({ min: 1, max: 5 }),
    filterHeight: fc.integer({ min: 1, max: 4 }),
    filterWidth: fc.integer({ min: 1, max: 4 }),
    filters: fc.integer({ min: 1, max: 9 }),
    strideHeight: fc.integer({ min: 1, max: 3 }),
    strideWidth: fc.integer({ min: 1, max: 3 }),
    padHeight: fc.integer({ min: 0, max: 2 }),
    padWidth: fc.integer({ min: 0, max: 2 }),
    roundUp: fc.boolean(),
    // More padding behind the last pixel than before the first, as in ONNX models.
    behind: fc.constantFrom(0, 0, 0, 1, 2, 5),
    sparsity: fc.oneof(fc.constant(undefined), sparsityUpTo(6)),
  })
  .filter((s) => s.filterHeight <= s.ifmapHeight + 2 * s.padHeight && s.filterWidth <= s.ifmapWidth + 2 * s.padWidth)
  .map(({ roundUp, behind, ...s }): Layer => {
    const round = roundUp ? Math.ceil : Math.floor;
    return {
      ...s,
      name: 'layer',
      type: 'conv',
      ofmapHeight: round((s.ifmapHeight + 2 * s.padHeight + behind - s.filterHeight) / s.strideHeight) + 1,
      ofmapWidth: round((s.ifmapWidth + 2 * s.padWidth + behind - s.filterWidth) / s.strideWidth) + 1,
    };
  });

/** One M x K by K x N product. */
export function gemmLayer(m: number, n: number, k: number): Layer {
  return makeGemm('gemm', { m, n, k }, { batch: 1, groups: 1 });
}

export const anyLayer: fc.Arbitrary<Layer> = fc.oneof(
  { weight: 4, arbitrary: convLayer },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.integer({ min: 1, max: 150 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 20 }))
      .map(([m, n, k]) => gemmLayer(m, n, k)),
  },
);

/** A block of the product of a layer, as one of several arrays has it. */
export const partOfLayer: fc.Arbitrary<Layer> = fc
  .record({ layer: anyLayer, cuts: fc.array(fc.nat({ max: 999 }), { minLength: 6, maxLength: 6 }) })
  .map(({ layer, cuts }) => {
    const { m, n, k } = gemmShape(layer);
    const block = (extent: number, [from, length]: readonly number[]): [number, number] => {
      const first = from % extent;
      return [first, 1 + (length % (extent - first))];
    };
    const [firstM, ofM] = block(m, cuts);
    const [, ofN] = block(n, cuts.slice(2));
    const [firstK, ofK] = block(k, cuts.slice(4));
    return { ...layer, part: { m: ofM, n: ofN, k: ofK, firstM, firstK } };
  });

const padBytes = fc.oneof(fc.integer({ min: 40, max: 200 }), fc.integer({ min: 40, max: 3000 }));

export const memoryConfig: fc.Arbitrary<MemoryConfig> = fc.record({
  wordBits: fc.record({
    ifmap: fc.constantFrom(8, 16),
    filter: fc.constantFrom(8, 16),
    ofmap: fc.constantFrom(8, 16),
    psum: fc.constantFrom(16, 32),
  }),
  scratchpadBytes: fc.record({ ifmap: padBytes, filter: padBytes, ofmap: padBytes }),
  psum: fc.constantFrom('accumulate' as const, 'spill' as const),
  prefetchAcrossLayers: fc.boolean(),
  // The references of the other retention are their own.
  model: fc.constant(MEMORY_MODELS.consecutive),
});

export const systolicConfig: fc.Arbitrary<SystolicConfig> = fc.record({
  array: fc.record({ rows: fc.integer({ min: 1, max: 5 }), columns: fc.integer({ min: 1, max: 5 }) }),
  dataflow: fc.constantFrom(...DATAFLOWS.map(({ id }) => id)),
  memory: memoryConfig,
});

/** Clocks and bandwidth of small whole numbers, so that the stepped reference can count in whole ticks. */
export const operatingPoint: fc.Arbitrary<ArrayClocks> = fc.record({
  arrayHz: fc.integer({ min: 1, max: 8 }),
  scratchpadHz: fc.record({
    ifmap: fc.integer({ min: 1, max: 8 }),
    filter: fc.integer({ min: 1, max: 8 }),
    ofmap: fc.integer({ min: 1, max: 8 }),
  }),
  portBits: fc.record({
    ifmap: fc.constantFrom(8, 16, 32, 64),
    filter: fc.constantFrom(8, 16, 32, 64),
    ofmap: fc.constantFrom(8, 16, 32, 64),
  }),
  dramBytesPerS: fc.integer({ min: 1, max: 16 }),
  dramLatencyS: fc.integer({ min: 0, max: 2 }),
});
