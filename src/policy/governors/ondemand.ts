import { type Static, Type } from '@sinclair/typebox';
import { closest, highestAtMost, lowestAtLeast } from '../clocks.ts';
import type { Decision, DomainShares, PolicyDomain, PolicyKind, RunnablePolicy } from '../policy.ts';
import { rangesByPoint, topOf } from '../ranges.ts';
import { type Choice, loadText, perDomain } from './per-domain.ts';

const Parameters = Type.Object(
  {
    up_threshold: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100, description: 'Load in % above which it takes the highest clock' }),
    ),
    sampling_down_factor: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100_000,
        description: 'Epochs between two looks while at the highest clock',
      }),
    ),
    powersave_bias: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1000,
        description: 'Thousandths by which every chosen clock is lowered, as a mean of the two points around it',
      }),
    ),
  },
  { additionalProperties: false },
);

interface State {
  /** Epochs from one look at the load to the next, and those left until then. */
  readonly every: number;
  readonly left: number;
  /** With a bias: the point for the rest of the epoch, -1 for none, and the part of the epoch before it. */
  readonly rest: number;
  readonly part: number;
}

interface Biased {
  /** When the last look was, s. */
  readonly fromS: number;
  readonly domains: readonly State[];
}

const ONCE: State = { every: 1, left: 1, rest: -1, part: 1 };

/** Highest clock above a load, else a clock in proportion to it (Linux 6.6, drivers/cpufreq/cpufreq_ondemand.c, od_update). */
export const ondemand: PolicyKind<Required<Static<typeof Parameters>>> = {
  id: 'ondemand',
  description: 'highest clock above a load of 80 %, else in proportion to the load, as in Linux 6.6',
  role: 'choice',
  parameters: Parameters,
  check(parameters) {
    const { up_threshold = 80, sampling_down_factor = 1, powersave_bias = 0 } = parameters as Static<typeof Parameters>;
    return { up_threshold, sampling_down_factor, powersave_bias };
  },
  create(checked, { domains, epochS }): RunnablePolicy {
    const looks = perDomain<State>(domains, () => ONCE, chooser(checked, domains), loadText);
    return checked.powersave_bias === 0 ? looks : dithered(looks, domains, epochS);
  },
};

type Choose = (domain: PolicyDomain, shares: DomainShares, point: number, state: State) => Choice<State>;

function chooser(
  { up_threshold, sampling_down_factor, powersave_bias }: Required<Static<typeof Parameters>>,
  domains: readonly PolicyDomain[],
): Choose {
  // The load is a whole number, so the clocks of all loads are known before the run.
  const usual = new Map(domains.map((domain) => [domain, pointsByLoad(domain)]));
  return (domain, { busy }, point, state) => {
    if (state.left > 1) return { point, state: { every: state.every, left: state.left - 1, rest: -1, part: 1 } };
    const load = loadPercent(busy);
    if (load > up_threshold) {
      const top = topOf(domain);
      const every = point < top ? sampling_down_factor : state.every;
      if (powersave_bias > 0) return between(domain, domain.points[top].frequencyHz, powersave_bias, every);
      return { point: top, state: every === 1 ? ONCE : { every, left: every, rest: -1, part: 1 } };
    }
    if (powersave_bias === 0) return usual.get(domain)![load];
    const hz = hertzAt(load, domain);
    return between(domain, domain.points[lowestAtLeast(domain, hz)].frequencyHz, powersave_bias, 1);
  };
}

/** The clock in proportion to a load in %, Hz. */
function hertzAt(load: number, domain: PolicyDomain): number {
  const lowestHz = domain.points[0].frequencyHz;
  return lowestHz + (load * (domain.points[topOf(domain)].frequencyHz - lowestHz)) / 100;
}

function pointsByLoad(domain: PolicyDomain): readonly Choice<State>[] {
  const choices = domain.points.map((_, point): Choice<State> => ({ point, state: ONCE }));
  return Array.from({ length: 101 }, (_, load) => choices[closest(domain, hertzAt(load, domain))]);
}

/**
 * A clock lowered by so many thousandths: the point above it for the first part of the epoch, then the one below it, so that their mean is
 * that clock (generic_powersave_bias_target). The next look is at the next epoch then.
 */
function between(domain: PolicyDomain, hz: number, bias: number, every: number): Choice<State> {
  const meanHz = hz * (1 - bias / 1000);
  const low = highestAtMost(domain, meanHz);
  const high = lowestAtLeast(domain, meanHz);
  if (low === high) return { point: low, state: { every, left: every, rest: -1, part: 1 } };
  const [lowHz, highHz] = [domain.points[low].frequencyHz, domain.points[high].frequencyHz];
  return { point: high, state: { every, left: 1, rest: low, part: (meanHz - lowHz) / (highHz - lowHz) } };
}

/** Lets a governor's domains go on to their lower points within the epoch. */
function dithered(
  looks: RunnablePolicy<readonly State[]>,
  domains: readonly PolicyDomain[],
  epochS: number,
): RunnablePolicy<Biased> {
  const rangesOf = rangesByPoint(domains, (point) => [point, point]);
  const chosen = new Int32Array(domains.length);
  /** The next time at which a domain goes on, s. */
  const nextS = ({ fromS, domains: all }: Biased, timeS: number): number =>
    all.reduce((next, { rest, part }) => {
      const atS = fromS + part * epochS;
      return rest >= 0 && atS > timeS && atS < next ? atS : next;
    }, Number.POSITIVE_INFINITY);
  const withWake = (decision: Decision<Biased>, timeS: number): Decision<Biased> => {
    const wakeS = nextS(decision.state, timeS);
    return wakeS < Number.POSITIVE_INFINITY ? { ...decision, wakeS } : decision;
  };
  return {
    initial: { fromS: 0, domains: looks.initial },
    decide(observation, before, random) {
      const { triggers, points, timeS } = observation;
      if (triggers.has('epoch')) {
        const { state, ...decision } = looks.decide(observation, before.domains, random);
        return withWake({ ...decision, state: { fromS: timeS, domains: state } }, timeS);
      }
      let isLower = false;
      for (let d = 0; d < chosen.length; d++) {
        const { rest, part } = before.domains[d];
        chosen[d] = points[domains[d].name];
        if (rest < 0 || before.fromS + part * epochS > timeS || chosen[d] === rest) continue;
        chosen[d] = rest;
        isLower = true;
      }
      const reason = isLower ? 'the bias: a lower clock for the rest of the epoch' : 'unchanged until the next epoch';
      return withWake({ ranges: rangesOf(chosen), state: before, reason }, timeS);
    },
  };
}

/** The kernel's load is a whole number. */
export function loadPercent(busy: number): number {
  return Math.floor(100 * busy + 1e-9);
}
