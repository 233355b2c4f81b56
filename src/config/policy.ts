import { Type } from '@sinclair/typebox';
import { subDocument, type YamlDocument } from './document.ts';
import { Version, validate } from './schema.ts';

/** policies/NAME.yaml */
export const PolicySchema = Type.Object(
  {
    version: Version,
    name: Type.String({ minLength: 1 }),
    description: Type.Optional(Type.String()),
    uses: Type.String({ minLength: 1, description: 'The policy this file sets the parameters of' }),
    parameters: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { additionalProperties: false, $id: 'policy', title: 'Isotherm policy' },
);

export interface PolicySpec {
  readonly name: string;
  readonly description: string;
  readonly uses: string;
  /** The parameters as a document, to be checked against the schema of the policy it uses. */
  readonly parameters: YamlDocument;
  readonly document: YamlDocument;
}

/** Reads a policy file; errors are the schema's. */
export function parsePolicy(document: YamlDocument): PolicySpec {
  const { name, description, uses, parameters } = validate(document, PolicySchema);
  return {
    name,
    description: description ?? '',
    uses,
    parameters: subDocument(document, ['parameters'], parameters ?? {}),
    document,
  };
}
