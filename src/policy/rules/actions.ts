import { fail, nearestName, type Span } from '../../base/errors.ts';
import { domainNamed, pointAt } from '../clocks.ts';
import type { PolicyDomain, PolicyRole, PolicySetting } from '../policy.ts';
import { topOf } from '../ranges.ts';
import { isLike } from '../zone.ts';
import type { ActionFile } from './schema.ts';

/** The effect of a rule on one domain. `step` and `set` move it, so that it stays there; a `bound` ends with its rule. */
export type Action =
  | { readonly kind: 'step'; readonly by: number }
  | { readonly kind: 'set'; readonly point: number }
  | { readonly kind: 'bound'; readonly low: number; readonly high: number }
  | { readonly kind: 'cap'; readonly high: number }
  | { readonly kind: 'keep' };

const KEYS = ['lower', 'raise', 'point', 'range', 'cap', 'keep'] as const;
const OF_CAPS: readonly string[] = ['lower', 'raise', 'cap', 'keep'];

type SpanOf = (...path: readonly (string | number)[]) => Span | undefined;

/** Keys that go with any action, or stand alone. */
const BESIDE = ['idle', 'states', 'power_cap'] as const;

/**
 * The key that says what a rule does to points; null if it only says something besides. Errors: `unknown-key` for two of them, or for one that a cap
 * cannot do; `missing-key` for none.
 */
export function actionKey(file: ActionFile, role: PolicyRole, span: SpanOf): (typeof KEYS)[number] | null {
  const [key, other] = KEYS.filter((one) => file[one] !== undefined);
  if (other !== undefined) {
    fail('unknown-key', `an action has "${key}" or "${other}", not both`, {
      span: span(other),
      expected: 'one of the two',
    });
  }
  if (key === undefined) {
    if (BESIDE.some((one) => file[one] !== undefined)) return null;
    fail('missing-key', 'the action says nothing to do', {
      span: span(),
      expected: `one of ${[...(role === 'cap' ? OF_CAPS : KEYS), ...BESIDE].join(', ')}`,
    });
  }
  if (role === 'cap' && !OF_CAPS.includes(key)) {
    fail('unknown-key', `a cap cannot take a "${key}": it only limits other policies`, {
      span: span(key),
      expected: `one of ${OF_CAPS.join(', ')}; or the role choice`,
    });
  }
  return key;
}

/** The action of a rule on a domain. Errors: `unknown-operating-point`; `unknown-name` for a word that is no point. */
export function actionOn(
  domain: PolicyDomain,
  file: ActionFile,
  key: (typeof KEYS)[number],
  role: PolicyRole,
  span: SpanOf,
): Action {
  const { lower, raise, point, range, cap } = file;
  switch (key) {
    case 'lower':
      return { kind: 'step', by: -lower! };
    case 'raise':
      return { kind: 'step', by: raise! };
    case 'point':
      return { kind: 'set', point: pointNamed(point!, domain, span('point')) };
    case 'cap': {
      const high = pointNamed(cap!, domain, span('cap'));
      return role === 'cap' ? { kind: 'bound', low: 0, high } : { kind: 'cap', high };
    }
    case 'range': {
      const [low, high] = range!.map((text, i) => pointNamed(text, domain, span('range', i)));
      if (low > high) {
        fail('out-of-range', `the range from ${range!.join(' to ')} is empty`, {
          span: span('range'),
          expected: 'the lower point first',
        });
      }
      return { kind: 'bound', low, high };
    }
    default:
      return { kind: 'keep' };
  }
}

const WORDS = ['lowest', 'nominal', 'highest'];

function pointNamed(text: string, domain: PolicyDomain, span: Span | undefined): number {
  if (text === 'lowest') return 0;
  if (text === 'nominal') return domain.nominal;
  if (text === 'highest') return topOf(domain);
  if (/^[A-Za-z]/.test(text)) {
    fail('unknown-name', `there is no point "${text}"`, {
      span,
      expected: `${WORDS.join(', ')}, or a clock such as 600MHz`,
      suggestion: nearestName(text, WORDS),
    });
  }
  return pointAt(text, domain, span);
}

/**
 * The domains on which a rule acts. Errors: `unknown-name`; for a rule for each region, `not-supported` if the die has one clock, and
 * `missing-key` without a floorplan.
 */
export function domainsOf(
  names: ActionFile['domains'],
  isForRegions: boolean,
  { domains, places }: PolicySetting,
  span: SpanOf,
): readonly PolicyDomain[] {
  const patterns = names === undefined ? [] : typeof names === 'string' ? [names] : names;
  const named = new Set(
    patterns.flatMap((pattern, i) => {
      const parts = pattern.split('*');
      const found = domains.filter(({ name }) => isLike(name, parts));
      if (found.length > 0) return found;
      const place = typeof names === 'string' ? span('then', 'domains') : span('then', 'domains', i);
      return [domainNamed(pattern, domains, place)];
    }),
  );
  const chosen = names === undefined ? domains : domains.filter((domain) => named.has(domain));
  if (!isForRegions) return chosen;
  if (places.length === 0) {
    fail('missing-key', 'a rule for each region needs a floorplan', {
      span: span('for_each'),
      expected: 'an accelerator with a floorplan',
    });
  }
  const hasBlocks = ({ name }: PolicyDomain): boolean => places.some((place) => place.domains.includes(name));
  if (domains.filter(hasBlocks).length < 2) {
    fail('not-supported', 'a rule for each region needs regions with clocks of their own, and the die has one clock', {
      span: span('for_each'),
      expected:
        'two domains or more: a wavefront passes through all PEs of an array, so one array cannot run at two clocks',
    });
  }
  return chosen.filter(hasBlocks);
}
