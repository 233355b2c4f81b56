import { type Static, Type } from '@sinclair/typebox';
import { fail } from '../../base/errors.ts';
import { Quantity } from '../../base/schema.ts';
import { parseQuantity } from '../../base/units.ts';
import { highestAtMost } from '../clocks.ts';
import type { DomainShares, PolicyDomain, PolicyKind, RunnablePolicy } from '../policy.ts';
import { exactly, exactlyAt, rangesByPoint, topOf } from '../ranges.ts';
import { celsius } from '../text.ts';
import { loadText } from './per-domain.ts';

const Share = (description: string) => Type.Number({ minimum: 0, maximum: 1, description });
const Parameters = Type.Object(
  {
    up: Type.Optional(Share('Share of busy time above which it takes the highest clock')),
    down: Type.Optional(Share('Share of busy time below which it takes four fifths of the clock')),
    critical: Type.Optional(Quantity('temperature', 'Temperature above which every domain is at its lowest point')),
    recovered: Type.Optional(Quantity('temperature', 'Temperature below which that ends')),
  },
  { additionalProperties: false },
);

interface Checked {
  readonly up: number;
  readonly down: number;
  readonly criticalK: number;
  readonly recoveredK: number;
}

interface State {
  readonly throttled: boolean;
}

/** The ondemand policy of CoMeT and HotSniper with their throttle (dvfsOndemand and the DTM of their common scheduler). */
export const cometOndemand: PolicyKind<Checked> = {
  id: 'comet-ondemand',
  description: 'ondemand as CoMeT and HotSniper have it, with their thermal throttle',
  role: 'choice',
  parameters: Parameters,
  check(parameters, _, span) {
    const { up = 0.7, down = 0.3, critical = '80C', recovered = '78C' } = parameters as Static<typeof Parameters>;
    const criticalK = parseQuantity(critical, 'temperature', span('critical'));
    const recoveredK = parseQuantity(recovered, 'temperature', span('recovered'));
    if (recoveredK > criticalK || down > up) {
      fail('out-of-range', 'the lower threshold is above the upper one', {
        span: span(down > up ? 'down' : 'recovered') ?? span(down > up ? 'up' : 'critical'),
        expected: 'down not above up, and recovered not above critical',
      });
    }
    return { up, down, criticalK, recoveredK };
  },
  create({ up, down, criticalK, recoveredK }, { domains, blocks }): RunnablePolicy<State> {
    const next = (domain: PolicyDomain, { busy, stall }: DomainShares, point: number): number => {
      if (busy + stall === 0) return 0;
      if (busy > up) return topOf(domain);
      return busy < down ? highestAtMost(domain, 0.8 * domain.points[point].frequencyHz) : point;
    };
    const held = exactlyAt(domains);
    const rangesOf = rangesByPoint(domains, (point) => [point, point]);
    const lowest = exactly(domains, () => 0);
    const chosen = new Int32Array(domains.length);
    return {
      initial: { throttled: false },
      marksK: blocks.length > 0 ? [criticalK] : [],
      decide(observation, state) {
        const { triggers, points, shares, temperatureK, timeS } = observation;
        if (!triggers.has('epoch') || timeS === 0) {
          return { ranges: held(points), state, reason: 'unchanged until the next epoch' };
        }
        let hottestK = Number.NEGATIVE_INFINITY;
        for (let b = 0; b < temperatureK.length; b++) hottestK = Math.max(hottestK, temperatureK[b]);
        const throttled = hottestK > criticalK || (state.throttled && hottestK >= recoveredK);
        const after = throttled === state.throttled ? state : { throttled };
        if (throttled) {
          const reason = `${celsius(hottestK)}, throttled at ${celsius(criticalK)}`;
          return { ranges: lowest, state: after, reason: state.throttled ? 'throttled' : reason };
        }
        let text = '';
        for (let d = 0; d < domains.length; d++) {
          const { name } = domains[d];
          chosen[d] = next(domains[d], shares[name], points[name]);
          if (chosen[d] !== points[name]) text += (text === '' ? '' : ', ') + loadText(domains[d], shares[name]);
        }
        return { ranges: rangesOf(chosen), state: after, reason: text || 'unchanged' };
      },
    };
  },
};
