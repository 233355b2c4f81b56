import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COUNTER_INDEX, COUNTERS, zeroCounts } from '../../../src/base/counters.ts';
import {
  readScaleSimInput,
  readSimulationInput,
  type ScaleSimConfig,
  simulateLayers,
  simulateScaleSim,
  simulateScaleSimLayer,
  timelineProgress,
} from '../../../src/peers/scalesim/index.ts';
import { MEMORY_MODELS } from '../../../src/systolic/index.ts';
import { gemmShape, type Layer, readScaleSimTopology } from '../../../src/workload/index.ts';
import { compulsoryWords, referenceSchedule } from '../../reference/memory-words.ts';
import { lawOptions, RUNS } from '../../tier.ts';
import { layouts } from './arbitraries.ts';
import { configText, simulateByFolds } from './support.ts';

const OPERANDS = ['ifmap', 'filter', 'ofmap'] as const;
const upTo = (max: number) => fc.integer({ min: 1, max });

const sizes = fc
  .tuple(upTo(14), upTo(14), upTo(4), upTo(4), upTo(12), upTo(40), upTo(3), upTo(3))
  .filter(([height, width, filterHeight, filterWidth]) => filterHeight <= height && filterWidth <= width);

/** A layer as its file's row says. */
const layer = sizes.map((cells): Layer => {
  return readScaleSimTopology({ file: 'x', text: `h,\na, ${cells.join(', ')},\n` }, 'conv')[0];
});

const bandwidths = fc.record({ ifmap: upTo(20), filter: upTo(20), ofmap: upTo(20) });
const calculated = fc.record({
  runName: fc.constant('run'),
  array: fc.record({ rows: upTo(9), columns: fc.integer({ min: 2, max: 9 }) }),
  sramKb: fc.record({ ifmap: upTo(2), filter: upTo(2), ofmap: upTo(2) }),
  dataflow: fc.constantFrom('os' as const, 'ws' as const, 'is' as const),
  bandwidth: fc.constant('CALC' as const),
  offsets: fc.constant({ ifmap: 0, filter: 10_000_000, ofmap: 20_000_000 }),
});

function withBandwidth(config: ScaleSimConfig, bandwidth: ScaleSimConfig['bandwidth']): ScaleSimConfig {
  return { ...config, bandwidth };
}

/** Words of our windows, hanging over the edge or not. */
function hangsOver({ ifmapHeight, ifmapWidth, ofmapHeight, ofmapWidth, ...layer }: Layer): boolean {
  const { filterHeight, filterWidth, strideHeight, strideWidth } = layer;
  const below = (ofmapHeight - 1) * strideHeight + filterHeight > ifmapHeight;
  return below || (ofmapWidth - 1) * strideWidth + filterWidth > ifmapWidth;
}

test('where SCALE-Sim is right we agree: cycles, scratchpad words, and when they move', () => {
  fc.assert(
    fc.property(layer, calculated, (shape, config) => {
      const { report, schedule } = simulateByFolds(shape, config);
      if (schedule.cycles === 1) return; // SCALE-Sim divides by zero
      const peer = simulateScaleSimLayer(shape, config, 'v2');
      // It never cuts T, whatever its partial sums take.
      if (schedule.streamTile < (config.dataflow === 'is' ? gemmShape(shape).n : gemmShape(shape).m)) return;
      expect(report.totalCycles).toBe(peer.totalCycles + 1);
      expect(report.mappingEfficiency).toBeCloseTo(peer.mappingEfficiency, 9);
      expect(report.sram.ifmap.words).toBe(peer.sram.ifmap.words);
      expect(report.sram.filter.words).toBe(peer.sram.filter.words);
      const excess = config.dataflow === 'os' ? schedule.folds * (config.array.rows + config.array.columns) : 0;
      expect(report.sram.ofmap.words).toBe(peer.sram.ofmap.words - excess);
      expect(report.sram.ofmap).toMatchObject({ start: peer.sram.ofmap.start, stop: peer.sram.ofmap.stop });
      // It counts the words of an overhang, but no cycle of theirs; and what it reads is there a cycle later.
      if (hangsOver(shape)) return;
      for (const operand of ['ifmap', 'filter'] as const) {
        const { start, stop } = peer.sram[operand];
        expect(report.sram[operand]).toMatchObject({ start: start - 1, stop: stop - 1 });
      }
    }),
    lawOptions(2 * RUNS, 25),
  );
});

test('what fits is fetched once, as there', () => {
  const roomy = calculated.map((config) => ({ ...config, sramKb: { ifmap: 64, filter: 64, ofmap: 64 } }));
  fc.assert(
    fc.property(layer, roomy, (shape, config) => {
      const { report, schedule } = simulateByFolds(shape, config);
      const { ifmap, filter } = compulsoryWords(shape);
      expect([report.dram.ifmap.words, report.dram.filter.words]).toEqual([ifmap, filter]);
      if (schedule.cycles === 1) return;
      const peer = simulateScaleSimLayer(shape, config, 'v2');
      expect(report.dram.ifmap.words).toBe(peer.dram.ifmap.words);
      expect(report.dram.filter.words).toBe(peer.dram.filter.words);
    }),
    lawOptions(RUNS / 2),
  );
});

test('every result leaves once', () => {
  fc.assert(
    fc.property(layer, calculated, (shape, config) => {
      const { m, n } = gemmShape(shape);
      expect(simulateByFolds(shape, config).report.dram.ofmap.words).toBe(m * n);
    }),
    lawOptions(RUNS, 12),
  );
});

test('USER: cycles are those of adding up folds whose words are enumerated', () => {
  fc.assert(
    fc.property(layer, calculated, bandwidths, (shape, config, bandwidth) => {
      const { report } = simulateByFolds(shape, withBandwidth(config, bandwidth));
      const { array, dataflow, sramKb } = config;
      const [{ folds }] = referenceSchedule([shape], {
        rows: array.rows,
        cols: array.columns,
        dataflow,
        bits: { ifmap: 8, filter: 8, ofmap: 8, psum: 8 },
        scratchpadBytes: { ifmap: 1024 * sramKb.ifmap, filter: 1024 * sramKb.filter, ofmap: 1024 * sramKb.ofmap },
        psum: 'accumulate',
        prefetchAcrossLayers: false,
      }).layers;
      const nothing = { ifmap: 0, filter: 0 };
      const slowest = (cycles: number, words: Record<(typeof OPERANDS)[number], number>): number =>
        Math.max(cycles, ...OPERANDS.map((operand) => Math.ceil(words[operand] / bandwidth[operand])));
      let total = slowest(0, { ...folds[0].prefetchBytes, ofmap: 0 });
      let leaving = 0;
      folds.forEach(({ cycles, streamBytes, outBytes }, i) => {
        const next = folds[i + 1]?.prefetchBytes ?? nothing;
        total += slowest(cycles, {
          ifmap: streamBytes.ifmap + next.ifmap,
          filter: streamBytes.filter + next.filter,
          ofmap: streamBytes.results + leaving,
        });
        leaving = outBytes;
      });
      total += slowest(0, { ...nothing, ofmap: leaving });
      expect(report.totalCycles).toBe(total);
    }),
    lawOptions(RUNS, 12),
  );
});

test('a wider interface never makes a layer slower', () => {
  fc.assert(
    fc.property(
      layer,
      calculated,
      bandwidths,
      fc.constantFrom(...OPERANDS),
      upTo(9),
      (shape, config, given, one, by) => {
        const cyclesAt = (bandwidth: typeof given): number =>
          simulateByFolds(shape, withBandwidth(config, bandwidth)).report.totalCycles;
        expect(cyclesAt({ ...given, [one]: given[one] + by })).toBeLessThanOrEqual(cyclesAt(given));
      },
    ),
    lawOptions(RUNS, 12),
  );
});

test('at any bandwidth USER is CALC and a cycle for the fill and the drain each', () => {
  fc.assert(
    fc.property(layer, calculated, (shape, config) => {
      const calc = simulateByFolds(shape, config);
      const ends = calc.timeline.stages.filter(({ stage }) => stage.kind !== 'compute').length;
      const vast = simulateByFolds(shape, withBandwidth(config, { ifmap: 2 ** 31, filter: 2 ** 31, ofmap: 2 ** 31 }));
      expect(vast.report.totalCycles).toBe(calc.report.totalCycles + ends);
      expect(vast.report.dram.ifmap.words).toBe(calc.report.dram.ifmap.words);
    }),
    lawOptions(RUNS, 12),
  );
});

test('with the bandwidth that CALC calls for nothing waits but for the fill and the drain', () => {
  fc.assert(
    fc.property(layer, calculated, (shape, config) => {
      const { highestRates, schedule } = simulateByFolds(shape, config);
      const [ifmap, filter, ofmap] = OPERANDS.map((operand) => Math.ceil(highestRates[operand]));
      const { timeline } = simulateByFolds(shape, withBandwidth(config, { ifmap, filter, ofmap }));
      for (const { stage, cycles } of timeline.stages) {
        if (stage.kind === 'compute') expect(cycles).toBe(stage.cycles);
        if (stage.kind === 'fill') expect(cycles).toBeLessThanOrEqual(schedule.runs[0].kind.cycles);
      }
    }),
    lawOptions(RUNS, 12),
  );
});

test('counts grow from cycle to cycle, up to those of the schedule; uses are within the cycles reported', () => {
  const bandwidth = fc.oneof(fc.constant('CALC' as const), bandwidths);
  const counters = { ifmap: 'ifmap_sram_reads', filter: 'filter_sram_reads', ofmap: 'ofmap_sram_writes' } as const;
  const small = sizes.filter(([, , , , channels, filters]) => channels <= 3 && filters <= 6);
  fc.assert(
    fc.property(
      small,
      calculated,
      bandwidth,
      fc.option(layouts, { nil: undefined }),
      (cells, config, given, layout) => {
        const [shape] = readScaleSimTopology({ file: 'x', text: `h,\na, ${cells.join(', ')},\n` }, 'conv');
        const { timeline, schedule, report } = simulateByFolds(shape, withBandwidth(config, given), layout);
        const progress = timelineProgress(timeline);
        const [before, counts] = [zeroCounts(), zeroCounts()];
        const uses = OPERANDS.map((operand) => ({ operand, cycles: [] as number[] }));
        for (let cycle = timeline.start; cycle < timeline.stop; cycle++) {
          progress.countsBefore(cycle + 1, counts);
          const falls = counts.findIndex((count, i) => count < before[i] - 1e-6);
          if (falls >= 0) expect.fail(`${COUNTERS[falls]} falls in cycle ${cycle}`);
          for (const { operand, cycles } of uses) {
            const i = COUNTER_INDEX[counters[operand]];
            if (counts[i] - before[i] > 1e-6) cycles.push(cycle);
          }
          before.set(counts);
        }
        expect(counts).toEqual(schedule.counts);
        for (const { operand, cycles } of uses) {
          const { start, stop } = report.sram[operand];
          expect([cycles[0], cycles[cycles.length - 1]]).toEqual([start, stop]);
        }
      },
    ),
    lawOptions(RUNS / 2),
  );
});

interface Golden {
  readonly cases: readonly {
    readonly id: string;
    readonly topology: string;
    readonly form: 'conv' | 'gemm';
    readonly dataflow: string;
    readonly array: readonly [number, number];
    readonly sramKb: readonly [number, number, number];
    readonly bandwidth: number | null;
    readonly banks?: readonly (readonly [number, number])[];
    readonly v2?: unknown;
  }[];
}

describe('the runs of test/golden/scalesim/reports.json', () => {
  const folder = new URL('../../golden/scalesim/', import.meta.url);
  const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
  const { cases }: Golden = JSON.parse(read('reports.json'));

  test.each(cases)('$id', (run) => {
    const version = run.v2 === undefined ? 'v3' : 'v2';
    const texts = {
      config: { file: 'x.cfg', text: configText({ ...run, version }) },
      topology: { file: 'x.csv', text: read(`topology/${run.topology}.csv`) },
      form: run.form,
    };
    const input = readSimulationInput(texts, () => {}, MEMORY_MODELS.consecutive);
    const peers = simulateScaleSim(
      readScaleSimInput(texts, { version, tolerate: () => expect.unreachable() }),
      version,
    );
    const ours = simulateLayers(input);
    expect(ours.map(({ layer: { name } }) => name)).toEqual(input.layers.map(({ name }) => name));
    expect(ours.length).toBe(peers.length);
    ours.forEach(({ report, layer: { name } }, i) => {
      const { schedule } = simulateByFolds(input.layers[i], input.config);
      // Array cycles without waits are SCALE-Sim's, unless partial sums do not fit.
      const { m, n } = gemmShape(input.layers[i]);
      const whole = schedule.streamTile === (run.dataflow === 'is' ? n : m) || run.dataflow === 'os';
      const cycles = peers[i].totalCycles - peers[i].stallCycles + 1;
      if (whole) expect(report.totalCycles - report.stallCycles, name).toBe(cycles);
      else expect(report.totalCycles - report.stallCycles, name).toBeGreaterThan(cycles);
    });
  });
});
