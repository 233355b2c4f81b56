import { type Static, Type } from '@sinclair/typebox';
import { fail } from '../../base/errors.ts';
import { Quantity } from '../../base/schema.ts';
import { parseQuantity } from '../../base/units.ts';
import { domainNamed } from '../clocks.ts';
import type { Observation, PolicyContext, PolicyDomain, PolicyKind, RunnablePolicy } from '../policy.ts';
import { blockPowers, limitOf } from '../power.ts';
import { rangesByPoint, topOf } from '../ranges.ts';
import { celsius } from '../text.ts';
import { saturation, ZONE, type Zone, zoneOf } from '../zone.ts';

const Parameters = Type.Object(
  {
    control: Type.Optional(Quantity('temperature', "Temperature it holds; the experiment's limit by default")),
    switch_on: Type.Optional(Quantity('temperature', 'Temperature from which it acts; 10 K below control by default')),
    sustainable: Type.Optional(
      Quantity('power', 'Power that the die sheds at the control temperature; that of the lowest points by default'),
    ),
    k_po: Gain('Gain while hotter than control'),
    k_pu: Gain('Gain while cooler'),
    k_i: Gain('Gain of the sum of the errors of all epochs; a tenth of k_pu by default'),
    k_d: Type.Optional(
      Type.Number({ minimum: 0, maximum: 1e6, description: 'Gain of the change of the error, the same times seconds' }),
    ),
    integral_cutoff: Type.Optional(
      Quantity('temperature difference', 'It sums up errors below this distance under control; 0 K by default'),
    ),
    weights: Type.Optional(
      Type.Record(Type.String(), Type.Number({ minimum: 0, maximum: 1e6 }), {
        description: 'Weights of the requests of domains; 1 by default, and if all are 0',
      }),
    ),
    ...ZONE,
  },
  { additionalProperties: false },
);

function Gain(description: string) {
  const unit = 'in units of the sustainable power over control - switch_on';
  return Type.Optional(Type.Number({ minimum: 0, maximum: 1e6, description: `${description}, ${unit}` }));
}

/** The gains of the controller, those of errors in units of the sustainable power over the range of temperatures. */
export interface Gains {
  readonly over: number;
  readonly under: number;
  readonly integral: number;
  /** In the same units times seconds. */
  readonly change: number;
  /** It integrates while the error is below this, K. */
  readonly cutoffK: number;
}

/** Those of the kernel: k_po = 1, k_pu = 2, k_i = k_pu / 10, k_d = 0; it integrates above the control temperature only. */
export const KERNEL_GAINS: Gains = { over: 1, under: 2, integral: 2 / 10, change: 0, cutoffK: 0 };

interface Checked {
  readonly zone: Zone;
  readonly controlK: number;
  readonly switchOnK: number;
  readonly sustainableW: number | null;
  readonly gains: Gains;
  /** In the order of the zone's domains. */
  readonly weights: readonly number[];
}

interface State {
  /** Sum of the errors of all periods, K, as the kernel keeps it: without the length of a period. */
  readonly integralK: number;
  /** The last error, K; 0 after a time below the switch-on temperature. */
  readonly errorK: number;
  /** The highest allowed point of each domain. */
  readonly points: readonly number[];
}

/** An actor's wish and its most, W. */
export interface Actor {
  readonly requestW: number;
  readonly mostW: number;
  readonly weight: number;
}

/**
 * A PID controller of power, whose budget is shared out among the domains by what they ask for (Linux 6.6,
 * drivers/thermal/gov_power_allocator.c, in floating point).
 */
export const powerAllocator: PolicyKind<Checked> = {
  id: 'power_allocator',
  description: 'a cap by a power budget that a PID controller sets and the domains share, as in Linux 6.6 (IPA)',
  role: 'cap',
  parameters: Parameters,
  check(parameters, setting, span) {
    const given = parameters as Static<typeof Parameters>;
    const { control = limitOf(setting), switch_on, sustainable, weights = {}, integral_cutoff, ...others } = given;
    const { k_po, k_pu = KERNEL_GAINS.under, k_i = k_pu / 10, k_d, ...rest } = others;
    const zone = zoneOf('power_allocator', rest, setting, span);
    const controlK = parseQuantity(control, 'temperature', span('control'));
    const switchOnK =
      switch_on === undefined ? controlK - 10 : parseQuantity(switch_on, 'temperature', span('switch_on'));
    if (switchOnK >= controlK) {
      fail('out-of-range', '"switch_on" is not below "control"', {
        span: span('switch_on'),
        expected: `less than ${celsius(controlK)}`,
      });
    }
    const sustainableW = sustainable === undefined ? null : parseQuantity(sustainable, 'power', span('sustainable'));
    for (const name of Object.keys(weights)) domainNamed(name, zone.domains, span('weights', name));
    const cutoffK =
      integral_cutoff === undefined
        ? KERNEL_GAINS.cutoffK
        : parseQuantity(integral_cutoff, 'temperature difference', span('integral_cutoff'));
    return {
      ...{ zone, controlK, switchOnK, sustainableW },
      gains: { over: k_po ?? KERNEL_GAINS.over, under: k_pu, integral: k_i, change: k_d ?? 0, cutoffK },
      weights: countedWeights(zone.domains.map(({ name }) => (Object.hasOwn(weights, name) ? weights[name] : 1))),
    };
  },
  create: (checked, context) => allocator(checked, context),
};

/** Weights that are all zero count as ones, as in the kernel. */
function countedWeights(weights: readonly number[]): readonly number[] {
  return weights.some((weight) => weight > 0) ? weights : weights.map(() => 1);
}

function allocator(
  { zone, controlK, switchOnK, sustainableW, gains, weights }: Checked,
  context: PolicyContext,
): RunnablePolicy<State> {
  const { domains } = zone;
  const powersOf = domainPowers(context, domains);
  const limits = rangesByPoint(domains, (point) => [0, point]);
  const top = domains.map(topOf);
  return {
    initial: { integralK: 0, errorK: 0, points: top },
    marksK: [switchOnK, controlK],
    decide(observation, state) {
      if (!observation.triggers.has('epoch') || observation.timeS === 0) {
        return { ranges: limits(state.points), state, reason: 'unchanged until the next epoch' };
      }
      const hottestK = zone.hottestK(observation);
      if (hottestK < switchOnK) {
        const isFree =
          state.integralK === 0 && state.errorK === 0 && state.points.every((point, d) => point === top[d]);
        const reason = isFree ? 'cool' : `${celsius(hottestK)} is below ${celsius(switchOnK)}: free`;
        return { ranges: limits(top), state: isFree ? state : { integralK: 0, errorK: 0, points: top }, reason };
      }
      const tables = powersOf(observation);
      const actors = domains.map(({ name }, d): Actor => {
        const table = tables[d];
        return { requestW: table[observation.points[name]], mostW: table[table.length - 1], weight: weights[d] };
      });
      const shedW = sustainableW ?? tables.reduce((sum, table) => sum + table[0], 0);
      const errorK = controlK - hottestK;
      const { budgetW, integralK } = budget(errorK, state, {
        ...{ gains, epochS: context.epochS },
        sustainableW: shedW,
        rangeK: controlK - switchOnK,
        mostW: actors.reduce((sum, { mostW }) => sum + mostW, 0),
      });
      const granted = grants(budgetW, actors);
      const points = tables.map((table, d) => {
        let point = table.length - 1;
        while (point > 0 && table[point] > granted[d] * (1 + 1e-12)) point--;
        return point;
      });
      const ranges = limits(points);
      const reason = points.every((point, d) => point === state.points[d])
        ? 'unchanged'
        : `${celsius(hottestK)}, control ${celsius(controlK)}: ${budgetW.toPrecision(4)} W`;
      const saturated = saturation(zone, ranges, hottestK, controlK);
      return { saturated, ranges, state: { integralK, errorK, points }, reason };
    },
  };
}

/** The power budget, W, for an error in K (control temperature minus present one), and the new integral. */
export function budget(
  errorK: number,
  before: Pick<State, 'integralK' | 'errorK'>,
  {
    sustainableW,
    rangeK,
    mostW,
    epochS,
    gains,
  }: {
    readonly sustainableW: number;
    readonly rangeK: number;
    readonly mostW: number;
    readonly epochS: number;
    readonly gains: Gains;
  },
): { readonly budgetW: number; readonly integralK: number } {
  const unit = sustainableW / rangeK;
  // In this order the default, 2 / 10, is the kernel's k_pu / 10 to the last bit.
  const gain = (10 * gains.integral * unit) / 10;
  const added = before.integralK + errorK;
  const next = errorK < gains.cutoffK && Math.abs(gain * added) < mostW ? added : before.integralK;
  const change = gains.change === 0 ? 0 : (gains.change * unit * (errorK - before.errorK)) / epochS;
  const wanted = sustainableW + (errorK < 0 ? gains.over : gains.under) * unit * errorK + gain * next + change;
  return { budgetW: Math.min(mostW, Math.max(0, wanted)), integralK: next };
}

/**
 * Shares a budget by the weighted requests; what an actor cannot use goes to the others in proportion to their room. Nobody gets any if
 * nobody asks.
 */
export function grants(budgetW: number, actors: readonly Actor[]): readonly number[] {
  const wished = actors.reduce((sum, { weight, requestW }) => sum + weight * requestW, 0);
  const shares = actors.map(({ weight, requestW }) => (wished > 0 ? (weight * requestW * budgetW) / wished : 0));
  const capped = shares.map((share, i) => Math.min(share, actors[i].mostW));
  const extra = shares.reduce((sum, share, i) => sum + share - capped[i], 0);
  const room = capped.reduce((sum, share, i) => sum + actors[i].mostW - share, 0);
  if (extra <= 0 || room <= 0) return capped;
  const given = Math.min(extra, room);
  return capped.map((share, i) => share + (given * (actors[i].mostW - share)) / room);
}

/** The power of each domain at each of its points, the others as they are, W. A block belongs to the first of its domains. */
function domainPowers(context: PolicyContext, domains: readonly PolicyDomain[]) {
  const powers = blockPowers(context);
  const setting = new Int32Array(context.domains.length).fill(-1);
  const parts = domains.map((domain) => ({
    d: context.domains.indexOf(domain),
    blocks: context.places.flatMap((place, b) =>
      domains.find(({ name }) => place.domains.includes(name)) === domain ? [b] : [],
    ),
    tableW: new Float64Array(domain.points.length),
  }));
  const tables = parts.map(({ tableW }) => tableW);
  /** The tables, which the next call overwrites. */
  return (observation: Observation): readonly Float64Array[] => {
    powers.observe(observation);
    for (const { d, blocks, tableW } of parts) {
      for (let point = 0; point < tableW.length; point++) {
        setting[d] = point;
        powers.choose(setting);
        let sum = 0;
        for (let i = 0; i < blocks.length; i++) sum += powers.wattsOf(blocks[i]);
        tableW[point] = sum;
      }
      setting[d] = -1;
    }
    return tables;
  };
}
