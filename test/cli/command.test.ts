import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EDGE, edit, QUICKSTART, SIZED_ARCHITECTURE } from '../cosim/support.ts';
import { DIE_FILES, RUN_FILES } from '../support/run-files.ts';
import { longTest } from '../tier.ts';
import { COMMAND, errorsIn, folderWith, isotherm, isothermHere, ROOT } from './support.ts';

const OUTPUTS = [...RUN_FILES, ...DIE_FILES].sort();
const NET = 'layer,type,m,n,k\na,gemm,40,50,60\nb,gemm,70,8,9\n';
const EXPERIMENT = edit(QUICKSTART, 'resnet18', './net.csv');
const project = () => folderWith({ 'exp.yaml': EXPERIMENT, 'net.csv': NET });

function contents(folder: string): Record<string, string> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

describe('as a process', () => {
  test('status 0: the table on standard output, nothing on standard error, exactly the files of the contract', () => {
    const folder = project();
    const { status, out, err } = isotherm(['run', 'exp.yaml', '-o', 'out/deep'], folder);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toMatch(/^temperature {2}peak /);
    expect(out).toMatch(/\ndesign {7}net on edge-npu \(32 x 32, output stationary\)\n/);
    expect(out).toMatch(/\n\nWrote out\/deep\/; open out\/deep\/report.html\n$/);
    expect(readdirSync(join(folder, 'out/deep')).sort()).toEqual(OUTPUTS);
    expect(readdirSync(folder).sort()).toEqual(['exp.yaml', 'net.csv', 'out']);
  });

  test('--fail-on-miss: status 4 after a miss, once everything is written; 0 without one; 1 without a deadline', async () => {
    const folder = project();
    const run = (...more: string[]) => isothermHere(['run', join(folder, 'exp.yaml'), '--fail-on-miss', ...more], ROOT);
    const missed = await run('--deadline', '1us', '-o', join(folder, 'out'));
    expect(missed.status).toBe(4);
    expect(missed.err).toBe('1 inference missed the deadline of 0.001 ms\n');
    expect(readdirSync(join(folder, 'out')).sort()).toEqual(OUTPUTS);
    expect((await run('--deadline', '1s')).status).toBe(0);
    const without = await run();
    expect(without.status).toBe(1);
    expect(errorsIn(without.err, folder)).toEqual(['deadline-missing']);
  });

  longTest(
    '--against: the run beside other policies and the oracle, in the text, the summary and the sentence of the report',
    async () => {
      const folder = project();
      const given = ['run', join(folder, 'exp.yaml'), '--policy', 'powersave', '--deadline', '1s'];
      const { out, status, err } = await isothermHere(
        [...given, '--set', 'inferences.count=3', '--against', 'performance', '-o', join(folder, 'out')],
        ROOT,
      );
      expect({ status, err }).toEqual({ status: 0, err: '' });
      const { against } = JSON.parse(readFileSync(join(folder, 'out/summary.json'), 'utf8'));
      const share = (100 * (against.energyJ / against.others[0].energyJ - 1)).toFixed(1).replace('-', '');
      expect(against.others.map((other: { policy: string }) => other.policy)).toEqual(['performance']);
      expect(out).toContain(`${share} % `);
      const page = readFileSync(join(folder, 'out/report.html'), 'utf8');
      expect(page).toMatch(/class="sentence">[^<]*above the oracle\.</);
      expect(page).toContain('isotherm run exp.yaml --policy powersave --deadline 1s');
      const unknown = await isothermHere([...given, '--against', 'performanse'], ROOT);
      expect(errorsIn(unknown.err, folder)).toEqual(['unknown-name --against:1:1']);
    },
  );

  test('two runs write the same bytes, from wherever, without a path, a date or a host in them', async () => {
    const [here, there] = [project(), project()];
    expect(isotherm(['run', 'exp.yaml', '-o', 'out'], here).status).toBe(0);
    expect((await isothermHere(['run', join(there, 'exp.yaml'), '-o', join(there, 'elsewhere')], ROOT)).status).toBe(0);
    const [a, b] = [contents(join(here, 'out')), contents(join(there, 'elsewhere'))];
    expect(a).toEqual(b);
    for (const [name, text] of Object.entries(a)) {
      for (const secret of [here, ROOT, hostname(), 'isotherm:']) {
        if (secret.length > 3) expect(text, name).not.toContain(secret);
      }
      // Columns of a report are base64, which may begin with a slash.
      const plain = text.replace(/"(codes|steps)":"[\w+/=]*"/g, '');
      expect(plain, name).not.toMatch(/(^|[\s"'])\/\w+\//m);
      expect(text, name).not.toMatch(/20\d\d-\d\d-\d\d/);
      expect(text, name).not.toContain('\r');
      expect(text.endsWith('\n'), name).toBe(true);
    }
  });

  longTest('a cold, a warm and a damaged cache lead to the same bytes in every file', async () => {
    const folder = project();
    const cache = join(folder, 'cache');
    const outputs = async (to: string): Promise<Record<string, string>> => {
      // A coarse grid, because the model is made three times.
      const coarse = ['--set', 'accelerator.thermal.grid={rows: 8, columns: 8}'];
      const { status } = await isothermHere(['run', 'exp.yaml', '-o', to, ...coarse], folder, {
        ISOTHERM_CACHE: cache,
      });
      expect(status).toBe(0);
      return contents(join(folder, to));
    };
    const cold = await outputs('cold');
    const models = readdirSync(cache);
    expect(models.length).toBeGreaterThan(0);
    expect(await outputs('warm')).toEqual(cold);
    for (const model of models) {
      const bytes = readFileSync(join(cache, model));
      bytes[bytes.length >> 1] ^= 0x10;
      writeFileSync(join(cache, model), bytes);
    }
    expect(await outputs('flipped')).toEqual(cold);
    for (const model of models) writeFileSync(join(cache, model), readFileSync(join(cache, model)).subarray(0, 100));
    expect(await outputs('cut')).toEqual(cold);
  });

  test('status 1: wrong input, on standard error alone', () => {
    const { status, out, err } = isotherm(['run', 'nothing', '--json']);
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toMatch(/^error\[unknown-name\]: there is no bundled experiment "nothing"\n/);
  });

  test('status 2: wrong usage, with a suggestion', () => {
    const { status, out, err } = isotherm(['rnu', 'quickstart']);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain('Did you mean run?');
  });

  test('status 3: an error of ours asks to be reported', async () => {
    // Arguments that cannot even be looked at stand for any defect.
    const broken = new Proxy([], {
      get: () => {
        throw new TypeError('a defect');
      },
    });
    const here = await isothermHere(broken);
    expect(here.status).toBe(3);
    expect(here.err).toMatch(/^isotherm: internal error, please report it\nTypeError: a defect\n/);
  });

  test.each([
    ['INT', 130],
    ['TERM', 143],
  ])('SIG%s while it computes: status %i, and nothing is left', (signal, status) => {
    // 20,000 samples of a grid take seconds, and begin long before a tenth of a second of pure computing is over.
    const rows = Array.from({ length: 20_000 }, (_, k) => `${k % 7}`);
    const folder = folderWith({ 'a.flp': 'a 0.01 0.01 0 0\n', 'a.ptrace': `a\n${rows.join('\n')}\n` });
    const before = readdirSync(folder);
    const options = '-model_type grid -grid_rows 32 -grid_cols 32 -o new/deep/a.ttrace --frames new/frames';
    const command = `"${process.execPath}" "${COMMAND}" thermal -f a.flp -p a.ptrace ${options}`;
    // A background job of a plain shell ignores SIGINT; `kill` by itself after a while does not.
    const script = `set -m; ${command} & sleep 1; kill -${signal} $!; wait $!; exit $?`;
    const outcome = spawnSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' });
    expect(outcome.status).toBe(status);
    expect(readdirSync(folder)).toEqual(before);
  });

  longTest('a reader that closes the pipe early is no error', async () => {
    const child = spawn(process.execPath, [COMMAND, 'run', 'exp.yaml', '--json'], {
      cwd: project(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let err = '';
    child.stderr.on('data', (data) => {
      err += data;
    });
    child.stdout.destroy();
    const status = await new Promise((resolve) => child.on('close', resolve));
    expect({ status, err }).toEqual({ status: 0, err: '' });
  });

  test("the shell's `head` gets its line", async () => {
    const child = spawn('sh', ['-c', `"${process.execPath}" "${COMMAND}" list | head -1`], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (data) => {
      out += data;
    });
    child.stderr.on('data', (data) => {
      err += data;
    });
    await new Promise((resolve) => child.on('close', resolve));
    expect({ out, err }).toEqual({ out: 'experiments\n', err: '' });
  });
});

describe('run', () => {
  test('--json prints one JSON document and nothing else, the same as is written', async () => {
    const folder = project();
    const { status, out, err } = await isothermHere([
      'run',
      join(folder, 'exp.yaml'),
      '--json',
      '-o',
      join(folder, 'out'),
    ]);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({ version: 1, workload: 'net', inferences: 1 });
    expect(out).toBe(readFileSync(join(folder, 'out/summary.json'), 'utf8'));
    expect(out).not.toContain('"cost"');
  });

  test('without -o nothing is written', async () => {
    const folder = project();
    expect((await isothermHere(['run', join(folder, 'exp.yaml')])).out).not.toContain('Wrote');
    expect(readdirSync(folder).sort()).toEqual(['exp.yaml', 'net.csv']);
  });

  test('--cost adds what the run took', async () => {
    const { out } = await isothermHere(['run', join(project(), 'exp.yaml'), '--json', '--cost']);
    const { cost } = JSON.parse(out);
    expect(cost.cpuS).toBeGreaterThan(0);
    expect(cost.peakMemoryBytes).toBeGreaterThan(1e7);
  });

  test('--policy and --set change the run and the hash of its inputs', async () => {
    const folder = project();
    const own = folderWith({ 'slow.yaml': 'version: 1\nname: slow\nuses: fixed\nparameters: {frequency: 300MHz}\n' });
    const summary = async (...more: string[]) =>
      JSON.parse((await isothermHere(['run', join(folder, 'exp.yaml'), '--json', ...more])).out);
    const [plain, set, policy, both] = [
      await summary(),
      await summary('--set', 'policy.frequency=200MHz', '--set', 'accelerator.dram.latency=0ns'),
      await summary('--policy', join(own, 'slow.yaml')),
      await summary('--policy', 'fixed', '--set', 'policy.frequency=400MHz'),
    ];
    const clocks = [plain, set, policy, both].map((s) => s.operatingPoints.core.frequencyHz / 1e6);
    expect(clocks).toEqual([800, 200, 300, 400]);
    expect(policy.policy).toBe('slow');
    expect(new Set([plain, set, policy, both].map((s) => s.inputsHash)).size).toBe(4);
    expect(plain.inputsHash).toMatch(/^[0-9a-f]{64}$/);
    expect((await summary()).inputsHash).toBe(plain.inputsHash);
  });

  test('a bundled experiment goes by its name or its file', async () => {
    const byName = await isothermHere(['run', 'one-inference', '--json']);
    const byFile = await isothermHere(['run', 'experiments/one-inference.yaml', '--json']);
    expect(byName.status).toBe(0);
    expect(byFile.out).toBe(byName.out);
  });

  test('outputs replace those of an earlier run', async () => {
    const folder = project();
    const go = (...more: string[]) =>
      isothermHere(['run', join(folder, 'exp.yaml'), '-o', join(folder, 'out'), ...more]);
    await go();
    const before = contents(join(folder, 'out'));
    await go('--set', 'policy.frequency=200MHz');
    expect(readdirSync(join(folder, 'out')).sort()).toEqual(OUTPUTS);
    expect(contents(join(folder, 'out'))).not.toEqual(before);
    await go();
    expect(contents(join(folder, 'out'))).toEqual(before);
    // A run that fails leaves them alone.
    expect((await go('--set', 'batch=0')).status).toBe(1);
    expect(contents(join(folder, 'out'))).toEqual(before);
  });

  test.each(['taken', 'taken/inside'])('a file in the place of the folder %s is output-unwritable', async (name) => {
    const folder = folderWith({ 'exp.yaml': EXPERIMENT, 'net.csv': NET, taken: 'mine' });
    const { status, out, err } = await isothermHere(['run', join(folder, 'exp.yaml'), '-o', join(folder, name)]);
    expect({ status, out, errors: errorsIn(err, folder) }).toEqual({
      status: 1,
      out: '',
      errors: ['output-unwritable'],
    });
    expect(err).toContain('there is a file in its place');
    expect(readFileSync(join(folder, 'taken'), 'utf8')).toBe('mine');
  });

  test('a folder in the place of a file leaves no temporary files', async () => {
    const folder = folderWith({ 'exp.yaml': EXPERIMENT, 'net.csv': NET, 'out/summary.json/x': '' });
    const { status, err } = await isothermHere(['run', join(folder, 'exp.yaml'), '-o', join(folder, 'out')]);
    expect({ status, errors: errorsIn(err, folder) }).toEqual({ status: 1, errors: ['output-unwritable'] });
    expect(readdirSync(join(folder, 'out'))).toEqual(['summary.json']);
  });

  test.skipIf(process.getuid?.() === 0)('a folder without permission is output-unwritable', async () => {
    const folder = project();
    chmodSync(folder, 0o555);
    const { status, err } = await isothermHere(['run', join(folder, 'exp.yaml'), '-o', join(folder, 'out')]);
    chmodSync(folder, 0o755);
    expect({ status, errors: errorsIn(err, folder) }).toEqual({ status: 1, errors: ['output-unwritable'] });
  });
});

describe('usage', () => {
  test.each<[string, readonly string[], string]>([
    ['an unknown command', ['rnu'], 'Did you mean run?'],
    ['an unknown option', ['run', 'quickstart', '--jsn'], 'Did you mean --json?'],
    ['an unknown option of validate', ['validate', '--all', 'x'], "unknown option '--all'"],
    ['no experiment', ['run'], "missing argument 'experiment'"],
    ['two experiments', ['run', 'a', 'b'], 'too many arguments'],
    ['an option without its value', ['run', 'quickstart', '-o'], 'argument missing'],
    ['nothing to validate', ['validate'], "missing required argument 'file'"],
    ['no command', [], 'Usage: isotherm'],
  ])('%s is status 2', async (_, args, message) => {
    const { status, out, err } = await isothermHere(args);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain(message);
  });

  test.each<[readonly string[], RegExp]>([
    [['--help'], /Usage: isotherm[\s\S]*run[\s\S]*validate[\s\S]*list/],
    [['help'], /Usage: isotherm/],
    [['run', '--help'], /--policy[\s\S]*--set[\s\S]*--json[\s\S]*--cost/],
    [['--version'], /^\d+\.\d+\.\d+\n$/],
  ])('%j is status 0, on standard output', async (args, shown) => {
    const { status, out, err } = await isothermHere(args);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toMatch(shown);
  });

  longTest('the help of every command has an example of it', async () => {
    const { out } = await isothermHere(['--help']);
    const commands = [...out.matchAll(/^ {2}([a-z]+) .*/gm)].map(([, name]) => name).filter((name) => name !== 'help');
    expect(commands).toEqual(expect.arrayContaining(['run', 'thermal', 'version']));
    for (const name of commands) {
      const help = (await isothermHere([name, '--help'])).out;
      expect(help, name).toMatch(new RegExp(`\\nExamples?(, for bash)?:\\n.*isotherm ${name}`));
    }
  });
});

describe('validate', () => {
  test('says of every right file what it is', async () => {
    const { status, out, err } = await isothermHere([
      'validate',
      ...[
        'experiments/quickstart.yaml',
        'accelerators/cloud-tpu/accelerator.yaml',
        'accelerators/edge-npu/architecture.yaml',
      ],
      ...['policies/fixed.yaml', 'workloads/resnet18.csv', 'components/smart_buffer.yaml'],
      'test/golden/onnx/gpt2_block_dynamo.onnx',
      'test/golden/timeloop/map_conv_16x8/arch.yaml',
    ]);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    // 1,814,073,344 MACs: the comment on top of workloads/resnet18.csv.
    expect(out.split('\n')).toEqual([
      'experiments/quickstart.yaml: experiment quickstart: resnet18 on edge-npu',
      'accelerators/cloud-tpu/accelerator.yaml: accelerator cloud-tpu of 5 components',
      'accelerators/edge-npu/architecture.yaml: Accelergy architecture',
      'policies/fixed.yaml: policy fixed',
      'workloads/resnet18.csv: workload of 21 layers, 1814073344 MACs',
      'components/smart_buffer.yaml: Accelergy classes smart_buffer',
      // That of workloads/gpt2_small_block.csv.
      'test/golden/onnx/gpt2_block_dynamo.onnx: workload of 6 layers, 8858370048 MACs',
      'test/golden/timeloop/map_conv_16x8/arch.yaml: Accelergy or Timeloop architecture for isotherm energy',
      '',
    ]);
  });

  test('reports the problems of all files at once', async () => {
    const folder = folderWith({
      'exp.yaml': edit(EXPERIMENT, '800MHz', '801MHz'),
      'net.csv': NET,
      'npu/accelerator.yaml': edit(EDGE, 'dataflow: os', 'dataflow: so'),
      'npu/architecture.yaml': SIZED_ARCHITECTURE,
      'bad.csv': 'layer,type,m,n,k\na,gemm,0,1,1\n',
      'empty.csv': '',
      'policy.yaml': 'version: 1\nname: p\nuses: fixed\nparameters: {frequency: 5}\n',
      'class.yaml': 'compound_components:\n  version: 0.3\n  classes: []\n',
      'tree.yaml': 'architecture:\n  version: 0.4\n',
      'list.yaml': '- a\n',
      'net.onnx': 'layer,type,m,n,k\n',
    });
    const names = [
      'exp.yaml',
      'npu/accelerator.yaml',
      'bad.csv',
      'empty.csv',
      'policy.yaml',
      'class.yaml',
      'tree.yaml',
      'list.yaml',
      'net.onnx',
    ];
    const files = [...names, 'net.csv', 'nothing.yaml', 'npu'].map((name) => join(folder, name));
    const { status, out, err } = await isothermHere(['validate', ...files]);
    expect(status).toBe(1);
    expect(out).toBe(`${join(folder, 'net.csv')}: workload of 2 layers, 125040 MACs\n`);
    expect(errorsIn(err, folder)).toEqual([
      'unknown-operating-point exp.yaml:9:14',
      'unknown-name npu/accelerator.yaml:10:13',
      'out-of-range bad.csv:2:8',
      'empty-workload empty.csv:1:1',
      'missing-unit policy.yaml:4:25',
      'out-of-range class.yaml:2:12',
      'missing-key tree.yaml:2:3',
      'wrong-type list.yaml:1:1',
      'onnx-syntax',
      'file-not-found',
      'file-unreadable',
    ]);
  });

  test('finds a scratchpad too small for a layer, as a run would', async () => {
    const folder = folderWith({
      'exp.yaml': edit(EXPERIMENT, 'edge-npu', './npu'),
      'net.csv': NET,
      'npu/accelerator.yaml': edit(EDGE, 'capacity: 64KiB', 'capacity: 8B'),
      'npu/architecture.yaml': SIZED_ARCHITECTURE,
    });
    const { err } = await isothermHere(['validate', join(folder, 'exp.yaml')]);
    expect(errorsIn(err, folder)).toEqual(['scratchpad-too-small npu/accelerator.yaml:19:22']);
    expect(err).toContain('the ofmap scratchpad of 8 bytes is too small for layer "a"');
  });

  test('checks a policy without an accelerator: clocks of domains it does not know', async () => {
    const folder = folderWith({ 'p.yaml': 'version: 1\nname: p\nuses: fixed\nparameters: {frequency: {gpu: 1GHz}}\n' });
    expect(await isothermHere(['validate', join(folder, 'p.yaml')])).toMatchObject({ status: 0, err: '' });
  });
});

describe('list', () => {
  test.each<[string, RegExp]>([
    ['experiments', /^quickstart +ResNet-18 on the edge NPU/m],
    ['accelerators', /^edge-npu +32 x 32 int8 edge accelerator/m],
    ['workloads', /^resnet18 +21 layers, 1\.81 GMACs$/m],
    ['policies', /^fixed +every domain stays/m],
    ['dataflows', /^os +output stationary/m],
    ['components', /^smart_buffer +actions read, write$/m],
    ['technologies', /^45nm +.*cacti-sram/m],
  ])('%s', async (kind, row) => {
    const { status, out, err } = await isothermHere(['list', kind]);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out.startsWith(`${kind}\n---`)).toBe(true);
    expect(out).toMatch(row);
  });

  test('everything', async () => {
    const { out } = await isothermHere(['list']);
    const titles = out.split('\n').filter((_, i, lines) => /^---/.test(lines[i + 1] ?? ''));
    expect(titles).toEqual([
      'experiments',
      'accelerators',
      'workloads',
      'policies',
      'dataflows',
      'components',
      'technologies',
      'operating-points',
    ]);
    expect(out.split('\n').some((line) => /\s$/.test(line))).toBe(false);
  });

  test.each(['polices', '__proto__', 'toString'])('the kind %s does not exist: wrong usage', async (kind) => {
    const { status, out, err } = await isothermHere(['list', kind]);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain(`error: there is no kind '${kind}'`);
    expect(err).toContain('Valid are experiments, accelerators, workloads, policies');
    expect(err.includes('did you mean policies?')).toBe(kind === 'polices');
  });
});

test('the command is executable', () => {
  expect(existsSync(COMMAND)).toBe(true);
  expect(readFileSync(COMMAND, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
});
