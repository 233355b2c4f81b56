import { describe, expect, test } from 'vitest';
import type { InputError } from '../../src/base/errors.ts';
import { readGammaNetwork, readMaestroNetwork, readMaestroWorkload } from '../../src/formats/maestro/index.ts';
import { drained, type GammaLimits } from '../../src/mapping/index.ts';
import { evaluateNetwork, searchNetwork } from '../../src/peers/mapping/index.ts';
import { someOf } from '../tier.ts';

const hardware = { file: 'hw.m', text: 'num_pes: 8\nl1_size_cstr: 64\nl2_size_cstr: 2000\nnoc_bw_cstr: 16\n' };
const limits: GammaLimits = { evaluations: 60, seed: 1, objective: 'edp', levels: [2, 2] };
const codesOf = (work: () => unknown): string[] => {
  try {
    work();
  } catch (error) {
    return (error as InputError).diagnostics.map(({ code, span }) => `${code} ${span?.line}`);
  }
  return [];
};

const BARE = `Network n {
  Layer first { Type: CONV Stride { X: 2, Y: 2 } Dimensions { K: 4, C: 3, R: 3, S: 1, Y: 7, X: 5 } }
  Layer second { Type: GEMM Dimensions { M: 4, N: 3, K: 2 } }
}`;

describe('a network without dataflows', () => {
  test('is a workload, but cannot be evaluated, and the error names the search', () => {
    const { layers } = readMaestroWorkload({ file: 'n.m', text: BARE });
    expect(layers.map(({ name, directives }) => [name, directives])).toEqual([
      ['first', []],
      ['second', []],
    ]);
    expect(codesOf(() => evaluateNetwork({ file: 'n.m', text: BARE }, hardware))).toEqual([
      'missing-key 2',
      'missing-key 3',
    ]);
  });

  test.each(someOf(['exact', 'ga', 'random', 'decoupled'] as const, 2))('gets dataflows by --search %s', (search) => {
    const { files, summary } = drained(searchNetwork({ file: 'n.m', text: BARE }, hardware, { ...limits, search }));
    const { layers } = readMaestroNetwork({ file: 'mapping.m', text: files['mapping.m'] });
    expect(layers.map(({ directives }) => directives.filter(({ kind }) => kind === 'cluster').length)).toEqual([1, 1]);
    expect(summary).not.toContain('given');
    // The written network is the one that was evaluated.
    const again = evaluateNetwork({ file: 'mapping.m', text: files['mapping.m'] }, hardware);
    expect(again.files['maestro.csv']).toBe(files['maestro.csv']);
  });

  test('layers of one shape share an exact search', () => {
    const twice = BARE.replace(/Layer second.*/, (line) => `${line}\n${line.replace('second', 'third')}`);
    const { files } = drained(searchNetwork({ file: 'n.m', text: twice }, hardware, { ...limits, search: 'exact' }));
    const { searches } = JSON.parse(files['stats.json']);
    expect({ ...searches[2], layer: 'second' }).toEqual(searches[1]);
  });

  test('a dataflow that the hardware cannot take does not stop the search', () => {
    const given = BARE.replace('X: 5 }', 'X: 5 } Dataflow { SpatialMap(1,1) K; Cluster(64,P); SpatialMap(1,1) C; }');
    const { summary } = drained(searchNetwork({ file: 'n.m', text: given }, hardware, { ...limits, search: 'ga' }));
    expect(summary).toContain('MAESTRO has no figures for the dataflows of the file on this hardware: first');
  });
});

describe('a table of GAMMA', () => {
  const read = (text: string) => readGammaNetwork({ file: 'models/my-net.csv', text });

  // GAMMA 3d6caf8, get_CONVtypeShape: GEMM is K = N, C = K, Y = M; FC is K = outputs, C = inputs; T = 2 is DSCONV without K.
  test('has convolutions, depthwise layers, products and fully connected layers, as GAMMA writes them for MAESTRO', () => {
    const { name, layers } = read('K,C,Y,X,R,S,T\n8,3,20,18,5,3,1\n1,8,10,10,3,3,2\n7,6,5,1,1,1,3\n9,4,1,1,1,1,0\n');
    expect(name).toBe('my_net');
    expect(layers.map(({ name: of, type, sizes }) => [of, type, Object.fromEntries(sizes)])).toEqual([
      ['CONV1', 'CONV', { K: 8, C: 3, Y: 20, X: 18, R: 5, S: 3 }],
      ['DSCONV2', 'DSCONV', { C: 8, Y: 10, X: 10, R: 3, S: 3 }],
      ['GEMM3', 'CONV', { K: 6, C: 5, Y: 7, X: 1, R: 1, S: 1 }],
      ['FC4', 'CONV', { K: 9, C: 4, Y: 1, X: 1, R: 1, S: 1 }],
    ]);
  });

  test.each([
    ['M,N,K,0,0,0,T\n4,5,6,1,1,1,3\n', []],
    ['O,I,0,0,0,0,T\n4,5,0,0,0,0,0\n', []],
    ['K,C,Y,X,R,S\n1,1,1,1,1,1\n', ['csv-syntax 1']],
    ['', ['csv-syntax 1']],
    ['K,C,Y,X,R,S,T\n', ['empty-workload 1']],
    ['K,C,Y,X,R,S,T\n32,32,16,16.1,1,1\n', ['column-count 2']],
    ['K,C,Y,X,R,S,T\n1,0,4,4.5,1,-1,1\n', ['out-of-range 2', 'out-of-range 2', 'out-of-range 2']],
    ['K,C,Y,X,R,S,T\n1,1,4,4,1,1,7\n1,1,4,4,5,1,1\n', ['not-supported 2', 'filter-larger-than-ifmap 3']],
    ['K,C,Y,X,R,S,T\n1048576,1048576,1048576,4,1,1,1\n', ['out-of-range 2']],
  ])('%j has the errors %j', (text, codes) => {
    expect(codesOf(() => read(text))).toEqual(codes);
  });
});

// Two sub-clusters of 4 PEs; by hand: K has 4 tiles of 1, 2 at a time, C has 3 tiles over the 4 PEs of a cluster.
test('the nest shows loops, tiles and the PEs that share them, from L2 to L1', () => {
  const text = `Network n { Layer l { Type: CONV Dimensions { K: 4, C: 3, R: 1, S: 1, Y: 5, X: 1 }
    Dataflow { SpatialMap(1,1) K; TemporalMap(3,3) C; Cluster(4,P); TemporalMap(2,2) Y; SpatialMap(1,1) C; } } }`;
  const { files, summary } = evaluateNetwork({ file: 'n.m', text }, hardware);
  const lines = summary.split('\n').map((line) => line.trim());
  expect(lines).toEqual(
    expect.arrayContaining([
      '| for K in 0..1, 2 tiles of 1',
      '| for K in 0..1, tiles of 1 across 2 of 2 sub-clusters',
      'cluster of 4 x 2',
      '| for Y in 0..2, tiles of 2',
      '| for C in 0..2, tiles of 1 across 3 of 4 sub-clusters',
    ]),
  );
  expect(files['report.html']).toContain('for C in 0..2, tiles of 1 across 3 of 4 sub-clusters');
  const { levels } = JSON.parse(files['stats.json']).layers[0];
  const row = files['maestro.csv'].split('\n')[1].split(',');
  const [l1Size, l2Size] = ['L1', 'L2'].map((level) =>
    Object.values(levels[level] as Record<string, { tile: number }>).reduce((sum, { tile }) => sum + 2 * tile, 0),
  );
  // Columns 15 and 16 of MAESTRO's file are the sizes of L2 and L1.
  expect([l2Size, l1Size]).toEqual([Number(row[14]), Number(row[15])]);
});
