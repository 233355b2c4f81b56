import { type Diagnostic, fail, InputError, mapCollecting, type Span } from '../../base/errors.ts';
import { type Files, relativeTo } from '../../base/files.ts';
import type { SourceText } from '../../base/source.ts';
import { arbiter, oncePerCause } from '../../energy/arbitration/index.ts';
import { buildErt, type ClassBook, definer } from '../../energy/compound/index.ts';
import type { Ert, ExpressionOperand, TransistorRow } from '../../energy/index.ts';
import {
  type AccelergyPeer,
  blockOf,
  type Component,
  checked,
  flattenTree,
  type Rules,
  rulesOf,
  withRequired,
} from '../../energy/input/index.ts';
import {
  type AccelergyParts,
  type Attribute,
  type Attributes,
  attributesOf,
  ignoredBecause,
  insteadOfTag,
  isEmpty,
  mapOf,
  NO_ATTRIBUTES,
  readClasses,
  readParts,
} from '../../formats/accelergy/index.ts';
import { childOf } from '../../formats/tagged-yaml.ts';
import { wantedActions } from '../accelergy-input/actions-of.ts';
import { type ComponentEnergy, type EnergyTable, energiesOf, readCounts } from '../accelergy-input/counts.ts';
import { readErts } from '../accelergy-input/ert-input.ts';
import { refuseForeign } from '../accelergy-input/foreign.ts';
import { inputFolders, inputTexts } from '../accelergy-input/inputs.ts';
import { oldClass } from '../accelergy-input/old-classes.ts';
import { lowerNodes, type PlacedComponent } from '../accelergy-input/timeloop.ts';
import { lowerLevels } from '../accelergy-input/timeloop-01.ts';
import { pasted, renderTemplate } from '../accelergy-template/index.ts';
import { outputFiles } from './output-files.ts';
import { OUTPUTS, type OutputName, type TableRow, tableRows } from './outputs.ts';
import { estimatorsFor, type OwnFigures } from './plug-ins.ts';
import { checkSupplies, hasSupplies, type Supplies, supplyFiles, tablesAt } from './supplies.ts';
import { type ComponentTables, tablesOf } from './tables.ts';

export interface EnergyJob {
  /** Files and folders, in the order of reading. */
  readonly paths: readonly string[];
  readonly files: Files;
  /** Where the bundled figures come from. */
  readonly bundled: Files;
  readonly own: OwnFigures;
  readonly peer?: AccelergyPeer | undefined;
  /** Significant digits; decimals under 0.3. */
  readonly digits: number;
  readonly isVerbose: boolean;
  readonly outputs: readonly OutputName[];
  readonly warn: (warning: Diagnostic) => void;
  /** Values of names that the templates leave open. */
  readonly defined?: ReadonlyMap<string, ExpressionOperand> | undefined;
  /** The transistors of nodes that figures are scaled to; high-performance ones by default. */
  readonly transistors?: TransistorRow | undefined;
  /** Supplies and a temperature at which the energies are wanted. */
  readonly supplies?: Supplies | undefined;
  /** Leaves components without an estimator out, with a warning, instead of refusing the files. */
  readonly leaveOut?: boolean | undefined;
}

/** A job beside its files. The bundled figures come from the same files, unless it says otherwise. */
export type EstimateOptions = Pick<EnergyJob, 'warn'> & Partial<Omit<EnergyJob, 'paths' | 'files' | 'warn'>>;

/** The results, and the files that Accelergy would write. */
export interface EnergyResult {
  /** Empty if an ERT was given. */
  readonly tables: readonly ComponentTables[];
  /** Undefined without action counts. */
  readonly energies?: readonly ComponentEnergy[] | undefined;
  /** Texts of the output files by name. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Does Accelergy's job on the texts of its input files. Errors: those of the readers, `no-estimator`, and without a peer
 * every slip that Accelergy would pass over.
 */
export function estimateEnergy(job: EnergyJob): EnergyResult {
  return estimateParts(readInputs(job), job);
}

/** As `estimateEnergy`, with the command's own defaults: all outputs, six digits, no figures beside the bundled ones. */
export function estimate(files: Files, paths: readonly string[], options: EstimateOptions): EnergyResult {
  const digits = options.peer === 'accelergy-0.3' ? 5 : 6;
  const own = { sets: [], libraries: [] };
  return estimateEnergy({ bundled: files, own, digits, isVerbose: false, outputs: OUTPUTS, ...options, paths, files });
}

/** Reads the files of a job: their parts as trees, nothing evaluated yet. Errors: those of the readers. */
export function readInputs(job: Pick<EnergyJob, 'paths' | 'files' | 'defined'>): AccelergyParts {
  return withCausesOnce(() => {
    const from = { files: job.files, roots: inputFolders(job.files, job.paths) };
    const texts = inputTexts(job.files, job.paths);
    mapCollecting(texts, refuseForeign);
    return readParts(texts.map((text) => renderTemplate(pasted(text, from), from, job.defined)));
  });
}

/** As `estimateEnergy`, of files that are read already. */
export function estimateParts(inputs: AccelergyParts, job: EnergyJob): EnergyResult {
  return withCausesOnce(() => estimated(inputs, job));
}

function tagProblem(tag: string, span: Span): Diagnostic {
  return { code: 'not-supported', message: `the tag ${tag} has no meaning here`, span, expected: insteadOfTag(tag) };
}

function withCausesOnce<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(oncePerCause(error.diagnostics));
  }
}

function estimated(inputs: AccelergyParts, job: EnergyJob): EnergyResult {
  const rules = rulesOf({ peer: job.peer, isLegacy: inputs.isLegacy, warn: job.warn });
  for (const { key, span } of inputs.ignored) rules.remark({ code: 'unknown-key', message: ignoredBecause(key), span });
  checked(rules, () => {
    for (const { tag, span } of inputs.tags) rules.slip(tagProblem(tag, span));
  });
  // Accelergy ends well without any input.
  const { arch: _, ...read } = inputs.parts;
  if (rules.peer !== undefined && Object.values(read).every((list) => list.length === 0))
    return { tables: [], files: new Map() };
  const wants = (name: OutputName) => job.outputs.includes(name);
  const hasErt = inputs.parts.ERT.length > 0;
  const { given, counts, design } = checked(rules, () => ({
    given: hasErt ? readErts(inputs.parts.ERT, rules) : undefined,
    counts: readCounts(inputs.parts.action_counts, rules),
    design: readDesign(inputs, rules, wants, hasErt),
  }));
  const { supplies = { voltagesV: [] } } = job;
  const isAsked = hasSupplies(supplies);
  if (isAsked) checkSuppliesOf(job, supplies, inputs);
  const ert = design && checked(rules, () => ertOf(design, job, rules, !hasErt));
  const atSupplies = ert && isAsked ? tablesAt(ert, supplies, job.bundled) : [];
  const chosen = atSupplies[0] ?? ert;
  const tables = chosen ? tablesOf(chosen, { digits: job.digits, rules }) : [];
  const rows: TableRow[] = given
    ? [...given].map(([name, own]) => ({ name, rows: own, estimators: [[name, 'N/A']] }))
    : tableRows(tables);
  const table: EnergyTable = new Map(rows.map(({ name, rows: own }) => [name, own]));
  const energies = counts.size > 0 && wants('energy_estimation') ? energiesOf(counts.values(), table) : undefined;
  return {
    tables,
    energies,
    files: new Map([
      ...outputFiles(job, rules, { tables, rows, components: design?.components, energies, hasArt: tables.length > 0 }),
      ...(atSupplies.length > 0 ? supplyFiles(atSupplies) : []),
    ]),
  };
}

/** The components of Timeloop 0.4's `nodes` among texts; undefined if their architecture has another form. Errors: as above. */
export function loweredNodes(texts: readonly SourceText[], files: Files): readonly PlacedComponent[] | undefined {
  const inputs = readParts(renderedTexts(texts, files));
  const [design] = inputs.parts.architecture;
  if (design === undefined || childOf(design, 'nodes') === undefined) return undefined;
  const rules = rulesOf({ isLegacy: inputs.isLegacy, warn: () => {} });
  return [...checked(rules, () => lowerNodes(design, variablesOf(inputs, rules), rules)).values()];
}

/** Texts with their templates filled in, which may include files of their own folders and of those above them. Errors: those of templates. */
export function renderedTexts(texts: readonly SourceText[], files: Files): SourceText[] {
  const folders = inputFolders(
    files,
    texts.map(({ file }) => file),
  );
  const roots = [...new Set(folders.flatMap((folder) => [folder, relativeTo(`${folder}/`, '..')]))];
  const from = { files, roots };
  return texts.map((text) => renderTemplate(pasted(text, from), from));
}

/** Errors `not-supported`: a peer knows no supply, and energies that are given have none; those of `checkSupplies`. */
function checkSuppliesOf({ peer }: EnergyJob, supplies: Supplies, { parts }: AccelergyParts): void {
  if (peer !== undefined)
    fail('not-supported', `${peer} knows neither supplies nor temperatures`, {
      expected: '--supply and --temperature without --compat',
    });
  const [given] = parts.ERT;
  if (given)
    fail('not-supported', 'an ERT says nothing about its supply', {
      span: given.span,
      expected: 'an architecture, or an ERT without --supply and --temperature',
    });
  checkSupplies(supplies);
}

interface Design {
  readonly components: readonly Component[];
  readonly book: ClassBook;
}

/** The components of the architecture with all attributes, as far as an output needs them. Error: `missing-key`. */
function readDesign(
  inputs: AccelergyParts,
  rules: Rules,
  wants: (name: OutputName) => boolean,
  hasErt: boolean,
): Design | undefined {
  const { architecture, arch, compound_components: classes } = inputs.parts;
  // Accelergy passes over the key `arch`.
  const [design = undefined] = rules.peer ? architecture : [...architecture, ...arch];
  const needsIt = wants('flattened_arch') || wants('ART') || wants('ART_summary') || !hasErt;
  if (!needsIt) return undefined;
  if (!design) {
    // Accelergy fails unless only energies are wanted; an ERT and counts make an estimate all the same.
    if (hasErt && rules.peer === undefined) return undefined;
    return failWithout(inputs, hasErt);
  }
  const variables = variablesOf(inputs, rules);
  const compounds = readClasses(classes, rules);
  const book: ClassBook = {
    compounds,
    primitiveDefaults: (name) => (rules.hasOldMeaning ? oldClass(name)?.defaults : undefined),
  };
  const isTimeloop = childOf(design, 'nodes') !== undefined && rules.peer === undefined;
  const lower = design === arch[0] ? lowerLevels : isTimeloop ? lowerNodes : flattenTree;
  const flat = lower(design, variables, rules);
  return { book, components: mapCollecting(flat.values(), definer(book, rules)) };
}

function failWithout({ start }: AccelergyParts, hasErt: boolean): never {
  fail('missing-key', 'the files have no architecture', {
    span: start,
    expected: hasErt
      ? 'an architecture, or the outputs ERT, ERT_summary and energy_estimation alone (-f)'
      : 'a file with the key "architecture", or an ERT with action counts',
  });
}

/** The variables of all files. Under a peer each file must define the required keys itself. */
function variablesOf(inputs: AccelergyParts, rules: Rules): Attributes {
  const all = new Map<string, Attribute>();
  for (const node of inputs.parts.variables) {
    if (isEmpty(node)) continue;
    const map = mapOf(node, 'variables');
    const own = attributesOf(map);
    const values = blockOf(own, [], rules);
    const place = childOf(map, 'version')?.span ?? node.span;
    const complete = rules.peer === undefined ? values : withRequired(values, NO_ATTRIBUTES, place, rules);
    for (const [name, value] of complete) all.set(name, value);
  }
  return all;
}

function ertOf({ components, book }: Design, job: EnergyJob, rules: Rules, energies: boolean): Ert | undefined {
  const wants = (name: OutputName) => job.outputs.includes(name);
  const wantsEnergy = energies && (wants('ERT') || wants('ERT_summary') || wants('energy_estimation'));
  const wantsArea = wants('ART') || wants('ART_summary');
  if (!wantsEnergy && !wantsArea) return undefined;
  const isCompound = ({ class: cls }: Component): boolean => book.compounds.has(cls);
  // Accelergy lists primitive components first.
  const ordered = [...components.filter((one) => !isCompound(one)), ...components.filter(isCompound)];
  const leftOut: Diagnostic[] = [];
  const ert = buildErt(ordered, {
    book,
    rules,
    arbiter: arbiter(estimatorsFor(job.bundled, job.own, rules, job.transistors ?? 'HP'), rules),
    actionsOf: wantedActions(components, rules),
    leaveOut: job.leaveOut ? (problems) => void leftOut.push(...problems) : undefined,
    wants: {
      energies: wantsEnergy,
      areas: wantsArea,
      leakage: job.supplies !== undefined && hasSupplies(job.supplies),
    },
  });
  oncePerCause(leftOut).forEach(job.warn);
  return ert;
}
