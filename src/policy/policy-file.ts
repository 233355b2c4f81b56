import { Type } from '@sinclair/typebox';
import { type Path, subDocument, type YamlDocument } from '../base/document.ts';
import { type Diagnostic, InputError, inSourceOrder, type Span } from '../base/errors.ts';
import { Version, validate } from '../base/schema.ts';
import { RULE_PARTS, RULES } from './rules/schema.ts';

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
    ...RULES,
    rules: Type.Optional(RULES.rules),
  },
  { ...strict, $defs: RULE_PARTS, $id: 'policy', title: 'Isotherm policy' },
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

/**
 * Reads a policy file. Errors: those of the schema; `missing-key` without `uses`, `stack` or `rules`, `unknown-key` if several are
 * given.
 */
export function parsePolicy(document: YamlDocument): PolicySpec {
  const { version, name, description, uses, parameters, stack, ...ofRules } = validate(document, PolicySchema);
  const entry = (path: Path, kind: string, values: object = {}): PolicyEntry => ({
    uses: kind,
    usesSpan: document.span([...path, 'uses']),
    parameters: subDocument(document, [...path, 'parameters'], values),
  });
  checkAlternatives(document, { uses, parameters, stack, ...ofRules });
  const single = (): PolicyEntry =>
    ofRules.rules === undefined
      ? entry([], uses as string, parameters)
      : { uses: 'rules', usesSpan: document.keySpan(['rules']), parameters: subDocument(document, [], ofRules) };
  const entries = stack?.map((one, i) => entry(['stack', i], one.uses, one.parameters)) ?? [single()];
  return { name, description: description ?? '', entries, document };
}

/** The keys of which a file has one, with the keys that go with it, and what to write instead of others. */
const WAYS: Readonly<Record<string, { readonly keys: readonly string[]; readonly expected: string }>> = {
  uses: { keys: ['parameters'], expected: 'the parameters of the kind inside "parameters"' },
  rules: { keys: Object.keys(RULES), expected: 'rules alone' },
  stack: { keys: [], expected: 'parameters inside each entry of "stack"' },
};

function checkAlternatives(document: YamlDocument, file: Readonly<Record<string, unknown>>): void {
  const problems: Diagnostic[] = [];
  const given = Object.keys(file).filter((key) => file[key] !== undefined);
  const way = given.findLast((key) => Object.hasOwn(WAYS, key));
  if (way === undefined) {
    problems.push({
      code: 'missing-key',
      message: 'the file needs the key "uses", the key "rules" or the key "stack"',
      span: document.span([]),
      expected: 'a kind of policy, a list of rules, or a list of kinds',
    });
  }
  for (const key of given) {
    if (way === undefined || key === way || WAYS[way].keys.includes(key)) continue;
    problems.push({
      code: 'unknown-key',
      message: `"${key}" has no meaning beside "${way}"`,
      span: document.keySpan([key]),
      expected: Object.hasOwn(WAYS, key) ? `either "${key}" or "${way}"` : WAYS[way].expected,
    });
  }
  if (problems.length > 0) throw new InputError(inSourceOrder(problems));
}
