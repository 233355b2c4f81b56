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
  return { positions, point: null, course: null, replay: null, replayS: 0 };
}

/** Sets a state to the beginning of an inference. */
export function restart(state: PipelineState): void {
  for (const position of state.positions) {
    position.run = 0;
    position.done = 0;
  }
  state.point = null;
  state.course = null;
  state.replay = null;
}

/** `arrays[a]` is the program of array a; all have the same steps. */
export function createPipelines(arrays: readonly Program[], spec: AcceleratorSpec): Pipelines {
  return arrays.length === 1 ? lonePipeline(arrays[0], spec) : sharedPipelines(arrays, spec);
}
