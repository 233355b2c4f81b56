// npm run bench [-- --update]
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scheduleWorkload } from '../dist/systolic/index.js';
import { readTopology } from '../dist/workload/index.js';
import { energyBenchmarks } from './energy.js';
import { loopOfEpochs, thermalSteps } from './loop.js';
import { costOf, finish, inTurn, inTurnCpu, median, nodeProcess, report } from './measure.js';
import { thermalBenchmarks } from './thermal.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const network = (name) =>
  readTopology({ file: `${name}.csv`, text: readFileSync(`${root}workloads/${name}.csv`, 'utf8') }).layers;

const KIB = 1024;
const edge = {
  array: { rows: 32, columns: 32 },
  dataflow: 'os',
  memory: {
    wordBits: { ifmap: 8, filter: 8, ofmap: 8, psum: 32 },
    scratchpadBytes: { ifmap: 256 * KIB, filter: 512 * KIB, ofmap: 64 * KIB },
    psum: 'accumulate',
    prefetchAcrossLayers: true,
  },
};
const cloud = {
  ...edge,
  array: { rows: 128, columns: 128 },
  dataflow: 'ws',
  memory: { ...edge.memory, scratchpadBytes: { ifmap: 8192 * KIB, filter: 4096 * KIB, ofmap: 4096 * KIB } },
};

/** The least a simulator that steps cycles does: one multiply and one add for each of them. */
function stepCycles(cycles) {
  let state = 1;
  for (let i = 0; i < cycles; i++) state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
  return state;
}

const resnet50 = network('resnet50');
for (const [name, config] of [
  ['schedule-resnet50-edge-npu', edge],
  ['schedule-resnet50-cloud-tpu', cloud],
]) {
  const cycles = scheduleWorkload(resnet50, config).reduce((sum, s) => sum + s.cycles, 0);
  const [schedule, stepping] = inTurnCpu(
    () => scheduleWorkload(resnet50, config),
    () => stepCycles(cycles),
  );
  report(name, schedule * 1e3, 'ms CPU', `stepping its ${cycles} cycles, one multiply-add each`, stepping * 1e3);
}

// Cost must not grow with cycles: 64 times the channels are 64 times the cycles of the same folds.
const resnet18 = network('resnet18');
const deep = resnet18.map((layer) => ({ ...layer, channels: layer.channels * 64 }));
const roomy = { ...edge, memory: { ...edge.memory, scratchpadBytes: { ifmap: 1e12, filter: 1e12, ofmap: 1e12 } } };
const [deepSeconds, plainSeconds] = inTurnCpu(
  () => scheduleWorkload(deep, roomy),
  () => scheduleWorkload(resnet18, roomy),
);
report(
  'schedule-64-times-the-cycles',
  deepSeconds * 1e3,
  'ms CPU',
  'the same folds with 1/64 of the channels',
  plainSeconds * 1e3,
);

// One inference, from the command line to the files: what it costs to start.
const command = `${root}dist/bin/isotherm.js`;
const startNode = nodeProcess('-e', '0');
const folder = mkdtempSync(join(tmpdir(), 'isotherm-bench-'));
const single = nodeProcess(command, 'run', 'one-inference', '--json');
const [inference, bare] = inTurn(single, startNode, 9, 1);
report('run-one-inference', inference, 's', 'starting Node and nothing else', bare);

// The quickstart, all files written; CPU time and memory as the program tells them.
const quickstart = (cache) =>
  costOf(command, 'quickstart', join(folder, 'out'), { ...process.env, ISOTHERM_CACHE: cache });
const cold = [0, 1, 2].map((i) => quickstart(join(folder, `cold-${i}`)));
const warm = [0, 1, 2].map(() => quickstart(join(folder, 'cold-0')));
const middle = (runs, key) => median(runs.map((run) => run[key]));
report('quickstart-cold', middle(cold, 'cpuS'), 's CPU', 'starting Node and nothing else', bare);
report('quickstart-warm', middle(warm, 'cpuS'), 's CPU', 'starting Node and nothing else', bare);
report('quickstart-memory', middle(cold, 'peakMemoryBytes') / 1e6, 'MB', 'the target of 300 MB', 300);
rmSync(folder, { recursive: true });

// The loop alone: 10 s at epochs of 100 us, back to back.
const { prepared, run } = loopOfEpochs();
const [loop, counting] = inTurnCpu(run, () => stepCycles(1e9), 5, 1);
report('loop-100000-epochs', loop, 's CPU', '1,000,000,000 multiply-adds in a chain', counting);

// One step of that die's thermal model, without leakage and with leakage that follows the temperature.
const thermal = thermalSteps(prepared);
const perStep = (seconds) => (1e6 * seconds) / thermal.steps;
const [plain, products] = inTurnCpu(thermal.step, thermal.products);
report('thermal-step', perStep(plain), 'us CPU', thermal.what, perStep(products));
const [leaky, again] = inTurnCpu(thermal.leakyStep, thermal.products);
report('thermal-step-with-leakage', perStep(leaky), 'us CPU', thermal.what, perStep(again));

thermalBenchmarks();
energyBenchmarks();

finish();
