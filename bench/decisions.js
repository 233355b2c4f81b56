// node bench/decisions.js: the cost of a decision of each bundled policy, and of policies in modules against the same ones bundled.
import { readdirSync, readFileSync } from 'node:fs';
import { InputError } from '../dist/base/errors.js';
import { parseOverride } from '../dist/base/overrides.js';
import { loadExperiment, preparePlant } from '../dist/cosim/index.js';
import { runLoop } from '../dist/cosim/loop/loop.js';
import { createRun } from '../dist/cosim/plant/prepared-run.js';
import { nodeFiles } from '../dist/node.js';
import { moduleKind, POLICY_KINDS } from '../dist/policy/index.js';

const text = (accelerator) => `version: 1
name: bench
accelerator: ${accelerator}
workload: resnet18
inferences: { period: 5ms, duration: 500ms }
deadline: 8ms
epoch: 0.1ms
limit: 85C
start: ambient
`;

const known = new Map();

/** Median seconds of a question to the stack, within a run of 5,000 epochs and two thousand starts of layers. */
function decisionS(accelerator, policy, kinds = POLICY_KINDS) {
  const overrides = policy === 'userspace' ? ['policy.frequency=400MHz'].map(parseOverride) : [];
  const like = known.get(accelerator)?.experiment;
  const source = { file: 'bench.yaml', text: text(accelerator) };
  const experiment = loadExperiment(nodeFiles, source, { policy, overrides, kinds, like });
  if (!known.has(accelerator)) known.set(accelerator, { experiment, prepared: preparePlant(experiment) });
  const { plant, programs } = known.get(accelerator).prepared;
  const run = createRun(experiment, plant, programs);
  const times = [];
  const stack = {
    ...run.stack,
    decide(observation, state) {
      const from = performance.now();
      const decision = run.stack.decide(observation, state);
      times.push(performance.now() - from);
      return decision;
    },
  };
  runLoop({ ...run, stack }, { startW: null });
  // The first fifth warms the code up. A median, as other programs interrupt some of the questions.
  const warm = times.slice(times.length / 5).sort((a, b) => a - b);
  return warm[warm.length >> 1] / 1e3;
}

const print = (name, value, ratio) =>
  process.stdout.write(
    `${JSON.stringify({ name, value: Number(value.toPrecision(4)), unit: 's', ...(ratio ? { ratio: Number(ratio.toPrecision(4)) } : {}) })}\n`,
  );

/** The same rules as a program. */
const MODULES = {
  performance: {
    name: 'performance',
    decide: ({ context }, state) => ({
      ranges: Object.fromEntries(
        context.domains.map(({ name, points }) => [name, [points.length - 1, points.length - 1]]),
      ),
      state,
      reason: 'highest point',
    }),
  },
  step_wise: {
    name: 'step_wise',
    role: 'cap',
    init: () => ({ cooling: 0, lastK: null }),
    decide(view, state) {
      const { domains, limitK } = view.context;
      let { cooling, lastK } = state;
      const ranges = (n) =>
        Object.fromEntries(domains.map(({ name, points }) => [name, [0, Math.max(0, points.length - 1 - n)]]));
      if (!view.triggers.has('epoch')) return { ranges: ranges(cooling), state, reason: 'unchanged' };
      let hottestK = 0;
      for (const kelvin of view.temperatureK) hottestK = Math.max(hottestK, kelvin);
      if (hottestK >= limitK) cooling += lastK === null || hottestK > lastK ? 1 : 0;
      else if (lastK !== null && hottestK < lastK) cooling = Math.max(0, cooling - 1);
      return {
        ranges: ranges(Math.min(cooling, 6)),
        state: { cooling: Math.min(cooling, 6), lastK: hottestK },
        reason: 'step',
      };
    },
  },
};
const source = { file: './mine.ts', text: readFileSync(new URL('decisions.js', import.meta.url), 'utf8') };
for (const [name, definition] of Object.entries(MODULES)) {
  const kind = { ...moduleKind(definition, source), id: 'mine.ts' };
  const bundled = decisionS('edge-npu-hp', name);
  const own = decisionS('edge-npu-hp', './mine.ts', [...POLICY_KINDS, kind]);
  print(`decision of a module as ${name}`, own, own / bundled);
}

for (const file of readdirSync(new URL('../policies', import.meta.url))) {
  const policy = file.replace('.yaml', '');
  for (const accelerator of ['edge-npu-hp', 'quad-npu']) {
    try {
      print(`decision ${policy} ${accelerator}`, decisionS(accelerator, policy));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }
}
