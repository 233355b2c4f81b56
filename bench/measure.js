// Shared by the benchmarks: time things in turn, so that the machine's drift hits both, and print one JSON line a figure.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus } from 'node:os';
import { median } from 'simple-statistics';

const BASELINE = new URL('baseline.json', import.meta.url);
const kept = JSON.parse(readFileSync(BASELINE, 'utf8'));
const measured = {};

/** Median seconds of two functions run in turn, after a warm-up of each. */
export function inTurn(first, second, runs = 15, warmUp = 3) {
  const seconds = [[], []];
  for (let i = 0; i < warmUp + runs; i++) {
    for (const [k, run] of [first, second].entries()) {
      const start = performance.now();
      run();
      if (i >= warmUp) seconds[k].push((performance.now() - start) / 1000);
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
