import { existsSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EDGE, edit, SIZED_ARCHITECTURE } from '../cosim/support.ts';
import { configText } from '../peers/scalesim/support.ts';
import { RUN_FILES } from '../support/run-files.ts';
import { folderWith, isothermHere } from './support.ts';

/** Every file below a folder with its text. */
function contents(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** Ways to write a folder's path. */
const SPELLINGS = ['', '/', '/./', '/sub/..', '/../link'];

function withSpellings(files: Record<string, string>): string {
  const above = folderWith(
    Object.fromEntries(Object.entries({ 'sub/x': '', ...files }).map(([name, text]) => [`real/${name}`, text])),
  );
  symlinkSync(join(above, 'real'), join(above, 'link'));
  return join(above, 'real');
}

const NET = 'layer,type,m,n,k\na,gemm,40,50,60\n';
const FLOORPLAN = 'a\t0.001\t0.001\t0\t0\n';
const CONFIG = configText({ version: 'v2', array: [8, 8], sramKb: [1, 2, 1], dataflow: 'os', bandwidth: 4 });
/** A temperature for every part of a die of one block: its four layers, then twelve nodes of the package. */
const NODES = ['a', 'iface_a', 'hsp_a', 'hsink_a', ...Array.from({ length: 12 }, (_, i) => `inode_${i}`)];
const STEADY = NODES.map((name) => `${name}\t320\n`).join('');

/** What an experiment reads, by its role, each under any name. */
const ROLES = ['experiment', 'workload', 'accelerator', 'architecture', 'policy', 'arrivals'] as const;
type Role = (typeof ROLES)[number];

function experimentWith(nameOf: (role: Role) => string): Record<string, string> {
  const [accelerator, workload] = [nameOf('accelerator'), nameOf('workload')];
  const uses = `accelerator: ./${accelerator}\nworkload: ./${workload}\npolicy: ./${nameOf('policy')}\n`;
  return {
    [nameOf('experiment')]: `version: 1\nname: x\n${uses}inferences: {arrivals: ./${nameOf('arrivals')}}\n`,
    [workload]: NET,
    [accelerator]: edit(EDGE, 'version: 1', `version: 1\narchitecture: ./${nameOf('architecture')}`),
    [nameOf('architecture')]: SIZED_ARCHITECTURE,
    [nameOf('policy')]: 'version: 1\nname: slow\nuses: fixed\nparameters: {frequency: 300MHz}\n',
    [nameOf('arrivals')]: 'time_s\n0\n',
  };
}

/** The status, the code of the first error, and whether every file is as it was. */
async function outcomeOf(folder: string, args: readonly string[]) {
  const before = contents(folder);
  const { status, err } = await isothermHere(args);
  const code = /^error\[([\w-]+)\]/.exec(err)?.[1] ?? (/would write over/.test(err) ? 'usage' : err);
  return [status, code, JSON.stringify(contents(folder)) === JSON.stringify(before)];
}
const REFUSED = [1, 'output-over-input', true];

describe('no command writes over a file that it has read', () => {
  test('run, whichever of its inputs has the name of an output', async () => {
    const cases = fc.tuple(fc.constantFrom(...ROLES), fc.constantFrom(...RUN_FILES), fc.constantFrom(...SPELLINGS));
    await fc.assert(
      fc.asyncProperty(cases, async ([role, name, spelling]) => {
        const nameOf = (one: Role): string => (one === role ? name : `my-${one}`);
        const folder = withSpellings(experimentWith(nameOf));
        const args = ['run', join(folder, nameOf('experiment')), '-o', folder + spelling];
        expect(await outcomeOf(folder, args)).toEqual(REFUSED);
      }),
      { seed: 12, numRuns: 8 },
    );
  });

  test('run, into the folder of an accelerator that it copied', async () => {
    const folder = withSpellings(experimentWith((role) => (role === 'architecture' ? 'architecture.yaml' : role)));
    const [exp, out] = [join(folder, 'experiment'), join(folder, 'out')];
    expect(await outcomeOf(folder, ['run', exp, '-o', folder])).toEqual(REFUSED);
    // Beside its inputs, but under other names, it may write.
    expect((await isothermHere(['run', exp, '-o', out])).status).toBe(0);
    expect(readdirSync(out).sort()).toEqual([...RUN_FILES].sort());
  });

  test.each(SPELLINGS)('scaling into "FOLDER%s"', async (spelling) => {
    const folder = withSpellings({ 'scaling.csv': NET });
    const args = ['scaling', join(folder, 'scaling.csv'), '--budgets', '10', '-o', folder + spelling];
    expect(await outcomeOf(folder, args)).toEqual(REFUSED);
  });

  test.each(['-c', '-t'])('simulate, whose %s lies among its reports', async (option) => {
    const files = { '-c': 'my.cfg', '-t': 'net.csv', [option]: 'run/COMPUTE_REPORT.csv' };
    const folder = withSpellings({ [files['-c']]: CONFIG, [files['-t']]: 'h,\na,9,9,3,3,2,4,1,\n' });
    for (const spelling of SPELLINGS) {
      const inputs = Object.entries(files).flatMap(([key, name]) => [key, join(folder, name)]);
      const args = ['simulate', ...inputs, '-p', folder + spelling, '--compat', 'scalesim-v2'];
      expect(await outcomeOf(folder, args)).toEqual(REFUSED);
    }
  });

  test('thermal, each output over each input; only the steady file may take the place of the init file', async () => {
    const inputs = { '-f': 'my.flp', '-p': 'my.ptrace', '-c': 'my.config', '-init_file': 'my.init' };
    const folder = withSpellings({
      'my.flp': FLOORPLAN,
      'my.ptrace': 'a\n1\n1\n',
      'my.config': '-sampling_intvl 1e-3\n',
      'my.init': STEADY,
    });
    const args = ['thermal', ...Object.entries(inputs).flatMap(([key, name]) => [key, join(folder, name)])];
    for (const output of ['-o', '-d', '-steady_file', '--hotspots', '--floorplan-svg']) {
      for (const [input, name] of Object.entries(inputs)) {
        if (output === '-steady_file' && input === '-init_file') continue;
        const outcome = await outcomeOf(folder, [...args, output, `${folder}/../link/${name}`]);
        expect(outcome, `${output} ${input}`).toEqual([2, 'usage', true]);
      }
    }
    expect((await isothermHere([...args, '-steady_file', join(folder, 'my.init')])).status).toBe(0);
    expect(readFileSync(join(folder, 'my.init'), 'utf8')).not.toBe(STEADY);
  });
});

describe('a place that cannot be written is found before anything is computed', () => {
  const long = 'x'.repeat(300);
  test.each(['taken', 'taken/deep', long, `new/${long}`])('run and scaling with -o %s', async (place) => {
    const folder = folderWith({ ...experimentWith((role) => role), taken: '' });
    for (const args of [
      ['run', 'experiment'],
      ['scaling', 'workload', '--budgets', '18'],
    ]) {
      const [command, file, ...more] = args;
      const paths = [command, join(folder, file), ...more, '-o', join(folder, place)];
      expect(await outcomeOf(folder, paths)).toEqual([1, 'output-unwritable', true]);
    }
    expect(existsSync(join(folder, 'new'))).toBe(false);
  });

  test('a run that fails has made no folder', async () => {
    const folder = folderWith(experimentWith((role) => role));
    const args = ['run', join(folder, 'experiment'), '-o', join(folder, 'a/b'), '--set', 'batch=0'];
    expect((await isothermHere(args)).status).toBe(1);
    expect(existsSync(join(folder, 'a'))).toBe(false);
  });

  test.each([
    ['run', 'one-inference', '-o', ''],
    ['run', 'one-inference', '--policy', ''],
    ['run', 'one-inference', '--set', 'batch=1', '--set', ''],
    ['scaling', '-o', ''],
    ['simulate', '-c', 'a', '-t', 'b', '-p', ''],
    ['thermal', '-f', 'a', '-p', 'b', '--svg', ''],
    ['thermal', '-f', 'a', '-p', 'b', '-o', ''],
  ])('%j: nothing is no place', async (...args) => {
    const { status, out, err } = await isothermHere(args);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(/^error: option '.*' argument missing/);
  });
});
