import type { Files } from '../../base/files.ts';
import { type HotspotRequest, readHotspotInput } from './input/files.ts';
import { type HotspotJob, type HotspotOutcome, runHotspot } from './program.ts';

/**
 * Does HotSpot's job with HotSpot's files: temperatures of a floorplan under a power trace, over time if `request.transient`, and
 * in the steady state. The default `mode` is the physics of what the files describe. Errors: an `InputError` with the
 * diagnostics of all files.
 */
export function solveThermal(
  files: Files,
  request: HotspotRequest,
  job: Partial<Omit<HotspotJob, 'input' | 'transient'>> = {},
): HotspotOutcome {
  const input = readHotspotInput(files, request);
  return runHotspot({ mode: 'physical', ...job, input, transient: request.transient });
}
