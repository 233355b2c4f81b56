import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readMaestroHardware, readMaestroNetwork } from '../../src/formats/maestro/index.ts';
import { evaluateMaestro, maestroModel } from '../../src/mapping/index.ts';
import { maestroCsv } from '../../src/peers/mapping/maestro/csv.ts';
import { diagnosticsOf } from '../energy/support.ts';

const ROOT = new URL('../golden/maestro/', import.meta.url);
const read = (file: string) => ({ file, text: readFileSync(new URL(file, ROOT), 'utf8') });

interface Golden {
  readonly hw: string;
  readonly mapping: string;
  readonly csv: readonly Readonly<Record<string, string | number>>[];
}

const GOLDENS = JSON.parse(read('expected.json').text) as Readonly<Record<string, Golden>>;

/** test/golden/maestro: MAESTRO 4eb08d1. Integers are exact; real numbers are printed with six digits. */
describe.each(Object.entries(GOLDENS))('%s', (_, { hw, mapping, csv }) => {
  const hardware = readMaestroHardware(read(`${hw}.m`));
  const network = readMaestroNetwork(read(mapping));
  const results = network.layers.map((layer) => evaluateMaestro(layer, hardware));
  const [header, ...rows] = maestroCsv(network, hardware, results)
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));

  test('is what the cost model says, one layer a process', () => {
    const [{ directives, ...operation }] = network.layers;
    const { energyPj, cycles } = maestroModel.evaluate(operation, hardware, directives);
    expect([cycles, energyPj / 1000]).toEqual([
      csv[0]['Runtime (Cycles)'],
      expect.closeTo(Number(csv[0]['Activity count-based Energy (nJ)']), 0),
    ]);
  });

  test('has every column of the CSV file', () => {
    expect(rows.length).toBe(csv.length);
    csv.forEach((expected, i) => {
      const keys = Object.keys(expected);
      expect(header).toEqual(keys.map((key) => key.replace(/ #2$/, '')));
      keys.forEach((key, column) => {
        const value = expected[key];
        if (typeof value === 'string') expect(rows[i][column]).toBe(value);
        else expect(Number(rows[i][column]), `${key} of ${i}`).toBe(value);
      });
    });
  });
});

interface RandomCase {
  readonly type: string;
  readonly stride: string;
  readonly dimensions: string;
  readonly dataflow: string;
  readonly hardware: string;
  readonly row: string;
}

/** Real numbers are printed with six digits, whose last one may be rounded the other way. */
const isSame = (theirs: string, ours: string): boolean =>
  theirs === ours ||
  (!/^-?\d+$/.test(theirs) && Math.abs(Number(theirs) - Number(ours)) <= 1e-5 * Math.abs(Number(theirs)));

const networkOf = (layers: string) => readMaestroNetwork({ file: 'net.m', text: `Network net { ${layers} }` });
const rowsOf = (network: ReturnType<typeof networkOf>, text: string): string[][] => {
  const hardware = readMaestroHardware({ file: 'hw.m', text });
  const results = network.layers.map((layer) => evaluateMaestro(layer, hardware));
  const [, ...rows] = maestroCsv(network, hardware, results).trimEnd().split('\n');
  return rows.map((row) => row.split(','));
};

test('random dataflows have every column of MAESTRO itself', () => {
  const { cases } = JSON.parse(read('random.json').text) as { readonly cases: readonly RandomCase[] };
  expect(cases).toHaveLength(88);
  const wrong = cases.flatMap(({ type, stride, dimensions, dataflow, hardware, row }, i) => {
    const layer = `Layer L0 { Type: ${type} Stride { ${stride} } Dimensions { ${dimensions} } Dataflow { ${dataflow} } }`;
    const ours = rowsOf(networkOf(layer), hardware)[0].slice(2);
    const theirs = row.split(',');
    return theirs.flatMap((value, c) =>
      isSame(value, ours[c]) ? [] : [`case ${i}, column ${c + 3}: ${value}, ours ${ours[c]}`],
    );
  });
  expect(wrong).toEqual([]);
});

// The rows of MAESTRO 4eb08d1 for its own data/mapping/ResNeXt50_yxp_os.m (FC1000) and Resnet50_nlr.m, cut down; 256 PEs.
describe('as MAESTRO reads its own networks', () => {
  const conv = (name: string, rest: string) =>
    `Layer ${name} { Type: CONV Dimensions { K: 4, C: 2, R: 1, S: 1, Y: 2, X: 2 } ${rest} }`;
  const flow = 'Dataflow { SpatialMap(1,1) K; TemporalMap(1,1) C; TemporalMap(1,1) Y; TemporalMap(1,1) X; }';
  const hardware = 'num_pes: 16';

  test('of a name with dashes the last word counts', () => {
    expect(networkOf(conv('Conv2d-1', flow)).layers[0].name).toBe('1');
    expect(networkOf(conv('', flow)).layers[0].name).toBe('Layer');
  });

  test('a layer without a dataflow has that of the layer before, and the first needs one', () => {
    const [first, second] = networkOf(conv('a', flow) + conv('b', '') + conv('c', 'Dataflow { }')).layers;
    expect(second.directives).toEqual(first.directives);
    expect(() => networkOf(conv('a', ''))).toThrow('the layer a has no Dataflow');
  });

  test('a transposed convolution is one', () => {
    const [row] = rowsOf(networkOf(conv('a', flow).replace('CONV', 'TRCONV')), hardware);
    expect(row.slice(2)).toEqual(rowsOf(networkOf(conv('a', flow)), hardware)[0].slice(2));
  });

  test('K of a DSCONV repeats the work of the only level, and no tensor depends on it', () => {
    const layer = (k: number) =>
      networkOf(
        `Layer a { Type: DSCONV Dimensions { K: ${k}, C: 4, R: 1, S: 1, Y: 2, X: 2 } Dataflow { TemporalMap(1,1) K; SpatialMap(1,1) C; TemporalMap(1,1) Y; TemporalMap(1,1) X; } }`,
      );
    // MAESTRO 4eb08d1 for K = 3.
    expect(rowsOf(layer(3), hardware)[0].join()).toBe(
      'net,a,16,13,0.51922,3.69231,7.11125e+09,5.75984e+13,4.52667e+08,8,4.16667,8,1,8,22,6,1,1,16,4,9.24463e+10,48,19.5568,0.3312,0.0759,4.52667e+08,48,40,40,16,1.2,48,4,4,4,12,48,48,16,36,1,0,1,0,1,1,1,1,1,1,4,1',
    );
    expect(rowsOf(layer(1), hardware)[0][21]).toBe('16');
  });

  test('a layer whose maps leave no work is a row of zeros, and one for which it divides by zero is an error', () => {
    const idle =
      'Layer a { Type: CONV Dimensions { K: 2, C: 2, R: 7, S: 7, Y: 7, X: 7 } Dataflow { TemporalMap(1,1) K; TemporalMap(1,1) C; SpatialMap(7,1) Y; TemporalMap(8,1) X; Cluster(8, P); SpatialMap(7,1) X; TemporalMap(7,7) R; TemporalMap(7,7) S; } }';
    const [row] = rowsOf(networkOf(idle), 'num_pes: 256');
    expect([row[3], row[5], row[16], row[21]]).toEqual(['0', '-nan', '-nan', '0']);
    expect(row.slice(-5)).toEqual(['-9223372036854775808', '0', '-9223372036854775808', '0', '0']);
    const stuck =
      "Layer a { Type: CONV Dimensions { K: 20, C: 1, R: 4, S: 1, Y: 9, X: 1 } Dataflow { TemporalMap(4,4) R; TemporalMap(4,4) Y'; TemporalMap(1,1) X; TemporalMap(11,11) K; TemporalMap(1,1) C; SpatialMap(1,1) S; Cluster(6, P); TemporalMap(4,4) R; TemporalMap(1,1) S; TemporalMap(16,16) K; TemporalMap(9,6) Y; SpatialMap(1,1) X'; } }";
    const [problem] = diagnosticsOf(() => rowsOf(networkOf(stuck), hardware));
    expect(problem).toMatchObject({ code: 'dataflow-invalid', span: { file: 'net.m', line: 1 } });
  });
});
