import { fail, type Span } from '../../base/errors.ts';
import { parseQuantity } from '../../base/units.ts';
import type { Decision, PolicyDomain } from '../policy.ts';
import { type DomainState, type RestStates, statesOf } from '../states/states.ts';
import type { ActionFile } from './schema.ts';

/** A rule on one domain, as far as it says something besides points. */
interface Clause {
  readonly name: string;
  readonly start: number;
  readonly rest: RestStates | undefined;
  readonly power: ReturnType<typeof powerCapOf>;
}

type SpanOf = (...path: readonly (string | number)[]) => Span | undefined;

/**
 * The states of a domain that an action says. Errors: `unknown-name` for a state that the domain does not have; `not-supported` for unused
 * PEs that cannot be switched.
 */
export function restOf({ states }: ActionFile, domain: PolicyDomain, span: SpanOf): RestStates | undefined {
  if (states === undefined) return undefined;
  const { idle, barrier, unused_pes } = states;
  const has = statesOf(domain);
  for (const [key, state] of [['idle', idle] as const, ['barrier', barrier] as const]) {
    if (state === undefined || has.includes(state)) continue;
    fail('unknown-name', `domain "${domain.name}" has no state "${state}"`, {
      span: span('states', key),
      expected: `one of ${has.join(', ')}, or \`domains\` without it`,
    });
  }
  if (unused_pes === 'off' && !domain.unusedPes) {
    fail('not-supported', `the PEs of domain "${domain.name}" cannot be switched off row by row`, {
      span: span('states', 'unused_pes'),
      expected: '`unused_pes` in the array of the accelerator file, and the domain of its PEs',
    });
  }
  return { ...(idle && { idle }), ...(barrier && { barrier }), ...(unused_pes && { unusedPes: unused_pes }) };
}

/** The power cap of an action, W, and whether it is one by domain. */
export function powerCapOf({
  power_cap,
  domains,
}: ActionFile): { readonly capW: number; readonly byDomain: boolean } | undefined {
  if (power_cap === undefined) return undefined;
  return { capW: parseQuantity(power_cap, 'power'), byDomain: domains !== undefined };
}

/** The part of rules besides points: the states of domains without work, and power caps. Each comes from the first rule that holds and says it. */
export class RestAndPower {
  private readonly domains: readonly PolicyDomain[];
  private readonly clauses: readonly (readonly Clause[])[];
  private readonly holds: (clause: Clause) => boolean;
  private readonly saysStates: boolean;
  private readonly saysPower: boolean;
  /** The last answers, as texts and as they are: equal answers are one object. */
  private states: { readonly text: string; readonly value: Decision['states'] } = { text: '', value: undefined };
  private caps: { readonly text: string; readonly value: Decision['capW'] } = { text: '', value: undefined };

  /** `holds` says whether the condition of a clause holds now. */
  constructor(
    domains: readonly PolicyDomain[],
    clauses: readonly (readonly Clause[])[],
    holds: (clause: Clause) => boolean,
  ) {
    this.domains = domains;
    this.clauses = clauses;
    this.holds = holds;
    this.saysStates = clauses.flat().some(({ rest }) => rest !== undefined);
    this.saysPower = clauses.flat().some(({ power }) => power !== undefined);
  }

  /** The rules that say something of these now, by name; null if none does. */
  get because(): string | null {
    const names = this.clauses.flatMap((all) =>
      all.filter((clause) => (clause.rest ?? clause.power) !== undefined && this.holds(clause)).map(({ name }) => name),
    );
    return names.length === 0 ? null : [...new Set(names)].join(', ');
  }

  restStates(): Decision['states'] {
    if (!this.saysStates) return undefined;
    const value = Object.fromEntries(
      this.domains.flatMap(({ name }, d): [string, RestStates][] => {
        const rest: { -readonly [K in keyof RestStates]: DomainState } = {};
        for (const clause of this.clauses[d]) {
          const { rest: said } = clause;
          if (said === undefined || !this.holds(clause)) continue;
          rest.idle ??= said.idle;
          rest.barrier ??= said.barrier;
          rest.unusedPes ??= said.unusedPes;
        }
        const given = Object.fromEntries(Object.entries(rest).filter(([, state]) => state !== undefined));
        return Object.keys(given).length > 0 ? [[name, given]] : [];
      }),
    );
    const text = JSON.stringify(value);
    if (text !== this.states.text) this.states = { text, value: text === '{}' ? undefined : value };
    return this.states.value;
  }

  powerCap(): Decision['capW'] {
    if (!this.saysPower) return undefined;
    let all: number | undefined;
    const by: [string, number][] = [];
    this.domains.forEach(({ name }, d) => {
      const said = this.clauses[d].find((clause) => clause.power !== undefined && this.holds(clause))?.power;
      if (!said) return;
      if (said.byDomain) by.push([name, said.capW]);
      else all ??= said.capW;
    });
    const value = all ?? (by.length > 0 ? Object.fromEntries(by) : undefined);
    const text = JSON.stringify(value) ?? '';
    if (text !== this.caps.text) this.caps = { text, value };
    return this.caps.value;
  }
}
