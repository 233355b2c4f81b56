import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { longTest } from '../tier.ts';
import { errorsIn, folderWith, isotherm, isothermHere } from './support.ts';

const GOLDEN = 'test/golden/hotspot';

/** A copy of a case, and the arguments of its command. */
function golden(name: string): { folder: string; args: string[] } {
  const folder = folderWith();
  cpSync(join(GOLDEN, name), folder, { recursive: true });
  const { command } = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'));
  return { folder, args: ['thermal', ...command.split(' ').slice(1)] };
}

function temperatures(text: string): Map<string, number> {
  return new Map(
    text
      .trim()
      .split('\n')
      .map((line) => line.split('\t'))
      .map(([name, value]) => [name, Number(value)]),
  );
}

describe("HotSpot's own commands on its files", () => {
  test.each(['two-block-step', 'sys8-block-const', 'sys8-block-natural'])(
    '%s: the same .steady, byte by byte',
    async (name) => {
      const { folder, args } = golden(name);
      // The first as a process, as HotSpot is called.
      const call = name === 'two-block-step' ? isotherm : isothermHere;
      expect(await call([...args, '--compat', 'hotspot'], folder)).toEqual({ status: 0, out: '', err: '' });
      expect(readFileSync(join(folder, 'out.steady'), 'utf8')).toBe(
        readFileSync(join(folder, 'steady.stock.txt'), 'utf8'),
      );
    },
  );

  // HotSpot's iteration on grids stops 1e-3 K early; two decimals add one step of the last.
  test.each(['sys8-grid16-steady', 'stack3-grid16-tr'])("%s: the same .steady to HotSpot's own error", async (name) => {
    const { folder, args } = golden(name);
    expect((await isothermHere([...args, '--compat', 'hotspot'], folder)).status).toBe(0);
    const ours = temperatures(readFileSync(join(folder, 'out.steady'), 'utf8'));
    const theirs = temperatures(readFileSync(join(folder, 'steady.stock.txt'), 'utf8'));
    expect([...ours.keys()]).toEqual([...theirs.keys()]);
    for (const [key, value] of theirs) expect(Math.abs(ours.get(key)! - value)).toBeLessThan(0.0101);
    expect(readFileSync(join(folder, 'out.grid.steady'), 'utf8')).toMatch(/^Layer 0:\n0\t\d+\.\d\d\n1\t/);
  });
});

describe('the cache', () => {
  const names = ['a.ttrace', 'a.steady', 'frames/01.png', 'frames/40.png'];
  const rows = Array.from({ length: 40 }, (_, k) => `${k % 7} ${k % 3}`);
  const files = { 'a.flp': 'a 0.005 0.01 0 0\nb 0.005 0.01 0.005 0\n', 'a.ptrace': `a b\n${rows.join('\n')}\n` };
  const grid = ['-model_type', 'grid', '-grid_rows', '8', '-grid_cols', '8', '-sampling_intvl', '1e-3'];
  const args = ['thermal', '-f', 'a.flp', '-p', 'a.ptrace', ...grid, '--compat', 'hotspot', '--digits', '9'];
  const outputs = ['-o', 'a.ttrace', '-steady_file', 'a.steady', '--frames', 'frames'];

  longTest('cold, warm, flipped, cut and of another layout: the same bytes in every file', async () => {
    const folder = folderWith(files);
    const cache = join(folder, 'cache');
    const run = async (): Promise<Buffer[]> => {
      expect((await isothermHere([...args, ...outputs], folder, { ISOTHERM_CACHE: cache })).status).toBe(0);
      return names.map((name) => readFileSync(join(folder, name)));
    };
    const cold = await run();
    const entries = readdirSync(cache);
    // The model with its fields, and the steady response.
    expect(entries.length).toBe(2);
    expect(await run()).toEqual(cold);
    const spoil = async (change: (bytes: Buffer) => Buffer): Promise<void> => {
      for (const entry of entries) writeFileSync(join(cache, entry), change(readFileSync(join(cache, entry))));
      expect(await run()).toEqual(cold);
    };
    await spoil((bytes) => bytes.fill(bytes[bytes.length >> 1] ^ 1, bytes.length >> 1, (bytes.length >> 1) + 1));
    await spoil((bytes) => bytes.subarray(0, 100));
    await spoil((bytes) => Buffer.concat([Buffer.from('isotherm1'), bytes]));
    expect(readdirSync(cache)).toEqual(entries);
  });

  longTest('the same temperatures with frames and without', async () => {
    const folder = folderWith(files);
    const env = { ISOTHERM_CACHE: join(folder, 'cache') };
    expect((await isothermHere([...args, ...outputs], folder, env)).status).toBe(0);
    expect((await isothermHere([...args, '-o', 'b.ttrace'], folder, env)).status).toBe(0);
    expect(readFileSync(join(folder, 'b.ttrace'))).toEqual(readFileSync(join(folder, 'a.ttrace')));
  });
});

describe('command line', () => {
  const { folder, args } = (() => {
    const files = {
      'a.flp': 'a 0.01 0.01 0 0\n',
      'a.ptrace': 'a\n10\n30\n',
      'a.config': '-ambient 300\n-init_temp 300\n',
    };
    return { folder: () => folderWith(files), args: ['thermal', '-c', 'a.config', '-f', 'a.flp', '-p', 'a.ptrace'] };
  })();

  longTest(
    'materials by block: the steady state is the same beside a transient, from a cold cache and a warm one',
    async () => {
      const folder = folderWith({
        'a.flp': 'a 0.004 0.008 0 0 2e6 0.01\nb 0.004 0.008 0.004 0 2e6 0.05\n',
        'tim.flp': 'tim 0.008 0.008 0 0\n',
        'a.lcf': '0\nY\nY\n1.75e6\n0.01\n0.00015\na.flp\n1\nY\nN\n4e6\n0.25\n2e-5\ntim.flp\n',
        'a.ptrace': 'a b\n10 1\n20 2\n',
        'a.config': '-model_type grid -grid_rows 8 -grid_cols 8 -grid_layer_file a.lcf -detailed_3D on\n'.replaceAll(
          ' -',
          '\n-',
        ),
      });
      const env = { ISOTHERM_CACHE: join(folder, 'cache') };
      const steadyOf = async (...more: string[]): Promise<string> => {
        const files = ['-c', 'a.config', '-p', 'a.ptrace', '-steady_file', 'a.steady'];
        const { status, err } = await isothermHere(['thermal', ...files, ...more], folder, env);
        expect(status, err).toBe(0);
        return readFileSync(join(folder, 'a.steady'), 'utf8');
      };
      const alone = await steadyOf();
      expect(await steadyOf('-o', 'a.ttrace')).toBe(alone);
      expect(await steadyOf('-o', 'a.ttrace')).toBe(alone);
    },
  );

  test('a comment in Latin-1 is one, in every mode; a file of other bytes is no text', async () => {
    const latin1 = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    for (const compat of [[], ['--compat', 'hotspot']]) {
      const plain = await isothermHere([...args, ...compat], folder());
      const config = '-ambient 300 # 300 K = 26,85 \u00b0C\n-init_temp 300\n';
      const commented = folderWith({
        'a.flp': 'a 0.01 0.01 0 0\n',
        'a.ptrace': 'a\n10\n30\n',
        'a.config': latin1(config),
      });
      const { status, out } = await isothermHere([...args, ...compat], commented);
      expect({ status, out }).toEqual({ status: 0, out: plain.out });
    }
    const binary = folderWith({
      'a.flp': 'a 0.01 0.01 0 0\n',
      'a.ptrace': 'a\n1\n',
      'a.config': latin1('\u0001\u00ff\n'),
    });
    const { status, err } = await isothermHere(args, binary);
    expect({ status, errors: errorsIn(err, binary) }).toEqual({ status: 1, errors: ['file-unreadable a.config:1:2'] });
  });

  test('the steady state goes to standard output if it has no file', async () => {
    const { status, out } = await isothermHere(args, folder());
    expect(status).toBe(0);
    expect(out).toMatch(/^Unit\tSteady\(Kelvin\)\na\t3\d\d\.\d\d\niface_a\t/);
  });

  test('a key of the command line comes before that of the file, and -d writes what is in effect', async () => {
    const here = folder();
    const { status } = await isothermHere(
      [...args, '-ambient', '310', '-d', 'all.config', '-steady_file', 'x', '--digits', '4'],
      here,
    );
    expect(status).toBe(0);
    const dump = readFileSync(join(here, 'all.config'), 'utf8');
    expect(dump).toContain('-ambient\t310\n');
    expect(dump).toContain('-init_temp\t300\n');
    expect(readFileSync(join(here, 'x'), 'utf8')).toMatch(/^a\t3\d\d\.\d{4}\n/);
  });

  longTest(
    "the grid over time is written anew, with the time at the end of a sample; under compat HotSpot's label",
    async () => {
      const here = folder();
      const grid = ['-model_type', 'grid', '-grid_rows', '2', '-grid_cols', '2', '-sampling_intvl', '0.5'];
      const go = async (...more: string[]): Promise<string> => {
        const all = [...args, ...grid, '-o', 'o', '-grid_transient_file', 'g', ...more];
        expect((await isothermHere(all, here)).status).toBe(0);
        return readFileSync(join(here, 'g'), 'utf8')
          .match(/^t = .*$/gm)!
          .join();
      };
      expect(await go()).toBe('t = 0.500000,t = 1.000000');
      expect(await go('--compat', 'hotspot')).toBe('t = 0.000000,t = 0.500000');
    },
  );

  test.each([
    [['-stedy_file', 'x'], /unknown option '-stedy_file'\n\(Did you mean -steady_file\?\)/],
    [['-o'], /option '-o' argument missing/],
    [['-f', 'b.flp'], /option '-f' is given twice/],
    [['x', 'y'], /unexpected argument 'x'/],
    [['-o', 'x', '-steady_file', 'x'], /-o and -steady_file both write x/],
    [['--compat', 'ice'], /hotspot, hotspot-be/],
  ])('%j is wrong usage', async (more, message) => {
    const { status, err } = await isothermHere([...args, ...more], folder());
    expect(status).toBe(2);
    expect(err.replace(/-steady_file and -o/, '-o and -steady_file')).toMatch(message);
  });

  test('a trace is needed', async () => {
    expect(await isothermHere(['thermal', '-f', 'a.flp'], folder())).toMatchObject({
      status: 2,
      err: /-p <file>' not specified/,
    });
  });

  test('under compat what HotSpot ignores is a warning', async () => {
    const here = folderWith({
      'a.flp': 'a 0.01 0.01 0 0\n',
      'a.ptrace': 'a\n10\n30',
      'a.config': '-ambient 300\n-ambient 310\n-nonsense 1\n',
    });
    const { status, err, out } = await isothermHere([...args, '-colour', 'red', '--compat', 'hotspot'], here);
    expect(status).toBe(0);
    expect(err.match(/warning\[[\w-]+\]/g)).toEqual([
      'warning[duplicate-name]',
      'warning[unknown-key]',
      'warning[unknown-key]',
      'warning[last-line-unended]',
    ]);
    // 10 W of the first sample only.
    const once = folderWith({ 'a.flp': 'a 0.01 0.01 0 0\n', 'a.ptrace': 'a\n10\n', 'a.config': '-ambient 300\n' });
    expect(out).toBe((await isothermHere([...args, '--compat', 'hotspot'], once)).out);
    expect(errorsIn((await isothermHere(args, here)).err, here)).toEqual([
      'duplicate-name a.config:2:1',
      'unknown-key a.config:3:1',
    ]);
  });

  test('--explain says what is computed', async () => {
    const { err } = await isothermHere([...args, '--explain', '-o', 'x', '-steady_file', '/dev/null'], folder());
    expect(err).toMatch(/layer 0 {2}0\.15 mm, 100 W\/\(m K\), 1 blocks, power/);
    expect(err).toContain('20 W on average');
  });
});

describe('wrong files leave nothing behind', () => {
  const lcf = (n: number, more = '') => `${n}\nY\nY\n1.7e6\n0.01\n1e-4\na.flp\n${more}`;
  const good = {
    'a.flp': 'a 0.01 0.01 0 0\n',
    'b.flp': 'a 0.02 0.01 0 0\n',
    'a.ptrace': 'a\n10\n',
    's.lcf': lcf(0),
    'a.config': '-model_type grid\n-grid_rows 4\n-grid_cols 4\n-grid_layer_file s.lcf\n',
  };
  test.each([
    [{ 's.lcf': lcf(1) }, ['out-of-range s.lcf:1:1']],
    [{ 's.lcf': lcf(0, lcf(0)) }, ['duplicate-name s.lcf:8:1']],
    [{ 's.lcf': '0\nY\nY\n1.7e6\n0.01\n1e-4\n' }, ['missing-key s.lcf:6:1']],
    [{ 's.lcf': lcf(0).replace('Y', 'maybe') }, ['wrong-type s.lcf:2:1']],
    [{ 's.lcf': `${lcf(0)}${lcf(1).replace('a.flp', 'b.flp').replace('Y\nY', 'Y\nN')}` }, ['layers-differ s.lcf:14:1']],
    [{ 's.lcf': '0\nY\nY\nice\n1e-4\na.flp\n' }, ['unknown-name s.lcf:4:1']],
    [{ 's.lcf': lcf(0).replace('a.flp', 'flow.csv') }, ['not-supported s.lcf:7:1']],
    [{ 's.lcf': lcf(0).replace('a.flp', 'none.flp') }, ['file-not-found s.lcf:7:1']],
    [{ 'a.ptrace': 'b\n10\n' }, ['unknown-name a.ptrace:1:1', 'name-missing a.ptrace:1:1']],
    [{ 'a.ptrace': 'a\n-1\n' }, ['out-of-range a.ptrace:2:1']],
    [{ 'a.ptrace': 'a\nnan\n' }, ['wrong-type a.ptrace:2:1']],
    [{ 'a.flp': 'a 0.1 0.1 0 0\n' }, ['die-larger-than-package a.flp:1:1']],
    [{ 'a.flp': 'a 0.01 0.01 0 0\nb 0.01 0.01 0.02 0\n', 'a.ptrace': 'a b\n1 1\n' }, ['floorplan-gap a.flp:1:1']],
  ])('%j', async (files, errors) => {
    const here = folderWith({ ...good, ...files } as Record<string, string>);
    const { status, err } = await isothermHere(
      ['thermal', '-c', 'a.config', '-p', 'a.ptrace', '-o', 'o', '-steady_file', 's'],
      here,
    );
    expect({ status, errors: errorsIn(err, here) }).toEqual({ status: 1, errors });
    expect(existsSync(join(here, 'o')) || existsSync(join(here, 's'))).toBe(false);
  });

  longTest('materials give the same as their numbers', async () => {
    const materials = 'si\nsolid\n100\n1.7e6\nwater\nfluid\n0.6\n4.2e6\n9e-4\n';
    const run = async (files: Record<string, string>, ...more: string[]): Promise<string> => {
      const here = folderWith({ ...good, ...files });
      return (await isothermHere(['thermal', '-c', 'a.config', '-p', 'a.ptrace', ...more], here)).out;
    };
    const named = { 's.lcf': '0\nY\nY\nsi\n1e-4\na.flp\n', 'm.materials': materials };
    expect(await run(named, '-materials_file', 'm.materials')).toBe(await run({}));
    expect(await run({})).toMatch(/^layer_0_a\t/m);
  });
});
