import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readMaestroHardware, readMaestroNetwork } from '../../src/formats/maestro/index.ts';
import { evaluateMaestro, maestroModel } from '../../src/mapping/index.ts';
import { maestroCsv } from '../../src/peers/mapping/maestro-csv.ts';

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
