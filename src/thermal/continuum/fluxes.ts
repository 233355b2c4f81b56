import type { Interface } from './bodies.ts';
import { diagonalOfSmaller, toLarger, toSmaller } from './overlap.ts';

/** A flux in the modes of the body above or below. */
export function fromInterface(
  { isUpperSmaller, overlap }: Interface,
  toUpper: boolean,
  q: Float64Array,
  u: Float64Array,
): void {
  if (isUpperSmaller === toUpper) u.set(q);
  else toLarger(overlap, q, u);
}

/** Adds temperatures of a body's face in the modes of the interface. */
export function addFromBody(
  { isUpperSmaller, overlap, modes }: Interface,
  isUpper: boolean,
  u: Float64Array,
  y: Float64Array,
): void {
  if (isUpperSmaller === isUpper) {
    for (let i = 0; i < modes; i++) y[i] += u[i];
    return;
  }
  const part = new Float64Array(modes);
  toSmaller(overlap, u, part);
  for (let i = 0; i < modes; i++) y[i] += part[i];
}

/** y += temperature above less that below. */
export function addToInterface(one: Interface, above: Float64Array, below: Float64Array, y: Float64Array): void {
  addFromBody(one, true, above, y);
  const part = new Float64Array(one.modes);
  addFromBody(one, false, below, part);
  for (let i = 0; i < part.length; i++) y[i] -= part[i];
}

/** The diagonal, in the interface's modes, of what is diagonal in a body's. */
export function inInterface({ isUpperSmaller, overlap }: Interface, isUpper: boolean, n: Float64Array): Float64Array {
  return isUpperSmaller === isUpper ? n : diagonalOfSmaller(overlap, n);
}

export function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}
