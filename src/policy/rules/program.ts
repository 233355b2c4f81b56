import type { Path } from '../../base/document.ts';
import { fail, mapCollecting, type Span } from '../../base/errors.ts';
import type { PolicyDomain, PolicyRole, PolicySetting } from '../policy.ts';
import type { IdleState, RestStates } from '../states/states.ts';
import { type Action, actionKey, actionOn, domainsOf } from './actions.ts';
import { type Condition, Conditions } from './conditions.ts';
import { powerCapOf, restOf } from './rest-and-power.ts';
import type { RuleFile, RulesFile } from './schema.ts';

/** A rule on one domain. */
export interface Clause {
  readonly rule: number;
  readonly name: string;
  readonly condition: Condition;
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
  readonly domains: readonly PolicyDomain[];
  /** By domain, in the order of the rules. */
  readonly clauses: readonly (readonly Clause[])[];
  /** Whether some rule decides the domain; the policies below decide the others. */
  readonly decides: readonly boolean[];
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
  const ofRules = mapCollecting(rules.entries(), ([r, rule]) => {
    const span = (...path: Path): Span | undefined => spanAt(['rules', r, ...path]);
    const key = actionKey(rule.then, role, (...path) => span('then', ...path));
    const inRegion = rule.for_each !== undefined;
    const domains = domainsOf(rule.then.domains, inRegion, setting, span);
    const ofDomains = mapCollecting(domains, (domain): [PolicyDomain, Clause] => {
      const condition = conditions.compile(rule.when, ['rules', r, 'when'], domain, inRegion);
      const action = key && actionOn(domain, rule.then, key, role, (...path) => span('then', ...path));
      const rest = restOf(rule.then, domain, (...path) => span('then', ...path));
      return [domain, { ...partsOf(rule, r, residency), condition, action, rest }];
    });
    return new Map(ofDomains);
  });
  checkPowerCaps(rules, spanAt);
  const clauses = setting.domains.map((domain) => ofRules.flatMap((ofRule) => ofRule.get(domain) ?? []));
  return {
    role,
    conditions,
    domains: setting.domains,
    clauses,
    decides: clauses.map((all) => all.some(({ action }) => action !== null)),
    residency,
    saysBeside: clauses.flat().some(({ rest, power }) => (rest ?? power) !== undefined),
    predicts: conditions.predicts,
    tripsK: [...new Set(clauses.flat().flatMap(({ condition }) => condition.trip?.tripK ?? []))],
  };
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
