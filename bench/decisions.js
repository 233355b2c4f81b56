// node bench/decisions.js [NAME ...]: the cost of a decision of each bundled policy, and of the same policies in modules; of the named
// ones only. `loops` is the cost in fixed loops of 250 dependent multiply-adds, measured after each decision: it says how fast the
// machine was meanwhile. At 4 GHz such a loop takes 0.5 us.
import { readdirSync, readFileSync } from 'node:fs';
import { InputError } from '../dist/base/errors.js';
import { loadExperiment, preparePlant } from '../dist/cosim/index.js';
import { runLoop } from '../dist/cosim/loop/loop.js';
import { createRun } from '../dist/cosim/plant/prepared-run.js';
import { nodeFiles } from '../dist/node.js';
import { moduleKind, POLICY_KINDS } from '../dist/policy/index.js';
import { multiplyAdds } from './measure.js';

const text = (accelerator) => `version: 1
name: bench
accelerator: ${accelerator}
workload: resnet18
inferences: { period: 5ms, duration: 10s }
deadline: 8ms
epoch: 0.1ms
limit: 85C
start: ambient
`;

const known = new Map();

/** Median seconds of a question to the stack, and of the fixed loop, in a run of 100,000 epochs and as many starts of layers as fit. */
function decisionS(accelerator, policy, kinds = POLICY_KINDS) {
  const like = known.get(accelerator)?.experiment;
  const source = { file: 'bench.yaml', text: text(accelerator) };
  const experiment = loadExperiment(nodeFiles, source, { policy, overrides: [], kinds, like });
  if (!known.has(accelerator)) known.set(accelerator, { experiment, prepared: preparePlant(experiment) });
  const { plant, programs } = known.get(accelerator).prepared;
  const run = createRun(experiment, plant, programs);
  const times = [];
  const loops = [];
  const stack = {
    ...run.stack,
    decide(observation, state) {
      const from = performance.now();
      const decision = run.stack.decide(observation, state);
      const until = performance.now();
      multiplyAdds(250);
      loops.push(performance.now() - until);
      times.push(until - from);
      return decision;
    },
  };
  runLoop({ ...run, stack }, { startW: null });
  return { medianS: median(times), loopS: median(loops) };
}

/** The first fifth warms the code up. A median, as other programs interrupt some of the questions. */
function median(times) {
  const warm = times.slice(times.length / 5).sort((a, b) => a - b);
  return warm[warm.length >> 1] / 1e3;
}

function print(name, { medianS, loopS }, bundled) {
  const round = (value) => Number(value.toPrecision(4));
  const ratio = bundled && { ratio: round(medianS / loopS / (bundled.medianS / bundled.loopS)) };
  console.log(JSON.stringify({ name, value: round(medianS), unit: 's', loops: round(medianS / loopS), ...ratio }));
}

/** Policies as one would write them in a module: `decide` of a view, a state and the context. */
const POLICIES = {
  'highest points': {
    role: 'choice',
    init: () => null,
    decide: (_, state, { domains }) => ({
      ranges: Object.fromEntries(domains.map(({ name, points }) => [name, [points.length - 1, points.length - 1]])),
      state,
      reason: 'highest point',
    }),
  },
  'steps by temperature': {
    role: 'cap',
    init: () => ({ cooling: 0, lastK: null }),
    decide(view, state, { domains, limitK }) {
      let { cooling, lastK } = state;
      const ranges = (n) =>
        Object.fromEntries(domains.map(({ name, points }) => [name, [0, Math.max(0, points.length - 1 - n)]]));
      if (!view.triggers.has('epoch')) return { ranges: ranges(cooling), state, reason: 'unchanged' };
      let hottestK = 0;
      for (const kelvin of view.temperatureK) hottestK = Math.max(hottestK, kelvin);
      if (hottestK >= limitK) cooling += lastK === null || hottestK > lastK ? 1 : 0;
      else if (lastK !== null && hottestK < lastK) cooling = Math.max(0, cooling - 1);
      const steps = Math.min(cooling, 6);
      return { ranges: ranges(steps), state: { cooling: steps, lastK: hottestK }, reason: 'step' };
    },
  },
  'lowest clock in time': {
    role: 'deadline',
    triggers: ['start', 'layer'],
    init: () => null,
    decide({ timeS, inference }, state, { domains }) {
      const top = domains[0].points.length - 1;
      let point = inference === null ? top : 0;
      if (inference !== null) {
        const at = (p) => Object.fromEntries(domains.map((d) => [d.name, Math.min(p, d.points.length - 1)]));
        while (point < top && timeS + inference.remainingS(at(point)) > inference.deadlineS) point++;
      }
      const ranges = Object.fromEntries(
        domains.map(({ name, points }) => [name, [Math.min(point, points.length - 1), points.length - 1]]),
      );
      return { ranges, state, reason: 'in time' };
    },
  },
};
const source = { file: './mine.ts', text: readFileSync(new URL('decisions.js', import.meta.url), 'utf8') };

/** The same policy in a module and bundled: a kind with the same `decide`, which sees the observations themselves. */
function kindsOf({ role, triggers = [], init, decide }) {
  const definition = { name: 'mine', role, triggers, init, decide: (view, state) => decide(view, state, view.context) };
  const own = { ...moduleKind(definition, source), id: 'mine.ts' };
  const create = (_, context) => ({
    initial: init(context),
    triggers,
    decide: (observation, state) => decide(observation, state, context),
  });
  return [own, { ...own, check: () => null, create }];
}

const only = process.argv.slice(2);
const isWanted = (name) => only.length === 0 || only.includes(name);

for (const [name, policy] of Object.entries(POLICIES)) {
  if (!isWanted('modules')) continue;
  for (const accelerator of ['edge-npu-hp', 'quad-npu']) {
    const [own, bundled] = kindsOf(policy).map((kind) => decisionS(accelerator, './mine.ts', [...POLICY_KINDS, kind]));
    print(`decision of a bundled policy, ${name}, ${accelerator}`, bundled);
    print(`decision of a module, ${name}, ${accelerator}`, own, bundled);
  }
}

for (const file of readdirSync(new URL('../policies', import.meta.url))) {
  const policy = file.replace('.yaml', '');
  if (!isWanted(policy)) continue;
  for (const accelerator of ['edge-npu-hp', 'quad-npu']) {
    try {
      print(`decision ${policy} ${accelerator}`, decisionS(accelerator, policy));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }
}
