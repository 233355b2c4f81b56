import { Generator } from '../../src/base/random.ts';

/** Numbers from 0 to 1, the same for a seed on every machine. */
export function randomFrom(seed: number): () => number {
  return new Generator(seed).next;
}
