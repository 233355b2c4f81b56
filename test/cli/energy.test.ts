import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { errorsIn, folderWith, isotherm } from './support.ts';

const ARCH =
  'architecture:\n  version: 0.4\n  subtree:\n  - name: t\n    attributes: {technology: "45nm", global_cycle_seconds: 1e-9}\n    local:\n    - {name: d, class: DRAM, attributes: {width: 64, type: "LPDDR4"}}\n';

test('energy without a file is wrong usage', () => {
  expect(isotherm(['energy'], folderWith({})).status).toBe(2);
});

test('-f takes outputs and leaves the files behind them to be read', () => {
  const folder = folderWith({ 'a.yaml': ARCH });
  const { status, err } = isotherm(['energy', '-f', 'ERT', 'a.yaml', '-o', 'out'], folder);
  expect({ status, err }).toEqual({ status: 0, err: '' });
  expect(['ERT.yaml', 'ART.yaml'].map((name) => existsSync(join(folder, 'out', name)))).toEqual([true, false]);
});

test('nothing is written if an estimator is missing', () => {
  const folder = folderWith({ 'a.yaml': ARCH.replace('DRAM', 'DRAN') });
  const { status, err } = isotherm(['energy', 'a.yaml', '-o', 'out'], folder);
  expect(status).toBe(1);
  expect(errorsIn(err, folder)[0]).toContain('no-estimator');
  expect(existsSync(join(folder, 'out'))).toBe(false);
});
