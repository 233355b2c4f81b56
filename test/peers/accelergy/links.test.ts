import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nodeFiles } from '../../../src/node/files.ts';
import { estimate } from '../../../src/peers/accelergy/index.ts';
import { folderWith } from '../../cli/support.ts';
import { problemsOf } from '../../cosim/support.ts';

const UNIT = '{name: u, class: intadder, attributes: {width: 8}}';
const design = (unit: string): string =>
  `architecture:
  version: 0.4
  subtree: [{name: s, attributes: {technology: "45nm", global_cycle_seconds: 1e-9}, local: [${unit}]}]
`;
const DESIGN = design(UNIT);
const INCLUDES = design("{{ include_text('parts/unit.yaml') }}");

const components = (path: string): number => estimate(nodeFiles, [path], { warn: () => {} }).tables.length;

/** The codes of the problems of these inputs. */
const problems = (...paths: string[]): string[] =>
  problemsOf(() => estimate(nodeFiles, paths, { warn: () => {} })).map((problem) => problem.split(' ')[0]);

test('a link within the folder of the input is followed', () => {
  const folder = folderWith({ 'real/unit.yaml': UNIT, 'top.yaml': INCLUDES });
  symlinkSync(join(folder, 'real'), join(folder, 'parts'));
  expect(components(join(folder, 'top.yaml'))).toBe(1);
});

test('a template may not include what a link leads to outside the folder of the input', () => {
  const outside = folderWith({ 'unit.yaml': UNIT });
  const byFolder = folderWith({ 'top.yaml': INCLUDES });
  symlinkSync(outside, join(byFolder, 'parts'));
  expect(problems(join(byFolder, 'top.yaml'))).toEqual(['out-of-range']);
  const byFile = folderWith({ 'top.yaml': INCLUDES });
  mkdirSync(join(byFile, 'parts'));
  symlinkSync(join(outside, 'unit.yaml'), join(byFile, 'parts/unit.yaml'));
  expect(problems(join(byFile, 'top.yaml'))).toEqual(['out-of-range']);
});

test('a folder as input may not link to YAML outside; the same link as an input is what the user named', () => {
  const outside = folderWith({ 'top.yaml': DESIGN });
  const folder = folderWith({ 'notes.txt': '' });
  symlinkSync(join(outside, 'top.yaml'), join(folder, 'top.yaml'));
  expect(problems(folder)).toEqual(['out-of-range']);
  expect(components(join(folder, 'top.yaml'))).toBe(1);
  const deep = folderWith({ 'notes.txt': '' });
  symlinkSync(outside, join(deep, 'more'));
  expect(problems(deep)).toEqual(['out-of-range']);
  expect(components(join(deep, 'more'))).toBe(1);
});

test('a file that several inputs name is read once: a folder, a folder in it, the file itself and a link to it', () => {
  const classes = `compound_components:
  version: 0.4
  classes:
  - {name: box, subcomponents: [{name: x, class: intadder, attributes: {width: 8}}], actions: [{name: go, subcomponents: [{name: x, actions: [{name: add}]}]}]}
`;
  const folder = folderWith({ 'top.yaml': design('{name: b, class: box}'), 'parts/classes.yaml': classes });
  const file = join(folder, 'parts/classes.yaml');
  symlinkSync(file, join(folder, 'link.yaml'));
  const paths = [folder, join(folder, 'parts/'), file, join(folder, 'parts/../link.yaml')];
  expect(estimate(nodeFiles, paths, { warn: () => {} }).tables.length).toBe(1);
});
