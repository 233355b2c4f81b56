/** A search that is interrupted says what it has: the best mapping so far, a lower bound and the gap between them. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { longTest } from '../tier.ts';
import { COMMAND, folderWith } from './support.ts';

const golden = (file: string) =>
  readFileSync(new URL(`../golden/timeloop/map_conv_16x8/${file}`, import.meta.url), 'utf8');
/** Without constraints this convolution has more mappings than any search can visit. */
const PROBLEM = golden('problem.yaml').replace(
  /instance:.*/s,
  'instance: {C: 720, K: 720, R: 3, S: 3, N: 1, P: 60, Q: 60, Wstride: 1, Hstride: 1}\n',
);

/** The CPU time of a process, which a busy machine gives late; without /proc half of the time since it began. */
function cpuSeconds(pid: number, beganMs: number): number {
  const stat = `/proc/${pid}/stat`;
  if (!existsSync(stat)) return (performance.now() - beganMs) / 2000;
  // The fields behind the name, which may have blanks: user and system time are the 12th and 13th, in hundredths of a second.
  const fields = readFileSync(stat, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

longTest.each([
  ['exact', 'SIGINT'],
  ['ga --evaluations 100000000', 'SIGTERM'],
] as const)('--search %s after %s', async (search, signal) => {
  const cwd = folderWith({ 'arch.yaml': golden('arch.yaml'), 'ert.yaml': golden('ert.yaml'), 'problem.yaml': PROBLEM });
  const args = `map arch.yaml ert.yaml problem.yaml --search ${search} -o out`.split(' ');
  const beganMs = performance.now();
  const child = spawn(process.execPath, [COMMAND, ...args], { cwd });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text;
  });
  const timer = setInterval(() => {
    if (cpuSeconds(child.pid!, beganMs) < 4) return;
    clearInterval(timer);
    child.kill(signal);
  }, 200);
  const by = await new Promise((resolve) => child.on('close', (_, name) => resolve(name)));
  clearInterval(timer);
  expect(errors).toBe('');
  expect(by).toBe(signal);
  expect(output).toMatch(/Best edp found [\d.e+]+, lower bound [\d.e+]+, gap [\d.]+ %/);
  const { value, lowerBound } = JSON.parse(readFileSync(join(cwd, 'out/stats.json'), 'utf8'));
  expect(lowerBound).toBeLessThanOrEqual(value);
  expect(readdirSync(join(cwd, 'out'))).toContain('map.yaml');
});
