import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EDGE, LEAN, SIZED_ARCHITECTURE } from '../cosim/support.ts';
import { errorsIn, folderWith, isotherm, isothermHere } from './support.ts';

const FILES = {
  'exp.yaml':
    'version: 1\nname: e\naccelerator: ./npu\nworkload: ./net.csv\nepoch: 100us\ninferences: { count: 3 }\ndeadline: 600us\n',
  'net.csv': 'layer,type,m,n,k\na,gemm,400,96,256\nb,gemm,100,64,640\n',
  'npu/accelerator.yaml': `${EDGE}tables: [../tables]\n`,
  'npu/architecture.yaml': SIZED_ARCHITECTURE,
  'tables/45nm/DRAM.csv': 'action,energy_pj,area_um2,v0_v,t0_k,source\nread|write,1,,none,300,x\n,,0,none,300,x\n',
  'tables/45nm/cacti-sram.csv': Object.values(LEAN)[0],
};
const POLICIES = ['--policies', 'performance', 'pace'];

describe('compare', () => {
  test('writes the same bytes with any number of workers', () => {
    const folder = folderWith(FILES);
    const contents = ['1', '2'].map((workers) => {
      const out = `out-${workers}`;
      const args = ['compare', 'exp.yaml', ...POLICIES, '--deadline', '400us,600us', '--workers', workers];
      const { status, err } = isotherm([...args, '-o', out], folder);
      expect({ status, err }).toEqual({ status: 0, err: '' });
      const names = readdirSync(join(folder, out)).sort();
      return names.map((name) => [name, readFileSync(join(folder, out, name), 'utf8')]);
    });
    expect(contents[0]).toEqual(contents[1]);
    expect(contents[0].map(([name]) => name)).toEqual([
      'comparison.csv',
      'comparison.json',
      'comparison.md',
      ...[1, 2].map((cell) => `oracle-${cell}.yaml`),
      ...[1, 2].map((cell) => `oracle-with-transitions-${cell}.yaml`),
      'report.html',
    ]);
  });

  test('prints one document with --json', async () => {
    const { status, out } = await isothermHere(['compare', 'exp.yaml', ...POLICIES, '--json'], folderWith(FILES));
    expect(status).toBe(0);
    const { workload, deadlineS, startMode, rows, oracle, oracleWithTransitions, bound } = JSON.parse(out);
    expect({ workload, deadlineS, startMode }).toEqual({ workload: 'net', deadlineS: 6e-4, startMode: 'none' });
    expect(rows.map(({ policy }: { policy: string }) => policy)).toEqual(['performance', 'pace']);
    expect(bound.energyJ).toBeLessThanOrEqual(oracle.energyJ);
    expect(oracle.energyJ).toBeLessThanOrEqual(oracleWithTransitions.energyJ);
  });

  test('shows what differs between two folders of run', async () => {
    const folder = folderWith(FILES);
    for (const policy of ['performance', 'pace']) {
      const more = policy === 'pace' ? ['--set', 'deadline=700us'] : [];
      await isothermHere(['run', 'exp.yaml', '--policy', policy, ...more, '-o', policy], folder);
    }
    const { status, out } = await isothermHere(['compare', 'performance', 'pace'], folder);
    expect(status).toBe(0);
    expect(out).toMatch(/^policy +performance +pace$/m);
    expect(out).toMatch(/^set: deadline=700us +- +yes$/m);
    expect(out).toMatch(/^energyJ\.total +\S+ +\S+ +-\d+\.\d\d %$/m);
    const missing = await isothermHere(['compare', 'performance', 'nowhere'], folder);
    expect(missing.status).toBe(1);
    expect((await isothermHere(['compare', 'exp.yaml'], folder)).status).toBe(2);
  });

  test.each([
    [['--policies', 'pace', 'pace'], 'duplicate-name'],
    [['--policies', 'paec'], 'unknown-name'],
    [[...POLICIES, '--deadline', '5ms..4ms/1ms'], 'out-of-range'],
    [[...POLICIES, '--deadline', '5'], 'missing-unit'],
    [[...POLICIES, '--sweep', 'limti=80C'], 'unknown-key'],
    [[...POLICIES, '--sweep', 'limit=80C', '--sweep', 'limit=85C'], 'duplicate-name'],
    [[...POLICIES, '--sweep', 'policy=pace,performance'], 'override-invalid'],
    [[...POLICIES, '--uncertain', 'leakge=20%'], 'unknown-name'],
    [[...POLICIES, '--start', 'hot'], 'unknown-name'],
    [[...POLICIES, '--workers', '0'], 'out-of-range'],
    [[...POLICIES, '--deadline', '1us..200000us/1us', '--sweep', 'limit=80C,85C'], 'out-of-range'],
  ])('refuses %s: %s', async (args, code) => {
    const { status, out, err } = await isothermHere(['compare', 'exp.yaml', ...args], folderWith(FILES));
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(errorsIn(err, '').map((error) => error.split(' ')[0])).toEqual([code]);
  });
});

test('fails and writes nothing if no policy runs in any cell, with the reason of each', async () => {
  const folder = folderWith({ ...FILES, 'exp.yaml': FILES['exp.yaml'].replace(/deadline.*\n/, '') });
  const args = ['compare', 'exp.yaml', '--policies', 'pace', 'slack-step', '--no-check-epoch', '-o', 'out'];
  const { status, out, err } = await isothermHere(args, folder);
  expect({ status, out }).toEqual({ status: 1, out: '' });
  expect(errorsIn(err, '')).toEqual(['policy-failed', 'policy-failed']);
  expect(err).toMatch(/pace: deadline-missing/);
  expect(existsSync(join(folder, 'out'))).toBe(false);
});

test('mark refuses an unknown assignment and an unknown policy', async () => {
  for (const args of [
    ['dvsf', 'pace'],
    ['dvfs', 'paec'],
  ]) {
    const { status, err } = await isothermHere(['mark', ...args]);
    expect({ status, codes: errorsIn(err, '').map((error) => error.split(' ')[0]) }).toEqual({
      status: 1,
      codes: ['unknown-name'],
    });
  }
});
