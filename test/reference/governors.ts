/**
 * Linux governors once more, in the kernel's own units and whole numbers: kHz, percent, microseconds, millidegrees. Written from the
 * sources of Linux 6.6 (cpufreq_ondemand.c, cpufreq_conservative.c, gov_step_wise.c) and 6.18 (gov_step_wise.c, thermal_core.c).
 */

export interface Table {
  /** Rising. */
  readonly khz: readonly number[];
}

const atLeast = ({ khz }: Table, target: number): number => khz.find((f) => f >= target) ?? khz[khz.length - 1];
const atMost = ({ khz }: Table, target: number): number => khz.findLast((f) => f <= target) ?? khz[0];

function nearest(table: Table, target: number): number {
  const [low, high] = [atMost(table, target), atLeast(table, target)];
  return Math.abs(high - target) < Math.abs(low - target) ? high : low;
}

/** A clock and the microseconds of an epoch for which it stands. */
export type Stretch = readonly [khz: number, us: number];

export interface OndemandTunables {
  readonly upThreshold: number;
  readonly samplingDownFactor: number;
  readonly powersaveBias: number;
  readonly epochUs: number;
}

/** The clocks in each epoch after loads in whole percent. */
export function ondemand(
  table: Table,
  loads: readonly number[],
  tunables: OndemandTunables,
  from: number,
): Stretch[][] {
  const { upThreshold, samplingDownFactor, powersaveBias, epochUs } = tunables;
  const [min, max] = [table.khz[0], table.khz[table.khz.length - 1]];
  let current = from;
  let multiplier = 1;
  let next = 0;
  return loads.map((load, epoch): Stretch[] => {
    if (epoch < next) return [[current, epochUs]];
    let wished: number;
    if (load > upThreshold) {
      if (current < max) multiplier = samplingDownFactor;
      wished = max;
    } else {
      multiplier = 1;
      wished = min + Math.floor((load * (max - min)) / 100);
    }
    next = epoch + multiplier;
    if (powersaveBias === 0) {
      current = load > upThreshold ? max : nearest(table, wished);
      return [[current, epochUs]];
    }
    const asked = atLeast(table, wished);
    const mean = asked - Math.floor((asked * powersaveBias) / 1000);
    const [low, high] = [atMost(table, mean), atLeast(table, mean)];
    if (low === high) {
      current = low;
      return [[low, epochUs]];
    }
    // The next sample is due once the lower clock has had its share.
    next = epoch + 1;
    const highUs = Math.floor(((mean - low) * epochUs + Math.floor((high - low) / 2)) / (high - low));
    current = low;
    return [
      [high, highUs],
      [low, epochUs - highUs],
    ];
  });
}

export interface ConservativeTunables {
  readonly upThreshold: number;
  readonly downThreshold: number;
  readonly freqStep: number;
  readonly samplingDownFactor: number;
}

export function conservative(
  table: Table,
  loads: readonly number[],
  { upThreshold, downThreshold, freqStep, samplingDownFactor }: ConservativeTunables,
  from: number,
): number[] {
  const [min, max] = [table.khz[0], table.khz[table.khz.length - 1]];
  const step = Math.floor((freqStep * max) / 100) || 5;
  let current = from;
  let requested = from;
  let skipped = 0;
  return loads.map((load) => {
    if (requested > max || requested < min) requested = current;
    if (load > upThreshold) {
      skipped = 0;
      if (requested !== max) {
        requested = Math.min(max, requested + step);
        current = atMost(table, requested);
      }
    } else if (++skipped >= samplingDownFactor) {
      skipped = 0;
      if (load < downThreshold && requested !== min) {
        requested = requested > step ? requested - step : min;
        current = atLeast(table, requested);
      }
    }
    return current;
  });
}

/** Cooling states of step_wise after temperatures in millidegrees. */
export function stepWise66(temperatures: readonly number[], trip: number, upper: number): number[] {
  let state = 0;
  let last: number | null = null;
  return temperatures.map((now) => {
    const throttle = now >= trip;
    if (last === null) state = throttle ? Math.min(upper, state + 1) : state;
    else if (throttle && now > last) state = Math.min(upper, state + 1);
    else if (!throttle && now < last) state = Math.max(0, state - 1);
    last = now;
    return state;
  });
}

/** A trip that was crossed upwards stays so until the temperature is below the trip less the hysteresis. */
export function stepWise618(
  temperatures: readonly number[],
  trip: number,
  hysteresis: number,
  upper: number,
): number[] {
  let state = 0;
  let threshold = trip;
  let last: number | null = null;
  return temperatures.map((now) => {
    const throttle = now >= threshold;
    threshold = throttle ? trip - hysteresis : trip;
    const isRising = last === null || now > last;
    const isFalling = last !== null && now < last;
    if (throttle && isRising) state = Math.min(upper, state + 1);
    else if (throttle && isFalling) state = Math.min(upper, Math.max(1, state - 1));
    else if (!throttle && isFalling) state = 0;
    last = now;
    return state;
  });
}
