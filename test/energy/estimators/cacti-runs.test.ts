import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { interpolated, readCactiRuns } from '../../../src/energy/estimators/cacti-runs.ts';

const RUNS = readCactiRuns({ file: 'cacti-sram.csv', text: readFileSync('tech-tables/cacti-sram.csv', 'utf8') });

// Errors of docs/validation, "SRAM between runs": 1,077 runs of CACTI 7.0.3 (1ffd8df).
test.each([
  ['one bank and port', { sizeBytes: 5000, banks: 1, ports: 1 }, 'read energy within 5 % in nine of ten, worst 34 %'],
  ['several banks', { sizeBytes: 50_000, banks: 4, ports: 2 }, 'read energy within 16 % in nine of ten, worst 83 %'],
  ['small banks', { sizeBytes: 3780, banks: 8, ports: 2 }, 'banks below 1 KiB: read energy up to 167 % off'],
  ['more banks than measured', { sizeBytes: 50_000, banks: 16, ports: 1 }, 'its error was not measured'],
  ['more than 1 MiB', { sizeBytes: 1_500_000, banks: 1, ports: 1 }, 'its error was not measured'],
])('%s between runs: the error is stated', (_, shape, stated) => {
  expect(interpolated(RUNS, { node: 45, blockBytes: 4, ...shape }).assumption).toMatch(new RegExp(`; ${stated}$`));
});

test('rows between those that were run: the error is stated', () => {
  expect(interpolated(RUNS, { node: 45, blockBytes: 7, sizeBytes: 7000, banks: 1, ports: 1 }).assumption).toMatch(
    /; read energy within 16 % in nine of ten, worst 26 %$/,
  );
});

// Further runs of CACTI 7.0.3 (1ffd8df) with the settings of the sweep: sizes that do not fill whole rows of its subarrays.
test.each([
  [22, 4, 2028, 0.000538747],
  [45, 16, 5648, 0.000181215],
  [32, 4, 44560, 0.00225624],
  [65, 4, 198764, 0.0334852],
])('%i nm, rows of %i B, %i B: leakage as CACTI rounds it', (node, blockBytes, sizeBytes, leakMw) => {
  const { figures } = interpolated(RUNS, { node, blockBytes, sizeBytes, banks: 1, ports: 1 });
  expect(figures.leakageW / (leakMw * 1e-3)).toBeCloseTo(1, 3);
});

test('a shape that was run needs no assumption', () => {
  expect(
    interpolated(RUNS, { node: 45, blockBytes: 4, sizeBytes: 1024, banks: 1, ports: 1 }).assumption,
  ).toBeUndefined();
});
