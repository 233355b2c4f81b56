import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { configText } from '../peers/scalesim/support.ts';
import { errorsIn, folderWith, isothermHere } from './support.ts';

const VALUES = { version: 'v2', array: [8, 8], sramKb: [1, 2, 1], dataflow: 'os', bandwidth: 4 } as const;
const FILES = { 'a.cfg': configText(VALUES), 'net.csv': readFileSync('test/golden/scalesim/topology/edge_conv_1.csv') };

function args(folder: string, ...more: string[]): string[] {
  return ['simulate', '-c', join(folder, 'a.cfg'), '-t', join(folder, 'net.csv'), '-p', join(folder, 'out'), ...more];
}

describe('isotherm simulate', () => {
  test("writes SCALE-Sim's reports into the run's folder", async () => {
    const folder = folderWith(FILES);
    const outcome = await isothermHere(args(folder, '--compat', 'scalesim-v2'));
    // The sums of the golden case edge_conv_1-os-8x8-s1_2_1-user4.
    const out = `7 layers, 45511 cycles, 32202 of them stalled\nWrote ${join(folder, 'out/run')}/\n`;
    expect(outcome).toEqual({ status: 0, out, err: '' });
    const compute = readFileSync(join(folder, 'out/run/COMPUTE_REPORT.csv'), 'utf8').split('\n');
    expect(compute.slice(0, 2)).toEqual([
      'LayerID, Total Cycles, Stall Cycles, Overall Util %, Mapping Efficiency %, Compute Util %,',
      '0, 14120, 8371, 27.762039660056658, 98.0, 68.17391304347842,',
    ]);
    for (const name of ['BANDWIDTH', 'DETAILED_ACCESS']) {
      expect(existsSync(join(folder, `out/run/${name}_REPORT.csv`))).toBe(true);
    }
  });

  test('tells what SCALE-Sim drops, and goes on', async () => {
    const folder = folderWith({ ...FILES, 'net.csv': 'h,\na,9,9,3,3,2,4,1,7\n' });
    const { status, err } = await isothermHere(args(folder, '--compat', 'scalesim-v2'));
    expect([status, err.split('\n')[0]]).toEqual([
      0,
      'warning[csv-syntax]: the row does not end with a comma; SCALE-Sim drops its last value, 7',
    ]);
  });

  test('what is wrong leaves no file behind', async () => {
    const folder = folderWith({ ...FILES, 'net.csv': 'h,\na,9,9,3,3,2,4,\n' });
    const { status, err } = await isothermHere(args(folder, '--compat', 'scalesim-v2'));
    expect([status, errorsIn(err, folder)]).toEqual([1, ['missing-key net.csv:2:1']]);
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });

  test('without --compat: our own numbers, activity and the files for Accelergy', async () => {
    const folder = folderWith({
      ...FILES,
      'a.cfg': configText({ ...VALUES, array: [2, 2] }),
      'net.csv': 'h,\nabc,4,2,3,\n',
    });
    const outcome = await isothermHere(args(folder, '-i', 'gemm', '--interval', '5'));
    // Two folds of os of 5 cycles; at 4 words a cycle a fill of ceil(6 / 4) = 2, and a drain of 4 / 4.
    const out = `1 layer, 14 cycles, 21.4 % of them waiting for DRAM; utilisation 42.9 %
DRAM
  ifmap  12.0 words
  filter 6.00 words
  ofmap  8.00 words

layer  cycles  of all  waiting  utilisation  DRAM words
-------------------------------------------------------
abc        14   100 %   21.4 %       42.9 %          26

Wrote ${join(folder, 'out/run')}/
`;
    expect(outcome).toEqual({ status: 0, out, err: '' });
    const written = (name: string) => readFileSync(join(folder, 'out/run', name), 'utf8');
    expect(written('COMPUTE_REPORT.csv')).toBe(
      'LayerID, Total Cycles, Stall Cycles, Overall Util %, Mapping Efficiency %, Compute Util %,\n' +
        '0, 14, 3, 42.857142857142854, 100.0, 54.54545454545455,\n',
    );
    // Folds from cycle 2 and 7 on, and one more cycle until the last results have moved down the second row; MACs by the folds' cycle 1,
    // 3, 4, 3, 1, ifmap reads 1, 2, 2, 1, writes 1, 2, 1 from the third on. Both folds are one pass of 10 cycles: the 6 ifmap words of
    // the second and the 4 results of the first move evenly in it, 1.8 + 3 + 1.2 and 1.2 + 2 + 0.8, and 4 results leave after it.
    expect(written('activity.csv').split('\n').slice(1)).toEqual([
      '0,abc,0,5,8,5,5,0,1,7,6,0,1',
      '0,abc,5,10,12,6,6,0,4,3,0,0,2',
      '0,abc,10,13,4,1,1,0,3,2,0,0,5',
      '',
    ]);
  });

  test('CALC says what DRAM has to bring', async () => {
    const folder = folderWith({
      ...FILES,
      'a.cfg': configText({ ...VALUES, array: [2, 2], bandwidth: null }),
      'net.csv': 'h,\nabc,4,2,3,\n',
    });
    const { out, err } = await isothermHere(args(folder, '-i', 'gemm'));
    expect(out).toContain('1 layer, 11 cycles, without waiting for DRAM; utilisation 54.5 %');
    expect(out).toContain('  ifmap  12.0 words, needs 1.20 per cycle so that nothing waits');
    expect(err.split('\n')[0]).toMatch(/^warning\[option-unused\]: Bandwidth has no effect/);
    expect(existsSync(join(folder, 'out/run/activity.csv'))).toBe(false);
  });

  test('-l: conflicts of banks', async () => {
    const config = configText({
      ...VALUES,
      version: 'v3',
      array: [2, 2],
      banks: [
        [4, 2],
        [4, 1],
      ],
    })
      .replace('IfmapCustomLayout: False', 'IfmapCustomLayout: True')
      .replaceAll('BankPort: 2', 'BankPort: 1');
    const folder = folderWith({
      'a.cfg': config,
      'net.csv': 'h,\nabc,2,2,3,\n',
      'layout.csv': 'h,\nabc, 1,4,1,1,1,1, 0,1,2, 3,4,5, 0,1,2,3, 4,5,6,7,\n',
    });
    const layout = ['-l', join(folder, 'layout.csv')];
    const { status, out, err } = await isothermHere(args(folder, '-i', 'gemm', ...layout, '--interval', '100'));
    // A fill of ceil(6 / 4) cycles, a fold of 5, and one more for two words of bank 0 in two lines; one until
    // the last results have moved down the second row, while DRAM takes one to drain.
    const head =
      '1 layer, 10 cycles, 30.0 % of them waiting for DRAM, 10.0 % of them in bank conflicts; utilisation 30.0 %\n';
    expect([status, err, out.startsWith(head)]).toEqual([0, '', true]);
    expect(out).toContain('\nlayer  cycles  of all  waiting  conflicts  utilisation  DRAM words\n');
    expect(out).toContain('\nabc        10   100 %   30.0 %     10.0 %       30.0 %          16\n');
    const written = (name: string): string => readFileSync(join(folder, 'out/run', name), 'utf8');
    expect(written('COMPUTE_REPORT.csv').split('\n')[1]).toMatch(/^0, 10, 4, /);
    expect(written('activity.csv').split('\n')[1]).toMatch(/^0,abc,0,9,12,6,/);

    const refused = await isothermHere(args(folder, '-i', 'gemm', '--compat', 'scalesim-v3', ...layout));
    expect([refused.status, errorsIn(refused.err, folder)]).toEqual([1, ['not-supported a.cfg:20:20']]);
    expect(refused.err).toMatch(/^warning\[option-unused\]: -l has no effect under --compat/);
  });

  test('what goes to Accelergy: all of the scratchpads, and no count below zero', async () => {
    const config = configText({ ...VALUES, array: [24, 10], sramKb: [64, 1, 3], dataflow: 'is', bandwidth: null });
    const folder = folderWith({ ...FILES, 'a.cfg': config });
    await isothermHere(args(folder));
    const written = (name: string) => parse(readFileSync(join(folder, 'out/run', name), 'utf8'));
    const { local } = written('architecture.yaml').architecture.subtree[0];
    const sizes = new Map<string, { width: number; depth: number }>(
      local.map((c: { name: string; attributes: { width: number; depth: number } }) => [c.name, c.attributes]),
    );
    expect([...sizes.keys()]).toEqual(['pe[0..239]', 'ifmap_spad', 'filter_spad', 'ofmap_spad', 'dram']);
    const bytes = ['ifmap', 'filter', 'ofmap'].map((operand) => {
      const { width, depth } = sizes.get(`${operand}_spad`)!;
      return (width * depth) / 8;
    });
    expect(bytes).toEqual([64 * 1024, 1024, 3 * 1024]);
    // Under is 10 columns take ifmap words, 24 rows filter words; rows are of gcd(10, 64 Ki), gcd(24, 1 Ki), gcd(10, 3 Ki) words.
    expect(['ifmap', 'filter', 'ofmap'].map((operand) => sizes.get(`${operand}_spad`)!.width / 8)).toEqual([2, 8, 2]);
    const counts = written('action_counts.yaml').action_counts.subtree[0].local.flatMap(
      (c: { name: string; action_counts: { name: string; counts: number }[] }) =>
        c.action_counts.map(({ name, counts }) => [`${c.name} ${name}`, counts] as const),
    ) as [string, number][];
    expect(counts.every(([, count]) => count >= 0)).toBe(true);
    const detail = readFileSync(join(folder, 'out/run/DETAILED_ACCESS_REPORT.csv'), 'utf8').trim().split('\n').slice(1);
    const sumOf = (column: number): number => detail.reduce((sum, line) => sum + Number(line.split(',')[column]), 0);
    const countOf = new Map(counts);
    // A row that is moved in part is one access.
    expect(countOf.get('ifmap_spad read')).toBe(Math.ceil(sumOf(3) / 2));
    expect(countOf.get('ifmap_spad write')).toBe(Math.ceil(sumOf(12) / 2));
    expect(countOf.get('dram read')).toBe(Math.ceil((sumOf(12) + sumOf(15)) / 8));
    expect(countOf.get('dram write')).toBe(Math.ceil(sumOf(18) / 8));
  });

  test.each(['0', '-5', '1.5', 'x', '1e3'])('an interval of %s', async (interval) => {
    const { status, err } = await isothermHere(args(folderWith(FILES), '--interval', interval));
    expect([status, err.split('\n')[0]]).toEqual([
      2,
      `error: option '--interval <cycles>' argument '${interval}' is invalid. It must be a whole number of cycles above zero.`,
    ]);
  });

  test('writes traces of every layer and its activity', async () => {
    const folder = folderWith(FILES);
    const { status, err } = await isothermHere(
      args(folder, '--compat', 'scalesim-v2', '--save-traces', '--interval', '500'),
    );
    expect([status, err]).toEqual([0, '']);
    const run = join(folder, 'out/run');
    const layers = Array.from({ length: 7 }, (_, i) => `layer${i}`);
    const reports = ['BANDWIDTH_REPORT.csv', 'COMPUTE_REPORT.csv', 'DETAILED_ACCESS_REPORT.csv'];
    expect(readdirSync(run).sort()).toEqual([...reports, 'activity.csv', ...layers]);
    const memories = ['FILTER', 'IFMAP', 'OFMAP'].flatMap((operand) => [`${operand}_DRAM`, `${operand}_SRAM`]);
    for (const layer of layers) {
      expect(readdirSync(join(run, layer)).sort()).toEqual(memories.map((memory) => `${memory}_TRACE.csv`));
    }
    // 25 x 5 folds of 46 lines; the first asks for the first word of the first filter.
    const trace = readFileSync(join(run, 'layer0/FILTER_SRAM_TRACE.csv'), 'latin1').split('\n');
    expect([trace.length, trace[0]]).toEqual([5751, '1,10000000,-1,-1,-1,-1,-1,-1,-1']);
    const [header, ...rows] = readFileSync(join(run, 'activity.csv'), 'utf8').trimEnd().split('\n');
    expect(header).toBe(
      'layer_index,layer,start_cycle,end_cycle,macs,ifmap_sram_reads,filter_sram_reads,ofmap_sram_reads,' +
        'ofmap_sram_writes,dram_ifmap_reads,dram_filter_reads,dram_ofmap_reads,dram_ofmap_writes',
    );
    const first = rows.map((row) => row.split(',')).filter(([index]) => index === '0');
    const sum = (column: number): number => first.reduce((total, row) => total + Number(row[column]), 0);
    // 14 x 14 pixels, 40 filters of 32 words.
    expect([sum(4), sum(7), sum(8)]).toEqual([196 * 40 * 32, 0, 196 * 40]);
    expect(first.map(([, , start, end]) => Number(end) - Number(start))).toEqual(first.map(() => 500));
  });

  test("hands over as SCALE-Sim's branch for Accelergy, and tells of counts below zero", async () => {
    const config = configText({ ...VALUES, bandwidth: null });
    const folder = folderWith({ ...FILES, 'a.cfg': `${config}DRAM_row_size: 2\n` });
    const { status, err } = await isothermHere(args(folder, '--compat', 'scalesim-accelergy'));
    expect([status, err.startsWith('warning[out-of-range]: action_count.yaml has counts below zero')]).toEqual([
      0,
      true,
    ]);
    const reports = ['BANDWIDTH_REPORT.csv', 'COMPUTE_REPORT.csv', 'DETAILED_ACCESS_REPORT.csv', 'REPEAT_CYCLE.csv'];
    const files = readdirSync(join(folder, 'out/run')).sort();
    expect(files).toEqual([...reports, 'action_count.yaml', 'architecture.yaml']);
  });

  test('a hand-over without the key it needs', async () => {
    const folder = folderWith(FILES);
    const { status, err } = await isothermHere(args(folder, '--compat', 'scalesim-accelergy'));
    expect([status, errorsIn(err, folder)]).toEqual([1, ['missing-key a.cfg:17:2']]);
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });

  test('a failure leaves no traces and no folders behind', async () => {
    const folder = folderWith({ ...FILES, 'out/run/COMPUTE_REPORT.csv/in-its-place': '' });
    const options = ['--compat', 'scalesim-v2', '--save-traces', '--interval', '500'];
    const { status, err } = await isothermHere(args(folder, ...options));
    expect([status, errorsIn(err, folder)]).toEqual([1, ['output-unwritable']]);
    expect(readdirSync(join(folder, 'out/run'))).toEqual(['COMPUTE_REPORT.csv']);
  });

  test('our own model has no traces', async () => {
    const folder = folderWith(FILES);
    const { status, err } = await isothermHere(args(folder, '--save-traces'));
    expect([status, err.split('\n')[0]]).toEqual([
      1,
      'error[not-supported]: traces list addresses, which our own model does not compute',
    ]);
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });

  test('a file that is not there', async () => {
    const folder = folderWith();
    const { status, err } = await isothermHere(args(folder, '--compat', 'scalesim-v2'));
    expect([status, errorsIn(err, folder)]).toEqual([1, ['file-not-found']]);
  });
});
