import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isRefusal } from '../../../src/energy/estimators/estimator.ts';
import {
  estimateSram,
  readSramSweep,
  type SramEstimate,
  sramSweepEstimator,
} from '../../../src/energy/estimators/sram-sweep.ts';
import type { Value } from '../../../src/energy/expression/expression.ts';
import { lawOptions } from '../../tier.ts';
import { problemOf } from '../support.ts';

const FILE = 'tech-tables/45nm/cacti-sram.csv';
const points = readSramSweep({ file: FILE, text: readFileSync(FILE, 'utf8') });
const estimator = sramSweepEstimator('45nm', points);

const query = (attributes: Record<string, Value>) => ({
  class: 'SRAM',
  attributes: new Map<string, Value>(Object.entries({ technology: '45nm', ...attributes })),
});
const sram = (sizeBytes: number, width: number, cell: string, banks = 1) =>
  estimateSram(points, query({ width, depth: (sizeBytes * 8) / width, cell_type: cell, n_banks: banks }));
const read = (attributes: Record<string, Value>, action = 'read') =>
  estimator.estimateAction({ ...query(attributes), action, arguments: new Map() });

test('on a grid point the figures are those of the CACTI run', () => {
  // CACTI 7.0.3, 45 nm, itrs-hp, 262144 B x 256 bit
  expect(sram(262144, 256, 'itrs-hp')).toMatchObject({
    readJ: 86.7138 * 1e-12,
    writeJ: 107.534 * 1e-12,
    leakageW: 124.058 * 1e-3,
    gateLeakageW: 6.85123 * 1e-3,
    accessS: 1.00703 * 1e-9,
    cycleS: 0.934759 * 1e-9,
    areaM2: 0.876577 * 1e-6,
    voltageV: 1,
    temperatureK: 300,
    source: 'CACTI 7.0.3 sweep, itrs-hp, 262144 B x 256 bit, on a grid point',
  });
});

test('every run of the sweep answers for itself', () => {
  for (const point of points) {
    const own = sram(point.sizeBytes, point.widthBits, point.cell) as SramEstimate;
    expect([own.readJ, own.writeJ, own.areaM2, own.cycleS]).toEqual([
      point.readJ,
      point.writeJ,
      point.areaM2,
      point.cycleS,
    ]);
    expect(own.source).toMatch(/on a grid point$/);
  }
});

test('between two runs: straight in logarithms, hence between their figures, and said so', () => {
  const middle = sram(Math.sqrt(32768 * 262144), 256, 'itrs-hp') as SramEstimate;
  // Half-way in log(size) is the geometric mean: sqrt(21.6778 x 86.7138)
  expect(middle.readJ * 1e12).toBeCloseTo(Math.sqrt(21.6778 * 86.7138), 9);
  expect(middle.source).toMatch(/between 32768 and 262144 B$/);
  expect(middle.assumption).toMatch(/power law/);
});

test('between neighbours of the grid every figure goes one way', () => {
  const of = (cell: string, width: number) => points.filter((p) => p.cell === cell && p.widthBits === width);
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  for (const [cell, width] of [
    ['itrs-hp', 64],
    ['itrs-lstp', 256],
    ['itrs-lop', 256],
  ] as const) {
    const grid = of(cell, width);
    const pair = fc.integer({ min: 0, max: grid.length - 2 });
    fc.assert(
      fc.property(pair, share, share, (i, s, t) => {
        const sizes = [s, t]
          .map((x) => grid[i].sizeBytes * (grid[i + 1].sizeBytes / grid[i].sizeBytes) ** x)
          .sort((a, b) => a - b);
        const [below, a, b, above] = [grid[i].sizeBytes, ...sizes, grid[i + 1].sizeBytes].map(
          (size) => sram(size, width, cell) as SramEstimate,
        );
        for (const key of ['readJ', 'writeJ', 'leakageW', 'areaM2', 'accessS', 'cycleS'] as const) {
          const way = Math.sign(above[key] - below[key]);
          const slack = 1e-12 * below[key];
          expect(way * (a[key] - below[key])).toBeGreaterThanOrEqual(-slack);
          expect(way * (b[key] - a[key])).toBeGreaterThanOrEqual(-slack);
          expect(way * (above[key] - b[key])).toBeGreaterThanOrEqual(-slack);
        }
      }),
      lawOptions(),
    );
  }
});

test('banks: energy of one of them, area and leakage of all', () => {
  const attributes = { width: 256, depth: 32768, n_banks: 4, cell_type: 'itrs-hp' };
  expect(read(attributes)).toMatchObject({
    energyJ: 86.7138 * 1e-12,
    voltageV: 1,
    assumption: expect.stringContaining('one bank alone'),
  });
  expect(read(attributes, 'write')).toMatchObject({ energyJ: 107.534 * 1e-12 });
  expect(estimator.estimateArea(query(attributes))).toMatchObject({ areaM2: 4 * 0.876577 * 1e-6 });
  expect(estimator.estimateLeakage(query(attributes))).toMatchObject({
    powerW: 4 * 124.058 * 1e-3,
    cell: 'itrs-hp',
    voltageV: 1,
  });
});

test.each<[string, Record<string, Value>, RegExp]>([
  [
    'a row width the sweep does not have',
    { width: 128, depth: 4096, cell_type: 'itrs-hp' },
    /width is 128 bit; its itrs-hp runs have 64, 256 bit/,
  ],
  [
    'a bank below the sweep',
    { width: 256, depth: 100, cell_type: 'itrs-hp' },
    /a bank has 3200 B; .* span 8192 to 1048576 B/,
  ],
  ['a bank above the sweep', { width: 256, depth: 65536, cell_type: 'itrs-hp' }, /span 8192 to 1048576 B/],
  ['no cell type', { width: 256, depth: 1024 }, /cell_type is not given; it has itrs-hp, itrs-lop, itrs-lstp/],
  ['an unknown cell type', { width: 256, depth: 1024, cell_type: 'hp' }, /cell_type is hp/],
  ['half a bank', { width: 256, depth: 1024, cell_type: 'itrs-hp', n_banks: 0.5 }, /n_banks is 0.5/],
  ['no width', { depth: 1024, cell_type: 'itrs-hp' }, /needs the attributes width and depth/],
  ['two ports', { width: 256, depth: 1024, cell_type: 'itrs-hp', n_rw_ports: 2 }, /one port/],
  [
    'another node',
    { technology: '22nm', width: 256, depth: 1024, cell_type: 'itrs-hp' },
    /figures for 45nm, not for 22nm/,
  ],
])('%s is refused', (_, attributes, reason) => {
  const answer = read(attributes);
  expect(isRefusal(answer) && answer.reason).toMatch(reason);
});

// The sweep's itrs-hp runs of 256 bit span 8 KiB to 1 MiB a bank; sizes below are width x depth / 8.
test.each<[string, Record<string, Value>, string]>([
  ['4 MiB in one bank', { depth: 131072 }, 'n_banks: 4'],
  ['4 MiB and a row in two banks', { depth: 131073, n_banks: 2 }, 'n_banks: 5'],
  ['64 KiB in 16 banks', { depth: 2048, n_banks: 16 }, 'n_banks: 8'],
  ['1 KiB', { depth: 32 }, 'a memory of 8192 B or more'],
  ['an unknown cell type', { depth: 1024, cell_type: 'hp' }, 'cell_type: one of itrs-hp, itrs-lop, itrs-lstp'],
  ['a width without runs', { depth: 1024, width: 100 }, 'width: one of 64, 256'],
])('the way out of %s', (_, given, remedy) => {
  const attributes = { width: 256, cell_type: 'itrs-hp', ...given };
  expect(read(attributes)).toMatchObject({ remedy });
  // It is one: a number of banks that the message offers has figures.
  const [, banks] = /^n_banks: (\d+)$/.exec(remedy) ?? [];
  if (banks) expect(read({ ...attributes, n_banks: Number(banks) })).toHaveProperty('energyJ');
});

test('actions and arguments it has no figure for are refused', () => {
  const attributes = { width: 256, depth: 8192, cell_type: 'itrs-hp' };
  expect(read(attributes, 'update')).toHaveProperty('reason');
  const query1 = { ...query(attributes), action: 'read', arguments: new Map([['data_delta', 0]]) };
  expect(estimator.estimateAction(query1)).toEqual({
    reason: 'its figures do not depend on the argument "data_delta"',
  });
});

test('a broken sweep names the line', () => {
  const text = readFileSync(FILE, 'utf8').split('\n').slice(0, 3).join('\n').replace(/,300,/g, ',warm,');
  expect(problemOf(() => readSramSweep({ file: FILE, text }))).toMatchObject({
    code: 'table-invalid',
    at: expect.stringMatching(/^2:/),
    marked: 'warm',
  });
});
