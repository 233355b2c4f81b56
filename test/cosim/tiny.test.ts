import { describe, expect, test } from 'vitest';
import { COUNTERS } from '../../src/base/counters.ts';
import { run } from './support.ts';

// C (2 x 2) = A (2 x 2) B (2 x 2) on edge-npu cut down to 2 x 2 PEs, output stationary, at 800 MHz and 1.05 V.
const EXPERIMENT = 'version: 1\nname: tiny\naccelerator: edge-npu\nworkload: ./tiny.csv\n';
const result = run(EXPERIMENT, {
  overlay: { 'tiny.csv': 'layer,type,m,n,k\nproduct,gemm,2,2,2\n' },
  set: ['accelerator.array.rows=2', 'accelerator.array.columns=2'],
});
const [layer] = result.layers;
const energyPj = Object.fromEntries(result.components.map((name, i) => [name, 1e12 * result.actionJ[i]]));

describe('a product that can be done by hand', () => {
  test('cycles: T + R + C - 2 = 2 + 2 + 2 - 2 of one fold', () => {
    expect(layer.cycles).toBe(4);
    expect(layer.macs).toBe(8);
    // 8 MACs of 4 cycles x 4 PEs
    expect(layer.utilisation).toBe(0.5);
  });

  test('time: fill, compute, drain', () => {
    // Fill: 4 + 4 words of 1 byte at 8 GB/s, and 100 ns latency: 101 ns. Compute: 4 cycles at 800 MHz: 5 ns. Drain: 4 bytes at
    // 8 GB/s: 0.5 ns.
    expect(layer.timeS).toBeCloseTo(106.5e-9, 20);
    expect(layer.stallS).toBeCloseTo(101.5e-9, 20);
    expect(layer.dramBytes).toBe(12);
  });

  test('counts', () => {
    const counts = Object.fromEntries(COUNTERS.map((name, i) => [name, result.counts[i]]));
    expect(counts).toMatchObject({
      macs: 8,
      // K x rows and K x columns words enter, rows x columns results leave.
      ifmap_sram_reads: 4,
      filter_sram_reads: 4,
      ofmap_sram_reads: 0,
      ofmap_sram_writes: 4,
      dram_ifmap_reads: 4,
      dram_filter_reads: 4,
      dram_ofmap_reads: 0,
      dram_ofmap_writes: 4,
      // Each of 4 PEs takes 2 words; each is read for its MAC, and in the first of two columns (rows) once more to move on.
      ifmap_reg_writes: 8,
      ifmap_reg_reads: 12,
      filter_reg_writes: 8,
      filter_reg_reads: 12,
      // 2 sums in each PE, the first of which is read back. Then in each column the upper result moves down (2 reads, 1 write)
      // and the lower one leaves (1 read).
      psum_reg_writes: 8 + 2,
      psum_reg_reads: 4 + 6,
    });
  });

  // Figures of tech-tables/45nm in pJ; those of logic at 0.9 V, those of SRAM at 1.1 V, DRAM without a voltage.
  const logic = (1.05 / 0.9) ** 2;
  const sram = (1.05 / 1.1) ** 2;
  const counter = (bits: number) => ((0.25074 * bits) / 32) * logic;

  test('energy of the PEs', () => {
    const mac = 0.2 + 0.1; // intmultiplier of 8 bit, intadder of 32 bit
    const register = (bits: number) => 0.009 * bits;
    const expected = 8 * mac + 2 * (8 + 12) * register(8) + (10 + 10) * register(32);
    expect(expected).toBeCloseTo(11.04, 10);
    expect(energyPj.pe).toBeCloseTo(expected * logic, 9);
  });

  test('energy of the scratchpads', () => {
    // CACTI, itrs-lstp, rows of 256 bit: a bank of 32 KiB reads at 26.838 pJ and writes at 51.7865 pJ. Addresses of 8192, 16384 and
    // 2048 rows have 13, 14 and 11 bit.
    // Each scratchpad moves 4 words of 8 bit in and 4 out: 32 / 256 of an access each way.
    const accesses = 32 / 256;
    const each = (addressBits: number) => accesses * ((26.838 + 51.7865) * sram + 2 * counter(addressBits));
    expect(energyPj.ifmap_spad).toBeCloseTo(each(13), 9);
    expect(energyPj.filter_spad).toBeCloseTo(each(14), 9);
    expect(energyPj.ofmap_spad).toBeCloseTo(each(11), 9);
  });

  test('energy of the DRAM', () => {
    // 8 pJ a bit, (8 + 4) words of 8 bit; 30 mW over 106.5 ns.
    expect(energyPj.dram).toBeCloseTo(8 * 96, 9);
    expect(1e12 * result.energyJ.dram).toBeCloseTo(768 + 3195, 6);
  });
});

test('at 200 MHz and 0.75 V the array takes four times as long, and the DRAM does not', () => {
  const slow = run(EXPERIMENT, {
    overlay: { 'tiny.csv': 'layer,type,m,n,k\nproduct,gemm,2,2,2\n' },
    set: ['accelerator.array.rows=2', 'accelerator.array.columns=2', 'policy={name: fixed, frequency: 200MHz}'],
  });
  // 101 ns + 4 cycles / 200 MHz + 0.5 ns
  expect(slow.simulatedS).toBeCloseTo(121.5e-9, 20);
  expect(slow.energyJ.dynamic).toBeCloseTo(result.energyJ.dynamic * (0.75 / 1.05) ** 2, 24);
  expect(1e12 * slow.energyJ.dram).toBeCloseTo(768 + 0.03 * 121.5e3, 6);
});
