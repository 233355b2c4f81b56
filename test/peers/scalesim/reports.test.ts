import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  readScaleSimInput,
  type ScaleSimVersion,
  scaleSimReports,
  simulateScaleSim,
} from '../../../src/peers/scalesim/index.ts';
import { pythonFloat } from '../../../src/peers/scalesim/reports.ts';
import { configText } from './support.ts';

type Cells = readonly (readonly string[])[];

interface Printed {
  readonly compute: Cells;
  readonly bandwidth: Cells;
  readonly detail: Cells;
}

/** Printed by SCALE-Sim; tools, versions and commands in test/golden/scalesim/README.md. */
interface Golden {
  readonly columns: Readonly<Record<'compute' | 'bandwidth' | 'detail', readonly string[]>>;
  readonly cases: readonly {
    readonly id: string;
    readonly topology: string;
    readonly form: 'conv' | 'gemm';
    readonly dataflow: string;
    readonly array: readonly [number, number];
    readonly sramKb: readonly [number, number, number];
    readonly bandwidth: number | null;
    /** v3: bandwidth and number of banks, of ifmap and filter, if they are not the bandwidth and 1. */
    readonly banks?: readonly (readonly [number, number])[];
    readonly v2?: Printed;
    /** ScaleSimReports that differ from those of v2, and the column that only v3 has. */
    readonly v3?: Partial<Printed> & { readonly prefetch_total: readonly string[] };
  }[];
}

const GOLDEN = new URL('../../golden/scalesim/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, GOLDEN), 'utf8');
const { cases, columns }: Golden = JSON.parse(read('reports.json'));

function reports(run: Golden['cases'][number], version: ScaleSimVersion) {
  const config = { file: 'x.cfg', text: configText({ ...run, version }) };
  const topology = { file: 'x.csv', text: read(`topology/${run.topology}.csv`) };
  const untold = { version, tolerate: () => expect.unreachable() };
  const input = readScaleSimInput({ config, topology, form: run.form }, untold);
  return scaleSimReports(simulateScaleSim(input, version), version);
}

/** A report as SCALE-Sim writes it. */
function csv(names: readonly string[], rows: Cells): string {
  const all = [['LayerID', ...names], ...rows.map((cells, i) => [i, ...cells])];
  return all.map((cells) => `${cells.join(', ')},\n`).join('');
}

describe('every report of SCALE-Sim, character for character', () => {
  const second = cases.flatMap((run) => (run.v2 ? [{ run, id: run.id, printed: run.v2 }] : []));
  const third = cases.flatMap((run) => {
    return run.v3 ? [{ run, id: run.id, printed: { ...run.v2, ...run.v3 } as Printed & typeof run.v3 }] : [];
  });

  test('of as many runs as are meant', () => {
    expect([second.length, third.length]).toEqual([155, 139]);
  });

  test.each(second)('v2 $id', ({ run, printed }) => {
    expect(reports(run, 'v2')).toEqual({
      'COMPUTE_REPORT.csv': csv(columns.compute, printed.compute),
      'BANDWIDTH_REPORT.csv': csv(columns.bandwidth, printed.bandwidth),
      'DETAILED_ACCESS_REPORT.csv': csv(columns.detail, printed.detail),
    });
  });

  test.each(third)('v3 $id', ({ run, printed }) => {
    const compute = printed.compute.map((cells, i) => [printed.prefetch_total[i], ...cells]);
    expect(reports(run, 'v3')).toEqual({
      'COMPUTE_REPORT.csv': csv(['Total Cycles (incl. prefetch)', ...columns.compute], compute),
      'BANDWIDTH_REPORT.csv': csv(columns.bandwidth, printed.bandwidth),
      'DETAILED_ACCESS_REPORT.csv': csv(columns.detail, printed.detail),
    });
  });
});

// What Python 3.11 prints: repr(0.1), repr(1.0), repr(1e-4), repr(1.5e-5), repr(2e-12), repr(1e16), repr(123456.75).
test.each([
  [0.1, '0.1'],
  [1, '1.0'],
  [0, '0.0'],
  [-50, '-50.0'],
  [1e-4, '0.0001'],
  [1.5e-5, '1.5e-05'],
  [2e-12, '2e-12'],
  [1e16, '1e+16'],
  [123456.75, '123456.75'],
])('Python prints %d as %s', (value, text) => {
  expect(pythonFloat(value)).toBe(text);
});
