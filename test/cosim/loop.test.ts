import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BUNDLED } from '../../src/base/files.ts';
import { type RunResult, runExperiment } from '../../src/cosim/index.ts';
import { fileCache } from '../../src/node/cache.ts';
import { lawOptions, longTest } from '../tier.ts';
import { BUNDLED_TEXTS, COARSE, load, MODELS, problemsOf, type Texts } from './support.ts';

const NPU = `${BUNDLED}accelerators/edge-npu/accelerator.yaml`;
const FLOORPLAN = `${BUNDLED}accelerators/edge-npu/chip.flp`;
const OVERLAY = COARSE;
const loaded = (lines: string, overlay: Texts = {}) =>
  load(`version: 1\nname: e\naccelerator: edge-npu\nworkload: ./net.csv\n${lines}\n`, {
    overlay: { ...OVERLAY, ...overlay },
  });
const go = (lines: string, overlay?: Texts): RunResult => runExperiment(loaded(lines, overlay), { cache: MODELS });
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
const relative = (a: number, b: number) => Math.abs(a - b) / Math.abs(b);

const POLICIES = [
  'performance',
  'powersave',
  '{name: fixed, frequency: 500MHz}',
  'race-to-idle',
  '{name: race-to-idle, idle: gated}',
  'static-best',
  'pace',
  '{name: pace, floor: none, idle: retain}',
  '{name: bang_bang, trip: 50C}',
  '[{name: step_wise, trip: 48C}, pace]',
  '{name: pid-frequency, target: 48C}',
  'component-util',
];

test('energy, heat and MACs are conserved, and the parts add up, on random experiments', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...POLICIES),
      fc.constantFrom('', 'period: 700us, ', 'period: 150us, '),
      fc.constantFrom('count: 7', 'duration: 4ms', 'duration: 3.3ms'),
      fc.constantFrom('100us', '37us', '1ms', '10ms'),
      fc.constantFrom('ambient', 'steady'),
      (policy, period, length, epoch, start) => {
        const r = go(
          `policy: ${policy}\ninferences: {${period}${length}}\nepoch: ${epoch}\nstart: ${start}\ndeadline: 600us\nlimit: 50C`,
        );
        const { conservation, energyJ, trace, layers } = r;
        expect(conservation.energyRelative).toBeLessThan(1e-9);
        expect(conservation.heatRelative).toBeLessThan(1e-6);
        expect(conservation.macsDifference).toBe(0);
        const { total, ...parts } = energyJ;
        expect(relative(sum(Object.values(parts)), total)).toBeLessThan(1e-12);
        expect(relative(sum(r.componentJ) + energyJ.transition, total)).toBeLessThan(1e-9);
        expect(sum(layers.map((l) => l.energyJ))).toBeLessThanOrEqual(total * (1 + 1e-9));
        expect(sum(layers.map((l) => l.macs))).toBeCloseTo(r.macs, 3);
        expect(relative(sum(trace.durationS), r.simulatedS)).toBeLessThan(1e-12);
        for (let n = 0; n < trace.epochs; n++) {
          const { busy, stall, idle, dead } = trace.domains[0];
          expect(busy[n] + stall[n] + idle[n] + dead[n]).toBeCloseTo(1, 9);
        }
      },
    ),
    lawOptions(80, 2),
  );
});

test('an epoch split in two changes nothing but the resolution of power', () => {
  // Ambient start and no floorplan: leakage is frozen; the policy holds.
  const die = { [NPU]: OVERLAY[NPU].replace(/thermal:\n( {2}.*\n)+/, '').replace(/ {4}tiles.*\n/, '') };
  const [whole, halves] = ['1ms', '500us'].map((epoch) => go(`epoch: ${epoch}\ninferences: {count: 20}`, die));
  expect(relative(halves.simulatedS, whole.simulatedS)).toBeLessThan(1e-9);
  expect(relative(halves.energyJ.total, whole.energyJ.total)).toBeLessThan(1e-9);
  expect(halves.macs).toBe(whole.macs);
  expect(halves.layers.map((l) => l.macs)).toEqual(whole.layers.map((l) => l.macs));
});

test('a policy never sees the future: what comes after a moment changes nothing before it', () => {
  const times = (values: readonly number[]) => `time_s\n${values.join('\n')}\n`;
  fc.assert(
    fc.property(
      fc.constantFrom(...POLICIES),
      fc.array(fc.double({ min: 0, max: 2e-3, noNaN: true }), { minLength: 1, maxLength: 5 }),
      fc.array(fc.double({ min: 0, max: 3e-3, noNaN: true }), { minLength: 1, maxLength: 5 }),
      (policy, early, late) => {
        const before = [0, ...early].sort((a, b) => a - b);
        const after = late.map((timeS) => 2.5e-3 + timeS).sort((a, b) => a - b);
        const run = (arrivals: readonly number[]): RunResult =>
          go(
            `policy: ${policy}\ninferences: {arrivals: ./a.csv}\nepoch: 50us\nstart: ambient\ndeadline: 900us\nlimit: 50C`,
            { 'a.csv': times(arrivals) },
          );
        const [without, withMore] = [run(before), run([...before, ...after])];
        const untilS = Math.min(after[0], without.simulatedS) - 1e-9;
        const decided = (r: RunResult) => r.events.filter(({ timeS }) => timeS < untilS);
        expect(decided(withMore)).toEqual(decided(without));
        const epochs = Math.floor(untilS / 50e-6);
        for (const column of ['totalW', 'layer'] as const) {
          expect([...withMore.trace[column].subarray(0, epochs)]).toEqual([
            ...without.trace[column].subarray(0, epochs),
          ]);
        }
        withMore.trace.temperatureK.forEach((column, u) => {
          expect([...column.subarray(0, epochs)]).toEqual([...without.trace.temperatureK[u].subarray(0, epochs)]);
        });
      },
    ),
    lawOptions(60, 2),
  );
});

describe('arrivals and deadlines', () => {
  test('periodic releases wait for the one before; late ones miss', () => {
    const { simulatedS } = go('');
    // A period and deadline of half the time of an inference: the first of ten misses by half of it, the last by 5.5.
    const r = go(`inferences: {period: ${simulatedS / 2}s, count: 10}\ndeadline: ${simulatedS / 2}s`);
    expect(r.deadline?.misses).toBe(10);
    expect(relative(r.deadline?.worstSlackS ?? 0, -5 * simulatedS)).toBeLessThan(1e-9);
    expect(r.inferences.completed).toBe(10);
  });

  test('arrivals from a file', () => {
    const r = go('inferences: {arrivals: ./a.csv}\ndeadline: 1ms', { 'a.csv': 'time_s\n0\n0.001\n0.0015\n' });
    expect([...r.inferences.releaseS]).toEqual([0, 0.001, 0.0015]);
    // The window ends with the last deadline.
    expect(r.simulatedS).toBeCloseTo(0.0025, 12);
  });
});

test('self-consistent: the start is the steady state of what the run does', () => {
  const r = go('inferences: {count: 50}\nepoch: 100us\npolicy: {name: fixed, frequency: 800MHz}');
  expect(r.start?.converged).toBe(true);
  expect(r.start?.residualK).toBeLessThanOrEqual(0.02);
  // 45 C of ambient and about 22 K/W of convection: each watt on the die is worth more than 22 K.
  const onDieW = (r.energyJ.total - r.energyJ.dram) / r.simulatedS;
  expect(Math.max(...(r.thermal?.startK ?? []))).toBeGreaterThan(318.15 + 22 * onDieW);
});

describe('bad input', () => {
  const floorplan = (from: string | RegExp, to: string) => () =>
    go('', { [FLOORPLAN]: BUNDLED_TEXTS[FLOORPLAN].replace(from, to) });
  const accelerator = (from: string | RegExp, to: string) => () => go('', { [NPU]: OVERLAY[NPU].replace(from, to) });
  const codes = (doing: () => unknown) => [...new Set(problemsOf(doing).map((text) => text.split(' ')[0]))];

  test.each<[string, () => unknown, string]>([
    [
      'overlapping blocks',
      floorplan('ofmap_spad\t0.25e-3\t1e-3\t3.75e-3', 'ofmap_spad\t0.25e-3\t1e-3\t3.7e-3'),
      'block-overlap',
    ],
    ['a hole', floorplan('rest_of_soc\t4e-3', 'rest_of_soc\t3e-3'), 'floorplan-gap'],
    ['a missing block', floorplan(/ofmap_spad\t/, 'omap_spad\t'), 'block-unused,unknown-name'],
    ['a component without a block', accelerator('    block: ofmap_spad\n', ''), 'block-unused,component-without-block'],
    [
      'a filler that is none',
      accelerator('filler: { rest_of_soc: 12mm2 }', 'filler: [rest_of_soc, ifmap_spad]'),
      'block-unused',
    ],
    ['an empty block that is no filler', accelerator('  filler: { rest_of_soc: 12mm2 }\n', ''), 'block-unused'],
    [
      'a point faster than a memory',
      accelerator('frequency: 800MHz, voltage', 'frequency: 8GHz, voltage'),
      'unknown-operating-point',
    ],
    ['no floorplan file', accelerator('chip.flp', 'chop.flp'), 'file-not-found'],
    ['pace without a deadline', () => go('policy: pace'), 'deadline-missing'],
    [
      'runaway',
      () =>
        go('inferences: {count: 30}', {
          [`${BUNDLED}accelerators/edge-npu/package.config`]: BUNDLED_TEXTS[
            `${BUNDLED}accelerators/edge-npu/package.config`
          ].replace('-r_convec\t40', '-r_convec\t900'),
        }),
      'thermal-runaway',
    ],
    [
      'an epoch too short for the run',
      () => go('start: ambient\nepoch: 1ns\ninferences: {duration: 20s}'),
      'trace-too-long',
    ],
  ])('%s', (_, doing, expected) => {
    expect(codes(doing).sort().join()).toBe(expected);
  });

  test('an operating point faster than a memory cycles', () => {
    // The banks of its scratchpads take turns ("pipelined"); a bank by itself has a cycle of 1.34 ns.
    expect(go('').inferences.completed).toBe(1);
    const text = OVERLAY[NPU].replaceAll('    pipelined: true\n', '');
    expect(codes(() => go('', { [NPU]: text }))).toEqual(['faster-than-memory']);
  });
});

longTest('a cold, a warm and a damaged cache give the same', () => {
  const folder = mkdtempSync(join(tmpdir(), 'isotherm-cache-'));
  try {
    const outcome = () => {
      const { trace, energyJ } = runExperiment(loaded('inferences: {count: 5}'), { cache: fileCache(folder) });
      return { energyJ, temperatureK: trace.temperatureK.map((column) => [...column]) };
    };
    const cold = outcome();
    const [file] = readdirSync(folder);
    expect(outcome()).toEqual(cold);
    const bytes = readFileSync(join(folder, file));
    bytes[bytes.length - 3] ^= 1;
    writeFileSync(join(folder, file), bytes);
    expect(outcome()).toEqual(cold);
    writeFileSync(join(folder, file), 'nonsense');
    expect(outcome()).toEqual(cold);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
