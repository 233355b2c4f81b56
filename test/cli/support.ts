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

/** Runs the command inside this process, which takes a fraction of the time. */
export async function isothermHere(args: readonly string[]): Promise<Outcome> {
  const [out, err]: string[][] = [[], []];
  const capture = (stream: NodeJS.WriteStream, texts: string[]) =>
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      texts.push(String(text));
      return true;
    });
  const spies = [capture(process.stdout, out), capture(process.stderr, err)];
  try {
    const status = await runCommandLine(args);
    return { status, out: out.join(''), err: err.join('') };
  } finally {
    for (const spy of spies) spy.mockRestore();
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
