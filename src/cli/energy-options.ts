import { InvalidArgumentError } from 'commander';
import { InputError } from '../base/errors.ts';
import { parseQuantity } from '../base/units.ts';
import { type ExpressionOperand, evaluateOperand } from '../energy/index.ts';
import { REPORT_FORMATS } from '../peers/accelergy/index.ts';

// The values of the options of `isotherm energy`. Error of all: commander's InvalidArgumentError, which is wrong usage.

export function supply(text: string, before: readonly number[]): readonly number[] {
  return [...before, quantity(text, 'voltage')];
}

export function temperature(text: string): number {
  return quantity(text, 'temperature');
}

function quantity(text: string, dimension: 'voltage' | 'temperature'): number {
  try {
    return parseQuantity(text, dimension);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const [{ message, expected }] = error.diagnostics;
    throw new InvalidArgumentError(`${message}${expected ? `; expected ${expected}` : ''}.`);
  }
}

export function reportFile(file: string, before: readonly string[]): readonly string[] {
  if (Object.hasOwn(REPORT_FORMATS, endingOf(file))) return [...before, file];
  throw new InvalidArgumentError(`It must end with ${Object.keys(REPORT_FORMATS).join(', ')}.`);
}

export function endingOf(file: string): string {
  return file.slice(file.lastIndexOf('.') + 1);
}

export function positive(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('It must be a number above zero.');
}

/** `name=value` as a name of the templates; the value is a number, a list, True, False or else text. */
export function definition(
  text: string,
  before: readonly (readonly [string, ExpressionOperand])[],
): readonly (readonly [string, ExpressionOperand])[] {
  const match = /^([A-Za-z_]\w*)=(.*)$/s.exec(text);
  if (!match) throw new InvalidArgumentError('It must be NAME=VALUE.');
  const isExpression = /^\s*(?:[-+.\d[("']|True\s*$|False\s*$)/.test(match[2]);
  return [...before, [match[1], isExpression ? definedValue(match[2]) : match[2]]];
}

function definedValue(text: string): ExpressionOperand {
  try {
    return evaluateOperand(text, new Map());
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InvalidArgumentError(`${error.diagnostics[0].message}.`);
  }
}

export function wholeDigits(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= 17) return value;
  throw new InvalidArgumentError('It must be a whole number up to 17.');
}
