import { expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { MEMORY_MODELS, type SystolicConfig, scheduleLayer } from '../../src/systolic/index.ts';
import { gemmLayer } from '../laws/arbitraries.ts';

const config: SystolicConfig = {
  array: { rows: 4, columns: 4 },
  dataflow: 'ws',
  memory: {
    wordBits: { ifmap: 8, filter: 8, ofmap: 8, psum: 32 },
    scratchpadBytes: { ifmap: 64, filter: 64, ofmap: 64 },
    psum: 'accumulate',
    prefetchAcrossLayers: true,
    model: MEMORY_MODELS.consecutive,
  },
};

function codesOf(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof InputError) return error.diagnostics.map((d) => d.code);
    throw error;
  }
  return [];
}

test('a layer of more folds than can be walked is refused at once', () => {
  // 2^18 row folds x 2^18 column folds.
  expect(codesOf(() => scheduleLayer(gemmLayer(1, 2 ** 20, 2 ** 20), config))).toEqual(['out-of-range']);
});

test('a scratchpad must hold two words for each lane it feeds', () => {
  const layer = gemmLayer(5, 3, 3);
  // One row fold: 4 rows of 8 bit ifmap words, twice, are 8 bytes.
  for (const [bytes, codes] of [
    [8, []],
    [7, ['scratchpad-too-small']],
  ] as const) {
    const scratchpadBytes = { ...config.memory.scratchpadBytes, ifmap: bytes };
    expect(codesOf(() => scheduleLayer(layer, { ...config, memory: { ...config.memory, scratchpadBytes } }))).toEqual(
      codes,
    );
  }
});

test('accumulating dataflows need two partial sums for each column', () => {
  // K = 5 on 4 rows: two row folds, so partial sums of 32 bit: 2 x 4 columns x 4 bytes = 32 bytes.
  const layer = gemmLayer(5, 3, 5);
  const withOfmap = (ofmap: number, psum: 'accumulate' | 'spill') => ({
    ...config,
    memory: { ...config.memory, psum, scratchpadBytes: { ...config.memory.scratchpadBytes, ofmap } },
  });
  expect(codesOf(() => scheduleLayer(layer, withOfmap(32, 'accumulate')))).toEqual([]);
  expect(codesOf(() => scheduleLayer(layer, withOfmap(31, 'accumulate')))).toEqual(['scratchpad-too-small']);
  expect(codesOf(() => scheduleLayer(layer, withOfmap(31, 'spill')))).toEqual(['scratchpad-too-small']);
});

test('an unknown dataflow names the nearest', () => {
  expect(codesOf(() => scheduleLayer(gemmLayer(1, 1, 1), { ...config, dataflow: 'oss' }))).toEqual(['unknown-name']);
});
