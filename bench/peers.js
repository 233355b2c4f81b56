// Whole processes beside each other: what one run of a program costs, and how far its temperatures are from given ones.

import { spawnSync } from 'node:child_process';

const TIMED = `TIMEFORMAT='%3U %3S'; time "$@"`;

/** CPU seconds, user and system, of a program and its children; throws if it fails. By the shell, which counts in ms. */
export function cpuSecondsOf([program, ...args], { cwd, env }) {
  const { error, status, stderr } = spawnSync('bash', ['-c', TIMED, 'time', program, ...args], {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  const [user, system] = stderr.trim().split('\n').at(-1).split(' ').map(Number);
  return user + system;
}

/** By name, the least CPU seconds of several runs of each program, in turn, so that all feel the same machine. */
export function leastInTurn(programs, runs, onRun) {
  const least = new Map();
  for (let run = 0; run < runs; run++) {
    for (const { name, cpuSeconds } of programs) {
      const seconds = cpuSeconds(run);
      least.set(name, Math.min(seconds, least.get(name) ?? Number.POSITIVE_INFINITY));
      onRun(name, seconds);
    }
  }
  return least;
}

/** Temperatures of a trace: one row a sample, in the order of `names`. */
export function traceRows(text, names) {
  const [header, ...lines] = text.trimEnd().split('\n');
  const separator = header.includes(',') ? ',' : /\s+/;
  const places = names.map((name) => header.trim().split(separator).indexOf(name));
  return lines.map((line) => {
    const values = line.trim().split(separator).map(Number);
    return places.map((place) => values[place]);
  });
}

/** Temperatures of a steady file, in the order of `names`. */
export function steadyRow(text, names) {
  const lines = text.trimEnd().split('\n');
  const values = new Map(lines.map((line) => line.trim().split(/[\s,]+/)));
  return names.map((name) => Number(values.get(name)));
}

/** Over the rows that both have. */
export function largestError(rows, exact) {
  let worst = 0;
  for (let k = 0; k < Math.min(rows.length, exact.length); k++) {
    rows[k].forEach((value, u) => {
      const error = Math.abs(value - exact[k][u]);
      // A missing block is no agreement.
      if (!(error <= worst)) worst = error;
    });
  }
  return worst;
}
