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
      ...['layer', 'MACs', 'cycles', 'util', 'time', 'stalled', 'DRAM', 'energy'],
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
      ['layer', 'MACs', 'cycles', 'util', 'time', 'stalled', 'DRAM'],
      ['layer', 'energy', 'pe', 'ifmap_spad', 'filter_spad', 'ofmap_spad', 'dram'],
    ]);
    // The bundled experiments fit a terminal of 80 columns, with one blank between columns instead of two.
    const tables = runText(result, 80)
      .split('\n')
      .filter((line) => /^(layer|total|conv1|fc|-)/.test(line));
    for (const line of tables) expect(line.length).toBeLessThanOrEqual(80);
    expect(narrow.match(/^conv1 /gm)).toHaveLength(2);
    expect(narrow.match(/^total /gm)).toHaveLength(2);
  });

  test('says what is left out, and how much the leakage alone would be', () => {
    // tech-tables/45nm in mW: banks of 256 KiB 124.058, of 32 KiB 17.2306 (CACTI, itrs-hp, 300 K); registers 7e-5 a bit;
    // counters 3.213e-4 for 32 bit. One bank of ifmap, two of filter, two of 32 KiB of ofmap; 1024 PEs of 8 + 8 + 32 bit;
    // two address counters of 13, 14 and 11 bit. The tables know no leakage of the multipliers and adders.
    const milliwatts = 3 * 124.058 + 2 * 17.2306 + 1024 * 48 * 7e-5 + (2 * 3.213e-4 * (13 + 14 + 11)) / 32;
    expect(Math.round(milliwatts)).toBe(410);
    expect(runText(result)).toContain(
      "\nNot modelled at a fixed operating point: leakage (410 mW at 300 K and the tables' voltages, where known), clock and idle energy, temperature.\n",
    );
    expect(runText(result)).toContain(
      '\nOmitted layers, no matrix products: 20 norm, 17 activation, 2 pool, 8 add, 1 softmax (by name in summary.json).\n',
    );
    expect(runText(result)).toContain('\nAssumptions:\n  - DRAM background power of 30 mW');
  });

  test('names a clock for each domain', () => {
    const cloud = run('version: 1\nname: c\naccelerator: cloud-tpu\nworkload: alexnet\n');
    expect(runText(cloud).split('\n')[1]).toBe('policy fixed: array at 700 MHz, 1.00 V; memory at 700 MHz, 1.10 V');
  });

  test('has no notes of what there is not', () => {
    const { experiment } = result;
    const ert = { components: experiment.design.ert.components.map((c) => ({ ...c, leakageParts: [], actions: [] })) };
    const spec = { ...experiment.design.spec, assumptions: [] };
    const bare = {
      ...result,
      experiment: {
        ...experiment,
        workload: { ...experiment.workload, omitted: [] },
        design: { ...experiment.design, ert, spec },
      },
    };
    const text = runText(bare);
    expect(text).toMatch(/Not modelled at a fixed operating point: leakage, clock and idle energy, temperature\.$/);
    const hot = { ...experiment.design.ert.components[1].leakageParts[0], temperatureK: 330 };
    const [pe, ...others] = experiment.design.ert.components;
    const mixed = { components: [{ ...pe, leakageParts: [hot] }, ...others] };
    expect(
      runText({ ...result, experiment: { ...experiment, design: { ...experiment.design, ert: mixed } } }),
    ).toContain("at the tables' temperatures and voltages, where known)");
  });
});
