import type { AcceleratorSpec } from '../../design/index.ts';
import type { Position, Program } from '../plant/program.ts';
import { lonePipeline } from './lone.ts';
import type { PipelineState, Pipelines } from './pipelines.ts';
import { sharedPipelines } from './shared.ts';

export { operatingPoint } from './array-timing.ts';
export type { PipelineState, Pipelines, Replay } from './pipelines.ts';

/** At the beginning of an inference. */
export function startingState(arrays: number): PipelineState {
  const positions = Array.from({ length: arrays }, (): Position => ({ run: 0, done: 0 }));
  return { positions, replay: null, replayS: 0 };
}

/** `arrays[a]` is the program of array a; all have the same steps. */
export function createPipelines(arrays: readonly Program[], spec: AcceleratorSpec): Pipelines {
  return arrays.length === 1 ? lonePipeline(arrays[0], spec) : sharedPipelines(arrays, spec);
}
