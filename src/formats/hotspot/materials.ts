import { type Diagnostic, fail, isTolerated, type Span, type Tolerate } from '../../base/errors.ts';
import type { SourceText } from '../../base/source.ts';
import { MOST_PROBLEMS, throwProblems } from '../csv.ts';
import { quantityOf, readWords, type Word, wordSpan, wordsSpan } from './text.ts';

/** A material of a .materials file. */
export interface HotspotMaterial {
  readonly name: string;
  readonly conductivityWPerMK: number;
  readonly heatCapacityJPerM3K: number;
  /** Pa s; null for a solid. */
  readonly viscosityPaS: number | null;
  readonly span: Span;
}

/**
 * The first word of each line of a file with one value per line. HotSpot ignores further words; they are a
 * `column-count` problem, or a warning for `tolerate`.
 */
export function readValues(source: SourceText, problems: Diagnostic[], tolerate?: Tolerate): Word[] {
  return readWords(source).map((words) => {
    if (words.length > 1) {
      const message = `this line has ${words.length} words`;
      const problem = { code: 'column-count', message, span: wordsSpan(source, words), expected: 'one value' } as const;
      if (tolerate || problems.length < MOST_PROBLEMS) isTolerated(problem, problems, tolerate);
    }
    return words[0];
  });
}

/**
 * Reads materials (.materials), one value per line: name, `solid` or `fluid`, conductivity in W/(m K), heat capacity in
 * J/(m^3 K) and, for a fluid, viscosity in Pa s. Errors: `column-count`, `missing-key` for a record that ends early,
 * `wrong-type`, `out-of-range`, `duplicate-name`.
 */
export function readMaterials(source: SourceText, tolerate?: Tolerate): HotspotMaterial[] {
  const problems: Diagnostic[] = [];
  const values = readValues(source, problems, tolerate);
  throwProblems(problems);
  const materials: HotspotMaterial[] = [];
  for (let at = 0; at < values.length; ) {
    const [name, phase] = values.slice(at, at + 2);
    const fluid = phase?.text === 'fluid';
    if (phase && !fluid && phase.text !== 'solid') {
      const span = wordSpan(source, phase);
      fail('wrong-type', `the phase of ${name.text} is "${phase.text}"`, { span, expected: 'solid or fluid' });
    }
    const record = values.slice(at, at + (fluid ? 5 : 4));
    if (record.length < (fluid ? 5 : 4)) failEarlyEnd(source, values[values.length - 1], `material ${name.text}`);
    const [k, p, viscosity] = ['conductivity', 'heat capacity', 'viscosity']
      .slice(0, record.length - 2)
      .map((what, i) => quantityOf(source, record[2 + i], `the ${what} of ${name.text}`, problems));
    const span = wordSpan(source, name);
    if (materials.some((other) => other.name === name.text)) {
      problems.push({ code: 'duplicate-name', message: `two materials are named ${name.text}`, span });
    }
    const properties = { conductivityWPerMK: k, heatCapacityJPerM3K: p, viscosityPaS: viscosity ?? null };
    materials.push({ name: name.text, ...properties, span });
    at += record.length;
  }
  throwProblems(problems);
  return materials;
}

export function failEarlyEnd(source: SourceText, last: Word, what: string): never {
  fail('missing-key', `the file ends within ${what}`, { span: wordSpan(source, last) });
}
