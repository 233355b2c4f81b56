import type { ErrorCode } from '../../base/errors.ts';
import { UNITS } from './readings.ts';
import type { ComparisonFile, ReadingName } from './schema.ts';

/** The bounds of a comparison, in SI units. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
  readonly strictLow: boolean;
  readonly strictHigh: boolean;
}

/** The lowest and the highest value within bounds. */
export function boundsAsPair({ low, high, strictLow, strictHigh }: Bounds): [low: number, high: number] {
  return [strictLow ? nextAbove(low) : low, strictHigh ? -nextAbove(-high) : high];
}

/** The next larger double: a bound that a value has to be above is one that it has to reach. */
function nextAbove(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  const bits = new BigInt64Array(new Float64Array([value]).buffer);
  bits[0] += value > 0 ? 1n : -1n;
  return new Float64Array(bits.buffer)[0];
}

type Refuse = (code: ErrorCode, message: string, expected: string) => never;

export function boundsOf(name: ReadingName, file: ComparisonFile, refuse: Refuse): Bounds {
  const { above, at_least, below, at_most } = file;
  const { parse } = UNITS[name];
  if (above !== undefined && at_least !== undefined) refuse('unknown-key', 'has two lower bounds', 'above or at_least');
  if (below !== undefined && at_most !== undefined) refuse('unknown-key', 'has two upper bounds', 'below or at_most');
  const [from, to] = [above ?? at_least, below ?? at_most];
  if (from === undefined && to === undefined) {
    refuse('missing-key', 'has no bound', 'one of above, at_least, below, at_most');
  }
  const bounds = {
    low: from === undefined ? Number.NEGATIVE_INFINITY : parse(from),
    high: to === undefined ? Number.POSITIVE_INFINITY : parse(to),
    strictLow: above !== undefined,
    strictHigh: below !== undefined,
  };
  const isEmpty = bounds.strictLow || bounds.strictHigh ? bounds.low >= bounds.high : bounds.low > bounds.high;
  if (isEmpty)
    refuse('out-of-range', `never holds: nothing lies from ${from} to ${to}`, 'a lower bound below the upper');
  return bounds;
}

/** The ends of the scales of readings. Those of an inference have none here: its end ends what they hold. */
const EXTREMES: Partial<Record<ReadingName, readonly [least: number, most: number]>> = {
  temperature: [0, Number.POSITIVE_INFINITY],
  predicted: [0, Number.POSITIVE_INFINITY],
  power: [0, Number.POSITIVE_INFINITY],
  utilisation: [0, 1],
  stall: [0, 1],
  idle: [0, 1],
  action_rate: [0, Number.POSITIVE_INFINITY],
  clock: [0, Number.POSITIVE_INFINITY],
  queue: [0, Number.POSITIVE_INFINITY],
};

/**
 * The bounds while a comparison with a hysteresis holds. Error: `out-of-range` if no reading could end it, as with `above: 0.3,
 * hysteresis: 0.4` of a share.
 */
export function boundsWhileHeld(name: ReadingName, file: ComparisonFile, test: Bounds, refuse: Refuse): Bounds {
  const { hysteresis = 0 } = file;
  const { show, distance: distanceOf } = UNITS[name];
  const distance = distanceOf(hysteresis);
  const held = { low: test.low - distance, high: test.high + distance, strictLow: false, strictHigh: false };
  const [least, most] = EXTREMES[name] ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  if (distance > 0 && Number.isFinite(least) && held.low <= least && held.high >= most) {
    const scale = `from ${show(least)} ${Number.isFinite(most) ? `to ${show(most)}` : 'on'}`;
    refuse(
      'out-of-range',
      `is ${hysteresis}: once it holds, no reading ends it`,
      `a smaller one: readings lie ${scale}`,
    );
  }
  return held;
}
