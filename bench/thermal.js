// What the thermal stage's benchmarks time: steady fields, reduced models, factorisations; each against the same loop.

import { fileURLToPath } from 'node:url';
import { analyseNetwork, factorNetwork, nodeSources, reduceNetwork } from '../dist/thermal/index.js';
import { acc21, tiles } from './dies.js';
import { steadyField } from './field.js';
import { inTurnCpu, multiplyAdds, nodePrints, report } from './measure.js';

const CHAIN = 10_000_000;
const CHAIN_NAME = '10,000,000 multiply-adds in a chain';
const fieldScript = fileURLToPath(new URL('field.js', import.meta.url));

/** Times a function and the chain in turn and reports the figure in ms of CPU. */
function time(name, run, runs, targetMs) {
  const [seconds, chain] = inTurnCpu(run, () => multiplyAdds(CHAIN), runs, 1);
  report(name, seconds * 1e3, 'ms CPU', CHAIN_NAME, chain * 1e3, targetMs);
}

export function thermalBenchmarks() {
  for (const [side, runs, targetMs] of [
    [64, 25, 10],
    [128, 15, 40],
    [256, 7, 150],
    [512, 3, 800],
  ]) {
    time(`steady-field-${side}`, steadyField(side), runs, targetMs);
  }
  fieldMemory();
  for (const [name, { network, map }, runs, targetMs] of [
    ['reduce-21-blocks-32', acc21(32), 5, 400],
    ['reduce-21-blocks-64', acc21(64), 3, 1200],
    ['reduce-64-tiles-64', tiles(8, 64), 2, 4000],
  ]) {
    time(name, () => reduceNetwork(network, map), runs, targetMs);
  }
  cholesky();
}

/** Memory must grow with the cells: four times the cells, four times what exceeds a process that solves nothing. */
function fieldMemory() {
  const bare = peakBytes(0);
  const [small, large] = [256, 512].map((side) => peakBytes(side) - bare);
  report('steady-field-memory-512', large / 1e6, 'MB', 'four times that of 256 x 256 cells', (4 * small) / 1e6);
}

/** Of a process of its own that computes one field of so many cells a side. */
function peakBytes(side) {
  return Number(nodePrints([fieldScript, `${side}`]));
}

function cholesky() {
  const { network, map, powerW } = acc21(64);
  const source = nodeSources(network, map, powerW);
  const rise = new Float64Array(network.nodes);
  const analysis = analyseNetwork(network);
  const factor = factorNetwork(analysis, 0);
  time('cholesky-analyse-64', () => analyseNetwork(network), 9);
  time('cholesky-factor-64', () => factorNetwork(analysis, 0), 9);
  time('cholesky-solve-64', () => factor.solve(source, rise), 25);
}
