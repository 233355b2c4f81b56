import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseYaml } from '../../src/base/document.ts';
import { InputError } from '../../src/base/errors.ts';
import { readMaestroNetwork } from '../../src/formats/maestro/index.ts';
import { readTimeloop, rolesOf } from '../../src/formats/timeloop/index.ts';
import { evaluateMaestro } from '../../src/mapping/index.ts';
import { nodeFiles } from '../../src/node/index.ts';
import { estimateEnergy } from '../../src/peers/accelergy/index.ts';
import { maestroForm } from '../../src/peers/mapping/forms/maestro.ts';
import { evaluateFiles } from '../../src/peers/mapping/index.ts';

const read = (folder: string, file: string) => ({
  file: `${file}.yaml`,
  text: readFileSync(new URL(`../golden/timeloop/${folder}/${file}.yaml`, import.meta.url), 'utf8'),
});
const golden = (folder: string, files = ['arch', 'problem', 'ert', 'mapping']) =>
  files.map((file) => read(folder, file));
const from = { files: nodeFiles, bundled: nodeFiles };
const CASES = [
  'os_gemm',
  'ws_gemm',
  'gemm_ktile_psum',
  'conv_halo',
  'conv_rowstat',
  'dw_conv_group',
  'ws_gemm_imperfect',
];

const energiesOf = (texts: Readonly<Record<string, string>>) =>
  estimateEnergy({
    paths: Object.keys(texts),
    files: { read: (path) => texts[path], list: () => [] },
    bundled: nodeFiles,
    own: { sets: [], libraries: [] },
    digits: 17,
    isVerbose: false,
    outputs: ['energy_estimation'],
    warn: () => {},
  }).energies!.reduce((sum, { energyPj }) => sum + energyPj, 0);

describe.each(CASES)('the mapping of %s', (folder) => {
  const sources = golden(folder);
  const { files } = evaluateFiles(sources, from);
  const stats = JSON.parse(files['stats.json']) as Record<'energyPj' | 'edp' | 'lowerBound' | 'gap', number>;
  const { problem, architecture, mapping, ...rest } = readTimeloop(sources);
  const products = problem.sizes.reduce((product, size) => product * size, 1);

  test('has counts that `energy` multiplies by the same table to the same energy', () => {
    const ert = sources.find(({ file }) => file === 'ert.yaml')!.text;
    const energyPj = energiesOf({ 'ert.yaml': ert, 'action_counts.yaml': files['action_counts.yaml'] });
    expect(energyPj).toBeCloseTo(stats.energyPj, 6);
  });

  test('has an EDP above what no mapping can beat', () => {
    expect(stats.lowerBound).toBeGreaterThan(0);
    expect(stats.lowerBound).toBeLessThanOrEqual(stats.edp);
    expect(stats.gap).toBeCloseTo(1 - stats.lowerBound / stats.edp, 12);
  });

  test('computes all products in MAESTRO, on as many PEs as it uses', () => {
    const roles = rolesOf(problem);
    if (typeof roles === 'string') throw new Error(roles);
    const form = maestroForm({ problem, architecture, mapping, ...rest }, roles, mapping!);
    // Imperfect factors have no form.
    expect(typeof form === 'string').toBe(folder === 'ws_gemm_imperfect');
    if (typeof form === 'string') return;
    const [layer] = readMaestroNetwork({ file: 'mapping.m', text: files['mapping.m'] }).layers;
    const hardware = {
      pes: form.pes,
      l1Size: 2 ** 31,
      l2Size: 2 ** 31,
      nocBandwidth: 2 ** 31,
      hopLatency: 1,
      offchipBandwidth: 2 ** 31,
      simdLanes: 1,
    };
    const { macs, activePes } = evaluateMaestro(layer, hardware);
    expect(macs).toBe(products);
    const across = mapping!.levels.flatMap(({ spatial }) => spatial).reduce((product, { bound }) => product * bound, 1);
    expect([form.pes, activePes]).toEqual([across, across]);
  });

  test('has loops in ZigZag that cover the problem', () => {
    const text = files['zigzag.yaml'];
    expect(text === undefined).toBe(folder === 'ws_gemm_imperfect');
    if (text === undefined) return;
    const [entry] = parseYaml({ file: 'zigzag.yaml', text }).value as {
      name: string;
      spatial_mapping: Readonly<Record<string, readonly string[]>>;
      temporal_ordering: readonly (readonly [string, number])[];
    }[];
    expect(entry.name).toBe('default');
    const across = Object.values(entry.spatial_mapping)
      .flat()
      .map((unrolled) => Number(unrolled.split(',')[1]));
    const loops = [...across, ...entry.temporal_ordering.map(([, bound]) => bound)];
    expect(loops.reduce((product, bound) => product * bound, 1)).toBe(products);
    expect(entry.temporal_ordering.every(([, bound]) => bound > 1)).toBe(true);
  });
});

// By hand: 64 x 48 x 40 products of 0.5 pJ on 256 multipliers, and 2,560 + 1,920 + 3,072 words from DRAM in blocks of four at 64 pJ.
test('a mapping is compared with a bound of all mappings', () => {
  const { files } = evaluateFiles(golden('os_gemm'), from);
  const lowerBound = (122_880 * 0.5 + (7552 / 4) * 64) * 480;
  expect(JSON.parse(files['stats.json'])).toMatchObject({ objective: 'edp', lowerBound, evaluations: 1 });
});

// Two levels of 16 children along Y and X: a cluster level for each axis. By hand from the nest M4 N3 K2 | K20, M16 x N16.
test('a mapping of two axes has a cluster level for each', () => {
  const { files } = evaluateFiles(golden('os_gemm'), from);
  expect(files['mapping.m']).toContain('Cluster(16, P);');
  expect(files['mapping.m'].match(/SpatialMap/g)).toHaveLength(files['mapping.m'].match(/Cluster/g)!.length + 1);
});

describe('without an energy reference table', () => {
  const sources = golden('os_gemm', ['arch', 'problem', 'mapping']);
  const { files, summary } = evaluateFiles(sources, from);

  test('energies are estimated, said to be, and written', () => {
    expect(summary).toContain("energies are Isotherm's own estimates");
    const stats = JSON.parse(files['stats.json']) as { energies: string; energyPj: number; cycles: number };
    expect(stats.energies).toBe('estimated');
    const texts = { 'ERT.yaml': files['ERT.yaml'], 'action_counts.yaml': files['action_counts.yaml'] };
    expect(energiesOf(texts)).toBeCloseTo(stats.energyPj, 3);
  });

  test('counts and cycles are those with one', () => {
    const priced = JSON.parse(evaluateFiles(golden('os_gemm'), from).files['stats.json']) as { cycles: number };
    expect(JSON.parse(files['stats.json'])).toMatchObject({ cycles: priced.cycles });
  });
});

describe('!include', () => {
  const texts: Record<string, string> = Object.fromEntries(
    golden('os_gemm').map(({ file, text }) => [`parts/${file}`, text]),
  );
  const body = (text: string, key: string): string => {
    const lines = text.split('\n');
    const start = lines.findIndex((line) => line.startsWith(`${key}:`));
    const end = lines.findIndex((line, i) => i > start && /^\w/.test(line));
    return lines.slice(start + 1, end < 0 ? undefined : end).join('\n');
  };
  const files = { read: (path: string) => texts[path], list: () => [] };
  const main = {
    file: 'main.yaml',
    text: 'problem: !include parts/inner/problem.yaml\n',
  };

  test('takes the part of another file, relative to the file that names it', () => {
    texts['parts/inner/problem.yaml'] = 'shape: !include ../shape.yaml\ninstance: {M: 2, N: 3, K: 4}\n';
    texts['parts/shape.yaml'] = `name: gemm
dimensions: [M, N, K]
data-spaces:
- {name: A, projection: [[[M]], [[K]]]}
- {name: B, projection: [[[K]], [[N]]]}
- {name: Z, projection: [[[M]], [[N]]], read-write: true}
`;
    const { problem } = readTimeloop([main, golden('os_gemm', ['arch'])[0]], files);
    expect(problem.sizes).toEqual([2, 3, 4]);
    expect(problem.tensors.map(({ name }) => name)).toEqual(['A', 'B', 'Z']);
    expect(body(texts['parts/arch.yaml'], 'architecture').length).toBeGreaterThan(0);
  });

  const diagnosticOf = (sources: Parameters<typeof readTimeloop>[0]) => {
    try {
      readTimeloop(sources, files);
    } catch (error) {
      if (error instanceof InputError) return error.diagnostics[0];
      throw error;
    }
    throw new Error('no error');
  };

  test('a circle is refused where it closes, with the way round', () => {
    texts['a.yaml'] = 'instance: {M: 1}\nshape: !include sub/b.yaml\n';
    texts['sub/b.yaml'] = 'name: x\ndimensions: !include ../a.yaml\n';
    const found = diagnosticOf([{ file: './a.yaml', text: texts['a.yaml'] }]);
    expect(found.code).toBe('include-cycle');
    expect(found.message).toContain('a.yaml -> sub/b.yaml -> a.yaml');
    expect(found.span).toMatchObject({ file: 'sub/b.yaml', line: 2 });
  });

  test('errors of an included file stand in that file', () => {
    texts['bad.yaml'] = 'shape: {name: g}\ninstance: {M: 1.5}\n';
    const found = diagnosticOf([
      { file: 'p.yaml', text: 'problem: !include bad.yaml\n' },
      ...golden('os_gemm', ['arch']),
    ]);
    expect(found.span?.file).toBe('bad.yaml');
  });

  test.each([
    ['a missing file', 'problem: !include nowhere.yaml\n', 'file-not-found'],
    ['no file', 'problem: !include {a: 1}\n', 'wrong-type'],
    ['another tag', 'problem: !thing {a: 1}\n', 'yaml-syntax'],
  ])('%s', (_, text, code) => {
    expect(diagnosticOf([{ file: 'p.yaml', text }]).code).toBe(code);
  });

  test('many includes of includes stop', () => {
    for (let i = 0; i < 12; i++)
      texts[`wide${i}.yaml`] = `[${Array.from({ length: 10 }, () => `!include wide${i + 1}.yaml`).join(', ')}]\n`;
    texts['wide12.yaml'] = '1\n';
    expect(diagnosticOf([{ file: 'p.yaml', text: 'problem: !include wide0.yaml\n' }]).code).toBe('out-of-range');
  });
});
