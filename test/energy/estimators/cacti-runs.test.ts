import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { interpolated, readCactiRuns } from '../../../src/energy/estimators/cacti-runs.ts';

const RUNS = readCactiRuns({ file: 'cacti-sram.csv', text: readFileSync('tech-tables/cacti-sram.csv', 'utf8') });

// Errors of docs/validation, "SRAM between runs": 750 runs of CACTI 7.0.3 (1ffd8df).
test.each([
  ['one bank and port', { sizeBytes: 5000, banks: 1, ports: 1 }, 'read energy within 4 % in nine of ten, worst 34 %'],
  ['several banks', { sizeBytes: 50_000, banks: 4, ports: 2 }, 'read energy within 13 % in nine of ten, worst 38 %'],
  ['small banks', { sizeBytes: 3780, banks: 8, ports: 2 }, 'banks below 1 KiB: read energy up to 167 % off'],
  ['more banks than measured', { sizeBytes: 50_000, banks: 16, ports: 1 }, 'its error was not measured'],
  ['more than 1 MiB', { sizeBytes: 1_500_000, banks: 1, ports: 1 }, 'its error was not measured'],
])('%s between runs: the error is stated', (_, shape, stated) => {
  expect(interpolated(RUNS, { node: 45, blockBytes: 4, ...shape }).assumption).toMatch(new RegExp(`; ${stated}$`));
});

test('a shape that was run needs no assumption', () => {
  expect(
    interpolated(RUNS, { node: 45, blockBytes: 4, sizeBytes: 1024, banks: 1, ports: 1 }).assumption,
  ).toBeUndefined();
});
