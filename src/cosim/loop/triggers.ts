import type { Trigger } from '../../policy/index.ts';

/** A set of triggers as a sum of powers of two: the n-th of this list is 2^n. */
export type TriggerBits = number;

const NAMES: readonly Trigger[] = ['epoch', 'layer', 'start', 'end', 'release', 'barrier', 'transition-end', 'wake'];

/** The bits of single triggers. */
export const EPOCH = 1;
export const LAYER = 2;
export const START = 4;
export const END = 8;
export const RELEASE = 16;
export const BARRIER = 32;
export const TRANSITION_END = 64;
export const WAKE = 128;

export function bitsOf(triggers: Iterable<Trigger>): TriggerBits {
  let bits = 0;
  for (const trigger of triggers) bits |= 1 << NAMES.indexOf(trigger);
  return bits;
}

const known = new Map<TriggerBits, ReadonlySet<Trigger>>();

export function triggersOf(bits: TriggerBits): ReadonlySet<Trigger> {
  let found = known.get(bits);
  if (!found) {
    found = new Set(NAMES.filter((_, n) => (bits & (1 << n)) !== 0));
    known.set(bits, found);
  }
  return found;
}
