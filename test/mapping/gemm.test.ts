import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { freeConstraints } from '../../src/formats/timeloop/index.ts';
import { machineOf, mapspaceOf, objectiveOf, searchExactly } from '../../src/mapping/index.ts';

import { someOf } from '../tier.ts';

interface Gemm {
  readonly M: number;
  readonly N: number;
  readonly K: number;
  readonly nest: { readonly edp_pJ_cycles: number };
}

const file = new URL('../golden/mapping/gemm_edp.json', import.meta.url);
const { gemms } = JSON.parse(readFileSync(file, 'utf8')) as { readonly gemms: Readonly<Record<string, Gemm>> };

const INF = Number.POSITIVE_INFINITY;

function storage(name: string, instances: number, capacityWords: number, sharedBandwidth: number) {
  const meshX = Math.min(16, instances);
  const words = { wordBits: 16, blockSize: 1, capacityWords, readBandwidth: INF, writeBandwidth: INF, sharedBandwidth };
  return { name, class: 'SRAM', instances, meshX, ...words, fillLatencyCycles: 0, drainLatencyCycles: 0 };
}

/** test/golden/mapping: the golden's energies in Timeloop's terms. A product pays its four accesses of the register file. */
test.each(someOf(Object.entries(gemms), 3))('%s: the mapping of least EDP, proven', (name, { M, N, K, nest }) => {
  const term = (dimension: number) => [{ dimension, coefficient: 1 }];
  const problem = {
    name,
    dimensions: ['M', 'N', 'K'],
    sizes: [M, N, K],
    tensors: [
      { name: 'A', readWrite: false, ranks: [term(0), term(2)] },
      { name: 'B', readWrite: false, ranks: [term(2), term(1)] },
      { name: 'Z', readWrite: true, ranks: [term(0), term(1)] },
    ],
  };
  const architecture = {
    storages: [storage('DRAM', 1, INF, 8), storage('GBuf', 1, 524_288, 64), storage('RF', 256, 192, INF)],
    compute: { name: 'MAC', instances: 256, meshX: 16 },
  };
  const energies = {
    // A result that leaves for DRAM is read from the buffer, which Timeloop does not count.
    storages: [
      { readPj: 64, fillPj: 64, updatePj: 64 + 3.47 },
      { readPj: 3.47, fillPj: 3.47, updatePj: 3.47 },
      { readPj: 0, fillPj: 0, updatePj: 0 },
    ],
    computePj: 0.28 + 4 * 0.1,
  };
  const names = {
    dimensions: problem.dimensions,
    sizes: problem.sizes,
    tensors: ['A', 'B', 'Z'],
    levels: ['DRAM', 'GBuf', 'RF'],
  };
  const constraints = freeConstraints(names).map((level) => ({ ...level, keep: [true, true, true] }));
  const machine = machineOf(problem, architecture, energies);
  const { best, reason, lowerBound } = searchExactly(
    mapspaceOf(machine, constraints, true),
    objectiveOf(['edp']),
    false,
  );
  const edp = best!.cost.energyPj * best!.cost.cycles;
  expect(reason).toBe('proven');
  expect(edp / nest.edp_pJ_cycles).toBeCloseTo(1, 12);
  expect(lowerBound).toBe(edp);
});
