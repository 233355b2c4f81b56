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

/** Each source by itself, so many times over. */
function each(times: number): Float64Array {
  const count = times * M;
  return Float64Array.from({ length: (M + 1) * count }, (_, at) => (Math.floor(at / count) === at % M ? 1 : 0)).fill(
    0,
    M * count,
  );
}

function meansOf(tail: Tail, times: number): Float64Array {
  const means = new Float64Array(places.length * times * M);
  tailResponse(assembly, tail, sources, SHIFT).addMeans(places, each(times), times * M, means);
  return means;
}

function storedOf(tail: Tail, times: number): Float64Array {
  const stored = new Float64Array((times * M) ** 2);
  tailResponse(assembly, tail, sources, SHIFT).addStored(each(times), times * M, stored);
  return stored;
}

function apart(ours: Float64Array, theirs: Float64Array): number {
  const most = theirs.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  return ours.reduce((largest, value, i) => Math.max(largest, Math.abs(value - theirs[i])), 0) / most;
}

// The products of all pairs of rectangles, and the sums over the waves of one combination after the other.
test('many combinations get what each would get by itself', () => {
  const [few, many] = [meansOf(byWave, 1), meansOf(byWave, 2)];
  const first = many.filter((_, at) => at % (2 * M) < M);
  expect(few.some((value) => value > 0)).toBe(true);
  expect(apart(first, few)).toBeLessThan(1e-13);
  const [own, ofMany] = [storedOf(byWave, 1), storedOf(byWave, 2)];
  const block = ofMany.filter((_, at) => at % (2 * M) < M && at < 2 * M * M);
  expect(apart(block, own)).toBeLessThan(1e-13);
});

// The two keep different waves: 1 part in 1,000 for what they bin and for what is beyond them.
test('they get what binned products of pairs give', () => {
  expect(apart(meansOf(byWave, 2), meansOf(continuum.tail(), 2))).toBeLessThan(1e-3);
  expect(apart(storedOf(byWave, 2), storedOf(continuum.tail(), 2))).toBeLessThan(1e-3);
});
