/** What a choice of solvers depends on. */
export interface ThermalProblem {
  readonly nodes: number;
  /** Planes of alike cells (`GridNetwork`), which the spectral solvers and the reduced model need. */
  readonly uniformGrid: boolean;
  /** Blocks with a power of their own. */
  readonly sources: number;
  /** Steps of the trace. */
  readonly samples: number;
  /** A reduced model of this very network is at hand. */
  readonly reducedModelKept: boolean;
  /** Conductances or capacities that change during the run. */
  readonly varyingNetwork: boolean;
  /** One backward Euler step a sample is asked for, to be compared with HotSpot's SuperLU build. */
  readonly backwardEuler: boolean;
}

export interface SolverPlan {
  readonly steady: 'cosine-cg' | 'cholesky';
  readonly transient: 'modal' | 'tr-bdf2' | 'backward-euler';
  /** One sentence a decision, with the figures behind it. */
  readonly why: readonly string[];
}

/** Plans the solvers of a problem; by rules and rough costs only, so that equal problems have equal plans. */
export function chooseSolver(problem: ThermalProblem): SolverPlan {
  const [steady, steadyWhy] = chooseSteady(problem);
  const [transient, transientWhy] = chooseTransient(problem);
  return { steady, transient, why: [`steady: ${steady}, ${steadyWhy}`, `transient: ${transient}, ${transientWhy}`] };
}

function chooseSteady({ uniformGrid, nodes }: ThermalProblem): [SolverPlan['steady'], string] {
  if (uniformGrid) return ['cosine-cg', 'because the layers are uniform: some 15 iterations at any grid size'];
  return ['cholesky', `because the ${nodes} nodes are not planes of alike cells: exact whatever the conductances`];
}

function chooseTransient(problem: ThermalProblem): [SolverPlan['transient'], string] {
  if (problem.backwardEuler) return ['backward-euler', 'because one backward Euler step a sample is asked for'];
  if (problem.varyingNetwork)
    return ['tr-bdf2', 'because a reduced model holds for one network only, and this one changes'];
  if (!problem.uniformGrid) return ['tr-bdf2', 'because reduced models are made of planes of alike cells'];
  if (problem.reducedModelKept) return ['modal', 'because the reduced model is already there'];
  const modal = modalSeconds(problem);
  const stepping = steppingSeconds(problem);
  const costs = `for ${problem.sources} sources and ${problem.samples} samples: modal about ${short(modal)}, tr-bdf2 about ${short(stepping)}`;
  return [modal <= stepping ? 'modal' : 'tr-bdf2', costs];
}

function short(seconds: number): string {
  return `${Number(seconds.toPrecision(2))} s`;
}

/** Modes that a source needs: 127 for 21 blocks, 324 for 64. */
const MODES_A_SOURCE = 5.5;

/**
 * CPU seconds to reduce a network to k modes and step them: solves grow with nodes k, orthogonalisation with nodes k^2;
 * fitted to 1.2 s and 4.9 s for 127 and 324 modes of 16 396 nodes, and to 34 us a step of 324 modes and 64 sources.
 */
function modalSeconds({ nodes, sources, samples }: ThermalProblem): number {
  const modes = Math.max(1, MODES_A_SOURCE * sources);
  return nodes * (3.5e-7 * modes + 1.8e-9 * modes ** 2) + samples * 1.6e-9 * modes * sources;
}

/**
 * Substeps of a sample at the default tolerance, each of three solves, and sizes of substep that need a factor. Under
 * power that jumps with every sample the cost of a step was that of 7 substeps at 0.1 ms, of 17 at 1 ms.
 */
const SUBSTEPS = 8;
const FACTORS = 4;

/** CPU seconds of the analysis, the factors and the samples; fitted to grids of 16 to 128 cells a side. */
function steppingSeconds({ nodes, samples }: ThermalProblem): number {
  const solve = 4.6e-7 * nodes * (nodes / 16_396) ** 0.15;
  const factor = 0.18 * (nodes / 16_396) ** 1.5;
  return 8e-6 * nodes + FACTORS * factor + samples * SUBSTEPS * 3 * solve;
}
