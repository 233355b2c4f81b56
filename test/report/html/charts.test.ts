import { describe, expect, test } from 'vitest';
import type { RunResult } from '../../../src/cosim/result.ts';
import { descending } from '../../../src/report/html/blocks.ts';
import { layerChart } from '../../../src/report/html/chart-energy.ts';
import { inferenceChart } from '../../../src/report/html/chart-inferences.ts';
import { settingsCharts } from '../../../src/report/html/chart-settings.ts';
import { fieldImage, heatMap } from '../../../src/report/html/heat-map.ts';
import { sharedColours } from '../../../src/report/html/palette.ts';
import { areaPath, linePath, stackedAreas, stepPath, timeBase } from '../../../src/report/html/plot.ts';
import { html } from '../../../src/report/markup.ts';
import { roundAxis } from '../../../src/report/scale.ts';
import { makeFloorplan } from '../../../src/thermal/floorplan.ts';

function attributes(markup: string, tag: string): Record<string, string>[] {
  return [...markup.matchAll(new RegExp(`<${tag} ([^>]*)>`, 'g'))].map((match) =>
    Object.fromEntries([...match[1].matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value])),
  );
}

test('bars of layers are as long as their energies', () => {
  // The larger layer, 4 J, is all of the 1000 units: 1 J is 250 of them.
  const layer = (name: string, ...joules: number[]) => {
    return { name, componentJ: Float64Array.from(joules), energyJ: joules.reduce((a, b) => a + b), timeS: 1, macs: 1 };
  };
  const result = {
    components: ['pe', 'spad', 'dram'],
    layers: [layer('a', 1, 0, 3), layer('b', 0.5, 1, 0.1)],
    componentJ: Float64Array.of(1.5, 1, 3.1),
  } as unknown as RunResult;
  const rects = attributes(layerChart(result).markup, 'rect').map(({ x, width }) => [Number(x), Number(width)]);
  expect(rects).toEqual([
    [0, 250],
    [250, 750],
    [0, 125],
    [125, 250],
    [375, 25],
  ]);
});

test('paths, by hand', () => {
  const points = [
    ['0', '5'],
    ['10', '5'],
    ['20', '8'],
  ] as const;
  expect(linePath([...points, ['20', '8']])).toBe('M0 5L10 5L20 8');
  expect(stepPath(points, '30')).toBe('M0 5H20V8H30');
  expect(areaPath(['0', '10', '30'], ['50', '80'])).toBe('M0 200L0 50H10V80H30V200Z');
  expect(stepPath([], '30')).toBe('');
});

test('stacked areas: each begins where the one below ends', () => {
  const trace = { epochs: 2, timeS: Float64Array.of(1, 2), durationS: Float64Array.of(1, 1) };
  const base = timeBase(trace as unknown as RunResult['trace']);
  const layers = [
    { name: 'low', colour: 'red', values: Float64Array.of(1, 2) },
    { name: 'high', colour: 'blue', values: Float64Array.of(1, 1) },
  ];
  // 4 W are the 200 units of height: 1 W leaves 150, 2 W 100, 3 W 50. The upper one is drawn first.
  const paths = attributes(html`${stackedAreas(base, roundAxis(0, 4), layers)}`.markup, 'path');
  expect(paths.map(({ fill, d }) => [fill, d])).toEqual([
    ['blue', 'M0 200L0 100H500V50H1000V200Z'],
    ['red', 'M0 200L0 150H500V100H1000V200Z'],
  ]);
});

test('a voltage is that of its epoch from its beginning on', () => {
  // Epochs of 1 s and 3 s: 0.7 V, then 0.9 V from a quarter of the width on; the axis is 0.7 to 0.9 V.
  const voltageV = Float64Array.of(0.7, 0.9);
  const trace = { epochs: 2, timeS: Float64Array.of(1, 4), durationS: Float64Array.of(1, 3) };
  const domains = [{ voltageV, frequencyHz: Float64Array.of(1e9, 1e9) }];
  const result = { domains: ['core'], trace: { ...trace, domains } } as unknown as RunResult;
  const [voltage, frequency] = settingsCharts(timeBase(result.trace), result).map(({ markup }) => markup);
  const line = (chart: string) => attributes(chart, 'path').find((path) => path.class === 'line')?.d;
  expect(line(voltage)).toBe('M0 200H250V0H1000');
  expect(line(frequency)).toBe('M0 100H1000');
  // (0.7 * 1 + 0.9 * 3) / 4.
  expect(voltage).toContain('core <b>700 mV to 900 mV, mean 850 mV</b>');
});

test('what two charts show has one colour, and no two things in a chart share one', () => {
  const [first, second] = [
    [0, 1, 2, 3, 4, 5, 6, 7],
    [7, 9, 0, 10, 11],
  ];
  const colours = sharedColours(first, second);
  for (const chart of [first, second]) expect(new Set(chart.map((i) => colours.get(i))).size).toBe(chart.length);
  expect(descending([1, 3, 3, 2])).toEqual([1, 2, 3, 0]);
});

describe('inferences', () => {
  const log = (count: number, latencyS: (i: number) => number) => {
    const trace = { epochs: 1, timeS: Float64Array.of(count), durationS: Float64Array.of(count) };
    const releaseS = Float64Array.from({ length: count }, (_, i) => i);
    const inferences = { releaseS, endS: releaseS.map((release, i) => release + latencyS(i)) };
    const result = { trace, inferences, deadline: { limitS: 0.5 }, simulatedS: count } as unknown as RunResult;
    return inferenceChart(timeBase(result.trace), result).markup;
  };

  test('a late one is marked; one that ends on time to the digit is not', () => {
    const chart = log(4, (i) => [0.4, 0.5, 0.6, Number.NaN][i]);
    expect(chart).toContain('in time <b>2</b>');
    // The unfinished one is 1 s old at the end of the run, and its deadline has passed.
    expect(chart).toContain('late <b>2</b>');
    const missed = attributes(chart, 'path').filter((path) => path.class === 'stick missed');
    // To 1 s, of 0 to 1 s upwards, at 2.6 s and 4 s of 4 s.
    expect(missed.map(({ d }) => d)).toEqual(['M650 200V80M1000 200V0']);
    expect(chart).toContain('inference 3: 600 ms, 100 ms late');
  });

  test('of 5,000, the one that was late is drawn', () => {
    const chart = log(5000, (i) => (i === 1234 ? 0.7 : 0.3));
    expect(chart).toContain('late <b>1</b>');
    expect(chart).toContain('inference 1235: 700 ms, 200 ms late');
    expect(chart).toContain('the quickest and the slowest of every 17');
    expect(attributes(chart, 'rect').length).toBeLessThanOrEqual(600);
  });
});

describe('the map of the die', () => {
  const field = { rows: 2, columns: 2, temperatureK: Float64Array.of(300, 310, 320, 340) };

  test('has a pixel a cell, from the first colour to the last', () => {
    // 0, 10, 20 and 40 of 40 K: 0, 63.75, 127.5 and 255 of 255.
    expect([...fieldImage(field, 300, 340).pixels]).toEqual([0, 64, 128, 255]);
    expect([...fieldImage(field, 300, 300).pixels]).toEqual([0, 0, 0, 0]);
  });

  test('has blocks with their bottoms downwards', () => {
    // A die of 2 x 1 mm is 1000 x 500 units; the lower block is the one of larger y.
    const floorplan = makeFloorplan([
      { name: 'lower', leftM: 0, bottomM: 0, widthM: 2e-3, heightM: 0.25e-3 },
      { name: 'upper', leftM: 0, bottomM: 0.25e-3, widthM: 2e-3, heightM: 0.75e-3 },
    ]);
    const rects = attributes(heatMap({ field } as never, floorplan).markup, 'rect');
    expect(rects.map(({ x, y, width, height }) => [x, y, width, height].map(Number))).toEqual([
      [0, 375, 1000, 125],
      [0, 0, 1000, 375],
    ]);
  });
});
