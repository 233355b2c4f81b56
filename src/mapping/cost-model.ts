import type { Directive, MaestroHardware, MaestroLayer } from '../formats/maestro/index.ts';
import type {
  TimeloopArchitecture,
  TimeloopEnergies,
  TimeloopMapping,
  TimeloopProblem,
} from '../formats/timeloop/index.ts';
import { csvEnergyNj, evaluateMaestro, type MaestroResult } from './maestro/index.ts';
import { evaluateTimeloop, machineOf, type TimeloopEvaluation } from './timeloop/index.ts';

/** The answer of every cost model to a mapping. */
export interface MappingCost {
  readonly energyPj: number;
  readonly cycles: number;
}

/**
 * A model that says in closed form what a layer costs on a design under a mapping. Pure: equal inputs give equal costs. Models
 * count different things, so that costs of two models are not comparable.
 */
export interface CostModel<Layer, Design, Mapping, Cost extends MappingCost = MappingCost> {
  readonly name: string;
  evaluate(layer: Layer, design: Design, mapping: Mapping): Cost;
}

/** Memories and multipliers with their energies; without energies every energy is 0. */
export interface TimeloopDesign {
  readonly architecture: TimeloopArchitecture;
  readonly energies?: TimeloopEnergies | undefined;
}

/** The model of Timeloop v3.0.3. Errors: those of `evaluateTimeloop`. */
export const timeloopModel: CostModel<TimeloopProblem, TimeloopDesign, TimeloopMapping, TimeloopEvaluation> = {
  name: 'timeloop',
  evaluate: (problem, { architecture, energies }, mapping) =>
    evaluateTimeloop(machineOf(problem, architecture, energies), mapping, undefined, true),
};

/** A layer of MAESTRO without its dataflow. */
export type MaestroOperation = Omit<MaestroLayer, 'directives'>;

/**
 * The model of MAESTRO 4eb08d1 for one layer a process: its energy is that of the CSV file, in which L1 counts only for a
 * dataflow without a `Cluster`. Errors: those of `MaestroModel`.
 */
export const maestroModel: CostModel<
  MaestroOperation,
  MaestroHardware,
  readonly Directive[],
  MaestroResult & MappingCost
> = {
  name: 'maestro',
  evaluate: (operation, hardware, directives) => {
    const result = evaluateMaestro({ ...operation, directives }, hardware);
    return { ...result, energyPj: 1000 * csvEnergyNj(result, undefined), cycles: result.runtime };
  },
};
