import { describe, expect, test } from 'vitest';
import { figureFiles } from '../../../src/report/charts/figures.ts';
import { rooflineFigure } from '../../../src/report/charts/roofline.ts';
import type { ReportData } from '../../../src/report/data/report-data.ts';
import { madeUp } from '../support.ts';
import { Recorder } from './recorder.ts';

describe('the figures of a report', () => {
  const data = madeUp({ odd: `<&"'>` });
  const files = figureFiles(data);

  test('have a picture and a table each, the same every time', () => {
    const names = Object.keys(files);
    expect(names).toEqual(
      expect.arrayContaining(['power.svg', 'power.csv', 'power-near.svg', 'map.svg', 'roofline.csv']),
    );
    expect(names.filter((name) => name.endsWith('.svg'))).toHaveLength(names.length / 2);
    const again = figureFiles(madeUp({ odd: `<&"'>` }));
    for (const name of names) expect(again[name](), name).toBe(files[name]());
  });

  test('are well-formed SVG of the width of a column, and load nothing', () => {
    for (const [name, make] of Object.entries(files)) {
      if (!name.endsWith('.svg')) continue;
      const svg = make();
      expect(svg, name).toMatch(
        /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="89mm" height="[\d.]+mm" viewBox="0 0 430 \d+"/,
      );
      const text = svg.replace(/base64,[^"]*/g, '');
      expect(text.match(/NaN|Infinity|undefined|<script|href="(?!data:)|\bon\w+="/g), name).toBeNull();
      const open: string[] = [];
      for (const [, end, tag, self] of text.matchAll(/<(\/?)(\w+)[^>]*?(\/?)>/g)) {
        if (end) expect(open.pop(), name).toBe(tag);
        else if (!self) open.push(tag);
      }
      expect(open, name).toEqual([]);
    }
  });

  test('have the energy of the run in the table of power', () => {
    const [header, ...rows] = files['power.csv']()
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    const at = header.indexOf('power_w');
    const joules = rows.reduce((sum, row) => sum + (Number(row[1]) - Number(row[0])) * Number(row[at]), 0);
    // Values are rounded to a 4,095th of their range.
    expect(joules / data.summary.energyJ.total).toBeCloseTo(1, 3);
  });
});

describe('the roofline', () => {
  const layer = (name: string, macs: number, dramBytes: number, timeS: number) => ({ name, macs, dramBytes, timeS });
  const data = {
    roofs: { bytesPerS: 1e9, macsPerS: 1e12 },
    layers: [layer('a', 1e9, 1e5, 1e-3), layer('b', 1e6, 1e5, 1e-3), layer('none', 1e6, 0, 1e-3)],
  } as unknown as ReportData;

  test('has layers at their MACs a byte and a second, and counts those left of the ridge', () => {
    const figure = rooflineFigure(data)!;
    // The ridge is at 10^12 / 10^9 = 1,000 MACs a byte: 10^4 is to its right, 10 to its left.
    expect(figure.label).toBe('Roofline of 2 layers: 1 left of the ridge at 1.00e+3 MAC/B; at most 1.00 TMAC/s');
    expect(figure.table().rows).toEqual([
      ['a', 1e4, 1e12, 1e-3],
      ['b', 10, 1e9, 1e-3],
    ]);
    const recorder = new Recorder();
    figure.draw(recorder, 472);
    // 10 to 10^4 with 0.08 decades beside them over 400 units from 50, 10^9 to 10^12 over 234 units up from 278: 3.16 decades each. The
    // roof bends at 10^3 and 10^12.
    const x = (decades: number): number => Number((50 + (400 * (decades + 0.08)) / 3.16).toFixed(1));
    const y = (decades: number): number => Number((278 - (234 * (decades + 0.08)) / 3.16).toFixed(1));
    const roof = recorder.strokes[0].points;
    expect(roof[1]).toEqual([x(2), y(3)]);
    expect(roof[2]).toEqual([450, y(3)]);
    const dots = recorder.boxes
      .filter(({ ink }) => ink === 'c0')
      .map(({ at: [left, top, width] }) => [left + width / 2, top + width / 2]);
    expect(dots).toEqual([
      [x(3), y(3)],
      [x(0), y(0)],
    ]);
  });

  test('is null without DRAM traffic', () => {
    expect(rooflineFigure({ ...data, layers: [] })).toBeNull();
  });
});
