/** Several domains on one rail: it stands at the highest voltage that one of them needs. */
import { expect, test } from 'vitest';
import { BUNDLED } from '../../src/base/files.ts';
import { type RunResult, runExperiment } from '../../src/cosim/index.ts';
import { COARSE, edit, load, MODELS, problemsOf, type Texts } from './support.ts';

const NPU = `${BUNDLED}accelerators/edge-npu/accelerator.yaml`;

const domain = (name: string, slowV: string, more = ''): string => `  ${name}:${more}
    operating_points:
      - { frequency: 400MHz, voltage: ${slowV} }
      - { frequency: 800MHz, voltage: 1V }
`;
const ON_ONE_RAIL = '\n    rail: vdd';

/** edge-npu whose ifmap scratchpad has a clock of its own. */
const design = (...domains: readonly string[]): Texts => ({
  ...COARSE,
  [NPU]: edit(
    edit(COARSE[NPU], /domains:\n( {2}.*\n)+/, `domains:\n${domains.join('')}`),
    'port: 256bit, domain: core',
    'port: 256bit, domain: memory',
  ).replace(/(ifmap_spad:\n\s+domain: )core/, '$1memory'),
});
const SHARED = design(domain('core', '0.8V', ON_ONE_RAIL), domain('memory', '0.8V', ON_ONE_RAIL));

const loaded = (lines: string, overlay: Texts) =>
  load(`version: 1\nname: e\naccelerator: edge-npu\nworkload: ./net.csv\nstart: ambient\n${lines}\n`, { overlay });
const go = (lines: string, overlay: Texts): RunResult => runExperiment(loaded(lines, overlay), { cache: MODELS });
const FIXED = 'policy: {name: fixed, frequency: {core: 400MHz, memory: 800MHz}}';

test('one point of 0.8 V and one of 1 V: both domains are at 1 V, as if the first had a rail of its own at 1 V', () => {
  const shared = go(FIXED, SHARED);
  for (const { voltageV } of shared.trace.domains) expect([...new Set(voltageV)]).toEqual([1]);
  const apart = go(FIXED, design(domain('core', '1V'), domain('memory', '1V')));
  expect(shared.energyJ).toEqual(apart.energyJ);
  expect(shared.conservation.energyRelative).toBeLessThan(1e-9);
  // With rails of their own the core is at 0.8 V, and takes less.
  const own = go(FIXED, design(domain('core', '0.8V'), domain('memory', '0.8V')));
  expect(own.energyJ.dynamic).toBeLessThan(0.9 * shared.energyJ.dynamic);
});

test('by hand: a rail that is high enough needs no ramp and no energy; the last to leave pays for both', () => {
  const lines = 'policy: {name: step_wise, trip: 45.02C, domains: [DOMAINS]}\ninferences: {duration: 3ms}\nepoch: 1ms';
  const transitions = (domains: string) =>
    go(lines.replace('DOMAINS', domains), SHARED).events.filter(({ kind }) => kind === 'transition');
  // The memory stays at 1 V.
  expect(transitions('core').map(({ reason }) => reason)).toEqual(['0 nJ']);
  // 100 nF x (1 - 0.64) V^2 = 36 nJ for the rail, whoever goes last.
  expect(transitions('core, memory').map(({ reason }) => reason)).toEqual(['0 nJ', '36 nJ']);
});

test.each([
  'powersave',
  'performance',
  'static-best',
  'pace',
  '{name: pace, floor: none}',
  'component-util',
  '{name: component-util, rule: threshold}',
  '{name: pid-frequency, target: 46C}',
  '{name: race-to-idle, idle: gated}',
])('%s runs on one rail, conserves energy, and the order of domains does not matter', (policy) => {
  const lines = `policy: ${policy}\ninferences: {period: 900us, count: 6}\nepoch: 200us\ndeadline: 800us`;
  const [core, memory] = [domain('core', '0.8V', ON_ONE_RAIL), domain('memory', '0.8V', ON_ONE_RAIL)];
  const [one, other] = [go(lines, design(core, memory)), go(lines, design(memory, core))];
  expect(one.conservation.energyRelative).toBeLessThan(1e-9);
  expect(other.energyJ.total / one.energyJ.total).toBeCloseTo(1, 9);
  expect(other.transitions).toBe(one.transitions);
  expect([...other.inferences.endS]).toEqual([...one.inferences.endS]);
  // At every time both have the same supply.
  one.trace.domains[0].voltageV.forEach((v, n) => {
    expect(one.trace.domains[1].voltageV[n]).toBeCloseTo(v, 12);
  });
});

test('a fixed rail never moves: no ramp, no energy; a point that needs more, or an unknown rail, is an error', () => {
  const fixedAt = (rail: string, voltage: string): Texts => ({
    ...SHARED,
    [NPU]: edit(SHARED[NPU], '\nbindings:', `\nrails: { ${rail}: { voltage: ${voltage} } }\n\nbindings:`),
  });
  const r = go('policy: race-to-idle\ninferences: {period: 900us, count: 3}', fixedAt('vdd', '1.1V'));
  expect(r.energyJ.transition).toBe(0);
  expect(r.transitions).toBeGreaterThan(0);
  expect([...new Set(r.trace.domains[0].voltageV)]).toEqual([1.1]);
  expect(problemsOf(() => loaded('', fixedAt('vdd', '0.9V'))).map((p) => p.split(' ')[0])).toEqual([
    'two-voltages-on-one-rail',
    'two-voltages-on-one-rail',
  ]);
  expect(problemsOf(() => loaded('', fixedAt('vd', '1.1V'))).map((p) => p.split(' ')[0])).toEqual(['unknown-name']);
});
