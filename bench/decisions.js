// node bench/decisions.js [NAME ...]: the cost of a decision of each bundled policy, and of the same policies in modules; of the named
// ones only: `pace`, `modules`, `'highest points'`. `loops` is the cost in fixed loops of 250 dependent multiply-adds, measured after
// each decision: it says how fast the machine was meanwhile. At 4 GHz such a loop takes 0.5 us.
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { InputError } from '../dist/base/errors.js';
import { loadExperiment, preparePlant } from '../dist/cosim/index.js';
import { runLoop } from '../dist/cosim/loop/loop.js';
import { createRun } from '../dist/cosim/plant/prepared-run.js';
import { nodeFiles } from '../dist/node.js';
import { moduleKind, POLICY_KINDS } from '../dist/policy/index.js';
import { multiplyAdds } from './measure.js';

const text = (accelerator, duration) => `version: 1
name: bench
accelerator: ${accelerator}
workload: resnet18
inferences: { period: 5ms, duration: ${duration} }
deadline: 8ms
epoch: 0.1ms
limit: 85C
start: ambient
`;

const known = new Map();

function prepared(accelerator, policy, kinds, duration) {
  const like = known.get(accelerator)?.experiment;
  const source = { file: 'bench.yaml', text: text(accelerator, duration) };
  const experiment = loadExperiment(nodeFiles, source, { policy, overrides: [], kinds, like });
  if (!known.has(accelerator)) known.set(accelerator, { experiment, prepared: preparePlant(experiment) });
  const { plant, programs } = known.get(accelerator).prepared;
  return createRun(experiment, plant, programs);
}

/** Median seconds of a question to the stack, and of the fixed loop, in a run of 100,000 epochs and as many starts of layers as fit. */
function decisionS(accelerator, policy) {
  const run = prepared(accelerator, policy, POLICY_KINDS, '10s');
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
  return { medianS: warm(times), loopS: warm(loops) };
}

/** The first fifth warms the code up. A median, as other programs interrupt some of the questions. */
function warm(times) {
  return middle(times.slice(times.length / 5)) / 1e3;
}

function middle(values) {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

function print(name, { medianS, loopS }) {
  const round = (value) => Number(value.toPrecision(4));
  console.log(JSON.stringify({ name, value: round(medianS), unit: 's', loops: round(medianS / loopS) }));
}

const MODULES = ['highest points', 'steps by temperature', 'lowest clock in time'];

/**
 * Mean seconds of a decision of a module, and of the same policy bundled, replays included. Both run in turn. Each value is the median of
 * blocks of decisions in a row, as other programs interrupt some of the blocks; the cost of reading the clock is not in it.
 */
async function moduleS(name, accelerator) {
  // The command line loads two further copies of a module, with code of their own, which repeat some decisions.
  const [bundled, own, ...twins] = await Promise.all(
    ['bundled', 'own', 'twin1', 'twin2'].map((copy) => import(`./module-policies.js?${copy}`)),
  );
  const inModule = moduleKind(
    own.definitionOf(name),
    source,
    undefined,
    twins.map((twin) => twin.definitionOf(name)),
  );
  const runs = [{ ...inModule, id: 'mine.ts' }, inBundle(bundled.POLICIES[name], inModule)].map((kind) => ({
    kind,
    blocks: [],
  }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const { kind, blocks } of runs) {
      const found = blocksS(accelerator, kind);
      // The first round warms the code up.
      if (round > 0) blocks.push(...found);
    }
  }
  return runs.map(({ blocks }) => middle(blocks));
}

const ROUNDS = 4;
/** Decisions in a block. */
const BLOCK = 128;
/** From this decision on, code is warm and decisions of modules are repeated as rarely as in the rest of a run. */
const STEADY = 4096;

function blocksS(accelerator, kind) {
  const run = prepared(accelerator, './mine.ts', [...POLICY_KINDS, kind], '1s');
  const blocks = [];
  let count = 0;
  let sum = 0;
  const stack = {
    ...run.stack,
    decide(observation, state) {
      const from = performance.now();
      const decision = run.stack.decide(observation, state);
      const until = performance.now();
      sum += until - from - (performance.now() - until);
      if (++count % BLOCK > 0) return decision;
      if (count > STEADY) blocks.push(sum / BLOCK / 1e3);
      sum = 0;
      return decision;
    },
  };
  runLoop({ ...run, stack }, { startW: null });
  return blocks;
}

const source = { file: './mine.ts', text: readFileSync(new URL('module-policies.js', import.meta.url), 'utf8') };

/** A kind with the same `decide`, which sees the observations themselves. */
function inBundle({ role, triggers = [], init, decide }, inModule) {
  const create = (_, context) => ({
    initial: init(context),
    triggers,
    decide: (observation, state) => decide(observation, state, context),
  });
  return { ...inModule, id: 'mine.ts', role, check: () => null, create };
}

async function printModules() {
  for (const name of MODULES) {
    if (!isWanted('modules') && !isWanted(name)) continue;
    for (const accelerator of ['edge-npu-hp', 'quad-npu']) {
      // A thread of its own has code that no other policy has warmed up.
      const thread = new Worker(new URL(import.meta.url), { workerData: { name, accelerator } });
      const [[own, bundled]] = await once(thread, 'message');
      const round = (value) => Number(value.toPrecision(4));
      console.log(
        JSON.stringify({
          name: `decision of a bundled policy, ${name}, ${accelerator}`,
          value: round(bundled),
          unit: 's',
        }),
      );
      console.log(
        JSON.stringify({
          name: `decision of a module, ${name}, ${accelerator}`,
          value: round(own),
          unit: 's',
          ratio: round(own / bundled),
        }),
      );
    }
  }
}

const only = process.argv.slice(2);
const isWanted = (name) => only.length === 0 || only.includes(name);

if (isMainThread) {
  await printModules();
  printBundled();
} else {
  parentPort.postMessage(await moduleS(workerData.name, workerData.accelerator));
}

function printBundled() {
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
}
