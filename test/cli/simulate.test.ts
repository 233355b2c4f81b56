import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { configText } from '../scalesim/support.ts';
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

  test.each(['0', '1.5', 'x'])('an interval of %s', async (interval) => {
    const { status } = await isothermHere(args(folderWith(FILES), '--compat', 'scalesim-v2', '--interval', interval));
    expect(status).toBe(2);
  });

  test('without --compat', async () => {
    const { status, err } = await isothermHere(args(folderWith(FILES)));
    expect([status, errorsIn(err, '')]).toEqual([1, ['not-supported']]);
  });

  test('a file that is not there', async () => {
    const folder = folderWith();
    const { status, err } = await isothermHere(args(folder, '--compat', 'scalesim-v2'));
    expect([status, errorsIn(err, folder)]).toEqual([1, ['file-not-found']]);
  });
});
