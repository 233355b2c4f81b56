import { idealSensors, type PolicyContext, type PolicyStack, type Sensors } from '../../policy/index.ts';
import { type Experiment, policySetting } from '../experiment.ts';
import { transitionSeconds } from '../loop/rails.ts';
import { createReleases, type Releases } from '../loop/releases.ts';
import type { Plant } from './plant.ts';
import type { Programs } from './programs.ts';
import { workModel } from './work-model.ts';

/** All that one run needs: plant and programs, which runs share, and what is the run's own. */
export interface Run {
  readonly experiment: Experiment;
  readonly plant: Plant;
  readonly programs: Programs;
  readonly releases: Releases;
  readonly sensors: Sensors;
  readonly stack: PolicyStack;
}

/** The experiment's own arrivals, sensors and policies on a plant. Errors: those of policies that only a context shows. */
export function createRun(experiment: Experiment, plant: Plant, programs: Programs): Run {
  const { spec, arrivals } = experiment;
  return {
    experiment,
    plant,
    programs,
    releases: createReleases(spec.inferences, spec.deadlineS, arrivals),
    sensors: idealSensors(),
    stack: experiment.createPolicy(policyContext(experiment, plant, programs)),
  };
}

/** What a policy knows before the run. */
export function policyContext({ spec }: Experiment, plant: Plant, programs: Programs): PolicyContext {
  const { domains, design } = plant;
  return {
    ...policySetting(design, spec),
    transitionS: (domain, from, to) => transitionSeconds(domains.find(({ name }) => name === domain)!, from, to),
    work: workModel(plant, programs),
  };
}
