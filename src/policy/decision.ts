import { describeValue, fail, InputError, nearestName, placedAt, type Span } from '../base/errors.ts';
import type { Decision, Observation, PointByDomain, PolicyDomain } from './policy.ts';
import { topOf } from './ranges.ts';
import { statesProblem } from './rest/rest.ts';

/** Most settings of a joint set. */
const MOST_SETTINGS = 4096;

/** Calls `decide` of a policy, and checks what it returns. */
export type CheckedDecide = (
  policy: string,
  observation: Observation,
  decide: () => Decision,
  place: Span | undefined,
) => Decision;

/**
 * Checks decisions in one place. Errors: `policy-failed` if a policy throws; `decision-invalid` for anything that is no decision: a
 * domain that does not exist, a point that its table does not have, an empty range or joint set, a time that is not later. Each names
 * the policy, the time and what was allowed.
 */
export function decisionChecker(domains: readonly PolicyDomain[]): CheckedDecide {
  // Most policies return the same few objects again and again.
  const known = new WeakSet<object>();
  return (policy, { timeS }, decide, place) => {
    const at = (): string => `policy "${policy}" at ${Number(timeS.toPrecision(6))} s`;
    return placedAt(place, () => check(at, timeS, decide));
  };

  function check(at: () => string, timeS: number, decide: () => Decision): Decision {
    const decision = decided(at, decide);
    const { wakeS } = decision;
    if (wakeS !== undefined && !(wakeS > timeS)) invalid(at(), `wants to wake at ${wakeS} s`, 'a later time in s');
    if (known.has(decision)) return decision;
    checkDecision(at(), decision, domains);
    known.add(decision);
    return decision;
  }
}

function decided(at: () => string, decide: () => Decision): Decision {
  let decision: Decision;
  try {
    decision = decide();
  } catch (error) {
    // A module's own errors name the policy alone.
    if (error instanceof InputError) {
      throw new InputError(
        error.diagnostics.map((d) => ({
          ...d,
          message: d.message.replace(/^policy "[^"]*"(?=: )|^it(?= asks)/, at()),
        })),
      );
    }
    const text = error instanceof Error ? error.message : String(error);
    return fail('policy-failed', `${at()} failed: ${text}`, { expected: 'a decision' });
  }
  if (typeof decision === 'object' && decision !== null) return decision;
  return invalid(at(), `returned ${describeValue(decision)}`, 'a decision: { ranges, state, reason }');
}

function checkDecision(at: string, decision: Decision, domains: readonly PolicyDomain[]): void {
  const { ranges, joint, capW, reason } = decision;
  if (typeof ranges !== 'object' || ranges === null) invalid(at, 'has no ranges', 'a range by domain, or {} for none');
  if (typeof reason !== 'string') invalid(at, 'gives no reason', 'a text');
  const problem = statesProblem(decision, domains);
  if (problem) {
    const { wants, expected, suggestion } = problem;
    fail('decision-invalid', `${at} ${wants}`, { expected, suggestion });
  }
  if (capW !== undefined) checkCap(at, capW, domains);
  for (const name of Object.keys(ranges)) {
    const domain = domainOf(at, name, domains);
    const range: unknown = ranges[name];
    const [low, high] = Array.isArray(range) ? range : [Number.NaN, Number.NaN];
    if (isPoint(low, domain) && isPoint(high, domain) && low <= high) continue;
    invalid(at, `wants ${textOf(range)} in domain "${name}"`, `[low, high], with points from 0 to ${topOf(domain)}`);
  }
  if (joint !== undefined) checkJoint(at, joint, domains);
}

function checkCap(at: string, capW: NonNullable<Decision['capW']>, domains: readonly PolicyDomain[]): void {
  const isPower = (watts: unknown): boolean => typeof watts === 'number' && Number.isFinite(watts) && watts >= 0;
  if (typeof capW === 'number' && isPower(capW)) return;
  if (typeof capW !== 'object' || capW === null) {
    invalid(at, `gives a cap of ${describeValue(capW)}`, 'a power in W, or one by domain');
  }
  for (const [name, watts] of Object.entries(capW)) {
    domainOf(at, name, domains);
    if (!isPower(watts)) invalid(at, `gives domain "${name}" a cap of ${textOf(watts)} W`, 'a power of 0 W or more');
  }
}

function checkJoint(at: string, joint: readonly PointByDomain[], domains: readonly PolicyDomain[]): void {
  if (!Array.isArray(joint) || joint.length === 0 || joint.length > MOST_SETTINGS) {
    const count = Array.isArray(joint) ? `${joint.length} settings` : describeValue(joint);
    invalid(at, `gives a joint set of ${count}`, `1 to ${MOST_SETTINGS} settings of points by domain, the best first`);
  }
  const names = Object.keys(joint[0]);
  for (const setting of joint) {
    for (const [name, point] of Object.entries(setting)) {
      const domain = domainOf(at, name, domains);
      if (!isPoint(point, domain)) {
        invalid(at, `wants point ${textOf(point)} in domain "${name}"`, `a point from 0 to ${topOf(domain)}`);
      }
    }
    if (names.length === Object.keys(setting).length && names.every((name) => Object.hasOwn(setting, name))) continue;
    invalid(at, 'gives a joint set of different domains', `${names.join(', ')} in every setting`);
  }
}

function domainOf(at: string, name: string, domains: readonly PolicyDomain[]): PolicyDomain {
  const found = domains.find((domain) => domain.name === name);
  if (found) return found;
  const names = domains.map((domain) => domain.name);
  return fail('decision-invalid', `${at} decides domain "${name}", which does not exist`, {
    expected: `one of ${names.join(', ')}`,
    suggestion: nearestName(name, names),
  });
}

function isPoint(point: unknown, domain: PolicyDomain): boolean {
  return Number.isInteger(point) && (point as number) >= 0 && (point as number) <= topOf(domain);
}

function textOf(value: unknown): string {
  return Array.isArray(value) ? `[${value.map(String).join(', ')}]` : String(value);
}

function invalid(at: string, what: string, expected: string): never {
  fail('decision-invalid', `${at} ${what}`, { expected });
}
