import fc from 'fast-check';
import { expect, test } from 'vitest';
import { recordScaleSimLayer, scaleSimActivity, writeScaleSimTraces } from '../../../src/peers/scalesim/index.ts';
import { PythonSet } from '../../../src/peers/scalesim-traces/python-set.ts';
import { problemsOf } from '../../cosim/support.ts';
import { pythonSetOrder, slowActivity, slowTraces } from '../../reference/scalesim.ts';
import { lawOptions, longTest, RUNS, someOf } from '../../tier.ts';
import { config, gemm, gemmShape, layer, version } from './arbitraries.ts';

type Parameters3 = Parameters<typeof recordScaleSimLayer>;

/** Null where SCALE-Sim divides by zero. */
function recorded(...of: Parameters3) {
  try {
    return recordScaleSimLayer(...of);
  } catch (error) {
    expect(error).toMatchObject({ diagnostics: [{ code: 'not-supported' }] });
    return null;
  }
}

function traces(...of: Parameters3): Record<string, string> | null {
  const recording = recorded(...of);
  if (recording === null) return null;
  const texts: Record<string, string> = {};
  writeScaleSimTraces(recording, (file, bytes) => {
    texts[file] = (texts[file] ?? '') + Buffer.from(bytes).toString('latin1');
  });
  return texts;
}

const MEMORIES = {
  macs: 'macs',
  ifmap_sram_reads: 'IFMAP_SRAM',
  filter_sram_reads: 'FILTER_SRAM',
  ofmap_sram_writes: 'OFMAP_SRAM',
  dram_ifmap_reads: 'IFMAP_DRAM',
  dram_filter_reads: 'FILTER_DRAM',
  dram_ofmap_writes: 'OFMAP_DRAM',
} as const;

function activity(interval: number, ...of: Parameters3): Record<string, Record<string, number>> | null {
  const recording = recorded(...of);
  if (recording === null) return null;
  const { first, counts } = scaleSimActivity(recording, interval);
  const memories = Object.entries(MEMORIES).map(([column, memory]) => {
    const windows = [...counts[column as keyof typeof MEMORIES]].map((count, i) => [first + i, count]);
    return [memory, Object.fromEntries(windows.filter(([, count]) => count !== 0))];
  });
  return Object.fromEntries(memories);
}

test('traces are those of stepping every cycle and address', () => {
  fc.assert(
    fc.property(fc.oneof(layer, gemm), config, version, (shape, c, v) => {
      expect(traces(shape, c, v)).toEqual(slowTraces(shape, c, v));
    }),
    lawOptions(RUNS / 2),
  );
});

test.each(someOf(['os', 'ws', 'is'] as const, 1))(
  'lines are as wide as the array, however little of it is used: %s',
  (dataflow) => {
    const kb = { ifmap: 1, filter: 1, ofmap: 1 };
    const offsets = { ifmap: 0, filter: 0, ofmap: 0 };
    const array = { rows: 700, columns: 300 };
    const c = { runName: 'run', array, sramKb: kb, offsets, dataflow, bandwidth: 'CALC' } as const;
    const shape = gemmShape(20, 270, 3);
    expect(traces(shape, c, 'v2')).toEqual(slowTraces(shape, c, 'v2'));
  },
);

longTest('more windows than can be written are refused', () => {
  const kb = { ifmap: 64, filter: 64, ofmap: 64 };
  const offsets = { ifmap: 0, filter: 0, ofmap: 0 };
  const array = { rows: 8, columns: 8 };
  const c = { runName: 'run', array, sramKb: kb, offsets, dataflow: 'os', bandwidth: 'CALC' } as const;
  // 64 x 64 folds of 1014 lines.
  const recording = recordScaleSimLayer(gemmShape(512, 512, 1000), c, 'v2');
  expect(problemsOf(() => scaleSimActivity(recording, 1))).toEqual(['out-of-range']);
  expect(scaleSimActivity(recording, 2).counts.macs.reduce((sum, macs) => sum + macs, 0)).toBe(512 * 512 * 1000);
});

test('windows hold what the traces hold in their cycles', () => {
  const interval = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 5000 }));
  fc.assert(
    fc.property(fc.oneof(layer, gemm), config, version, interval, (shape, c, v, cycles) => {
      expect(activity(cycles, shape, c, v)).toEqual(slowActivity(shape, c, v, cycles));
    }),
    lawOptions(RUNS / 2),
  );
});

test('the order of a set of CPython is that of a table filled slot by slot', () => {
  const numbers = fc.uniqueArray(fc.oneof(fc.nat(300), fc.nat(2 ** 30)), { maxLength: 700 });
  fc.assert(
    fc.property(numbers, fc.constantFrom(0, 10_000_000, 2 ** 40), (added, offset) => {
      const set = new PythonSet(700, offset);
      // A set that was used before is as good as new.
      for (const number of added.slice(5)) set.add(number);
      set.drain(() => {});
      for (const number of added) set.add(number);
      const order: number[] = [];
      set.drain((number) => order.push(number + offset));
      expect(order).toEqual(pythonSetOrder(added.map((number) => number + offset)));
    }),
    lawOptions(),
  );
});

// CPython 3.11: list() of a set to which these were added one by one.
test.each([
  [
    [8, 0, 16, 24, 1],
    [0, 1, 8, 16, 24],
  ],
  [
    [2551, 1046, 1468, 2828, 2670, 2171, 118, 1907, 1020, 2658, 212, 642, 463, 1522, 1921, 1009, 1559, 2227, 417, 2350],
    [1921, 642, 2828, 1046, 1559, 417, 2350, 2227, 1468, 463, 212, 2658, 2670, 1009, 1522, 1907, 118, 2551, 2171, 1020],
  ],
])('and that of CPython itself', (added, order) => {
  expect(pythonSetOrder(added)).toEqual(order);
});
