import type { Path } from '../../base/document.ts';
import { fail, mapCollecting, type Span } from '../../base/errors.ts';
import type { PolicyDomain, PolicyRole, PolicySetting } from '../policy.ts';
import type { IdleState, RestStates } from '../states/states.ts';
import { type Action, actionKey, actionOn, domainsOf } from './actions.ts';
import { Code } from './code.ts';
import { type Condition, Conditions } from './conditions.ts';
import { Moves } from './moves.ts';
import { powerCapOf, restOf } from './rest-and-power.ts';
import type { RuleFile, RulesFile } from './schema.ts';

/** A rule on one domain. */
export interface Clause {
  readonly rule: number;
  readonly name: string;
  readonly condition: Condition;
  /** The place in the code at which its condition starts; -1 if the rule says nothing besides points. */
  readonly start: number;
  /** Null if the rule says nothing of points. */
  readonly action: Action | null;
  readonly idle: IdleState | undefined;
  /** States of this domain, and a power cap, if the rule says some. */
  readonly rest: RestStates | undefined;
  readonly power: ReturnType<typeof powerCapOf>;
  readonly residency: number;
  readonly urgent: boolean;
}

/** The rules, compiled for the domains of a design. */
export interface Program {
  readonly role: PolicyRole;
  readonly conditions: Conditions;
  readonly code: Code;
  readonly domains: readonly PolicyDomain[];
  /** By domain, in the order of the rules. */
  readonly clauses: readonly (readonly Clause[])[];
  /** By domain: the clauses that say something of points, and the place in the code at which their list starts; -1 without any. */
  readonly choices: readonly (readonly Clause[])[];
  readonly starts: Int32Array;
  readonly moves: Moves;
  /** Indices of the domains that some rule decides; the policies below decide the others. */
  readonly decided: Int32Array;
  readonly epochS: number;
  /** Residency after a change that no rule makes: the end of a cap. */
  readonly residency: number;
  /** Whether some rule says states or a power cap. */
  readonly saysBeside: boolean;
  /** Whether some condition reads a prediction. */
  readonly predicts: boolean;
  /** Temperatures that charts draw as lines, K. */
  readonly tripsK: readonly number[];
}

/** Compiles rules. Errors: those of all rules together. */
export function programOf(file: RulesFile, setting: PolicySetting, spanAt: (path: Path) => Span | undefined): Program {
  const { rules, role = 'choice', residency = 0 } = file;
  const conditions = new Conditions(setting, spanAt);
  const code = new Code();
  const ofRules = mapCollecting(rules.entries(), ([r, rule]) => {
    const span = (...path: Path): Span | undefined => spanAt(['rules', r, ...path]);
    const key = actionKey(rule.then, role, (...path) => span('then', ...path));
    const inRegion = rule.for_each !== undefined;
    const domains = domainsOf(rule.then.domains, inRegion, setting, span);
    const ofDomains = mapCollecting(domains, (domain): [PolicyDomain, Clause] => {
      const condition = conditions.compile(rule.when, ['rules', r, 'when'], domain, inRegion);
      const action = key && actionOn(domain, rule.then, key, role, (...path) => span('then', ...path));
      const rest = restOf(rule.then, domain, (...path) => span('then', ...path));
      const parts = partsOf(rule, r, residency);
      const saysBeside = parts.idle !== undefined || parts.power !== undefined || rest !== undefined;
      const start = saysBeside ? code.add([condition.tree]) : -1;
      return [domain, { ...parts, condition, start, action, rest }];
    });
    return new Map(ofDomains);
  });
  checkPowerCaps(rules, spanAt);
  const clauses = setting.domains.map((domain) => ofRules.flatMap((ofRule) => ofRule.get(domain) ?? []));
  const choices = clauses.map((all) => all.filter(({ action }) => action !== null));
  const starts = Int32Array.from(choices, (all) => code.add(all.map(({ condition }) => condition.tree)));
  conditions.pack();
  return {
    role,
    conditions,
    code: code.pack(),
    domains: setting.domains,
    clauses,
    choices,
    starts,
    moves: new Moves(choices, residency),
    decided: Int32Array.from(choices.flatMap((all, d) => (all.length > 0 ? [d] : []))),
    epochS: setting.epochS,
    residency,
    saysBeside: clauses.flat().some(({ rest, power }) => (rest ?? power) !== undefined),
    predicts: conditions.predicts,
    tripsK: [...new Set(clauses.flat().flatMap(({ condition }) => condition.trip?.tripK ?? []))],
  };
}

/** Whether the condition of a clause holds that says something besides points. */
export function holds({ code, conditions }: Program, { start }: Pick<Clause, 'start'>): boolean {
  return code.first(start, conditions) === 0;
}

function partsOf({ name, then, residency, urgent = false }: RuleFile, rule: number, usual: number) {
  return {
    rule,
    name: name ?? `rule ${rule + 1}`,
    idle: then.idle,
    power: powerCapOf(then),
    residency: residency ?? usual,
    urgent,
  };
}

/** A decision has one power cap for all together, or some by domain. Error: `unknown-key`. */
function checkPowerCaps(rules: readonly RuleFile[], spanAt: (path: Path) => Span | undefined): void {
  const capping = rules.flatMap(({ then }, r) =>
    then.power_cap === undefined ? [] : [{ r, byDomain: then.domains !== undefined }],
  );
  const other = capping.find(({ byDomain }) => byDomain !== capping[0].byDomain);
  if (!other) return;
  fail('unknown-key', 'one policy caps the power of all together and that of domains', {
    span: spanAt(['rules', other.r, 'then', 'power_cap']),
    expected: '`domains` beside every power_cap or beside none; or two policies',
  });
}
