import type { Assembly } from '../bodies.ts';
import { ladderOf } from '../ladder.ts';
import { independent, modesOf } from '../reduce.ts';
import { BEYOND_SHARES, type ShortWaves } from '../short/index.ts';
import { unitLoads } from '../unit-loads.ts';
import type { NearPairs } from './near-pairs.ts';

/** The rise of a wave under power in it, at the face where power enters: sum of weight / (s + rate). */
export interface Poles {
  /** 1/s. */
  readonly rate: Float64Array;
  readonly weight: Float64Array;
}

export interface ShortPoles {
  /** By bin of the plane. */
  readonly bins: readonly Poles[];
  /** By bin of the waves beyond the plane; the last one is of those that count as one. */
  readonly beyond: readonly Poles[];
}

/** The rise of a wave at one shift, and the heat that it stores. */
interface AtShift {
  readonly shift: number;
  readonly rise: number;
  readonly stored: number;
}

/** Poles of the layers of the die and all beyond, as if they ended with the die; exact at the given shifts, of which the first is 0. */
export function shortPoles(
  waves: ShortWaves,
  near: NearPairs,
  assembly: Assembly,
  face: number,
  shifts: readonly number[],
): ShortPoles {
  const responses = (lambda: Float64Array): AtShift[][] => {
    const { layers, cooling } = assembly;
    const at = shifts.map((shift) => {
      const unit = unitLoads(ladderOf(layers, cooling, lambda, shift), { layers, cooling });
      return { shift, rise: unit.temperature(face, face), stored: unit.stored(face, face) };
    });
    return Array.from(lambda, (_, b) =>
      at.map(({ shift, rise, stored }) => ({ shift, rise: rise[b], stored: stored[b] })),
    );
  };
  const beyond = responses(near.lambda);
  const single = beyond.slice(0, near.together);
  const whole = together(beyond.slice(near.together));
  return {
    bins: responses(waves.lambda.subarray(0, waves.beyond)).map(polesOf),
    beyond: [...single, whole].map(polesOf),
  };
}

/** The response of bins that count as one. */
function together(bins: readonly (readonly AtShift[])[]): AtShift[] {
  return bins[0].map(({ shift }, i) => {
    const sum = (of: 'rise' | 'stored') => bins.reduce((all, at, b) => all + BEYOND_SHARES[b] * at[i][of], 0);
    return { shift, rise: sum('rise'), stored: sum('stored') };
  });
}

/** By projection on the responses at the shifts, as the models of sources. */
function polesOf(at: readonly AtShift[]): Poles {
  const size = at.length;
  const [c, g] = [new Float64Array(size * size), new Float64Array(size * size)];
  at.forEach((one, i) => {
    c[i * size + i] = one.stored;
    g[i * size + i] = one.rise - one.shift * one.stored;
    at.slice(0, i).forEach((other, j) => {
      const apart = one.shift - other.shift;
      c[i * size + j] = c[j * size + i] = (other.rise - one.rise) / apart;
      g[i * size + j] = g[j * size + i] = (one.shift * one.rise - other.shift * other.rise) / apart;
    });
  });
  const { rate, weights, count } = modesOf(independent(g, size), c, size);
  const weight = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let input = 0;
    for (let j = 0; j < size; j++) input += weights[j * count + i] * at[j].rise;
    weight[i] = input * input;
  }
  return { rate, weight };
}
