/**
 * What the documentation says a reader can do is done here: blocks with a title are saved, shell commands and JavaScript are run in a
 * copy of the checkout, and the output shown must be in theirs. A plain `npx isotherm ...` runs inside this process, without npm's and
 * Node's own start; what needs a shell, `npm start` and the examples in JavaScript are processes.
 */
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isothermShown } from '../cli/support.ts';
import { LONG } from '../tier.ts';
import { freshOutput } from './fresh-output.ts';
import { type Block, blocksOf, commandsOf, PAGES, ROOT, readPage } from './pages.ts';

const { scripts, bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const DATA = [
  'accelerators',
  'components',
  'experiments',
  'policies',
  'tech-tables',
  'workloads',
  'test/golden/onnx',
  'package.json',
];
const BUILD = 'npm run --silent build && ';

let copies: string;
/** A folder with an `npx` that runs the built program of this checkout, without npm's own start. */
let shims: string;

beforeAll(() => {
  copies = mkdtempSync(join(tmpdir(), 'isotherm-docs-'));
  shims = join(copies, 'bin');
  mkdirSync(shims);
  const program = join(ROOT, bin.isotherm);
  const npx = `#!/bin/sh\n[ "$1" = isotherm ] || exit 127\nshift\nexec "${process.execPath}" "${program}" "$@"\n`;
  writeFileSync(join(shims, 'npx'), npx, { mode: 0o755 });
});

afterAll(() => rmSync(copies, { recursive: true, force: true }));

/** What a reader has after `npm ci && npm start`, as far as a page needs it. */
function copyOfCheckout(page: string): string {
  const folder = join(copies, page.replace(/\W/g, '-'));
  for (const name of DATA) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  for (const name of ['dist', 'node_modules']) symlinkSync(join(ROOT, name), join(folder, name));
  return folder;
}

interface Outcome {
  readonly output: string;
  readonly status: number | null;
}

function run(file: string, args: readonly string[], cwd: string): Promise<Outcome> {
  const env = { ...process.env, PATH: `${shims}:${process.env.PATH}`, LC_ALL: 'C' };
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ output, status }));
  });
}

/** They take as long as all the others: the long tier has them, with the output shown below them. */
const SLOW: ReadonlySet<string> = new Set([
  'npx isotherm scaling',
  'npx isotherm run thermal-stress -o out/thermal-stress',
  'npx isotherm run course-dvfs --against race-to-idle',
  'npx isotherm compare course-dvfs --policies race-to-idle static-best pace --deadline 5ms,6ms',
]);

/** Pages whose JavaScript takes as long as all other pages together. */
const SLOW_SCRIPTS: ReadonlySet<string> = new Set(['README.md', 'docs/guide/library.md']);

/** Pages whose commands are whole runs and builds; the quick tier has those of the README and of the other pages. */
const SLOW_PAGES: ReadonlySet<string> = new Set([
  'CONTRIBUTING.md',
  'docs/guide/coming-from.md',
  'docs/guide/command-line.md',
  'docs/guide/compare.md',
  'docs/methods/policies.md',
  'docs/formats/onnx.md',
  'docs/formats/rules.md',
  'docs/guide/accelerators.md',
  'docs/guide/course-dvfs.md',
  'docs/tutorials/policy-module.md',
  'docs/tutorials/policy-rules.md',
  'docs/guide/course-thermal.md',
  'docs/guide/first-experiment.md',
  'docs/guide/layer-energy.md',
  'docs/guide/notebooks.md',
  'docs/guide/map.md',
  'docs/guide/scaling.md',
  'docs/guide/thermal.md',
  'docs/methods/loop.md',
  'docs/guide/policy-module.md',
]);

const isSlow = (block: Block | undefined): boolean =>
  block?.language === 'sh' && commandsOf(block).some(({ command }) => SLOW.has(command));

/** The words of a command that is nothing but the program and its arguments, some in single quotes: no pipe, no pattern. */
function plainWords(command: string): readonly string[] | undefined {
  const words = command.match(/'[^']*'|[^\s']+/g) ?? [];
  const plain = /^npx isotherm( ([\w./=,:+-]+|'[^']*'))*$/.test(command);
  return plain ? words.slice(2).map((word) => word.replace(/^'(.*)'$/, '$1')) : undefined;
}

/** A command that reads nothing but what is bundled has the same outcome on every page. */
const known = new Map<string, Promise<Outcome>>();

function runShell(command: string, cwd: string): Promise<Outcome> {
  const words = plainWords(command);
  const start = (): Promise<Outcome> =>
    words ? isothermShown(words, cwd) : run('bash', ['-o', 'pipefail', '-c', command], cwd);
  if (!/^npx isotherm (list|run [a-z-]+)\b/.test(command) || /\bmy\/|-o /.test(command)) return start();
  const outcome = known.get(command) ?? start();
  known.set(command, outcome);
  return outcome;
}

/** A program that still writes when `head` has had enough dies of SIGPIPE, 128 + 13 to the shell; nothing went wrong. */
const statusOf = (command: string, { status }: Outcome): number | null =>
  status === 141 && command.includes('| head ') ? 0 : status;

/** npm's own commands are not run: the test would call itself, or install. The script a command stands for has to exist. */
async function runNpm(command: string, cwd: string): Promise<Outcome> {
  const [, script] = /^(?:npm ci && )?npm (?:run )?([\w:]+)(?: -- .*)?$/.exec(command) ?? [];
  expect(Object.keys(scripts), command).toContain(script);
  return script === 'start' ? runShell(scripts.start.replace(BUILD, ''), cwd) : { output: '', status: 0 };
}

/** All JavaScript of a page in one process, one example after the other; their outputs in order. */
async function runExamples(page: string, cwd: string): Promise<string[]> {
  const examples = blocksOf(readPage(page)).filter(({ language }) => language === 'js');
  examples.forEach(({ text }, i) => {
    writeFileSync(join(cwd, `example${i}.js`), text);
  });
  const all = examples.map((_, i) => `await import('./example${i}.js');\nconsole.log('\\0');\n`);
  writeFileSync(join(cwd, 'examples.js'), all.join(''));
  const { output, status } = await run(process.execPath, ['examples.js'], cwd);
  expect(status, `${page}: ${output}`).toBe(0);
  return output.split('\0\n');
}

/** Lines shown must be lines of the output, in this order; `...` stands for anything left out. */
function expectShown(shown: string, output: string, where: string): void {
  const lines = output.split('\n').map((line) => line.trimEnd());
  let from = 0;
  for (const line of shown.split('\n').filter((l) => l.trim() !== '' && l !== '...')) {
    const pattern = line.trimEnd().split('...').map(escaped).join('.*');
    const found = lines.findIndex((candidate, i) => i >= from && new RegExp(`^${pattern}$`).test(candidate));
    expect(found, `${where}: "${line}" is not in the output\n${output}`).toBeGreaterThanOrEqual(0);
    from = found + 1;
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** A block that quotes a file of the repository: its parts, between lines of `...`, must be there in this order. */
function expectExcerpt({ title, text, line }: Block, page: string): void {
  const source = readFileSync(join(ROOT, title as string), 'utf8');
  let from = 0;
  for (const part of text.split(/^\.\.\.\n/m)) {
    const at = source.indexOf(part, from);
    expect(at, `${page}:${line} quotes what is not in ${title}:\n${part}`).toBeGreaterThanOrEqual(0);
    from = at + part.length;
  }
}

/** `npm run docs -- --update` sets it, through vitest.long.config.ts: what pages show is taken anew. */
const UPDATE = process.env.DOCS_UPDATE === 'true';

/** The blocks of a page, to be written back with what their commands print now. */
function shownIn(page: string) {
  let text = readPage(page);
  return {
    replace: (block: Block, fresh: string): void => {
      text = text.replace(`\`\`\`text\n${block.text}\`\`\``, () => `\`\`\`text\n${fresh}\`\`\``);
    },
    save: (): void => writeFileSync(join(ROOT, page), text),
  };
}

async function followPage(page: string): Promise<void> {
  const blocks = blocksOf(readPage(page));
  const folder = copyOfCheckout(page);
  const shown = shownIn(page);
  const strays: string[] = [];
  let examples: string[] | undefined;
  let output = '';
  for (const [i, block] of blocks.entries()) {
    const where = `${page}:${block.line}`;
    const before = blocks[i - 1]?.language;
    if (block.title !== undefined && existsSync(join(ROOT, block.title))) expectExcerpt(block, page);
    else if (block.title !== undefined) save(join(folder, block.title), block.text);
    if (block.language === 'sh' && (LONG || !isSlow(block))) output = await runBlock(block, folder, where);
    const runsScripts = LONG || !SLOW_SCRIPTS.has(page);
    if (block.language === 'js' && runsScripts) {
      examples ??= await runExamples(page, folder);
      output = examples[blocks.slice(0, i).filter(({ language }) => language === 'js').length];
    }
    const ran = (before === 'js' && runsScripts) || (before === 'sh' && (LONG || !isSlow(blocks[i - 1])));
    if (block.language === 'text' && ran && UPDATE) {
      const { text, strays: lost } = freshOutput(block.text, output);
      shown.replace(block, text);
      strays.push(...lost.map((line) => `${where}: ${line}`));
    }
    if (block.language === 'text' && ran && !UPDATE) expectShown(block.text, output, where);
  }
  if (UPDATE) shown.save();
  // Lines that only a person can put right.
  expect(strays).toEqual([]);
}

function save(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

async function runBlock(block: Block, folder: string, where: string): Promise<string> {
  let all = '';
  for (const { command, status } of commandsOf(block)) {
    const outcome = await (/^npm /.test(command) ? runNpm(command, folder) : runShell(command, folder));
    expect(statusOf(command, outcome), `${where}: ${command}\n${outcome.output}`).toBe(status);
    all += outcome.output;
  }
  return all;
}

const RUNNABLE = PAGES.filter((page) => blocksOf(readPage(page)).some((b) => b.title || /^(sh|js)$/.test(b.language)));

describe('a reader can follow', () => {
  // Only so that a command that hangs ends.
  for (const page of RUNNABLE) test.skipIf(!LONG && SLOW_PAGES.has(page))(page, () => followPage(page), 600_000);
});

test('the commands left to the long tier are on the pages', () => {
  const all = RUNNABLE.flatMap((page) => blocksOf(readPage(page)).filter(({ language }) => language === 'sh'));
  const commands = new Set(all.flatMap((block) => commandsOf(block).map(({ command }) => command)));
  expect([...SLOW].filter((command) => !commands.has(command))).toEqual([]);
});

test('npx can run the program of the checkout: the build makes it executable', () => {
  const program = join(ROOT, bin.isotherm);
  expect(statSync(program).mode & 0o111).toBe(0o111);
  expect(readFileSync(program, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
});

test('the first screen of the README has the two commands, and they are what it says', () => {
  const [firstScreen] = readPage('README.md').split(/^## /m);
  const commands = blocksOf(firstScreen)
    .filter(({ language }) => language === 'sh')
    .flatMap((block) => commandsOf(block).map(({ command }) => command));
  expect(commands).toEqual(['npm ci && npm start', 'npm ci && npm test']);
  expect(scripts.start).toBe(`${BUILD}node ${bin.isotherm} run experiments/quickstart.yaml -o out/quickstart`);
  expect(scripts.test).toBe(`${BUILD}vitest run`);
});
