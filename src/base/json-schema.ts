import type { Path } from './document.ts';

/** The part of a JSON Schema (draft 2020-12) that `violations` supports, and our own keyword `quantity`. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A schema keyword that a value violates. */
export interface Violation {
  readonly keyword: string;
  /** The path to the value. */
  readonly path: Path;
  readonly schema: JsonSchema;
  readonly data: unknown;
  /** With `required`: the missing key. With `additionalProperties`: the unknown key. */
  readonly key?: string;
}

/** A test for each keyword: whether the value satisfies it, given the keyword's own value. */
export type Keywords = Readonly<Record<string, (limit: never, data: never, schema: JsonSchema) => boolean>>;

interface Check {
  readonly found: Violation[];
  readonly own: Keywords;
  /** The parts that `$ref` may name. */
  readonly parts: Readonly<Record<string, JsonSchema>>;
}

/**
 * Every violation of a value, part by part. It walks the schema and never compiles it, so that it works under a strict
 * content security policy and under `node --disallow-code-generation-from-strings`. A value of the wrong type violates
 * `type` alone. A value that fits no branch of `anyOf` gets the violations of the branches of its own type, or `anyOf`
 * itself if no branch has its type. `own` adds keywords for texts. Only own properties count: `constructor` is a key
 * like any other. `$ref` names a part of `$defs` at the root of the schema: `#/$defs/NAME`. Throws an `Error` for a schema
 * with an unsupported keyword, such as `oneOf`, which would otherwise pass unchecked.
 */
export function violations(schema: JsonSchema, value: unknown, own: Keywords = {}): Violation[] {
  const parts = (schema.$defs ?? {}) as Check['parts'];
  const check: Check = { found: [], own, parts };
  walk(check, schema, value, []);
  return check.found;
}

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isMapping,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  number: Number.isFinite,
  integer: Number.isInteger,
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
};

const NUMBERS = {
  maximum: (limit: number, value: number) => value <= limit,
  minimum: (limit: number, value: number) => value >= limit,
  exclusiveMaximum: (limit: number, value: number) => value < limit,
  exclusiveMinimum: (limit: number, value: number) => value > limit,
  multipleOf: (unit: number, value: number) => Number.isInteger(value / unit),
};

const TEXTS = {
  maxLength: (limit: number, text: string) => [...text].length <= limit,
  minLength: (limit: number, text: string) => [...text].length >= limit,
  pattern: (pattern: string, text: string) => new RegExp(pattern, 'u').test(text),
};

const LISTS = {
  maxItems: (limit: number, list: unknown[]) => list.length <= limit,
  minItems: (limit: number, list: unknown[]) => list.length >= limit,
  uniqueItems: (unique: boolean, list: unknown[]) =>
    !unique || new Set(list.map((item) => JSON.stringify(item))).size === list.length,
};

const MAPPINGS = {
  maxProperties: (limit: number, mapping: object) => Object.keys(mapping).length <= limit,
  minProperties: (limit: number, mapping: object) => Object.keys(mapping).length >= limit,
};

const ANY = {
  const: (only: unknown, value: unknown) => value === only,
  enum: (allowed: readonly unknown[], value: unknown) => allowed.includes(value),
};

/** Keywords that `walk` handles itself, and annotations that do not constrain values. */
const OTHERS: ReadonlySet<string> = new Set([
  ...['type', 'anyOf', 'items', 'required', 'properties', 'patternProperties', 'additionalProperties'],
  ...['$ref', '$defs', '$schema', '$id', '$comment', 'title', 'description', 'default', 'examples', 'deprecated'],
]);

function walk(check: Check, schema: JsonSchema, data: unknown, path: Path): void {
  refuseUnknown(check, schema);
  if (schema.$ref !== undefined) walk(check, partOf(check, String(schema.$ref)), data, path);
  if (schema.type !== undefined && ![schema.type].flat().some((type) => TYPES[String(type)](data))) {
    check.found.push({ keyword: 'type', path, schema, data });
    return;
  }
  test(check, ANY, schema, data, path);
  if (typeof data === 'number') test(check, NUMBERS, schema, data, path);
  else if (typeof data === 'string') walkText(check, schema, data, path);
  else if (Array.isArray(data)) walkList(check, schema, data, path);
  else if (isMapping(data)) walkMapping(check, schema, data, path);
  if (schema.anyOf) walkBranches(check, schema, data, path);
}

const PART = '#/$defs/';

function partOf({ parts }: Check, reference: string): JsonSchema {
  const name = reference.slice(PART.length);
  if (reference.startsWith(PART) && Object.hasOwn(parts, name)) return parts[name];
  throw new Error(`a schema refers to "${reference}", which is not supported`);
}

function refuseUnknown({ own }: Check, schema: JsonSchema): void {
  const tables = [ANY, NUMBERS, TEXTS, LISTS, MAPPINGS, own];
  for (const keyword of Object.keys(schema)) {
    if (OTHERS.has(keyword) || tables.some((table) => Object.hasOwn(table, keyword))) continue;
    throw new Error(`a schema has the keyword "${keyword}", which is not supported`);
  }
}

function test(check: Check, keywords: Keywords, schema: JsonSchema, data: unknown, path: Path): void {
  for (const [keyword, holds] of Object.entries(keywords)) {
    if (!Object.hasOwn(schema, keyword) || holds(schema[keyword] as never, data as never, schema)) continue;
    check.found.push({ keyword, path, schema, data });
  }
}

function walkText(check: Check, schema: JsonSchema, data: string, path: Path): void {
  test(check, TEXTS, schema, data, path);
  test(check, check.own, schema, data, path);
}

function walkList(check: Check, schema: JsonSchema, data: unknown[], path: Path): void {
  test(check, LISTS, schema, data, path);
  const { items } = schema;
  if (!isMapping(items)) return;
  for (const [i, item] of data.entries()) walk(check, items, item, [...path, i]);
}

function walkMapping(check: Check, schema: JsonSchema, data: JsonSchema, path: Path): void {
  test(check, MAPPINGS, schema, data, path);
  for (const key of (schema.required ?? []) as string[]) {
    if (!Object.hasOwn(data, key)) check.found.push({ keyword: 'required', path, schema, data, key });
  }
  const properties = (schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>;
  const patterns = Object.entries((schema.patternProperties ?? {}) as Readonly<Record<string, JsonSchema>>).map(
    ([pattern, inner]) => ({ pattern: new RegExp(pattern, 'u'), inner }),
  );
  const { additionalProperties: rest } = schema;
  for (const key of Object.keys(data)) {
    const schemas = patterns.filter(({ pattern }) => pattern.test(key)).map(({ inner }) => inner);
    if (Object.hasOwn(properties, key)) schemas.push(properties[key]);
    else if (schemas.length === 0 && rest === false) {
      check.found.push({ keyword: 'additionalProperties', path, schema, data, key });
    } else if (schemas.length === 0 && isMapping(rest)) schemas.push(rest);
    for (const inner of schemas) walk(check, inner, data[key], [...path, key]);
  }
}

/** Drops the `type` violation of each branch of another type, which would only repeat that the types differ. */
function walkBranches(check: Check, schema: JsonSchema, data: unknown, path: Path): void {
  const kept: Violation[] = [];
  for (const branch of schema.anyOf as JsonSchema[]) {
    const found: Violation[] = [];
    walk({ ...check, found }, branch, data, []);
    if (found.length === 0) return;
    kept.push(...found.filter(({ keyword, path: inner }) => keyword !== 'type' || inner.length > 0));
  }
  if (kept.length === 0) check.found.push({ keyword: 'anyOf', path, schema, data });
  for (const one of kept) check.found.push({ ...one, path: [...path, ...one.path] });
}

function isMapping(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
