import { parseAccelerator } from '../config/accelerator.ts';
import { parseYaml, type SourceText, subDocument } from '../config/document.ts';
import { type ExperimentSpec, type PolicyReference, parseExperiment } from '../config/experiment.ts';
import { type Files, readReference } from '../config/files.ts';
import { type Override, withOverrides } from '../config/overrides.ts';
import { parsePolicy } from '../config/policy.ts';
import { createPolicy, type PolicyDomain, type RunnablePolicy } from '../policy/index.ts';
import { readTopology, type Workload } from '../workload/index.ts';
import { type Design, loadDesign } from './design.ts';

/** An experiment with everything it names read and checked; running it cannot find the input wrong any more. */
export interface Experiment {
  readonly spec: ExperimentSpec;
  readonly design: Design;
  readonly workload: Workload;
  readonly policy: { readonly name: string; readonly run: RunnablePolicy };
}

export interface ExperimentOptions {
  /** `--policy`: replaces the experiment's. */
  readonly policy?: string | undefined;
  /** `--set`: paths into the experiment, or with a leading `accelerator.` into its accelerator file. */
  readonly overrides?: readonly Override[] | undefined;
}

/** Reads an experiment and all it names. Errors: those of each file, with its position. */
export function loadExperiment(files: Files, source: SourceText, options: ExperimentOptions = {}): Experiment {
  const overrides = options.overrides ?? [];
  const inAccelerator = overrides.filter(({ path }) => path[0] === 'accelerator' && path.length > 1);
  const document = withOverrides(
    parseYaml(source),
    overrides.filter((o) => !inAccelerator.includes(o)),
  );
  const spec = parseExperiment(document);
  const accelerator = readReference(
    files,
    'accelerator',
    spec.accelerator,
    source.file,
    document.span(['accelerator']),
  );
  const design = loadDesign(
    files,
    parseAccelerator(
      withOverrides(
        parseYaml(accelerator),
        inAccelerator.map((o) => ({ ...o, path: o.path.slice(1) })),
      ),
    ),
  );
  const topology = readReference(files, 'workload', spec.workload, source.file, document.span(['workload']));
  return {
    spec,
    design,
    workload: readTopology(topology, { batch: spec.batch }),
    policy: loadPolicy(files, options.policy, spec, source.file, design.spec.domains),
  };
}

function loadPolicy(
  files: Files,
  fromCommandLine: string | undefined,
  spec: ExperimentSpec,
  from: string,
  domains: readonly PolicyDomain[],
): Experiment['policy'] {
  const chosen: PolicyReference =
    fromCommandLine === undefined ? spec.policy : { reference: fromCommandLine, parameters: {}, path: [] };
  const span = chosen.document?.span([...chosen.path, 'name']);
  const file = parsePolicy(parseYaml(readReference(files, 'policy', chosen.reference, from, span)));
  const own = chosen.document && subDocument(chosen.document, chosen.path, chosen.parameters);
  const parameters = own ? [file.parameters, own] : [file.parameters];
  return { name: file.name, run: createPolicy(file.uses, file.document.span(['uses']), parameters, domains) };
}
