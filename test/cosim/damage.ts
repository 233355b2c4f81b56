import fc from 'fast-check';
import { expect } from 'vitest';
import { type Diagnostic, ERROR_CODES, formatDiagnostic, InputError } from '../../src/base/errors.ts';
import { BUNDLED } from '../../src/base/files.ts';
import { loadExperiment } from '../../src/cosim/index.ts';
import { BUNDLED_TEXTS, edit, LEAN, memoryFiles, type Texts } from './support.ts';

/** The texts an experiment is made of. */
export const PATHS = {
  experiment: `${BUNDLED}experiments/cloud-vit.yaml`,
  accelerator: `${BUNDLED}accelerators/cloud-tpu/accelerator.yaml`,
  architecture: `${BUNDLED}accelerators/cloud-tpu/architecture.yaml`,
  policy: `${BUNDLED}policies/fixed.yaml`,
  workload: `${BUNDLED}workloads/alexnet.csv`,
  class: `${BUNDLED}components/smart_buffer.yaml`,
  table: `${BUNDLED}tech-tables/45nm/cacti-sram.csv`,
};

/** The bundled texts, small enough for many mutations. */
export const TEXTS: Texts = {
  ...BUNDLED_TEXTS,
  ...LEAN,
  [PATHS.experiment]: edit(BUNDLED_TEXTS[PATHS.experiment], 'vit_small_encoder', 'alexnet'),
};

/** What a slip of the hand, a bad disk or malice puts into a file. */
const JUNK = [
  '-',
  '0',
  '9',
  '1e99',
  '\t',
  '\n',
  '\r\n',
  ' ',
  ':',
  '[',
  '{',
  '"',
  "'",
  '&a ',
  '*a',
  '!x ',
  '|',
  '>',
  '#',
  ',',
  '\0',
  '\ufffd',
  '\ud800',
  '.nan',
  '.inf',
  ...Object.getOwnPropertyNames(Object.prototype),
  '~',
  '%',
  '$(x)',
  '../',
];

type Mutation = { readonly kind: 'flip' | 'cut' | 'double' | 'insert'; readonly at: number; readonly n: number };

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom('flip', 'cut', 'double', 'insert'),
  at: fc.nat(9999),
  n: fc.nat(255),
});

function mutate(text: string, { kind, at, n }: Mutation): string {
  const i = text.length === 0 ? 0 : Math.floor((at / 10_000) * text.length);
  if (kind === 'flip')
    return text.slice(0, i) + String.fromCharCode(text.charCodeAt(i) ^ (1 << (n % 8))) + text.slice(i + 1);
  if (kind === 'cut') return text.slice(0, i) + text.slice(i + 1 + (n % 40));
  if (kind === 'insert') return text.slice(0, i) + JUNK[n % JUNK.length] + text.slice(i);
  const lines = text.split('\n');
  const line = Math.floor((at / 10_000) * lines.length);
  return lines.toSpliced(line, 0, lines[line]).join('\n');
}

export function problemsWith(overlay: Texts): readonly Diagnostic[] {
  const files = memoryFiles({ ...TEXTS, ...overlay });
  const file = PATHS.experiment;
  try {
    loadExperiment(files, { file, text: files.read(file)! });
    return [];
  } catch (error) {
    if (error instanceof InputError) return error.diagnostics;
    throw error;
  }
}

/** A damaged text is read, or refused with codes and places; nothing else is ever thrown. */
export function checkDamaged(path: string, parameters: { numRuns: number; seed?: number }): void {
  const damage = fc.array(mutation, { minLength: 1, maxLength: 3 });
  const property = fc.property(damage, (mutations) => {
    const overlay = { [path]: mutations.reduce(mutate, TEXTS[path]) };
    for (const diagnostic of problemsWith(overlay)) checkDiagnostic(diagnostic, { ...TEXTS, ...overlay });
  });
  fc.assert(property, parameters);
}

function checkDiagnostic(diagnostic: Diagnostic, texts: Texts): void {
  const { code, span, message } = diagnostic;
  expect(ERROR_CODES).toContain(code);
  expect(formatDiagnostic(diagnostic)).not.toMatch(/undefined|\[object/);
  if (!span) throw new Error(`no place for: ${message}`);
  const lines = texts[span.file].replace(/^\ufeff/, '').split('\n');
  const line = lines[span.line - 1].replace(/\r$/, '');
  expect(span.lineText).toBe(line);
  expect(span.column).toBeGreaterThanOrEqual(1);
  expect(span.column).toBeLessThanOrEqual(line.length + 2);
  expect(span.length).toBeGreaterThanOrEqual(1);
}
