import { expect, test } from 'vitest';
import { drawMap, mapFrame, placeAt } from '../../../src/report/charts/map.ts';
import type { Die } from '../../../src/report/data/model.ts';
import { Recorder } from './recorder.ts';

/** A die of 2 x 1 mm and 2 x 2 cells; the lower block is a quarter of it. */
const blocks = [
  { name: 'lower', leftM: 0, bottomM: 0, widthM: 2e-3, heightM: 0.25e-3 },
  { name: 'upper', leftM: 0, bottomM: 0.25e-3, widthM: 2e-3, heightM: 0.75e-3 },
];
const DIE: Die = {
  floorplan: { widthM: 2e-3, heightM: 1e-3, blocks },
  blocks: blocks.map(({ name }) => ({ name, components: [], peakK: 340, meanW: 1 })),
  componentNames: [],
  map: { rows: 2, columns: 2, timeS: Float64Array.of(1), errorK: 0, frame: (_, out) => out },
};
const FIELD = Float64Array.of(300, 310, 320, 340);

test('a map has a level a cell, the die in its shape, and blocks with their bottoms downwards', () => {
  const recorder = new Recorder();
  // 40 + 66 units of room beside a die of 200 x 100.
  drawMap(recorder, DIE, 306, FIELD, [300, 340]);
  expect(mapFrame(DIE, 306)).toEqual({ x: 40, y: 10, width: 200, height: 100 });
  // 0, 10, 20 and 40 of 40 K: 0, 63.75, 127.5 and 255 of 255.
  expect(recorder.pictures[0]).toEqual([0, 64, 128, 255]);
  const outlines = recorder.strokes.filter(({ ink }) => ink === 'over').map(({ points }) => [points[0], points[2]]);
  expect(outlines).toEqual([
    [
      [40, 85],
      [240, 110],
    ],
    [
      [40, 10],
      [240, 85],
    ],
  ]);
  expect(recorder.texts).toEqual(expect.arrayContaining(['lower', 'upper', 'mm', '°C', '66.9 °C']));
});

test('pointing tells the block, the cell and the place', () => {
  // The middle of the lower right cell: three quarters across, 75 of 100 units down, which is 0.25 mm up.
  expect(placeAt(DIE, 306, 190, 84)).toEqual({ cell: 3, block: 'upper', xMm: 1.5, yMm: expect.closeTo(0.26, 12) });
  expect(placeAt(DIE, 306, 190, 90)?.block).toBe('lower');
  expect(placeAt(DIE, 306, 20, 50)).toBeNull();
});

/** A row of two arrays of two PEs each, every one `widthMm` wide and 1 mm high. */
function arrays(widthMm: number): Die {
  const widthM = 1e-3 * widthMm;
  const all = [0, 1, 2, 3].map((i) => ({
    name: `array_${i >> 1}.pe_0_${i % 2}`,
    leftM: (i >> 1) * 4 * widthM + (i % 2) * widthM,
    bottomM: 0,
    widthM,
    heightM: 1e-3,
  }));
  return {
    ...DIE,
    floorplan: { widthM: 8 * widthM, heightM: 1e-3, blocks: all },
    blocks: all.map(({ name }) => ({ name, components: [0], peakK: 340, meanW: 1 })),
    componentNames: ['pe'],
  };
}

test('blocks without room for their own names have that of their array, where they lie together', () => {
  const texts = (die: Die, width: number): readonly string[] => {
    const recorder = new Recorder();
    drawMap(recorder, die, width, FIELD, [300, 340]);
    return recorder.texts.filter((text) => /pe|array/.test(text));
  };
  // 1,600 units for 8 blocks: all names fit. 480 units: 60 a block hold no name, but 120 an array do.
  expect(texts(arrays(1), 106 + 1600)).toEqual(arrays(1).blocks.map(({ name }) => name));
  expect(texts(arrays(1), 106 + 480)).toEqual(['array_0', 'array_1']);
  expect(texts(arrays(1), 106 + 80)).toEqual([]);
});
