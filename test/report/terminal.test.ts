import { describe, expect, test } from 'vitest';
import { runText } from '../../src/report/terminal.ts';
import { QUICKSTART, run } from '../cosim/support.ts';

const result = run(QUICKSTART);
const tablesIn = (text: string) => text.split('\n').filter((line) => /^-+$/.test(line)).length / 2;

describe('the text of a run', () => {
  test('has one full table where nothing limits it', () => {
    const lines = runText(result).split('\n');
    expect(lines[0]).toBe('resnet18 on edge-npu (32 x 32, output stationary)');
    expect(lines[1]).toBe('policy fixed: core at 800 MHz, 1.05 V');
    expect(tablesIn(runText(result))).toBe(1);
    const header = lines.find((line) => line.startsWith('layer'))!;
    expect(header.split(/ {2,}/)).toEqual([
      ...['layer', 'MACs', 'cycles', 'util', 'time', 'stalled', 'waits for', 'DRAM', 'order', 'energy'],
      ...['pe', 'ifmap_spad', 'filter_spad', 'ofmap_spad', 'dram'],
    ]);
    // 1,814,073,344 MACs (He et al. 2016, table 1: 1.8 x 10^9)
    expect(lines.find((line) => line.startsWith('total'))).toMatch(/^total +1\.81 G/);
  });

  test('is aligned: every row ends where the header ends', () => {
    const lines = runText(result).split('\n');
    const first = lines.findIndex((line) => line.startsWith('layer'));
    const last = lines.findIndex((line) => line.startsWith('total'));
    const widths = new Set(lines.slice(first, last + 1).map((line) => line.length));
    expect(widths.size).toBe(1);
    expect(last - first).toBe(21 + 3);
  });

  test('splits the table in two where a terminal is too narrow for it', () => {
    const widest = Math.max(
      ...runText(result)
        .split('\n')
        .slice(5, 30)
        .map((line) => line.length),
    );
    expect(tablesIn(runText(result, widest))).toBe(1);
    const narrow = runText(result, widest - 1);
    expect(tablesIn(narrow)).toBe(2);
    const headers = narrow.split('\n').filter((line) => line.startsWith('layer '));
    expect(headers.map((header) => header.split(/ {2,}/))).toEqual([
      ['layer', 'MACs', 'cycles', 'util', 'time', 'stalled', 'waits for', 'DRAM', 'order'],
      ['layer', 'energy', 'pe', 'ifmap_spad', 'filter_spad', 'ofmap_spad', 'dram'],
    ]);
    // The bundled experiments fit a terminal of 80 columns, in three tables.
    const tables = runText(result, 80)
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
    expect(runText(result)).toContain('\nAssumptions:\n  - DRAM background power of 30 mW');
  });

  test('names a clock for each domain', () => {
    const cloud = run('version: 1\nname: c\naccelerator: cloud-tpu\nworkload: alexnet\n');
    expect(runText(cloud).split('\n')[1]).toBe('policy fixed: array at 700 MHz, 1.00 V; memory at 700 MHz, 1.10 V');
  });
});

describe('what could be misread', () => {
  const text = (change: object): string => runText({ ...result, ...change });

  test('the energy of a batch is not that of an image', () => {
    const { experiment, inferences, energyJ } = result;
    const batched = { ...experiment, spec: { ...experiment.spec, batch: 6 } };
    // 1.14 mJ in 2 inferences of 6 images: 570 uJ a batch, 95 uJ an image.
    const change = { inferences: { ...inferences, completed: 2 }, energyJ: { ...energyJ, total: 1.14e-3 } };
    expect(text({ ...change, experiment: batched })).toContain('1.14 mJ, 570 uJ per batch of 6, 95.0 uJ per image, ');
    expect(text(change)).toContain('1.14 mJ, 570 uJ per inference, ');
  });

  test('a start that did not converge is a warning with advice', () => {
    const start = { mode: 'self-consistent', iterations: 30, residualK: 1.5, converged: false };
    expect(text({ start })).toMatch(
      /^start +self-consistent.*: warning, NOT CONVERGED, 1\.5 K off after 30 passes; try start: steady/m,
    );
    expect(text({ start: { ...start, converged: true } })).not.toContain('warning');
  });
});
