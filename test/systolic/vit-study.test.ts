import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { scheduleWorkload } from '../../src/systolic/index.ts';
import { readTopology } from '../../src/workload/index.ts';

/** ViT-base: ViT-S/16 with twice the width and heads (Dosovitskiy et al., ICLR 2021, table 1). */
const VIT_BASE = readFileSync('workloads/vit_small_encoder.csv', 'utf8')
  .replaceAll('1536', '3072')
  .replaceAll('1152', '2304')
  .replace(/\b384\b/g, '768')
  .replace(/,6$/gm, ',12');

const KIB = 1024;
const cyclesOf = (dataflow: string, size: number): number =>
  layerCycles(VIT_BASE, dataflow, size).reduce((sum, cycles) => sum + cycles, 0);

const layerCycles = (text: string, dataflow: string, size: number, ofmapKib = 64): number[] =>
  scheduleWorkload(readTopology({ file: 'vit.csv', text }).layers, {
    array: { rows: size, columns: size },
    dataflow,
    memory: {
      wordBits: { ifmap: 8, filter: 8, ofmap: 8, psum: 32 },
      scratchpadBytes: { ifmap: 256 * KIB, filter: 512 * KIB, ofmap: ofmapKib * KIB },
      psum: 'accumulate',
      prefetchAcrossLayers: true,
    },
  }).map(({ cycles }) => cycles);

// The figures of docs/validation, "ViT-base on three arrays".
test.each([
  ['os', 10.7, 1.5, 128],
  ['ws', 2.6, 6.1, 64],
  ['is', 3.1, 5.1, 32],
])('%s: 128 x 128 is %f times as fast as 32 x 32 with %f times the PE-cycles', (dataflow, faster, peCycles, best) => {
  const sizes = [32, 64, 128];
  const cycles = sizes.map((size) => cyclesOf(dataflow, size));
  expect(cycles[0] / cycles[2]).toBeCloseTo(faster, 1);
  expect((16 * cycles[2]) / cycles[0]).toBeCloseTo(peCycles, 1);
  // With a cost for every PE in every cycle, the energy-delay product goes as PEs x cycles^2.
  const products = sizes.map((size, i) => size ** 2 * cycles[i] ** 2);
  expect(sizes[products.indexOf(Math.min(...products))]).toBe(best);
});

/** The shapes of the authors' own model of a block of ViT-base: M, N, K (SCALE-Sim 1d62b68). The first three belong to attention. */
const SHAPES = [
  [196, 192, 768],
  [196, 1176, 64],
  [196, 64, 1176],
  [196, 3072, 768],
  [196, 768, 3072],
];
const AUTHORS = `layer,type,m,n,k\n${SHAPES.map((shape, i) => `g${i},gemm,${shape.join(',')}\n`).join('')}`;

// The figures of docs/validation, "The authors' own layers".
test.each([
  ['os', 1, 11.4, 1.4, 0.37, 0.122],
  ['os', 12, 8.5, 1.89, 0.431, 0.224],
  ['ws', 1, 7.7, 2.08, 0.444, 0.271],
  ['ws', 12, 6.1, 2.64, 0.448, 0.436],
  ['is', 1, 10.5, 1.52, 0.397, 0.144],
  ['is', 12, 7.4, 2.17, 0.514, 0.293],
])("%s, the authors' layers for %i heads: 128 x 128 is %f times as fast as 32 x 32", (dataflow, heads, ...wanted) => {
  const cycles = [32, 64, 128].map((size) =>
    layerCycles(AUTHORS, dataflow, size, 4096).reduce((sum, own, i) => sum + (i < 3 ? heads : 1) * own, 0),
  );
  const [faster, peCycles, product64, product128] = wanted;
  expect(cycles[0] / cycles[2]).toBeCloseTo(faster, 1);
  expect((16 * cycles[2]) / cycles[0]).toBeCloseTo(peCycles, 2);
  expect(4 * (cycles[1] / cycles[0]) ** 2).toBeCloseTo(product64, 3);
  expect(16 * (cycles[2] / cycles[0]) ** 2).toBeCloseTo(product128, 3);
});

test('with room for all partial sums the large array is 7.6 times as fast under ws, not 2.6 times', () => {
  const cycles = [32, 128].map((size) => layerCycles(VIT_BASE, 'ws', size, 65536).reduce((sum, own) => sum + own, 0));
  expect(cycles[0] / cycles[1]).toBeCloseTo(7.6, 1);
});
