/** Irregular blocks, some of them much narrower than the waves of every step, in the first microseconds after a jump of the power. */
import { describe, expect, test } from 'vitest';
import { HOTSPOT_DEFAULTS } from '../../../src/formats/hotspot/config.ts';
import {
  reduceContinuumNetwork,
  waveCellReader,
  waveReader,
  waveTransient,
} from '../../../src/thermal/continuum/index.ts';
import { coupledWaves, reduceCoupled } from '../../../src/thermal/continuum/waves/index.ts';
import type { Block } from '../../../src/thermal/floorplan/index.ts';
import { hotspotStack, modalTransient } from '../../../src/thermal/index.ts';
import { randomFrom } from '../../support/random.ts';
import { longTest } from '../../tier.ts';
import { type Patch, stepOnThickDie } from './half-space.ts';
import { block, heated, mm } from './support.ts';

const SIDES = { widthM: 8 * mm, heightM: 4 * mm };
const SILICON = { conductivityWPerMK: HOTSPOT_DEFAULTS.k_chip, heatCapacityJPerM3K: HOTSPOT_DEFAULTS.p_chip };

/** A die that is cut in two so many times, where its largest blocks are; then strips of 40 um are cut off some. */
function sliced(cuts: number, strips: number): Block[] {
  const random = randomFrom(3);
  const blocks = [[0, 0, 8, 4]];
  const cut = (at: number, part: number): void => {
    const [x, y, w, h] = blocks[at];
    const [first, second] =
      w > h
        ? [
            [x, y, part, h],
            [x + part, y, w - part, h],
          ]
        : [
            [x, y, w, part],
            [x, y + part, w, h - part],
          ];
    blocks.splice(at, 1, first, second);
  };
  const largest = (): number =>
    blocks.reduce((most, [, , w, h], i) => (w * h > blocks[most][2] * blocks[most][3] ? i : most), 0);
  for (let i = 0; i < cuts; i++) {
    const at = largest();
    cut(at, Math.round(Math.max(blocks[at][2], blocks[at][3]) * (0.3 + 0.4 * random()) * 1e3) / 1e3);
  }
  for (let i = 0; i < strips; i++) cut(5 * i, 0.04);
  return blocks.map(([x, y, w, h], i) => block(`b${i}`, x, y, w, h));
}

const BLOCKS = sliced(60, 8);
const PATCHES = BLOCKS.map(({ leftM, bottomM, widthM, heightM }): Patch => {
  return { x: [leftM, leftM + widthM], y: [bottomM, bottomM + heightM] };
});
const RESOLUTION = { columns: 10, rows: 10, elements: 4, kept: [24, 16] };
const network = heated(hotspotStack(HOTSPOT_DEFAULTS), BLOCKS, [8, 4], RESOLUTION);
const { continuum, ambientK } = network;
const waves = coupledWaves(continuum);
const start = (sampleS: number) =>
  waveTransient(waves, reduceCoupled(waves, sampleS), continuum.sources, ambientK, sampleS);

// Heat goes 24 and 76 um in 1 and 10 us, half the 0.15 mm of the die and back: the half-space's rise.
describe.each([1e-6, 1e-5])('after %f s', (timeS) => {
  const transient = start(timeS);
  const step = (u: number, v: number): number => stepOnThickDie(PATCHES[u], PATCHES[v], SIDES, SILICON, timeS);

  test('every block by its own power within 1 %, and others within 0.5 % of that', () => {
    const powerW = new Float64Array(BLOCKS.length);
    BLOCKS.forEach((_, v) => {
      transient.state.fill(0);
      powerW.fill(0)[v] = 1;
      transient.step(powerW, timeS);
      const own = step(v, v);
      expect(Math.abs((transient.temperatureK[v] - ambientK) / own - 1)).toBeLessThan(0.01);
      for (let u = v % 7; u < BLOCKS.length; u += 7) {
        if (u !== v) expect(Math.abs(transient.temperatureK[u] - ambientK - step(u, v))).toBeLessThan(0.005 * own);
      }
    });
  });

  // 0.2 to 1.2 W/mm^2.
  test('all blocks under densities of power that differ sixfold: each within 2 % of its own rise', () => {
    const random = randomFrom(11);
    const powerW = Float64Array.from(BLOCKS, ({ widthM, heightM }) => (0.2 + random()) * 1e6 * widthM * heightM);
    transient.state.fill(0);
    transient.step(powerW, timeS);
    transient.temperatureK.forEach((kelvin, u) => {
      const rise = powerW.reduce((sum, p, v) => sum + p * step(u, v), 0);
      expect(Math.abs((kelvin - ambientK) / rise - 1)).toBeLessThan(0.02);
    });
  });
});

longTest(
  'samples of 0.1 ms to 1 s as by a model of the sources with more shifts: each block within 2 % of its own rise',
  () => {
    const reference = reduceContinuumNetwork(network, { shortestS: 1e-5 });
    const random = randomFrom(11);
    for (const sampleS of [1e-4, 1e-3, 1e-2, 1]) {
      const [ours, theirs] = [start(sampleS), modalTransient(reference)];
      for (let k = 0; k < 3; k++) {
        const powerW = Float64Array.from(BLOCKS, ({ widthM, heightM }) => (0.2 + random()) * 1e6 * widthM * heightM);
        for (const solver of [ours, theirs]) solver.step(powerW, sampleS);
        theirs.temperatureK.forEach((kelvin, u) => {
          expect(Math.abs((ours.temperatureK[u] - ambientK) / (kelvin - ambientK) - 1)).toBeLessThan(0.02);
        });
      }
    }
  },
);

// Rows and columns have more edges along one side than along the other, whichever side that is of the blocks.
test.each([
  [100, 2],
  [2, 100],
])('%i x %i cells are read of the same field as the blocks', (rows, columns) => {
  const transient = start(1e-3);
  transient.step(
    Float64Array.from(BLOCKS, ({ leftM, widthM, heightM }) => (leftM < 3 * mm ? 1e6 * widthM * heightM : 0)),
    1e-3,
  );
  const [width, height] = [SIDES.widthM / columns, SIDES.heightM / rows];
  const cells = Array.from({ length: rows * columns }, (_, at) => {
    const [x0, y0] = [(at % columns) * width, Math.floor(at / columns) * height];
    return {
      x0: x0 - SIDES.widthM / 2,
      x1: x0 + width - SIDES.widthM / 2,
      y0: y0 - SIDES.heightM / 2,
      y1: y0 + height - SIDES.heightM / 2,
    };
  });
  for (const reader of [waveReader, waveCellReader]) {
    const means = new Float64Array(cells.length);
    reader(waves, cells)(transient, means);
    // Of the whole die, and of its south-western quarter.
    for (const part of [1, 0.5]) {
      const [right, top] = [part * SIDES.widthM, part * SIDES.heightM];
      let [ofBlocks, ofCells] = [0, 0];
      BLOCKS.forEach(({ leftM, bottomM, widthM, heightM }, u) => {
        const across = Math.max(0, Math.min(leftM + widthM, right) - leftM);
        const along = Math.max(0, Math.min(bottomM + heightM, top) - bottomM);
        ofBlocks += (transient.temperatureK[u] - ambientK) * across * along;
      });
      cells.forEach(({ x0, y0 }, at) => {
        const isWithin = x0 + SIDES.widthM / 2 < right - width / 2 && y0 + SIDES.heightM / 2 < top - height / 2;
        if (isWithin) ofCells += (means[at] - ambientK) * width * height;
      });
      expect(Math.abs(ofCells / ofBlocks - 1)).toBeLessThan(part === 1 ? 1e-3 : 0.03);
    }
  }
});
