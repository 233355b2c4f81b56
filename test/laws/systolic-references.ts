import fc from 'fast-check';
import { expect } from 'vitest';
import { COUNTER_INDEX, COUNTERS, zeroCounts } from '../../src/base/counters.ts';
import { buildStages, layerProgress, scheduleLayer, scheduleWorkload, stageSeconds } from '../../src/systolic/index.ts';
import { referenceSchedule, stageTimeByStepping } from '../reference/memory-words.ts';
import { GRID_COUNTERS, simulateGemm } from '../reference/pe-grid.ts';
import { anyLayer, gemmLayer, operatingPoint, partOfLayer, sparsityUpTo, systolicConfig } from './arbitraries.ts';

const roomy = {
  wordBits: { ifmap: 8, filter: 8, ofmap: 8, psum: 32 },
  scratchpadBytes: { ifmap: 1e6, filter: 1e6, ofmap: 1e6 },
  psum: 'accumulate',
  prefetchAcrossLayers: true,
} as const;

/** The closed form against a grid of PEs that moves operands register to register: output, cycles, counts every cycle. */
export function closedFormEqualsPeGrid(options: fc.Parameters<unknown>): void {
  const size = fc.integer({ min: 1, max: 12 });
  const side = fc.integer({ min: 1, max: 6 });
  const psumTile = fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined });
  fc.assert(
    fc.property(
      fc.record({ m: size, n: size, k: size, rows: side, cols: side }),
      fc.constantFrom('os' as const, 'ws' as const, 'is' as const),
      psumTile,
      fc.integer({ min: 0, max: 1000 }),
      sparsityUpTo(5),
      ({ m, n, k, rows, cols }, dataflow, tile, salt, sparsity) => {
        // An ofmap scratchpad of `tile` partial sums per column, twice, forces T tiles of that length.
        const ofmap = tile === undefined ? 1e6 : Math.max(tile * 2 * cols * 4, 2 * cols);
        const memory = { ...roomy, scratchpadBytes: { ...roomy.scratchpadBytes, ofmap } };
        const layer = { ...gemmLayer(m, n, k), sparsity };
        const schedule = scheduleLayer(layer, { array: { rows, columns: cols }, dataflow, memory });
        const a = matrix(m, k, salt);
        const b = matrix(k, n, salt + 7);
        // The grid is given what is kept, and must make the product with the weights that are dropped at zero.
        const stays = (i: number) => i % sparsity.block < sparsity.kept;
        const kept = { a: a.map((row) => row.filter((_, i) => stays(i))), b: b.filter((_, i) => stays(i)) };
        const grid = simulateGemm({ dataflow, rows, cols, ...kept, tTile: schedule.streamTile });
        const pruned = b.map((row, i) => (stays(i) ? row : row.map(() => 0)));
        expect(grid.output).toEqual(product(a, pruned));
        expect(schedule.cycles).toBe(grid.cycles);
        const progress = layerProgress(schedule);
        const counts = zeroCounts();
        const sums = new Map(GRID_COUNTERS.map((counter) => [counter, 0]));
        let cycle = 0;
        for (const fold of grid.folds) {
          for (let j = 0; j < fold.length; j++) {
            progress.countsBefore(++cycle, counts);
            for (const counter of GRID_COUNTERS) {
              const sum = sums.get(counter)! + (fold.counts[counter][j] ?? 0);
              sums.set(counter, sum);
              if (counts[COUNTER_INDEX[counter]] !== sum) {
                expect.fail(
                  `${counter} before cycle ${cycle}: closed form ${counts[COUNTER_INDEX[counter]]}, PE grid ${sum}`,
                );
              }
            }
          }
        }
        for (const counter of GRID_COUNTERS)
          expect(schedule.counts[COUNTER_INDEX[counter]], counter).toBe(sums.get(counter));
      },
    ),
    options,
  );
}

/** Tiles, DRAM words, stages and stage times against a reference that steps every cycle and every word. */
export function closedFormEqualsMemoryReference(options: fc.Parameters<unknown>): void {
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 3, arbitrary: anyLayer }, partOfLayer), { minLength: 1, maxLength: 3 }),
      systolicConfig,
      operatingPoint,
      (layers, config, point) => {
        const { array, dataflow, memory } = config;
        const schedules = scheduleWorkload(layers, config);
        const reference = referenceSchedule(layers, {
          rows: array.rows,
          cols: array.columns,
          dataflow: dataflow as 'os' | 'ws' | 'is',
          bits: memory.wordBits,
          scratchpadBytes: memory.scratchpadBytes,
          psum: memory.psum,
          prefetchAcrossLayers: memory.prefetchAcrossLayers,
        });
        schedules.forEach((schedule, i) => {
          const expected = reference.layers[i];
          expect(schedule.streamTile).toBe(expected.tTile);
          expect(schedule.cycles).toBe(expected.cycles);
          const got = Object.fromEntries(COUNTERS.map((counter, c) => [counter, schedule.counts[c]]));
          expect(got).toMatchObject(pick(expected.counts, (name) => !name.includes('reg')));
        });
        const stages = buildStages(schedules).flatMap((stage) => new Array<typeof stage>(stage.count).fill(stage));
        expect(
          stages.map(({ kind, layer, cycles, bytesIn, bytesOut, portBits }) => ({
            kind,
            layer,
            cycles,
            bytesIn,
            bytesOut,
            portBits,
          })),
        ).toEqual(
          reference.stages.map(({ kind, layer, cycles, dramBytesIn, dramBytesOut, padBits }) => ({
            kind,
            layer,
            cycles,
            bytesIn: dramBytesIn,
            bytesOut: dramBytesOut,
            portBits: padBits,
          })),
        );
        const referencePoint = {
          arrayHz: point.arrayHz,
          padHz: point.scratchpadHz,
          padWidthBits: point.portBits,
          dramBytesPerS: point.dramBytesPerS,
          dramLatencyS: point.dramLatencyS,
        };
        reference.stages.slice(0, 20).forEach((stage, s) => {
          expect(stageSeconds(stages[s], point)).toBeCloseTo(stageTimeByStepping(stage, referencePoint), 9);
        });
      },
    ),
    options,
  );
}

function pick<V>(record: Record<string, V>, keep: (name: string) => boolean): Record<string, V> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => keep(name)));
}

function matrix(rows: number, columns: number, salt: number): number[][] {
  return Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => ((i * 31 + j * 17 + salt) % 19) - 9),
  );
}

function product(a: number[][], b: number[][]): number[][] {
  return a.map((row) => b[0].map((_, j) => row.reduce((sum, x, k) => sum + x * b[k][j], 0)));
}
