import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Diagnostic, ERROR_CODES, formatDiagnostic, InputError } from '../../../src/base/errors.ts';
import { initialTemperatures } from '../../../src/peers/hotspot/initial.ts';
import { readHotspotInput } from '../../../src/peers/hotspot/input/files.ts';
import { runHotspot } from '../../../src/peers/hotspot/program.ts';
import { lawOptions } from '../../tier.ts';

/** A stack of two layers on four cells with every kind of file. */
const TEXTS: Readonly<Record<string, string>> = {
  config: `-model_type grid
-grid_rows 2
-grid_cols 2
-grid_layer_file lcf
-materials_file materials
-init_file init
-package_model_used 1
-package_config_file fan
-sampling_intvl 1e-3
-dtm_used 1
`,
  lcf: '# stack\n0\nY\nY\n1.75e6\n0.01\n1e-4\nflp\n\n1\nY\nN\nglue\n2e-5\nflp\n',
  materials: 'glue\nsolid\n4\n4e6\nwater\nfluid\n0.6\n4.2e6\n9e-4\n',
  flp: '# die\na 0.004 0.004 0 0\nb 0.004 0.004 0.004 0 1.7e6 0.01\na b 0.5\n',
  ptrace: 'a\tb\n8\t1\n2\t1\n',
  init: ['layer_0_', 'layer_1_', 'hsp_', 'hsink_']
    .map((prefix) => `${prefix}a 330\n${prefix}b 331.5\n`)
    .concat(Array.from({ length: 12 }, (_, i) => `inode_${i} 325\n`))
    .join(''),
  fan: '-natural_convec 0\n-rpm 900\n-fin_height 0.03\n',
};

const FILES = Object.keys(TEXTS);
const JUNK = [
  '-',
  '0',
  '-1',
  '1e99',
  '1e-99',
  '1e400',
  'nan',
  'inf',
  '\t',
  '\n',
  '\r',
  '\r\n',
  '\0',
  '#',
  '(null)',
  '.',
  'x',
];
const MORE_JUNK = [
  '\ufeff',
  '\ufffd',
  '\ud800',
  '__proto__',
  'constructor',
  'Y',
  'fluid',
  'flow.csv',
  '%s',
  '../',
  '-f',
  'a',
];

const mutation = fc.record({
  file: fc.constantFrom(...FILES),
  unit: fc.constantFrom('\n', /(\s+)/, ''),
  kind: fc.constantFrom('drop', 'double', 'swap', 'junk', 'replace'),
  at: fc.nat(9999),
  other: fc.nat(9999),
});
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

/** A line, a word or a character is dropped, doubled, exchanged with another, put before or made junk. */
function mutate(text: string, { unit, kind, at, other }: Mutation): string {
  const parts = text.split(unit);
  const [i, j] = [at, other].map((n) => n % parts.length);
  const junk = [...JUNK, ...MORE_JUNK][other % (JUNK.length + MORE_JUNK.length)];
  if (kind === 'drop') parts.splice(i, 1);
  else if (kind === 'double') parts.splice(i, 0, parts[i]);
  else if (kind === 'swap') [parts[i], parts[j]] = [parts[j], parts[i]];
  else if (kind === 'junk') parts.splice(i, 0, junk);
  else parts[i] = junk;
  return parts.join(typeof unit === 'string' ? unit : '');
}

function damaged(mutations: readonly Mutation[]): Readonly<Record<string, string>> {
  const texts = { ...TEXTS };
  for (const one of mutations) texts[one.file] = mutate(texts[one.file], one);
  return texts;
}

/** Reads, and runs what can be read on a grid of few cells; all temperatures are finite. */
function outcome(texts: Readonly<Record<string, string>>, compat: boolean): 'done' | readonly Diagnostic[] {
  const files = { read: (path: string) => (Object.hasOwn(texts, path) ? texts[path] : undefined), list: () => [] };
  const told: Diagnostic[] = [];
  const tolerate = compat ? (warning: Diagnostic) => void told.push(warning) : undefined;
  try {
    const request = { config: 'config', floorplan: undefined, trace: 'ptrace', transient: true, options: [], tolerate };
    const input = readHotspotInput(files, request);
    const { grid_rows, grid_cols } = input.problem.options;
    if (grid_rows * grid_cols > 100) return 'done';
    const mode = compat ? 'hotspot' : 'physical';
    const { steady, model } = runHotspot({ input, mode, transient: true, onSample: () => {} });
    if (input.start) expect(initialTemperatures(model, input.start).every(Number.isFinite)).toBe(true);
    for (const { temperatureK } of steady) expect(Array.from(temperatureK).every(Number.isFinite)).toBe(true);
    return 'done';
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return [...told, ...error.diagnostics];
  }
}

function checkDiagnostic(diagnostic: Diagnostic, texts: Readonly<Record<string, string>>): void {
  const { code, span } = diagnostic;
  expect(ERROR_CODES).toContain(code);
  expect(formatDiagnostic(diagnostic)).not.toMatch(/undefined|NaN of|\[object/);
  if (!span) return;
  const lines = texts[span.file].split('\n');
  const line = lines[span.line - 1].replace(/\r$/, '');
  // A last line that HotSpot does not read is not there.
  if (span.line < lines.length || span.lineText !== '') expect(span.lineText).toBe(line);
  expect(span.column).toBeGreaterThanOrEqual(1);
  expect(span.column).toBeLessThanOrEqual(line.length + 1);
}

test.each([false, true])('the undamaged files run; compat %s', (compat) => {
  expect(outcome(TEXTS, compat)).toBe('done');
});

test.each([false, true])('damaged files run or are refused with a code and a place; compat %s', (compat) => {
  const damage = fc.array(mutation, { minLength: 1, maxLength: 3 });
  const property = fc.property(damage, (mutations) => {
    const texts = damaged(mutations);
    const result = outcome(texts, compat);
    if (result === 'done') return;
    expect(result.length).toBeGreaterThan(0);
    for (const diagnostic of result) checkDiagnostic(diagnostic, texts);
  });
  // Without compat each run makes a reduced model of its own.
  fc.assert(property, lawOptions(compat ? 1000 : 200, compat ? 40 : 5));
});
