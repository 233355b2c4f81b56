// npm run bench [-- --update]
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readTopology, scheduleWorkload } from '../dist/index.js';
import { finish, inTurn, nodeProcess, report } from './measure.js';

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
  const [schedule, stepping] = inTurn(
    () => scheduleWorkload(resnet50, config),
    () => stepCycles(cycles),
  );
  report(name, schedule * 1e3, 'ms', `stepping its ${cycles} cycles, one multiply-add each`, stepping * 1e3);
}

// Cost must not grow with cycles: 64 times the channels are 64 times the cycles of the same folds.
const resnet18 = network('resnet18');
const deep = resnet18.map((layer) => ({ ...layer, channels: layer.channels * 64 }));
const roomy = { ...edge, memory: { ...edge.memory, scratchpadBytes: { ifmap: 1e12, filter: 1e12, ofmap: 1e12 } } };
const [deepSeconds, plainSeconds] = inTurn(
  () => scheduleWorkload(deep, roomy),
  () => scheduleWorkload(resnet18, roomy),
);
report(
  'schedule-64-times-the-cycles',
  deepSeconds * 1e3,
  'ms',
  'the same folds with 1/64 of the channels',
  plainSeconds * 1e3,
);

const [quickstart, bare] = inTurn(
  nodeProcess(`${root}dist/bin/isotherm.js`, 'run', `${root}experiments/quickstart.yaml`, '--json'),
  nodeProcess('-e', '0'),
  9,
  1,
);
report('run-quickstart', quickstart, 's', 'starting Node and nothing else', bare);

finish();
