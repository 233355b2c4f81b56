import { fail } from '../../base/errors.ts';
import { applyRows, applyTransposed, type BlockMap } from '../floorplan/grid-map.ts';
import type { ThermalNetwork } from '../network/network.ts';
import { analyseNetwork, factorNetwork } from './sparse-cholesky.ts';
import type { SteadySolver } from './steady.ts';

/** A solver of (G + shift C) x = b, made when a step first needs that shift. */
export type SolverFor = (shift: number) => SteadySolver;

/** The state that nodal steppers share: rises above ambient by node (K) as the state, in which block powers enter the first nodes. */
export class NodalField {
  readonly network: ThermalNetwork;
  readonly map: BlockMap;
  readonly state: Float64Array;
  readonly temperatureK: Float64Array;

  constructor(network: ThermalNetwork, map: BlockMap) {
    this.network = network;
    this.map = map;
    this.state = new Float64Array(network.nodes);
    this.temperatureK = new Float64Array(map.mean.start.length - 1).fill(network.ambientK);
  }

  refresh(): void {
    const { temperatureK, network } = this;
    applyRows(this.map.mean, this.state, 0, temperatureK);
    for (let u = 0; u < temperatureK.length; u++) temperatureK[u] += network.ambientK;
  }

  storedHeatJ(): number {
    return weightedSum(this.network.capacity, this.state);
  }

  /** Heat that leaves, W, at these rises. */
  outflowW(rise: Float64Array): number {
    return weightedSum(this.network.toAmbient, rise);
  }

  /** Block powers by node, W, in place of `source`. */
  sources(powerW: Float64Array, source: Float64Array): void {
    source.fill(0);
    applyTransposed(this.map.spread, powerW, source, 0);
  }
}

function weightedSum(weight: Float64Array, x: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += weight[i] * x[i];
  return sum;
}

export function checkDuration(durationS: number): void {
  if (!(durationS > 0 && Number.isFinite(durationS))) fail('out-of-range', `a thermal step of ${durationS} s`);
}

/** Cholesky factors of any network, which share their analysis. */
export function choleskyFor(network: ThermalNetwork): SolverFor {
  let analysis: ReturnType<typeof analyseNetwork> | undefined;
  return (shift) => {
    analysis ??= analyseNetwork(network);
    return factorNetwork(analysis, shift);
  };
}

/** Keeps the solvers of the `most` shifts used last. */
export function keepSolvers(solverFor: SolverFor, most: number): SolverFor {
  const kept = new Map<number, SteadySolver>();
  return (shift) => {
    const solver = kept.get(shift) ?? solverFor(shift);
    kept.delete(shift);
    kept.set(shift, solver);
    if (kept.size > most) kept.delete(kept.keys().next().value!);
    return solver;
  };
}
