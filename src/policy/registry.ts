import type { YamlDocument } from '../base/document.ts';
import { fail, nearestName, placedAt, type Span } from '../base/errors.ts';
import { validate } from '../base/schema.ts';
import { boost } from './budgets/boost.ts';
import { powerAllocator } from './budgets/power-allocator.ts';
import { powerLimit } from './budgets/power-limit.ts';
import { mpcThermal, transientTsp } from './budgets/predicted.ts';
import { regional } from './budgets/regional.ts';
import { tsp } from './budgets/tsp.ts';
import { cometOndemand } from './governors/comet-ondemand.ts';
import { conservative } from './governors/conservative.ts';
import { ondemand } from './governors/ondemand.ts';
import { pidPace } from './governors/pid-pace.ts';
import { schedutil } from './governors/schedutil.ts';
import { slackStep } from './governors/slack-step.ts';
import { bangBang } from './kinds/bang-bang.ts';
import { componentUtil } from './kinds/component-util.ts';
import { fixed } from './kinds/fixed.ts';
import { gateIdlePes } from './kinds/gate-idle-pes.ts';
import { pace } from './kinds/pace.ts';
import { performance } from './kinds/performance.ts';
import { pidFrequency } from './kinds/pid-frequency.ts';
import { powersave } from './kinds/powersave.ts';
import { raceToIdle } from './kinds/race-to-idle.ts';
import { schedule } from './kinds/schedule.ts';
import { staticBest } from './kinds/static-best.ts';
import { stepWise } from './kinds/step-wise.ts';
import { userspace } from './kinds/userspace.ts';
import type { PolicyContext, PolicyKind, PolicySetting, RunnablePolicy, SpanOfParameter } from './policy.ts';
import { rules } from './rules/kind.ts';

/** Every kind of policy. To add one, add a file beside these and a line here. */
export const POLICY_KINDS: readonly PolicyKind[] = [
  performance,
  powersave,
  fixed,
  userspace,
  raceToIdle,
  staticBest,
  schedule,
  pace,
  slackStep,
  pidPace,
  ondemand,
  conservative,
  schedutil,
  cometOndemand,
  componentUtil,
  stepWise,
  bangBang,
  powerAllocator,
  pidFrequency,
  mpcThermal,
  tsp,
  transientTsp,
  regional,
  boost,
  powerLimit,
  gateIdlePes,
  rules,
];

/**
 * A policy from the id of its kind and its parameters. Later documents override earlier ones. Errors: those of
 * `checkInSetting`.
 */
export function createPolicy(
  uses: string,
  usesSpan: Span | undefined,
  parameters: readonly YamlDocument[],
  context: PolicyContext,
  kinds: readonly PolicyKind[],
): { readonly role: PolicyKind['role']; readonly policy: RunnablePolicy } {
  const { kind, checked } = checkInSetting(uses, usesSpan, parameters, context, kinds);
  const policy = placedAt(usesSpan, () => kind.create(checked, context));
  return { role: policy.role ?? kind.role, policy };
}

/**
 * Makes every check of a policy that needs no workload. Returns its parameters in the form that `create` takes. Errors:
 * those of `checkPolicy`, and those of the kind, placed at `usesSpan` if they have no better place.
 */
export function checkInSetting(
  uses: string,
  usesSpan: Span | undefined,
  parameters: readonly YamlDocument[],
  setting: PolicySetting,
  kinds: readonly PolicyKind[],
): { readonly kind: PolicyKind; readonly checked: unknown } {
  const { kind, checked } = checkPolicy(uses, usesSpan, parameters, kinds);
  const merged = Object.assign({}, ...checked.map((c) => c.values)) as Record<string, unknown>;
  const span: SpanOfParameter = (...path) =>
    checked.findLast((c) => Object.hasOwn(c.values, path[0]))?.document.span(path);
  return { kind, checked: placedAt(usesSpan, () => kind.check(merged, setting, span)) };
}

/** Makes the checks of a policy of one of `kinds` that need no accelerator. Errors: `unknown-name`, those of the schema. */
export function checkPolicy(
  uses: string,
  usesSpan: Span | undefined,
  parameters: readonly YamlDocument[],
  kinds: readonly PolicyKind[] = POLICY_KINDS,
) {
  const ids = kinds.map((kind) => kind.id);
  const kind =
    kinds.find((k) => k.id === uses) ??
    fail('unknown-name', `there is no policy "${uses}"`, {
      span: usesSpan,
      expected: `one of ${ids.join(', ')}`,
      suggestion: nearestName(uses, ids),
    });
  const checked = parameters.map((document) => ({
    document,
    values: validate(document, kind.parameters) as Record<string, unknown>,
  }));
  return { kind, checked };
}
