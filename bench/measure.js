// Shared by the benchmarks: time things in turn, so that the machine's drift hits both, and print one JSON line a figure.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus } from 'node:os';
import { median } from 'simple-statistics';

export { median };

const BASELINE = new URL('baseline.json', import.meta.url);
const kept = JSON.parse(readFileSync(BASELINE, 'utf8'));
const measured = {};

/** Median seconds of two functions run in turn, after a warm-up of each. */
export function inTurn(first, second, runs = 15, warmUp = 3) {
  return medians(() => performance.now() / 1000, first, second, runs, warmUp);
}

/** The same in seconds of CPU, of this process only. */
export function inTurnCpu(first, second, runs = 15, warmUp = 3) {
  const cpuS = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  return medians(cpuS, first, second, runs, warmUp);
}

function medians(clockS, first, second, runs, warmUp) {
  const seconds = [[], []];
  for (let i = 0; i < warmUp + runs; i++) {
    for (const [k, run] of [first, second].entries()) {
      const start = clockS();
      run();
      if (i >= warmUp) seconds[k].push(clockS() - start);
    }
  }
  return seconds.map((s) => median(s));
}

/** A function that runs Node with arguments; throws if that fails. */
export function nodeProcess(...args) {
  return () => void nodePrints(args);
}

/**
 * What Node prints, run with arguments. By a shell, because the system counts the memory of the process that makes another
 * one as the other's peak.
 */
export function nodePrints(args, env = process.env) {
  const words = ['-c', '"$0" "$@"; exit $?', process.execPath, ...args];
  const { status, stdout, stderr } = spawnSync('sh', words, { encoding: 'utf8', env });
  if (status !== 0) throw new Error(`node ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** CPU seconds and peak memory of a run of the command, as its summary has them. */
export function costOf(command, experiment, folder, env) {
  return JSON.parse(nodePrints([command, 'run', experiment, '-o', folder, '--json', '--cost'], env)).cost;
}

/**
 * Prints {name, value, unit, baseline, ratio, machine}: `ratio` is value / the stated baseline of the same run, which is
 * what can be compared between machines. Warns if it is over 20 % above the one kept in baseline.json. A target is what
 * `value` should not exceed on a quiet machine.
 */
export function report(name, value, unit, baseline, baselineValue, target) {
  const ratio = value / baselineValue;
  const [{ model }] = cpus();
  const round = (x) => Number(x.toPrecision(4));
  measured[name] = round(ratio);
  console.log(
    JSON.stringify({
      name,
      value: round(value),
      unit,
      baseline,
      ratio: round(ratio),
      target,
      machine: `${model}, ${arch()}, Node ${process.version}`,
    }),
  );
  if (kept[name] !== undefined && ratio > 1.2 * kept[name]) {
    console.error(`warning: ${name}: ratio ${round(ratio)} is over 20 % above the kept ${kept[name]}`);
  }
}

/** With --update, keeps the ratios of this run. */
export function finish() {
  if (process.argv.includes('--update')) writeFileSync(BASELINE, `${JSON.stringify(measured, null, 2)}\n`);
}

let sink = 0;

/** A chain whose result is kept, so that it cannot be left out. */
export function multiplyAdds(count) {
  let sum = sink;
  for (let i = 0; i < count; i++) sum = sum * 0.999 + 1;
  sink = sum;
}
