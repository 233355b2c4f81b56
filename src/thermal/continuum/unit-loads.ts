import type { Reach } from './bodies.ts';
import { applyCapacity, type HeatCapacity, heatCapacityOf, type Ladder, unitField } from './ladder.ts';

/** By mode, between the first and the last face of a body's own layers. */
export interface Ports {
  readonly top: Float64Array;
  readonly across: Float64Array;
  readonly bottom: Float64Array;
}

/** Effects of unit loads at faces of a body, mode by mode; every figure is made at its first use. Faces count as its reach does. */
export interface UnitLoads {
  readonly ladder: Ladder;
  /** Temperatures of a face for a unit load at another. */
  readonly temperature: (load: number, face: number) => Float64Array;
  /** The heat that the fields of two unit loads store together: the integral of c times their product. */
  readonly stored: (load: number, other: number) => Float64Array;
}

export function unitLoads(ladder: Ladder, { layers, cooling }: Pick<Reach, 'layers' | 'cooling'>): UnitLoads {
  const { modes } = ladder;
  const fields = new Map<number, Float64Array>();
  const images = new Map<number, Float64Array>();
  const products = new Map<string, Float64Array>();
  let capacity: HeatCapacity | undefined;
  const fieldOf = (face: number): Float64Array => kept(fields, face, () => unitField(ladder, face));
  const imageOf = (face: number): Float64Array =>
    kept(images, face, () => {
      capacity ??= heatCapacityOf(ladder, layers, cooling);
      const image = new Float64Array(ladder.faces * modes);
      applyCapacity(capacity, fieldOf(face), image);
      return image;
    });
  return {
    ladder,
    temperature: (load, face) => fieldOf(load).subarray(face * modes, (face + 1) * modes),
    stored(load, other) {
      const [f, g] = load < other ? [load, other] : [other, load];
      return kept(products, `${f} ${g}`, () => {
        const [field, image] = [fieldOf(f), imageOf(g)];
        const sum = new Float64Array(modes);
        for (let at = 0; at < field.length; at += modes) {
          for (let i = 0; i < modes; i++) sum[i] += field[at + i] * image[at + i];
        }
        return sum;
      });
    },
  };
}

function kept<K, V>(made: Map<K, V>, key: K, make: () => V): V {
  const known = made.get(key);
  if (known !== undefined) return known;
  const value = make();
  made.set(key, value);
  return value;
}

/** A figure between the two ends of a body's own layers. */
export function portsOf({ ladder: { part } }: UnitLoads, figure: UnitLoads['temperature']): Ports {
  const { first, end } = part;
  return { top: figure(first, first), across: figure(end, first), bottom: figure(end, end) };
}
