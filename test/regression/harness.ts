import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { CASES, type Case } from './cases.ts';

/** SHA-256 of each file, standard output and standard error by name, and the exit status. */
export type Outputs = Readonly<Record<string, string>>;

const LIST = 'test/regression/outputs.json';
const INPUTS = 'test/regression/inputs';
const COMMAND = resolve(JSON.parse(readFileSync('package.json', 'utf8')).bin.isotherm);

/** `npm run regression -- --update` sets it, through vitest.long.config.ts. */
export const UPDATE = process.env.REGRESSION_UPDATE === 'true';

export function expectedOutputs(): Readonly<Record<string, Outputs>> {
  return JSON.parse(readFileSync(LIST, 'utf8'));
}

/** The list in the order of the cases. Cases that did not run (`-t name` chooses some) keep their hashes. */
export function writeExpected(found: ReadonlyMap<string, Outputs>): void {
  const old = existsSync(LIST) ? expectedOutputs() : {};
  const list = Object.fromEntries(CASES.map(({ name }) => [name, found.get(name) ?? old[name]]));
  writeFileSync(LIST, `${JSON.stringify(list, null, 2)}\n`);
}

/** Runs a case in out/regression/<name>. What is written stays there until `remove`, to be looked at. */
export async function runCase(given: Case): Promise<{ outputs: Outputs; remove: () => void }> {
  const folder = resolve('out/regression', given.name);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  remove();
  prepare(folder, given);
  const { status, out, err } = await isotherm(given.command.split(' '), folder);
  writeFileSync(join(folder, 'stdout'), out);
  writeFileSync(join(folder, 'stderr'), err);
  return { outputs: { status, ...hashes(folder) }, remove };
}

/** How the outputs differ, a line a file. */
export function differences(found: Outputs, expected: Outputs = {}): string[] {
  const files = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
  return files.flatMap((file) => {
    if (found[file] === expected[file]) return [];
    if (file === 'status') return [`exit status ${found.status} instead of ${expected.status}`];
    return [
      `${file} ${expected[file] === undefined ? 'is new' : found[file] === undefined ? 'is missing' : 'differs'}`,
    ];
  });
}

/** Inputs are links, which tells them from outputs and keeps paths of the machine out of messages. */
function prepare(folder: string, { golden }: Case): void {
  mkdirSync(folder, { recursive: true });
  symlinkSync(resolve('test/golden'), join(folder, 'golden'));
  for (const source of [INPUTS, ...(golden === undefined ? [] : [join('test/golden', golden)])]) {
    for (const name of readdirSync(source)) symlinkSync(resolve(source, name), join(folder, name));
  }
}

function isotherm(args: readonly string[], cwd: string): Promise<{ status: string; out: string; err: string }> {
  const env = { ...process.env, ISOTHERM_CACHE: resolve(process.env.ISOTHERM_CACHE ?? 'node_modules/.cache/isotherm') };
  const child = spawn(process.execPath, [COMMAND, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err]: Buffer[][] = [[], []];
  child.stdout.on('data', (data) => out.push(data));
  child.stderr.on('data', (data) => err.push(data));
  return new Promise((done, failed) => {
    child.on('error', failed);
    child.on('close', (code, signal) =>
      done({ status: String(code ?? signal), out: String(Buffer.concat(out)), err: String(Buffer.concat(err)) }),
    );
  });
}

function hashes(folder: string): Outputs {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
  return Object.fromEntries(files.map((file) => [file, hash(readFileSync(join(folder, file)))]));
}

function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
