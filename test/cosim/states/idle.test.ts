/** States between inferences: what they save, what waking costs, and who is told. Figures are worked out by hand. */
import { describe, expect, test } from 'vitest';
import { openRun, preparePlant } from '../../../src/cosim/index.ts';
import { longTest } from '../../tier.ts';
import { COARSE, problemsOf } from '../support.ts';
import { go, latencies, PLAIN, relative, saying, scenario, withStates } from './support.ts';

/** One inference takes 0.133 ms at 800 MHz. */
const EVERY = 'inferences: {period: 1ms, count: 10}\nepoch: 1ms';
const COSTLY = withStates(
  PLAIN,
  'clock-gated: {}, retention: {leakage: 0.25, wake_time: 4us, wake_energy: 30nJ}, off: {leakage: 0.03, wake_time: 20us, wake_energy: 500nJ, reload: 8KiB}',
);
const on = go(EVERY, { kind: saying({}), overlay: COSTLY });
const of = (idle: string) => go(EVERY, { kind: saying({ states: { core: idle as 'off' } }), overlay: COSTLY });

/** Seconds in which an inference runs, from first to last. */
const busyS = ({ inferences: { startS, endS } }: typeof on): number =>
  startS.reduce((sum, from, i) => sum + endS[i] - from, 0);

test('a gated clock takes the waiting clock of idle time away, and nothing else', () => {
  const gated = of('clock-gated');
  expect(gated.simulatedS).toBe(0.01);
  const { energyJ } = on;
  // idle_clock x F V^2 f while nothing runs, of which the runs themselves show the power: all idle energy minus that in layers.
  const inLayers = on.layers.reduce((sum, { idleJ }) => sum + idleJ.reduce((all, one) => all + one, 0), 0);
  const dramJ = on.experiment.design.spec.dram.backgroundW * busyS(on);
  const savedJ = energyJ.idle - (inLayers - dramJ);
  expect(savedJ).toBeGreaterThan(0.1 * energyJ.total);
  expect(relative(energyJ.total - gated.energyJ.total, savedJ)).toBeLessThan(1e-9);
  expect(gated.energyJ).toMatchObject({ dynamic: energyJ.dynamic, dram: energyJ.dram, transition: 0 });
  expect(relative(gated.energyJ.leakage, energyJ.leakage)).toBeLessThan(1e-12);
  expect(latencies(gated)).toEqual(latencies(on));
});

test('off leaves its residue of the leakage while nothing runs, and all of it while it wakes', () => {
  const off = of('off');
  const leakW = on.energyJ.leakage / on.simulatedS;
  // 20 us, then 8 KiB at 8 GB/s after 100 ns. The first inference begins with the run, and all is on then.
  const wakeS = 20e-6 + 8192 / 8e9 + 100e-9;
  expect(latencies(off)[0]).toBeCloseTo(latencies(on)[0], 12);
  for (const [i, latencyS] of latencies(off).entries()) {
    expect(latencyS - latencies(on)[i]).toBeCloseTo(i === 0 ? 0 : wakeS, 12);
  }
  expect(off.energyJ.transition).toBeCloseTo(9 * 500e-9, 15);
  const restS = 0.01 - busyS(off);
  expect(relative(off.energyJ.leakage, leakW * (0.01 - restS * 0.97))).toBeLessThan(1e-9);
  // What is fetched again: 64 Kibit a waking, read from DRAM and written into the filter scratchpad.
  const bytes = (result: typeof on) => result.layers.reduce((sum, { dramBytes }) => sum + dramBytes, 0);
  expect(bytes(off) - bytes(on)).toBeCloseTo(9 * 8192, 3);
  expect(off.energyJ.dram).toBeGreaterThan(on.energyJ.dram);
  expect(off.macs).toBe(on.macs);
  expect(off.conservation.energyRelative).toBeLessThan(1e-12);
});

test('retention keeps words: no byte more from DRAM', () => {
  const kept = of('retention');
  expect(kept.energyJ.dram).toBeCloseTo(on.energyJ.dram, 15);
  expect(kept.energyJ.transition).toBeCloseTo(9 * 30e-9, 15);
  for (const [i, latencyS] of latencies(kept).entries()) {
    expect(latencyS - latencies(on)[i]).toBeCloseTo(i === 0 ? 0 : 4e-6, 12);
  }
});

test('the states are told: events with the reason, and the view with the time to wake', () => {
  const states = of('off').events.filter(({ kind }) => kind === 'state');
  expect(states.slice(0, 3).map(({ from, to, domain }) => [domain, from, to])).toEqual([
    ['core', 'on', 'off'],
    ['core', 'off', 'on'],
    ['core', 'on', 'off'],
  ]);
  expect(states[0].reason).toBe('says so');
  // 20 us + 1.024 us + 0.1 us
  expect(states[1].reason).toBe('it is needed; wakes in 21120 ns');
  const seen: string[] = [];
  const watching = saying(
    {},
    {
      decide: (view, state) => {
        seen.push(`${view.states.core.state} ${view.states.core.wakeS.toFixed(9)}`);
        return { ranges: {}, state: state ?? null, reason: 'looks', states: { core: 'retention' } };
      },
    },
  );
  // Every second tick lies within a rest.
  go('inferences: {period: 1ms, count: 10}\nepoch: 500us', { kind: watching, overlay: COSTLY });
  expect([...new Set(seen)].sort()).toEqual(['on 0.000000000', 'on 0.000004000', 'retention 0.000004000']);
});

test('a policy that knows the period wakes the domain in time', () => {
  const early = saying(
    {},
    {
      triggers: ['end'],
      decide: (view, state) => {
        const { timeS, inference, triggers } = view;
        const nextS = Math.ceil((timeS + 1e-9) / 1e-3) * 1e-3;
        const wakeS = nextS - 30e-6;
        const sleeps = inference === null && !triggers.has('wake');
        return {
          ...{ ranges: {}, state: state ?? null, reason: 'in time' },
          states: { core: sleeps ? 'off' : 'on' },
          ...(wakeS > timeS && { wakeS }),
        };
      },
    },
  );
  const result = go(EVERY, { kind: early, overlay: COSTLY });
  for (const [i, latencyS] of latencies(result).entries()) expect(latencyS).toBeCloseTo(latencies(on)[i], 9);
  expect(result.energyJ.total).toBeLessThan(on.energyJ.total);
});

longTest('the die stays in balance, and the energy of waking heats the blocks that leak', () => {
  const overlay = withStates(COARSE, 'off: {leakage: 0.03, wake_time: 5us, wake_energy: 20uJ}');
  const free = withStates(COARSE, 'off: {leakage: 0.03, wake_time: 5us}');
  const kind = saying({ states: { core: 'off' } });
  const [paid, unpaid] = [overlay, free].map((texts) => go(EVERY, { kind, overlay: texts }));
  expect(paid.conservation.energyRelative).toBeLessThan(1e-12);
  expect(paid.conservation.heatRelative).toBeLessThan(1e-6);
  const heatJ = paid.thermal!.heat.inJ - unpaid.thermal!.heat.inJ;
  // Nine wakings of 20 uJ; the warmer die leaks a little more.
  expect(heatJ).toBeGreaterThan(180e-6);
  expect(heatJ).toBeLessThan(180.5e-6);
});

test('static-best meets a deadline of exactly its time and waking, and a shorter one it says it cannot meet', () => {
  const limitS = Math.max(...latencies(of('off')));
  const lines = (deadlineS: number) =>
    `${EVERY}\ndeadline: ${deadlineS * 1e9}ns\npolicy: {name: static-best, idle: off}`;
  const met = go(lines(limitS * (1 + 1e-9)), { overlay: COSTLY });
  expect(met.deadline?.misses).toBe(0);
  const missed = go(lines(limitS - 1e-6), { overlay: COSTLY });
  expect(missed.deadline?.misses).toBe(9);
  expect(missed.events[0].reason).toMatch(/^no setting meets the deadline/);
});

test('a wake time longer than the period misses deadlines, and ends', () => {
  const slow = withStates(PLAIN, 'off: {leakage: 0, wake_time: 3ms}');
  const result = go('inferences: {period: 1ms, duration: 20ms}\ndeadline: 1ms\nepoch: 1ms', {
    kind: saying({ states: { core: 'off' } }),
    overlay: slow,
  });
  expect(result.deadline?.misses).toBeGreaterThan(3);
});

test('a snapshot within a waking goes on byte for byte', () => {
  const experiment = scenario('inferences: {period: 1ms, count: 10}\nepoch: 5us', {
    kind: saying({ states: { core: 'off' } }),
    overlay: COSTLY,
  });
  const plant = preparePlant(experiment);
  const open = openRun(plant, experiment);
  // At 1.01 ms the domain has been waking for 10 us of 21.
  open.advance(202);
  const written = structuredClone(open.snapshot());
  open.advance(Number.POSITIVE_INFINITY);
  const other = openRun(plant, experiment);
  other.restore(written);
  other.advance(Number.POSITIVE_INFINITY);
  const [a, b] = [open.result(), other.result()];
  expect(b.energyJ).toEqual(a.energyJ);
  expect(b.trace.totalW).toEqual(a.trace.totalW);
  expect(b.events).toEqual(a.events);
});

describe('errors', () => {
  const wrong = (states: unknown) =>
    problemsOf(() => go(EVERY, { kind: saying({ states } as never), overlay: COSTLY }));

  test.each<[unknown, string]>([
    [{ cor: 'off' }, 'decision-invalid'],
    [{ core: 'asleep' }, 'decision-invalid'],
    [{ core: { idle: 'on', barriers: 'off' } }, 'decision-invalid'],
    [{ core: { unusedPes: 'off' } }, 'decision-invalid'],
    ['off', 'decision-invalid'],
  ])('%j', (states, code) => {
    expect(wrong(states).join()).toContain(code);
  });
});
