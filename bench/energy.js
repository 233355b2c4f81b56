// Energies: counts x E(V) with leakage at V and T, and the tables of 400 components.
import { intervalEnergies } from '../dist/energy/index.js';
import { nodeFiles } from '../dist/node/index.js';
import { OUTPUTS } from '../dist/peers/accelergy/index.js';
import { estimateParts, readInputs } from '../dist/peers/accelergy/run.js';
import { inTurnCpu, multiplyAdds, report } from './measure.js';

const INTERVALS = 20_000;
const ACTIONS = 50;

/** Products of counts and energies a second, beside the same number of plain multiply-adds. */
function products() {
  const columns = {
    fixedJ: new Float64Array(ACTIONS).fill(1e-12),
    capacitanceF: new Float64Array(ACTIONS).fill(2e-12),
    leakageW: new Float64Array(8).fill(1e-3),
    growthPerK: new Float64Array(8).fill(0.015),
    slopePerV: 2.6,
  };
  const counts = Float64Array.from({ length: INTERVALS * ACTIONS }, (_, i) => i % 997);
  const [voltageV, temperatureK, durationS, out] = [0.9, 340, 1e-4, 0].map((x) => new Float64Array(INTERVALS).fill(x));
  const [energies, plain] = inTurnCpu(
    () => intervalEnergies(columns, counts, voltageV, temperatureK, durationS, out),
    () => {
      let sum = 0;
      for (let n = 0; n < counts.length; n++) sum += counts[n] * 2e-12;
      return sum;
    },
  );
  const total = INTERVALS * ACTIONS;
  report('energy-products', (1e9 * energies) / total, 'ns CPU', 'a multiply-add', (1e9 * plain) / total);
}

/** So many multiply-adds, each of which waits for the one before, tell how fast a machine is at the moment. */
export const CHAIN = 2_000_000;

/** 400 components of a compound class, 16 combinations of two arguments each. */
export const BIG = `architecture:
  version: 0.4
  subtree:
  - name: sys
    attributes: {technology: "45nm", global_cycle_seconds: 1e-9}
    local:
${Array.from({ length: 400 }, (_, i) => `    - {name: c${i}, class: pair, attributes: {width: ${8 + (i % 25)}, lanes: ${1 + (i % 4)}}}`).join('\n')}
compound_components:
  version: 0.4
  classes:
  - name: pair
    attributes: {technology: "must_specify", width: 16, lanes: 2}
    subcomponents:
    - {name: adder, class: intadder, attributes: {width: width}}
    - {name: mul, class: intmultiplier, attributes: {width: width}}
    actions:
    - name: go
      arguments: {a: 0..3, b: 0..3}
      subcomponents:
      - {name: adder, actions: [{name: add, energy_scale: a + 1}]}
      - {name: mul, actions: [{name: mult_random, energy_scale: b + 1}]}
`;

/**
 * Accelergy 0.4 (6911d15) with the Aladdin plug-in 5e2e126 on Python 3.11.7 on the same file, by `node bench/energy-peer.js PYTHON 2` on a
 * machine of two cores at a load of 4: CPU seconds of its `main` within a running interpreter, of its `RawInputs2Dicts`, which reads the
 * files, and of the chain on Node in the same run.
 */
const ACCELERGY = { wholeS: 21.44, readingS: 0.401, chainS: 0.00373 };

/** Functions that estimate the tables of BIG and make all texts: from the files as they are read, and from their text. */
export function bigRuns(peer) {
  const files = { read: (path) => (path === 'big.yaml' ? BIG : undefined), list: () => [] };
  const own = { sets: [], libraries: [] };
  const job = { paths: ['big.yaml'], files, bundled: nodeFiles, own, peer, digits: 6, isVerbose: false };
  const inputs = readInputs(job);
  const evaluate = (read) => {
    const { files: texts } = estimateParts(read, { ...job, outputs: OUTPUTS, warn: () => {} });
    // Node joins the pieces of a text when it is used first.
    for (const text of texts.values()) Buffer.byteLength(text);
  };
  return { evaluation: () => evaluate(inputs), whole: () => evaluate(readInputs(job)) };
}

function bigDesign() {
  const runs = bigRuns();
  const [evaluation, whole] = inTurnCpu(runs.evaluation, runs.whole, 31, 30);
  const [chain] = inTurnCpu(
    () => multiplyAdds(CHAIN),
    () => {},
  );
  // As long as the peer would take here, if its speed goes with that of the chain.
  const { wholeS, readingS, chainS } = ACCELERGY;
  const peerS = (seconds) => (seconds * chain) / chainS;
  const peer = 'Accelergy within a program, measured once, scaled by a chain of multiply-adds';
  report('energy-400-components', whole, 's CPU', peer, peerS(wholeS));
  report('energy-400-components-read', evaluation, 's CPU', `${peer}, without reading`, peerS(wholeS - readingS));
}

export function energyBenchmarks() {
  products();
  bigDesign();
}
