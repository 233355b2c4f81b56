import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { isothermHere } from './support.ts';

/** The completions that bash offers for a line that ends in its last word. */
async function offered(words: readonly string[]): Promise<string[]> {
  const { out } = await isothermHere(['completion', 'bash']);
  const line = words.map((word) => `'${word}'`).join(' ');
  const script = `${out}\nCOMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _isotherm; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.trimEnd().split('\n');
}

test('bash completes commands, options and files', async () => {
  expect(await offered(['isotherm', 's'])).toEqual(expect.arrayContaining(['simulate', 'scaling', 'show']));
  expect(await offered(['isotherm', 'run', '--dead'])).toEqual(['--deadline']);
  expect(await offered(['isotherm', 'validate', 'package.js'])).toEqual(['package.json']);
});

test.each(['zsh', 'fish'])('%s gets all commands', async (shell) => {
  const { status, out } = await isothermHere(['completion', shell]);
  expect(status).toBe(0);
  for (const command of ['run', 'simulate', 'thermal', 'list', 'init'])
    expect(out).toMatch(new RegExp(`\\b${command}\\b`));
});

test('another shell is wrong usage', async () => {
  const { err, ...rest } = await isothermHere(['completion', 'tcsh']);
  expect(rest).toMatchObject({ status: 2, out: '' });
  expect(err).toMatch(/^error: there is no shell 'tcsh'.*\nValid are bash, zsh, fish\.\n/);
  expect((await isothermHere(['run', 'one-inference', '--sort', 'enrgy'])).err).toMatch(
    /^error: --sort <order> does not take 'enrgy'; did you mean energy\?\nValid are energy, time, /,
  );
});
