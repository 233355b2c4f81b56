import { describeValue, fail, InputError, nearestName, placedAt } from '../../base/errors.ts';
import type { Decision, PointByDomain, PolicyDomain, RunnablePolicy } from '../policy.ts';
import { topOf } from '../ranges.ts';
import { statesProblem } from '../states/rest.ts';
import { Wish } from './wish.ts';

/** Most settings of a joint set. */
const MOST_SETTINGS = 4096;

/** Most characters of a reason: it is a row of events.csv. */
const MOST_LETTERS = 10_000;

/** `decide` of a policy, whose decisions are checked. */
export type CheckedDecide = RunnablePolicy['decide'];

/**
 * Checks the decisions of one policy, in one place for all. Errors: `policy-failed` if it throws; `decision-invalid` for anything that is
 * no decision: a domain that does not exist, a point that its table does not have, an empty range or joint set, a time that is not
 * later. Each names the policy, the time and what was allowed. `wish` takes the ranges.
 */
export function checkedDecide(
  name: string,
  policy: RunnablePolicy,
  domains: readonly PolicyDomain[],
  wish = new Wish(domains),
): CheckedDecide {
  let last: Decision = NOTHING;
  let timeS = 0;
  const at = (): string => `policy "${name}" at ${Number(timeS.toPrecision(6))} s`;
  /**
   * Policies say the same again and again: whether all of it was checked with the last decision. The same object is the same answer, for
   * a policy never changes what it returned: a module's answers are frozen. Each field is checked without the others, but for states,
   * of which `idle` is one.
   */
  const isKnown = ({ ranges, joint, states, idle, capW, wakeS, reason }: Decision): boolean =>
    typeof ranges === 'object' &&
    ranges !== null &&
    wish.take(ranges) &&
    (joint === undefined || joint === last.joint) &&
    (states === undefined || states === last.states) &&
    (idle === undefined || idle === last.idle) &&
    (capW === undefined || isPower(capW)) &&
    (wakeS === undefined || wakeS > timeS) &&
    typeof reason === 'string' &&
    reason.length <= MOST_LETTERS;
  const failThrown = (error: unknown): never => placedAt(policy.place, () => rethrow(error, at()));
  const check = (decision: Decision): void => placedAt(policy.place, () => checkDecision(at, decision, timeS, domains));
  // Without closures of its own, which would cost every call the memory for what they hold.
  return (observation, state, random) => {
    timeS = observation.timeS;
    let decision: Decision;
    try {
      decision = policy.decide(observation, state, random);
    } catch (error) {
      return failThrown(error);
    }
    if (typeof decision !== 'object' || decision === null || !isKnown(decision)) check(decision);
    last = decision;
    return decision;
  };
}

/** No decision has these ranges. */
const NOTHING: Decision = { ranges: {}, state: null, reason: '' };

function rethrow(error: unknown, at: string): never {
  // A module's own errors name the policy alone.
  if (error instanceof InputError) {
    throw new InputError(
      error.diagnostics.map((d) => ({ ...d, message: d.message.replace(/^policy "[^"]*"(?=: )|^it(?= asks)/, at) })),
    );
  }
  const text = error instanceof Error ? error.message : String(error);
  fail('policy-failed', `${at} failed: ${text}`, { expected: 'a decision' });
}

function checkDecision(at: At, decision: Decision, timeS: number, domains: readonly PolicyDomain[]): void {
  if (typeof decision !== 'object' || decision === null) {
    const what = decision === undefined || decision === null ? String(decision) : describeValue(decision);
    invalid(at, `returned ${what}`, 'a decision: { ranges, state, reason }');
  }
  const { ranges, joint, capW, wakeS, reason } = decision;
  if (wakeS !== undefined && !(wakeS > timeS)) invalid(at, `wants to wake at ${wakeS} s`, 'a later time in s');
  if (typeof ranges !== 'object' || ranges === null) invalid(at, 'has no ranges', 'a range by domain, or {} for none');
  if (typeof reason !== 'string') invalid(at, 'gives no reason', 'a text');
  if (reason.length > MOST_LETTERS) {
    invalid(at, `gives a reason of ${reason.length} characters`, `at most ${MOST_LETTERS}`);
  }
  const problem = statesProblem(decision, domains);
  if (problem) {
    const { wants, expected, suggestion } = problem;
    fail('decision-invalid', `${at()} ${wants}`, { expected, suggestion });
  }
  if (capW !== undefined) checkCap(at, capW, domains);
  for (const name of Object.keys(ranges)) {
    const domain = domainOf(at, name, domains);
    const range: unknown = ranges[name];
    if (Array.isArray(range) && range.length === 2) {
      const [low, high] = range;
      if (isPoint(low, domain) && isPoint(high, domain) && low <= high) continue;
    }
    invalid(at, `wants ${textOf(range)} in domain "${name}"`, `[low, high], with points from 0 to ${topOf(domain)}`);
  }
  if (joint !== undefined) checkJoint(at, joint, domains);
}

/** The policy and the time, for errors: a text that takes longer to make than a decision. */
type At = () => string;

function checkCap(at: At, capW: NonNullable<Decision['capW']>, domains: readonly PolicyDomain[]): void {
  if (typeof capW === 'number' && isPower(capW)) return;
  if (typeof capW !== 'object' || capW === null) {
    invalid(at, `gives a cap of ${describeValue(capW)}`, 'a power in W, or one by domain');
  }
  for (const [name, watts] of Object.entries(capW)) {
    domainOf(at, name, domains);
    if (!isPower(watts)) invalid(at, `gives domain "${name}" a cap of ${textOf(watts)} W`, 'a power of 0 W or more');
  }
}

function isPower(watts: unknown): boolean {
  return typeof watts === 'number' && Number.isFinite(watts) && watts >= 0;
}

function checkJoint(at: At, joint: readonly PointByDomain[], domains: readonly PolicyDomain[]): void {
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

function domainOf(at: At, name: string, domains: readonly PolicyDomain[]): PolicyDomain {
  for (let d = 0; d < domains.length; d++) if (domains[d].name === name) return domains[d];
  const names = domains.map((domain) => domain.name);
  return fail('decision-invalid', `${at()} decides domain "${name}", which does not exist`, {
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

function invalid(at: At, what: string, expected: string): never {
  fail('decision-invalid', `${at()} ${what}`, { expected });
}
