import type { Interface } from '../bodies.ts';
import { toLarger, toSmaller } from '../lateral/index.ts';

/** A flux in the modes of the body above or below. */
export function fromInterface(
  { isUpperSmaller, overlap, place }: Interface,
  toUpper: boolean,
  q: Float64Array,
  u: Float64Array,
): void {
  if (isUpperSmaller !== toUpper) {
    toLarger(overlap, q, u);
    return;
  }
  u.fill(0);
  for (let k = 0; k < place.length; k++) u[place[k]] = q[k];
}

/** y += sign times the temperatures of a body's face, in the modes of the interface. */
export function addFromBody(
  { isUpperSmaller, overlap, place, modes }: Interface,
  isUpper: boolean,
  u: Float64Array,
  sign: number,
  y: Float64Array,
): void {
  if (isUpperSmaller === isUpper) {
    for (let k = 0; k < modes; k++) y[k] += sign * u[place[k]];
    return;
  }
  const part = new Float64Array(modes);
  toSmaller(overlap, u, part);
  for (let k = 0; k < modes; k++) y[k] += sign * part[k];
}
