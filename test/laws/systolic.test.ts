import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COUNTER_INDEX, COUNTERS, zeroCounts } from '../../src/base/counters.ts';
import {
  type ArrayClocks,
  buildStages,
  type LayerSchedule,
  layerProgress,
  layerTimes,
  type MemoryConfig,
  scheduleLayer,
  scheduleWorkload,
  stageSeconds,
} from '../../src/systolic/index.ts';
import { ifmapTiles, wholeIfmap } from '../../src/systolic/tiles.ts';
import { gemmShape, type Layer, layerMacs } from '../../src/workload/layer.ts';
import { lawOptions } from '../tier.ts';
import { anyLayer, operatingPoint, systolicConfig } from './arbitraries.ts';

const at = COUNTER_INDEX;
const PADS = ['ifmap', 'filter', 'ofmap'] as const;

function fetchedWords({ counts }: LayerSchedule): number {
  return counts[at.dram_ifmap_reads] + counts[at.dram_filter_reads];
}

function fetchedBits({ counts, config: { memory } }: LayerSchedule): number {
  return counts[at.dram_ifmap_reads] * memory.wordBits.ifmap + counts[at.dram_filter_reads] * memory.wordBits.filter;
}

/** Distinct words the layer touches, counted one by one from the im2col definition. */
function distinctWords(layer: Layer): number {
  const { n, k } = gemmShape(layer);
  const { kept, block } = layer.sparsity ?? { kept: 1, block: 1 };
  const words = new Set<string>();
  for (let oy = 0; oy < layer.ofmapHeight; oy++) {
    for (let ox = 0; ox < layer.ofmapWidth; ox++) {
      for (let fy = 0; fy < layer.filterHeight; fy++) {
        for (let fx = 0; fx < layer.filterWidth; fx++) {
          const y = oy * layer.strideHeight + fy - layer.padHeight;
          const x = ox * layer.strideWidth + fx - layer.padWidth;
          if (y < 0 || y >= layer.ifmapHeight || x < 0 || x >= layer.ifmapWidth) continue;
          const first = (fy * layer.filterWidth + fx) * layer.channels;
          for (let c = 0; c < layer.channels; c++) if ((first + c) % block < kept) words.add(`${y},${x},${c}`);
        }
      }
    }
  }
  return layer.groups * (layer.batch * words.size + n * k);
}

function time(schedules: readonly LayerSchedule[], point: ArrayClocks): number {
  return layerTimes(schedules, buildStages(schedules), point).reduce((sum, t) => sum + t.timeS, 0);
}

function withPad(memory: MemoryConfig, pad: (typeof PADS)[number], bytes: number): MemoryConfig {
  return { ...memory, scratchpadBytes: { ...memory.scratchpadBytes, [pad]: bytes } };
}

describe('counts', () => {
  test('MACs are M N K of every group, whatever the dataflow and memory', () => {
    fc.assert(
      fc.property(anyLayer, systolicConfig, (layer, config) => {
        expect(scheduleLayer(layer, config).counts[at.macs]).toBe(layerMacs(layer));
      }),
      lawOptions(),
    );
  });

  test('counts of windows of any length add up to the layer', () => {
    fc.assert(
      fc.property(anyLayer, systolicConfig, fc.double({ min: 0.01, max: 1.2, noNaN: true }), (layer, config, share) => {
        const schedule = scheduleLayer(layer, config);
        const window = share * schedule.cycles;
        const progress = layerProgress(schedule);
        const sum = zeroCounts();
        const [from, to] = [zeroCounts(), zeroCounts()];
        for (let x = 0; x < schedule.cycles; x += window) {
          progress.countsBefore(x, from);
          progress.countsBefore(Math.min(x + window, schedule.cycles), to);
          for (let i = 0; i < sum.length; i++) {
            if (to[i] - from[i] < -1e-6) expect.fail(`${COUNTERS[i]} falls after cycle ${x}`);
            sum[i] += to[i] - from[i];
          }
        }
        for (let i = 0; i < sum.length; i++) expect(sum[i]).toBeCloseTo(schedule.counts[i], 5);
      }),
      lawOptions(),
    );
  });
});

describe('DRAM words', () => {
  test('are at least the compulsory ones, and no more when everything fits', () => {
    fc.assert(
      fc.property(anyLayer, systolicConfig, (layer, config) => {
        const words = distinctWords(layer);
        expect(fetchedWords(scheduleLayer(layer, config))).toBeGreaterThanOrEqual(words);
        const scratchpadBytes = { ifmap: 1e7, filter: 1e7, ofmap: config.memory.scratchpadBytes.ofmap };
        const roomy = { ...config, memory: { ...config.memory, scratchpadBytes } };
        expect(fetchedWords(scheduleLayer(layer, roomy))).toBe(words);
      }),
      lawOptions(),
    );
  });

  test('are the distinct words of the im2col matrix, by the interval count', () => {
    fc.assert(
      fc.property(anyLayer, (layer) => {
        const { n, k } = gemmShape(layer);
        expect(layer.groups * (ifmapTiles(layer).fresh(wholeIfmap(layer), []) + n * k)).toBe(distinctWords(layer));
      }),
      lawOptions(),
    );
  });

  test('never grow with a larger ifmap or filter scratchpad', () => {
    const pad = fc.constantFrom('ifmap' as const, 'filter' as const);
    fc.assert(
      fc.property(
        anyLayer,
        systolicConfig,
        pad,
        fc.double({ min: 1, max: 8, noNaN: true }),
        (layer, config, name, factor) => {
          const bytes = Math.ceil(config.memory.scratchpadBytes[name] * factor);
          const larger = { ...config, memory: withPad(config.memory, name, bytes) };
          expect(fetchedBits(scheduleLayer(layer, larger))).toBeLessThanOrEqual(
            fetchedBits(scheduleLayer(layer, config)),
          );
        },
      ),
      lawOptions(),
    );
  });

  test('never grow with a larger ofmap scratchpad, once 127 partial sums per column fit twice', () => {
    fc.assert(
      fc.property(anyLayer, systolicConfig, fc.double({ min: 1, max: 8, noNaN: true }), (layer, config, factor) => {
        const { array, memory } = config;
        const least = (127 * 2 * array.columns * memory.wordBits.psum) / 8;
        const sizes = [
          least + memory.scratchpadBytes.ofmap,
          Math.ceil((least + memory.scratchpadBytes.ofmap) * factor),
        ];
        const [small, large] = sizes.map((bytes) =>
          scheduleLayer(layer, { ...config, memory: withPad(memory, 'ofmap', bytes) }),
        );
        expect(fetchedBits(large)).toBeLessThanOrEqual(fetchedBits(small));
      }),
      lawOptions(),
    );
  });
});

describe('time', () => {
  const slower = fc.record({
    clock: fc.constantFrom('array', ...PADS),
    factor: fc.double({ min: 0.05, max: 1, noNaN: true }),
  });

  test('never falls when a clock is lowered', () => {
    fc.assert(
      fc.property(
        fc.array(anyLayer, { minLength: 1, maxLength: 3 }),
        systolicConfig,
        operatingPoint,
        slower,
        (layers, config, point, { clock, factor }) => {
          const schedules = scheduleWorkload(layers, config);
          const lowered: ArrayClocks =
            clock === 'array'
              ? { ...point, arrayHz: point.arrayHz * factor }
              : { ...point, scratchpadHz: { ...point.scratchpadHz, [clock]: point.scratchpadHz[clock] * factor } };
          expect(time(schedules, lowered)).toBeGreaterThanOrEqual(time(schedules, point));
        },
      ),
      lawOptions(),
    );
  });

  test('does not change with the array clock while every stage stays bound by DRAM', () => {
    fc.assert(
      fc.property(
        fc.array(anyLayer, { minLength: 1, maxLength: 3 }),
        systolicConfig,
        operatingPoint,
        (layers, config, point) => {
          const schedules = scheduleWorkload(layers, config);
          const stages = buildStages(schedules).filter(
            (stage) => stage.bytesIn + stage.bytesOut > 0 || stage.cycles > 0,
          );
          fc.pre(stages.every((stage) => stage.bytesIn + stage.bytesOut > 0));
          // A clock so high, and then DRAM so slow, that at half the clock the array is still the faster one everywhere.
          const bytesPerCycle = Math.min(
            ...stages.filter((s) => s.cycles > 0).map((s) => (s.bytesIn + s.bytesOut) / s.cycles),
          );
          const high = { ifmap: 1e9, filter: 1e9, ofmap: 1e9 };
          const fast = { ...point, arrayHz: 1e6, scratchpadHz: high, dramBytesPerS: (bytesPerCycle * 1e6) / 4 };
          expect(time(schedules, { ...fast, arrayHz: 0.5e6 })).toBe(time(schedules, fast));
          expect(stages.every((s) => stageSeconds(s, fast) > s.cycles / fast.arrayHz)).toBe(true);
        },
      ),
      lawOptions(),
    );
  });
});

test('two schedules of the same layer are equal', () => {
  fc.assert(
    fc.property(anyLayer, systolicConfig, (layer, config) => {
      expect(scheduleLayer(layer, config)).toEqual(scheduleLayer(layer, config));
    }),
    lawOptions(20),
  );
});
