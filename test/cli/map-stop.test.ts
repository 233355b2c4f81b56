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

const TIMELOOP = {
  'arch.yaml': golden('arch.yaml'),
  'ert.yaml': golden('ert.yaml'),
  'problem.yaml': PROBLEM,
};

const MAESTRO = {
  'net.m':
    'Network big { Layer A { Type: CONV Stride { X: 1, Y: 1 } Dimensions { K: 512, C: 512, R: 3, S: 3, Y: 58, X: 58 } } }',
  'hw.m': readFileSync(new URL('../golden/maestro/hw_a.m', import.meta.url), 'utf8'),
};

const rows = (count: number, row: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => row(i)).join('\n');

const CONFUCIUX = {
  'net.csv': `K,C,Y,X,R,S,T\n${rows(20, (i) => `${32 + i},16,${56 - i},56,3,3,1`)}\n`,
  'shi.m': 'Dataflow { TemporalMap(KTileSz, KTileSz) K; SpatialMap(CTileSz, CTileSz) C; TemporalMap(Sz(R), Sz(R)) R; }',
};

/** Schedules of so many layers take longer than the time until the signal. */
const EXPERIMENT = {
  'many.csv': `${readFileSync('workloads/resnet18.csv', 'utf8').split('\n')[0]}\n${rows(150, (i) => `layer${i},${60 + (i % 50)},${60 + i},3,3,${64 + i},${128 + i},1,1,`)}\n`,
  'experiment.yaml':
    'version: 1\nname: many\naccelerator: edge-npu\nworkload: many.csv\npolicy: {name: fixed, frequency: 800MHz}\n',
};

const FOUND = /found [\d.e+-]+, (lower|upper) bound [\d.e+-]+, gap [\d.]+ %/;
const ENDLESS = '--evaluations 100000000';

longTest.each([
  ['arch.yaml ert.yaml problem.yaml --search exact', 'SIGINT', TIMELOOP, FOUND],
  [`arch.yaml ert.yaml problem.yaml --search ga ${ENDLESS}`, 'SIGTERM', TIMELOOP, FOUND],
  [`net.m --hw hw.m --model maestro --search random ${ENDLESS}`, 'SIGINT', MAESTRO, FOUND],
  [
    `--confuciux net.csv --dataflow shi.m --mul 0.1 --search ga ${ENDLESS}`,
    'SIGINT',
    CONFUCIUX,
    /found [\d.]+ times the optimum/,
  ],
  ['experiment.yaml --model isotherm', 'SIGINT', EXPERIMENT, FOUND],
] as const)('map %s after %s', async (options, signal, files, found) => {
  const cwd = folderWith(files);
  const args = `map ${options} -o out`.split(' ');
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
    if (cpuSeconds(child.pid!, beganMs) < 2) return;
    clearInterval(timer);
    child.kill(signal);
  }, 100);
  const by = await new Promise((resolve) => child.on('close', (_, name) => resolve(name)));
  clearInterval(timer);
  expect(errors).toBe('');
  expect(by).toBe(signal);
  expect(output).toMatch(found);
  const written = readdirSync(join(cwd, 'out'));
  const stats = JSON.parse(
    readFileSync(join(cwd, 'out', written.includes('stats.json') ? 'stats.json' : 'summary.json'), 'utf8'),
  );
  const { value = stats.found, lowerBound = stats.optimum } = stats;
  expect(lowerBound).toBeLessThanOrEqual(value);
  expect(value).toBeGreaterThan(0);
});
