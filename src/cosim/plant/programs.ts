import { COUNTER_INDEX, type Counts } from '../../base/counters.ts';
import type { Design } from '../../design/index.ts';
import { energyColumns } from '../../design/power/index.ts';
import { arrayStages, type PartitionedLayer, type Step, stepsOf } from '../../systolic/index.ts';
import type { Workload } from '../../workload/index.ts';
import { createPipelines, type Pipelines } from '../pipelines/index.ts';
import { type UsedPes, usedPes } from '../states/unused-pes.ts';
import { buildProgram, type Program } from './program.ts';

/** A network on the arrays of a design. Made once for all runs of it; nothing in it changes, but for remembered timings. */
export interface Programs {
  readonly workload: Workload;
  readonly schedules: readonly PartitionedLayer[];
  readonly steps: readonly Step[];
  /** The program of each array. */
  readonly arrays: readonly Program[];
  readonly pipelines: Pipelines;
  /** The PEs that each layer uses, by array and layer. */
  readonly usedPes: readonly (readonly UsedPes[])[];
}

export function createPrograms(design: Design, workload: Workload, schedules: readonly PartitionedLayer[]): Programs {
  const { spec, bound, ert, places, arrayOf, systolic } = design;
  const components = ert.components.map(({ component }) => component.name);
  const steps = stepsOf(schedules);
  const arrays = arrayStages(schedules, systolic.memory).map((stages, a) => {
    const ofArray = components.map((_, c) => arrayOf[c] === a || arrayOf[c] === -1);
    return buildProgram(stages, steps, energyColumns(components, bound, places, ofArray));
  });
  return {
    workload,
    schedules,
    steps,
    arrays,
    pipelines: createPipelines(arrays, spec),
    usedPes: usedPes(arrays, schedules.length),
  };
}

/** Bytes read and written. */
export function dramBytes(counts: Counts): number {
  return (counts[COUNTER_INDEX.dram_read_bits] + counts[COUNTER_INDEX.dram_write_bits]) / 8;
}
