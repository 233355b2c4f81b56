import type { Path, YamlDocument } from '../base/document.ts';
import { type Diagnostic, nearestName } from '../base/errors.ts';
import { type Dimension, parseQuantity } from '../base/units.ts';
import { choiceProblems, memoryModel, OPERANDS } from '../systolic/index.ts';
import type { AcceleratorFile } from './accelerator-schema.ts';
import { nameOfArray } from './array-names.ts';

/**
 * The problems of an accelerator file beyond its form and its operating points. Codes: `unknown-name` (an undefined
 * domain), `component-without-domain`, `out-of-range`, `wrong-type` (a filler of the wrong kind), `option-unused`.
 */
export function acceleratorProblems(file: AcceleratorFile, arrays: number, document: YamlDocument): Diagnostic[] {
  const problems: Diagnostic[] = [];
  checkDomainNames(file, arrays, document, problems);
  checkPartitions(file, arrays, document, problems);
  checkSizes(file, document, problems);
  checkMemory(file, arrays, document, problems);
  checkFiller(file, document, problems);
  checkGrid(file, document, problems);
  checkLeakage(file, document, problems);
  return problems;
}

/** The reduction of this many cells with some twenty blocks takes 20 s; four times as many take minutes and gigabytes. */
const MOST_CELLS = 2 ** 16;

function checkGrid({ thermal }: AcceleratorFile, document: YamlDocument, problems: Diagnostic[]): void {
  if (!thermal?.grid || thermal.grid.rows * thermal.grid.columns <= MOST_CELLS) return;
  problems.push({
    code: 'out-of-range',
    message: `"thermal.grid" has ${thermal.grid.rows} x ${thermal.grid.columns} cells`,
    span: document.span(['thermal', 'grid']),
    expected: `at most ${MOST_CELLS} cells, such as 256 x 256`,
  });
}

function checkDomainNames(file: AcceleratorFile, arrays: number, document: YamlDocument, problems: Diagnostic[]): void {
  const names = Object.keys(file.domains);
  const ofArrays = (name: string): string[] => Array.from({ length: arrays }, (_, a) => nameOfArray(name, a));
  const known = new Set(names.flatMap(ofArrays));
  const check = (domain: string, path: Path): void => {
    if (ofArrays(domain).every((name) => known.has(name))) return;
    problems.push({
      code: 'unknown-name',
      message: `there is no domain "${domain}"`,
      span: document.span(path),
      expected: `one of ${names.join(', ')}`,
      suggestion: nearestName(domain, names),
    });
  };
  check(file.array.domain, ['array', 'domain']);
  for (const pad of OPERANDS) check(file.scratchpads[pad].domain, ['scratchpads', pad, 'domain']);
  for (const [component, { domain, off_die }] of Object.entries(file.bindings)) {
    if (domain !== undefined) check(domain, ['bindings', component, 'domain']);
    if ((domain === undefined) !== (off_die === true)) {
      problems.push({
        code: 'component-without-domain',
        message: `component "${component}" ${domain === undefined ? 'has no domain' : 'is off the die and in a domain'}`,
        span: document.keySpan(['bindings', component]),
        expected: `either "domain" (${names.join(', ')}) or "off_die: true"`,
      });
    }
  }
}

/**
 * Rejects too many arrays, and prefetching across layers with several arrays. The results of a layer lie elsewhere
 * until all arrays finish it, so that nothing can be loaded for the next layer before.
 */
function checkPartitions(file: AcceleratorFile, arrays: number, document: YamlDocument, problems: Diagnostic[]): void {
  if (arrays > MOST_ARRAYS) {
    problems.push({
      code: 'out-of-range',
      message: `there are ${arrays} arrays`,
      span: document.span(['array', 'partitions']),
      expected: `at most ${MOST_ARRAYS}`,
    });
  }
  // Under next-use retention filters are loaded early, which are nobody's results.
  if (arrays === 1 || file.prefetch_across_layers !== true) return;
  if (memoryModel(file.memory ?? {}).retention === 'next-use') return;
  problems.push({
    code: 'out-of-range',
    message: 'several arrays wait for each other at the end of a layer and cannot prefetch across it',
    span: document.span(['prefetch_across_layers']),
    expected: 'false, or no "partitions"',
  });
}

/** Most arrays. Each has its own domains, components and blocks. */
const MOST_ARRAYS = 256;

function checkMemory(
  { memory }: AcceleratorFile,
  arrays: number,
  document: YamlDocument,
  problems: Diagnostic[],
): void {
  if (memory?.keep_results && arrays > 1) {
    problems.push({
      code: 'not-supported',
      message: 'results of several arrays lie apart and cannot stay for the next layer',
      span: document.span(['memory', 'keep_results']),
      expected: 'keep_results: false, or no "partitions"',
    });
  }
  for (const { key, ...problem } of choiceProblems(memory ?? {})) {
    problems.push({ ...problem, span: document.span(['memory', key]) });
  }
}

/** A floorplan file has no place for a further area, so its filler must be a list of blocks. */
function checkFiller({ thermal }: AcceleratorFile, document: YamlDocument, problems: Diagnostic[]): void {
  if (typeof thermal?.filler !== 'string' || thermal.floorplan === 'auto') return;
  problems.push({
    code: 'wrong-type',
    message: '"thermal.filler" is an area, and the floorplan a file',
    span: document.span(['thermal', 'filler']),
    expected: 'a list of blocks of the floorplan',
  });
}

function checkLeakage({ leakage }: AcceleratorFile, document: YamlDocument, problems: Diagnostic[]): void {
  if (leakage?.voltage !== 'linear' || leakage.slope === undefined) return;
  problems.push({
    code: 'option-unused',
    message: 'linear leakage has no slope: its current does not depend on the voltage',
    span: document.span(['leakage', 'slope']),
    expected: '"voltage: exponential", or no "slope"',
  });
}

/** Requires quantities that are divisors later to be positive, and sizes to be whole bits or bytes. */
function checkSizes(file: AcceleratorFile, document: YamlDocument, problems: Diagnostic[]): void {
  const check = (path: Path, dimension: Dimension, isSize: boolean): void => {
    const text = path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], file);
    const value = parseQuantity(text, dimension);
    if (value > 0 && (Number.isInteger(value) || !isSize)) return;
    problems.push({
      code: 'out-of-range',
      message: `"${path.join('.')}" is ${text}`,
      span: document.span(path),
      expected: isSize
        ? `a whole number of ${dimension === 'width' ? 'bits' : 'bytes'}, one or more`
        : 'more than zero',
    });
  };
  for (const word of Object.keys(file.words)) check(['words', word], 'width', true);
  for (const pad of OPERANDS) {
    check(['scratchpads', pad, 'capacity'], 'capacity', true);
    check(['scratchpads', pad, 'port'], 'width', true);
  }
}
