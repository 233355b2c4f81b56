import { createHash, type Hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  readScaleSimInput,
  recordScaleSimLayer,
  type ScaleSimActivity,
  type ScaleSimVersion,
  scaleSimActivity,
  writeScaleSimTraces,
} from '../../../src/peers/scalesim/index.ts';
import { configText } from './support.ts';

type Column = keyof ScaleSimActivity['counts'];

/** Of SCALE-Sim's trace files; tools, versions and commands in test/golden/scalesim/README.md. */
interface Golden {
  readonly cases: readonly {
    readonly id: string;
    readonly versions: readonly ScaleSimVersion[];
    readonly window_cycles: number;
    readonly layers: readonly {
      readonly name: string;
      readonly sha256: Readonly<Record<string, string>>;
      readonly per_window: Readonly<Partial<Record<Column, Readonly<Record<string, number>>>>>;
    }[];
  }[];
}

const GOLDEN = new URL('../../golden/scalesim/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, GOLDEN), 'utf8');
const { cases }: Golden = JSON.parse(read('traces.json'));
const runs: (Parameters<typeof configText>[0] & { id: string; topology: string; form: 'conv' | 'gemm' })[] = JSON.parse(
  read('reports.json'),
).cases;

function inputOf(id: string, version: ScaleSimVersion) {
  const run = runs.find((candidate) => candidate.id === id)!;
  const config = { file: 'x.cfg', text: configText({ ...run, version }) };
  const topology = { file: 'x.csv', text: read(`topology/${run.topology}.csv`) };
  const untold = { version, tolerate: () => expect.unreachable() };
  return readScaleSimInput({ config, topology, form: run.form }, untold);
}

/** Windows of a column that hold anything, by number. */
function filled({ first, counts }: ScaleSimActivity, column: Column): Record<string, number> {
  const windows = [...counts[column]].map((count, i) => [`${first + i}`, count] as const);
  return Object.fromEntries(windows.filter(([, count]) => count !== 0));
}

describe("SCALE-Sim's traces", () => {
  const every = cases.flatMap((golden) => golden.versions.map((version) => ({ id: golden.id, version, golden })));

  test('of as many files as are meant', () => {
    const files = every.flatMap(({ golden }) => golden.layers.flatMap(({ sha256 }) => Object.keys(sha256)));
    expect([every.length, files.length]).toEqual([12, 252]);
  });

  test.each(every)('$version $id, byte for byte and window by window', ({ golden, version, id }) => {
    const { config, layers } = inputOf(id, version);
    expect(layers.map(({ name }) => name)).toEqual(golden.layers.map(({ name }) => name));
    layers.forEach((layer, i) => {
      const recording = recordScaleSimLayer(layer, config, version);
      const hashes = new Map<string, Hash>();
      writeScaleSimTraces(recording, (file, bytes) => {
        if (!hashes.has(file)) hashes.set(file, createHash('sha256'));
        hashes.get(file)!.update(bytes);
      });
      const digests = [...hashes].map(([file, hash]) => [file.replace('_TRACE.csv', ''), hash.digest('hex')]);
      expect(Object.fromEntries(digests), layer.name).toEqual(golden.layers[i].sha256);
      const activity = scaleSimActivity(recording, golden.window_cycles);
      for (const [column, windows] of Object.entries(golden.layers[i].per_window)) {
        expect(filled(activity, column as Column), `${layer.name} ${column}`).toEqual(windows);
      }
    });
  });
});
