import { type TObject, type TSchema, Type } from '@sinclair/typebox';
import { describeValue, fail, nearestName, type Span } from '../../base/errors.ts';
import { Quantity } from '../../base/schema.ts';
import { DIMENSIONS, type Dimension, parseQuantity } from '../../base/units.ts';
import type { SpanOfParameter } from '../policy.ts';
import type { ParameterSpec, ParameterSpecs, ParameterType } from './definition.ts';

const PLAIN = ['number', 'integer', 'boolean', 'text'] as const;

const TYPES: readonly string[] = [...PLAIN, ...DIMENSIONS];

function isQuantity(type: ParameterType): type is Dimension {
  return !(PLAIN as readonly string[]).includes(type);
}

/** The schema of the parameters. Errors: `module-invalid` at `place` for a parameter of no known type. */
export function schemaOf(specs: ParameterSpecs, place: Span): TObject {
  const properties = Object.entries(specs).map(([name, spec]) => [name, Type.Optional(schemaOfOne(name, spec, place))]);
  return Type.Object(Object.fromEntries(properties), { additionalProperties: false });
}

function schemaOfOne(name: string, spec: ParameterSpec, span: Span): TSchema {
  const type: unknown = Object(spec).type;
  if (typeof type !== 'string' || !TYPES.includes(type)) {
    return fail('module-invalid', `parameter "${name}" has the type ${describeValue(type)}`, {
      span,
      expected: `one of ${TYPES.join(', ')}`,
      suggestion: nearestName(String(type), TYPES),
    });
  }
  const { description = '', minimum, maximum } = spec;
  const bounds = { ...(minimum === undefined ? {} : { minimum }), ...(maximum === undefined ? {} : { maximum }) };
  if (isQuantity(spec.type)) return Quantity(spec.type, description);
  if (spec.type === 'number') return Type.Number({ description, ...bounds });
  if (spec.type === 'integer') return Type.Integer({ description, ...bounds });
  return spec.type === 'boolean' ? Type.Boolean({ description }) : Type.String({ description });
}

/** The values of all parameters in SI units. Errors: `missing-key` for one without value and default, those of units. */
export function valuesOf(
  specs: ParameterSpecs,
  given: Readonly<Record<string, unknown>>,
  policy: string,
  span: SpanOfParameter,
  place: Span,
): Readonly<Record<string, unknown>> {
  const values = Object.entries(specs).map(([name, spec]) => {
    const isGiven = Object.hasOwn(given, name);
    const value = isGiven ? given[name] : spec.default;
    if (value === undefined) {
      fail('missing-key', `policy "${policy}" needs the parameter "${name}"`, {
        expected: spec.description || `a value of type ${spec.type}`,
      });
    }
    return [name, isQuantity(spec.type) ? parseQuantity(value, spec.type, isGiven ? span(name) : place) : value];
  });
  return Object.freeze(Object.fromEntries(values));
}
