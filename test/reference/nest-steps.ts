import type { Machine, Nest } from '../../src/mapping/index.ts';

type Box = readonly (readonly [from: number, width: number])[];

/** Words of `next` that are not in `before`. */
function newWords(next: Box, before: Box | undefined): number {
  const all = next.reduce((words, [, width]) => words * width, 1);
  if (!before) return all;
  const common = next.reduce(
    (words, [from, width], r) => words * Math.max(0, width - Math.abs(from - before[r][0])),
    1,
  );
  return all - common;
}

/**
 * Words of tensor q that reach the first instance of a level, step by step: every index of every loop above the level is
 * visited in order, and the tile is compared with the one before.
 */
export function arrivalsByStep(machine: Machine, nest: Nest, level: number, q: number): number {
  const { levels: L, dimensions: D, problem } = machine;
  const extent = (from: number, d: number): number => {
    let all = 1;
    for (let l = from; l < L; l++) all *= nest.temporal[l * D + d] * nest.spatial[l * D + d];
    return all;
  };
  const loops: { readonly d: number; readonly bound: number; readonly stride: number }[] = [];
  for (let l = 0; l < level; l++) {
    for (const d of nest.order.subarray(l * D, l * D + D)) {
      const stride = extent(l + 1, d) * nest.spatial[l * D + d];
      loops.push({ d, bound: nest.temporal[l * D + d], stride });
    }
  }
  let words = 0;
  let before: Box | undefined;
  const at = new Array<number>(D).fill(0);
  const visit = (i: number): void => {
    if (i < loops.length) {
      const { d, bound, stride } = loops[i];
      for (let index = 0; index < bound; index++) {
        at[d] += index * stride;
        visit(i + 1);
        at[d] -= index * stride;
      }
      return;
    }
    const box = problem.tensors[q].ranks.map((terms): [number, number] => [
      terms.reduce((sum, { dimension, coefficient }) => sum + coefficient * at[dimension], 0),
      terms.reduce((sum, { dimension, coefficient }) => sum + coefficient * (extent(level, dimension) - 1), 1),
    ]);
    words += newWords(box, before);
    before = box;
  };
  visit(0);
  return words;
}
