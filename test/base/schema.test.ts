import { readFileSync } from 'node:fs';
import { Type } from '@sinclair/typebox';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parseYaml } from '../../src/base/document.ts';
import { OneOf, Quantity, Version, validate } from '../../src/base/schema.ts';
import { ExperimentSchema } from '../../src/cosim/experiment-file.ts';
import { MappingSchema, writeMapping } from '../../src/cosim/mapping/mapping-file.ts';
import { AcceleratorSchema } from '../../src/design/accelerator-schema.ts';
import { PolicySchema } from '../../src/policy/policy-file.ts';
import { BUNDLED_TEXTS, problemsOf } from '../cosim/support.ts';
import { diagnosticsOf } from '../energy/support.ts';
import { canGenerateCode } from '../support/code-generation.ts';

const strict = { additionalProperties: false } as const;
const Clock = Quantity('frequency', 'Clock');
const SCHEMA = Type.Object(
  {
    version: Version,
    name: Type.String({ minLength: 1 }),
    size: Type.Optional(Type.Object({ rows: Type.Integer({ minimum: 1, maximum: 64 }) }, strict)),
    clock: Type.Optional(Clock),
    mode: Type.Optional(OneOf(['fast', 'slow'], 'Mode')),
    parts: Type.Optional(Type.Array(Type.Object({ id: Type.String(), on: Type.Boolean() }, strict), { minItems: 1 })),
    either: Type.Optional(Type.Union([Clock, Type.Record(Type.String(), Clock)])),
    number: Type.Optional(Type.Union([Type.String(), Type.Number()])),
    any: Type.Optional(Type.Union([Type.String({ minLength: 1 }), Type.Object({ name: Type.String() })])),
  },
  strict,
);

const check = (text: string) => validate(parseYaml({ file: 'a.yaml', text }), SCHEMA);
const head = 'version: 1\nname: x\n';
const problems = (text: string) => problemsOf(() => check(text));

test('a right document comes back as it is', () => {
  expect(check(`${head}clock: 5MHz\neither: {a: 1Hz}\nnumber: 3\nany: {name: n, more: 1}\n`)).toEqual({
    ...{ version: 1, name: 'x', clock: '5MHz', either: { a: '1Hz' }, number: 3, any: { name: 'n', more: 1 } },
  });
});

describe('one slip is one diagnostic', () => {
  // [what, text, code and place, expected, suggestion]
  test.each<[string, string, string, string | undefined, string | undefined]>([
    [
      'a misspelt key, which is also a missing one',
      'version: 1\nnmae: x\n',
      'unknown-key a.yaml:2:1 nmae',
      'one of version, name, size, clock, mode, parts, either, number, any',
      'name',
    ],
    ['an unknown key', `${head}zzzzzz: 1\n`, 'unknown-key a.yaml:3:1 zzzzzz', expect.anything(), undefined],
    ['__proto__', `${head}__proto__: {a: 1}\n`, 'unknown-key a.yaml:3:1 __proto__', expect.anything(), undefined],
    [
      'a nested unknown key',
      `${head}size: {rows: 1, rosw: 2}\n`,
      'unknown-key a.yaml:3:17 rosw',
      'one of rows',
      'rows',
    ],
    ['a missing key', 'version: 1\n', 'missing-key a.yaml:1:1 version: 1', undefined, undefined],
    ['a missing nested key', `${head}size: {}\n`, 'missing-key a.yaml:3:1 size', undefined, undefined],
    [
      'a missing key in a list',
      `${head}parts: [{id: a, on: true}, {id: b}]\n`,
      'missing-key a.yaml:3:28 {id: b}',
      undefined,
      undefined,
    ],
    ['text for a number', `${head}size: {rows: many}\n`, 'wrong-type a.yaml:3:14 many', 'a whole number', undefined],
    ['a fraction', `${head}size: {rows: 1.5}\n`, 'wrong-type a.yaml:3:14 1.5', 'a whole number', undefined],
    ['.nan', `${head}size: {rows: .nan}\n`, 'wrong-type a.yaml:3:14 .nan', 'a whole number', undefined],
    ['.inf', `${head}size: {rows: .inf}\n`, 'wrong-type a.yaml:3:14 .inf', 'a whole number', undefined],
    ['a negative number', `${head}size: {rows: -1}\n`, 'out-of-range a.yaml:3:14 -1', '1 or more', undefined],
    ['zero', `${head}size: {rows: 0}\n`, 'out-of-range a.yaml:3:14 0', '1 or more', undefined],
    ['too many', `${head}size: {rows: 65}\n`, 'out-of-range a.yaml:3:14 65', '64 or less', undefined],
    ['an empty value', `${head}size:\n`, 'wrong-type a.yaml:3:6 ', 'a mapping', undefined],
    ['a list for a mapping', `${head}size: [1]\n`, 'wrong-type a.yaml:3:7 [1]', 'a mapping', undefined],
    ['a mapping for a list', `${head}parts: {a: 1}\n`, 'wrong-type a.yaml:3:8 {a: 1}', 'a list', undefined],
    [
      'text for a truth value',
      `${head}parts: [{id: a, on: yes}]\n`,
      'wrong-type a.yaml:3:21 yes',
      'true or false',
      undefined,
    ],
    ['an empty list', `${head}parts: []\n`, 'out-of-range a.yaml:3:8 []', 'at least one entry', undefined],
    ['an empty name', 'version: 1\nname: ""\n', 'out-of-range a.yaml:2:7 ""', 'a name', undefined],
    ['another version', 'version: 2\nname: x\n', 'out-of-range a.yaml:1:10 2', '1', undefined],
    ['the version as text', 'version: "1"\nname: x\n', 'wrong-type a.yaml:1:10 "1"', '1', undefined],
    [
      'a word that is not one of some',
      `${head}mode: fats\n`,
      'out-of-range a.yaml:3:7 fats',
      'one of fast, slow',
      'fast',
    ],
    ['a number for a word', `${head}mode: 5\n`, 'wrong-type a.yaml:3:7 5', 'one of fast, slow', undefined],
    [
      'no unit',
      `${head}clock: 800\n`,
      'missing-unit a.yaml:3:8 800',
      'a frequency with its unit, such as 800MHz',
      undefined,
    ],
    ['no unit, as text', `${head}clock: "800"\n`, 'missing-unit a.yaml:3:8 "800"', expect.anything(), undefined],
    [
      'the unit of something else',
      `${head}clock: 8V\n`,
      'wrong-unit a.yaml:3:8 8V',
      'one of Hz, kHz, MHz, GHz',
      undefined,
    ],
    ['a unit in the wrong case', `${head}clock: 8mhz\n`, 'wrong-unit a.yaml:3:8 8mhz', expect.anything(), '8MHz'],
    ['a negative quantity', `${head}clock: -8MHz\n`, 'out-of-range a.yaml:3:8 -8MHz', expect.anything(), undefined],
    [
      'a mapping for a quantity',
      `${head}clock: {toString: 5}\n`,
      'wrong-type a.yaml:3:8 {toString: 5}',
      expect.anything(),
      undefined,
    ],
    // Alternatives: only the branch whose type the value has is heard.
    ['the wrong unit in a choice', `${head}either: 8V\n`, 'wrong-unit a.yaml:3:9 8V', expect.anything(), undefined],
    [
      'the wrong unit in the other choice',
      `${head}either: {a: 8V}\n`,
      'wrong-unit a.yaml:3:13 8V',
      expect.anything(),
      undefined,
    ],
    ['a bare number in a choice', `${head}either: 800\n`, 'missing-unit a.yaml:3:9 800', expect.anything(), undefined],
    [
      'neither choice',
      `${head}either: true\n`,
      'wrong-type a.yaml:3:9 true',
      'a frequency with its unit, such as 800MHz or a mapping',
      undefined,
    ],
    ['neither choice, .nan', `${head}number: .nan\n`, 'wrong-type a.yaml:3:9 .nan', 'a name or a number', undefined],
    ['an empty name in a choice', `${head}any: ""\n`, 'out-of-range a.yaml:3:6 ""', 'a name', undefined],
    ['a missing key in a choice', `${head}any: {nam: x}\n`, 'missing-key a.yaml:3:1 any', undefined, undefined],
    ['an empty file', '', 'wrong-type a.yaml:1:1 ', 'a mapping', undefined],
    ['a list', '- a\n', 'wrong-type a.yaml:1:1 - a', 'a mapping', undefined],
    ['a scalar', 'hello\n', 'wrong-type a.yaml:1:1 hello', 'a mapping', undefined],
  ])('%s', (_, text, problem, expected, suggestion) => {
    expect(problems(text)).toEqual([problem]);
    const [diagnostic] = diagnosticsOf(() => check(text));
    expect([diagnostic.expected, diagnostic.suggestion]).toEqual([expected, suggestion]);
  });
});

test('several slips come together, in the order of the text', () => {
  const text = 'clock: 5\nsize:\n  rows: 0\n  cols: 1\nversion: 3\nparts:\n  - {id: 1, on: true}\n  - {on: false}\n';
  expect(problems(text)).toEqual([
    'missing-key a.yaml:1:1 clock: 5',
    'missing-unit a.yaml:1:8 5',
    'out-of-range a.yaml:3:9 0',
    'unknown-key a.yaml:4:3 cols',
    'out-of-range a.yaml:5:10 3',
    'wrong-type a.yaml:7:10 1',
    'missing-key a.yaml:8:5 {on: false}',
  ]);
});

test('a long value is not printed whole', () => {
  expect(diagnosticsOf(() => check(`${head}mode: ${'x'.repeat(5000)}\n`))[0].message.length).toBeLessThan(100);
});

describe('schemas/', () => {
  const SCHEMAS = {
    accelerator: AcceleratorSchema,
    experiment: ExperimentSchema,
    mapping: MappingSchema,
    policy: PolicySchema,
  };

  test.each(Object.entries(SCHEMAS))('%s.json is the one in the code', (name, { $id, ...schema }) => {
    // As scripts/write-schemas.js writes it; run `npm run schemas` after a change.
    const text = { $schema: 'https://json-schema.org/draft/2020-12/schema', $id: `${$id}.json`, ...schema };
    expect(readFileSync(`schemas/${name}.json`, 'utf8')).toBe(`${JSON.stringify(text, null, 2)}\n`);
  });

  test.skipIf(!canGenerateCode()).each(Object.keys(SCHEMAS))(
    '%s.json is valid, and holds for the bundled files',
    (name) => {
      // Default options: strict, and checked against the meta-schema of draft 2020-12.
      const ajv = new Ajv2020().addKeyword({ keyword: 'quantity', type: 'string', schemaType: 'string' });
      ajv.addKeyword({ keyword: 'signed', type: 'string', schemaType: 'boolean' });
      const schema = JSON.parse(readFileSync(`schemas/${name}.json`, 'utf8'));
      expect(ajv.validateSchema(schema)).toBe(true);
      const valid = ajv.compile(schema);
      const written = writeMapping('mine', [
        { layer: 'conv1', dataflow: 'ws', order: 'T tiles outermost', streamTile: 64 },
      ]);
      // No mapping is bundled.
      const files = Object.entries({ ...BUNDLED_TEXTS, 'mappings/written.yaml': written }).filter(([path]) =>
        name === 'accelerator'
          ? path.endsWith('/accelerator.yaml')
          : path.includes({ policy: 'policies/', mapping: 'mappings/' }[name] ?? 'experiments/'),
      );
      expect(files).not.toHaveLength(0);
      for (const [file, text] of files) expect(valid(parseYaml({ file, text }).value), file).toBe(true);
    },
  );
});
