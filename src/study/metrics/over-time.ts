/** Columns of a trace: the value that holds over each epoch, and the epoch's length. */
export interface OverTime {
  readonly value: ArrayLike<number>;
  readonly durationS: ArrayLike<number>;
}

/** Time above a threshold, s. */
export function timeAbove({ value, durationS }: OverTime, threshold: number): number {
  let sum = 0;
  for (let i = 0; i < value.length; i++) if (value[i] > threshold) sum += durationS[i];
  return sum;
}

/** Time above a threshold weighted by the excess: K s for a temperature (degree-seconds). */
export function excessAbove({ value, durationS }: OverTime, threshold: number): number {
  let sum = 0;
  for (let i = 0; i < value.length; i++) sum += Math.max(0, value[i] - threshold) * durationS[i];
  return sum;
}

/** Share of the time at each value, in ascending order of the values: the residency of clocks. */
export function residency({ value, durationS }: OverTime): { readonly value: number; readonly share: number }[] {
  const seconds = new Map<number, number>();
  let timeS = 0;
  for (let i = 0; i < value.length; i++) {
    seconds.set(value[i], (seconds.get(value[i]) ?? 0) + durationS[i]);
    timeS += durationS[i];
  }
  const ascending = [...seconds].sort(([a], [b]) => a - b);
  return ascending.map(([at, s]) => ({ value: at, share: timeS === 0 ? 0 : s / timeS }));
}

/** How often per second a value turns from rising to falling or back: the oscillation of a control loop, 1/s. */
export function oscillation({ value, durationS }: OverTime): number {
  let turns = 0;
  let direction = 0;
  let timeS = 0;
  for (let i = 0; i < value.length; i++) {
    timeS += durationS[i];
    const next = i === 0 ? 0 : Math.sign(value[i] - value[i - 1]);
    if (next !== 0 && direction !== 0 && next !== direction) turns++;
    if (next !== 0) direction = next;
  }
  return timeS === 0 ? 0 : turns / timeS;
}
