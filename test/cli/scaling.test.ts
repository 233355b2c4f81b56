import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorsIn, folderWith, isothermHere } from './support.ts';

// Two products of test/study/scaling.test.ts, worked by hand there.
const NET = 'layer,type,m,n,k\na,gemm,20,9,30\nb,gemm,9,60,4\n';

describe('isotherm scaling', () => {
  test('prints a table a network and writes a row a layer and budget', async () => {
    const folder = folderWith({ 'net.csv': NET });
    const out = join(folder, 'out');
    const outcome = await isothermHere(['scaling', join(folder, 'net.csv'), '--budgets', '7..8', '-o', out]);
    expect([outcome.status, outcome.err]).toEqual([0, '']);
    const lines = outcome.out.split('\n');
    expect(lines[0]).toBe('net, os: 2 layers, 7.56 kMACs');
    // Both on one design: 8 x 16 takes 180 + 272; 1 x 2 of 8 x 8 takes 156 + 208. Of the schedule, 156 + 208 and 132 + 144.
    const [macs, ...cells] = lines[3].trim().split(/ {2,}/);
    const words = (cycles: number): string => ((600 + 270 + 180 + 36 + 240 + 540) / cycles).toPrecision(3);
    expect([macs, ...cells.slice(0, 3)]).toEqual(['2^7', '8 x 16', '452', words(364)]);
    expect([cells[3], cells[4]]).toEqual(['1 x 2 of 8 x 8', '364']);
    expect(cells.slice(6)).toEqual([(452 / 364).toFixed(2), (364 / 276).toFixed(2), '1.31', 'b']);
    expect(lines.at(-2)).toBe(`Wrote ${out}/`);

    const csv = readFileSync(join(out, 'scaling.csv'), 'utf8').trim().split('\n');
    const titles = csv[0].split(',');
    const rows = csv.slice(1).map((line) => line.split(','));
    expect(rows.map(([network, layer, budget]) => [network, layer, budget])).toEqual([
      ...['128', '256'].map((budget) => ['net', 'a', budget]),
      ...['128', '256'].map((budget) => ['net', 'b', budget]),
    ]);
    const cell = (name: string): string => rows[2][titles.indexOf(name)];
    expect(['monolithic_cycles', 'monolithic_schedule_cycles'].map(cell)).toEqual(['272', '208']);
    expect(['partitioned_rows', 'partitioned_columns', 'partitioned_cycles'].map(cell)).toEqual(['8', '8', '208']);
    expect(Number(cell('ratio'))).toBeCloseTo(272 / 208, 8);

    const document = JSON.parse(readFileSync(join(out, 'scaling.json'), 'utf8'));
    expect(document.networks[0].network[0].partitioned.cycles).toBe(364);
  });

  test('--json prints what scaling.json holds', async () => {
    const folder = folderWith({ 'net.csv': NET });
    const net = join(folder, 'net.csv');
    const { out } = await isothermHere(['scaling', net, '--budgets', '8', '--dataflow', 'ws', '--json', '-o', folder]);
    expect(out).toBe(readFileSync(join(folder, 'scaling.json'), 'utf8'));
    const { dataflow, networks } = JSON.parse(out);
    expect([dataflow, networks[0].name, networks[0].largest[0].row.exponent]).toEqual(['ws', 'net', 8]);
  });

  test('all that is wrong is told at once, and nothing is written', async () => {
    const folder = folderWith();
    const out = join(folder, 'out');
    const args = ['scaling', 'resnet5', 'nowhere.csv', '--budgets', '1O..18', '--dataflow', 'rs', '-o', out];
    const { status, err } = await isothermHere(args);
    expect([status, errorsIn(err, folder)]).toEqual([
      1,
      ['unknown-name', 'file-not-found', 'wrong-type --budgets:1:1', 'unknown-name'],
    ]);
    expect(err).toContain('did you mean "resnet50"?');
    expect(existsSync(out)).toBe(false);
  });

  test.each(['6', '10..19', '12..11', '7..99999999999999999999'])('budgets %s', async (budgets) => {
    const { status, err } = await isothermHere(['scaling', 'alexnet', '--budgets', budgets]);
    expect([status, errorsIn(err, '')]).toEqual([1, ['out-of-range --budgets:1:1']]);
  });

  test.each(['10-18', '..18', '10..', '-3', '1e1'])('malformed budgets "%s"', async (budgets) => {
    const { status, err } = await isothermHere(['scaling', 'alexnet', `--budgets=${budgets}`]);
    expect([status, errorsIn(err, '')]).toEqual([1, ['wrong-type --budgets:1:1']]);
  });
});
