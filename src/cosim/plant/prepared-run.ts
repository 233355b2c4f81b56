import { createSensors, type PolicyStack, type Sensors, type StackContext } from '../../policy/index.ts';
import { stepResponse } from '../../thermal/index.ts';
import { type Experiment, policySetting } from '../experiment.ts';
import { transitionSeconds } from '../loop/rails.ts';
import { createReleases, type Releases } from '../loop/releases.ts';
import { type PredictionPlan, planPredictions } from '../sensing/predictions.ts';
import { Forecast } from './forecast.ts';
import type { Plant } from './plant.ts';
import type { Programs } from './programs.ts';
import { workModel } from './work-model.ts';

/** All that one run needs: plant and programs, which runs share, and what is the run's own. */
export interface Run {
  readonly experiment: Experiment;
  readonly plant: Plant;
  readonly programs: Programs;
  readonly releases: Releases;
  /** New sensors, for a pass of the loop. */
  readonly createSensors: () => Sensors;
  readonly stack: PolicyStack;
  /** Predicts power for policies. It only remembers. */
  readonly forecast: Forecast;
  /** Null unless some policy reads predictions. */
  readonly predictions: PredictionPlan | null;
}

/** The experiment's own arrivals, sensors and policies on a plant. Errors: those of policies that only a context shows. */
export function createRun(experiment: Experiment, plant: Plant, programs: Programs): Run {
  const { spec, arrivals, sensors } = experiment;
  const stack = experiment.createPolicy(stackContext(experiment, plant, programs));
  return {
    experiment,
    plant,
    programs,
    releases: createReleases(spec.inferences, spec.deadlineS, arrivals),
    createSensors: () => createSensors(sensors, spec.seed),
    stack,
    forecast: new Forecast(plant, programs),
    predictions: stack.predicts ? planPredictions(experiment, plant, programs) : null,
  };
}

/** The facts that the policies of a stack know before the run. */
export function stackContext({ spec }: Experiment, plant: Plant, programs: Programs): StackContext {
  const { domains, design, resistance, model } = plant;
  return {
    ...policySetting(design, spec),
    seed: spec.seed,
    resistanceKPerW: resistance,
    ambientK: model?.ambientK ?? null,
    responseKPerW: model ? (seconds) => stepResponse(model, seconds) : undefined,
    transitionS: (domain, from, to) => transitionSeconds(domains.find(({ name }) => name === domain)!, from, to),
    work: workModel(plant, programs),
  };
}
