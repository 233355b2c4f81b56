/**
 * The loop against test/reference/loop on drawn cases: wishes that come while clocks change, states without work that take time and
 * energy to wake from, and DRAM as a domain.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BUNDLED } from '../../src/base/files.ts';
import { loadExperiment, preparePlant, type RunResult, runScenario } from '../../src/cosim/index.ts';
import { reducedModel } from '../../src/design/index.ts';
import { POLICY_KINDS } from '../../src/policy/index.ts';
import { type Outcome, ReferenceLoop } from '../reference/loop/loop.ts';
import type { RestState } from '../reference/loop/rests.ts';
import { lawOptions } from '../tier.ts';
import { saying } from './states/support.ts';
import { BUNDLED_TEXTS, COARSE, edit, LEAN_SRAM, MODELS, memoryFiles, SRAM } from './support.ts';

const EPOCH_S = 1e-4;
const EPOCHS = 30;

interface Drawn {
  readonly of: 'edge-npu' | 'edge-npu with a DRAM of points' | 'cloud-tpu';
  readonly relockUs: number;
  readonly slewMvPerUs: number;
  readonly wakeUs: number;
  readonly wakeNj: number;
  readonly leakage: number;
  readonly rests: readonly RestState[];
  readonly periodUs: number;
  /** For each epoch and domain, a part of the way from the lowest point to the highest. */
  readonly wishes: readonly (readonly [number, number])[];
}

const part = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100);
const drawn: fc.Arbitrary<Drawn> = fc.record({
  of: fc.constantFrom('edge-npu', 'edge-npu with a DRAM of points', 'cloud-tpu'),
  relockUs: fc.integer({ min: 1, max: 250 }),
  slewMvPerUs: fc.integer({ min: 1, max: 40 }),
  wakeUs: fc.integer({ min: 0, max: 60 }),
  wakeNj: fc.integer({ min: 0, max: 2000 }),
  leakage: fc.integer({ min: 2, max: 80 }).map((percent) => percent / 100),
  rests: fc.tuple(
    fc.constantFrom<RestState>('on', 'clock-gated', 'retention', 'off'),
    fc.constantFrom<RestState>('on', 'retention'),
  ),
  periodUs: fc.integer({ min: 150, max: 900 }),
  wishes: fc.array(fc.tuple(part, part), { minLength: EPOCHS, maxLength: EPOCHS }),
});

const DRAM = /bandwidth: 8GB\/s\n {2}latency: 100ns\n {2}background_power: 30mW/;

/** The accelerator of a case, on a coarse grid. */
function acceleratorOf({ of, relockUs, slewMvPerUs, wakeUs, wakeNj, leakage }: Drawn): string {
  const [name] = of.split(' ');
  const states = `{ leakage: ${leakage}, wake_time: ${wakeUs}us, wake_energy: ${wakeNj}nJ }`;
  const change = `transition: { relock: ${relockUs}us, slew: ${slewMvPerUs}mV/us }`;
  const text = BUNDLED_TEXTS[`${BUNDLED}accelerators/${name}/accelerator.yaml`]
    .replace('  package:', '  grid: { rows: 4, columns: 4 }\n  compat: hotspot\n  package:')
    .replaceAll(
      /^( {2}(?:core|array|memory):\n)( {4}operating_points:)/gm,
      `$1    ${change}\n    states: { retention: ${states}, off: ${states} }\n$2`,
    );
  if (!of.endsWith('points')) return text;
  return edit(
    text,
    DRAM,
    [
      'operating_points:',
      '    - { frequency: 800MHz, voltage: 1.1V, bandwidth: 4GB/s, latency: 200ns, background_power: 15mW }',
      '    - { frequency: 1600MHz, voltage: 1.1V, bandwidth: 8GB/s, latency: 100ns, background_power: 30mW }',
      `  states: { retention: { background: ${leakage}, wake_time: ${wakeUs}us, wake_energy: ${wakeNj}nJ } }`,
    ].join('\n'),
  );
}

function both(one: Drawn): { readonly loop: RunResult; readonly reference: Outcome } {
  const [name] = one.of.split(' ');
  const path = `${BUNDLED}accelerators/${name}/accelerator.yaml`;
  const files = memoryFiles({ [SRAM]: LEAN_SRAM, 'net.csv': COARSE['net.csv'], [path]: acceleratorOf(one) });
  const wished = (domains: readonly { readonly points: readonly unknown[] }[], timeS: number): number[] => {
    const wish = one.wishes[Math.min(EPOCHS - 1, Math.round(timeS / EPOCH_S))];
    return domains.map(({ points }, d) => Math.round(wish[d] * (points.length - 1)));
  };
  const kind = saying(
    {},
    {
      triggers: [],
      decide: ({ timeS, context: { domains } }, state) => ({
        ranges: Object.fromEntries(wished(domains, timeS).map((k, d) => [domains[d].name, [k, k] as const])),
        states: Object.fromEntries(domains.map((domain, d) => [domain.name, one.rests[d]])),
        ...{ state: state ?? null, reason: 'drawn' },
      }),
    },
  );
  const inferences = `{ period: ${one.periodUs}us, duration: ${EPOCHS * EPOCH_S * 1e3}ms }`;
  const lines = `accelerator: ${name}\nworkload: ./net.csv\npolicy: ./saying.ts\nepoch: 100us\nstart: ambient`;
  const text = `version: 1\nname: e\n${lines}\ninferences: ${inferences}\n`;
  const kinds = [...POLICY_KINDS, kind];
  const experiment = loadExperiment(files, { file: 'exp.yaml', text }, { kinds });
  const { design, workload } = experiment;
  const reference = new ReferenceLoop({
    ...{ design, layers: workload.layers, model: reducedModel(design.spec, design.die!, MODELS) },
    ...{ epochS: EPOCH_S, periodS: one.periodUs * 1e-6, count: 1e9, durationS: EPOCHS * EPOCH_S },
    ...{ start: 'ambient', heatStepS: 5e-5, rests: one.rests },
    policy:
      () =>
      ({ timeS, triggers }) =>
        triggers.has('epoch') ? wished(design.spec.domains, timeS) : null,
  }).run();
  return { loop: runScenario(preparePlant(experiment, { cache: MODELS }), experiment), reference };
}

test('an independent loop agrees on deferred wishes, states and DRAM points', () => {
  fc.assert(
    fc.property(drawn, (one) => {
      const { loop, reference } = both(one);
      const { releaseS, endS, completed } = loop.inferences;
      const latencyS = Array.from(endS.subarray(0, completed), (s, i) => s - releaseS[i]);
      expect(latencyS.length).toBe(reference.latencyS.length);
      latencyS.forEach((s, i) => void expect(Math.abs(s - reference.latencyS[i])).toBeLessThan(1e-12));
      for (const key of ['dynamic', 'idle', 'dram', 'transition', 'leakage'] as const) {
        const off = Math.abs(loop.energyJ[key] - reference.energyJ[key]);
        expect(off, key).toBeLessThan((key === 'leakage' ? 5e-4 : 1e-4) * loop.energyJ.total);
      }
      expect(Math.abs(reference.energyJ.total / loop.energyJ.total - 1)).toBeLessThan(5e-4);
      expect(Math.abs(reference.peakK - loop.thermal!.peakK)).toBeLessThan(0.15);
    }),
    { ...lawOptions(40, 1), endOnFailure: true },
  );
});
