import { type Files, readReference } from '../base/files.ts';
import { type Override, parseOverride } from '../base/overrides.ts';
import type { SourceText } from '../base/source.ts';
import type { PolicyKind } from '../policy/index.ts';
import { type Experiment, loadExperiment } from './experiment.ts';

/** Changes to an experiment without a second file. */
export interface LoadOptions {
  /**
   * Replaces the experiment's whole stack of policies by a bundled policy or by the file at a path relative to the
   * working directory.
   */
  readonly policy?: string | undefined;
  /** Values by path into the experiment or, after a leading `accelerator.`, into its accelerator: `{ 'policy.frequency': '400MHz' }`. */
  readonly set?: Readonly<Record<string, string | number | boolean>> | undefined;
  /** An experiment whose design and network are kept where this one names the same; `runScenario` needs that. */
  readonly like?: Experiment | undefined;
  /** The kinds of policies that policy files may use; the bundled ones by default. */
  readonly kinds?: readonly PolicyKind[] | undefined;
}

/**
 * Reads an experiment and every file it names. `experiment` is a bundled name, a path, or a text in memory. Running the
 * result reads no further files. Errors: an `InputError` with the diagnostics of all files, each with its place;
 * `override-invalid` for a path in `set` that does not exist.
 */
export function load(files: Files, experiment: string | SourceText, options: LoadOptions = {}): Experiment {
  const source = typeof experiment === 'string' ? readReference(files, 'experiment', experiment, '') : experiment;
  const { policy, like, kinds } = options;
  return loadExperiment(files, source, { policy, like, kinds, overrides: overridesOf(options) });
}

function overridesOf({ set = {} }: LoadOptions): Override[] {
  return Object.entries(set).map(([path, value]) => parseOverride(`${path}=${value}`));
}
