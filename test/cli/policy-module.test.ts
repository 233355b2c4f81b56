/** `--policy ./mine.ts` as users type it: the built command, its worker and its watchdog. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { longTest } from '../tier.ts';
import { folderWith, isotherm } from './support.ts';

const HEAD = "import { definePolicy } from 'isotherm';\n";
const deciding = (body: string): string =>
  `${HEAD}export default definePolicy({\n  name: 'mine',\n  decide(view, state) {\n    ${body}\n  },\n});\n`;
const NOTHING = "return { ranges: {}, state, reason: 'nothing' };";

const runWith = (text: string, env: Readonly<Record<string, string>> = {}) =>
  isotherm(['run', 'one-inference', '--quiet', '--policy', './mine.ts'], folderWith({ 'mine.ts': text }), env);

test('runs a file in TypeScript wherever it lies, where Node forbids code out of texts', () => {
  const { status, err } = runWith(deciding(NOTHING), { NODE_OPTIONS: '--disallow-code-generation-from-strings' });
  expect({ status, err }).toEqual({ status: 0, err: '' });
});

longTest('gives the bytes of the bundled policy with the same rules, and hashes what it imports', () => {
  const helper = 'export const top = (points: readonly object[]): number => points.length - 1;\n';
  const text = `${HEAD}import { top } from './parts/top.ts';\n${deciding(
    'const all = view.context.domains.map(({ name, points }) => [name, [top(points), top(points)]] as const);\n' +
      "    return { ranges: Object.fromEntries(all), state, reason: 'fast' as string };",
  ).slice(HEAD.length)}`;
  const folder = folderWith({ 'mine.ts': text, 'parts/top.ts': helper });
  const env = { NODE_OPTIONS: '--disallow-code-generation-from-strings' };
  const args = ['run', 'one-inference', '--policy', './mine.ts', '-o', 'own'];
  const { status, err } = isotherm(args, folder, env);
  expect({ status, err }).toEqual({ status: 0, err: '' });
  isotherm(['run', 'one-inference', '--policy', 'performance', '-o', 'bundled'], folder);
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  expect(read('own/trace.csv')).toBe(read('bundled/trace.csv'));
  const { inputsHash, policy } = JSON.parse(read('own/summary.json'));
  expect(policy).toBe('mine');
  expect(inputsHash).not.toBe(JSON.parse(read('bundled/summary.json')).inputsHash);
});

longTest('compare and validate take modules too; a row is that of the bundled policy with the same rules', () => {
  const fast = deciding(
    'const all = view.context.domains.map(({ name, points }) => [name, [points.length - 1, points.length - 1]]);\n' +
      "    return { ranges: Object.fromEntries(all), state, reason: 'fast' };",
  );
  const folder = folderWith({
    'fast.ts': fast,
    'exp.yaml':
      'version: 1\nname: e\naccelerator: edge-npu\nworkload: resnet18\ninferences: { count: 5 }\npolicy: ./fast.ts\n',
    'bad.ts': deciding('return Date.now() && null;'),
  });
  const args = [
    'compare',
    'exp.yaml',
    '--policies',
    'performance',
    './fast.ts',
    'experiment',
    '--no-check-epoch',
    '--json',
  ];
  const { status, out, err } = isotherm(args, folder);
  expect({ status, err }).toEqual({ status: 0, err: '' });
  const [bundled, own, experiment] = JSON.parse(out).rows.map(({ policy: _, ...row }: { policy: string }) => row);
  expect(own.energyJ).toBe(bundled.energyJ);
  expect(own.peakTemperatureK).toBe(bundled.peakTemperatureK);
  expect(experiment).toEqual(own);

  const checked = isotherm(['validate', 'exp.yaml', 'fast.ts'], folder);
  expect(checked).toMatchObject({
    status: 0,
    out: 'exp.yaml: experiment e: resnet18 on edge-npu\nfast.ts: policy mine, a program\n',
  });
  // A row that fails says so, with the place in the module; the others run. Each thread loads the modules for itself.
  const impure = ['compare', 'exp.yaml', '--policies', 'performance', './fast.ts', './bad.ts', '--no-check-epoch'];
  const [one, two] = ['1', '2'].map((n) => isotherm([...impure, '--workers', n, '--json'], folder));
  expect(one.status).toBe(0);
  expect(two).toEqual(one);
  const rows = JSON.parse(one.out).rows;
  expect(rows.map(({ applicable }: { applicable: boolean }) => applicable)).toEqual([true, true, false]);
  expect(rows[2].reason).toMatch(/policy-impure: policy "mine".* uses Date\.now \(bad\.ts:5:\d+\)/);
  // A module that cannot be loaded is wrong input before any row.
  const missing = isotherm([...impure.slice(0, 4), './no.ts'], folder);
  expect(missing.status).toBe(1);
  expect(missing.err).toContain('error[file-not-found]');
});

longTest(
  'a row of a comparison that hangs or takes all memory fails alone, with its place; the others run',
  () => {
    const folder = folderWith({
      'fast.ts': deciding(NOTHING),
      'hang.ts': deciding(`if (view.timeS > 0) while (true) {}\n    ${NOTHING}`),
      'eat.ts': deciding(`const all = []; while (view.timeS > 0) all.push(new Array(1e5).fill(view));\n    ${NOTHING}`),
    });
    const policies = ['./hang.ts', 'performance', './eat.ts', './fast.ts', 'powersave'];
    const args = ['compare', 'one-inference', '--set', 'inferences.count=5', '--no-check-epoch', '--json'];
    for (const workers of ['1', '2']) {
      const { status, out } = isotherm([...args, '--workers', workers, '--policies', ...policies], folder);
      expect(status).toBe(0);
      const { rows } = JSON.parse(out);
      expect(rows.map(({ applicable }: { applicable: boolean }) => applicable)).toEqual([
        false,
        true,
        false,
        true,
        true,
      ]);
      expect(rows[0].reason).toBe('policy-failed: policy module hang.ts (hang.ts:4:3) has not decided for 10 s');
      expect(rows[2].reason).toMatch(/^policy-failed: policy module eat\.ts \(eat\.ts:4:3\) (has not|takes more than)/);
    }
    // If no row is left, that is an error.
    const alone = isotherm([...args, '--policies', './hang.ts'], folder);
    expect(alone.status).toBe(1);
    expect(alone.err).toContain('hang.ts (hang.ts:4:3) has not decided for 10 s');
  },
  240_000,
);

describe('what is wrong with a module is an error with its line', () => {
  longTest.each([
    ['policy-impure', 'return Date.now() && { ranges: {}, state, reason: "" };', 5],
    ['policy-impure', `let x = 0; try { x = Math.random(); } catch {}\n    ${NOTHING}`, 5],
    ['policy-impure', `if (globalThis.process.pid > 0) ${NOTHING}`, 5],
    ['policy-impure', `if (new Date() > 0) ${NOTHING}`, 5],
    ['policy-impure', `if (new Event('x').timeStamp > 0) ${NOTHING}`, 5],
    ['policy-impure', `if (new Intl.DateTimeFormat('en').format() !== '') ${NOTHING}`, 5],
    ['policy-impure', `import('node:fs');\n    ${NOTHING}`, 4],
    ['decision-invalid', 'return { ranges: {}, state, reason: "", capw: 1 };', 4],
    ['policy-failed', `\n    view.nothing.at.all;\n    ${NOTHING}`, 6],
    ['policy-failed', 'const f = () => f(); return f();', 5],
    ['decision-invalid', 'return { ranges: { core: [0, NaN] }, state, reason: "" };', 4],
    ['module-syntax', 'return { ranges: {, state };', 5],
    ['module-syntax', 'const a: = 1;', 5],
    ['module-syntax', `let a = 1;\n    let a = 2;\n    ${NOTHING}`, 6],
    ['policy-failed', `view.timeS = 1;\n    ${NOTHING}`, 5],
    ['policy-failed', `\n    (view.temperatureK as number[])[0] = 1;\n    ${NOTHING}`, 6],
    ['policy-failed', `Object.assign(globalThis, { count: 1 });\n    ${NOTHING}`, 5],
    ['policy-failed', `Promise.reject(new Error('late'));\n    ${NOTHING}`, 5],
    ['policy-failed', "return { ranges: {}, state, get reason(): string { throw new Error('mean'); } };", 4],
    ['decision-invalid', "return { ranges: {}, state, reason: 'r'.repeat(1e6) };", 4],
  ])('%s: %s', (code, body, line) => {
    const { status, err, out } = runWith(deciding(body));
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toContain(`error[${code}]`);
    expect(err).toContain(` mine.ts:${line}:`);
  });

  longTest.each([
    ['module-invalid', 'export const x = 1;\n'],
    ['module-invalid', "import 'node:fs';\nexport default {};\n"],
    ['module-invalid', "import { x } from 'isotherm/nowhere';\nexport default {};\n"],
    ['module-syntax', "import { nothing } from 'isotherm';\nexport default { name: 'x', decide: nothing };\n"],
    ['file-not-found', "import './nowhere.ts';\nexport default {};\n"],
    ['policy-failed', 'await new Promise(() => {});\nexport default {};\n'],
    ['policy-failed', 'null.x;\nexport default {};\n'],
    ['policy-failed', "Promise.reject(new Error('late'));\nexport default { name: 'x', decide: () => null };\n"],
    ['policy-impure', 'process.exit(0);\nexport default {};\n'],
    [
      'policy-impure',
      "Array.prototype[Symbol.iterator] = [].values.bind([]);\nexport default { name: 'x', decide: () => null };\n",
    ],
    ['module-invalid', "const { definePolicy } = require('isotherm');\nmodule.exports = {};\n"],
    ['module-invalid', "export default new Proxy({}, { get() { throw new Error('no'); } });\n"],
    ['module-syntax', 'enum A { X }\nexport default {};\n'],
    ['module-syntax', '@((x: unknown) => x) class A {}\nexport default {};\n'],
  ])('%s: %j', (code, text) => {
    const { status, err } = runWith(text);
    expect(status).toBe(1);
    expect(err).toContain(`error[${code}]`);
    expect(err).toContain(' mine.ts:1:');
  });

  longTest(
    'a top level whose promises never end',
    () => {
      const head = 'const again = (): Promise<void> => Promise.resolve().then(again);\nagain();\n';
      const { status, err, out } = runWith(`${head}${deciding(NOTHING)}`);
      expect({ status, out }).toEqual({ status: 1, out: '' });
      expect(err).toContain('error[policy-failed]: policy module mine.ts never ends loading');
      expect(err).toContain(' mine.ts:1:1');
    },
    60_000,
  );

  longTest(
    'a promise of a decision that fails, in a run that writes and in a row of a comparison',
    () => {
      const folder = folderWith({ 'late.ts': deciding(`Promise.reject(new Error('late'));\n    ${NOTHING}`) });
      const { status, out } = isotherm(['run', 'one-inference', '--policy', './late.ts', '-o', 'out'], folder);
      expect({ status, out }).toEqual({ status: 1, out: '' });
      expect(existsSync(join(folder, 'out/summary.json'))).toBe(false);
      const args = ['compare', 'one-inference', '--set', 'inferences.count=3', '--no-check-epoch', '--json'];
      const { rows } = JSON.parse(isotherm([...args, '--policies', 'performance', './late.ts'], folder).out);
      expect(rows.map(({ reason }: { reason?: string }) => reason)).toEqual([
        undefined,
        'policy-failed: policy module late.ts (late.ts:5:20) fails outside of its calls: late',
      ]);
    },
    60_000,
  );

  longTest('what it prints goes to standard error; a mark of byte order and any letters in its path are fine', () => {
    const folder = folderWith({ 'mit Leer ü/Regel ä.ts': `\uFEFF${deciding(`console.log('hot');\n    ${NOTHING}`)}` });
    const args = ['run', 'one-inference', '--json', '--policy', './mit Leer ü/Regel ä.ts'];
    const { status, out, err } = isotherm(args, folder);
    expect(status).toBe(0);
    expect(JSON.parse(out).policy).toBe('mine');
    expect(new Set(err.trim().split('\n'))).toEqual(new Set(['hot']));
  });

  longTest.each(['while (true) {}', 'const all = []; while (true) all.push(new Array(1e5).fill(view));'])(
    '%s ends within seconds',
    (body) => {
      // The memory is that of the worker, whatever the heap of the main thread.
      const env = { NODE_OPTIONS: '--max-old-space-size=120' };
      const { status, err } = runWith(deciding(`${body}\n    ${NOTHING}`), env);
      expect(status).toBe(1);
      expect(err).toMatch(/error\[policy-failed\]: policy module mine.ts (has not decided for 10 s|takes more than)/);
      expect(err).toContain(' mine.ts:4:');
    },
    60_000,
  );
});

longTest('init writes a policy that passes its test and runs', () => {
  const folder = folderWith();
  for (const args of [
    ['init', 'policy', 'own.js'],
    ['policy', 'test', 'own.js'],
    ['run', 'quickstart-hp', '--quiet', '--policy', './own.js'],
  ]) {
    const { status, err } = isotherm(args, folder);
    expect({ status, err }).toEqual({ status: 0, err: '' });
  }
  expect(isotherm(['init', 'policy', 'own.js'], folder).err).toContain('error[output-unwritable]');
  expect(isotherm(['init', 'policy', 'own.yaml'], folder).err).toContain('error[wrong-kind]');
});
