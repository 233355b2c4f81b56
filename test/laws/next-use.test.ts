/** What must hold under next-use retention whatever the layer (docs/methods/memory-next-use.md). */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COUNTER_INDEX as at, COUNTERS, zeroCounts } from '../../src/base/counters.ts';
import {
  type ArrayClocks,
  buildStages,
  type LayerSchedule,
  layerProgress,
  layerTimes,
  MEMORY_MODELS,
  type MemoryModel,
  type QueuedOperand,
  type StageRun,
  type SystolicConfig,
  scheduleLayer,
  scheduleWorkload,
  stageTimes,
} from '../../src/systolic/index.ts';
import { ifmapTiles, wholeIfmap } from '../../src/systolic/tiles.ts';
import { gemmShape, layerMacs } from '../../src/workload/layer.ts';
import { lawOptions } from '../tier.ts';
import { anyLayer, operatingPoint, partOfLayer, systolicConfig } from './arbitraries.ts';

const layers = fc.oneof({ weight: 4, arbitrary: anyLayer }, { weight: 1, arbitrary: partOfLayer });
const orders = fc.constantFrom<MemoryModel['order']>('fixed', 'best');
const options = lawOptions(2000, 100);

function withModel(config: SystolicConfig, choice: Partial<MemoryModel>): SystolicConfig {
  return { ...config, memory: { ...config.memory, model: { ...MEMORY_MODELS['next-use'], ...choice } } };
}

const reads = ({ counts }: LayerSchedule): number => counts[at.dram_ifmap_reads] + counts[at.dram_filter_reads];
const moved = (schedule: LayerSchedule): number =>
  reads(schedule) + schedule.counts[at.dram_ofmap_reads] + schedule.counts[at.dram_ofmap_writes];

function seconds(schedules: readonly LayerSchedule[], point: ArrayClocks): number {
  return layerTimes(schedules, buildStages(schedules), point).reduce((sum, { timeS }) => sum + timeS, 0);
}

describe('words', () => {
  test('every distinct word is fetched, and just once where all fit', () => {
    fc.assert(
      fc.property(layers, systolicConfig, orders, fc.boolean(), (layer, config, order, fits) => {
        const { memory } = config;
        const scratchpadBytes = fits ? { ifmap: 1e6, filter: 1e6, ofmap: 1e6 } : memory.scratchpadBytes;
        const { counts } = scheduleLayer(
          layer,
          withModel({ ...config, memory: { ...memory, scratchpadBytes } }, { order }),
        );
        const { n, k } = gemmShape(layer);
        const ifmap = layer.groups * ifmapTiles(layer).fresh(wholeIfmap(layer), []);
        const filter = layer.groups * n * k;
        expect(counts[at.dram_ifmap_reads]).toBeGreaterThanOrEqual(ifmap);
        expect(counts[at.dram_filter_reads]).toBeGreaterThanOrEqual(filter);
        if (fits) expect([counts[at.dram_ifmap_reads], counts[at.dram_filter_reads]]).toEqual([ifmap, filter]);
      }),
      options,
    );
  });

  test('a larger scratchpad never fetches more, with the same T tile', () => {
    fc.assert(
      fc.property(layers, systolicConfig, orders, fc.nat(200), fc.nat(200), (layer, config, order, ifmap, filter) => {
        const { scratchpadBytes } = config.memory;
        const larger = {
          ...scratchpadBytes,
          ifmap: scratchpadBytes.ifmap + ifmap,
          filter: scratchpadBytes.filter + filter,
        };
        const small = scheduleLayer(layer, withModel(config, { order }));
        const large = scheduleLayer(
          layer,
          withModel({ ...config, memory: { ...config.memory, scratchpadBytes: larger } }, { order }),
        );
        fc.pre(small.streamTile === large.streamTile);
        const bits = ({ counts, config: { memory } }: LayerSchedule): number =>
          counts[at.dram_ifmap_reads] * memory.wordBits.ifmap + counts[at.dram_filter_reads] * memory.wordBits.filter;
        expect(bits(large)).toBeLessThanOrEqual(bits(small));
      }),
      options,
    );
  });

  test('the best order fetches no more than the fixed one, in the same folds and cycles', () => {
    fc.assert(
      fc.property(layers, systolicConfig, (layer, config) => {
        const best = scheduleLayer(layer, withModel(config, { order: 'best' }));
        const fixed = scheduleLayer(layer, withModel(config, { order: 'fixed' }));
        expect(reads(best)).toBeLessThanOrEqual(reads(fixed));
        expect(moved(best)).toBeLessThanOrEqual(moved(fixed));
        expect([best.cycles, best.folds, best.streamTile]).toEqual([fixed.cycles, fixed.folds, fixed.streamTile]);
      }),
      options,
    );
  });

  test('the array does what it does under the other retention, and results leave as often', () => {
    fc.assert(
      fc.property(layers, systolicConfig, (layer, config) => {
        const fixed = scheduleLayer(layer, withModel(config, { order: 'fixed' }));
        const other = scheduleLayer(layer, withModel(config, MEMORY_MODELS.consecutive));
        expect([fixed.cycles, fixed.folds, fixed.streamTile]).toEqual([other.cycles, other.folds, other.streamTile]);
        for (const counter of COUNTERS) {
          if (/dram_(ifmap|filter)|read_bits|(filter|ifmap)_sram_write_bits/.test(counter)) continue;
          expect([counter, fixed.counts[at[counter]]]).toEqual([counter, other.counts[at[counter]]]);
        }
        expect(fixed.counts[at.macs]).toBe(layerMacs(layer));
      }),
      options,
    );
  });
});

describe('passes', () => {
  test('stages carry all counts', () => {
    fc.assert(
      fc.property(
        fc.array(layers, { minLength: 1, maxLength: 3 }),
        systolicConfig,
        orders,
        (network, config, order) => {
          const schedules = scheduleWorkload(network, withModel(config, { order }));
          const total = zeroCounts();
          for (const { count, traffic, fold } of buildStages(schedules)) {
            for (let i = 0; i < total.length; i++) total[i] += count * (traffic[i] + (fold?.counts[i] ?? 0));
          }
          const counted = zeroCounts();
          for (const { counts } of schedules) for (let i = 0; i < total.length; i++) counted[i] += counts[i];
          expect([...total]).toEqual([...counted]);
        },
      ),
      options,
    );
  });

  test('counts rise with progress, from nothing to those of the layer', () => {
    fc.assert(
      fc.property(layers, systolicConfig, orders, fc.array(fc.nat(1000)), (layer, config, order, places) => {
        const schedule = scheduleLayer(layer, withModel(config, { order }));
        const progress = layerProgress(schedule);
        const before = zeroCounts();
        const counts = zeroCounts();
        for (const place of [0, ...places.sort((a, b) => a - b), 1000]) {
          progress.countsBefore((place / 1000) * schedule.cycles, counts);
          for (let i = 0; i < counts.length; i++)
            expect(counts[i]).toBeGreaterThanOrEqual(before[i] * (1 - 1e-12) - 1e-9);
          before.set(counts);
        }
        expect([...counts]).toEqual([...schedule.counts]);
      }),
      options,
    );
  });
});

describe('time', () => {
  const networks = fc.array(layers, { minLength: 1, maxLength: 3 });

  test('no layer takes less than its array or its DRAM, lead aside', () => {
    fc.assert(
      fc.property(networks, systolicConfig, operatingPoint, (network, config, point) => {
        const schedules = scheduleWorkload(network, withModel(config, {}));
        const cycles = schedules.reduce((sum, schedule) => sum + schedule.cycles, 0);
        const bits = schedules.reduce(
          (sum, { counts }) => sum + counts[at.dram_read_bits] + counts[at.dram_write_bits],
          0,
        );
        const least = Math.max(cycles / point.arrayHz, bits / 8 / point.dramBytesPerS);
        expect(seconds(schedules, point)).toBeGreaterThanOrEqual(least * (1 - 1e-12));
      }),
      options,
    );
  });

  test('a faster clock never takes longer, nor does more space to look ahead', () => {
    fc.assert(
      fc.property(networks, systolicConfig, operatingPoint, (network, config, point) => {
        const schedules = scheduleWorkload(network, withModel(config, {}));
        const usual = seconds(schedules, point);
        expect(seconds(schedules, { ...point, arrayHz: 2 * point.arrayHz })).toBeLessThanOrEqual(usual * (1 + 1e-12));
        const near = scheduleWorkload(network, withModel(config, { lookahead: 'fold' }));
        near.forEach((schedule, i) => {
          expect([...schedule.counts]).toEqual([...schedules[i].counts]);
        });
        expect(seconds(near, point)).toBeGreaterThanOrEqual(usual * (1 - 1e-12));
      }),
      options,
    );
  });

  test('a run of passes takes as long as its passes one by one', () => {
    const oneByOne = (stages: readonly StageRun[]): StageRun[] =>
      stages.flatMap((stage) => {
        const { queue, count } = stage;
        if (!queue) return [stage];
        return Array.from({ length: count }, (_, j) => {
          const later = (operand: QueuedOperand): QueuedOperand => {
            return { ...operand, laterBytes: operand.laterBytes + (count - 1 - j) * operand.bytes };
          };
          return { ...stage, count: 1, queue: { ...queue, ifmap: later(queue.ifmap), filter: later(queue.filter) } };
        });
      });
    const total = (stages: readonly StageRun[], point: ArrayClocks): number =>
      stageTimes(stages, point).reduce((sum, seconds, r) => sum + stages[r].count * seconds, 0);
    fc.assert(
      fc.property(networks, systolicConfig, operatingPoint, orders, (network, config, point, order) => {
        const stages = buildStages(scheduleWorkload(network, withModel(config, { order })));
        expect(total(stages, point) / total(oneByOne(stages), point)).toBeCloseTo(1, 12);
      }),
      options,
    );
  });
});
