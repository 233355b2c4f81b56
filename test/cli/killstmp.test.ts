/** The command, killed at any moment: no file is half-written, and a signal that can be caught leaves no litter. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { edit, QUICKSTART } from '../cosim/support.ts';
import { configText } from '../peers/scalesim/support.ts';
import { randomFrom } from '../support/random.ts';
import { longTest } from '../tier.ts';
import { COMMAND, folderWith } from './support.ts';

/** `KILLS=500 npm run test:long -- test/cli/kills` is the campaign of docs/validation.md. */
const KILLS = Number(process.env.KILLS ?? 30);
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGKILL'] as const;

const CFG = configText({ version: 'v2', array: [16, 16], sramKb: [4, 4, 4], dataflow: 'ws', bandwidth: 10 });
const INPUTS = {
  'exp.yaml': edit(QUICKSTART, 'resnet18', './net.csv'),
  'net.csv': 'layer,type,m,n,k\na,gemm,40,50,60\nb,gemm,70,8,9\n',
  'scale.cfg': CFG,
  'scale.csv': 'Layer,M,N,K,\na,90,120,70,\nb,64,64,200,\n',
  'a.flp': 'a 0.005 0.01 0 0\nb 0.005 0.01 0.005 0\n',
  'a.ptrace': `a\tb\n${Array.from({ length: 40 }, (_, k) => `${k % 7}\t${k % 3}`).join('\n')}\n`,
};
/** Each writes below `out/`; reports, traces and pictures of many files. */
const COMMANDS = [
  'compare exp.yaml --policies performance pace --workers 2 --no-check-epoch -o out/compare',
];

function filesBelow(folder: string, below = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of existsSync(join(folder, below)) ? readdirSync(join(folder, below)) : []) {
    const path = join(below, name);
    if (statSync(join(folder, path)).isDirectory())
      Object.assign(found, filesBelow(folder, path), { [`${path}/`]: '' });
    else found[path] = readFileSync(join(folder, path)).toString('latin1');
  }
  return found;
}

/** Runs a command and kills it after `afterMs`; the signal that ended it, if one did. */
function killed(command: string, cwd: string, afterMs: number, signal: NodeJS.Signals): Promise<string | null> {
  const env = { ...process.env, ISOTHERM_CACHE: join(cwd, 'cache') };
  const child = spawn(process.execPath, [COMMAND, ...command.split(' ')], { cwd, env, stdio: 'ignore' });
  const timer = setTimeout(() => child.kill(signal), afterMs);
  return new Promise((resolve) => {
    child.on('close', (_, by) => {
      clearTimeout(timer);
      resolve(by);
    });
  });
}

longTest(`${KILLS} kills leave whole files, and nothing else after SIGINT and SIGTERM`, { timeout: 0 }, async () => {
  const random = randomFrom(12);
  let inTime = 0;
  for (const command of COMMANDS) {
    const folder = folderWith(INPUTS);
    const out = join(folder, 'out');
    const before = filesBelow(folder);
    // Twice: the first fills the cache of models.
    await killed(command, folder, 600_000, 'SIGKILL');
    rmSync(out, { recursive: true });
    const start = performance.now();
    await killed(command, folder, 600_000, 'SIGKILL');
    const tookMs = performance.now() - start;
    const whole = filesBelow(out);
    expect(Object.keys(whole).length).toBeGreaterThan(3);
    for (let n = 0; n < KILLS / COMMANDS.length; n++) {
      rmSync(out, { recursive: true, force: true });
      // Half of the kills around the end, where files get their names.
      const afterMs = tookMs * (n % 2 === 0 ? random() : 0.7 + 0.4 * random());
      const signal = SIGNALS[Math.floor(random() * SIGNALS.length)];
      const by = await killed(command, folder, afterMs, signal);
      if (by) inTime++;
      const left = filesBelow(out);
      const what = `${command}, ${signal} after ${afterMs} of ${tookMs} ms: ${Object.keys(left)}`;
      for (const [path, text] of Object.entries(left)) {
        if (by === 'SIGKILL' && /\.tmp$/.test(path)) continue;
        expect(whole[path] === text, `${what}: ${path}`).toBe(true);
      }
      // SIGKILL may come between two names; the others either come in time for all files or for none.
      if (by !== 'SIGKILL') expect([0, Object.keys(whole).length], what).toContain(Object.keys(left).length);
      const around = Object.keys(filesBelow(folder)).filter((path) => !/^(out|cache)\//.test(path));
      if (by !== 'SIGKILL') expect(around, what).toEqual(Object.keys(before));
    }
  }
  process.stdout.write(`kills: ${inTime} of ${KILLS} in time\n`);
  expect(inTime).toBeGreaterThan(KILLS / 4);
});
