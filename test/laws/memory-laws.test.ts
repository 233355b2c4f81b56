/** What must hold for the memory reference whatever the layers; examples by hand are in memory-selfcheck.test.ts. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compulsoryWords,
  type MemoryOperatingPoint,
  referenceSchedule,
  stageTimeByStepping,
  stageTimeS,
} from '../reference/memory-words.ts';
import { lawOptions } from '../tier.ts';
import { DATAFLOWS, layersOf, sum, upTo } from './small-layers.ts';

/** Layers, and scratchpads from just large enough for the ports (two rows of words, sums of 4 bytes) to large. */
const networks = fc
  .record({
    ...{ rows: upTo(4), cols: upTo(4), ifmap: upTo(60, 0), filter: upTo(60, 0), ofmap: upTo(200, 0) },
    dataflow: fc.constantFrom(...DATAFLOWS),
    psum: fc.constantFrom('accumulate' as const, 'spill' as const),
    prefetchAcrossLayers: fc.boolean(),
    layers: fc.array(layersOf(), { minLength: 1, maxLength: 3 }),
  })
  .map(({ layers, ifmap, filter, ofmap, ...config }) => {
    const [bits, port] = [{ ifmap: 8, filter: 4, ofmap: 16, psum: 32 }, 2 * Math.max(config.rows, config.cols)];
    const scratchpadBytes = { ifmap: port + ifmap, filter: port + filter, ofmap: 4 * port + ofmap };
    return { layers, config: { ...config, bits, scratchpadBytes } };
  });

const hz = () => upTo(40).map((n) => n * 50_000_000);
const widthBits = () => fc.constantFrom(8, 12, 32, 64);
const operatingPoints: fc.Arbitrary<MemoryOperatingPoint> = fc.record({
  arrayHz: hz(),
  padHz: fc.record({ ifmap: hz(), filter: hz(), ofmap: hz() }),
  padWidthBits: fc.record({ ifmap: widthBits(), filter: widthBits(), ofmap: widthBits() }),
  dramBytesPerS: upTo(50).map((n) => n * 100_000_000),
  dramLatencyS: upTo(100, 0).map((n) => n / 1e9),
});

describe('any layers', () => {
  const options = lawOptions(300, 25);

  test('stages carry the bits of the counters', () => {
    fc.assert(
      fc.property(networks, ({ layers, config }) => {
        const { layers: planned, stages } = referenceSchedule(layers, config);
        const counted = (name: 'dram_read_bits' | 'dram_write_bits') => sum(planned.map(({ counts }) => counts[name]));
        expect(sum(stages.map(({ dramBytesIn }) => dramBytesIn * 8))).toBe(counted('dram_read_bits'));
        expect(sum(stages.map(({ dramBytesOut }) => dramBytesOut * 8))).toBe(counted('dram_write_bits'));
      }),
      options,
    );
  });

  test('fetch at least every word once', () => {
    fc.assert(
      fc.property(networks, ({ layers, config }) => {
        referenceSchedule(layers, config).layers.forEach(({ counts }, i) => {
          const { ifmap, filter } = compulsoryWords(layers[i]);
          expect(counts.dram_ifmap_reads).toBeGreaterThanOrEqual(ifmap);
          expect(counts.dram_filter_reads).toBeGreaterThanOrEqual(filter);
        });
      }),
      options,
    );
  });

  test('fetch every word just once where all fits', () => {
    fc.assert(
      fc.property(networks, ({ layers, config }) => {
        const roomy = { ...config, scratchpadBytes: { ifmap: 1e6, filter: 1e6, ofmap: 1e6 } };
        referenceSchedule(layers, roomy).layers.forEach(({ counts }, i) => {
          const fetched = { ifmap: counts.dram_ifmap_reads, filter: counts.dram_filter_reads };
          expect(fetched).toEqual(compulsoryWords(layers[i]));
        });
      }),
      options,
    );
  });

  test('write every result once, beside the sums that return', () => {
    fc.assert(
      fc.property(networks, ({ layers, config }) => {
        referenceSchedule(layers, config).layers.forEach(({ counts }, i) => {
          const { groups, batch, ofmapHeight, ofmapWidth, filters } = layers[i];
          const results = groups * batch * ofmapHeight * ofmapWidth * filters;
          expect(counts.dram_ofmap_writes - counts.dram_ofmap_reads).toBe(results);
        });
      }),
      options,
    );
  });

  const relativeError = (a: number, b: number): number => Math.abs(a / b - 1);

  test('a stage takes as long done piece by piece as the formula says', () => {
    fc.assert(
      fc.property(networks, operatingPoints, ({ layers, config }, point) => {
        for (const stage of referenceSchedule(layers, config).stages) {
          const error = relativeError(stageTimeByStepping(stage, point), stageTimeS(stage, point));
          expect(error).toBeLessThan(1e-12);
        }
      }),
      lawOptions(80, 12),
    );
  });

  test('and all stages as long as the schedule', () => {
    fc.assert(
      fc.property(networks, operatingPoints, ({ layers, config }, point) => {
        const { stages, timeS } = referenceSchedule(layers, config);
        const stepped = sum(stages.map((stage) => stageTimeByStepping(stage, point)));
        expect(relativeError(stepped, timeS(point))).toBeLessThan(1e-12);
      }),
      lawOptions(80, 12),
    );
  });
});
