import { fail } from '../../base/errors.ts';

/** Work that may run, in pieces, between its release and its deadline, s; `work` in any unit, such as cycles. */
export interface TimedJob {
  readonly releaseS: number;
  readonly deadlineS: number;
  readonly work: number;
}

/**
 * The speed of each job, work per second, at which all meet their deadlines with the least energy, for any power that is convex in the
 * speed and jobs in order of their deadlines (Yao, Demers and Shenker, FOCS 1995): the interval with the most work per second runs
 * at that speed; without it and its jobs, the rest is a smaller problem. Takes O(n^3) for n jobs. Errors: `out-of-range` for a job without
 * time, or with negative work.
 */
export function leastSpeeds(jobs: readonly TimedJob[]): Float64Array {
  const speed = new Float64Array(jobs.length);
  jobs.forEach(({ releaseS, deadlineS, work }, j) => {
    if (releaseS < deadlineS && work >= 0 && Number.isFinite(deadlineS - releaseS) && Number.isFinite(work)) return;
    fail('out-of-range', `job ${j + 1} has ${work} of work from ${releaseS} to ${deadlineS} s`, {
      expected: 'a deadline after the release, and work of at least 0',
    });
  });
  let open = jobs.map((job, j) => ({ ...job, j }));
  while (open.length > 0) {
    const { fromS, toS, rate } = densest(open);
    const lengthS = toS - fromS;
    const isInside = ({ releaseS, deadlineS }: TimedJob): boolean => releaseS >= fromS && deadlineS <= toS;
    for (const job of open) if (isInside(job)) speed[job.j] = rate;
    // The interval shrinks to a point.
    const without = (timeS: number): number => (timeS <= fromS ? timeS : timeS >= toS ? timeS - lengthS : fromS);
    open = open
      .filter((job) => !isInside(job))
      .map((job) => ({ ...job, releaseS: without(job.releaseS), deadlineS: without(job.deadlineS) }));
  }
  return speed;
}

/** The interval from a release to a deadline with the most work per second inside. */
function densest(jobs: readonly TimedJob[]): { fromS: number; toS: number; rate: number } {
  const byDeadline = jobs.toSorted((a, b) => a.deadlineS - b.deadlineS);
  let best = { fromS: 0, toS: 0, rate: -1 };
  for (const fromS of new Set(jobs.map(({ releaseS }) => releaseS))) {
    let work = 0;
    for (const { releaseS, deadlineS: toS, work: own } of byDeadline) {
      if (releaseS < fromS) continue;
      work += own;
      const rate = work / (toS - fromS);
      if (rate > best.rate) best = { fromS, toS, rate };
    }
  }
  return best;
}

/**
 * The speed f of least energy per work, for a power of a f^3 + c W: (c / 2a)^(1/3). Slower costs more, because c lasts longer. `c` is
 * the power at work beyond that of the rest.
 */
export function criticalSpeed(a: number, c: number): number {
  return Math.cbrt(c / (2 * a));
}
