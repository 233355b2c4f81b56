// node bench/mapping.js [--compare [EVALUATIONS...]]: speed of the mapping models and of the exact search; --compare adds the
// sampled searches, with 1,000, 10,000 and 100,000 evaluations.
import { readFileSync } from 'node:fs';
import { median, quantile } from 'simple-statistics';
import { readMaestroHardware, readMaestroNetwork } from '../dist/formats/maestro/index.js';
import { freeConstraints } from '../dist/formats/timeloop/index.js';
import {
  Counter,
  cyclesOf,
  energyPj,
  MaestroModel,
  machineOf,
  mapspaceOf,
  objectiveOf,
  searchAtRandom,
  searchByClimbing,
  searchExactly,
  searchGamma,
  searchGammaAtRandom,
  searchGammaExactly,
  searchGenetically,
} from '../dist/mapping/index.js';

const cpuS = (run) => {
  const before = process.cpuUsage();
  const result = run();
  const { user, system } = process.cpuUsage(before);
  return [(user + system) / 1e6, result];
};
const line = (name, value, unit, more = {}) =>
  console.log(JSON.stringify({ name, value: Number(value.toPrecision(4)), unit, ...more }));

const NONE = Number.POSITIVE_INFINITY;
const storage = (name, instances, capacityWords, sharedBandwidth, blockSize = 1) => {
  const meshX = Math.min(16, instances);
  const bandwidths = { readBandwidth: NONE, writeBandwidth: NONE, sharedBandwidth };
  return {
    name,
    class: name,
    instances,
    meshX,
    wordBits: 16,
    blockSize,
    capacityWords,
    ...bandwidths,
    fillLatencyCycles: 0,
    drainLatencyCycles: 0,
  };
};
const array = (bufferWords, registerWords) => ({
  storages: [storage('DRAM', 1, NONE, 8), storage('GBuf', 1, bufferWords, 64), storage('RF', 256, registerWords, NONE)],
  compute: { name: 'MAC', instances: 256, meshX: 16 },
});
const energies = {
  storages: [
    { readPj: 64, fillPj: 64, updatePj: 67.47 },
    { readPj: 3.47, fillPj: 3.47, updatePj: 3.47 },
    { readPj: 0.1, fillPj: 0.1, updatePj: 0.1 },
  ],
  computePj: 0.28,
};
const term = (dimension, coefficient = 1) => ({ dimension, coefficient });
const gemm = (M, N, K) => ({
  name: 'gemm',
  dimensions: ['M', 'N', 'K'],
  sizes: [M, N, K],
  tensors: [
    { name: 'A', readWrite: false, ranks: [[term(0)], [term(2)]] },
    { name: 'B', readWrite: false, ranks: [[term(2)], [term(1)]] },
    { name: 'Z', readWrite: true, ranks: [[term(0)], [term(1)]] },
  ],
});
const conv = ([C, K, R, P, stride]) => ({
  name: 'conv',
  dimensions: ['C', 'K', 'R', 'S', 'P', 'Q'],
  sizes: [C, K, R, R, P, P],
  tensors: [
    { name: 'W', readWrite: false, ranks: [[term(0)], [term(1)], [term(2)], [term(3)]] },
    { name: 'I', readWrite: false, ranks: [[term(0)], [term(2), term(4, stride)], [term(3), term(5, stride)]] },
    { name: 'O', readWrite: true, ranks: [[term(1)], [term(4)], [term(5)]] },
  ],
});
const spaceOf = (problem, architecture) => {
  const levels = architecture.storages.map(({ name }) => name);
  const names = { ...problem, tensors: problem.tensors.map(({ name }) => name), levels };
  const constraints = freeConstraints(names).map((level) => ({ ...level, keep: [true, true, true] }));
  return mapspaceOf(machineOf(problem, architecture, energies), constraints);
};

const golden = (path) => readFileSync(new URL(`../test/golden/${path}`, import.meta.url), 'utf8');
const edp = objectiveOf(['edp']);

/** The distinct convolutions of ResNet-50: C, K, R, P, stride. */
const RESNET50 = [
  [3, 64, 7, 112, 2],
  [64, 64, 1, 56, 1],
  [64, 64, 3, 56, 1],
  [64, 256, 1, 56, 1],
  [256, 64, 1, 56, 1],
  [256, 128, 1, 56, 1],
  [128, 128, 3, 28, 2],
  [128, 512, 1, 28, 1],
  [256, 512, 1, 28, 2],
  [512, 128, 1, 28, 1],
  [128, 128, 3, 28, 1],
  [512, 256, 1, 28, 1],
  [256, 256, 3, 14, 2],
  [256, 1024, 1, 14, 1],
  [512, 1024, 1, 14, 2],
  [1024, 256, 1, 14, 1],
  [256, 256, 3, 14, 1],
  [1024, 512, 1, 14, 1],
  [512, 512, 3, 7, 2],
  [512, 2048, 1, 7, 1],
  [1024, 2048, 1, 7, 2],
  [2048, 512, 1, 7, 1],
  [512, 512, 3, 7, 1],
];

function evaluationRates() {
  const space = spaceOf(conv([64, 64, 3, 56, 1]), array(65_536, 64));
  const { nest } = searchExactly(space, edp, false).best;
  const counter = new Counter(space.machine);
  const times = 200_000;
  const [timeloop] = cpuS(() => {
    for (let i = 0; i < times; i++) {
      const counts = counter.count(nest);
      energyPj(space.machine, counts) + cyclesOf(space.machine, counts);
    }
  });
  line('mapping-timeloop-evaluations', times / timeloop, '1/CPU s', { target: 1e5 });
  const hardware = readMaestroHardware({ file: 'hw', text: golden('maestro/hw_a.m') });
  const [layer] = readMaestroNetwork({ file: 'network', text: golden('maestro/conv_kcp.m') }).layers;
  const model = new MaestroModel(layer, hardware);
  const [maestro] = cpuS(() => {
    for (let i = 0; i < times; i++) model.evaluate(layer, hardware);
  });
  line('mapping-maestro-evaluations', times / maestro, '1/CPU s', { target: 1e5 });
}

function optima() {
  for (const [name, { M, N, K }] of Object.entries(JSON.parse(golden('mapping/gemm_edp.json')).gemms)) {
    const [seconds, { reason }] = cpuS(() => searchExactly(spaceOf(gemm(M, N, K), array(524_288, 192)), edp, false));
    line(`mapping-gemm-${name}`, seconds * 1e3, 'ms CPU', { outcome: reason });
  }
  const seconds = RESNET50.map((layer) => {
    const [time, { reason }] = cpuS(() => searchExactly(spaceOf(conv(layer), array(65_536, 64)), edp, false));
    if (reason !== 'proven') throw new Error(`${layer}: ${reason}`);
    return time;
  });
  line('mapping-resnet50-median', median(seconds) * 1e3, 'ms CPU', { slowest: Math.max(...seconds) * 1e3 });
}

const given = process.argv.slice(3).map(Number);
const BUDGETS = given.length > 0 ? given : [1e3, 1e4, 1e5];

/** Ratios to the proven optimum: median and quartiles of ten seeds. */
function comparison() {
  const cases = {
    'GEMM 3072 x 4096 x 1024': spaceOf(gemm(3072, 4096, 1024), array(524_288, 192)),
    'conv 128, 3 x 3, 28 x 28': spaceOf(conv([128, 128, 3, 28, 1]), array(65_536, 64)),
  };
  for (const [name, space] of Object.entries(cases)) {
    const value = ({ cost }) => cost.energyPj * cost.cycles;
    const [time, exact] = cpuS(() => searchExactly(space, edp, false));
    console.log(
      `${name}: optimum ${value(exact.best)} proven in ${time.toFixed(2)} CPU s, ${exact.evaluations} evaluations`,
    );
    for (const [search, run] of Object.entries({
      random: searchAtRandom,
      ga: searchGenetically,
      climbing: searchByClimbing,
    })) {
      for (const evaluations of BUDGETS) {
        const ratios = Array.from({ length: 10 }, (_, i) => {
          const { best } = run(space, edp, { evaluations, seed: i + 1 });
          return best ? value(best) / value(exact.best) : Number.POSITIVE_INFINITY;
        });
        printRow(name, search, evaluations, ratios);
      }
    }
  }
}

/** The same for dataflows of two cluster levels under MAESTRO's model. */
function maestroComparison() {
  const hardware = readMaestroHardware({ file: 'hw', text: golden('maestro/hw_a.m') });
  for (const file of ['gemm_os.m', 'dw_conv.m']) {
    const [layer] = readMaestroNetwork({ file, text: golden(`maestro/${file}`) }).layers;
    const limits = { objective: 'edp', levels: [2, 2], seed: 1, evaluations: 1 };
    const [time, exact] = cpuS(() => searchGammaExactly(layer, hardware, limits));
    console.log(`${file}: optimum ${exact.value} ${exact.proof.outcome} in ${time.toFixed(2)} CPU s`);
    for (const [search, run] of Object.entries({ random: searchGammaAtRandom, ga: searchGamma })) {
      for (const evaluations of BUDGETS) {
        const ratios = Array.from({ length: 10 }, (_, i) => {
          const found = run(layer, hardware, { ...limits, evaluations, seed: i + 1 });
          return (found?.value ?? Number.POSITIVE_INFINITY) / exact.value;
        });
        printRow(`MAESTRO, ${file}`, search, evaluations, ratios);
      }
    }
  }
}

/** A row of the table: median, quartiles, and how many seeds reach the optimum. */
function printRow(name, search, evaluations, ratios) {
  const reached = ratios.filter((ratio) => ratio < 1 + 1e-9).length;
  const quartiles = [0.25, 0.75].map((part) => quantile(ratios, part).toFixed(3)).join(' to ');
  console.log(
    `| ${name} | ${search} | ${evaluations} | ${median(ratios).toFixed(3)} | ${quartiles} | ${reached} of 10 |`,
  );
}

evaluationRates();
optima();
if (process.argv.includes('--compare')) {
  maestroComparison();
  comparison();
}
