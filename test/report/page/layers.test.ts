import { describe, expect, test } from 'vitest';
import { componentColours, descending } from '../../../src/report/data/palette.ts';
import type { ReportData } from '../../../src/report/data/report-data.ts';
import { layerChart } from '../../../src/report/page/layers.ts';

function attributes(markup: string, tag: string): Record<string, string>[] {
  return [...markup.matchAll(new RegExp(`<${tag} ([^>]*)>`, 'g'))].map((match) =>
    Object.fromEntries([...match[1].matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value])),
  );
}

describe('bars of layers', () => {
  const layer = (name: string, ...joules: number[]) => {
    const energyJ = joules.reduce((a, b) => a + b);
    const rest = { cycles: 1, timeS: 1, stallS: 0, dramBytes: 1, macs: 1, scheduleCycles: 1 };
    // A quarter of what the parts on the die take is leakage, an eighth waiting clocks.
    const [idleJ, leakageJ, dramJ] = [(joules[0] + joules[1]) / 8, (joules[0] + joules[1]) / 4, joules[2]];
    return { name, componentJ: joules, energyJ, idleJ, leakageJ, dramJ, ...rest };
  };
  const chart = (layers: ReturnType<typeof layer>[], outsideJ: number[], transition: number, by = 'component') => {
    const componentJ = Float64Array.from(outsideJ, (joules, c) =>
      layers.reduce((sum, l) => sum + l.componentJ[c], joules),
    );
    const total = componentJ.reduce((a, b) => a + b, transition);
    const [idle, leakage] = [(componentJ[0] + componentJ[1]) / 8, (componentJ[0] + componentJ[1]) / 4];
    const dram = componentJ[2];
    const energyJ = { total, dynamic: total - transition - idle - leakage - dram, idle, leakage, dram, transition };
    const components = ['pe', 'spad', 'dram'].map((name, c) => ({ name, energyJ: componentJ[c] }));
    const data = { components, layers, summary: { energyJ, inferences: 2 } } as unknown as ReportData;
    return layerChart(data)
      .markup.split('class="split ')
      .find((part) => part.startsWith(`by-${by}`))!;
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
      ['pe', '12.5\u00a0%'],
      ['spad', '0.0\u00a0%'],
      ['dram', '62.5\u00a0%'],
      ['transitions', '25.0\u00a0%'],
    ]);
  });

  test('a small energy outside of layers is there, with a share that is not zero', () => {
    // 0.1 mJ of 4.0001 J; the scratchpad takes nothing at all.
    const markup = chart([layer('a', 1, 0, 3)], [0, 0, 0], 1e-4);
    expect(rowsOf(markup)).toEqual([
      ['a', '2.00 J'],
      ['outside layers', '50.0 µJ'],
    ]);
    const shares = [...markup.matchAll(/<\/span>(\w+) <b>([^<]*)/g)].map(([, name, share]) => [name, share]);
    expect(shares).toEqual([
      ['pe', '25.0\u00a0%'],
      ['spad', '0.0\u00a0%'],
      ['dram', '75.0\u00a0%'],
      ['transitions', '&lt;0.1\u00a0%'],
    ]);
  });

  test('by cause, the same bars in other parts', () => {
    // Of the 1 J on the die 0.625 J are dynamic, 0.125 J waiting and 0.25 J leakage; 3 J are DRAM's. All 4 J are 1000 units.
    const markup = chart([layer('a', 1, 0, 3)], [0, 0, 2], 2, 'cause');
    const rects = attributes(markup, 'rect').map(({ x, width }) => [Number(x), Number(width)]);
    expect(rects).toEqual([
      [0, 156.3],
      [156.3, 31.3],
      [187.5, 62.5],
      [250, 750],
      [0, 500],
      [500, 500],
    ]);
    expect(rowsOf(markup)).toEqual([
      ['a', '2.00 J'],
      ['outside layers', '2.00 J'],
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

test('no two components share a colour unless there are too many', () => {
  expect(new Set(componentColours(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8))).size).toBe(8);
  // Seven have their own; the least three share one.
  const ten = componentColours(Float64Array.of(1, 10, 2, 9, 3, 8, 7, 6, 5, 4));
  expect(ten.map((colour) => colour === 'other')).toEqual(ten.map((_, i) => [0, 2, 4].includes(i)));
  expect(new Set(ten).size).toBe(8);
  expect(descending([1, 3, 3, 2])).toEqual([1, 2, 3, 0]);
});
