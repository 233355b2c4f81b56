import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { criticalSpeed, leastSpeeds, type TimedJob } from '../../../src/study/oracle/index.ts';
import { problemsOf } from '../../cosim/support.ts';
import { lawOptions } from '../../tier.ts';

/** Job sets with speeds by an independent Python script; their energies agree with an independent convex solver. */
const golden = JSON.parse(readFileSync('test/golden/policies/metrics.json', 'utf8'));

const jobsOf = (jobs: readonly { r: number; d: number; w: number }[]): TimedJob[] =>
  jobs.map(({ r, d, w }) => ({ releaseS: r, deadlineS: d, work: w }));

/** When the jobs end if the one with the earliest deadline runs first, each at its own speed. */
function endsOf(jobs: readonly TimedJob[], speed: ArrayLike<number>): number[] {
  const left = jobs.map(({ work }) => work);
  const endS = jobs.map(({ releaseS, work }) => (work === 0 ? releaseS : Number.POSITIVE_INFINITY));
  for (let timeS = 0; ; ) {
    const ready = jobs.flatMap(({ releaseS }, j) => (left[j] > 1e-12 && releaseS <= timeS + 1e-12 ? [j] : []));
    const later = jobs.flatMap(({ releaseS }, j) => (left[j] > 1e-12 && releaseS > timeS + 1e-12 ? [releaseS] : []));
    const nextS = Math.min(...later);
    if (ready.length === 0) {
      if (later.length === 0) return endS;
      timeS = nextS;
      continue;
    }
    const first = ready.reduce((a, b) => (jobs[b].deadlineS < jobs[a].deadlineS ? b : a));
    const untilS = Math.min(nextS, timeS + left[first] / speed[first]);
    left[first] -= speed[first] * (untilS - timeS);
    timeS = untilS;
    if (left[first] <= 1e-12) endS[first] = timeS;
  }
}

describe('the speeds of least energy', () => {
  test.each(
    golden.yds as {
      jobs: { r: number; d: number; w: number }[];
      speeds: Record<string, number>;
      convex_check: number;
    }[],
  )('of $jobs.length jobs', ({ jobs, speeds, convex_check }) => {
    const speed = leastSpeeds(jobsOf(jobs));
    jobs.forEach((_, j) => {
      expect(speed[j]).toBeCloseTo(speeds[j], 12);
    });
    expect(jobs.reduce((sum, { w }, j) => sum + w * speed[j] ** 2, 0) / convex_check).toBeCloseTo(1, 10);
  });

  const job = fc
    .record({ r: fc.nat(20), by: fc.integer({ min: 1, max: 12 }), w: fc.integer({ min: 0, max: 9 }) })
    .map(({ r, by, w }): TimedJob => ({ releaseS: r, deadlineS: r + by, work: w }));

  // No schedule does more than all work inside an interval needs, and slower than the densest one misses a deadline.
  test('meet every deadline, the densest interval at its own speed', () => {
    fc.assert(
      fc.property(fc.array(job, { minLength: 1, maxLength: 8 }), (jobs) => {
        const speed = leastSpeeds(jobs);
        endsOf(jobs, speed).forEach((endS, j) => {
          expect(endS).toBeLessThanOrEqual(jobs[j].deadlineS + 1e-9);
        });
        const densities = jobs.flatMap(({ releaseS }) =>
          jobs.map(({ deadlineS }) => {
            const inside = jobs.filter((one) => one.releaseS >= releaseS && one.deadlineS <= deadlineS);
            return deadlineS > releaseS ? inside.reduce((sum, { work }) => sum + work, 0) / (deadlineS - releaseS) : 0;
          }),
        );
        expect(Math.max(...speed)).toBeCloseTo(Math.max(...densities), 9);
      }),
      lawOptions(400, 60),
    );
  });

  // Moving work to a slower or faster neighbour never helps: any other speeds that meet all deadlines take more energy.
  test('take no more energy than other speeds that meet every deadline', () => {
    fc.assert(
      fc.property(
        fc.array(job, { minLength: 1, maxLength: 5 }),
        fc.array(fc.constantFrom(0.7, 0.9, 1, 1.2, 1.5), { minLength: 5, maxLength: 5 }),
        (jobs, factors) => {
          const speed = leastSpeeds(jobs);
          const other = speed.map((value, j) => value * factors[j]);
          const meets = endsOf(jobs, other).every((endS, j) => endS <= jobs[j].deadlineS + 1e-9);
          const energy = (speeds: Float64Array): number =>
            jobs.reduce((sum, { work }, j) => sum + work * speeds[j] ** 2, 0);
          if (meets) expect(energy(speed)).toBeLessThanOrEqual(energy(other) * (1 + 1e-9));
        },
      ),
      lawOptions(400, 60),
    );
  });

  test('a job without time is refused', () => {
    expect(problemsOf(() => leastSpeeds([{ releaseS: 3, deadlineS: 3, work: 1 }]))).toEqual(['out-of-range']);
    expect(leastSpeeds([]).length).toBe(0);
  });
});

test.each(golden.critical_speed as { a: number; c: number; f_star: number }[])(
  'the critical speed of $a f^3 + $c',
  ({ a, c, f_star }) => {
    expect(criticalSpeed(a, c)).toBeCloseTo(f_star, 12);
  },
);
