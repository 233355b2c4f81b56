// node bench/hotspot.js --hotspot PROGRAM [--superlu PROGRAM] [--samples N] [--runs N]
//
// HotSpot's job by HotSpot and by `isotherm thermal`: whole processes, CPU seconds, user and system, the least of --runs
// (default 3) in turn. 1,000 samples of a die of 21 blocks on 64 x 64 cells (`-o`, and for us with `-steady_file` too: HotSpot
// computes the steady state whether it is written or not), and steady states. HotSpot runs only so many of the samples
// (--samples) and the time of those is scaled, without what it takes for its steady state: the cost of a sample is constant.

import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { blockTemperatures, choleskySteady, nodeSources } from '../dist/thermal/index.js';
import { acc21, acc21Config, acc21Path, acc21Text } from './dies.js';
import { cpuSecondsOf, largestError, leastInTurn, steadyRow, traceRows } from './peers.js';

const SAMPLES = 1000;
const OURS = [process.execPath, fileURLToPath(new URL('../dist/bin/isotherm.js', import.meta.url)), 'thermal'];
// HotSpot's network; and digits, because two would hide our error.
const OUR_OPTIONS = ['--compat', 'hotspot', '--digits', '9'];
/** SuperLU costs least with a BLAS that does not wait in threads. */
const ONE_THREAD = { OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' };

/** Sampling interval, the exact temperatures of the first 100 samples, and how many samples HotSpot's builds run. */
const TRACES = [
  { interval: '1e-5', exact: 'trans_64x64_rk4_dt1e-5.csv', samples: { default: 300, superlu: 30 } },
  { interval: '1e-4', exact: 'trans_64x64_exact_dt1e-4.csv', samples: { default: 100, superlu: 30 } },
  { interval: '1e-3', exact: 'trans_64x64_exact_dt1e-3.csv', samples: { default: 30, superlu: 30 } },
];
const SIDES = [64, 128, 256];

const { values: given } = parseArgs({
  options: {
    hotspot: { type: 'string' },
    superlu: { type: 'string' },
    samples: { type: 'string' },
    runs: { type: 'string', default: '3' },
  },
});
const builds = ['default', 'superlu'].flatMap((build) => {
  const program = build === 'default' ? given.hotspot : given.superlu;
  return program === undefined ? [] : [{ build, program }];
});
const missing = builds.find(({ program }) => !existsSync(program));
if (!given.hotspot || missing) {
  console.error(missing ? `no program ${missing.program}` : 'give --hotspot PROGRAM');
  process.exit(2);
}
const runs = Number(given.runs);

const folder = mkdtempSync(join(tmpdir(), 'isotherm-hotspot-'));
/** Our runs: the folder of the cache, and whether the steady state is written. */
const OURS_IN_TIME = [
  { name: 'cold', cache: (run) => `cold-${run}`, steady: false },
  { name: 'cached', cache: () => 'kept', steady: false },
  { name: 'cached, with the steady state', cache: () => 'kept', steady: true },
];
const blocks = acc21Text('acc21.flp')
  .trim()
  .split('\n')
  .map((line) => line.split('\t')[0]);

try {
  writeInputs();
  console.log(
    `${cpus()[0].model}, Node ${process.version}, load ${loadavg()[0].toFixed(1)}; CPU s, least of ${runs}\n`,
  );
  compareSteady();
  for (const trace of TRACES) compareTrace(trace);
  console.log(`\nload ${loadavg()[0].toFixed(1)}`);
} finally {
  rmSync(folder, { recursive: true });
}

function writeInputs() {
  copyFileSync(acc21Path('acc21.flp'), join(folder, 'acc21.flp'));
  copyFileSync(acc21Path('acc21_steady.ptrace'), join(folder, 'steady.ptrace'));
  for (const side of SIDES) writeFileSync(join(folder, `${side}.config`), acc21Config(side));
  const [names, ...rows] = acc21Text('acc21_100.ptrace').trimEnd().split('\n');
  const counts = [SAMPLES, ...TRACES.flatMap(({ samples }) => Object.values(samples)).map(limited)];
  for (const count of new Set(counts)) {
    const repeated = Array.from({ length: count }, (_, k) => rows[k % rows.length]);
    writeFileSync(join(folder, `${count}.ptrace`), `${[names, ...repeated].join('\n')}\n`);
  }
}

function limited(count) {
  return Math.min(count, Number(given.samples ?? count));
}

function compareSteady() {
  heading('steady, cells');
  const bare = { name: 'node', cpuSeconds: () => cpuSecondsOf([process.execPath, '-e', '0'], {}) };
  row('', 'starting Node and nothing else', leastInTurn([bare], 3 * runs, () => {}).get('node'), []);
  for (const side of SIDES) {
    const exact = side === 64 ? steadyRow(acc21Text('steady_64x64_superlu.csv'), blocks) : directSteady(side);
    const args = ['-c', `${side}.config`, '-f', 'acc21.flp', '-p', 'steady.ptrace', '-steady_file'];
    const programs = [
      { name: 'isotherm', command: [...OURS, ...args, 'isotherm.steady', ...OUR_OPTIONS], env: {} },
      ...builds.map(({ build, program }) => ({
        name: build,
        command: [program, ...args, `${build}.steady`],
        env: ONE_THREAD,
      })),
    ].map(({ name, command, env }) => ({ name, cpuSeconds: () => cpuSecondsOf(command, { cwd: folder, env }) }));
    const least = leastInTurn(programs, runs, (name, seconds) => progress(`steady ${side}`, name, seconds));
    for (const [name, seconds] of least) {
      const error = largestError([steadyRow(outputOf(`${name}.steady`), blocks)], [exact]);
      const times = name === 'isotherm' ? [] : [seconds / least.get('isotherm')];
      row(`${side} x ${side}`, name === 'isotherm' ? name : `HotSpot, ${name}`, seconds, times, error);
    }
  }
}

/** Steady block temperatures of HotSpot's network, by sparse Cholesky: another way than the one that is timed. */
function directSteady(side) {
  const { network, map, powerW } = acc21(side);
  const rise = new Float64Array(network.nodes);
  choleskySteady(network).solve(nodeSources(network, map, powerW), rise);
  return [...blockTemperatures(network, map, rise)];
}

function compareTrace({ interval, exact, samples }) {
  heading(`${SAMPLES} samples of`);
  const args = (count) => ['-c', '64.config', '-f', 'acc21.flp', '-p', `${count}.ptrace`, '-sampling_intvl', interval];
  const ours = OURS_IN_TIME.map(({ name, cache, steady }) => ({
    name,
    cpuSeconds: (run) => {
      const output = ['-o', `${name}.ttrace`, ...(steady ? ['-steady_file', `${name}.steady`] : [])];
      const env = { ISOTHERM_CACHE: join(folder, `${interval}-${cache(run)}`) };
      return cpuSecondsOf([...OURS, ...args(SAMPLES), ...output, ...OUR_OPTIONS], { cwd: folder, env });
    },
  }));
  // One run too many of the last, which fills the cache.
  ours.at(-1).cpuSeconds(0);
  const theirs = builds.map(({ build, program }) => {
    const count = limited(samples[build]);
    const command = [program, ...args(count)];
    const run = (words) => () => cpuSecondsOf(words, { cwd: folder, env: ONE_THREAD });
    return {
      count,
      whole: { name: build, cpuSeconds: run([...command, '-o', `${build}.ttrace`]) },
      steady: { name: `${build}, steady`, cpuSeconds: run(command) },
    };
  });
  const programs = [...ours, ...theirs.flatMap(({ whole, steady }) => [whole, steady])];
  const least = leastInTurn(programs, runs, (name, seconds) => progress(interval, name, seconds));
  const exactRows = traceRows(acc21Text(exact), blocks);
  const line = (name, label, seconds, times) => {
    const error = largestError(traceRows(outputOf(`${name}.ttrace`), blocks), exactRows);
    row(`${Number(interval) * 1e3} ms`, label, seconds, times, error);
  };
  for (const { name } of ours) line(name, `isotherm, ${name}`, least.get(name), []);
  for (const { count, whole, steady } of theirs) {
    const fixed = least.get(steady.name);
    const seconds = fixed + ((least.get(whole.name) - fixed) * SAMPLES) / count;
    const times = ours.map(({ name }) => seconds / least.get(name));
    line(whole.name, `HotSpot, ${whole.name} (from ${count} samples)`, seconds, times);
  }
}

function outputOf(name) {
  return readFileSync(join(folder, name), 'utf8');
}

function heading(first) {
  console.log(`\n| ${first} | program | CPU s | x isotherm | largest error, K |`);
  console.log('| --- | --- | ---: | ---: | ---: |');
}

function row(what, name, seconds, times, error) {
  const ratios = times.map((ratio) => ratio.toPrecision(3)).join(' / ');
  console.log(`| ${what} | ${name} | ${seconds.toPrecision(3)} | ${ratios} | ${error?.toExponential(1) ?? ''} |`);
}

function progress(what, name, seconds) {
  console.error(`${what}: ${name} ${seconds.toFixed(3)} s CPU, load ${loadavg()[0].toFixed(1)}`);
}
