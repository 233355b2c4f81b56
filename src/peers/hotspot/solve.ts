import type { Files } from '../../base/files.ts';
import { type HotspotRequest, readHotspotInput } from './input/files.ts';
import { type HotspotJob, type HotspotOutcome, runHotspot } from './program.ts';

/**
 * Does HotSpot's job with HotSpot's files: the temperatures of a floorplan under a power trace, in the steady state
 * and, if `request.transient`, over time. The default `mode` computes the physics that the files describe. Errors: an
 * `InputError` with the diagnostics of all files.
 */
export function solveThermal(
  files: Files,
  request: HotspotRequest,
  job: Partial<Omit<HotspotJob, 'input' | 'transient'>> = {},
): HotspotOutcome {
  const input = readHotspotInput(files, request);
  return runHotspot({ mode: 'physical', ...job, input, transient: request.transient });
}
