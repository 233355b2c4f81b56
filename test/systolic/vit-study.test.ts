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
  scheduleWorkload(readTopology({ file: 'vit.csv', text: VIT_BASE }).layers, {
    array: { rows: size, columns: size },
    dataflow,
    memory: {
      wordBits: { ifmap: 8, filter: 8, ofmap: 8, psum: 32 },
      scratchpadBytes: { ifmap: 256 * KIB, filter: 512 * KIB, ofmap: 64 * KIB },
      psum: 'accumulate',
      prefetchAcrossLayers: true,
    },
  }).reduce((sum, { cycles }) => sum + cycles, 0);

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
