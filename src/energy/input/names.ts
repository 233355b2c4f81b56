import { fail, type Span } from '../../base/errors.ts';
import type { Names } from '../expression/evaluate.ts';
import type { Rules } from './rules.ts';
import { numberOf } from './values.ts';

/** A name with its list bounds as numbers. */
export interface InstanceName {
  readonly text: string;
  /** Number of instances of the last list; 1 without one. */
  readonly length: number;
}

/**
 * Accelergy's reading of a name: the first `[`, the first `..` and the first `]` delimit a list of whole numbers, given by
 * expressions that are cut to whole numbers. Under a peer `x[3]` has no range and stays as it is. Errors: `wrong-type`,
 * `out-of-range` (the end lies before the start), those of expressions.
 */
export function instanceName(name: string, names: Names, span: Span, rules: Rules): InstanceName {
  const open = name.indexOf('[');
  const dots = name.indexOf('..');
  const close = name.indexOf(']');
  if (rules.peer === undefined) checkName(name, span);
  if (open >= 0 && dots < 0 && rules.peer === undefined) {
    const index = bound(name.slice(open + 1, close), names, span, rules);
    return { text: `${name.slice(0, open)}[${index}]`, length: 1 };
  }
  if (open < 0 || dots < 0) return { text: name, length: 1 };
  if (close < dots || dots < open) {
    fail('wrong-type', `"${name}" is not a name`, { span, expected: 'a name such as pe or pe[0..15]' });
  }
  const first = bound(name.slice(open + 1, dots), names, span, rules);
  const last = bound(name.slice(dots + 2, close), names, span, rules);
  const text = `${name.slice(0, open)}[${first}..${last}]`;
  const isCounted = [first, last, last - first + 1].every(Number.isSafeInteger);
  if (!isCounted && rules.peer === undefined)
    fail('out-of-range', `the list ${text} is longer than a number counts`, {
      span,
      expected: `at most ${Number.MAX_SAFE_INTEGER} instances`,
    });
  if (last < first) {
    fail('out-of-range', `the list ${text} ends before it begins`, {
      span,
      expected: `a last index of ${first} or more`,
    });
  }
  return { text, length: last - first + 1 };
}

const NAME = /^[^[\]]+(?:\[[^[\]]+\])?$/;

/** Accelergy reads the first pair of brackets and drops whatever follows it. */
function checkName(name: string, span: Span): void {
  if (NAME.test(name.trim())) return;
  fail('wrong-type', `"${name}" is not a name`, { span, expected: 'a name such as pe or pe[0..15]' });
}

function bound(text: string, names: Names, span: Span, rules: Rules): number {
  const value = numberOf({ value: text, bare: true, span }, names, rules);
  if (!Number.isInteger(value)) {
    rules.remark({
      code: 'out-of-range',
      message: `the index ${text.trim()} is ${value}, cut to ${Math.trunc(value)}`,
      span,
    });
  }
  return Math.trunc(value);
}

/** A name without its brackets. */
export function baseName(name: string): string {
  return name.includes('[') ? name.replace(/\[[^\]]*\]/g, '') : name;
}

/** The ranges of a name from left to right; an index is a range of one. */
export function rangesOf(name: string): (readonly [first: number, last: number])[] {
  if (!name.includes('[')) return [];
  return [...name.matchAll(/\[([^\]]*)\]/g)].map(([, range]) => {
    const [first, last = first] = range.split('..').map(Number);
    return [first, last];
  });
}

/** How many instances a name stands for: the product of the lengths of its ranges. */
export function countOf(name: string): number {
  return rangesOf(name).reduce((count, [first, last]) => count * (last - first + 1), 1);
}

/** Whether each range of a name lies inside the declared one. A name without brackets stands for all instances. */
export function isWithin(name: string, declared: string): boolean {
  if (!name.includes('[')) return true;
  const [own, all] = [rangesOf(name), rangesOf(declared)];
  return own.length === all.length && own.every(([first, last], i) => first >= all[i][0] && last <= all[i][1]);
}
