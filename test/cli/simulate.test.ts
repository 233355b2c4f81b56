import { existsSync, readFileSync } from 'node:fs';
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
