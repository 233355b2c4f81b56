/** What becomes of a decision: it takes effect at once, or after the change that its domain is in. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RunResult } from '../../src/cosim/index.ts';
import { lawOptions } from '../tier.ts';
import { coarseRuns } from './support.ts';

const coarse = coarseRuns('start: ambient');
const go = (lines: string, set: readonly string[] = [], arrivals: readonly number[] = []): RunResult =>
  coarse(lines, { set, overlay: { 'a.csv': `time_s\n${arrivals.join('\n')}\n` } });
const RELOCK = 'accelerator.domains.core.transition.relock';

test('a wish that comes during a change is carried out after it, and the last one counts', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 2e-3, noNaN: true }), { minLength: 1, maxLength: 6 }),
      fc.constantFrom('5us', '80us', '700us'),
      fc.constantFrom('100us', '20ms'),
      (times, relock, epoch) => {
        const arrivals = [0, ...times].sort((a, b) => a - b);
        // 20 ms are longer than all work and all changes.
        const r = go(
          `policy: race-to-idle\ninferences: {arrivals: ./a.csv, duration: 20ms}\nepoch: ${epoch}`,
          [`${RELOCK}=${relock}`],
          arrivals,
        );
        const wishes = r.events.filter(({ kind }) => kind === 'decision' || kind === 'deferred');
        // There is nothing left to do: the last wish is the lowest point, and the domain got there.
        expect(wishes.at(-1)!.to).toBe('200MHz');
        expect(r.events.filter(({ kind }) => kind === 'decision').at(-1)!.to).toBe('200MHz');
        expect(r.inferences.completed).toBe(arrivals.length);
        // Each transition is that of a decision, begins where the one before ended, and none is twice.
        const changes = r.events.filter(({ kind }) => kind === 'transition');
        expect(changes.length).toBe(r.transitions);
        changes.forEach(({ from, to }, i) => {
          expect(from).toBe(i === 0 ? r.events[0].to : changes[i - 1].to);
          expect(from).not.toBe(to);
        });
      },
    ),
    lawOptions(60, 8),
  );
});

test('by hand: back at work during the change to sleep, it wakes when that change has ended', () => {
  const once = go('policy: performance\nepoch: 20ms');
  const workS = once.simulatedS;
  const relockS = 200e-6;
  // The second arrives 10 us after the first has ended: the lock for 200 MHz has just begun.
  const secondS = workS + 10e-6;
  const r = go(
    'policy: race-to-idle\ninferences: {arrivals: ./a.csv}\nepoch: 20ms\ndeadline: 20ms',
    [`${RELOCK}=${relockS * 1e6}us`],
    [0, secondS],
  );
  const { points, transition } = r.experiment.design.spec.domains[0];
  const rampS = (points.at(-1)!.voltageV - points[0].voltageV) / transition.slewVPerS;
  const of = (kind: string) => r.events.filter((event) => event.kind === kind);
  const [deferred] = of('deferred');
  expect(deferred.timeS).toBeCloseTo(secondS, 12);
  expect(deferred.reason).toBe('there is work: highest point; waits for the change to 200MHz to end');
  // Down: lock, then ramp. Only then the change up begins, with its own ramp and lock.
  const decisions = of('decision').map(({ timeS, to }) => [Number((timeS * 1e6).toFixed(3)), to]);
  const us = (s: number) => Number((s * 1e6).toFixed(3));
  expect(decisions.slice(0, 3)).toEqual([
    [0, '800MHz'],
    [us(workS), '200MHz'],
    [us(workS + relockS + rampS), '800MHz'],
  ]);
});

test('a policy that sleeps misses no more deadlines than one that does not, whatever the epoch', () => {
  // Room for a change down and one up.
  const period = go('policy: performance').simulatedS + 250e-6;
  const misses = (policy: string, epoch: string) =>
    go(`policy: ${policy}\ninferences: {period: ${period}s, count: 40}\ndeadline: ${period}s\nepoch: ${epoch}`)
      .deadline!.misses;
  for (const epoch of ['100us', '5ms'])
    expect([misses('performance', epoch), misses('race-to-idle', epoch)]).toEqual([0, 0]);
});

test('a cap at its lowest points above its trip says for how long, and where its power leads', () => {
  const r = go('policy: {name: bang_bang, trip: 46C}\ninferences: {duration: 30ms}\nepoch: 1ms');
  const saturated = r.events.filter(({ kind }) => kind === 'cap saturated');
  expect(saturated.length).toBeGreaterThan(0);
  const [{ reason, timeS, policy }] = saturated;
  expect(policy).toBe('bang_bang');
  expect(reason).toMatch(
    /^46\.\d\d C is above 46\.00 C at the lowest points, for [\d.]+ ms; their power leads to [\d.]+ C at the lowest$/,
  );
  const lasted = Number(/for ([\d.]+) ms/.exec(reason)![1]);
  expect(timeS + lasted / 1e3).toBeLessThanOrEqual(r.simulatedS + 1e-9);
});
