/** The loop against test/reference/loop, which was written from docs/methods alone. */
import { describe, expect, test } from 'vitest';
import { BUNDLED } from '../../src/base/files.ts';
import { loadExperiment, preparePlant, type RunResult, runScenario } from '../../src/cosim/index.ts';
import { type Design, reducedModel } from '../../src/design/index.ts';
import { type Case, type Outcome, type Policy, ReferenceLoop } from '../reference/loop/loop.ts';
import { held, pace, performance, settings, stepWise } from '../reference/loop/policies.ts';
import { longTest } from '../tier.ts';
import { BUNDLED_TEXTS, COARSE, LEAN_SRAM, MODELS, memoryFiles, SRAM } from './support.ts';

interface Row {
  readonly of: string;
  /** Lines of the experiment besides epoch and duration. */
  readonly lines: string;
  readonly policy: (design: Design, periodS: number, netJ: (points: readonly number[]) => number) => Policy;
  readonly start?: Case['start'];
  readonly periodMs?: number;
  readonly count?: number;
  readonly epochs?: number;
  readonly epochS?: number;
  readonly accelerator?: (text: string) => string;
}

const top = ({ spec }: Design): Policy => performance(spec.domains);
const paced = (
  { spec: { domains } }: Design,
  deadlineS: number,
  netJ: (points: readonly number[]) => number,
): Policy => {
  const nets = settings(domains).map(netJ);
  return pace(domains, { deadlineS, guard: 0.02, floor: nets.indexOf(Math.min(...nets)) });
};

const EDGE = 'accelerator: edge-npu\nworkload: resnet18\n';
const SMALL = 'accelerator: edge-npu\nworkload: ./net.csv\n';
const HP = 'accelerator: edge-npu-hp\nworkload: resnet18\n';
const CLOUD = 'accelerator: cloud-tpu\nworkload: vit_small_encoder\n';
const QUAD = 'accelerator: quad-npu\nworkload: resnet18\n';

/** Small layers, which every change runs. */
const QUICK: Row = {
  of: 'step_wise over pace, small layers',
  lines: `${SMALL}policy: [{ name: step_wise, trip: 47C }, pace]`,
  policy: (design, periodS, netJ) => stepWise(design.spec.domains, 320.15, paced(design, periodS, netJ)),
  periodMs: 0.2,
  epochs: 30,
  epochS: 1e-4,
  // A network of few nodes, which takes no time to reduce.
  accelerator: (text) => text.replace('  package:', '  grid: { rows: 4, columns: 4 }\n  compat: hotspot\n  package:'),
};

const ROWS: readonly Row[] = [
  { of: 'performance, next-use retention', lines: `${EDGE}policy: performance`, policy: top },
  { of: 'pace, next-use retention', lines: `${EDGE}policy: pace`, policy: paced },
  { of: 'pace, consecutive retention', lines: `${HP}policy: pace`, policy: paced },
  { of: 'pace under a short epoch', lines: `${HP}policy: pace`, policy: paced, epochS: 2e-4, epochs: 100 },
  { of: 'a fixed point of performance', lines: `${HP}policy: performance`, policy: top, start: 'self-consistent' },
  { of: 'a fixed point of pace', lines: `${HP}policy: pace`, policy: paced, start: 'self-consistent' },
  {
    of: 'a fixed point of step_wise over pace',
    lines: `${EDGE}policy: [{ name: step_wise, trip: 90C }, pace]`,
    policy: (design, periodS, netJ) => stepWise(design.spec.domains, 363.15, paced(design, periodS, netJ)),
    start: 'self-consistent',
  },
  {
    of: '30 epochs of step_wise that slows down',
    lines: `${HP}policy: { name: step_wise, trip: 70C }`,
    policy: (design) => stepWise(design.spec.domains, 343.15, top(design)),
    start: 'steady',
    epochs: 30,
  },
  {
    of: '30 epochs of step_wise around its trip',
    lines: `${EDGE}policy: { name: step_wise, trip: 50C }`,
    policy: (design) => stepWise(design.spec.domains, 323.15, top(design)),
    epochs: 30,
  },
  {
    of: 'two clocks',
    lines: `${CLOUD}policy: { name: userspace, frequency: { array: 500MHz, memory: 525MHz } }`,
    policy: () => held([2, 1]),
    periodMs: 3,
  },
  { of: 'pace over two rails', lines: `${CLOUD}policy: pace`, policy: paced, periodMs: 3 },
  {
    of: 'pace over two clocks of one rail',
    lines: `${CLOUD}policy: pace`,
    policy: paced,
    periodMs: 3,
    accelerator: (text) =>
      text.replace(/^ {2}array:\n/m, '$&    rail: chip\n').replace(/^ {2}memory:\n/m, '$&    rail: chip\n'),
  },
  { of: 'back to back', lines: `${HP}policy: performance`, policy: top, periodMs: 0, count: 5, epochs: 1e6 },
  { of: 'four arrays', lines: `${QUAD}policy: performance`, policy: top, periodMs: 8 },
  {
    of: 'four arrays, each with a clock of its own',
    lines: `${QUAD}policy: { name: userspace, frequency: { core_0: 200MHz, core_1: 400MHz, core_2: 800MHz, core_3: 600MHz } }`,
    policy: () => held([0, 1, 3, 2]),
    periodMs: 16,
  },
  {
    of: 'four arrays under step_wise',
    lines: `${QUAD}policy: { name: step_wise, trip: 48C }`,
    policy: (design) => stepWise(design.spec.domains, 321.15, top(design)),
    periodMs: 8,
    epochs: 30,
  },
];

function both({
  lines,
  policy,
  start = 'ambient',
  periodMs = 5,
  count = 1e9,
  epochs = 40,
  epochS = 1e-3,
  accelerator,
}: Row): {
  readonly loop: RunResult;
  readonly reference: Outcome;
} {
  const inferences = [
    ...(periodMs > 0 ? [`period: ${periodMs}ms`] : []),
    ...(count < 1e9 ? [`count: ${count}`] : [`duration: ${epochs * epochS * 1e3}ms`]),
  ];
  const head = `version: 1\nname: e\nepoch: ${epochS * 1e3}ms\nstart: ${start}\ninferences: { ${inferences.join(', ')} }\n`;
  const deadline = periodMs > 0 ? `deadline: ${periodMs}ms\n` : '';
  const name = /accelerator: (\S+)/.exec(lines)![1];
  const path = `${BUNDLED}accelerators/${name}/accelerator.yaml`;
  const overlay = accelerator ? { [path]: accelerator(BUNDLED_TEXTS[path]) } : {};
  const files = memoryFiles({ [SRAM]: LEAN_SRAM, 'net.csv': COARSE['net.csv'], ...overlay });
  const experiment = loadExperiment(files, { file: 'exp.yaml', text: `${head}${deadline}${lines}\n` });
  const loop = runScenario(preparePlant(experiment, { cache: MODELS }), experiment);
  const { design, workload } = experiment;
  const what = {
    design,
    layers: workload.layers,
    model: reducedModel(design.spec, design.die!, MODELS),
    epochS,
    periodS: periodMs > 0 ? periodMs * 1e-3 : null,
    count,
    durationS: count < 1e9 ? Number.POSITIVE_INFINITY : epochs * epochS,
    start,
    heatStepS: 5e-5,
  };
  const probe = new ReferenceLoop({ ...what, policy: () => top(design) });
  const reference = new ReferenceLoop({
    ...what,
    policy: () => policy(design, periodMs * 1e-3, (points) => probe.netEnergyJ(points)),
  }).run();
  return { loop, reference };
}

function agree({ loop, reference }: ReturnType<typeof both>): void {
  const latencyS = Array.from(
    loop.inferences.endS.subarray(0, loop.inferences.completed),
    (endS, i) => endS - loop.inferences.releaseS[i],
  );
  expect(latencyS.length).toBe(reference.latencyS.length);
  latencyS.forEach((s, i) => void expect(Math.abs(s - reference.latencyS[i])).toBeLessThan(1e-12));
  expect(Math.abs(loop.simulatedS - reference.simulatedS)).toBeLessThan(1e-12);
  // Energies that do not depend on temperature differ by where a change of voltage falls within a stage, and by rounding.
  for (const part of ['dynamic', 'idle', 'dram', 'transition'] as const) {
    expect(Math.abs(loop.energyJ[part] - reference.energyJ[part]), part).toBeLessThan(1e-4 * loop.energyJ.total);
  }
  expect(Math.abs(reference.energyJ.total / loop.energyJ.total - 1)).toBeLessThan(5e-4);
  expect(Math.abs(reference.peakK - loop.thermal!.peakK)).toBeLessThan(0.1);
  // Within a part the loop knows mean powers only.
  const offK = reference.temperatureAtEpochsK.map((own, e) =>
    Math.max(...own.map((t, u) => Math.abs(t - loop.trace.temperatureK[u][e]))),
  );
  expect(offK.length).toBeGreaterThan(10);
  expect(Math.max(...offK)).toBeLessThan(0.15);
}

describe('an independent loop agrees on energy, latency and peak', () => {
  test(QUICK.of, () => agree(both(QUICK)));
  for (const row of ROWS) longTest(row.of, () => agree(both(row)));
});
