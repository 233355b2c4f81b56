/** Runs under next-use retention on edge-npu's array and memories at 800 MHz and 8 GB/s, against bounds counted by hand. */
import { expect, test } from 'vitest';
import { load, problemsOf, QUICKSTART, run } from './support.ts';

const NEXT_USE = 'accelerator.memory.retention=next-use';
const on = (...set: string[]) => run(QUICKSTART, { set: [NEXT_USE, ...set] });

test('ResNet-18 is near the sum of the bounds of its layers', () => {
  const { layers, simulatedS } = on();
  const bounds = layers.reduce((sum, { cycles, dramBytes }) => sum + Math.max(cycles / 8e8, dramBytes / 8e9), 0);
  // 3.13 ms; filters that come while the layer before works may go below.
  expect(bounds).toBeCloseTo(3.13e-3, 5);
  expect(simulatedS).toBeLessThanOrEqual(3.25e-3);
  const older = run(QUICKSTART, { set: ['accelerator.memory.retention=consecutive'] });
  expect(older.simulatedS).toBeGreaterThan(3.7e-3);
});

test('a GPT-2 block takes little more than its array', () => {
  const { layers, simulatedS } = on('workload=gpt2_small_block');
  const arrayS = layers.reduce((sum, { cycles }) => sum + cycles, 0) / 8e8;
  expect(simulatedS / arrayS).toBeLessThan(1.3);
  // Orders are chosen layer by layer: 12 heads of few columns stay as they are.
  expect(layers.map(({ foldOrder }) => foldOrder)).toContain('columns outermost');
  expect(layers.map(({ foldOrder }) => foldOrder)).toContain('16 columns');
});

test('input stationary layers wait for the ofmap port', () => {
  // In each cycle 32 columns read and write a partial sum of 32 bit: 2048 bit through a port of 256, eight times what it moves.
  const { layers } = on('accelerator.array.dataflow=is');
  expect(layers[1].waitsFor).toBe('ofmap port');
});

test('a layer of filters only waits for DRAM', () => {
  const { layers } = on();
  expect(layers.at(-1)).toMatchObject({ name: 'fc', waitsFor: 'DRAM' });
  expect(layers[1].waitsFor).toBe('array');
});

test('choices that mean nothing are refused where they are written', () => {
  expect(
    problemsOf(() =>
      load(QUICKSTART, { set: ['accelerator.memory.retention=consecutive', 'accelerator.memory.keep_results=true'] }),
    )[0],
  ).toMatch(/^not-supported/);
  expect(
    problemsOf(() =>
      load(QUICKSTART, { set: ['accelerator.memory.retention=consecutive', 'accelerator.memory.order=best'] }),
    )[0],
  ).toMatch(/^not-supported/);
});
