/** Waves that are kept one by one, as with more than 400 rectangles: of a few combinations of the powers, and of many. */
import { expect, test } from 'vitest';
import { HOTSPOT_DEFAULTS } from '../../../src/formats/hotspot/config.ts';
import { ONCE, shortWaves } from '../../../src/thermal/continuum/short/index.ts';
import { type Tail, tailResponse } from '../../../src/thermal/continuum/tail.ts';
import { hotspotStack } from '../../../src/thermal/index.ts';
import { block, heated } from './support.ts';

const BLOCKS = [0, 1, 3, 4, 7].flatMap((x, i) => [0, 2, 3].map((y, j) => block(`b${i}_${j}`, x, y, 1, 0.5 + j / 4)));
const M = BLOCKS.length;
const RESOLUTION = { columns: 8, rows: 8, elements: 4, kept: [20, 14] };
const { continuum } = heated(hotspotStack(HOTSPOT_DEFAULTS), BLOCKS, [8, 4], RESOLUTION);
const { assembly, rectangles, sources } = continuum;
const waves = shortWaves(assembly, rectangles, rectangles, ONCE);
const byWave: Tail = { columns: M, lambda: waves.lambda, weight: null, waves };
/** 1, 2 and 3 layers deep. */
const places = [0, 1, 2].flatMap((face) => sources.map(({ rectangle }) => ({ rectangle, face })));
const SHIFT = 2e5;

/** Each source of some by itself; no ambient. */
function each(some: readonly number[]): Float64Array {
  const count = some.length;
  const combination = new Float64Array((M + 1) * count);
  some.forEach((u, v) => {
    combination[u * count + v] = 1;
  });
  return combination;
}

const ALL = sources.map((_, u) => u);

/** Places x sources. */
function meansOf(tail: Tail, some: readonly number[]): Float64Array {
  const means = new Float64Array(places.length * some.length);
  tailResponse(assembly, tail, sources, SHIFT).addMeans(places, each(some), some.length, means);
  return means;
}

/** Sources x sources. */
function storedOf(tail: Tail, some: readonly number[]): Float64Array {
  const stored = new Float64Array(some.length ** 2);
  tailResponse(assembly, tail, sources, SHIFT).addStored(each(some), some.length, stored);
  return stored;
}

function apart(ours: Float64Array, theirs: Float64Array): number {
  const most = theirs.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  return ours.reduce((largest, value, i) => Math.max(largest, Math.abs(value - theirs[i])), 0) / most;
}

// The products of all pairs of rectangles, and the sums over the waves of one source after the other.
test('many combinations get what each would get by itself', () => {
  expect(waves.plane.manyForAll).toBeLessThan(M);
  const [means, stored] = [meansOf(byWave, ALL), storedOf(byWave, ALL)];
  for (const u of ALL) {
    const own = means.filter((_, at) => at % M === u);
    expect(apart(meansOf(byWave, [u]), own)).toBeLessThan(1e-13);
    expect(storedOf(byWave, [u])[0] / stored[u * (M + 1)]).toBeCloseTo(1, 12);
  }
});

// The two keep different waves: 1 part in 1,000 for what they bin and for what is beyond them.
test('they get what binned products of pairs give', () => {
  expect(apart(meansOf(byWave, ALL), meansOf(continuum.tail(), ALL))).toBeLessThan(1e-3);
  expect(apart(storedOf(byWave, ALL), storedOf(continuum.tail(), ALL))).toBeLessThan(1e-3);
});
