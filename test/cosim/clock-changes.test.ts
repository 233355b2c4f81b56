/** A change of clocks within an inference, while DRAM reads ahead: one truth for what is left and for what then happens. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPipelines, type Pipelines, startingState } from '../../src/cosim/pipelines/index.ts';
import { buildProgram } from '../../src/cosim/plant/program.ts';
import type { AcceleratorSpec } from '../../src/design/accelerator.ts';
import {
  arrayStages,
  MEMORY_MODELS,
  type MemoryConfig,
  schedulePartitioned,
  stepsOf,
} from '../../src/systolic/index.ts';
import type { Layer } from '../../src/workload/layer.ts';
import { anyLayer, gemmLayer } from '../laws/arbitraries.ts';
import { lawOptions, RUNS } from '../tier.ts';

const NONE = Uint8Array.of(0);
const busyS = new Float64Array(2);
const waitS = new Float64Array(1);

const memoryOf = (bytes: number): MemoryConfig => ({
  wordBits: { ifmap: 8, filter: 8, ofmap: 8, psum: 32 },
  scratchpadBytes: { ifmap: bytes, filter: bytes, ofmap: bytes },
  psum: 'accumulate',
  prefetchAcrossLayers: true,
  model: MEMORY_MODELS['next-use'],
});

/** One array with points of 1, 2 and 5 MHz, and scratchpads with points of 1 and 4 MHz. */
function pipelineOf(layers: readonly Layer[], bytes: number, bytesPerS: number, latencyS: number): [Pipelines, number] {
  const memory = memoryOf(bytes);
  const config = { array: { rows: 4, columns: 4 }, dataflow: 'os', memory };
  const plans = layers.map((layer) => schedulePartitioned(layer, config, { rows: 1, columns: 1, split: 'spatial' }));
  const energy = { columns: [], write: () => {} };
  const arrays = arrayStages(plans, memory).map((stages) => buildProgram(stages, stepsOf(plans), energy));
  const points = (hz: number[]) => hz.map((frequencyHz) => ({ frequencyHz, voltageV: 1 }));
  const port = { capacityBytes: bytes, portBits: 64 };
  const spec = {
    domains: [
      { name: 'core', points: points([1e6, 2e6, 5e6]) },
      { name: 'pads', points: points([1e6, 4e6]) },
    ],
    arrays: [{ array: 'core', ifmap: 'pads', filter: 'pads', ofmap: 'pads' }],
    scratchpads: { ifmap: port, filter: port, ofmap: port },
    dram: { bytesPerS, latencyS },
    dramDomain: -1,
  } as unknown as AcceleratorSpec;
  return [createPipelines(arrays, spec), arrays[0].firstRun.length - 1];
}

const FASTEST = [2, 1];

const anyCase = fc.record({
  layers: fc.array(anyLayer, { minLength: 2, maxLength: 5 }),
  bytes: fc.constantFrom(64, 512, 4096, 1 << 20),
  bytesPerS: fc.double({ min: 1e5, max: 1e8, noNaN: true }),
  latencyS: fc.constantFrom(0, 1e-6, 1e-4),
  /** Points, and how long they hold as a part of an inference at the fastest. */
  holds: fc.array(
    fc.tuple(
      fc.integer({ min: 0, max: 2 }),
      fc.integer({ min: 0, max: 1 }),
      fc.double({ min: 0.001, max: 1.5, noNaN: true }),
    ),
    { minLength: 1, maxLength: 8 },
  ),
});

test('no change of clocks is faster than the fastest clocks, and what is left is what then passes', () => {
  fc.assert(
    fc.property(anyCase, ({ layers, bytes, bytesPerS, latencyS, holds }) => {
      const [pipelines, steps] = pipelineOf(layers, bytes, bytesPerS, latencyS);
      const fastestS = pipelines.inference(FASTEST).totalS;
      const state = startingState(1);
      const advance = (point: number[], step: number, s: number) =>
        pipelines.advance(point, step, state, s, NONE, busyS, waitS);
      let timeS = 0;
      for (let step = 0, i = 0; step < steps; i++) {
        const [core, pads, share] = holds[i % holds.length];
        const point = [core, pads];
        // Held from here on, the inference takes what was foretold.
        if (i === holds.length) {
          const leftS = pipelines.remainingS(point, step, state);
          let passedS = 0;
          for (; step < steps; step++) passedS += advance(point, step, Number.POSITIVE_INFINITY);
          expect(Math.abs(passedS - leftS)).toBeLessThan(1e-9 * fastestS);
          timeS += passedS;
          break;
        }
        for (let left = share * fastestS; step < steps && left > 0; ) {
          const passed = advance(point, step, left);
          timeS += passed;
          if (passed < left) step++;
          left -= passed;
        }
      }
      expect(timeS).toBeGreaterThanOrEqual(fastestS * (1 - 1e-9));
    }),
    lawOptions(RUNS, 40),
  );
});

test('by hand: after a fast layer a slow one waits for the filters that the fast one had no time to read', () => {
  // 4 x 256 outputs of 64 words, then 4 x 64 of 256, in wide scratchpads: one pass reads what the next one cannot begin without.
  const layers = [gemmLayer(4, 16, 64), gemmLayer(4, 64, 256)];
  const at = (some: readonly Layer[]) => pipelineOf(some, 1 << 20, 4e6, 0)[0];
  const [both, second] = [at(layers), at(layers.slice(1))];
  const [fast, slow] = [
    [2, 1],
    [0, 1],
  ];
  // At constant clocks, the layer alone waits longer by the filters that came while the first one worked.
  const early = (point: number[]) => second.inference(point).totalS - both.inference(point).stepS[1];
  expect(early(slow)).toBeGreaterThan(early(fast) * 1.1);
  expect(early(fast)).toBeGreaterThan(0);
  const state = startingState(1);
  const advance = (point: number[], step: number) =>
    both.advance(point, step, state, Number.POSITIVE_INFINITY, NONE, busyS, waitS);
  advance(fast, 0);
  expect(advance(slow, 1)).toBeCloseTo(second.inference(slow).totalS - early(fast), 12);
  // The other way round the words that are there beyond those of the fast clocks count as not yet read.
  const other = startingState(1);
  both.advance(slow, 0, other, Number.POSITIVE_INFINITY, NONE, busyS, waitS);
  expect(both.advance(fast, 1, other, Number.POSITIVE_INFINITY, NONE, busyS, waitS)).toBeCloseTo(
    second.inference(fast).totalS - early(fast),
    12,
  );
});
