import { describe, expect, test } from 'vitest';
import type { RunResult, ThermalResult } from '../../../src/cosim/result.ts';
import { blockGroups } from '../../../src/report/charts/block-groups.ts';
import { dieMap, fieldImage } from '../../../src/report/charts/die-map.ts';
import { inferenceChart } from '../../../src/report/charts/inferences.ts';
import { layerChart } from '../../../src/report/charts/layers.ts';
import { componentColours, descending } from '../../../src/report/charts/palette.ts';
import {
  areaPath,
  bandLabels,
  linePath,
  stackedAreas,
  stepBand,
  stepPath,
  timeBase,
} from '../../../src/report/charts/plot.ts';
import { powerChart } from '../../../src/report/charts/power.ts';
import { settingsCharts } from '../../../src/report/charts/settings.ts';
import { temperatureChart } from '../../../src/report/charts/temperature.ts';
import { html } from '../../../src/report/markup.ts';
import { roundAxis } from '../../../src/report/scale.ts';
import type { ReportView } from '../../../src/report/view.ts';
import { makeFloorplan } from '../../../src/thermal/floorplan/floorplan.ts';

function attributes(markup: string, tag: string): Record<string, string>[] {
  return [...markup.matchAll(new RegExp(`<${tag} ([^>]*)>`, 'g'))].map((match) =>
    Object.fromEntries([...match[1].matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value])),
  );
}

describe('bars of layers', () => {
  const layer = (name: string, ...joules: number[]) => {
    return { name, componentJ: Float64Array.from(joules), energyJ: joules.reduce((a, b) => a + b), timeS: 1, macs: 1 };
  };
  const chart = (layers: ReturnType<typeof layer>[], outsideJ: number[], transition: number): string => {
    const componentJ = Float64Array.from(outsideJ, (joules, c) =>
      layers.reduce((sum, l) => sum + l.componentJ[c], joules),
    );
    const run = {
      schedules: layers.map(() => ({ cycles: 1 })),
      energyJ: { total: componentJ.reduce((a, b) => a + b, transition), transition },
      inferences: { completed: 2 },
    };
    const view = { run, components: ['pe', 'spad', 'dram'], layers, componentJ } as unknown as ReportView;
    return layerChart(view, componentColours(componentJ)).markup;
  };
  const rowsOf = (markup: string): string[][] =>
    [...markup.matchAll(/class="name" title="([^"]*)".*?class="value">([^<]*)</gs)].map(([, name, value]) => [
      name,
      value,
    ]);

  test('are as long as their energies', () => {
    // The larger layer, 4 J, is all of the 1000 units: 1 J is 250 of them. Two inferences ended, so it shows 2 J.
    const markup = chart([layer('a', 1, 0, 3), layer('b', 0.5, 1, 0.1)], [0, 0, 0], 0);
    const rects = attributes(markup, 'rect').map(({ x, width }) => [Number(x), Number(width)]);
    expect(rects).toEqual([
      [0, 250],
      [250, 750],
      [0, 125],
      [125, 250],
      [375, 25],
    ]);
    expect(rowsOf(markup)).toEqual([
      ['a', '2.00 J'],
      ['b', '800 mJ'],
    ]);
  });

  test('what is of no layer has one too, and the shares are of all', () => {
    // 1 + 3 + 2 J of components and 2 J of transitions: 4 J are outside of the layer.
    const markup = chart([layer('a', 1, 0, 3)], [0, 0, 2], 2);
    expect(rowsOf(markup)).toEqual([
      ['a', '2.00 J'],
      ['outside layers', '2.00 J'],
    ]);
    const shares = [...markup.matchAll(/<\/span>(\w+) <b>([^<]*)/g)].map(([, name, share]) => [name, share]);
    expect(shares).toEqual([
      ['pe', '12.5%'],
      ['spad', '0.0%'],
      ['dram', '62.5%'],
      ['transitions', '25.0%'],
    ]);
  });

  test('repeated layers have one', () => {
    const blocks = Array.from({ length: 12 }, (_, i) => [
      layer(`blocks.${i}.fc1`, 1, 0, 1),
      layer(`blocks.${i}.fc2`, 2, 0, 0),
    ]);
    // 12 times 2 J over 2 inferences.
    expect(rowsOf(chart([layer('embed', 1, 0, 0), ...blocks.flat(), layer('head', 1, 0, 0)], [0, 0, 0], 0))).toEqual([
      ['embed', '500 mJ'],
      ['blocks.*.fc1, 12 layers', '12.0 J'],
      ['blocks.*.fc2, 12 layers', '12.0 J'],
      ['head', '500 mJ'],
    ]);
  });

  test('of many different layers, the largest 24 and the others together', () => {
    const letters = Array.from({ length: 60 }, (_, i) => layer(`l${'x'.repeat(i)}`, i + 1, 0, 0));
    const rows = rowsOf(chart(letters, [0, 0, 0], 0));
    // The largest have 37 to 60 J; 1 to 36 J sum to 36 * 37 / 2 = 666 J.
    expect(rows.map(([, value]) => value)).toEqual([
      ...Array.from({ length: 24 }, (_, i) => `${((37 + i) / 2).toFixed(1)} J`),
      '333 J',
    ]);
    expect(rows[24][0]).toBe('36 smaller');
  });
});

test('paths, by hand', () => {
  const points = [
    ['0', '5'],
    ['10', '5'],
    ['20', '8'],
  ] as const;
  expect(linePath(points)).toBe('M0 5L10 5L20 8');
  expect(stepPath(points, '30')).toBe('M0 5H20V8H30');
  expect(areaPath(['0', '10', '30'], ['50', '80'])).toBe('M0 200L0 50H10V80H30V200Z');
  expect(stepPath([], '30')).toBe('');
  const level = [...points, ['30', '8'] as const, ['40', '8'] as const];
  expect(linePath(level)).toBe('M0 5L10 5L20 8L40 8');
  // Between 5 and 2, then between 8 and 2: to the right above, back below.
  const { d } = attributes(stepBand(['0', '10', '30'], ['5', '8'], ['2', '2'], 'red').markup, 'path')[0];
  expect(d).toBe('M0 2H30L30 8H10V5H0Z');
});

test('stacked areas: each begins where the one below ends', () => {
  const trace = { epochs: 2, timeS: Float64Array.of(1, 2), durationS: Float64Array.of(1, 1) };
  const base = timeBase(trace as unknown as RunResult['trace'], 0);
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
  // Each is named where it is highest: 1 of 1 to 3 W and 0 to 2 W in the second half, 1 W from 1 to 2 W in the first.
  const labels = attributes(html`${bandLabels(base, roundAxis(0, 4), layers, 0.25)}`.markup, 'span');
  expect(labels.map(({ style }) => style)).toEqual(['left:75%;bottom:25%', 'left:25%;bottom:37.5%']);
  expect(bandLabels(base, roundAxis(0, 4), layers, 0.3)).toHaveLength(1);
});

test('a run of many inferences is drawn in groups of as many each', () => {
  const of = (inferences: number): number => {
    const times = new Float64Array(10_000).fill(1);
    return timeBase({ epochs: 10_000, timeS: times, durationS: times } as unknown as RunResult['trace'], inferences)
      .drawn.count;
  };
  // 150 can be seen in 600 groups, 4 to each; 303 have one each, 755 one for two of them, 4,000 one for seven.
  expect([1, 150, 303, 755, 4000].map(of)).toEqual([600, 600, 303, 377, 571]);
});

describe('voltage and frequency', () => {
  const chartsOf = (...volts: number[]): string[] => {
    const trace = { epochs: 2, timeS: Float64Array.of(1, 4), durationS: Float64Array.of(1, 3) };
    const domains = [{ voltageV: Float64Array.from(volts), frequencyHz: Float64Array.of(1e9, 1e9) }];
    const result = { domains: ['core'], trace: { ...trace, domains } } as unknown as RunResult;
    return settingsCharts(timeBase(result.trace, 1), result).map(({ markup }) => markup);
  };

  test('a voltage is that of its epoch from its beginning on; the axis begins at 0', () => {
    // Epochs of 1 s and 3 s: 0.7 V, then 1 V from a quarter of the width on, which is the top of the 200 units.
    const [voltage, frequency] = chartsOf(0.7, 1);
    expect(attributes(voltage, 'path').find((path) => path.class === 'line')?.d).toBe('M0 60H250V0H1000');
    // (0.7 * 1 + 1 * 3) / 4 = 0.925.
    expect(voltage).toContain('core <b>0.70 V to 1.00 V, mean 0.93 V</b>');
    expect(frequency).toContain('<b>Frequency</b> never changes: core 1.00 GHz.');
  });
});

describe('blocks of a component', () => {
  // Tiles 0 and 2 of the array, a memory on block 1, nothing on block 3, and DRAM off the die.
  const [two, one] = [Float64Array.of(2, 2), Float64Array.of(1, 1)];
  const kelvin = (...celsius: number[]) => Float64Array.from(celsius, (c) => c + 273.15);
  const trace = {
    epochs: 2,
    timeS: Float64Array.of(1, 2),
    durationS: Float64Array.of(1, 1),
    powerW: [two, one, two, new Float64Array(2)],
    temperatureK: [kelvin(70, 74), kelvin(60, 60), kelvin(66, 68), kelvin(60, 60)],
    offDieW: one,
    totalW: Float64Array.of(6, 6),
  };
  const thermal = {
    blocks: ['pe_0', 'memory', 'pe_1', 'rest'],
    startK: kelvin(70, 60, 66, 60),
    peakK: 74 + 273.15,
    peakBlock: 'pe_0',
    peakTimeS: 2,
    limitK: 75 + 273.15,
  } as unknown as ThermalResult;
  const result = { energyJ: { transition: 0 }, trace, thermal } as unknown as RunResult;
  const blocks = [[0, 2], [1], []];
  const view = { run: result, components: ['pe', 'spad', 'dram'], blocks } as unknown as ReportView;
  const base = timeBase(result.trace, 1);
  const groups = blockGroups(view, ['red', 'green', 'blue']);

  test('are one group in its colour; those without one are named themselves', () => {
    expect(groups.map(({ name, colour, blocks }) => [name, colour, blocks])).toEqual([
      ['pe', 'red', [0, 2]],
      ['spad', 'green', [1]],
      ['rest', 'var(--quiet)', [3]],
    ]);
  });

  test('are one band of the power, DRAM is above; the line of the highest epoch is there only if it differs', () => {
    const chart = powerChart(base, view, groups, ['red', 'green', 'blue']).markup;
    // 4 W, 5 W and 6 W of 6 W.
    const fills = attributes(chart, 'path').filter(({ fill }) => fill);
    expect(fills.map(({ fill, d }) => [fill, d])).toEqual([
      ['blue', 'M0 200L0 0H1000V200Z'],
      ['green', 'M0 200L0 33.3H1000V200Z'],
      ['red', 'M0 200L0 66.7H1000V200Z'],
    ]);
    expect(chart).not.toContain('highest epoch');
  });

  test('are a line of the hottest and a shade down to the coolest', () => {
    const chart = temperatureChart(base, result, thermal, groups, []).markup;
    // The axis is 60 to 75 C: 70 C is a third below the top, 74 C is 1/15; 66 C is 9/15 and 68 C 7/15 of 200 units.
    const red = attributes(chart, 'path').filter((path) => path.stroke === 'red' || path.fill === 'red');
    expect(red.map(({ d }) => d)).toEqual([
      'M0 66.7L500 66.7L1000 13.3L1000 93.3L500 120L0 120Z',
      'M0 66.7L500 66.7L1000 13.3',
    ]);
    expect(chart).toContain('peak <b>pe_0 at 2.00 s</b>');
  });

  test('a limit far from the temperatures is named at the edge and does not flatten them', () => {
    const far = { ...thermal, limitK: 120 + 273.15 };
    const chart = temperatureChart(base, result, far, groups, []).markup;
    expect(chart).toContain('▲ limit 120.0 °C');
    expect(attributes(chart, 'path').filter((path) => path.class?.startsWith('mark'))).toEqual([]);
    expect(attributes(chart, 'path').find((path) => path.stroke === 'red')?.d).toContain('L1000 13.3');
  });
});

test('no two components share a colour unless there are too many', () => {
  expect(new Set(componentColours(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8))).size).toBe(8);
  // Seven have their own; the least three share one.
  const ten = componentColours(Float64Array.of(1, 10, 2, 9, 3, 8, 7, 6, 5, 4));
  expect(ten.map((colour) => colour === 'var(--other)')).toEqual(ten.map((_, i) => [0, 2, 4].includes(i)));
  expect(new Set(ten).size).toBe(8);
  expect(descending([1, 3, 3, 2])).toEqual([1, 2, 3, 0]);
});

describe('inferences', () => {
  const log = (count: number, latencyS: (i: number) => number, simulatedS = count) => {
    const trace = { epochs: 1, timeS: Float64Array.of(simulatedS), durationS: Float64Array.of(simulatedS) };
    const releaseS = Float64Array.from({ length: count }, (_, i) => i);
    const inferences = { releaseS, endS: releaseS.map((release, i) => release + latencyS(i)) };
    const result = { trace, inferences, deadline: { limitS: 0.5 }, simulatedS } as unknown as RunResult;
    return inferenceChart(timeBase(result.trace, count), result).markup;
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

  test('one that runs when the run ends is not drawn unless its deadline has passed', () => {
    // The last is released at 3 s of 3.2 s.
    const chart = log(4, (i) => (i === 3 ? Number.NaN : 0.4), 3.2);
    expect(chart).toContain('in time <b>3</b>');
    expect(chart).toContain('1 has not ended and is not drawn');
    expect(
      attributes(chart, 'path')
        .find((path) => path.class === 'stick met')
        ?.d.match(/M/g),
    ).toHaveLength(3);
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
    const rects = attributes(dieMap({ peakField: field } as never, floorplan, []).markup, 'rect');
    expect(rects.map(({ x, y, width, height }) => [x, y, width, height].map(Number))).toEqual([
      [0, 375, 1000, 125],
      [0, 0, 1000, 375],
    ]);
  });
});
