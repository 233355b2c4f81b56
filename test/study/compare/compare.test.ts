/** Comparisons on small networks, worked out in one process. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Files } from '../../../src/base/files.ts';
import { loadExperiment, runExperiment } from '../../../src/cosim/index.ts';
import type { Comparison, ComparisonCell } from '../../../src/report/compare/index.ts';
import { comparisonFiles } from '../../../src/report/compare/index.ts';
import { type CompareRequest, compare, type Executor, Lab, valuesOf } from '../../../src/study/compare/index.ts';
import { withStates } from '../../cosim/states/support.ts';
import { COARSE, LEAN, MODELS, memoryFiles, type Texts } from '../../cosim/support.ts';
import { lawOptions, longTest, someOf } from '../../tier.ts';

const NET = 'layer,type,m,n,k\na,gemm,400,96,256\nb,gemm,100,64,640\nc,gemm,1,500,500\nd,gemm,900,200,128\n';
const experiment = (lines: string): string => `version: 1
name: e
accelerator: edge-npu
workload: ./net.csv
epoch: 100us
${lines}`;

/** One process; the jobs in the given order or from the last to the first. */
function executor(files: Files, backwards = false): Executor {
  const lab = new Lab(files, MODELS);
  return async (jobs) => {
    if (!backwards) return jobs.map((job) => lab.run(job));
    return jobs
      .toReversed()
      .map((job) => lab.run(job))
      .toReversed();
  };
}

function comparing(texts: Texts, request: Partial<CompareRequest>, backwards = false): Promise<Comparison> {
  const whole: CompareRequest = {
    experiment: 'exp.yaml',
    policies: [],
    set: [],
    sweeps: [],
    start: 'own',
    checkEpoch: false,
    uncertain: [],
    draws: 0,
    ...request,
  };
  return compare(whole, executor(memoryFiles(texts), backwards));
}

const FROZEN: Texts = { ...LEAN, 'net.csv': NET };
const COOLED: Texts = { ...COARSE, 'net.csv': NET };
/** Clocks of the edge NPU, MHz. */
const EDGE_MHZ = [200, 300, 400, 500, 600, 700, 800];
const DEADLINE_POLICIES = ['performance', 'race-to-idle', 'static-best', 'pace', 'component-util', 'powersave'];

function figuresIn({ rows }: ComparisonCell, policy: string) {
  const row = rows.find((one) => one.policy === policy);
  if (!row?.figures) throw new Error(`${policy}: ${row?.reason}`);
  return row.figures;
}

describe('without a floorplan, the leakage of every row is that of the oracle', () => {
  // Its layers at the lowest clock take the deadline, which is longer than the period: there is no rest, and no negative one.
  test('an oracle that ignores waiting loses no time to rest', async () => {
    const exp = experiment('inferences: { period: 150us, count: 4 }\ndeadline: 300us');
    const { cells } = await comparing({ ...FROZEN, 'exp.yaml': exp }, { policies: ['performance'] });
    const losses = cells.flatMap(({ rows }) => rows.flatMap((row) => row.losses ?? []));
    const rest = losses.filter(({ what }) => what === 'rest');
    expect(rest.map(({ oracleTimeS }) => oracleTimeS)).toEqual([0]);
    expect(Math.min(...losses.map(({ timeS }) => timeS))).toBeGreaterThanOrEqual(0);
  });

  test.each([
    ['one inference', 'inferences: { count: 1 }', '300us..900us/100us'],
    ['periodic', 'inferences: { period: 700us, count: 30 }', '400us..700us/100us'],
    ['back to back', 'inferences: { count: 30 }', '400us..700us/100us'],
    ['for some time', 'inferences: { period: 900us, duration: 20ms }', '500us..900us/200us'],
  ])('%s: bound <= oracle <= oracle with transitions <= every row in time', async (_, inferences, range) => {
    const texts = { ...FROZEN, 'exp.yaml': experiment(inferences) };
    const values = someOf(valuesOf('--deadline', range), 2);
    const { cells } = await comparing(texts, { policies: DEADLINE_POLICIES, sweeps: [{ path: 'deadline', values }] });
    expect(cells.length).toBe(values.length);
    const met = cells.filter(({ oracle }) => oracle !== null);
    expect(met.length).toBeGreaterThan(0);
    for (const { bound, oracle, oracleWithTransitions, rows, windowS } of met) {
      const inTime = rows.filter(({ figures }) => figures?.deadlineMisses === 0);
      const least = Math.min(...inTime.map(({ figures }) => figures!.energyJ));
      const chain = [bound!.energyJ, oracle!.lowerBoundJ, oracle!.energyJ, oracleWithTransitions!.energyJ, least];
      for (let i = 1; i < chain.length; i++) expect(chain[i - 1]).toBeLessThanOrEqual(chain[i] * (1 + 1e-9));
      for (const { figures } of inTime) {
        expect(figures!.windowS).toBeCloseTo(windowS!, 12);
        expect(figures!.regret).toBeCloseTo(figures!.energyJ / oracle!.energyJ - 1, 12);
      }
    }
  });

  test('the loop replays the schedule with transitions to the last nanojoule', async () => {
    const texts = { ...FROZEN, 'exp.yaml': experiment('inferences: { count: 1 }\ndeadline: 600us\n') };
    const { cells } = await comparing(texts, { policies: ['performance'] });
    const { policyFile, energyJ } = cells[0].oracleWithTransitions!;
    const replay = await comparing(
      { ...texts, 'best.yaml': policyFile! },
      { policies: ['./best.yaml', 'performance'] },
    );
    const row = figuresIn(replay.cells[0], './best.yaml');
    expect(row.deadlineMisses).toBe(0);
    expect(row.energyJ / energyJ).toBeCloseTo(1, 7);
  });

  longTest('no random schedule in time takes less than the oracle with transitions', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 8, max: 300 })), {
          minLength: 2,
          maxLength: 5,
        }),
        fc.array(fc.constantFrom(...EDGE_MHZ), { minLength: 15, maxLength: 15 }),
        fc.double({ min: 1, max: 3, noNaN: true }),
        fc.constantFrom('{ count: 1 }', '{ count: 7 }', '{ period: 20ms, count: 5 }'),
        async (sizes, clocks, factor, inferences) => {
          const net = `layer,type,m,n,k\n${sizes.map(([m, k], l) => `l${l},gemm,${m},64,${k}\n`).join('')}`;
          const schedule = (at: number): string =>
            `version: 1\nname: s${at}\ndescription: drawn\nuses: schedule\nparameters:\n  idle: gated\n  layers:\n${sizes
              .map((_, l) => `    - { layer: ${l}, frequency: ${clocks[(5 * at + l) % 15]}MHz }\n`)
              .join('')}`;
          const own = {
            ...FROZEN,
            'net.csv': net,
            's0.yaml': schedule(0),
            's1.yaml': schedule(1),
            's2.yaml': schedule(2),
          };
          const policies = ['performance', './s0.yaml', './s1.yaml', './s2.yaml', 'pace'];
          const asked = (deadline: string) =>
            comparing(
              { ...own, 'exp.yaml': experiment(`inferences: ${inferences}\ndeadline: ${deadline}\n`) },
              { policies },
            );
          const [fast] = (await asked('10ms')).cells;
          const latencyS = figuresIn(fast, 'performance').latencyS;
          const [cell] = (await asked(`${(factor * latencyS * 1e6).toFixed(3)}us`)).cells;
          const { bound, oracle, oracleWithTransitions: charged, rows, leastDeadlineS } = cell;
          if (leastDeadlineS !== undefined) expect(leastDeadlineS / latencyS).toBeCloseTo(1, 9);
          const inTime = rows.flatMap(({ figures }) => (figures?.deadlineMisses === 0 ? [figures.energyJ] : []));
          // `performance` meets any deadline that is not below its latency.
          if (factor > 1.000001) expect(inTime.length).toBeGreaterThan(0);
          for (const energyJ of inTime) {
            const chain = [bound!.energyJ, oracle!.energyJ, charged!.energyJ, energyJ];
            for (let i = 1; i < chain.length; i++) expect(chain[i - 1]).toBeLessThanOrEqual(chain[i] * (1 + 1e-9));
          }
        },
      ),
      lawOptions(60, 3),
    );
  });

  // From off, each inference but the first wakes first.
  const woken = [
    ['one inference', '{ count: 1 }'],
    ['two', '{ period: 1500us, count: 2 }'],
    ['periodic', '{ period: 1500us, count: 12 }'],
    ['back to back', '{ count: 9 }'],
  ] as const;
  test.each(someOf(woken, 2))(
    'with waking charged, %s: oracle <= oracle with transitions <= every row in time',
    async (_, inferences) => {
      const texts = {
        ...withStates(
          FROZEN,
          'off: {leakage: 0.03, wake_time: 40us, wake_energy: 30uJ}, retention: {leakage: 0.3, wake_time: 3us}',
        ),
        'exp.yaml': experiment(`inferences: ${inferences}\ndeadline: 800us\n`),
        'off.yaml':
          'version: 1\nname: off\ndescription: x\nuses: schedule\nparameters: { idle: gated, layers: [{ layer: 0, frequency: 600MHz }] }\n',
      };
      const policies = [...DEADLINE_POLICIES, './off.yaml'];
      const [{ bound, oracle, oracleWithTransitions: charged, rows }] = (await comparing(texts, { policies })).cells;
      const inTime = rows.flatMap(({ figures }) => (figures?.deadlineMisses === 0 ? [figures.energyJ] : []));
      expect(inTime.length).toBeGreaterThan(2);
      const chain = [bound!.energyJ, oracle!.energyJ, charged!.energyJ, Math.min(...inTime)];
      for (let i = 1; i < chain.length; i++) expect(chain[i - 1]).toBeLessThanOrEqual(chain[i] * (1 + 1e-9));
      const replay = await comparing({ ...texts, 'best.yaml': charged!.policyFile! }, { policies: ['./best.yaml'] });
      const best = figuresIn(replay.cells[0], './best.yaml');
      expect(best.deadlineMisses).toBe(0);
      expect(Math.abs(best.energyJ / charged!.energyJ - 1.01)).toBeLessThanOrEqual(0.01 + 1e-9);
    },
  );

  test('a deadline that cannot be met has no oracle, and the least deadline instead', async () => {
    const texts = { ...FROZEN, 'exp.yaml': experiment('inferences: { count: 1 }\ndeadline: 50us\n') };
    const { cells } = await comparing(texts, { policies: ['performance'] });
    const [{ oracle, leastDeadlineS, rows }] = cells;
    expect(oracle).toBeNull();
    expect(rows[0].figures!.deadlineMisses).toBe(1);
    // No schedule is faster than the fastest clocks.
    expect(leastDeadlineS! / rows[0].figures!.latencyS).toBeCloseTo(1, 12);
    const at = async (deadlineS: number) => {
      const again = await comparing(texts, { policies: ['performance'], set: [`deadline=${deadlineS * 1e6}us`] });
      return again.cells[0].oracleWithTransitions;
    };
    expect(await at(leastDeadlineS!)).not.toBeNull();
    expect(await at(0.999 * leastDeadlineS!)).toBeNull();
  });

  test('where inferences wait for each other, the oracle is no less than the bound, which knows the releases', async () => {
    const one = { ...FROZEN, 'exp.yaml': experiment('inferences: { count: 1 }\ndeadline: 1s\n') };
    const [alone] = (await comparing(one, { policies: ['performance'] })).cells;
    const us = alone.rows[0].figures!.latencyS * 1e6;
    // Releases leave a tenth of an inference; the deadline allows three, which the oracle would use in each.
    const lines = `inferences: { period: ${1.1 * us}us, count: 12 }\ndeadline: ${3 * us}us\n`;
    const [cell] = (
      await comparing({ ...FROZEN, 'exp.yaml': experiment(lines) }, { policies: ['performance', 'pace'] })
    ).cells;
    const { bound, oracle, oracleWithTransitions, rows, remarks } = cell;
    expect(remarks).toContainEqual(expect.stringContaining('inferences wait for each other'));
    expect(oracle!.energyJ).toBeGreaterThanOrEqual(bound!.energyJ);
    expect(oracleWithTransitions!.energyJ).toBeGreaterThanOrEqual(oracle!.energyJ);
    for (const { figures } of rows) {
      if (figures!.deadlineMisses === 0) expect(figures!.energyJ).toBeGreaterThanOrEqual(oracle!.energyJ * (1 - 1e-9));
    }
  });
});

/** Compares rows in time and under the limit with the bound under it; returns how many there are. */
function checkThermalBound({ rows, bound, thermalBound }: ComparisonCell, atLeast: number): number {
  const keeping = rows.flatMap(({ figures }) =>
    figures && figures.timeOverLimitS === 0 && !figures.deadlineMisses ? [figures] : [],
  );
  expect(keeping.length).toBeGreaterThanOrEqual(atLeast);
  const { energyJ, latencyS } = thermalBound!;
  for (const figures of keeping) {
    expect(energyJ).toBeLessThanOrEqual(figures.energyJ);
    if (latencyS !== undefined) expect(latencyS).toBeLessThanOrEqual(figures.latencyS);
  }
  // The same relaxation, with leakage of a warmer die.
  if (bound && energyJ !== undefined) expect(energyJ).toBeGreaterThanOrEqual(bound.energyJ * (1 - 1e-9));
  return keeping.length;
}

describe('on a die', () => {
  const text = experiment('inferences: { period: 500us, count: 24 }\ndeadline: 450us\nlimit: 50C\n');
  const policies = ['performance', 'pace', 'step_wise', 'race-to-idle'];
  const texts = { ...COOLED, 'exp.yaml': text };
  const sweeps = [{ path: 'limit', values: someOf(['48C', '50C'], 1) }];

  longTest('the files do not depend on the order of the runs', async () => {
    const request = { policies: policies.slice(1, 3), sweeps, checkEpoch: true };
    const there = await comparing(texts, request);
    const back = await comparing(texts, request, true);
    const filesOf = (comparison: Comparison): string[] =>
      Object.values(comparisonFiles(comparison)).map((make) => make());
    expect(filesOf(there)).toEqual(filesOf(back));
    const changes = there.cells.flatMap(({ rows }) => rows.map(({ figures }) => figures!.epochChange));
    const known = changes.filter((change) => change !== undefined);
    expect(known.length).toBeGreaterThan(0);
    for (const change of known) expect(Math.abs(change)).toBeLessThan(0.05);
  });

  longTest('a shared start is that of the reference', async () => {
    const own = await comparing(texts, { policies });
    const shared = await comparing(texts, { policies, start: 'shared' });
    expect(figuresIn(shared.cells[0], 'performance')).toEqual(figuresIn(own.cells[0], 'performance'));
    // From a hotter start the cooler policies are hotter.
    const peak = ({ cells }: Comparison, policy: string): number => figuresIn(cells[0], policy).peakTemperatureK!;
    expect(peak(shared, 'race-to-idle')).toBeGreaterThan(peak(own, 'race-to-idle'));
    expect(figuresIn(shared.cells[0], 'race-to-idle').start).toBeUndefined();
    checkThermalBound(own.cells[0], 1);
    expect(shared.cells[0].thermalBound).toBeNull();
    expect(shared.cells[0].remarks).toContainEqual(expect.stringContaining('no bound under the temperature limit'));
  });

  longTest('no row under the limit is below the bound, at any limit, with or without a deadline', async () => {
    const thermal = ['performance', 'step_wise', 'pid-frequency', 'power_allocator', 'tsp', 'powersave', 'pace'];
    const backToBack = experiment('inferences: { count: 200 }\nlimit: 50C\n');
    for (const [exp, count] of [
      [text, 3],
      [backToBack, 8],
    ] as const) {
      const sweep = { path: 'limit', values: ['48C', '53C', '60C', '90C'] };
      const { cells } = await comparing({ ...texts, 'exp.yaml': exp }, { policies: thermal, sweeps: [sweep] });
      let compared = 0;
      for (const cell of cells) compared += checkThermalBound(cell, 0);
      expect(compared).toBeGreaterThan(count);
    }
  });

  test('the reference has cycling and lifetime of one', async () => {
    const { cells } = await comparing(texts, { policies });
    const { cyclingDamage, mttfFactor } = figuresIn(cells[0], 'performance');
    expect([cyclingDamage, mttfFactor]).toEqual([1, 1]);
    expect(figuresIn(cells[0], 'pace').mttfFactor).toBeGreaterThan(1);
  });
});

test('uncertain inputs give a band around the energy, and how often each row is first', async () => {
  const texts = { ...FROZEN, 'exp.yaml': experiment('inferences: { count: 4 }\ndeadline: 600us\n') };
  const uncertain = [
    { name: 'leakage', share: 0.2 },
    { name: 'energy', share: 0.1 },
  ];
  const { cells } = await comparing(texts, { policies: ['performance', 'pace'], uncertain, draws: 8 });
  const shares = cells[0].rows.map(({ figures }) => figures!.uncertain!.firstShare);
  expect(shares).toEqual([0, 1]);
  for (const { figures } of cells[0].rows) {
    const { lowJ, highJ } = figures!.uncertain!;
    expect(lowJ).toBeLessThan(figures!.energyJ);
    expect(highJ).toBeGreaterThan(figures!.energyJ);
    // Nothing moves by more than a fifth.
    expect(lowJ).toBeGreaterThan(0.8 * figures!.energyJ);
    expect(highJ).toBeLessThan(1.2 * figures!.energyJ);
  }
});

test('without a deadline the slowest row sets the window, and deadline policies do not apply', async () => {
  const texts = { ...FROZEN, 'exp.yaml': experiment('inferences: { count: 5 }') };
  const { cells } = await comparing(texts, { policies: ['powersave', 'performance', 'pace'] });
  const [{ oracle, oracleWithTransitions, bound, rows, windowS }] = cells;
  expect([oracle, oracleWithTransitions, bound]).toEqual([null, null, null]);
  const [slow, fast, pace] = rows;
  expect(slow.figures!.windowS).toBe(windowS);
  expect(fast.figures!.windowS).toBeCloseTo(windowS!, 12);
  expect(fast.figures!.latencyS).toBeLessThan(slow.figures!.latencyS);
  expect(pace).toMatchObject({ applicable: false, reason: expect.stringContaining('deadline-missing') });
});

longTest('the mark at half the epoch is that of a run: sensors stay as late as they were', async () => {
  const exp = experiment(
    'inferences: { period: 500us, count: 30 }\ndeadline: 500us\nstart: steady\nlimit: 60C\nsensors: { delay: 300us }\n',
  );
  const texts = { ...COOLED, 'exp.yaml': exp };
  const policies = ['performance', 'pid-frequency'];
  const [{ rows }] = (await comparing(texts, { policies, checkEpoch: true })).cells;
  const files = memoryFiles(texts);
  const ofRun = policies.map((policy) => {
    const loaded = loadExperiment(files, { file: 'exp.yaml', text: exp }, { policy });
    return runExperiment(loaded, { checkEpoch: true, cache: MODELS }).epochChange;
  });
  const ofRows = rows.map(({ figures }) => figures!.epochChange ?? null);
  // A comparison and a run may differ in the last digit of a sum.
  ofRun.forEach((change, i) => {
    expect(ofRows[i] ?? 0).toBeCloseTo(change ?? 0, 12);
  });
  expect([ofRun[0], ofRows[0]]).toEqual([null, null]);
  expect(ofRun.filter((change) => change)).not.toEqual([]);
});

test('a policy that fails fails its row alone', async () => {
  const bad = 'version: 1\nname: bad\nuses: userspace\nparameters: { frequency: 123MHz }\n';
  const texts = { ...FROZEN, 'exp.yaml': experiment('deadline: 1ms'), 'bad.yaml': bad };
  const { cells } = await comparing(texts, { policies: ['./bad.yaml', 'performance'] });
  expect(cells[0].rows).toMatchObject([
    { applicable: false, reason: expect.stringContaining('unknown-operating-point') },
    { applicable: true },
  ]);
  expect(cells[0].reference).toBe('performance');
});
