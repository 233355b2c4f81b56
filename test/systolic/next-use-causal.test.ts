/** Next-use retention against an enumeration of a causal policy: test/golden/memory. */
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { COUNTER_INDEX as at } from '../../src/base/counters.ts';
import { MEMORY_MODELS, scheduleLayer } from '../../src/systolic/index.ts';
import type { Layer } from '../../src/workload/layer.ts';
import { longTest } from '../tier.ts';

type Row = Readonly<Record<string, string>>;

const rows: Row[] = parse(readFileSync(new URL('../golden/memory/causal.csv', import.meta.url), 'utf8'), {
  columns: true,
});

function layerOf(row: Row): Layer {
  const [height, width] = [Number(row.ifmap_height), Number(row.ifmap_width)];
  const [filterHeight, filterWidth] = [Number(row.filter_height), Number(row.filter_width)];
  const stride = Number(row.stride);
  return {
    ...{ name: row.layer, type: 'conv', batch: 1, groups: 1, ifmapHeight: height, ifmapWidth: width },
    ...{ channels: Number(row.channels), filters: Number(row.filters), filterHeight, filterWidth },
    ...{ strideHeight: stride, strideWidth: stride, padHeight: 0, padWidth: 0 },
    ofmapHeight: Math.floor((height - filterHeight) / stride) + 1,
    ofmapWidth: Math.floor((width - filterWidth) / stride) + 1,
  };
}

function scheduled(row: Row, order: 'fixed' | 'best') {
  const bytes = Number(row.scratchpad_kib) * 1024;
  return scheduleLayer(layerOf(row), {
    array: { rows: Number(row.array), columns: Number(row.array) },
    dataflow: row.dataflow,
    memory: {
      wordBits: { ifmap: 8, filter: 8, ofmap: 8, psum: 8 },
      scratchpadBytes: { ifmap: bytes, filter: bytes, ofmap: bytes },
      psum: 'accumulate',
      prefetchAcrossLayers: false,
      model: { ...MEMORY_MODELS['next-use'], order },
    },
  });
}

interface Compared {
  readonly place: string;
  readonly words: number;
  readonly distinct: number;
  readonly min: number;
  readonly causal: number;
}

const compared: Compared[] = rows.flatMap((row) => {
  const { counts } = scheduled(row, 'fixed');
  return (['ifmap', 'filter'] as const).map((operand) => ({
    place: `${row.layer}, ${operand}, ${row.dataflow} ${row.array}, ${row.scratchpad_kib} KiB`,
    words: counts[operand === 'ifmap' ? at.dram_ifmap_reads : at.dram_filter_reads],
    distinct: Number(row[`${operand}_distinct`]),
    min: Number(row[`${operand}_min`]),
    causal: Number(row[`${operand}_causal`]),
  }));
});
const refetched = compared.filter(({ causal, distinct }) => causal > 1.02 * distinct);
const rest = compared.filter(({ causal, distinct }) => causal <= 1.02 * distinct);
const off = ({ words, causal }: Compared): number => Math.abs(words / causal - 1);
const shareWithin = (most: number): number => refetched.filter((each) => off(each) <= most).length / refetched.length;

test('the T tiles are those of the enumeration', () => {
  const streamed = rows.filter(({ dataflow }) => dataflow !== 'os');
  expect(streamed.map((row) => scheduled(row, 'fixed').streamTile)).toEqual(
    streamed.map(({ t_tile }) => Number(t_tile)),
  );
});

test('words that are fetched again: 90 % of the values within 5 %, 99 % within 15 %', () => {
  expect(refetched).toHaveLength(368);
  expect(shareWithin(0.05)).toBeGreaterThanOrEqual(0.9);
  expect(shareWithin(0.15)).toBeGreaterThanOrEqual(0.99);
});

test('the values farthest off: tiles larger than half a scratchpad, which stream', () => {
  const worst = [...refetched].sort((a, b) => off(b) - off(a)).slice(0, 2);
  expect(worst.map(({ place, words, causal }) => [place, Math.round((1000 * words) / causal) / 1000])).toEqual([
    // The only tile of the table larger than its scratchpad whose pixels touch words again within the fold.
    ['r50_layer4.0.conv2, ifmap, os 32, 64 KiB', 1.387],
    ['r50_layer4.0.conv2, ifmap, os 16, 64 KiB', 1.205],
  ]);
});

test('all other values are exact', () => {
  expect(rest).toHaveLength(2656);
  expect(rest.filter(({ words, causal }) => words !== causal)).toEqual([]);
});

test('nothing is below the words of MIN with bypass', () => {
  expect(compared.filter(({ words, min }) => words < min)).toEqual([]);
});

longTest('the best order never fetches more', () => {
  const reads = (row: Row, order: 'fixed' | 'best'): number => {
    const { counts } = scheduled(row, order);
    return counts[at.dram_ifmap_reads] + counts[at.dram_filter_reads];
  };
  expect(rows.filter((row) => reads(row, 'best') > reads(row, 'fixed'))).toEqual([]);
});
