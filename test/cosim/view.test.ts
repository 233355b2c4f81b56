/** What a policy sees of a run, by a policy that writes it down. */
import { Type } from '@sinclair/typebox';
import { expect, test } from 'vitest';
import { COUNTER_INDEX } from '../../src/base/counters.ts';
import { policySetting } from '../../src/cosim/experiment.ts';
import { loadExperiment, type RunResult, runExperiment } from '../../src/cosim/index.ts';
import {
  type Observation,
  POLICY_KINDS,
  type PolicyContext,
  type PolicyKind,
  type RunnablePolicy,
} from '../../src/policy/index.ts';
import { COARSE_QUAD } from './states/support.ts';
import { COARSE, load, MODELS, memoryFiles, problemsOf } from './support.ts';

interface Seen extends Omit<Observation, 'triggers'> {
  readonly triggers: string;
  readonly random: number;
}

/** Runs with a policy that notes everything it is shown, at these triggers besides epochs. */
function watch(
  lines: string,
  triggers: RunnablePolicy['triggers'] = [],
  says: Partial<ReturnType<RunnablePolicy['decide']>> = {},
) {
  const seen: Seen[] = [];
  let context: PolicyContext | undefined;
  const kind: PolicyKind = {
    id: 'watcher',
    description: '',
    role: 'choice',
    parameters: Type.Object({}),
    check: () => null,
    create: (_, given) => {
      context = given;
      return {
        initial: null,
        triggers,
        decide: (view, _state, random) => {
          const { triggers: set, components, waiting, last, ...rest } = view;
          seen.push({ ...rest, components, waiting, last, triggers: [...set].join(), random: random() });
          return { ranges: {}, state: null, reason: 'watches', ...says };
        },
      };
    },
  };
  const text = `version: 1\nname: e\naccelerator: edge-npu\nworkload: ./net.csv\nstart: ambient\npolicy: ./w.yaml\n${lines}\n`;
  const files = memoryFiles({ ...COARSE, 'w.yaml': 'version: 1\nname: watcher\nuses: watcher\n' });
  const experiment = loadExperiment(files, { file: 'exp.yaml', text }, { kinds: [...POLICY_KINDS, kind] });
  const result: RunResult = runExperiment(experiment, { cache: MODELS });
  return { seen, result, context: context as PolicyContext };
}

const ALL: RunnablePolicy['triggers'] = ['start', 'end', 'layer', 'barrier', 'release', 'transition-end'];

test('triggers are sets: a start on a tick is both, back to back is an end and a start', () => {
  const { seen, result } = watch('inferences: {count: 3}\nepoch: 1ms', ALL);
  const { startS } = result.inferences;
  const at = (timeS: number) => seen.find((one) => one.timeS === timeS)?.triggers;
  expect(at(0)).toBe('epoch,start,release');
  expect(at(startS[1])).toBe('start,end,release,barrier');
  // Three layers: two barriers in between that are starts of layers.
  const inFirst = seen.filter(({ timeS }) => timeS > 0 && timeS < startS[1]);
  expect(inFirst.map(({ triggers }) => triggers)).toEqual(['layer,barrier', 'layer,barrier']);
});

test('a release while another inference runs is seen when it happens, and waits with its deadline', () => {
  const { seen, result } = watch('inferences: {period: 30us, count: 4}\ndeadline: 1ms\nepoch: 1ms', ['release', 'end']);
  const releases = seen.filter(({ triggers }) => triggers.includes('release'));
  expect(releases.map(({ timeS }) => Number((timeS * 1e6).toFixed(6)))).toEqual([0, 30, 60, 90]);
  const workS = result.inferences.endS[0];
  expect(workS).toBeGreaterThan(60e-6);
  expect(releases[2].queued).toBe(2);
  expect(releases[2].waiting.map(({ index, releaseS, deadlineS }) => [index, releaseS * 1e6, deadlineS])).toEqual([
    [1, 30, 30e-6 + 1e-3],
    [2, 60, 60e-6 + 1e-3],
  ]);
  const afterFirst = seen.find(({ triggers }) => triggers.includes('end'));
  expect(afterFirst?.last).toEqual({ index: 0, latencyS: workS, slackS: 1e-3 - workS });
});

test('wakeS: asked again at that time, and not before', () => {
  let n = 0;
  const { seen } = watch('inferences: {period: 2ms, count: 2}\nepoch: 1ms', [], {
    get wakeS() {
      return n++ === 0 ? 123e-6 : undefined;
    },
  } as object);
  expect(seen.map(({ timeS, triggers }) => [timeS, triggers]).slice(0, 3)).toEqual([
    [0, 'epoch,start'],
    [123e-6, 'wake'],
    [1e-3, 'epoch'],
  ]);
});

test('components: busy, stall and actions a second of the last epoch, by hand', () => {
  const { seen, result } = watch('inferences: {period: 1ms, count: 3}\nepoch: 1ms');
  const { components } = seen[1];
  const { counts, experiment } = result;
  const perInference = (name: keyof typeof COUNTER_INDEX): number => counts[COUNTER_INDEX[name]] / 3;
  const workS = result.inferences.endS[0];
  const cycles = result.layers.reduce((sum, layer) => sum + layer.cycles, 0) / 3;
  expect(components.pe.busy).toBeCloseTo(cycles / 800e6 / 1e-3, 9);
  expect(components.pe.busy + components.pe.stall).toBeCloseTo(workS / 1e-3, 9);
  const dramBytes = (perInference('dram_read_bits') + perInference('dram_write_bits')) / 8;
  expect(components.dram.busy).toBeCloseTo(dramBytes / experiment.design.spec.dram.bytesPerS / 1e-3, 9);
  // The ifmap scratchpad moves 256 bits a cycle; words have 8.
  expect(components.ifmap_spad.busy).toBeCloseTo((perInference('ifmap_sram_reads') * 8) / 256 / 800e6 / 1e-3, 9);
  expect(Object.keys(seen[0].components)).toEqual([...result.components]);
});

test('power of a block is dynamic and leakage; both are there', () => {
  const { seen, result } = watch('inferences: {count: 30}\nepoch: 1ms');
  const { powerW, leakageW } = seen[1];
  const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);
  expect(sum(powerW)).toBeCloseTo(result.trace.totalW[0] - result.trace.offDieW[0], 9);
  expect(sum(leakageW)).toBeGreaterThan(0);
  expect(sum(leakageW)).toBeLessThan(sum(powerW));
});

test('places: every block with its rectangle, components and neighbours, which are mutual', () => {
  const { context, result } = watch('');
  const { places, blocks, resistanceKPerW, ambientK } = context;
  expect(places.map(({ name }) => name)).toEqual(blocks);
  places.forEach(({ neighbours, widthM, heightM }, u) => {
    expect(widthM * heightM).toBeGreaterThan(0);
    for (const v of neighbours) expect(places[v].neighbours).toContain(u);
  });
  const inner = places.find(({ name }) => name === 'pe_1_1')!;
  expect(inner.neighbours.map((v) => places[v].name).sort()).toEqual(['pe_0_1', 'pe_1_0', 'pe_1_2', 'pe_2_1']);
  expect(inner).toMatchObject({ components: ['pe'], domains: ['core'], region: 0 });
  // A watt heats its own block most.
  const m = blocks.length;
  for (let u = 0; u < m; u++) {
    for (let v = 0; v < m; v++)
      expect(resistanceKPerW[v * m + u]).toBeLessThanOrEqual(resistanceKPerW[u * m + u] * (1 + 1e-9));
  }
  expect(ambientK).toBe(result.thermal!.ambientK);
});

test('places: with several arrays, a region is the blocks of one of them, and lies together', () => {
  const experiment = load('version: 1\nname: e\naccelerator: quad-npu\nworkload: ./net.csv\npolicy: performance\n', {
    overlay: COARSE_QUAD,
  });
  const { places, domains } = policySetting(experiment.design, experiment.spec);
  const regions = new Map<number, typeof places>();
  for (const place of places) {
    if (place.region !== null) regions.set(place.region, [...(regions.get(place.region) ?? []), place]);
  }
  // Two by two arrays, counted row by row; each has a clock of its own.
  expect([...regions.keys()].sort()).toEqual([0, 1, 2, 3]);
  for (const [region, own] of regions) {
    const clocks = new Set(own.flatMap((place) => place.domains));
    expect(clocks.size).toBe(1);
    expect(domains.map(({ name }) => name)).toContain([...clocks][0]);
    // From any block of a region the others are reached through neighbours in it.
    const index = (name: string): number => places.findIndex((place) => place.name === name);
    const inside = new Set(own.map(({ name }) => index(name)));
    const reached = new Set([index(own[0].name)]);
    for (const u of reached) for (const v of places[u].neighbours) if (inside.has(v)) reached.add(v);
    expect(reached.size, `region ${region}`).toBe(own.length);
  }
});

test('energies of layers sum to that of an inference, at any points and temperature', () => {
  const { work } = watch('').context;
  for (const core of [0, 3, 6]) {
    for (const k of [310, 360]) {
      const layers = work.layers.reduce((sum, layer) => sum + layer.energyJ({ core }, k), 0);
      expect(layers / work.inferenceJ({ core }, k)).toBeCloseTo(1, 12);
    }
  }
});

test('each policy has its own seeded numbers', () => {
  const numbers = (seed: number) =>
    watch(`inferences: {period: 1ms, count: 40}\nepoch: 1ms\nseed: ${seed}`).seen.map((s) => s.random);
  const first = numbers(1);
  expect(numbers(1)).toEqual(first);
  expect(numbers(2)).not.toEqual(first);
  expect(new Set(first).size).toBe(first.length);
  for (const x of first) expect(x >= 0 && x < 1).toBe(true);
});

test('sensors: an offset, a quantum and a delay by hand; noise has its standard deviation', () => {
  const lines = 'inferences: {count: 60}\nepoch: 100us\n';
  const truth = watch(lines).seen.map(({ temperatureK }) => temperatureK[1]);
  const of = (sensors: string) => watch(`${lines}sensors: ${sensors}`).seen.map(({ temperatureK }) => temperatureK[1]);
  const expectEach = (readings: readonly number[], shown: (n: number) => number): void => {
    for (const [n, k] of readings.entries()) expect(k).toBeCloseTo(shown(n), 9);
  };
  expectEach(of('{offset: 3K}'), (n) => truth[n] + 3);
  expectEach(of('{quantum: 0.5K}'), (n) => Math.round((truth[n] - 273.15) * 2) / 2 + 273.15);
  expectEach(of('{delay: 150us}'), (n) => truth[Math.max(0, n - 2)]);
  // The last entry that names a block counts; block 1 is pe_0_0.
  expect(of('[{offset: 3K}, {blocks: [ifmap*], offset: 5K}]')[4]).toBeCloseTo(truth[4] + 3, 9);
  const errors = of('{noise: 0.5K}').map((k, n) => k - truth[n]);
  const rms = Math.sqrt(errors.reduce((sum, e) => sum + e * e, 0) / errors.length);
  // Of some 45 readings: 0.5 K within a third.
  expect(errors.length).toBeGreaterThan(40);
  expect(Math.abs(rms - 0.5)).toBeLessThan(0.17);
  expect(of('{noise: 0.5K}')).toEqual(of('{noise: 0.5K}'));
  expect(problemsOf(() => watch('sensors: {blocks: [nothing]}'))).toEqual(['unknown-name exp.yaml:7:20 nothing']);
  expect(problemsOf(() => watch('sensors: {quantum: -1K}'))).toEqual(['out-of-range exp.yaml:7:20 -1K']);
});
