import { describe, expect, test } from 'vitest';
import { runText, type TextOptions } from '../../src/report/terminal.ts';
import { QUICKSTART, run } from '../cosim/support.ts';

const result = run(QUICKSTART);
/** All layers, as one table if nothing limits it. */
const allText = (options: TextOptions = {}): string => runText(result, { top: 100, ...options });
const tablesIn = (text: string) => text.split('\n').filter((line) => /^-+$/.test(line)).length / 2;

describe('the text of a run', () => {
  test('has one full table where nothing limits it', () => {
    const lines = allText().split('\n');
    expect(lines[0]).toMatch(/^(deadline|temperature|energy) {2}/);
    expect(lines).toContain('design       resnet18 on edge-npu (32 x 32, output stationary)');
    expect(lines).toContain('policy       fixed: core at 800 MHz, 1.05 V');
    expect(tablesIn(allText())).toBe(1);
    const header = lines.find((line) => line.startsWith('layer'))!;
    expect(header.split(/ {2,}/)).toEqual([
      ...['layer', 'MACs', 'cycles', 'util', 'time', 'stalled', 'waits for', 'DRAM', 'order', 'energy'],
      ...['pe', 'ifmap_spad', 'filter_spad', 'ofmap_spad', 'dram'],
    ]);
    // 1,814,073,344 MACs (He et al. 2016, table 1: 1.8 x 10^9)
    expect(lines.find((line) => line.startsWith('total'))).toMatch(/^total +1\.81 G/);
  });

  test('is aligned: every row ends where the header ends', () => {
    const lines = allText().split('\n');
    const first = lines.findIndex((line) => line.startsWith('layer'));
    const last = lines.findIndex((line) => line.startsWith('total'));
    const widths = new Set(lines.slice(first, last + 1).map((line) => line.length));
    expect(widths.size).toBe(1);
    expect(last - first).toBe(21 + 3);
  });

  test('splits the table in two where a terminal is too narrow for it', () => {
    const widest = Math.max(
      ...allText()
        .split('\n')
        .filter((line) => /^(layer|total|conv|fc|-)/.test(line))
        .map((line) => line.length),
    );
    expect(tablesIn(allText({ width: widest }))).toBe(1);
    const narrow = allText({ width: widest - 1 });
    expect(tablesIn(narrow)).toBe(2);
    const headers = narrow.split('\n').filter((line) => line.startsWith('layer '));
    expect(headers.map((header) => header.split(/ {2,}/))).toEqual([
      ['layer', 'MACs', 'cycles', 'util', 'time', 'stalled', 'waits for', 'DRAM', 'order'],
      ['layer', 'energy', 'pe', 'ifmap_spad', 'filter_spad', 'ofmap_spad', 'dram'],
    ]);
    // The bundled experiments fit a terminal of 80 columns, in three tables.
    const tables = allText({ width: 80 })
      .split('\n')
      .filter((line) => /^(layer|total|conv1|fc|-)/.test(line));
    for (const line of tables) expect(line.length).toBeLessThanOrEqual(80);
    expect(narrow.match(/^conv1 /gm)).toHaveLength(2);
    expect(narrow.match(/^total /gm)).toHaveLength(2);
  });

  test('says what is left out and what is assumed', () => {
    expect(runText(result)).toContain(
      '\nLayers omitted because they are not matrix products: 20 norm, 17 activation, 2 pool, 8 add, 1 softmax (by name in summary.json).\n',
    );
    expect(runText(result)).toMatch(/\n\d+ assumptions: --verbose lists them/);
    expect(runText(result, { detail: 'verbose' })).toContain('\nAssumptions:\n  - DRAM background power of 30 mW');
  });

  test('shows the twelve layers that take most energy, and the rest as one row', () => {
    const rows = runText(result)
      .split('\n')
      .filter((line) => /^(conv1|layer\d|fc|\d+ others|total)/.test(line));
    // 21 layers: 12, the other 9, and the sum.
    expect(rows).toHaveLength(14);
    const order = result.layers.toSorted((a, b) => b.energyJ - a.energyJ).map(({ name }) => name);
    expect(rows.slice(0, 12).map((row) => row.split(' ')[0])).toEqual(order.slice(0, 12));
    expect(rows[12]).toMatch(/^9 others /);
    const words = (row: string | undefined) => row?.split(/ {2,}/);
    expect(words(rows[13])).toEqual(
      words(
        allText()
          .split('\n')
          .find((line) => line.startsWith('total')),
      ),
    );
    const byTime = result.layers.toSorted((a, b) => b.timeS - a.timeS)[0].name;
    expect(runText(result, { sort: 'time' })).toMatch(new RegExp(`-\n${byTime} `));
  });

  test('gives the figures of one inference, however many ran', () => {
    const three = run(QUICKSTART.replace(/$/, '\ninferences: {count: 3, period: 10ms}\n'));
    const macs = (text: string) =>
      text
        .split('\n')
        .find((line) => line.startsWith('total'))
        ?.split(/ {2,}/)[1];
    expect(macs(runText(three))).toBe('1.81 G');
    expect(runText(three)).toContain('\none inference, on average\n');
  });

  test('is the verdict alone if asked to be quiet', () => {
    const text = runText(result, { detail: 'quiet' });
    expect(text).toMatch(/^energy {7}.* per inference\n/);
    expect(text).not.toContain('layer');
  });

  test('names a clock for each domain', () => {
    const cloud = run('version: 1\nname: c\naccelerator: cloud-tpu\nworkload: alexnet\n');
    expect(runText(cloud).split('\n')).toContain(
      'policy       fixed: array at 700 MHz, 1.00 V; memory at 700 MHz, 1.10 V',
    );
  });
});

describe('what could be misread', () => {
  const text = (change: object): string => runText({ ...result, ...change });

  test('the energy of a batch is not that of an image', () => {
    const { experiment, inferences, energyJ } = result;
    const batched = { ...experiment, spec: { ...experiment.spec, batch: 6 } };
    // 1.14 mJ in 2 inferences of 6 images: 570 µJ a batch, 95 uJ an image.
    const change = { inferences: { ...inferences, completed: 2 }, energyJ: { ...energyJ, total: 1.14e-3 } };
    expect(text({ ...change, experiment: batched })).toContain(
      '570 µJ per batch of 6, 95.0 µJ per image, 1.14 mJ in all',
    );
    expect(text(change)).toContain('570 µJ per inference, 1.14 mJ in all');
  });

  test('a start that did not converge is a warning with advice', () => {
    const start = { mode: 'self-consistent', iterations: 30, residualK: 1.5, converged: false };
    expect(text({ start })).toMatch(
      /^start +self-consistent.*: warning, NOT CONVERGED, 1\.5 K off after 30 passes; try start: steady/m,
    );
    expect(text({ start: { ...start, converged: true } })).not.toContain('warning');
    expect(text({ start: { ...start, cycleS: 0.016 } })).toContain('after 30 passes; mean over swings of 16.0 ms; try');
  });

  test('a policy that promises a temperature and does not hold it', () => {
    const target = (peakAboveK: number) => ({
      targets: [{ policy: 'pid-frequency', temperatureK: 353.15, peakAboveK }],
    });
    expect(text(target(6.04))).toMatch(/^target +pid-frequency aims at 80\.00 C, and the peak is 6\.04 K above it/m);
    expect(text(target(0.5))).not.toContain('aims at');
    expect(text(target(-3))).not.toContain('aims at');
  });
});
