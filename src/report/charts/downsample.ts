import type { Trace } from '../../cosim/index.ts';

/** Consecutive groups of epochs. */
export interface Buckets {
  readonly count: number;
  /** Index of the first epoch of each bucket, followed by the number of epochs. */
  readonly first: Int32Array;
  /** Start time of each bucket, followed by the end of the last one, s. */
  readonly edgesS: Float64Array;
  /** Duration of each epoch, s. */
  readonly durationS: Float64Array;
}

type Times = Pick<Trace, 'epochs' | 'timeS' | 'durationS'>;

/** At most `most` buckets with nearly equal numbers of epochs. */
export function bucketsOf({ epochs, timeS, durationS }: Times, most: number): Buckets {
  const count = Math.min(epochs, most);
  const first = Int32Array.from({ length: count + 1 }, (_, i) => (count === 0 ? 0 : Math.floor((i * epochs) / count)));
  const edgesS = Float64Array.from(first, (epoch) =>
    epoch === 0 ? (timeS[0] ?? 0) - (durationS[0] ?? 0) : timeS[epoch - 1],
  );
  return { count, first, edgesS, durationS };
}

/** Time means of each bucket. Mean times duration equals the sum of value times duration over the bucket's epochs. */
export function bucketMeans(values: Float64Array, { count, first, durationS }: Buckets): Float64Array {
  const means = new Float64Array(count);
  for (let bucket = 0; bucket < count; bucket++) {
    let sum = 0;
    let time = 0;
    for (let epoch = first[bucket]; epoch < first[bucket + 1]; epoch++) {
      sum += values[epoch] * durationS[epoch];
      time += durationS[epoch];
    }
    means[bucket] = time > 0 ? sum / time : values[first[bucket]];
  }
  return means;
}

export function bucketMaxima(values: Float64Array, { count, first }: Buckets): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => greatest(values.subarray(first[i], first[i + 1])));
}

export function bucketMinima(values: Float64Array, { count, first }: Buckets): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => least(values.subarray(first[i], first[i + 1])));
}

/** The epoch of the greatest or least value in each bucket, followed by the last epoch. A line through them has true times. */
export function extremeEpochs(values: Float64Array, { count, first }: Buckets, which: 'greatest' | 'least'): number[] {
  const sign = which === 'greatest' ? 1 : -1;
  const kept = Array.from({ length: count }, (_, bucket) => {
    let best = first[bucket];
    for (let epoch = best + 1; epoch < first[bucket + 1]; epoch++) {
      if (sign * values[epoch] > sign * values[best]) best = epoch;
    }
    return best;
  });
  const last = first[count] - 1;
  return count > 0 && kept[count - 1] !== last ? [...kept, last] : kept;
}

/** Time mean over the whole trace. */
export function traceMean(values: Float64Array, durationS: Float64Array): number {
  const time = durationS.reduce((sum, s) => sum + s, 0);
  return time > 0 ? values.reduce((sum, value, epoch) => sum + value * durationS[epoch], 0) / time : 0;
}

/** Works for any number of values, unlike Math.max(...values). */
export function greatest(values: Iterable<number>): number {
  let best = Number.NEGATIVE_INFINITY;
  for (const value of values) if (value > best) best = value;
  return best;
}

export function least(values: Iterable<number>): number {
  let best = Number.POSITIVE_INFINITY;
  for (const value of values) if (value < best) best = value;
  return best;
}
