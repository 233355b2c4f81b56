import { describe, expect, test } from 'vitest';
import { COUNTER_INDEX, type Counter } from '../../src/base/counters.ts';
import { layersCsv } from '../../src/report/files/layers.ts';
import { runSummary } from '../../src/report/files/summary.ts';
import { run } from './support.ts';

// C (2 x 2) = A (2 x 4) B (4 x 2) with two of every four weights, on edge-npu cut down to 2 x 2 PEs: what is left is 2 x 2 by
// 2 x 2, done by hand in tiny.test.ts, but for filter words of 8 bit that bring 2 bit of place with them.
const EXPERIMENT = 'version: 1\nname: tiny\naccelerator: edge-npu\nworkload: ./tiny.csv\n';
const small = (rows: string) =>
  run(EXPERIMENT, {
    overlay: { 'tiny.csv': `layer,type,m,n,k,sparsity\n${rows}` },
    set: ['accelerator.array.rows=2', 'accelerator.array.columns=2'],
  });
const sparse = small('product,gemm,2,2,4,2:4\n');
const dense = small('product,gemm,2,2,2\n');
const count = (counter: Counter) => sparse.counts[COUNTER_INDEX[counter]];

describe('a sparse product that can be done by hand', () => {
  test('cycles, MACs and utilisation are those of what is left', () => {
    const [{ cycles, macs, utilisation }] = sparse.layers;
    expect({ cycles, macs, utilisation }).toEqual({ cycles: 4, macs: 8, utilisation: 0.5 });
    expect(sparse.conservation.macsDifference).toBe(0);
  });

  test('bits', () => {
    // 4 filter words of 10 bit come from DRAM and go to the array; 4 ifmap words of 8 bit come, 4 results leave.
    expect(count('filter_sram_reads')).toBe(4);
    expect(count('filter_sram_read_bits')).toBe(40);
    expect(count('filter_sram_write_bits')).toBe(40);
    expect(count('dram_read_bits')).toBe(32 + 40);
    expect(sparse.layers[0].dramBytes).toBe(13);
  });

  test('energy: places cost DRAM and the filter scratchpad, nothing else', () => {
    const ratio = Object.fromEntries(sparse.components.map((name, i) => [name, sparse.actionJ[i] / dense.actionJ[i]]));
    expect(ratio.filter_spad).toBeCloseTo(40 / 32, 12);
    // Read and written alike: 72 + 32 bits instead of 64 + 32.
    expect(ratio.dram).toBeCloseTo(104 / 96, 12);
    for (const name of ['pe', 'ifmap_spad', 'ofmap_spad']) expect(ratio[name], name).toBe(1);
  });

  test('the MACs of the dense layer are told beside, of networks that have a sparse one', () => {
    const lines = layersCsv(sparse).split('\n');
    expect(lines[0]).toMatch(/,energy_j:dram,waits_for,fold_order,dense_macs,dynamic_j:pe,/);
    expect(lines[1].split(',')[lines[0].split(',').indexOf('dense_macs')]).toBe('16');
    expect(runSummary(sparse, { inputsHash: '' })).toMatchObject({ macs: 8, denseMacs: 16 });
    expect(layersCsv(dense)).not.toContain('dense_macs');
    expect(runSummary(dense, { inputsHash: '' })).not.toHaveProperty('denseMacs');
    const mixed = small('a,gemm,2,2,4,2:4\nb,gemm,2,2,4\n');
    expect(runSummary(mixed, { inputsHash: '' })).toMatchObject({ macs: 24, denseMacs: 32 });
  });
});
