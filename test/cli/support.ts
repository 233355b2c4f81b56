import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { runCommandLine } from '../../src/cli/program.ts';

export const ROOT = process.cwd();

/** The command as it is installed; `npm test` builds it first. */
export const COMMAND = join(ROOT, JSON.parse(readFileSync('package.json', 'utf8')).bin.isotherm);

export interface Outcome {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command as a process of its own. */
export function isotherm(args: readonly string[], cwd = ROOT, env: Readonly<Record<string, string>> = {}): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { status, out: stdout, err: stderr };
}

/** Runs the command inside this process, which takes a fraction of the time, in a folder and with environment of its own. */
export async function isothermHere(
  args: readonly string[],
  cwd = ROOT,
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const texts = { out: '', err: '' };
  const listen = (stream: 'out' | 'err', text: string): void => {
    texts[stream] += text;
  };
  const status = await withinFolder(cwd, env, () => listening(listen, () => runCommandLine(args)));
  return { status, ...texts };
}

/** The same, and what a terminal would show of it: both streams in the order of writing. */
export async function isothermShown(
  args: readonly string[],
  cwd: string,
): Promise<{ readonly status: number; readonly output: string }> {
  let output = '';
  const listen = (_: string, text: string): void => {
    output += text;
  };
  const status = await withinFolder(cwd, {}, () => listening(listen, () => runCommandLine(args)));
  return { status, output };
}

async function listening<T>(
  listen: (stream: 'out' | 'err', text: string) => void,
  doing: () => Promise<T>,
): Promise<T> {
  const spies = (['out', 'err'] as const).map((name) =>
    vi.spyOn(process[`std${name}`], 'write').mockImplementation((text) => {
      listen(name, String(text));
      return true;
    }),
  );
  try {
    return await doing();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

async function withinFolder<T>(
  cwd: string,
  env: Readonly<Record<string, string>>,
  doing: () => Promise<T>,
): Promise<T> {
  const before = Object.fromEntries(Object.keys(env).map((name) => [name, process.env[name]]));
  try {
    process.chdir(cwd);
    Object.assign(process.env, env);
    return await doing();
  } finally {
    process.chdir(ROOT);
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

/** A new folder with some files, removed after the test that asks for it. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'isotherm-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** `code file:line:column` of every error of a text, files as seen from the folder. */
export function errorsIn(text: string, folder: string): string[] {
  return [...text.matchAll(/^error\[([\w-]+)\].*(?:\n(?!error\[)(?! *-->).*)*?(?:\n *--> (.*))?$/gm)].map(
    ([, code, place]) => (place === undefined ? code : `${code} ${place.replace(`${folder}/`, '')}`),
  );
}
