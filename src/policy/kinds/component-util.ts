import { type Static, Type } from '@sinclair/typebox';
import { fail } from '../../base/errors.ts';
import { OneOf } from '../../base/schema.ts';
import { domainNamed, lowestAtLeast } from '../clocks.ts';
import type {
  Decision,
  Observation,
  PointByDomain,
  PolicyContext,
  PolicyDomain,
  PolicyKind,
  RunnablePolicy,
} from '../policy.ts';
import { exactly, held, topOf } from '../ranges.ts';

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
    return { rule, margin, thresholds: { high, low, residency } };
  },
  create({ rule, margin, thresholds }, context): RunnablePolicy {
    return rule === 'balance' ? balance(context, margin) : threshold(context, thresholds);
  },
};

function balance(context: PolicyContext, margin: number): RunnablePolicy<null> {
  const { domains, work } = context;
  // The clocks of a layer never change, so each layer is computed at its first visit.
  const known: (Decision<null> | undefined)[] = work.layers.map(() => undefined);
  return {
    initial: null,
    triggers: ['start', 'layer'],
    decide({ inference, points }) {
      if (inference === null)
        return { ranges: held(domains, points), state: null, reason: 'no inference runs: unchanged' };
      const { layer } = inference;
      known[layer] ??= {
        ranges: held(domains, balancedPoints(context, layer, margin)),
        state: null,
        reason: `balance of layer ${work.layers[layer].name}`,
      };
      return known[layer];
    },
  };
}

/** The array runs as fast as DRAM feeds it, and the memories as fast as the array then needs. */
function balancedPoints({ domains, work }: PolicyContext, index: number, margin: number): PointByDomain {
  const layer = work.layers[index];
  const points: Record<string, number> = Object.fromEntries(domains.map((d) => [d.name, topOf(d)]));
  if (layer.dramBytes > 0) {
    const balanceHz = (layer.cycles * work.dramBytesPerS) / layer.dramBytes;
    for (const name of work.arrayDomains) {
      points[name] = lowestAtLeast(domainNamed(name, domains, undefined), (1 + margin) * balanceHz);
    }
  }
  const fastestS = layer.timeS(points);
  // Each memory is tested with the others at their highest. Two slow memories together may therefore exceed the margin.
  const lowered = work.memoryDomains.map((name) => {
    const { points: table } = domainNamed(name, domains, undefined);
    const point = table.findIndex((_, k) => layer.timeS({ ...points, [name]: k }) <= (1 + margin) * fastestS);
    return [name, point < 0 ? table.length - 1 : point];
  });
  return { ...points, ...Object.fromEntries(lowered) };
}

interface State {
  /** Epochs since the last change of each domain's point, at most the residency. */
  readonly epochs: Readonly<Record<string, number>>;
}

function threshold({ domains }: PolicyContext, thresholds: Thresholds): RunnablePolicy<State> {
  const { residency } = thresholds;
  return {
    initial: { epochs: Object.fromEntries(domains.map(({ name }) => [name, residency])) },
    decide(observation, state) {
      const { triggers, inference, points } = observation;
      const asItWas = held(domains, points);
      if (!triggers.has('epoch')) return { ranges: asItWas, state, reason: 'unchanged until the next epoch' };
      const steps = domains.map((domain) => {
        const rested = Math.min(residency, state.epochs[domain.name] + 1);
        const step = inference === null || rested < residency ? 0 : stepOf(domain, observation, thresholds);
        return { domain, step, epochs: step === 0 ? rested : 0 };
      });
      const changed = steps.filter(({ step }) => step !== 0);
      const isSameState = steps.every(({ domain, epochs }) => epochs === state.epochs[domain.name]);
      return {
        ranges: changed.length === 0 ? asItWas : exactly(domains, ({ name }) => points[name] + stepFor(changed, name)),
        state: isSameState ? state : { epochs: Object.fromEntries(steps.map((s) => [s.domain.name, s.epochs])) },
        reason: changed.length === 0 ? 'unchanged' : changed.map((c) => stallText(c, observation)).join(', '),
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
  return `${domain.name} stalled ${(100 * shares[domain.name].stall).toFixed(1)} %: ${step > 0 ? 'up' : 'down'}`;
}
