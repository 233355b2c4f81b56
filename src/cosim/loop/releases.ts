import { type Diagnostic, fail, InputError } from '../../base/errors.ts';
import { type SourceText, spanOf } from '../../base/source.ts';
import { cellSpan, readCsv, rowSpan, withoutMark } from '../../formats/csv.ts';
import type { InferencesSpec, PhaseSpec } from '../experiment-file.ts';

/** The release times of inferences, in order. */
export interface Releases {
  /**
   * Release time of inference `index` in s; infinite if there is none. `endedS` is the end of the previous one (0 for
   * the first).
   */
  releaseS(index: number, endedS: number): number;
  /** The largest number of inferences; may be infinite. */
  readonly count: number;
  /** The latest end of the run, s. */
  readonly endS: number;
  /** The earliest end of the run once all inferences are done, s: the last period or deadline. */
  readonly leastEndS: number;
}

/** Creates the releases of an experiment. `arrivals` holds the times of its arrival file in s, or null. */
export function createReleases(
  { periodS, phases, count, durationS }: InferencesSpec,
  deadlineS: number | null,
  arrivals: readonly number[] | null,
): Releases {
  const endS = durationS ?? Number.POSITIVE_INFINITY;
  const before = (timeS: number): number => (timeS < endS ? timeS : Number.POSITIVE_INFINITY);
  const most = Math.min(count ?? Number.POSITIVE_INFINITY, arrivals?.length ?? Number.POSITIVE_INFINITY);
  const whole = { count: most, endS };
  const until = (leastEndS: number): number => (durationS === null ? leastEndS : durationS);
  if (arrivals) {
    const lastS = arrivals[most - 1] ?? 0;
    return {
      ...whole,
      releaseS: (index) => (index < most ? before(arrivals[index]) : Number.POSITIVE_INFINITY),
      leastEndS: until(lastS + (deadlineS ?? 0)),
    };
  }
  const times = phases ? timesOfPhases(phases) : periodS !== null ? (index: number) => index * periodS : null;
  if (times) {
    return {
      ...whole,
      releaseS: (index) => (index < most ? before(times(index)) : Number.POSITIVE_INFINITY),
      leastEndS: until(Number.isFinite(most) ? times(most) : 0),
    };
  }
  return {
    ...whole,
    releaseS: (index, endedS) => (index < most ? before(endedS) : Number.POSITIVE_INFINITY),
    leastEndS: until(0),
  };
}

/** Releases of a phase: at its start and every period after that, as long as it lasts. */
function releasesOf({ periodS, durationS }: PhaseSpec): number {
  // A phase of whole periods has that many, however they are rounded.
  return periodS === null ? 0 : Math.ceil((durationS / periodS) * (1 - 1e-12));
}

/** The length of all phases in turn, s, and the number of releases in them. */
export function cycleOf(phases: readonly PhaseSpec[]): { readonly cycleS: number; readonly releases: number } {
  const cycleS = phases.reduce((sum, { durationS }) => sum + durationS, 0);
  return { cycleS, releases: phases.reduce((sum, phase) => sum + releasesOf(phase), 0) };
}

/** Time of each release, by its index. */
function timesOfPhases(phases: readonly PhaseSpec[]): (index: number) => number {
  const { cycleS, releases } = cycleOf(phases);
  return (index) => {
    const turn = Math.floor(index / releases);
    let left = index - turn * releases;
    let fromS = turn * cycleS;
    for (const phase of phases) {
      const own = releasesOf(phase);
      if (left < own) return fromS + left * phase.periodS!;
      left -= own;
      fromS += phase.durationS;
    }
    return fromS;
  };
}

/**
 * Reads arrival times: a CSV with a column `time_s` in seconds, in ascending order. Errors: `csv-syntax`, `missing-key`
 * without the column, `wrong-type`, `out-of-range` for a time below zero or before the previous one, `empty-trace`.
 */
export function readArrivals(text: SourceText): number[] {
  const source = withoutMark(text);
  const [header = [], ...rows] = readCsv(source);
  const column = header.findIndex((cell) => cell.text === 'time_s');
  if (column < 0) {
    fail('missing-key', `${source.file} has no column "time_s"`, {
      span: header.length > 0 ? rowSpan(source, header) : spanOf(source, 0, 1),
      expected: 'a header line with time_s: the release of each inference in seconds',
    });
  }
  if (rows.length === 0) {
    fail('empty-trace', `${source.file} has no arrival`, { span: rowSpan(source, header) });
  }
  const problems: Diagnostic[] = [];
  let last = 0;
  const times = rows.map((row) => {
    const cell = row[column];
    const time = cell && cell.text !== '' ? Number(cell.text) : Number.NaN;
    const span = cell ? cellSpan(source, cell) : rowSpan(source, row);
    if (!Number.isFinite(time)) {
      problems.push({ code: 'wrong-type', message: `"${cell?.text ?? ''}" is not a time in seconds`, span });
    } else if (time < last) {
      problems.push({
        code: 'out-of-range',
        message: `${cell.text} s comes after ${last} s`,
        span,
        expected: 'times of 0 or more, each at or after the one before',
      });
    } else last = time;
    return time;
  });
  if (problems.length > 0) throw new InputError(problems.slice(0, 20));
  return times;
}
