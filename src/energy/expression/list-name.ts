import { fail } from '../../base/errors.ts';
import type { Scalar } from '../../formats/accelergy/index.ts';
import { scalarNumber } from './attributes.ts';
import type { Scope } from './evaluate.ts';

/** The name of a component or of a list of equal ones, with its bounds evaluated. */
export interface ListName {
  /** The name without brackets. */
  readonly base: string;
  /** The name with its bounds as numbers: `pe[0..255]`. */
  readonly text: string;
  /** Number of instances: 1 without a range. */
  readonly length: number;
  readonly first?: number | undefined;
  readonly last?: number | undefined;
}

const NAME = /^([^[\]]+)(?:\[([^[\]]*)\])?$/;

/**
 * Reads `x`, `x[3]` (one instance) or `x[lo..hi]` (hi - lo + 1 instances). Bounds are expressions, truncated to whole
 * numbers as in Accelergy. Errors: `wrong-type`, `out-of-range` (hi below lo), those of expressions.
 */
export function readListName(name: Scalar, scope: Scope): ListName {
  const match = NAME.exec(String(name.value).trim());
  if (!match)
    fail('wrong-type', `"${name.value}" is not a name`, {
      span: name.span,
      expected: 'a name such as pe or pe[0..15]',
    });
  const [, base, index] = match;
  if (index === undefined) return { base, text: base, length: 1 };
  const [low, high] = index.includes('..')
    ? [index.slice(0, index.indexOf('..')), index.slice(index.indexOf('..') + 2)]
    : [index, undefined];
  const first = boundOf(name, low, scope);
  if (high === undefined) return { base, text: `${base}[${first}]`, length: 1, first, last: first };
  const last = boundOf(name, high, scope);
  if (last < first)
    fail('out-of-range', `the list ${base}[${first}..${last}] ends before it begins`, { span: name.span });
  return { base, text: `${base}[${first}..${last}]`, length: last - first + 1, first, last };
}

/** The bounds of a range `lo..hi` of whole numbers. Errors: those of expressions. */
export function readRange(range: Scalar, scope: Scope): { readonly first: number; readonly last: number } {
  const text = String(range.value);
  const dots = text.indexOf('..');
  return { first: boundOf(range, text.slice(0, dots), scope), last: boundOf(range, text.slice(dots + 2), scope) };
}

function boundOf({ span }: Scalar, text: string, scope: Scope): number {
  return Math.trunc(scalarNumber({ value: text, quoted: false, span }, scope));
}
