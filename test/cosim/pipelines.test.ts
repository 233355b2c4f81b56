import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPipelines, type Pipelines, startingState } from '../../src/cosim/pipelines/index.ts';
import { buildProgram, type Program } from '../../src/cosim/plant/program.ts';
import type { AcceleratorSpec } from '../../src/design/accelerator.ts';
import { arrayStages, type Partitions, SPLITS, schedulePartitioned, stepsOf } from '../../src/systolic/index.ts';
import type { Layer } from '../../src/workload/layer.ts';
import { anyLayer, gemmLayer } from '../laws/arbitraries.ts';
import { lawOptions, RUNS, someOf } from '../tier.ts';

const MEMORY = {
  wordBits: { ifmap: 8, filter: 8, ofmap: 8, psum: 32 },
  scratchpadBytes: { ifmap: 512, filter: 512, ofmap: 512 },
  psum: 'accumulate',
  prefetchAcrossLayers: false,
} as const;

const energy = { columns: [], write: () => {} };

function programs(layers: readonly Layer[], partitions: Partitions, dataflow = 'os'): Program[] {
  const config = { array: { rows: 4, columns: 4 }, dataflow, memory: MEMORY };
  const plans = layers.map((layer) => schedulePartitioned(layer, config, partitions));
  return arrayStages(plans, MEMORY).map((stages) => buildProgram(stages, stepsOf(plans), energy));
}

/** A domain for each array, with points of 1 and 2 MHz. */
function specOf(arrays: number, bytesPerS: number, latencyS = 0): AcceleratorSpec {
  const names = Array.from({ length: arrays }, (_, a) => `core_${a}`);
  const points = [1e6, 2e6].map((frequencyHz) => ({ frequencyHz, voltageV: 1 }));
  const port = { capacityBytes: 512, portBits: 64 };
  return {
    domains: names.map((name) => ({ name, points })),
    arrays: names.map((name) => ({ array: name, ifmap: name, filter: name, ofmap: name })),
    scratchpads: { ifmap: port, filter: port, ofmap: port },
    dram: { bytesPerS, latencyS },
    dramDomain: -1,
  } as unknown as AcceleratorSpec;
}

const none = (n: number) => new Uint8Array(n);

/**
 * Step times the slow way: many small steps of time, in each of which every array gets an equal share of the DRAM, what it leaves
 * being shared again among the others.
 */
function bySmallSteps(arrays: readonly Program[], spec: AcceleratorSpec, hz: number, step: number, dt: number): number {
  const positions = arrays.map(({ firstRun }) => ({ run: firstRun[step], done: 0 }));
  let time = 0;
  for (;;) {
    const active = positions.flatMap(({ run }, a) => (run < arrays[a].firstRun[step + 1] ? [a] : []));
    if (active.length === 0) return time;
    const computeS = active.map((a) => {
      const { cycles, portBits } = arrays[a].stages[positions[a].run];
      return Math.max(cycles / hz, portBits.ifmap / 64 / hz, portBits.filter / 64 / hz, portBits.ofmap / 64 / hz);
    });
    const bytes = active.map((a) => {
      const { bytesIn, bytesOut } = arrays[a].stages[positions[a].run];
      return bytesIn + bytesOut;
    });
    const given = active.map(() => 0);
    // A 200th of the bandwidth at a time to whoever has least of it and can still use some.
    for (let part = 0; part < 200; part++) {
      let least = -1;
      for (let i = 0; i < active.length; i++) {
        if (given[i] * computeS[i] < bytes[i] && (least < 0 || given[i] < given[least])) least = i;
      }
      if (least >= 0) given[least] += spec.dram.bytesPerS / 200;
    }
    active.forEach((a, i) => {
      const stageS = Math.max(computeS[i], bytes[i] === 0 ? 0 : bytes[i] / given[i]);
      const position = positions[a];
      position.done += dt / stageS;
      if (position.done >= arrays[a].stages[position.run].count) {
        position.run++;
        position.done = 0;
      }
    });
    time += dt;
  }
}

const SPLIT = { rows: 2, columns: 2, split: 'spatial' } as const;

describe('arrays that share the DRAM', () => {
  test('times are those of small steps of time', () => {
    // 12 x 20 outputs of 9 words, then 5 x 30 of 25: arrays differ in folds and in what they fetch.
    const layers = [gemmLayer(12, 20, 9), gemmLayer(5, 30, 25)];
    for (const bytesPerS of someOf([4e5, 1e7], 1)) {
      const arrays = programs(layers, SPLIT);
      const spec = specOf(4, bytesPerS);
      const { stepS } = createPipelines(arrays, spec).inference([0, 0, 0, 0]);
      stepS.forEach((seconds, step) => {
        const slow = bySmallSteps(arrays, spec, 1e6, step, 5e-8);
        // Steps of 50 ns, part of one lost at the end of each of up to 20 runs; bandwidth in 200ths.
        expect(Math.abs(seconds - slow) / slow, `step ${step} at ${bytesPerS} bytes/s`).toBeLessThan(1e-2);
      });
    }
  });

  test('with bandwidth to spare each step takes as long as its slowest array alone', () => {
    const arrays = programs([gemmLayer(12, 20, 9)], SPLIT);
    const shared = createPipelines(arrays, specOf(4, 1e15)).inference([0, 0, 0, 0]);
    const alone = arrays.map((program) => {
      const { cycles } = program.stages.reduce((sum, s) => ({ cycles: sum.cycles + s.count * s.cycles }), {
        cycles: 0,
      });
      return cycles / 1e6;
    });
    expect(shared.totalS).toBeGreaterThanOrEqual(Math.max(...alone));
    expect(shared.totalS).toBeLessThan(Math.max(...alone) * (1 + 1e-6));
  });

  test('an array at half the clock holds up all others at the barrier', () => {
    const pipelines = createPipelines(programs([gemmLayer(16, 16, 64)], SPLIT), specOf(4, 1e15));
    const fast = pipelines.inference([1, 1, 1, 1]);
    const held = pipelines.inference([1, 1, 1, 0]);
    expect(held.totalS / fast.totalS).toBeCloseTo(2, 6);
    // Equal parts: the others work for as long as before, and wait as long again.
    for (let a = 0; a < 3; a++) expect(held.busyS[a * 4 + a]).toBeCloseTo(fast.busyS[a * 4 + a], 12);
    expect(held.busyS[15]).toBeCloseTo(2 * fast.busyS[15], 12);
  });

  test('one that stands still holds the barrier, and the rest go on to it', () => {
    const arrays = programs([gemmLayer(16, 16, 64)], SPLIT);
    const pipelines = createPipelines(arrays, specOf(4, 1e15));
    const places = startingState(4);
    const { positions } = places;
    const busyS = new Float64Array(16);
    const advance = (): number =>
      pipelines.advance([0, 0, 0, 0], 0, places, 1, Uint8Array.of(0, 0, 0, 1), busyS, new Float64Array(4));
    // To where the others begin to wait, and from there on nothing happens.
    expect(advance()).toBeLessThan(1e-3);
    expect(advance()).toBe(1);
    expect(positions.map(({ run }, a) => run === arrays[a].firstRun[1])).toEqual([true, true, true, false]);
    expect(positions[3]).toEqual({ run: 0, done: 0 });
  });
});

/** Moves through all steps in stretches of these lengths, over and over. */
function inStretches(pipelines: Pipelines, arrays: readonly Program[], point: number[], stretchS: number[]): number {
  const places = startingState(arrays.length);
  const { positions } = places;
  const busyS = new Float64Array(arrays.length * point.length);
  const waitS = new Float64Array(arrays.length);
  let time = 0;
  for (let step = 0, i = 0; step < arrays[0].firstRun.length - 1; ) {
    time += pipelines.advance(point, step, places, stretchS[i++ % stretchS.length], none(arrays.length), busyS, waitS);
    if (positions.every(({ run }, a) => run >= arrays[a].firstRun[step + 1])) step++;
  }
  return time;
}

const anyPartitions = fc.record({
  rows: fc.integer({ min: 1, max: 3 }),
  columns: fc.integer({ min: 1, max: 3 }),
  split: fc.constantFrom(...SPLITS),
});

test('time adds up however it is cut, and is what is left at the beginning', () => {
  fc.assert(
    fc.property(
      fc.array(anyLayer, { minLength: 1, maxLength: 2 }),
      anyPartitions,
      fc.constantFrom('os', 'ws', 'is'),
      fc.double({ min: 1e5, max: 1e8, noNaN: true }),
      fc.array(fc.double({ min: 0.01, max: 0.7, noNaN: true }), { minLength: 1, maxLength: 4 }),
      (layers, partitions, dataflow, bytesPerS, shares) => {
        const arrays = programs(layers, partitions, dataflow);
        const spec = specOf(arrays.length, bytesPerS, 1e-6);
        const pipelines = createPipelines(arrays, spec);
        const point = arrays.map((_, a) => a % 2);
        const { totalS, stepS } = pipelines.inference(point);
        const cut = inStretches(
          pipelines,
          arrays,
          point,
          shares.map((share) => share * totalS),
        );
        expect(Math.abs(cut - totalS)).toBeLessThan(1e-9 * totalS);
        expect(stepS.reduce((sum, s) => sum + s, 0)).toBeCloseTo(totalS, 12);
        expect(Math.abs(pipelines.remainingS(point, 0, startingState(arrays.length)) - totalS)).toBeLessThan(
          1e-12 + 1e-9 * totalS,
        );
      },
    ),
    lawOptions(RUNS, 12),
  );
});

test('more bandwidth and faster clocks never take longer', () => {
  fc.assert(
    fc.property(
      anyLayer,
      anyPartitions,
      fc.double({ min: 1e5, max: 1e8, noNaN: true }),
      (layer, partitions, bytesPerS) => {
        const arrays = programs([layer], partitions);
        const time = (bandwidth: number, point: number): number =>
          createPipelines(arrays, specOf(arrays.length, bandwidth)).inference(arrays.map(() => point)).totalS;
        const least = time(bytesPerS, 0);
        expect(time(2 * bytesPerS, 0)).toBeLessThanOrEqual(least * (1 + 1e-12));
        expect(time(bytesPerS, 1)).toBeLessThanOrEqual(least * (1 + 1e-12));
      },
    ),
    lawOptions(RUNS, 12),
  );
});
