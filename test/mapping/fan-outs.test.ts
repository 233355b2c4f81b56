/** Fan-outs with names of their own, instances that share accesses, and what else files of Timeloop's front-end have. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { drained } from '../../src/mapping/index.ts';
import { nodeFiles } from '../../src/node/index.ts';
import { readPriced } from '../../src/peers/mapping/energies.ts';
import { evaluateFiles, searchFiles } from '../../src/peers/mapping/index.ts';
import { diagnosticsOf } from '../energy/support.ts';

const ROOT = new URL('../golden/timeloop/os_gemm/', import.meta.url);
const golden = readdirSync(ROOT).map((file) => ({ file, text: readFileSync(new URL(file, ROOT), 'utf8') }));
const from = { files: nodeFiles, bundled: nodeFiles };
const others = (...names: string[]) =>
  golden.filter(({ file }) => !['arch.yaml', 'mapping.yaml', ...names].includes(file));
const textOf = (name: string): string => golden.find(({ file }) => file === name)!.text;

/** The architecture of os_gemm with its columns and rows of PEs as two fan-outs. */
const nodes = (columns: string, rows: string): string => `architecture:
  version: 0.4
  nodes:
  - !Component {name: DRAM, class: DRAM, attributes: {width: 64, datawidth: 16}}
  - !Component {name: GBuf, class: SRAM, attributes: {depth: 8192, width: 16, datawidth: 16}}
  - !Container {name: column, spatial: {meshX: 16}${columns}}
  - !Container {name: row, spatial: {meshY: 16}${rows}}
  - !Component {name: Reg, class: regfile, attributes: {depth: 4, width: 16, datawidth: 16}}
  - !Component {name: MAC, class: intmac}
`;
const limited = (factors: string): string => `, constraints: {spatial: {factors: [${factors}]}}`;
const design = (columns = '', rows = '') => [...others(), { file: 'nodes.yaml', text: nodes(columns, rows) }];
const stats = (files: Record<string, string>): string => files['stats.json'];
const evaluated = (sources: Parameters<typeof evaluateFiles>[0]) => evaluateFiles(sources, from).files;

/** The mapping as Timeloop writes it for such an architecture: the fan-outs are levels that keep nothing. */
const WRITTEN = `mapping:
- {target: Reg, type: datatype, keep: [A, B, Z], bypass: []}
- {target: inter_row_spatial, type: datatype, keep: [], bypass: [A, B, Z]}
- {target: inter_column_spatial, type: datatype, keep: [], bypass: [A, B, Z]}
- {target: GBuf, type: datatype, keep: [A, B, Z], bypass: []}
- {target: DRAM, type: datatype, keep: [A, B, Z], bypass: []}
- {target: Reg, type: temporal, factors: M1 N1 K1, permutation: KNM}
- {target: inter_row_spatial, type: spatial, factors: M1 N16 K1, permutation: NMK, split: 0}
- {target: inter_row_spatial, type: temporal, factors: M1 N1 K1, permutation: KNM}
- {target: inter_column_spatial, type: spatial, factors: M16 N1 K1, permutation: MNK, split: 3}
- {target: inter_column_spatial, type: temporal, factors: M1 N1 K1, permutation: KNM}
- {target: GBuf, type: temporal, factors: M4 N3 K40, permutation: KNM}
- {target: DRAM, type: temporal, factors: M1 N1 K1, permutation: KNM}
`;

test('a mapping that names two fan-outs is that of one mesh', () => {
  const ours = evaluated([...design(), { file: 'map.yaml', text: WRITTEN }]);
  expect(stats(ours)).toBe(stats(evaluated(golden)));
  const again = [...design(), { file: 'again.yaml', text: ours['map.yaml'] }];
  expect(ours['map.yaml']).toContain('target: column');
  expect(stats(evaluated(again))).toBe(stats(ours));
});

test('map.txt may have levels of fan-outs and a last line for the multiplier', () => {
  const text = `DRAM [ A:2560 (2560) B:1920 (1920) Z:3072 (3072) ]
--------------------------------------------------
| for M in [0:1)

GBuf [ A:2560 (2560) B:1920 (1920) Z:3072 (3072) ]
--------------------------------------------------
| for M in [0:4)
|   for N in [0:3)
|     for K in [0:40)

inter_column_spatial [ ]
inter_row_spatial [ ]
---------------------
|       for M in [0:16) (Spatial-X)
|         for N in [0:16) (Spatial-Y)

Reg [ A:1 (1) B:1 (1) Z:1 (1) ]
-------------------------------
|           << Compute >>
`;
  expect(stats(evaluated([...design(), { file: 'map.txt', text }]))).toBe(stats(evaluated(golden)));
});

test('a fan-out keeps nothing and has no loops in time', () => {
  const problems = (change: (text: string) => string) =>
    diagnosticsOf(() => evaluated([...design(), { file: 'map.yaml', text: change(WRITTEN) }])).map(
      ({ code, span, message }) => `${code} ${span?.line}:${span?.column} ${message}`,
    );
  expect(problems((text) => text.replace('keep: [], bypass: [A, B, Z]', 'keep: [A], bypass: [B, Z]'))).toEqual([
    'out-of-range 3:53 the fan-out inter_row_spatial keeps data spaces',
  ]);
  const timed = 'inter_row_spatial, type: temporal, factors: M1 N1 K1';
  expect(problems((text) => text.replace(timed, timed.replace('K1', 'K2')))[0]).toContain(
    'out-of-range 9:56 the fan-out inter_row_spatial has loops in time',
  );
});

const best = (columns: string, rows: string, more: string[] = []) =>
  JSON.parse(
    drained(
      searchFiles(
        [...design(columns, rows), ...more.map((text, i) => ({ file: `more${i}.yaml`, text }))],
        { objective: 'edp', search: 'exact', evaluations: 0, seed: 1, isOver: () => false },
        from,
      ),
    ).files['stats.json'],
  );

test('each of two fan-outs keeps its own constraints', () => {
  const keep =
    'constraints: [{target: GBuf, type: bypass, keep: [A, B, Z]}, {target: Reg, type: bypass, keep: [A, B, Z]}]';
  // With a split the older form says the same: N along X, M and K along Y.
  const apart = best(limited('M=1, K=1'), limited('N=1'), [keep]);
  const split = `${keep.slice(0, -1)}, {target: GBuf, type: spatial, permutation: NMK, split: 1}]`;
  const older = best('', '', [split]);
  expect(apart.value).toBe(older.value);
  expect(apart.certificate.outcome).toBe('proven');
  // M along both axes: 64 of M on 4 x 16 need no other dimension, so that N=1 and K=1 everywhere leave 4 x 16 or 16 x 4 PEs.
  const both = best(limited('N=1, K=1'), limited('N=1, K=1'), [keep]);
  expect(both.levels.MAC.utilized_instances).toBe(64);
  expect(both.cycles).toBe(48 * 40);
});

test('instances of a cluster share their accesses', () => {
  const clustered = (size: number) => ({
    file: 'arch.yaml',
    text: textOf('arch.yaml').replace(
      'depth: 4, width: 16, word-bits: 16, block-size: 1',
      `depth: 4, width: ${16 * size}, word-bits: 16, cluster-size: ${size}`,
    ),
  });
  const energies = (size: number, mapping = textOf('mapping.yaml')) => {
    const { levels } = JSON.parse(
      stats(evaluated([...others(), clustered(size), { file: 'mapping.yaml', text: mapping }])),
    );
    return ['A', 'B', 'Z'].reduce((sum, tensor) => sum + levels.Reg[tensor].energy_pJ, 0);
  };
  // By hand, in each PE: 480 reads and 480 fills of A and of B, 480 updates, 468 reads of Z: 12 outputs that are first not read.
  const onePe = 2 * 480 * (0.25 + 0.3) + 480 * 0.3 + 468 * 0.25;
  expect(energies(1)).toBeCloseTo(256 * onePe, 6);
  expect(energies(16)).toBeCloseTo(16 * onePe, 6);
  // Timeloop spreads the used instances over all clusters: of 16 clusters 4 PEs use 4.
  const few = textOf('mapping.yaml').replace('M=4 N=3 K=40', 'M=32 N=24 K=40').replace('M=16 N=16', 'M=2 N=2');
  expect(energies(16, few)).toBeCloseTo(energies(1, few), 6);
  const [problem] = diagnosticsOf(() => energies(3));
  expect(`${problem.code} ${problem.span?.line} ${problem.message}`).toBe(
    'out-of-range 21 256 instances of Reg in clusters of 3',
  );
});

test('numbers that a shape does not use are named, and those that are nearly a coefficient refused', () => {
  const problem = textOf('problem.yaml');
  const withMore = (more: string) => [
    ...golden.filter(({ file }) => file !== 'problem.yaml'),
    {
      file: 'problem.yaml',
      text: problem
        .replace('data-spaces:', 'coefficients: [{name: Wstride, default: 1}]\n    data-spaces:')
        .replace('K: 40 }', `K: 40, ${more} }`),
    },
  ];
  expect(evaluateFiles(withMore('H: 224, Hpad: 1'), from).summary).toContain(
    'The shape of the problem does not use H, Hpad',
  );
  const [near] = diagnosticsOf(() => evaluated(withMore('Wstrid: 2')));
  expect([near.code, near.suggestion]).toEqual(['unknown-key', 'Wstride']);
  const [density] = diagnosticsOf(() => evaluated(withMore('densities: {A: 0.5}')));
  expect(density.code).toBe('unknown-key');
});

test('templates are filled in, and anchors under names with "ignore" pass', () => {
  const base = `base_ignore: &base\n${textOf('problem.yaml')
    .replace(/^problem:\n/, '')
    .replace('M: 64, ', '')}`;
  const files = { ...nodeFiles, read: (path: string) => (path === 'layers/base.yaml' ? base : nodeFiles.read(path)) };
  const text = "{{include_text('../base.yaml')}}\nproblem:\n  <<<: *base\n  instance: {M: 64}\n";
  const sources = [...golden.filter(({ file }) => file !== 'problem.yaml'), { file: 'layers/net/1.yaml', text }];
  expect(stats(evaluateFiles(sources, { files, bundled: nodeFiles }).files)).toBe(stats(evaluated(golden)));
});

test('templates include nothing above the folder over their own', () => {
  const text = "{{include_text('../../secret.yaml')}}";
  const sources = [...golden.filter(({ file }) => file !== 'problem.yaml'), { file: 'problem.yaml', text }];
  const [problem] = diagnosticsOf(() => evaluated(sources));
  expect([problem.code, problem.message]).toEqual([
    'out-of-range',
    'the path "../../secret.yaml" leads outside the folder of the input',
  ]);
});

test('memories side by side pass by what the others keep', () => {
  const table = ['A', 'B', 'Z'].reduce(
    (text, tensor) =>
      text.replace(
        '  - name: sys.MAC',
        `  - name: sys.Reg${tensor}[1..1]\n    actions: [{name: read, energy: 1}, {name: write, energy: 1}]\n  - name: sys.MAC`,
      ),
    textOf('ert.yaml'),
  );
  const beside = nodes('', '').replace(
    / {2}- !Component \{name: Reg.*\n/,
    ['A', 'B', 'Z']
      .map(
        (tensor) =>
          `    - !Component {name: Reg${tensor}, class: regfile, attributes: {depth: 4, width: 16, datawidth: 16}, constraints: {dataspace: {keep: [${tensor}]}}}\n`,
      )
      .join('')
      .replace(/^/, '  - !Parallel\n    nodes:\n'),
  );
  const { input } = readPriced(
    [...others('ert.yaml'), { file: 'ert.yaml', text: table }, { file: 'nodes.yaml', text: beside }],
    from,
  );
  expect(input.constraints.slice(2).map(({ keep }) => keep)).toEqual([
    [true, false, false],
    [false, true, false],
    [false, false, true],
  ]);
});

/**
 * Row-stationary convolutions on 14 columns of 12 PEs, each a fan-out. The figures are those that the stats files of Timeloop's exercises
 * (2d55108: example design eyeriss_like, its default problem; exercise 06) give for these loops.
 */
describe('equal tiles of sliding inputs share reads within a fan-out, not across two', () => {
  const component = (name: string, depth: number, keep: string, bypass: string): string =>
    `{name: ${name}, class: regfile, attributes: {depth: ${depth}, width: 16, datawidth: 16}, constraints: {dataspace: {keep: [${keep}], bypass: [${bypass}]}}}`;
  const array = `architecture:
  version: 0.4
  nodes:
  - !Container {name: system, attributes: {technology: "45nm", global_cycle_seconds: 1e-9}}
  - !Component {name: DRAM, class: DRAM, attributes: {width: 64, datawidth: 16}}
  - !Component ${component('Glb', 131072, 'I, O', 'W').replace('regfile', 'SRAM')}
  - !Container {name: column, spatial: {meshX: 14}}
  - !Container {name: row, spatial: {meshY: 12}}
  - !Component ${component('Ispad', 24, 'I', 'W, O')}
  - !Component ${component('Wspad', 192, 'W', 'I, O')}
  - !Component ${component('Ospad', 16, 'O', 'W, I')}
  - !Component {name: MAC, class: intmac, attributes: {width: 16}}
`;
  const problem = (stride: number, instance: string): string => `problem:
  shape:
    name: conv
    dimensions: [C, M, R, S, P, Q]
    coefficients: [{name: Stride, default: ${stride}}]
    data-spaces:
    - {name: W, projection: [[[C]], [[M]], [[R]], [[S]]]}
    - {name: I, projection: [[[C]], [[R], [P, Stride]], [[S], [Q, Stride]]]}
    - {name: O, projection: [[[M]], [[P]], [[Q]]], read-write: true}
  instance: {${instance}}
`;
  const loops = (...levels: string[][]): string => {
    const names = [
      'DRAM [ W:1 (1) I:1 (1) O:1 (1) ]',
      'Glb [ I:1 (1) O:1 (1) ]',
      'inter_column_spatial [ ]',
      'inter_row_spatial [ ]',
      'Ispad [ I:1 (1) ]',
      'Wspad [ W:1 (1) ]',
      'Ospad [ O:1 (1) ]',
    ];
    let depth = 0;
    return levels
      .map((list, level) => {
        const axis = level === 2 ? ' (Spatial-X)' : level === 3 ? ' (Spatial-Y)' : '';
        const lines = list.map((loop) => `|${'  '.repeat(depth++)} for ${loop[0]} in [0:${loop.slice(1)})${axis}`);
        return [names[level], '-----', ...lines, ''].join('\n');
      })
      .join('\n');
  };

  test.each([
    [
      'the default problem',
      problem(2, 'C: 3, M: 32, R: 3, S: 3, P: 112, Q: 112'),
      [['P8', 'Q2', 'M4'], ['P14', 'Q4'], ['Q14'], ['C3', 'S3'], [], ['R3'], ['M8']],
      { reads: 1354752, fills: 157296, dram: 157296 },
    ],
    [
      'exercise 06',
      problem(1, 'C: 128, M: 256, R: 3, S: 3, P: 56, Q: 56'),
      [['Q4', 'C4', 'P7', 'M4'], ['M2', 'C4', 'P8'], ['Q14'], ['M4', 'S3'], [], ['R3', 'C8'], ['M8']],
      { reads: 12042240, fills: 573440, dram: 573440 },
    ],
  ])('%s', (_, text, levels, expected) => {
    const files = evaluated([
      { file: 'array.yaml', text: array },
      { file: 'problem.yaml', text },
      { file: 'map.txt', text: loops(...levels) },
    ]);
    const { levels: found } = JSON.parse(stats(files));
    const { reads, fills } = found.Glb.I;
    expect({ reads, fills, dram: found.DRAM.I.reads }).toEqual(expected);
  });
});

test.each(['random', 'ga', 'exact'] as const)(
  '--search %s takes the placement on two fan-outs that merges most tiles',
  (search) => {
    // Q and S slide along one row of inputs: within one fan-out their 4 tiles are 3, across two they are 4. M takes the other axis.
    const text = `problem:
  shape:
    name: row
    dimensions: [Q, M, S]
    data-spaces:
    - {name: W, projection: [[[M]], [[S]]]}
    - {name: I, projection: [[[S], [Q]]]}
    - {name: O, projection: [[[M]], [[Q]]], read-write: true}
  instance: {Q: 2, M: 2, S: 2}
architecture:
  version: 0.4
  nodes:
  - !Container {name: system, attributes: {technology: "45nm", global_cycle_seconds: 1e-9}}
  - !Component {name: DRAM, class: DRAM, attributes: {width: 16, datawidth: 16}}
  - !Container {name: column, spatial: {meshX: 4}}
  - !Container {name: row, spatial: {meshY: 2}}
  - !Component {name: Reg, class: regfile, attributes: {depth: 8, width: 16, datawidth: 16}}
  - !Component {name: MAC, class: intmac, attributes: {width: 16}}
mapspace_constraints:
- {target: DRAM, type: temporal, factors: [Q=1, M=1, S=1]}
- {target: Reg, type: temporal, factors: [Q=1, M=1, S=1]}
- {target: Reg, type: dataspace, keep: [W, I, O], bypass: []}
`;
    const steps = searchFiles(
      [{ file: 'all.yaml', text }],
      { objective: 'energy', search, evaluations: 60, seed: 1 },
      from,
    );
    const { levels } = JSON.parse(stats(drained(steps).files));
    expect(levels.DRAM.I.reads).toBe(3);
  },
);
