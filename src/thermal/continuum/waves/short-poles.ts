import type { Assembly } from '../bodies.ts';
import { ladderOf } from '../ladder.ts';
import { independent, modesOf } from '../reduce.ts';
import { beyondOf, type ShortWaves } from '../short/index.ts';
import { unitLoads } from '../unit-loads.ts';

/** The rise of a wave under power in it, at the face where power enters: sum of weight / (s + rate). */
export interface Poles {
  /** 1/s. */
  readonly rate: Float64Array;
  readonly weight: Float64Array;
}

export interface ShortPoles {
  /** By bin of the plane. */
  readonly bins: readonly Poles[];
  /** The waves beyond the plane, together. */
  readonly beyond: Poles;
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
  { layers, cooling }: Assembly,
  face: number,
  shifts: readonly number[],
): ShortPoles {
  const at = shifts.map((shift) => {
    const unit = unitLoads(ladderOf(layers, cooling, waves.lambda, shift), { layers, cooling });
    return { shift, rise: unit.temperature(face, face), stored: unit.stored(face, face) };
  });
  const ofBin = (b: number): AtShift[] =>
    at.map(({ shift, rise, stored }) => ({ shift, rise: rise[b], stored: stored[b] }));
  const ofBeyond = at.map(({ shift, rise, stored }) => {
    return { shift, rise: beyondOf(waves, rise), stored: beyondOf(waves, stored) };
  });
  return { bins: Array.from({ length: waves.beyond }, (_, b) => polesOf(ofBin(b))), beyond: polesOf(ofBeyond) };
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
