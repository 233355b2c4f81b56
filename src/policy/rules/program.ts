import type { Path } from '../../base/document.ts';
import { mapCollecting, type Span } from '../../base/errors.ts';
import type { PolicyDomain, PolicyRole, PolicySetting } from '../policy.ts';
import type { IdleState } from '../states/states.ts';
import { type Action, actionKey, actionOn, domainsOf } from './actions.ts';
import { type Condition, Conditions } from './conditions.ts';
import type { RuleFile, RulesFile } from './schema.ts';

/** A rule on one domain. */
export interface Clause {
  readonly rule: number;
  readonly name: string;
  readonly condition: Condition;
  /** Null if the rule only says how to idle. */
  readonly action: Action | null;
  readonly idle: IdleState | undefined;
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
      return [domain, { ...partsOf(rule, r, residency), condition, action }];
    });
    return new Map(ofDomains);
  });
  const clauses = setting.domains.map((domain) => ofRules.flatMap((ofRule) => ofRule.get(domain) ?? []));
  return {
    role,
    conditions,
    domains: setting.domains,
    clauses,
    decides: clauses.map((all) => all.some(({ action }) => action !== null)),
    residency,
    tripsK: [...new Set(clauses.flat().flatMap(({ condition }) => condition.trip?.tripK ?? []))],
  };
}

function partsOf({ name, then, residency, urgent = false }: RuleFile, rule: number, usual: number) {
  return { rule, name: name ?? `rule ${rule + 1}`, idle: then.idle, residency: residency ?? usual, urgent };
}
