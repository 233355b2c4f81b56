import { type Static, Type } from '@sinclair/typebox';
import { Quantity } from '../../base/schema.ts';
import { parseQuantity } from '../../base/units.ts';
import { highestAtMost, ROUNDING } from '../clocks.ts';
import type { PolicyDomain, PolicyKind, RunnablePolicy } from '../policy.ts';
import { limitOf } from '../power.ts';
import { type Ranges, upTo } from '../ranges.ts';
import { celsius, megahertz } from '../text.ts';
import { saturation, ZONE, type Zone, zoneOf } from '../zone.ts';

const Parameters = Type.Object(
  {
    target: Type.Optional(Quantity('temperature', 'Temperature it aims at; 5 K below the limit by default')),
    kp: Type.Optional(Quantity('frequency per kelvin', 'Proportional gain')),
    ki: Type.Optional(Quantity('frequency per kelvin second', 'Integral gain')),
    kd: Type.Optional(Quantity('frequency seconds per kelvin', 'Derivative gain')),
    nominal_frequency: Type.Optional(
      Quantity('frequency', 'Clock of the first domain at the target; its highest by default'),
    ),
    ...ZONE,
  },
  { additionalProperties: false },
);

interface Checked {
  readonly zone: Zone;
  readonly targetK: number;
  /** In Hz/K, Hz/(K s) and Hz s/K. */
  readonly gains: { readonly p: number; readonly i: number; readonly d: number };
  /** Clock of the first domain when the temperature is at the target. */
  readonly nominalHz: number;
}

interface State {
  /** Integral of the error over time, K s. */
  readonly integralKs: number;
  /** Temperature at the last epoch, K; null before the first. */
  readonly previousK: number | null;
  /** The last output: the clock of the first domain in Hz. */
  readonly clockHz: number;
}

/** The clock swings around the target, so that the usual target keeps this distance to the limit. */
const BELOW_LIMIT_K = 5;

/** Limits the clock by the distance of the temperature from its target, with proportional, integral and derivative control. */
export const pidFrequency: PolicyKind<Checked> = {
  id: 'pid-frequency',
  description: 'a cap that steers the die towards a target temperature; bursts and a hot start go above it',
  role: 'cap',
  parameters: Parameters,
  check(parameters, setting, span) {
    const {
      target,
      kp = '20MHz/K',
      ki = '20MHz/K/s',
      kd = '0MHzs/K',
      nominal_frequency,
      ...zoneParameters
    } = parameters as Static<typeof Parameters>;
    const zone = zoneOf('pid-frequency', zoneParameters, setting, span);
    const targetK =
      target === undefined
        ? parseQuantity(limitOf(setting), 'temperature') - BELOW_LIMIT_K
        : parseQuantity(target, 'temperature', span('target'));
    const gains = {
      p: parseQuantity(kp, 'frequency per kelvin', span('kp')),
      i: parseQuantity(ki, 'frequency per kelvin second', span('ki')),
      d: parseQuantity(kd, 'frequency seconds per kelvin', span('kd')),
    };
    const nominalHz =
      nominal_frequency === undefined
        ? highestOf(zone.domains[0])
        : parseQuantity(nominal_frequency, 'frequency', span('nominal_frequency'));
    return { zone, targetK, gains, nominalHz };
  },
  create({ zone, targetK, gains, nominalHz }, context): RunnablePolicy<State> {
    const clocks = zone.domains[0].points.map((point) => point.frequencyHz);
    const [lowestHz, highestHz] = [clocks[0], clocks[clocks.length - 1]];
    const within = (hz: number): number => Math.min(highestHz, Math.max(lowestHz, hz));
    // One controller has one output: every domain gets the same share of its highest clock. The limits change only at
    // shares that match some point, so each distinct limit is computed once.
    const shares = zone.domains.flatMap((domain) =>
      domain.points.map((point) => point.frequencyHz / highestOf(domain)),
    );
    const steps = [...new Set(shares)].sort((a, b) => a - b);
    const limits = steps.map((share) =>
      upTo(zone.domains, (domain) => highestAtMost(domain, share * highestOf(domain))),
    );
    const limitsAt = (hz: number): Ranges => {
      let step = steps.length - 1;
      while (step > 0 && steps[step] > (hz / highestHz) * (1 + ROUNDING)) step--;
      return limits[step];
    };

    return {
      initial: { integralKs: 0, previousK: null, clockHz: within(nominalHz) },
      marksK: [targetK],
      target: { temperatureK: targetK, blocks: zone.blocks },
      decide(observation, state) {
        if (!observation.triggers.has('epoch')) {
          return { ranges: limitsAt(state.clockHz), state, reason: 'unchanged until the next epoch' };
        }
        const hottestK = zone.hottestK(observation);
        const errorK = targetK - hottestK;
        const slope = state.previousK === null ? 0 : (hottestK - state.previousK) / context.epochS;
        const wantedHz = (integralKs: number): number =>
          nominalHz + gains.p * errorK + gains.i * integralKs - gains.d * slope;
        const added = state.integralKs + errorK * context.epochS;
        // Anti-windup by conditional integration: errors that the clock cannot follow must not accumulate.
        const isFutile = (errorK > 0 && wantedHz(added) > highestHz) || (errorK < 0 && wantedHz(added) < lowestHz);
        const integralKs = isFutile ? state.integralKs : added;
        const clockHz = within(wantedHz(integralKs));
        const ranges = limitsAt(clockHz);
        const isSame = state.previousK !== null && ranges === limitsAt(state.clockHz);
        return {
          saturated: saturation(zone, ranges, hottestK, targetK),
          ranges,
          state: { integralKs, previousK: hottestK, clockHz },
          reason: isSame
            ? 'limit unchanged'
            : `${celsius(hottestK)}, target ${celsius(targetK)}: at most ${megahertz(clockHz)}`,
        };
      },
    };
  },
};

function highestOf({ points }: PolicyDomain): number {
  return points[points.length - 1].frequencyHz;
}
