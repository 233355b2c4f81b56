import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import type { Path, YamlDocument } from './document.ts';
import {
  type Diagnostic,
  describeValue,
  type ErrorCode,
  InputError,
  inSourceOrder,
  nearestName,
  type Span,
} from './errors.ts';
import { type Dimension, describeQuantity, parseQuantity } from './units.ts';

/** A schema for a value written with a unit suffix; validated values stay strings, read them with `parseQuantity`. */
export const Quantity = (dimension: Dimension, description: string) =>
  Type.Unsafe<string>({ type: 'string', quantity: dimension, description });

/** A schema for one of some names. */
export const OneOf = <const T extends string>(names: readonly T[], description: string) =>
  Type.Unsafe<T>({ type: 'string', enum: names, description });

/** The `version: 1` every file of ours opens with. */
export const Version = Type.Literal(1, { description: 'Format version' });

type QuantitySchema = TSchema & { quantity?: Dimension };

let shared: Ajv2020 | undefined;

function ajv(): Ajv2020 {
  // Our schemas are checked against the meta-schema in a test; compiling that one here would cost every start.
  shared ??= new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: true,
    strictTypes: false,
    meta: false,
    validateSchema: false,
    code: { optimize: false },
  }).addKeyword({
    keyword: 'quantity',
    type: 'string',
    errors: false,
    validate: (dimension: Dimension, data: string) => quantityProblem(data, dimension) === undefined,
  });
  return shared;
}

/**
 * Checks a document against a schema and returns its value typed. Throws every problem at once, in source order; codes:
 * `unknown-key`, `missing-key`, `wrong-type`, `out-of-range`, `missing-unit`, `wrong-unit`.
 */
export function validate<S extends TSchema>(document: YamlDocument, schema: S): Static<S> {
  const check = ajv().compile(schema);
  if (check(document.value)) return document.value as Static<S>;
  const errors = dropEchoes(dropOtherBranches(check.errors ?? []));
  const diagnostics = errors.map((error) => toDiagnostic(error, document));
  throw new InputError(inSourceOrder(mergeMisspellings(errors, diagnostics)));
}

/** A value of the wrong type is outside the limits of that type too: one slip. */
function dropEchoes(errors: readonly ErrorObject[]): ErrorObject[] {
  const place = ({ schemaPath, instancePath, keyword }: ErrorObject): string =>
    `${schemaPath.slice(0, -keyword.length)} ${instancePath}`;
  const wrongType = new Set(errors.filter((e) => e.keyword === 'type').map(place));
  return errors.filter((error) => error.keyword === 'type' || !wrongType.has(place(error)));
}

/** `anyOf` reports the errors of every branch; keep those of branches whose type the value has. */
function dropOtherBranches(errors: readonly ErrorObject[]): ErrorObject[] {
  const alternatives = errors.filter((e) => e.keyword === 'anyOf');
  return errors.filter((error) => {
    const choice = alternatives.find((a) => a !== error && isInside(error, a));
    if (choice) {
      // A branch of the wrong type says so at the choice's own place; its message is only noise beside the right branch's.
      return !(error.keyword === 'type' && error.instancePath === choice.instancePath);
    }
    if (error.keyword !== 'anyOf') return true;
    // The choice itself is only worth a message when no branch had the value's type.
    return errors.every(
      (e) => e === error || !isInside(e, error) || (e.keyword === 'type' && e.instancePath === error.instancePath),
    );
  });
}

function isInside(error: ErrorObject, choice: ErrorObject): boolean {
  return error.schemaPath.startsWith(`${choice.schemaPath}/`) && error.instancePath.startsWith(choice.instancePath);
}

function pathOf(error: ErrorObject, document: YamlDocument): Path {
  let value: unknown = document.value;
  return error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~'))
    .map((part) => {
      const step = Array.isArray(value) ? Number(part) : part;
      value = (value as Record<string | number, unknown> | undefined)?.[step];
      return step;
    });
}

function toDiagnostic(error: ErrorObject, document: YamlDocument): Diagnostic {
  const path = pathOf(error, document);
  const schema = error.parentSchema as QuantitySchema;
  const where = path.length === 0 ? 'the file' : `"${path.join('.')}"`;
  if (schema.quantity && (error.keyword === 'type' || error.keyword === 'quantity')) {
    const problem = quantityProblem(error.data, schema.quantity);
    if (problem) return { ...problem, message: `${where}: ${problem.message}`, span: document.span(path) };
  }
  const problem = (code: ErrorCode, message: string, expected?: string): Diagnostic => ({
    code,
    message,
    expected,
    span: document.span(path),
  });
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(error.params.additionalProperty);
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
        message: `${where} needs the key "${error.params.missingProperty}"`,
        span: path.length === 0 ? document.span([]) : document.keySpan(path),
      };
    case 'type':
      return problem('wrong-type', `${where} is ${describeValue(error.data)}`, describeSchema(schema));
    case 'anyOf':
      return choiceDiagnostic(error, schema.anyOf as QuantitySchema[], where, document.span(path));
    case 'enum': {
      const allowed = (error.params.allowedValues as unknown[]).map(String);
      return {
        ...problem('out-of-range', `${where} is ${describeValue(error.data)}`, `one of ${allowed.join(', ')}`),
        suggestion: nearestName(String(error.data), allowed),
      };
    }
    default:
      return problem('out-of-range', `${where} is ${describeValue(error.data)}`, expectedBy(error));
  }
}

/** A value that fits no branch; a number where one of them is a quantity lacks its unit. */
function choiceDiagnostic({ data }: ErrorObject, branches: readonly QuantitySchema[], where: string, span: Span) {
  const { quantity } = branches.find((branch) => branch.quantity) ?? {};
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

/** The limits our schemas use, in words. */
function expectedBy({ keyword, params, message }: ErrorObject): string {
  switch (keyword) {
    case 'const':
      return String(params.allowedValue);
    case 'minimum':
      return `${params.limit} or more`;
    case 'maximum':
      return `${params.limit} or less`;
    case 'minLength':
      return 'a name';
    case 'minItems':
    case 'minProperties':
      return 'at least one entry';
    default:
      return `a value that ${message}`;
  }
}

/** A key that is unknown and a near-namesake that is missing from the same mapping are one slip, not two. */
function mergeMisspellings(errors: readonly ErrorObject[], diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const explained = new Set<string>();
  errors.forEach((error, i) => {
    const { suggestion } = diagnostics[i];
    if (error.keyword === 'additionalProperties' && suggestion) explained.add(`${error.instancePath}/${suggestion}`);
  });
  return diagnostics.filter((_, i) => {
    const { keyword, instancePath, params } = errors[i];
    return !(keyword === 'required' && explained.has(`${instancePath}/${params.missingProperty}`));
  });
}

function quantityProblem(data: unknown, dimension: Dimension): Diagnostic | undefined {
  try {
    parseQuantity(data, dimension);
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
  return names[String(schema.type)] ?? String(schema.type);
}
