import { expect, test } from 'vitest';
import { codeColumn } from '../../../src/report/data/numbers-coded.ts';
import { dieMap, fieldImage } from '../../../src/report/page/die-map.ts';

const field = { rows: 2, columns: 2, temperatureK: Float64Array.of(300, 310, 320, 340) };

test('a map has a pixel a cell, from the first colour to the last', () => {
  // 0, 10, 20 and 40 of 40 K: 0, 63.75, 127.5 and 255 of 255.
  expect([...fieldImage(field, 300, 340).pixels]).toEqual([0, 64, 128, 255]);
  expect([...fieldImage(field, 300, 300).pixels]).toEqual([0, 0, 0, 0]);
});

test('a map has blocks with their bottoms downwards', () => {
  // A die of 2 x 1 mm is 1000 x 500 units; the lower block is the one of larger y.
  const blocks = [
    { name: 'lower', leftM: 0, bottomM: 0, widthM: 2e-3, heightM: 0.25e-3 },
    { name: 'upper', leftM: 0, bottomM: 0.25e-3, widthM: 2e-3, heightM: 0.75e-3 },
  ];
  const { markup } = dieMap({
    floorplan: { widthM: 2e-3, heightM: 1e-3, blocks },
    blocks: blocks.map(({ name }) => ({ name, components: [], peakK: 340, meanW: 1 })),
    peakField: { ...field, temperatureK: codeColumn(field.temperatureK) },
  });
  const rects = [...markup.matchAll(/<rect class="block" x="([^"]*)" y="([^"]*)" width="([^"]*)" height="([^"]*)"/g)];
  expect(rects.map((rect) => rect.slice(1, 5).map(Number))).toEqual([
    [0, 375, 1000, 125],
    [0, 0, 1000, 375],
  ]);
});
