import type { Grid } from '../floorplan/grid-map.ts';
import { solutionWork, transformWork } from './cosine-cg.ts';

/** The facts that a choice of solvers depends on. */
export interface ThermalProblem {
  readonly nodes: number;
  /** Planes of alike cells (`GridNetwork`), which the spectral solvers need. */
  readonly uniformGrid: boolean;
  /** Nodes are points of polynomial elements. */
  readonly elements?: boolean;
  /** Cells of such a plane. */
  readonly grid?: Grid | undefined;
  /** Blocks with a power of their own. */
  readonly sources: number;
  /** Planes of cells from the first that reaches beyond the die on: those of spreader and sink if not given. */
  readonly joinedPlanes?: number;
  /** Steps of the trace; 0 if only the steady state is wanted. */
  readonly samples: number;
  /** How long a step is, s; long if not given. */
  readonly stepS?: number;
  /** Conductances or capacities that change during the run. */
  readonly varyingNetwork: boolean;
  /** Temperatures of all nodes are wanted, or something else that is no mean over a block's cells. */
  readonly wholeFields: boolean;
  /** One backward Euler step a sample is asked for, to be compared with HotSpot's SuperLU build. */
  readonly backwardEuler: boolean;
}

export interface SolverPlan {
  readonly steady: 'cosine-cg' | 'element-cg' | 'cholesky' | 'modes';
  readonly transient: 'modal' | 'waves' | 'exponential' | 'backward-euler';
  /** For `modal`: whether the model has to be as good as the other solvers, because the network is small. */
  readonly fine: boolean;
  /** Multiply-adds after which the plan in time is left for the other one, which would have taken as many; infinite if there is none. */
  readonly limit: number;
  /** One sentence a decision, with the figures behind it. */
  readonly why: readonly string[];
}

/** Plans the solvers of a problem; by rules and rough costs only, so that equal problems have equal plans. */
export function chooseSolver(problem: ThermalProblem): SolverPlan {
  const [steady, steadyWhy] = chooseSteady(problem);
  const fine = problem.nodes <= FINE_NODES;
  const none = Number.POSITIVE_INFINITY;
  if (problem.samples === 0)
    return { steady, transient: 'exponential', fine, limit: none, why: [`${steady} ${steadyWhy}`] };
  const [transient, transientWhy, limit = none] = chooseTransient(problem, fine);
  return { steady, transient, fine, limit, why: [`${steady} ${steadyWhy}`, `${transient} ${transientWhy}`] };
}

/** The facts that the plan of homogeneous layers in lateral modes depends on. */
export interface ModesProblem {
  readonly samples: number;
  readonly sources: number;
  /**
   * For many sources, all on one face, of which nothing but the temperatures of that face is wanted: the reduced models of the waves, by
   * the fields that each is made of and the cosines that drive it. Null for all else.
   */
  readonly waves: readonly WavesSize[] | null;
}

export interface WavesSize {
  readonly fields: number;
  readonly cosines: number;
}

/** The plan of homogeneous layers in lateral modes. */
export function modesPlan({ samples, sources, waves: sizes }: ModesProblem): SolverPlan {
  const steady =
    'modes for steady states: every lateral mode is exact through the layers, bodies exchange heat where they meet';
  const plan = { steady: 'modes' as const, fine: false, limit: Number.POSITIVE_INFINITY };
  if (samples === 0) return { ...plan, transient: 'modal', why: [steady] };
  if (!sizes) return { ...plan, transient: 'modal', why: [steady, 'modal in time: a reduced model of these modes'] };
  const [modal, waves] = [modalOfModesSeconds(sources, samples), wavesSeconds(sizes, sources, samples)].map(short);
  const costs = `waves in time: for ${sources} sources and ${samples} samples they take about ${waves}, modal ${modal}`;
  return { ...plan, transient: 'waves', why: [steady, costs] };
}

/** Multiply-adds a CPU second of steps, and CPU seconds of eigenproblems an order cubed, with all that goes before them. */
const PRODUCTS = 1e9;
const EIGENPROBLEM = 1.4e-8;
const EIGENPROBLEM_OF_WAVES = 9e-9;
/** CPU seconds to compare the resolutions that waves may have. */
const COMPARISON = 5;

/** A reduced model of so many sources, each with its own modes at three or four shifts; and steps of two products with it. */
function modalOfModesSeconds(sources: number, samples: number): number {
  const modes = 4.3 * sources;
  return EIGENPROBLEM * modes ** 3 + (samples * 2 * modes * sources) / PRODUCTS;
}

/** Multiply-adds of a step that go with the short waves alone, and those with sources. */
const SAMPLE_OF_WAVES = 3e6;
const SAMPLE_A_SOURCE = 600;

/** Reduced models of the cosines that meet the package; and steps of two products with each, and of sums over the short waves. */
function wavesSeconds(sizes: readonly WavesSize[], sources: number, samples: number): number {
  const sum = (of: (size: WavesSize) => number): number => sizes.reduce((total, size) => total + of(size), 0);
  const step = sum(({ fields, cosines }) => 2 * fields * cosines) + SAMPLE_OF_WAVES + SAMPLE_A_SOURCE * sources;
  return COMPARISON + EIGENPROBLEM_OF_WAVES * sum(({ fields }) => fields ** 3) + (samples * step) / PRODUCTS;
}

/** Up to here a reduced model is made to 1e-5 K instead of 1e-3 K. */
const FINE_NODES = 2500;

function chooseSteady({ uniformGrid, elements, nodes }: ThermalProblem): [SolverPlan['steady'], string] {
  if (elements) return ['element-cg', `for steady states: conjugate gradients on the ${nodes} points of the elements`];
  if (uniformGrid)
    return ['cosine-cg', 'for steady states: the layers are uniform, so some 18 iterations suffice at any grid size'];
  return ['cholesky', `for steady states: the ${nodes} nodes do not form uniform planes of cells`];
}

/** With what the other plan takes, multiply-adds, if there is one. */
function chooseTransient(problem: ThermalProblem, fine: boolean): [SolverPlan['transient'], string, number?] {
  if (problem.backwardEuler) return ['backward-euler', 'in time, as asked: one implicit step per sample'];
  if (problem.varyingNetwork) {
    return ['exponential', 'in time: natural convection changes the network, so no reduced model is used'];
  }
  if (problem.wholeFields)
    return ['exponential', 'in time: a reduced model would give means over blocks, not every cell'];
  const work = { modal: modalSeconds(problem, fine), exact: exponentialSeconds(problem) };
  const [modal, exact] = [START + work.modal, START + work.exact];
  const costs = `in time: for ${problem.sources} sources and ${problem.samples} samples modal takes about ${short(modal)}, exponential ${short(exact)}`;
  const of = problem.elements ? 'elements' : problem.uniformGrid ? 'cosines' : 'factors';
  const other = Math.max(work.modal, work.exact) / SECONDS[of];
  return [modal <= exact ? 'modal' : 'exponential', costs, other];
}

function short(seconds: number): string {
  return `${Number(seconds.toPrecision(2))} s`;
}

/** CPU seconds in which Node compiles a plan's code while it begins to run. */
const START = 0.4;

/** CPU seconds of a multiply-add, as solvers count them. */
const SECONDS = { cosines: 5.6e-10, factors: 1.5e-9, elements: 3.1e-9 };

/** Modes that a source needs: 158 for 25 blocks, 383 for 64, 674 for 121; for 1e-5 K twice and more. */
const MODES_A_SOURCE = 6;
const FINE_MODES = 2.1;
/** With a secondary path, whose slow board adds shifts: 147 for 16 blocks, 219 for 25, in place of 116 and 173. */
const JOINED_MODES = 1.25;

/**
 * CPU seconds to reduce a network to k modes and step them: solutions grow with nodes k, products with nodes k^2, the eigenproblem with
 * k^3. The constants for planes of cells come from nine runs of 1 to 64 sources on 32 to 128 cells a side, and hold within 1.5 on five
 * others (docs/methods/thermal.md); those of other networks from 1.2 s and 4.9 s for 127 and 324 modes of 16 396 nodes. Steps: 5, 31 and
 * 140 us for 158, 383 and 674 modes.
 */
function modalSeconds(problem: ThermalProblem, fine: boolean): number {
  const { nodes, sources, samples, uniformGrid, joinedPlanes = JOINED_PLANES } = problem;
  const more = (fine ? FINE_MODES : 1) * (joinedPlanes > JOINED_PLANES ? JOINED_MODES : 1);
  const modes = Math.min(nodes, Math.max(1, MODES_A_SOURCE * sources) * more);
  const [solves, products] = uniformGrid ? [2e-7 * moreJoined(problem), 4.5e-10] : [3.5e-7, 1.8e-9];
  const responses = problem.elements ? sources * iterations(nodes, RESPONSES) : nodes * solves * modes;
  const made = 8e-6 * nodes + responses + nodes * products * modes ** 2 + 9e-9 * modes ** 3;
  return made + samples * 1.5e-9 * modes * sources;
}

/** How many times as much a solution takes if all planes reach beyond the die, not three of four. */
function moreJoined({ nodes, joinedPlanes = JOINED_PLANES }: ThermalProblem): number {
  if (joinedPlanes <= JOINED_PLANES) return 1;
  return (
    solutionWork(nodes, nodes, ITERATIONS) / solutionWork(nodes, (JOINED_PLANES / USUAL_PLANES) * nodes, ITERATIONS)
  );
}

/** Iterations for all responses to a source of a reduced model of elements, and for a sample. */
const RESPONSES = 700;
const SAMPLE = 700;

/** CPU seconds of so many iterations of elements; one takes some 24 multiply-adds a node. */
function iterations(nodes: number, count: number): number {
  return 7.5e-8 * nodes * count;
}

/** Solutions a step: the series and the steady state. */
const SOLUTIONS = 21;

/** Planes that conjugate gradients work on, those that reach beyond the die, of how many at the usual packages. */
const JOINED_PLANES = 3;
const USUAL_PLANES = 4;

/** Their steps: for a steady state; and for a step of 1 s, with how many fewer a decade shorter, and the fewest. */
const ITERATIONS = 17;
const OF_SECOND = 14;
const A_DECADE = 2.5;
const FEWEST = 3;

function iterationsAt(stepS: number): number {
  return Math.min(ITERATIONS, Math.max(FEWEST, OF_SECOND + A_DECADE * Math.log10(stepS)));
}

/**
 * CPU seconds of the samples. Planes of cells: by the multiply-adds that solvers count; they are fitted to 35 to 70, 72 and 100 ms for 4,
 * 10 and 18 planes of 4 096 cells, and 120 to 190 ms for 4 of 16 384, at steps of 10 us to 0.1 s. Other networks: with an analysis and
 * two factors, on grids of 16 to 128 cells a side.
 */
function exponentialSeconds(problem: ThermalProblem): number {
  const { nodes, samples, uniformGrid, elements, grid } = problem;
  if (uniformGrid) {
    const { joinedPlanes = JOINED_PLANES, stepS = Number.POSITIVE_INFINITY } = problem;
    const side = Math.round(Math.sqrt(nodes / 4));
    const { rows, columns } = grid ?? { rows: side, columns: side };
    const joined = Math.min(nodes, joinedPlanes * rows * columns);
    const of = (iterations: number): number =>
      solutionWork(nodes, joined, iterations) + 3 * transformWork(nodes, { rows, columns });
    return samples * ((SOLUTIONS - 1) * of(iterationsAt(stepS)) + of(ITERATIONS)) * SECONDS.cosines;
  }
  if (elements) return samples * iterations(nodes, SAMPLE);
  const solve = 4.6e-7 * nodes * (nodes / 16_396) ** 0.15;
  const factor = 0.18 * (nodes / 16_396) ** 1.5;
  return 8e-6 * nodes + 2 * factor + samples * SOLUTIONS * solve;
}
