import { type Static, Type } from '@sinclair/typebox';
import { fail } from '../../base/errors.ts';
import { OneOf, Quantity } from '../../base/schema.ts';
import { parseQuantity } from '../../base/units.ts';
import type { Decision, Observation, PolicyContext, PolicyDomain, PolicyKind, RunnablePolicy } from '../policy.ts';
import { exactly, exactlyAt, topOf } from '../ranges.ts';
import { percent } from '../text.ts';
import { balancedLayers } from './balance.ts';

const Parameters = Type.Object(
  {
    rule: Type.Optional(
      OneOf(
        ['balance', 'threshold'],
        'balance: by the needs of the layer; threshold: by the share of time in which the domain stalled',
      ),
    ),
    margin: Type.Optional(
      Type.Number({ minimum: 0, maximum: 1, description: 'balance: share of clock or time allowed above the balance' }),
    ),
    temperature: Type.Optional(Quantity('temperature', 'balance: temperature of the die for its leakage')),
    stall_high: Type.Optional(
      Type.Number({ minimum: 0, maximum: 1, description: 'threshold: share of stall above which a domain slows down' }),
    ),
    stall_low: Type.Optional(
      Type.Number({ minimum: 0, maximum: 1, description: 'threshold: share of stall below which it speeds up' }),
    ),
    residency: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000_000,
        description: 'threshold: least number of epochs between two changes of a domain',
      }),
    ),
  },
  { additionalProperties: false },
);

interface Checked {
  readonly rule: 'balance' | 'threshold';
  readonly margin: number;
  readonly temperatureK: number;
  readonly thresholds: Thresholds;
}

type Thresholds = { readonly high: number; readonly low: number; readonly residency: number };

/** Lowers the clock of each domain that waits for another one. */
export const componentUtil: PolicyKind<Checked> = {
  id: 'component-util',
  description: 'slows the array if DRAM is the bottleneck, and memories if the array is; needs no deadline',
  role: 'choice',
  parameters: Parameters,
  check(parameters, _, span) {
    const {
      rule = 'balance',
      margin = 0.05,
      temperature = '60C',
      stall_high: high = 0.3,
      stall_low: low = 0.05,
      residency = 2,
    } = parameters as Static<typeof Parameters>;
    if (low > high) {
      fail('out-of-range', `"stall_low", ${low}, is above "stall_high", ${high}`, {
        span: span('stall_low') ?? span('stall_high'),
        expected: 'a share of stall below which a domain speeds up, then one above which it slows down',
      });
    }
    const temperatureK = parseQuantity(temperature, 'temperature', span('temperature'));
    return { rule, margin, temperatureK, thresholds: { high, low, residency } };
  },
  create({ rule, margin, temperatureK, thresholds }, context): RunnablePolicy {
    return rule === 'balance' ? balance(context, margin, temperatureK) : threshold(context, thresholds);
  },
};

function balance(context: PolicyContext, margin: number, temperatureK: number): RunnablePolicy<null> {
  const { domains, work } = context;
  const held = exactlyAt(domains);
  // Computed at the first question with work, as not every run asks.
  let decisions: readonly Decision<null>[] | undefined;
  return {
    initial: null,
    triggers: ['start', 'layer'],
    decide({ inference, points }) {
      if (inference === null) return { ranges: held(points), state: null, reason: 'no inference runs: unchanged' };
      decisions ??= balancedLayers(context, margin, temperatureK).map((of, layer) => ({
        ranges: held(of),
        state: null,
        reason: `balance of layer ${work.layers[layer].name}`,
      }));
      return decisions[inference.layer];
    },
  };
}

interface State {
  /** By domain: when its point changed last, s. */
  readonly changedS: Readonly<Record<string, number>>;
}

/** A tick is a multiple of the epoch but for the rounding of a product. In epochs. */
const ROUNDING = 1e-6;

function threshold({ domains, epochS }: PolicyContext, thresholds: Thresholds): RunnablePolicy<State> {
  const { residency } = thresholds;
  const held = exactlyAt(domains);
  return {
    initial: { changedS: Object.fromEntries(domains.map(({ name }) => [name, -residency * epochS])) },
    decide(observation, state) {
      const { triggers, inference, points, timeS } = observation;
      const asItWas = held(points);
      if (!triggers.has('epoch')) return { ranges: asItWas, state, reason: 'unchanged until the next epoch' };
      const hasRested = ({ name }: PolicyDomain): boolean =>
        (timeS - state.changedS[name]) / epochS >= residency - ROUNDING;
      const changed = domains.flatMap((domain): Step[] => {
        const step = inference === null || !hasRested(domain) ? 0 : stepOf(domain, observation, thresholds);
        return step === 0 ? [] : [{ domain, step }];
      });
      if (changed.length === 0) return { ranges: asItWas, state, reason: 'unchanged' };
      const now = Object.fromEntries(changed.map(({ domain }) => [domain.name, timeS]));
      return {
        ranges: exactly(domains, ({ name }) => points[name] + stepFor(changed, name)),
        state: { changedS: { ...state.changedS, ...now } },
        reason: changed.map((one) => stallText(one, observation)).join(', '),
      };
    },
  };
}

interface Step {
  readonly domain: PolicyDomain;
  readonly step: number;
}

function stepFor(changed: readonly Step[], name: string): number {
  return changed.find(({ domain }) => domain.name === name)?.step ?? 0;
}

function stepOf(domain: PolicyDomain, { points, shares }: Observation, { high, low }: Thresholds): number {
  const { busy, stall } = shares[domain.name];
  // An epoch without work says nothing about the work.
  if (busy + stall === 0) return 0;
  if (stall > high) return points[domain.name] > 0 ? -1 : 0;
  return stall < low && points[domain.name] < topOf(domain) ? 1 : 0;
}

function stallText({ domain, step }: Step, { shares }: Observation): string {
  return `${domain.name} stalled ${percent(shares[domain.name].stall)}: ${step > 0 ? 'up' : 'down'}`;
}
