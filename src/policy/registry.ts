import type { YamlDocument } from '../config/document.ts';
import { validate } from '../config/schema.ts';
import { fail, nearestName, type Span } from '../errors.ts';
import { fixed } from './fixed.ts';
import type { PolicyDomain, PolicyKind, RunnablePolicy, SpanOfParameter } from './policy.ts';

/** Every kind of policy there is; a new one is a file beside these and a line here. */
export const POLICY_KINDS: readonly PolicyKind[] = [fixed];

/**
 * A policy from its kind's id and its parameters, later documents overriding earlier ones. Errors: `unknown-name` for the
 * kind, the schema's for the parameters, and the kind's own.
 */
export function createPolicy(
  uses: string,
  usesSpan: Span | undefined,
  parameters: readonly YamlDocument[],
  domains: readonly PolicyDomain[],
): RunnablePolicy {
  const { kind, checked } = checkPolicy(uses, usesSpan, parameters);
  const merged = Object.assign({}, ...checked.map((c) => c.values)) as Record<string, unknown>;
  const span: SpanOfParameter = (name, domain) =>
    checked
      .findLast((c) => Object.hasOwn(c.values, name))
      ?.document.span(domain === undefined ? [name] : [name, domain]);
  return kind.create(merged, domains, span);
}

/** What of a policy can be checked without an accelerator. Errors: `unknown-name`, the schema's. */
export function checkPolicy(uses: string, usesSpan: Span | undefined, parameters: readonly YamlDocument[]) {
  const ids = POLICY_KINDS.map((kind) => kind.id);
  const kind =
    POLICY_KINDS.find((k) => k.id === uses) ??
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
