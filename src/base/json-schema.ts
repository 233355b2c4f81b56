import type { Path } from './document.ts';

/** The part of a JSON Schema (draft 2020-12) that `violations` knows, and our own `quantity`. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A keyword of a schema that a value does not meet. */
export interface Violation {
  readonly keyword: string;
  /** The way to the value. */
  readonly path: Path;
  readonly schema: JsonSchema;
  readonly data: unknown;
  /** Of `required` and `additionalProperties`: the key that is missing, or that nothing is known of. */
  readonly key?: string;
}

/** Tests of single keywords: whether the value meets the keyword, given the keyword's own value. */
export type Keywords = Readonly<Record<string, (limit: never, data: never, schema: JsonSchema) => boolean>>;

interface Check {
  readonly found: Violation[];
  readonly own: Keywords;
}

/**
 * All that is wrong with a value, part by part. The schema is walked, never compiled: a page under a strict content security
 * policy and `node --disallow-code-generation-from-strings` allow no other. A value of the wrong type violates `type` alone; of
 * `anyOf` the violations of the branches of the value's type are given, and `anyOf` itself if there is none. `own` adds
 * keywords for texts. Properties are a value's own: `constructor` is a key like any other. Throws an `Error` for a schema with a keyword it does not know,
 * which would otherwise pass unchecked (`$ref` is one).
 */
export function violations(schema: JsonSchema, value: unknown, own: Keywords = {}): Violation[] {
  const check: Check = { found: [], own };
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

/** What `walk` itself follows, and what says nothing of values. */
const OTHERS: ReadonlySet<string> = new Set([
  ...['type', 'anyOf', 'items', 'required', 'properties', 'patternProperties', 'additionalProperties'],
  ...['$schema', '$id', '$comment', 'title', 'description', 'default', 'examples', 'deprecated'],
]);

function walk(check: Check, schema: JsonSchema, data: unknown, path: Path): void {
  refuseUnknown(check, schema);
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

/** Of a failed choice a branch of another type would only say that the value is of another type. */
function walkBranches(check: Check, schema: JsonSchema, data: unknown, path: Path): void {
  const kept: Violation[] = [];
  for (const branch of schema.anyOf as JsonSchema[]) {
    const found = violations(branch, data, check.own);
    if (found.length === 0) return;
    kept.push(...found.filter(({ keyword, path: inner }) => keyword !== 'type' || inner.length > 0));
  }
  if (kept.length === 0) check.found.push({ keyword: 'anyOf', path, schema, data });
  for (const one of kept) check.found.push({ ...one, path: [...path, ...one.path] });
}

function isMapping(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
