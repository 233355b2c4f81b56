import { type Path, parseYaml, subDocument, type YamlDocument } from '../base/document.ts';
import { attempt, type Diagnostic, fail, InputError, mapCollecting, placedAt, type Span } from '../base/errors.ts';
import { type Files, readBytes, readReference, readText, relativeTo } from '../base/files.ts';
import { readAs } from '../base/kinds.ts';
import { type Override, seenFrom, withOverrides } from '../base/overrides.ts';
import type { SourceText } from '../base/source.ts';
import { type AcceleratorSpec, type Design, loadDesign, parseAccelerator } from '../design/index.ts';
import {
  checkPolicy,
  checkStack,
  createStack,
  POLICY_KINDS,
  type PolicyDomain,
  type PolicyKind,
  type PolicySetting,
  type PolicyStack,
  parsePolicy,
  type SensorSpec,
  type StackContext,
  type StackEntry,
} from '../policy/index.ts';
import { isOnnx, readOnnxModel, readTopology, type Workload } from '../workload/index.ts';
import { type ExperimentSpec, type PolicyReference, parseExperiment, policiesIn } from './experiment-file.ts';
import { checkExtent } from './extent.ts';
import { readArrivals } from './loop/releases.ts';
import { layerMisfits } from './mapping/layer-fits.ts';
import { type NetworkMapping, readMapping } from './mapping/mapping-file.ts';
import { withFullPath } from './override-paths.ts';
import { blockPlaces } from './plant/block-places.ts';
import { isPolicyModule, moduleKindAt } from './policy-modules.ts';
import { sensorsOf } from './sensor-specs.ts';

/** An experiment and everything it names, read and checked. Running it finds no further errors in the files. */
export interface Experiment {
  readonly spec: ExperimentSpec;
  readonly design: Design;
  readonly workload: Workload;
  /** How the array runs each layer, if the experiment names a mapping; else the accelerator decides. */
  readonly mapping: NetworkMapping | null;
  /** Release times in s, if the experiment names an arrival file; else null. */
  readonly arrivals: readonly number[] | null;
  /** The names of the design and the network; equal texts name the same ones. */
  readonly origin: { readonly design: string; readonly workload: string };
  /** Whether some policy may power off idle domains. */
  readonly gates: boolean;
  /** Creates the stack of policies. Errors: those that depend on the context, such as `deadline-missing`. */
  readonly createPolicy: (context: StackContext) => PolicyStack;
  /** The sensor of each block. */
  readonly sensors: readonly SensorSpec[];
}

export interface ExperimentOptions {
  /** `--policy`: replaces the experiment's policies and their parameters. A path is relative to the working directory. */
  readonly policy?: string | undefined;
  /** `--set`: paths into the experiment, or with a leading `accelerator.` into its accelerator file. */
  readonly overrides?: readonly Override[] | undefined;
  /**
   * An experiment that was loaded from the same files. If this one names the same accelerator with the same overrides, it gets that
   * design, and likewise the network: nothing is read twice, and `runScenario` accepts both on one plant.
   */
  readonly like?: Experiment | undefined;
  /** The kinds of policies that policy files may use; the bundled ones by default. */
  readonly kinds?: readonly PolicyKind[] | undefined;
}

/**
 * Reads an experiment and everything it names. Errors: those of each file, with positions; one call reports as many as
 * it can find.
 */
export function loadExperiment(files: Files, source: SourceText, options: ExperimentOptions = {}): Experiment {
  const { overrides = [], kinds = POLICY_KINDS, like } = options;
  const inAccelerator = overrides.filter(({ path }) => path[0] === 'accelerator' && path.length > 1);
  const inExperiment = overrides.filter((o) => !inAccelerator.includes(o));
  const spec = readAs('experiment', source, () => {
    const document = withOverrides(parseYaml(source), [...policyOverride(options.policy), ...inExperiment]);
    return withFurther(
      () => parseExperiment(document),
      () => policyProblems(files, document, kinds),
    );
  });

  const origin = { design: designOrigin(spec, inAccelerator), workload: workloadOrigin(spec) };
  const knownDesign = like?.origin.design === origin.design ? like.design : undefined;
  const known = {
    design: knownDesign,
    network: like?.origin.workload === origin.workload ? like : undefined,
  };

  const problems: Diagnostic[] = [];
  const accelerator =
    known.design?.written.spec ?? attempt(problems, () => readAccelerator(files, spec, inAccelerator));
  const workload = known.network?.workload ?? attempt(problems, () => readWorkload(files, spec));
  const mapping = known.network?.mapping ?? (workload && attempt(problems, () => loadMapping(files, spec, workload)));
  const unfit =
    accelerator && workload && mapping !== undefined ? layerMisfits(workload, mapping, spec, accelerator) : [];
  problems.push(...unfit);
  // A scratchpad that is too small usually lacks energy figures too. A second error would only repeat the first.
  const fits = unfit.length === 0;
  const design =
    accelerator && fits ? (known.design ?? attempt(problems, () => loadDesign(files, accelerator))) : undefined;
  const arrivals = attempt(problems, () => loadArrivals(files, spec));
  const entries = attempt(problems, () => loadPolicies(files, spec, kinds));
  // Errors of policies do not depend on the workload, so this check comes before any scheduling.
  if (entries && design) attempt(problems, () => checkStack(entries, policySetting(design, spec), kinds));
  if (design && workload && arrivals !== undefined) {
    attempt(problems, () => checkExtent(spec, design, workload, arrivals));
  }
  if (problems.length > 0 || !design || !workload || mapping === undefined || !entries || arrivals === undefined)
    throw new InputError(problems);
  const gates = entries.some(({ uses, parameters }) => {
    return uses === 'gate-idle-pes' || parameters.some(({ value }) => isGated(value));
  });
  const createPolicy = (context: StackContext): PolicyStack => createStack(entries, context, kinds);
  const sensors = sensorsOf(spec, design);
  return { spec, design, workload, mapping, arrivals, origin, gates, createPolicy, sensors };
}

function designOrigin({ accelerator, document }: ExperimentSpec, overrides: readonly Override[]): string {
  const changes = overrides.map(({ path, value }) => [path, value]);
  return JSON.stringify([accelerator, seenFrom(document, ['accelerator']), changes]);
}

/** A mapping belongs to its network: a plant has schedules of both. */
function workloadOrigin({ workload, mapping, dimensions, productFree, batch, document }: ExperimentSpec): string {
  const from = (key: string): string => seenFrom(document, [key]);
  return JSON.stringify([workload, from('workload'), dimensions, productFree, batch, mapping, from('mapping')]);
}

const DEEP_STATES: readonly unknown[] = ['gated', 'off', 'retention'];

/** Whether the parameters of a policy name a state that leaks less, at whatever depth: rules have it in their actions. */
function isGated(parameters: unknown): boolean {
  if (typeof parameters !== 'object' || parameters === null) return false;
  return Object.values(parameters).some((value) => DEEP_STATES.includes(value) || isGated(value));
}

/**
 * The result of `read`. If it fails, the error also carries the problems that `further` finds, and suggests full paths
 * for short paths of `--set`.
 */
function withFurther<T>(read: () => T, further: () => readonly Diagnostic[]): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError([...error.diagnostics.map(withFullPath), ...further()]);
  }
}

/** The problems of an experiment's policies, as far as they can be read although the experiment itself is wrong. */
function policyProblems(files: Files, document: YamlDocument, kinds: readonly PolicyKind[]): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const policies = policiesIn(document);
  const entries = policies && attempt(problems, () => loadPolicies(files, { document, policies }, kinds));
  for (const { uses, usesSpan, parameters } of entries ?? []) {
    attempt(problems, () => checkPolicy(uses, usesSpan, parameters, kinds));
  }
  return problems;
}

/** `--policy` replaces the whole mapping. Later overrides then set parameters of the new policy. */
export function policyOverride(policy: string | undefined): Override[] {
  if (policy === undefined) return [];
  const span = { file: '--policy', line: 1, column: 1, length: policy.length, lineText: policy };
  return [{ path: ['policy'], value: { name: policy }, span }];
}

function readAccelerator(
  files: Files,
  { accelerator, document }: ExperimentSpec,
  overrides: readonly Override[],
): AcceleratorSpec {
  const span = document.span(['accelerator']);
  const source = readReference(files, 'accelerator', accelerator, seenFrom(document, ['accelerator']), span);
  const inside = overrides.map((o) => ({ ...o, path: o.path.slice(1) }));
  return readAs('accelerator', source, () => parseAccelerator(withOverrides(parseYaml(source), inside), files));
}

function readWorkload(files: Files, { workload, dimensions, productFree, batch, document }: ExperimentSpec): Workload {
  const span = document.span(['workload']);
  const from = seenFrom(document, ['workload']);
  if (isOnnx(workload)) {
    const spanOf = (dimension: string): Span => document.keySpan(['dimensions', dimension]);
    const model = readBytes(files, workload, from, span);
    return placedAt(span, () => readOnnxModel(model, { batch, dimensions, spanOf, productFree }));
  }
  if (Object.keys(dimensions).length > 0) {
    fail('unknown-key', 'only an ONNX model has open dimensions', { span: document.keySpan(['dimensions']) });
  }
  if (productFree.length > 0) {
    fail('unknown-key', 'only an ONNX model has operators to name here', { span: document.keySpan(['product_free']) });
  }
  const source = readReference(files, 'workload', workload, from, span);
  return placedAt(span, () => readAs('workload', source, () => readTopology(source, { batch })));
}

function loadMapping(files: Files, { mapping, document }: ExperimentSpec, workload: Workload): NetworkMapping | null {
  if (mapping === null) return null;
  const span = document.span(['mapping']);
  const source = readText(
    files,
    relativeTo(seenFrom(document, ['mapping']), mapping),
    'a mapping of the network',
    span,
  );
  return readAs('mapping', source, () => readMapping(source, workload));
}

function loadArrivals(files: Files, { inferences: { arrivals }, document }: ExperimentSpec): readonly number[] | null {
  if (arrivals === null) return null;
  const span = document.span(['inferences', 'arrivals']);
  const from = seenFrom(document, ['inferences', 'arrivals']);
  const source = readText(files, relativeTo(from, arrivals), 'a CSV with a column time_s', span);
  return placedAt(span, () => readAs('arrivals', source, () => readArrivals(source)));
}

type PolicyPart = Pick<ExperimentSpec, 'document' | 'policies'>;

/** Every policy the experiment names, with the parameters of its file followed by those of the experiment. */
function loadPolicies(files: Files, { document, policies }: PolicyPart, kinds: readonly PolicyKind[]): StackEntry[] {
  const inMapping = ({ path }: PolicyReference): boolean => typeof valueAt(document.value, path) === 'object';
  return mapCollecting(policies, (policy) => {
    const path = inMapping(policy) ? [...policy.path, 'name'] : policy.path;
    const [place, from] = [document.span(path), seenFrom(document, path)];
    if (isPolicyModule(policy.reference)) {
      const { id, name = id } = moduleKindAt(relativeTo(from, policy.reference), kinds, place);
      const parameters = [subDocument(document, policy.path, policy.parameters)];
      return [{ name, uses: id, usesSpan: place, parameters }];
    }
    const source = readReference(files, 'policy', policy.reference, from, place);
    const file = readAs('policy', source, () => parsePolicy(parseYaml(source)));
    const own = subDocument(document, policy.path, policy.parameters);
    if (file.entries.length > 1 && Object.keys(policy.parameters).length > 0) {
      fail('unknown-key', `"${file.name}" is a stack of policies, which takes no parameters here`, {
        span: place,
        expected: 'its policies one by one, in a list',
      });
    }
    const name = (uses: string): string => (file.entries.length > 1 ? uses : file.name);
    return file.entries.map(
      ({ uses, usesSpan, parameters }): StackEntry => ({
        name: name(uses),
        uses,
        usesSpan,
        parameters: file.entries.length > 1 ? [parameters] : [parameters, own],
      }),
    );
  }).flat();
}

/** The setting in which policies are checked and created. */
export function policySetting(design: Design, experiment: ExperimentSpec): PolicySetting {
  const { spec, die, ert } = design;
  const { epochS, deadlineS, limitK, inferences } = experiment;
  return {
    places: blockPlaces(design),
    limitK,
    domains: policyDomains(spec),
    components: ert.components.map(({ component }) => component.name),
    blocks: die ? die.floorplan.blocks.map(({ name }) => name) : [],
    epochS,
    deadlineS,
    periodS: inferences.periodS,
  };
}

/** The domains as policies see them. Those of PEs say what unused PEs cost. */
function policyDomains({ domains, arrays, unusedPes }: AcceleratorSpec): PolicyDomain[] {
  return domains.map(({ name, points, nominal, states }) => {
    const hasPes = unusedPes !== null && arrays.some(({ array }) => array === name);
    return { name, points, nominal, ...(states && { states }), ...(hasPes && { unusedPes }) };
  });
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown> | undefined)?.[key], value);
}
