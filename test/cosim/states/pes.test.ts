/** Rows and columns of PEs that a layer does not use, and arrays that wait at a barrier. */
import { expect, test } from 'vitest';
import { COUNTER_INDEX } from '../../../src/base/counters.ts';
import { preparePlant, type RunResult } from '../../../src/cosim/index.ts';
import { createPipelines } from '../../../src/cosim/pipelines/index.ts';
import type { Decision, DomainState } from '../../../src/policy/index.ts';
import { BUNDLED_TEXTS, COARSE, edit, type Texts } from '../support.ts';
import { go, latencies, PLAIN, QUAD, relative, saying, scenario, withStates } from './support.ts';

const BACK_TO_BACK = 'inferences: {count: 5}\nepoch: 1ms';
const sum = (values: Iterable<number>): number => [...values].reduce((all, one) => all + one, 0);

/** Layers a and b of the network fill the 32 x 32 PEs; the product of one row, c, uses one row of them. */
const PES = withStates(PLAIN, '', 'unused_pes: { leakage: 0.03, wake_time: 2ns, wake_energy: 50fJ }');
const UNUSED = saying({ states: { core: { unusedPes: 'off' } } });

test('by hand: the 31 idle rows of a layer keep 3 % of their leakage, and 992 PEs wake for each inference', () => {
  const on = go(BACK_TO_BACK, { kind: saying({}), overlay: PES });
  const off = go(BACK_TO_BACK, { kind: UNUSED, overlay: PES });
  const pe = on.components.indexOf('pe');
  const savedJ = on.layers[2].leakageJ[pe] * (31 / 32) * 0.97;
  expect(savedJ).toBeGreaterThan(0.05 * on.energyJ.leakage);
  // PEs that wake leak for 4 x 2 ns longer.
  expect(relative(on.energyJ.leakage - off.energyJ.leakage, savedJ)).toBeLessThan(1e-4);
  expect(off.energyJ.transition).toBeCloseTo(4 * 992 * 50e-15, 18);
  expect(off.simulatedS - on.simulatedS).toBeCloseTo(4 * 2e-9, 13);
  expect(off.energyJ.dynamic).toBeCloseTo(on.energyJ.dynamic, 15);
  expect(off.conservation.energyRelative).toBeLessThan(1e-12);
});

test('PEs of a domain that is off leak no more than the domain lets them, and wake with it', () => {
  const overlay = withStates(
    PLAIN,
    'off: { leakage: 0.1, wake_energy: 1nJ }',
    'unused_pes: { leakage: 0.03, wake_energy: 50fJ }',
  );
  const kind = saying({ states: { core: { idle: 'off', unusedPes: 'off' } } });
  const result = go('inferences: {period: 1ms, count: 5}\nepoch: 1ms', { kind, overlay });
  expect(result.energyJ.transition).toBeCloseTo(4 * 1e-9, 18);
  expect(result.conservation.energyRelative).toBeLessThan(1e-12);
});

test('each tile of PEs has the heat of its own rows', () => {
  const overlay = withStates(COARSE, '', 'unused_pes: { leakage: 0, wake_energy: 50fJ }');
  const lines = `${BACK_TO_BACK}\nlimit: 90C`;
  const on = go(lines, { kind: saying({}), overlay });
  const off = go(lines, { kind: UNUSED, overlay });
  const meanW = (result: RunResult, row: number): number => {
    const { blocks } = result.thermal!;
    return sum(blocks.flatMap((name, u) => (name.startsWith(`pe_${row}_`) ? [sum(result.trace.powerW[u])] : [])));
  };
  // The first row of tiles holds the only row of PEs that stays on; the others save alike.
  const saved = [0, 1, 2, 3].map((row) => meanW(on, row) - meanW(off, row));
  expect(saved[3]).toBeGreaterThan(0);
  expect(relative(saved[0] / saved[3], 7 / 8)).toBeLessThan(0.02);
  expect(off.conservation.heatRelative).toBeLessThan(1e-6);
  expect(off.conservation.energyRelative).toBeLessThan(1e-12);
});

/** quad-npu without a die, whose DRAM delivers at once, so that each array takes the time it takes alone. */
const FAST_QUAD = {
  ...PLAIN,
  [QUAD]: edit(
    edit(BUNDLED_TEXTS[QUAD], /# Each array has a region[\s\S]*?\n\n/, ''),
    /bandwidth: 8GB\/s\n {2}latency: 100ns/,
    'bandwidth: 1000000GB/s\n  latency: 0ns',
  ),
  // Products that four arrays cannot share evenly.
  'net.csv': 'layer,type,m,n,k\na,gemm,81,80,256\nb,gemm,40,40,300\nc,gemm,1,500,500\n',
};
const barriers = (barrier: DomainState) =>
  Object.fromEntries([0, 1, 2, 3].map((array) => [`core_${array}`, { barrier }]));
const quad = (states: string, barrier: Decision['states'] = barriers('off')) =>
  go(BACK_TO_BACK, {
    ...{ kind: saying(barrier ? { states: barrier } : {}), accelerator: 'quad-npu' },
    overlay: withStates(FAST_QUAD, states, '', QUAD),
  });

/** Seconds of each step, by array, from each array's time alone. */
function stepTimes(texts: Texts): readonly Float64Array[] {
  const experiment = scenario(BACK_TO_BACK, { overlay: texts, accelerator: 'quad-npu' });
  const { plant, programs } = preparePlant(experiment);
  const { spec } = plant.design;
  const point = plant.domains.map(({ points }) => points.length - 1);
  return programs.arrays.map((program, a) => {
    const own = { ...spec, arrays: [spec.arrays[a]] };
    return createPipelines([program], own).inference(point).stepS;
  });
}

/** Seconds that each array waits at barriers in one inference. */
function waits(): number[] {
  const alone = stepTimes(FAST_QUAD);
  const longest = Array.from(alone[0], (_, step) => Math.max(...alone.map((stepS) => stepS[step])));
  return alone.map((stepS) => sum(longest.map((seconds, step) => seconds - stepS[step])));
}

test('by hand: arrays that wait at a barrier save their leakage and waiting clock for that time', () => {
  const states = 'retention: { leakage: 0.2 }, clock-gated: {}';
  const on = quad(states, {});
  const off = quad(states, barriers('retention'));
  const waitS = 5 * sum(waits());
  expect(waitS).toBeGreaterThan(0.05 * on.simulatedS);
  expect(off.simulatedS).toBe(on.simulatedS);
  // All arrays leak alike.
  const leakW = on.energyJ.leakage / on.simulatedS / 4;
  expect(relative(on.energyJ.leakage - off.energyJ.leakage, waitS * leakW * 0.8)).toBeLessThan(1e-6);
  const gated = quad(states, barriers('clock-gated'));
  expect(gated.energyJ.leakage).toBeCloseTo(on.energyJ.leakage, 14);
  // The waiting clock is a quarter of a cycle in which all PEs work; both savings are of the same clock and time.
  expect(relative(gated.energyJ.idle, off.energyJ.idle)).toBeLessThan(1e-12);
  expect(gated.energyJ.idle).toBeLessThan(on.energyJ.idle);
  for (const result of [on, off, gated]) expect(result.conservation.energyRelative).toBeLessThan(1e-12);
});

test('arrays that wake after a barrier hold up the next layer, and pay', () => {
  const free = quad('off: { leakage: 0.2 }');
  const paid = quad('off: { leakage: 0.2, wake_time: 1us, wake_energy: 3nJ }');
  const wakings = paid.energyJ.transition / 3e-9;
  expect(Math.abs(wakings - Math.round(wakings))).toBeLessThan(1e-6);
  expect(wakings).toBeGreaterThan(5);
  const later = latencies(paid)[0] - latencies(free)[0];
  expect(later).toBeGreaterThan(0);
  // No more than a microsecond at each of the two barriers within an inference.
  expect(later).toBeLessThan(2.0001e-6);
  expect(paid.conservation.energyRelative).toBeLessThan(1e-12);
  expect(paid.macs).toBe(free.macs);
});

/**
 * Words of the next layer that each array had early, by step, as the schedule says them; and the arrays that wait at the end of the
 * step, from each array's time alone.
 */
function lostBits(texts: Texts): number {
  const experiment = scenario(BACK_TO_BACK, { overlay: texts, accelerator: 'quad-npu' });
  const { programs } = preparePlant(experiment);
  const { steps, arrays } = programs;
  const times = stepTimes(texts);
  let bits = 0;
  // After the last step of an inference, everything begins anew.
  for (let step = 0; step + 1 < steps.length; step++) {
    const longestS = Math.max(...times.map((stepS) => stepS[step]));
    arrays.forEach(({ stages }, a) => {
      if (times[a][step] >= longestS * (1 - 1e-12)) return;
      for (const { layer, ofNext } of stages) {
        if (layer === steps[step].layer && ofNext) bits += ofNext[COUNTER_INDEX.dram_read_bits];
      }
    });
  }
  return bits;
}

/** Layers whose parts are of four sizes: in every step one array is slower than all others. */
const FOUR_SIZES = {
  ...FAST_QUAD,
  'net.csv': 'layer,type,m,n,k\na,gemm,129,129,256\nb,gemm,97,97,300\nc,gemm,65,129,500\nd,gemm,129,65,200\n',
};

test('filters that were there before the scratchpad went off are fetched again: as many bits as the schedule had early', () => {
  const run = (barrier: NonNullable<Decision['states']>) =>
    go(BACK_TO_BACK, {
      ...{ kind: saying({ states: barrier }), accelerator: 'quad-npu' },
      overlay: withStates(FOUR_SIZES, 'off: { leakage: 0.2 }, retention: { leakage: 0.3 }', '', QUAD),
    });
  const [none, kept, lost] = [run({}), run(barriers('retention')), run(barriers('off'))];
  expect(kept.counts).toEqual(none.counts);
  const bits = 5 * lostBits(FOUR_SIZES);
  expect(bits).toBeGreaterThan(0);
  const more = (counter: keyof typeof COUNTER_INDEX): number =>
    lost.counts[COUNTER_INDEX[counter]] - kept.counts[COUNTER_INDEX[counter]];
  expect(more('dram_read_bits')).toBeCloseTo(bits, 3);
  expect(more('filter_sram_write_bits')).toBeCloseTo(bits, 3);
  expect(more('dram_filter_reads')).toBeCloseTo(bits / 8, 3);
  for (const other of ['macs', 'dram_write_bits', 'ifmap_sram_reads', 'ofmap_sram_write_bits'] as const) {
    expect(more(other), other).toBe(0);
  }
  // The energy of reading a bit, from what all other bits take.
  const dramJ = ({ actionJ, components }: RunResult): number => actionJ[components.indexOf('dram')];
  const crossing = kept.counts[COUNTER_INDEX.dram_read_bits] + kept.counts[COUNTER_INDEX.dram_write_bits];
  expect(relative(dramJ(lost) - dramJ(kept), (dramJ(kept) / crossing) * bits)).toBeLessThan(1e-9);
  expect(lost.conservation.energyRelative).toBeLessThan(1e-12);
});
