import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type JsonSchema, violations } from '../../src/base/json-schema.ts';
import { canGenerateCode } from '../support/code-generation.ts';
import { cases } from '../tier.ts';

/** Compiling schemas is what the coverage run of `.ci/run` forbids. */
const compiles = test.skipIf(!canGenerateCode());

/** ajv compiles what `violations` walks: an independent reading of the same schemas, for tests alone. */
const ajv = new Ajv2020({ allErrors: true, strictTypes: false, ownProperties: true, validateSchema: false });

/** Without `__proto__`, which ajv leaves out. */
const key = fc.constantFrom('a', 'b', 'ab', 'constructor', 'toString');
const limit = fc.integer({ min: 0, max: 3 });
const scalar = fc.oneof(
  fc.constantFrom<unknown>('', 'a', 'ab', 'abc', '\u{1F600}', null, true, false, 0, 1, 2, -1, 0.5),
  // Beyond 1e21 ajv takes the first digits of the quotient for the whole of it.
  fc.double({ min: -1e20, max: 1e20, noNaN: true }),
);
const plainMapping = <T>(value: fc.Arbitrary<T>) =>
  fc.array(fc.tuple(key, value), { maxLength: 4 }).map((entries) => Object.fromEntries(entries));

const value = fc.letrec((tie) => ({
  any: fc.oneof({ maxDepth: 3 }, scalar, fc.array(tie('any'), { maxLength: 4 }), plainMapping(tie('any'))),
})).any;

const type = fc.constantFrom('object', 'array', 'string', 'number', 'integer', 'boolean', 'null');
const optional = { requiredKeys: [] as never[] };
const schema = fc.letrec<{ any: JsonSchema }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    fc.record({ type }, optional),
    fc.record({ const: scalar }),
    fc.record({ enum: fc.uniqueArray(fc.constantFrom('a', 'ab', 1, true, null), { minLength: 1 }) }),
    fc.record(
      {
        ...{ minimum: limit, maximum: limit, exclusiveMinimum: limit, exclusiveMaximum: limit },
        ...{ multipleOf: fc.constantFrom(1, 2, 0.5), minLength: limit, maxLength: limit },
        pattern: fc.constantFrom('^a', 'b$', '^.*$'),
      },
      optional,
    ),
    fc.record({ type: fc.constant('array'), items: tie('any'), minItems: limit, maxItems: limit }, optional),
    fc.record(
      {
        type: fc.constant('object'),
        properties: plainMapping(tie('any')),
        required: fc.uniqueArray(key),
        additionalProperties: fc.oneof(fc.boolean(), tie('any')),
        minProperties: limit,
        maxProperties: limit,
      },
      optional,
    ),
    fc.record({ patternProperties: fc.record({ '^(.*)$': tie('any') }) }),
    fc.record({ anyOf: fc.array(tie('any'), { minLength: 1, maxLength: 3 }) }),
  ),
})).any;

compiles('a value is right or wrong exactly where ajv says so', () => {
  let wrong = 0;
  const property = fc.property(schema, value, (of, given) => {
    const valid = ajv.compile(of)(given);
    if (!valid) wrong++;
    expect(violations(of, given).length === 0).toBe(valid);
  });
  const schemas = cases(500, 120);
  fc.assert(property, { numRuns: schemas, seed: 12 });
  // Of schemas that all values met nothing would be learned.
  expect(wrong).toBeGreaterThan(schemas / 5);
});

compiles('without choices, the keywords are those of ajv, but for echoes of a wrong type', () => {
  const place = (keyword: string, path: string): string => `${keyword} ${path}`;
  const property = fc.property(schema, value, (of, given) => {
    fc.pre(!JSON.stringify(of).includes('anyOf'));
    const compiled = ajv.compile(of);
    compiled(given);
    const errors = compiled.errors ?? [];
    const prefix = ({ schemaPath, instancePath }: (typeof errors)[number]): string =>
      `${instancePath} ${schemaPath.slice(0, schemaPath.lastIndexOf('/'))}`;
    const wrongType = new Set(errors.filter(({ keyword }) => keyword === 'type').map(prefix));
    const expected = errors
      .filter((error) => error.keyword === 'type' || !wrongType.has(prefix(error)))
      .map(({ keyword, instancePath }) => place(keyword, instancePath));
    const found = violations(of, given).map(({ keyword, path }) => place(keyword, path.map((p) => `/${p}`).join('')));
    expect(found.sort()).toEqual(expected.sort());
  });
  fc.assert(property, { numRuns: cases(300, 80), seed: 12 });
});

describe('own keywords and unknown ones', () => {
  test('an own keyword tests texts', () => {
    const own = { even: (_: true, text: string) => text.length % 2 === 0 };
    expect(violations({ even: true }, 'ab', own)).toEqual([]);
    expect(violations({ even: true }, 'abc', own)).toMatchObject([{ keyword: 'even', path: [] }]);
  });

  test('$ref stands for a part of the schema, inside of itself too and in branches', () => {
    const node = { type: 'object', properties: { of: { $ref: '#/$defs/node' } }, additionalProperties: false };
    const schema = {
      $defs: { node },
      properties: { a: { $ref: '#/$defs/node' }, b: { anyOf: [{ $ref: '#/$defs/node' }] } },
    };
    expect(violations(schema, { a: { of: { of: {} } }, b: { of: {} } })).toEqual([]);
    expect(violations(schema, { a: { of: { off: {} } } })).toMatchObject([
      { keyword: 'additionalProperties', path: ['a', 'of'], key: 'off' },
    ]);
    expect(violations(schema, { b: { of: 1 } })).toMatchObject([{ keyword: 'type', path: ['b', 'of'] }]);
    for (const $ref of ['#/$defs/other', 'other.json', '#/$defs/constructor']) {
      expect(() => violations({ ...schema, properties: { a: { $ref } } }, { a: {} })).toThrow($ref);
    }
  });

  test.each(['$dynamicRef', 'oneOf', 'minimun'])('%s is refused, wherever it stands', (keyword) => {
    const inside = { properties: { a: { [keyword]: 1 } } };
    expect(() => violations(inside, { a: 1 })).toThrow(`keyword "${keyword}"`);
  });

  test('no number is within limits that is none', () => {
    for (const schema of [{ minimum: 0 }, { maximum: 0 }, { multipleOf: 1 }, { type: 'number' }]) {
      expect(violations(schema, Number.NaN)).toHaveLength(1);
    }
  });

  test('__proto__ is a key like any other', () => {
    const schema = { properties: Object.fromEntries([['__proto__', { type: 'string' }]]), additionalProperties: false };
    expect(violations(schema, JSON.parse('{"__proto__": "x"}'))).toEqual([]);
    expect(violations(schema, JSON.parse('{"__proto__": 1}'))).toMatchObject([{ keyword: 'type' }]);
    expect(violations({ additionalProperties: false }, JSON.parse('{"__proto__": 1}'))).toHaveLength(1);
  });

  test('keys of Object.prototype are missing where they are not written', () => {
    expect(violations({ required: ['constructor', 'toString'] }, {})).toMatchObject([
      { keyword: 'required', key: 'constructor' },
      { keyword: 'required', key: 'toString' },
    ]);
  });
});
