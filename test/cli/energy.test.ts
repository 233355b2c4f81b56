import { existsSync, readdirSync } from 'node:fs';
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

test.each([
  ['a component', ['a.yaml', '--explain', 'd.read']],
  ['everything', ['a.yaml', '--explain']],
  ['everything, with the file behind', ['--explain', 'a.yaml']],
])('--explain answers about %s and writes nothing', (_, args) => {
  const folder = folderWith({ 'a.yaml': ARCH });
  const { status, out } = isotherm(['energy', ...args], folder);
  expect(status).toBe(0);
  // 64 bit at 8 pJ each (the CACTI plug-in's LPDDR4).
  expect(out).toContain('read: 512 pJ');
  expect(readdirSync(folder)).toEqual(['a.yaml']);
});

test('--explain writes the files that -o asks for, but none for a component that is not there', () => {
  const folder = folderWith({ 'a.yaml': ARCH });
  expect(isotherm(['energy', 'a.yaml', '--explain', 'x', '-o', 'out'], folder).status).toBe(1);
  expect(existsSync(join(folder, 'out'))).toBe(false);
  expect(isotherm(['energy', 'a.yaml', '--explain', 'd', '-o', 'out'], folder).status).toBe(0);
  expect(existsSync(join(folder, 'out', 'ERT.yaml'))).toBe(true);
});
