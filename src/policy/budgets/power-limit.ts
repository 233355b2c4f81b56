import { type Static, Type } from '@sinclair/typebox';
import { Quantity } from '../../base/schema.ts';
import { parseQuantity } from '../../base/units.ts';
import { pointsOf, sharedCandidates } from '../candidates.ts';
import type { PolicyContext, PolicyKind, RunnablePolicy } from '../policy.ts';
import { blockPowers, limitOf, requireThermal, thermalSafeDensity } from '../power.ts';
import { upTo } from '../ranges.ts';

const Parameters = Type.Object(
  {
    long: Type.Optional(Quantity('power', 'PL1: most mean power over the long time; what the die can shed by default')),
    long_time: Type.Optional(Quantity('time', 'Time constant of the long mean')),
    short: Type.Optional(
      Quantity('power', 'PL2: most mean power over the short time; 1.25 of the long one by default'),
    ),
    short_time: Type.Optional(Quantity('time', 'Time constant of the short mean')),
  },
  { additionalProperties: false },
);

interface Checked {
  readonly longW: number | null;
  readonly longS: number;
  readonly shortW: number | null;
  readonly shortS: number;
  readonly limitK: number;
}

interface State {
  readonly setting: number;
  /** The two moving means, W. */
  readonly long: number;
  readonly short: number;
}

/** Two moving means of the power of the die, each below its limit, like the package limits PL1 and PL2 of processors (RAPL). */
export const powerLimit: PolicyKind<Checked> = {
  id: 'power-limit',
  description: 'a cap by two mean powers, one over half a minute and one over 10 ms, like PL1 and PL2 of processors',
  role: 'cap',
  parameters: Parameters,
  check(parameters, setting, span) {
    const { long, short, long_time = '28s', short_time = '10ms' } = parameters as Static<typeof Parameters>;
    requireThermal('power-limit', setting);
    return {
      longW: long === undefined ? null : parseQuantity(long, 'power', span('long')),
      longS: parseQuantity(long_time, 'time', span('long_time')),
      shortW: short === undefined ? null : parseQuantity(short, 'power', span('short')),
      shortS: parseQuantity(short_time, 'time', span('short_time')),
      limitK: parseQuantity(limitOf(setting), 'temperature'),
    };
  },
  create({ longW, longS, shortW, shortS, limitK }, context): RunnablePolicy<State> {
    const { domains, epochS } = context;
    const mostLongW = longW ?? sheddableW(context, limitK);
    const mostShortW = shortW ?? 1.25 * mostLongW;
    const candidates = sharedCandidates(domains);
    const ranges = candidates.map((points) => upTo(domains, ({ name }) => points[name]));
    const powers = blockPowers(context);
    const settings = pointsOf(candidates, domains);
    const wattsAt = (setting: number): number => {
      powers.choose(settings[setting]);
      return powers.totalW();
    };
    const top = candidates.length - 1;
    // With an epoch longer than the time constant, the mean is the power of the epoch.
    const [longPart, shortPart] = [Math.min(1, epochS / longS), Math.min(1, epochS / shortS)];
    return {
      initial: { setting: top, long: 0, short: 0 },
      decide(observation, state) {
        if (!observation.triggers.has('epoch') || observation.timeS === 0) {
          return { ranges: ranges[state.setting], state, reason: 'unchanged until the next epoch' };
        }
        let lastW = 0;
        for (let b = 0; b < observation.powerW.length; b++) lastW += observation.powerW[b];
        const long = state.long + (lastW - state.long) * longPart;
        const short = state.short + (lastW - state.short) * shortPart;
        // The highest power of the next epoch that leaves both means at their limits.
        const mostW = Math.min(long + (mostLongW - long) / longPart, short + (mostShortW - short) / shortPart);
        let setting = top;
        powers.observe(observation);
        while (setting > 0 && wattsAt(setting) > mostW) setting--;
        const reason =
          setting === state.setting
            ? 'unchanged'
            : `means of ${long.toPrecision(4)} W and ${short.toPrecision(4)} W leave ${mostW.toPrecision(4)} W: setting ${setting} of ${top}`;
        return { ranges: ranges[setting], state: { setting, long, short }, reason };
      },
    };
  },
};

/** The power that the die sheds for ever below its limit, evenly spread over the blocks that have a clock, W. */
function sheddableW(context: PolicyContext, limitK: number): number {
  const { places } = context;
  const isActive = places.map(({ domains }) => domains.length > 0);
  const area = places.map(({ widthM, heightM }) => widthM * heightM);
  const density = thermalSafeDensity(context, isActive, area, limitK)(new Float64Array(places.length));
  return density * area.reduce((sum, one, b) => sum + (isActive[b] ? one : 0), 0);
}
