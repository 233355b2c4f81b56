import type { BlockMap } from '../floorplan/grid-map.ts';
import type { ThermalNetwork } from '../network/network.ts';
import { checkDuration, choleskyFor, keepSolvers, NodalField, type SolverFor } from './nodal.ts';
import type { TransientSolver } from './transient.ts';

/** Factors of durations kept: some 10 MB each at 64 x 64 x 4. */
const KEPT_DURATIONS = 4;

/**
 * One backward Euler step a call, starting at ambient: what HotSpot's SuperLU build does with each sample, at an error of
 * first order in the duration (0.2 K at 0.1 ms, 1.5 K at 1 ms of a 12 K swing). Nodes may be without capacity. Power that
 * changes over a step counts with its end value. Heat that left is that of the end of the step too, so that energy is
 * conserved to rounding. Errors: `out-of-range` for a step that is not above 0; those of the solver.
 */
export function backwardEuler(
  network: ThermalNetwork,
  map: BlockMap,
  options: { readonly solverFor?: SolverFor } = {},
): TransientSolver {
  return new BackwardEuler(network, map, options.solverFor ?? choleskyFor(network));
}

class BackwardEuler extends NodalField implements TransientSolver {
  heatOutJ = 0;
  private readonly solverFor: SolverFor;
  private readonly source: Float64Array;

  constructor(network: ThermalNetwork, map: BlockMap, solverFor: SolverFor) {
    super(network, map);
    this.solverFor = keepSolvers(solverFor, KEPT_DURATIONS);
    this.source = new Float64Array(network.nodes);
  }

  step(powerW: Float64Array, durationS: number, endPowerW = powerW): void {
    checkDuration(durationS);
    const { state, source, network } = this;
    const shift = 1 / durationS;
    this.sources(endPowerW, source);
    for (let i = 0; i < source.length; i++) source[i] += shift * network.capacity[i] * state[i];
    this.solverFor(shift).solve(source, state);
    this.heatOutJ = durationS * this.outflowW(state);
    this.refresh();
  }
}
