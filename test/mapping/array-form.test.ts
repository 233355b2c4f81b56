import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { COUNTER_INDEX, type Counter } from '../../src/base/counters.ts';
import { readMapping } from '../../src/cosim/index.ts';
import { readTimeloop, rolesOf } from '../../src/formats/timeloop/index.ts';
import { evaluateTimeloop, machineOf, type TensorStats } from '../../src/mapping/index.ts';
import { arrayForm } from '../../src/peers/mapping/forms/array.ts';
import { fitProblems, MEMORY_MODELS, type SystolicConfig, scheduleLayer } from '../../src/systolic/index.ts';
import { gemmLayer } from '../laws/arbitraries.ts';

const golden = (folder: string, file: string): string =>
  readFileSync(new URL(`../golden/timeloop/${folder}/${file}.yaml`, import.meta.url), 'utf8');

/** A product of M = 64, N = 48, K = 40 under a mapping: loops of DRAM and GBuf from the innermost, then the mesh. */
function inputOf(dram: string, gbuf: string, mesh: string, reg = 'M=1 N=1 K=1, permutation: MNK') {
  const mapping = `mapping:
- {target: DRAM, type: temporal, factors: ${dram}}
- {target: GBuf, type: temporal, factors: ${gbuf}}
- {target: GBuf, type: spatial, factors: ${mesh}}
- {target: Reg, type: temporal, factors: ${reg}}
`;
  const files = {
    arch: golden('os_gemm', 'arch'),
    problem: golden('os_gemm', 'problem'),
    ert: golden('os_gemm', 'ert'),
    mapping,
  };
  return readTimeloop(Object.entries(files).map(([name, text]) => ({ file: `${name}.yaml`, text })));
}

function formOf(input: ReturnType<typeof inputOf>) {
  const roles = rolesOf(input.problem);
  if (typeof roles === 'string') throw new Error(roles);
  return arrayForm(input, roles, input.mapping!);
}

const MEMORY: SystolicConfig['memory'] = {
  scratchpadBytes: { ifmap: 16384, filter: 16384, ofmap: 16384 },
  wordBits: { ifmap: 16, filter: 16, ofmap: 16, psum: 16 },
  psum: 'accumulate',
  prefetchAcrossLayers: false,
  model: MEMORY_MODELS['next-use'],
};

/** Hand-made cases: loops outermost first are the reverse of the permutations. */
const OS_MESH = 'M=16 N=16 K=1, permutation: MNK, split: 1';
const CARRIED = [
  // DRAM: N3 M4; GBuf: K40.
  ['M=4 N=3 K=1, permutation: KMN', 'M=1 N=1 K=40, permutation: KMN', OS_MESH, 'os', 'columns outermost', undefined],
  // DRAM: M4 N3.
  ['M=4 N=3 K=1, permutation: KNM', 'M=1 N=1 K=40, permutation: KNM', OS_MESH, 'os', '4 columns', undefined],
  // DRAM: M2 N3; GBuf: M2 K40: blocks of two row folds.
  ['M=2 N=3 K=1, permutation: KNM', 'M=2 N=1 K=40, permutation: KMN', OS_MESH, 'os', '2 rows', undefined],
  // DRAM: N6; GBuf: K5 M64, eight rows of K by eight columns of N.
  [
    'M=1 N=6 K=1, permutation: KNM',
    'M=64 N=1 K=5, permutation: MKN',
    'M=1 N=8 K=8, permutation: NKM, split: 1',
    'ws',
    'columns outermost',
    64,
  ],
  // DRAM: M4 N6; GBuf: K5 M16: T tiles of 16.
  [
    'M=4 N=6 K=1, permutation: KNM',
    'M=16 N=1 K=5, permutation: MKN',
    'M=1 N=8 K=8, permutation: NKM, split: 1',
    'ws',
    'T tiles outermost',
    16,
  ],
  // Columns of M, N streams: DRAM M8; GBuf: K5 N48.
  [
    'M=8 N=1 K=1, permutation: KNM',
    'M=1 N=48 K=5, permutation: NKM',
    'M=8 N=1 K=8, permutation: MKN, split: 1',
    'is',
    'columns outermost',
    48,
  ],
] as const;

describe('a mapping of Timeloop that an array can carry', () => {
  test.each(CARRIED)('DRAM %s, GBuf %s, mesh %s runs under %s', (dram, gbuf, mesh, dataflow, order, tile) => {
    const input = inputOf(dram, gbuf, mesh);
    const form = formOf(input);
    if (typeof form === 'string') throw new Error(form);
    const layer = gemmLayer(64, 48, 40);
    const [mapped] = readMapping({ file: 'mapping.yaml', text: form.text }, {
      name: 'n',
      layers: [layer],
    } as never).layers;
    expect(mapped).toEqual({ dataflow, order, streamTile: tile });
    const { rows, columns } = form;
    const config = { array: { rows, columns }, dataflow, memory: MEMORY, folds: mapped! };
    expect(fitProblems(layer, config)).toEqual([]);
    // The scratchpads give the words that Timeloop's buffer gives the array, and get its results and partial sums.
    const { counts } = scheduleLayer(layer, config);
    const { levels } = evaluateTimeloop(machineOf(input.problem, input.architecture, input.energies), input.mapping!);
    const [A, B, Z] = ['A', 'B', 'Z'].map((tensor) => levels.GBuf[tensor] as TensorStats);
    const count = (counter: Counter) => counts[COUNTER_INDEX[counter]];
    expect([count('ifmap_sram_reads'), count('filter_sram_reads')]).toEqual([A.reads, B.reads]);
    expect(count('ofmap_sram_writes')).toBe(Z.updates);
  });

  test.each([
    [
      'M=4 N=3 K=4, permutation: NMK',
      'M=1 N=1 K=10, permutation: KMN',
      OS_MESH,
      'M=1 N=1 K=1, permutation: MNK',
      '"DRAM: for M in [0:4)" is inside "DRAM: for K in [0:4)"',
    ],
    [
      'M=4 N=3 K=1, permutation: KMN',
      'M=1 N=1 K=40, permutation: KMN',
      'M=8 N=16 K=1, permutation: MNK, split: 1',
      'M=2 N=1 K=1, permutation: MNK',
      '"Reg: for M in [0:2)" gives a PE several of the outputs that "GBuf: for M in [0:8)" spreads',
    ],
    [
      'M=1 N=6 K=5, permutation: MNK',
      'M=64 N=1 K=1, permutation: MKN',
      'M=1 N=8 K=8, permutation: NKM, split: 1',
      'M=1 N=1 K=1, permutation: MNK',
      '"DRAM: for N in [0:6)" is in a place where ws has no loop',
    ],
  ])('is refused by the name of its loop otherwise: %s', (dram, gbuf, mesh, reg, reason) => {
    expect(formOf(inputOf(dram, gbuf, mesh, reg))).toContain(reason);
  });
});
