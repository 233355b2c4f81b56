import type { TimeloopMapping } from '../../src/formats/timeloop/index.ts';
import type { Machine, Nest } from '../../src/mapping/index.ts';

/**
 * Words of a tensor that children need not take from above because a neighbour on the mesh fetched just them in the step before, by walking
 * every step of every child with sets of words. As in Timeloop, a child finds words in its tile before only where the tile has moved as it does
 * over the innermost loop. As in Timeloop, a child finds words of its tile before only if the tile has moved as it does
 * over the innermost loop. `child` is the level below `level`; its tiles are those that the mesh of level child - 1 spreads.
 */
export function linkedWords(
  machine: Machine,
  nest: Nest,
  { levels }: TimeloopMapping,
  child: number,
  q: number,
): number {
  const { dimensions: D, rankOf, coefficientOf, rankStart } = machine;
  const ranks = rankStart[q + 1] - rankStart[q];
  const loops = Array.from({ length: child }, (_, l) =>
    Array.from(nest.order.subarray(l * D, l * D + D), (d) => ({ d, l, bound: nest.temporal[l * D + d] })),
  )
    .flat()
    .filter(({ bound }) => bound > 1);
  const inside = (l: number, d: number): number => {
    let product = 1;
    for (let i = l; i < machine.levels; i++) product *= nest.temporal[i * D + d] * nest.spatial[i * D + d];
    return product;
  };
  const placeOf = (starts: readonly number[], r: number): number =>
    starts.reduce(
      (sum, start, d) => (rankOf[q * D + d] === rankStart[q] + r ? sum + start * coefficientOf[q * D + d] : sum),
      0,
    );
  const width = Array.from({ length: ranks }, (_, r) =>
    Array.from({ length: D }, (_, d) => d).reduce(
      (size, d) =>
        rankOf[q * D + d] === rankStart[q] + r ? size + coefficientOf[q * D + d] * (inside(child, d) - 1) : size,
      1,
    ),
  );
  const tileAt = (starts: readonly number[]): Set<string> => {
    let words: number[][] = [[]];
    for (let r = 0; r < ranks; r++)
      words = words.flatMap((word) => Array.from({ length: width[r] }, (_, i) => [...word, placeOf(starts, r) + i]));
    return new Set(words.map((word) => word.join()));
  };
  // Places of the children on the mesh: loops along Y outside, loops along X inside, the last one fastest.
  const mesh = child - 1;
  const spread = [...levels[mesh].spatial].sort((a, b) => (a.axis === b.axis ? 0 : a.axis === 'Y' ? -1 : 1));
  const across = spread.reduce((product, { axis, bound }) => (axis === 'X' ? product * bound : product), 1);
  let offsets: number[][] = [new Array<number>(D).fill(0)];
  const nested = new Map<number, number>();
  for (const { dimension, bound } of [...spread].reverse()) {
    const step = inside(child, dimension) * (nested.get(dimension) ?? 1);
    nested.set(dimension, (nested.get(dimension) ?? 1) * bound);
    const inner = offsets;
    offsets = Array.from({ length: bound }, (_, i) =>
      inner.map((at) => at.map((x, d) => (d === dimension ? x + i * step : x))),
    ).flat();
  }
  const columns = Math.max(machine.fanoutX[mesh], across);
  const neighbours = (k: number): number[] =>
    [
      k - columns,
      k + columns,
      ...(k % columns > 0 ? [k - 1] : []),
      ...(k % columns < columns - 1 ? [k + 1] : []),
    ].filter((other) => other >= 0 && other < offsets.length);
  const index = loops.map(() => 0);
  let fetchedBefore: string[] | undefined;
  let tilesBefore: Set<string>[] | undefined;
  let placeBefore: number[] | undefined;
  let usual: string | undefined;
  let saved = 0;
  for (;;) {
    const starts = Array.from({ length: D }, (_, d) =>
      loops.reduce(
        (sum, { d: of, l }, i) => (of === d ? sum + index[i] * inside(l + 1, d) * nest.spatial[l * D + d] : sum),
        0,
      ),
    );
    const place = width.map((_, r) => placeOf(starts, r));
    const move = placeBefore && place.map((x, r) => x - placeBefore![r]).join();
    usual ??= move;
    placeBefore = place;
    const tiles = offsets.map((at) => tileAt(starts.map((x, d) => x + at[d])));
    const fetched = tiles.map((tile, k) => {
      const old = child < machine.levels && move === usual ? tilesBefore?.[k] : undefined;
      return [...tile]
        .filter((word) => !old?.has(word))
        .sort()
        .join(';');
    });
    const words = (sets: Iterable<string>): number =>
      [...new Set(sets)].reduce((sum, set) => sum + (set === '' ? 0 : set.split(';').length), 0);
    if (fetchedBefore) {
      const before = fetchedBefore;
      const left = fetched.filter((set, k) => !neighbours(k).some((other) => before[other] === set));
      saved += words(fetched) - words(left);
    }
    fetchedBefore = fetched;
    tilesBefore = tiles;
    let i = loops.length - 1;
    while (i >= 0 && ++index[i] === loops[i].bound) index[i--] = 0;
    if (i < 0) return saved;
  }
}
