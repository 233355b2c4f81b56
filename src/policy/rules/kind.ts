import { type Static, Type } from '@sinclair/typebox';
import { fail } from '../../base/errors.ts';
import type { PolicyKind, RunnablePolicy } from '../policy.ts';
import { type Program, programOf } from './program.ts';
import { RULE_PARTS, RULES, type RulesFile } from './schema.ts';
import { type RuleState, startOf, Turn } from './turn.ts';

const Parameters = Type.Object(
  // `check` requires them, not the schema: a policy file may leave them to the experiment that uses it.
  { ...RULES, rules: Type.Optional(RULES.rules) },
  { additionalProperties: false, $defs: RULE_PARTS },
);

interface Checked {
  readonly file: RulesFile;
  /** Compiles the rules anew, as each policy has its own readings. */
  readonly compile: () => Program;
}

/** Conditions and actions written down in YAML: for each domain, the first rule whose condition holds decides. */
export const rules: PolicyKind<Checked> = {
  id: 'rules',
  description: 'conditions and actions written in YAML; for each domain the first rule that holds decides',
  role: 'choice',
  parameters: Parameters,
  check(parameters, setting, span) {
    const { rules: given, ...more } = parameters as Static<typeof Parameters>;
    if (given === undefined) {
      fail('missing-key', 'policy "rules" needs rules', {
        expected: 'a list such as [{ when: { queue: { above: 0 } }, then: { point: highest } }]',
      });
    }
    const file = { ...more, rules: given } as RulesFile;
    const compile = (): Program => programOf(file, setting, ([name, ...inner]) => span(String(name), ...inner));
    compile();
    return { file, compile };
  },
  create({ file, compile }): RunnablePolicy<RuleState> {
    const program = compile();
    const turn = new Turn(program);
    return {
      initial: startOf(program),
      role: program.role,
      triggers: file.at,
      predicts: program.predicts,
      marksK: program.tripsK,
      decide: (observation, state) => turn.decide(observation, state),
    };
  },
};
