/** DRAM as a domain: bandwidth, latency and background power by operating point. */
import { describe, expect, test } from 'vitest';
import { preparePlant } from '../../../src/cosim/index.ts';
import type { PolicyKind } from '../../../src/policy/index.ts';
import { edit, problemsOf } from '../support.ts';
import { go, latencies, NPU, PLAIN, relative, saying, scenario } from './support.ts';

const ALONE = /bandwidth: 8GB\/s\n {2}latency: 100ns\n {2}background_power: 30mW/;
const points = (...lines: readonly string[]): string =>
  `operating_points:\n${lines.map((line) => `    - { ${line} }\n`).join('')}`;
const SLOW = 'frequency: 800MHz, voltage: 1.1V, bandwidth: 4GB/s, latency: 200ns, background_power: 15mW';
const FAST = 'frequency: 1600MHz, voltage: 1.1V, bandwidth: 8GB/s, latency: 100ns, background_power: 30mW';

/** edge-npu whose DRAM has points, and whose core has one voltage. */
const withDram = (lines: string, slowV = '1V') => {
  const one = edit(
    PLAIN[NPU],
    /domains:\n {2}core:\n( {4}.*\n)+/,
    `domains:\n  core:\n    operating_points:\n      - { frequency: 400MHz, voltage: ${slowV} }\n      - { frequency: 800MHz, voltage: 1V }\n`,
  );
  return { ...PLAIN, [NPU]: lines === '' ? one : edit(one, ALONE, lines) };
};
const TWO = withDram(points(SLOW, FAST));

test('one operating point is what the three keys say', () => {
  const lines = 'inferences: {period: 1ms, count: 4}\nepoch: 1ms\npolicy: performance';
  const keys = go(lines, { overlay: withDram('') });
  const point = go(lines, { overlay: withDram(points(FAST)) });
  for (const part of ['total', 'dynamic', 'idle', 'leakage', 'dram'] as const) {
    expect(relative(point.energyJ[part], keys.energyJ[part]), part).toBeLessThan(1e-12);
  }
  expect(latencies(point)).toEqual(latencies(keys));
  expect(point.domains).toEqual(['core', 'dram']);
});

test('law: half the clocks, bandwidth and background power at twice latency, period and epoch: the same energy but for leakage', () => {
  const at = (mhz: readonly [number, number], scale: number) =>
    go(
      `inferences: {period: ${scale}ms, count: 4}\nepoch: ${scale}ms\npolicy: {name: fixed, frequency: {core: ${mhz[0]}MHz, dram: ${mhz[1]}MHz}}`,
      { overlay: TWO },
    );
  const fast = at([800, 1600], 1);
  const slow = at([400, 800], 2);
  expect(relative(slow.simulatedS, 2 * fast.simulatedS)).toBeLessThan(1e-12);
  for (const [i, latencyS] of latencies(slow).entries())
    expect(relative(latencyS, 2 * latencies(fast)[i])).toBeLessThan(1e-9);
  for (const part of ['dynamic', 'idle', 'dram', 'transition'] as const) {
    expect(Math.abs(slow.energyJ[part] - fast.energyJ[part]), part).toBeLessThan(1e-9 * fast.energyJ.total);
  }
  expect(relative(slow.energyJ.leakage, 2 * fast.energyJ.leakage)).toBeLessThan(1e-9);
});

test('background power follows the point: slow DRAM without work takes half', () => {
  const kind = saying(
    {},
    {
      triggers: ['start', 'end'],
      decide: ({ inference }, state) => ({
        ...{ ranges: { core: [1, 1], dram: inference ? [1, 1] : [0, 0] }, state: state ?? null },
        reason: inference ? 'work' : 'no work',
      }),
    },
  );
  const lines = 'inferences: {period: 1ms, count: 4}\nepoch: 1ms';
  const high = go(lines, { kind: saying({}), overlay: TWO });
  const low = go(lines, { kind, overlay: TWO });
  const idleS =
    low.simulatedS - low.trace.durationS.reduce((sum, s, n) => sum + s * (1 - low.trace.domains[0].idle[n]), 0);
  // The clock changes 5 us after the end of an inference, and back 5 us after the next begins, which waits for it.
  const slowS = idleS;
  expect(
    relative(high.energyJ.dram - low.energyJ.dram + (low.simulatedS - high.simulatedS) * 30e-3, slowS * 15e-3),
  ).toBeLessThan(0.02);
  expect(low.conservation.energyRelative).toBeLessThan(1e-12);
  for (const [i, latencyS] of latencies(low).entries()) {
    expect(latencyS - latencies(high)[i]).toBeCloseTo(i === 0 ? 0 : 5e-6, 12);
  }
});

test('self-refresh leaves its part of the background power without work', () => {
  const overlay = withDram(
    `${points(FAST)}  states: { retention: { background: 0.1, wake_time: 500ns, wake_energy: 10nJ } }`,
  );
  const lines = 'inferences: {period: 1ms, count: 4}\nepoch: 1ms';
  const on = go(lines, { kind: saying({}), overlay });
  const asleep = go(lines, { kind: saying({ states: { dram: 'retention' } }), overlay });
  const { startS, endS } = asleep.inferences;
  const restS = asleep.simulatedS - startS.reduce((sum, from, i) => sum + endS[i] - from, 0);
  expect(relative(on.energyJ.dram - asleep.energyJ.dram, 0.9 * 30e-3 * restS)).toBeLessThan(1e-9);
  expect(asleep.energyJ.transition).toBeCloseTo(3 * 10e-9, 16);
  expect(latencies(asleep)[1] - latencies(on)[1]).toBeCloseTo(500e-9, 13);
  expect(asleep.conservation.energyRelative).toBeLessThan(1e-12);
});

test('policies that know nothing of DRAM choose its point with the others: pace meets its deadline with less', () => {
  const lines = 'inferences: {period: 1ms, count: 8}\nepoch: 1ms\ndeadline: 800us';
  const overlay = withDram(points(SLOW, FAST), '0.7V');
  const fast = go(`${lines}\npolicy: performance`, { overlay });
  const paced = go(`${lines}\npolicy: pace`, { overlay });
  const best = go(`${lines}\npolicy: static-best`, { overlay });
  for (const result of [paced, best]) {
    expect(result.deadline?.misses).toBe(0);
    expect(result.energyJ.total).toBeLessThan(fast.energyJ.total);
    expect(result.conservation.energyRelative).toBeLessThan(1e-12);
  }
});

describe('a cap on the power of both domains together', () => {
  const settings = [0, 1].flatMap((core) => [0, 1].map((dram) => ({ core, dram })));
  const held = settings.map((points) => ({
    points,
    run: go(
      `inferences: {count: 2}\nepoch: 1s\npolicy: {name: fixed, frequency: {core: ${[400, 800][points.core]}MHz, dram: ${[800, 1600][points.dram]}MHz}}`,
      { overlay: TWO },
    ),
  }));
  /** Power of each layer in runs at held points, leakage and all. */
  const powersW = held.map(({ run }) => run.layers.map(({ energyJ, timeS }) => energyJ / timeS));
  const all = powersW.flat().sort((a, b) => a - b);

  // Between any two of the twelve powers the choice is another one.
  test.each([2, 5, 8, 10])('between powers %s and the next: the fastest setting within it, layer by layer', (n) => {
    const capW = (all[n] + all[n + 1]) / 2;
    const seen: { readonly layer: number; readonly points: unknown }[] = [];
    const kind = saying({});
    const capping: PolicyKind = {
      ...kind,
      role: 'cap',
      create: () => ({
        initial: null,
        triggers: ['start', 'layer'],
        decide: (view) => {
          seen.push({ layer: view.inference?.layer ?? -1, points: view.points });
          return { ranges: {}, capW, state: null, reason: 'caps' };
        },
      }),
    };
    go('inferences: {period: 20ms, count: 2}\nepoch: 1s', { kind: capping, overlay: TWO });
    const byTime = held
      .map(({ run, points }, k) => ({ points, timeS: run.simulatedS, watts: powersW[k] }))
      .sort((a, b) => a.timeS - b.timeS);
    const chosen = (layer: number) => {
      const within = byTime.find(({ watts }) => watts[layer] <= capW);
      return (within ?? byTime.toSorted((a, b) => a.watts[layer] - b.watts[layer])[0]).points;
    };
    // A question sees what the one before it decided.
    const asked = seen.filter(({ layer }) => layer >= 0);
    expect(asked.length).toBe(6);
    asked.slice(1).forEach(({ points }, k) => {
      expect({ ...(points as object) }).toEqual(chosen(asked[k].layer));
    });
  });
});

describe('bad files', () => {
  const problems = (lines: string) =>
    problemsOf(() => preparePlant(scenario('policy: performance', { overlay: withDram(lines) }))).map((text) =>
      text.replace(/ \S+\/accelerator.yaml:\d+:\d+/, ''),
    );

  test.each([
    ['bandwidth: 8GB/s\n  latency: 100ns', ['missing-key dram']],
    [`${points(FAST)}  latency: 100ns`, ['option-unused latency']],
    [
      points(FAST, SLOW),
      [
        'operating-points-not-monotone { frequency: 800MHz, voltage: 1.1V, bandwidth: 4GB/s, latency: 200ns, background_power: 15mW }',
        'operating-points-not-monotone 4GB/s',
      ],
    ],
    [points(FAST.replace('8GB/s', '0GB/s')), ['out-of-range 0GB/s']],
    [`${points(FAST)}  nominal: 1GHz`, ['unknown-operating-point 1GHz']],
    [`${points(FAST)}  states: { off: { background: 0 } }`, ['unknown-key off']],
    [`${points(FAST)}  states: { retention: { background: 1.5 } }`, ['out-of-range 1.5']],
    ['bandwidth: 8GB/s\n  latency: 100ns\n  background_power: 30mW\n  nominal: 1GHz', ['option-unused nominal']],
  ])('%s', (lines, expected) => {
    expect(problems(lines)).toEqual(expected);
  });

  test('a domain called dram beside a DRAM with points', () => {
    const texts = {
      ...TWO,
      [NPU]: edit(
        TWO[NPU],
        'domains:\n',
        'domains:\n  dram:\n    operating_points: [{ frequency: 1MHz, voltage: 1V }]\n',
      ),
    };
    expect(problemsOf(() => scenario('policy: performance', { overlay: texts }))[0]).toMatch(
      /^duplicate-name .* dram$/,
    );
  });
});
