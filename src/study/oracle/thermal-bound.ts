import { solveLinearProgram } from '../../numeric/linear-program.ts';

/** A way to run all the time: an operating point at work, or a rest. */
export interface SteadyMode {
  /** Work done per second, such as inferences. */
  readonly rate: number;
  /** Power of each block without leakage, and of everything off the die, W. */
  readonly blockW: readonly number[];
  readonly offDieW: number;
  /** Leakage of each block in W at these block temperatures in K. It must not fall as they rise. */
  readonly leakageW: (temperatureK: ArrayLike<number>) => readonly number[];
}

export interface ThermalProblem {
  readonly modes: readonly SteadyMode[];
  /** Thermal resistances between blocks, K/W, row by row. */
  readonly resistance: ArrayLike<number>;
  readonly ambientK: number;
  readonly limitK: number;
  /** Work per second that is asked for. */
  readonly rate: number;
}

/** A mixture of modes whose steady state keeps the limit. */
export interface SteadyMixture {
  /** Share of the time in each mode. */
  readonly share: Float64Array;
  readonly powerW: number;
  readonly rate: number;
  readonly temperatureK: Float64Array;
}

const MOST_STEPS = 200;
const TOLERANCE_K = 1e-9;

/**
 * The mixture of least power that does the asked work with every block at or below the limit; null if there is none. It
 * bounds thermal policies in their periodic steady state, in which temperatures hardly move within a period. The shares
 * solve a linear program at fixed leakage. Leakage follows the temperatures of the solution, from ambient up.
 */
export function leastPower(problem: ThermalProblem): SteadyMixture | null {
  return settled(problem, (mode, leakageW) => modePower(mode, leakageW), problem.rate);
}

/** The mixture that does the most work per second with every block at or below the limit; null if even rest is too hot. */
export function mostWork(problem: ThermalProblem): SteadyMixture | null {
  return settled(problem, ({ rate }) => -rate, 0);
}

function settled(
  problem: ThermalProblem,
  costOf: (mode: SteadyMode, leakageW: readonly number[]) => number,
  rate: number,
): SteadyMixture | null {
  const { modes, resistance, ambientK, limitK } = problem;
  const blocks = modes[0].blockW.length;
  let temperatureK = new Float64Array(blocks).fill(ambientK);
  for (let step = 0; step < MOST_STEPS; step++) {
    const leakages = modes.map(({ leakageW }) => leakageW(temperatureK));
    const powers = modes.map(({ blockW }, k) => blockW.map((powerW, u) => powerW + leakages[k][u]));
    const rise = (u: number, k: number): number =>
      powers[k].reduce((sum, powerW, v) => sum + resistance[u * blocks + v] * powerW, 0);
    const share = solveLinearProgram({
      cost: modes.map((mode, k) => costOf(mode, leakages[k])),
      matrix: [
        ...Array.from({ length: blocks }, (_, u) => modes.map((_mode, k) => rise(u, k))),
        ...(rate > 0 ? [modes.map((mode) => -mode.rate)] : []),
      ],
      limit: [...new Array(blocks).fill(limitK - ambientK), ...(rate > 0 ? [-rate] : [])],
      equalMatrix: [modes.map(() => 1)],
      equal: [1],
    });
    if (!share) return null;
    const next = temperatureK.map((_, u) => ambientK + share.reduce((sum, part, k) => sum + part * rise(u, k), 0));
    const moved = next.reduce((most, kelvin, u) => Math.max(most, Math.abs(kelvin - temperatureK[u])), 0);
    temperatureK = next;
    if (moved > TOLERANCE_K) continue;
    const mean = (of: (mode: SteadyMode, k: number) => number): number =>
      modes.reduce((sum, mode, k) => sum + share[k] * of(mode, k), 0);
    return {
      share,
      powerW: mean((mode, k) => modePower(mode, leakages[k])),
      rate: mean((mode) => mode.rate),
      temperatureK,
    };
  }
  return null;
}

function modePower({ blockW, offDieW }: SteadyMode, leakageW: readonly number[]): number {
  return offDieW + blockW.reduce((sum, powerW, u) => sum + powerW + leakageW[u], 0);
}
