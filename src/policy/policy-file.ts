import { Type } from '@sinclair/typebox';
import { type Path, subDocument, type YamlDocument } from '../base/document.ts';
import { type Diagnostic, InputError, inSourceOrder, type Span } from '../base/errors.ts';
import { Version, validate } from '../base/schema.ts';

const strict = { additionalProperties: false } as const;

const Uses = Type.String({ minLength: 1, description: 'Kind of policy that the parameters belong to' });
const Parameters = Type.Record(Type.String(), Type.Unknown());

/** The schema of policies/NAME.yaml. */
export const PolicySchema = Type.Object(
  {
    version: Version,
    name: Type.String({ minLength: 1 }),
    description: Type.Optional(Type.String()),
    uses: Type.Optional(Uses),
    parameters: Type.Optional(Parameters),
    stack: Type.Optional(
      Type.Array(Type.Object({ uses: Uses, parameters: Type.Optional(Parameters) }, strict), {
        minItems: 1,
        description:
          'Policies, highest priority first; each chooses within the points that those before it allow. Instead of "uses"',
      }),
    ),
  },
  { ...strict, $id: 'policy', title: 'Isotherm policy' },
);

/** One policy of a file. */
export interface PolicyEntry {
  readonly uses: string;
  readonly usesSpan: Span;
  /** The parameters as a document; the schema of the policy's kind applies to them. */
  readonly parameters: YamlDocument;
}

export interface PolicySpec {
  readonly name: string;
  readonly description: string;
  /** The policies, highest priority first; just one if the file has `uses`. */
  readonly entries: readonly PolicyEntry[];
  readonly document: YamlDocument;
}

/** Reads a policy file. Errors: those of the schema; `missing-key` without `uses` or `stack`, `unknown-key` if both are given. */
export function parsePolicy(document: YamlDocument): PolicySpec {
  const { name, description, uses, parameters, stack } = validate(document, PolicySchema);
  const entry = (path: Path, kind: string, values: object = {}): PolicyEntry => ({
    uses: kind,
    usesSpan: document.span([...path, 'uses']),
    parameters: subDocument(document, [...path, 'parameters'], values),
  });
  checkAlternatives(document, { uses, parameters, stack });
  const entries = stack?.map((one, i) => entry(['stack', i], one.uses, one.parameters)) ?? [
    entry([], uses as string, parameters),
  ];
  return { name, description: description ?? '', entries, document };
}

function checkAlternatives(
  document: YamlDocument,
  { uses, parameters, stack }: { uses?: unknown; parameters?: unknown; stack?: unknown },
): void {
  const problems: Diagnostic[] = [];
  if (uses === undefined && stack === undefined) {
    problems.push({
      code: 'missing-key',
      message: 'the file needs the key "uses" or the key "stack"',
      span: document.span([]),
      expected: 'a kind of policy, or a list of them',
    });
  }
  for (const [key, value] of Object.entries({ uses, parameters })) {
    if (stack === undefined || value === undefined) continue;
    problems.push({
      code: 'unknown-key',
      message: `"${key}" has no meaning beside "stack"`,
      span: document.keySpan([key]),
      expected: key === 'uses' ? 'either "uses" or "stack"' : 'parameters inside each entry of "stack"',
    });
  }
  if (problems.length > 0) throw new InputError(inSourceOrder(problems));
}
