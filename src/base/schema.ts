import { type Static, type TSchema, Type } from '@sinclair/typebox';
import type { YamlDocument } from './document.ts';
import {
  type Diagnostic,
  describeValue,
  type ErrorCode,
  InputError,
  inSourceOrder,
  nearestName,
  type Span,
} from './errors.ts';
import { type JsonSchema, type Violation, violations } from './json-schema.ts';
import { type Dimension, describeQuantity, parseQuantity, parseSigned } from './units.ts';

/** A schema for a quantity with a unit suffix. Validated values stay strings; read them with `parseQuantity`. */
export const Quantity = (dimension: Dimension, description: string) =>
  Type.Unsafe<string>({ type: 'string', quantity: dimension, description });

/** The same for a quantity that may lie on either side of zero; read it with `parseSigned`. */
export const SignedQuantity = (dimension: Dimension, description: string) =>
  Type.Unsafe<string>({ type: 'string', quantity: dimension, signed: true, description });

/** A schema for one of several names. */
export const OneOf = <const T extends string>(names: readonly T[], description: string) =>
  Type.Unsafe<T>({ type: 'string', enum: names, description });

/** The `version: 1` that opens every file of ours. */
export const Version = Type.Literal(1, { description: 'Format version' });

type QuantitySchema = TSchema & { quantity?: Dimension; signed?: boolean };

/**
 * Our own keywords beside those of JSON Schema: `quantity` requires a text to be a quantity of a dimension; `signed` lets it be
 * negative.
 */
const OWN = {
  quantity: (dimension: Dimension, text: string, { signed }: JsonSchema) =>
    quantityProblem(text, { quantity: dimension, signed: signed === true }) === undefined,
  signed: () => true,
};

/**
 * Checks a document against a schema and returns its typed value. Throws every problem at once, in source order. Codes:
 * `unknown-key`, `missing-key`, `wrong-type`, `out-of-range`, `missing-unit`, `wrong-unit`. Schemas may use the
 * keywords that `violations` supports.
 */
export function validate<S extends TSchema>(document: YamlDocument, schema: S): Static<S> {
  const found = violations(schema, document.value, OWN);
  if (found.length === 0) return document.value as Static<S>;
  const diagnostics = found.map((violation) => toDiagnostic(violation, document));
  throw new InputError(inSourceOrder(mergeMisspellings(found, diagnostics)));
}

function toDiagnostic(violation: Violation, document: YamlDocument): Diagnostic {
  const { keyword, path, data, key = '' } = violation;
  const schema = violation.schema as unknown as QuantitySchema;
  const where = path.length === 0 ? 'the file' : `"${path.join('.')}"`;
  if (schema.quantity && (keyword === 'type' || keyword === 'quantity')) {
    const problem = quantityProblem(data, schema);
    if (problem) return { ...problem, message: `${where}: ${problem.message}`, span: document.span(path) };
  }
  const problem = (code: ErrorCode, message: string, expected?: string): Diagnostic => ({
    code,
    message,
    expected,
    span: document.span(path),
  });
  switch (keyword) {
    case 'additionalProperties': {
      const known = Object.keys((schema as { properties?: object }).properties ?? {});
      return {
        code: 'unknown-key',
        message: `unknown key "${key}" in ${where}`,
        span: document.keySpan([...path, key]),
        expected: `one of ${known.join(', ')}`,
        suggestion: nearestName(key, known),
      };
    }
    case 'required':
      return {
        code: 'missing-key',
        message: `${where} needs the key "${key}"`,
        span: path.length === 0 ? document.span([]) : document.keySpan(path),
      };
    case 'type':
      return problem('wrong-type', `${where} is ${describeValue(data)}`, describeSchema(schema));
    case 'anyOf':
      return choiceDiagnostic(data, schema.anyOf as QuantitySchema[], where, document.span(path));
    case 'enum': {
      const allowed = (schema.enum as unknown[]).map(String);
      return {
        ...problem('out-of-range', `${where} is ${describeValue(data)}`, `one of ${allowed.join(', ')}`),
        suggestion: nearestName(String(data), allowed),
      };
    }
    default:
      return problem('out-of-range', `${where} is ${describeValue(data)}`, expectedBy(keyword, schema));
  }
}

/** The diagnostic for a value that fits no branch. A number lacks its unit if one of the branches is a quantity. */
function choiceDiagnostic(data: unknown, branches: readonly QuantitySchema[], where: string, span: Span) {
  const quantity = branches.find((branch) => branch.quantity);
  const problem = quantity && typeof data === 'number' ? quantityProblem(data, quantity) : undefined;
  if (problem) return { ...problem, message: `${where}: ${problem.message}`, span };
  const code: ErrorCode = 'wrong-type';
  return {
    code,
    message: `${where} is ${describeValue(data)}`,
    span,
    expected: branches.map(describeSchema).join(' or '),
  };
}

/** The limits of a schema, in words. */
function expectedBy(keyword: string, schema: QuantitySchema): string {
  const limit = String(schema[keyword]);
  switch (keyword) {
    case 'const':
      return limit;
    case 'minimum':
      return `${limit} or more`;
    case 'maximum':
      return `${limit} or less`;
    case 'exclusiveMinimum':
      return `more than ${limit}`;
    case 'exclusiveMaximum':
      return `less than ${limit}`;
    case 'multipleOf':
      return `a multiple of ${limit}`;
    case 'minLength':
      return limit === '1' ? 'a name' : `${limit} characters or more`;
    case 'maxLength':
      return `${limit} characters or less`;
    case 'pattern':
      return `a text like ${limit}`;
    case 'uniqueItems':
      return 'entries that differ';
    case 'minItems':
    case 'minProperties':
      return limit === '1' ? 'at least one entry' : `at least ${limit} entries`;
    default:
      return `at most ${limit} entries`;
  }
}

/** Merges an unknown key and a similar missing key of the same mapping into one diagnostic: they are one slip. */
function mergeMisspellings(found: readonly Violation[], diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const explained = new Set<string>();
  const placeOf = (violation: Violation, key: string | undefined): string => JSON.stringify([violation.path, key]);
  found.forEach((violation, i) => {
    const { suggestion } = diagnostics[i];
    if (violation.keyword === 'additionalProperties' && suggestion) explained.add(placeOf(violation, suggestion));
  });
  return diagnostics.filter((_, i) => {
    return found[i].keyword !== 'required' || !explained.has(placeOf(found[i], found[i].key));
  });
}

function quantityProblem(
  data: unknown,
  { quantity, signed }: Pick<QuantitySchema, 'quantity' | 'signed'>,
): Diagnostic | undefined {
  try {
    (signed ? parseSigned : parseQuantity)(data, quantity!);
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return error.diagnostics[0];
    throw error;
  }
}

function describeSchema(schema: QuantitySchema): string {
  if (schema.quantity) return describeQuantity(schema.quantity);
  if (schema.enum) return `one of ${schema.enum.join(', ')}`;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const names: Record<string, string> = {
    object: 'a mapping',
    array: 'a list',
    string: 'a name',
    integer: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
  };
  const [example] = (schema.examples ?? []) as unknown[];
  return `${names[String(schema.type)] ?? schema.type}${example === undefined ? '' : `, such as ${flowText(example)}`}`;
}

/** A small value as one line of YAML. */
function flowText(value: unknown): string {
  return JSON.stringify(value)
    .replace(/"(\w+)"/g, '$1')
    .replace(/([:,])/g, '$1 ');
}
