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

/** A function that runs Node with arguments and throws if it fails. */
export function nodeProcess(...args) {
  return () => {
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`node ${args.join(' ')}: ${stderr}`);
  };
}

/** CPU seconds and peak memory of a run of the command, as its summary has them. */
export function costOf(command, experiment, folder, env) {
  const args = [command, 'run', experiment, '-o', folder, '--json', '--cost'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
  if (status !== 0) throw new Error(`isotherm run ${experiment}: ${stderr}`);
  return JSON.parse(stdout).cost;
}

/**
 * Prints {name, value, unit, baseline, ratio, machine}: `ratio` is value / the stated baseline of the same run, which is
 * what can be compared between machines. Warns if it is over 20 % above the one kept in baseline.json.
 */
export function report(name, value, unit, baseline, baselineValue) {
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
      machine: `${model}, ${arch()}, Node ${process.version}`,
    }),
  );
  if (kept[name] !== undefined && ratio > 1.2 * kept[name]) {
    console.error(`warning: ${name}: ratio ${round(ratio)} is over 20 % above the kept ${kept[name]}`);
  }
}

/** With --update, keeps the ratios of this run. */
export function finish() {
  if (process.argv.includes('--update'))
    writeFileSync(BASELINE, `${JSON.stringify({ ...kept, ...measured }, null, 2)}\n`);
}
