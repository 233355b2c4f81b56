import { type Diagnostic, fail, InputError, mapCollecting } from '../../base/errors.ts';
import type { Files } from '../../base/files.ts';
import type { SourceText } from '../../base/source.ts';
import type { ExpressionOperand, TransistorRow } from '../../energy/index.ts';
import { isEmpty, mapOf } from '../../formats/accelergy/index.ts';
import { childOf } from '../../formats/tagged-yaml.ts';
import { wantedActions } from '../accelergy-input/actions-of.ts';
import { checkNumbers, type FlatComponent, flattenTree, withRequired } from '../accelergy-input/architecture.ts';
import {
  type Attribute,
  type Attributes,
  attributesOf,
  blockInOrder,
  NO_ATTRIBUTES,
} from '../accelergy-input/attributes.ts';
import { blockInAnyOrder } from '../accelergy-input/blocks.ts';
import { readClasses } from '../accelergy-input/classes.ts';
import { type ComponentEnergy, type EnergyTable, energiesOf, readCounts } from '../accelergy-input/counts.ts';
import { readErts } from '../accelergy-input/ert-input.ts';
import { refuseForeign } from '../accelergy-input/foreign.ts';
import { type Inputs, inputFolders, inputTexts, readInputs } from '../accelergy-input/inputs.ts';
import { oldClass } from '../accelergy-input/old-classes.ts';
import { type AccelergyPeer, type Rules, rulesOf } from '../accelergy-input/rules.ts';
import { lowerNodes } from '../accelergy-input/timeloop.ts';
import { lowerLevels } from '../accelergy-input/timeloop-01.ts';
import { renderTemplate } from '../accelergy-template/index.ts';
import { arbiter } from './arbitration.ts';
import { emitYaml, type OutputMap } from './emit.ts';
import {
  artOutput,
  artSummary,
  energyOutput,
  ertOutput,
  ertSummary,
  ertSummaryVerbose,
  flattenedOutput,
  flattenedVerbose,
  type OutputName,
  type TableRow,
  tableRows,
} from './outputs.ts';
import { type ClassBook, withDefaults } from './parts.ts';
import { estimatorsFor, type OwnFigures } from './plug-ins.ts';
import { type ComponentTables, tablesOf } from './tables.ts';
import { oncePerCause } from './unanswered.ts';

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
  /** Leaves components without an estimator out, with a warning, instead of refusing the files. */
  readonly leaveOut?: boolean | undefined;
}

/** What came out, and the files that Accelergy would write. */
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
  try {
    return estimated(job);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(oncePerCause(error.diagnostics));
  }
}

function estimated(job: EnergyJob): EnergyResult {
  const from = { files: job.files, roots: inputFolders(job.files, job.paths) };
  const texts = inputTexts(job.files, job.paths);
  mapCollecting(texts, refuseForeign);
  const inputs = readInputs(texts.map((text) => renderTemplate(text, from, job.defined)));
  const rules = rulesOf({ peer: job.peer, isLegacy: inputs.isLegacy, warn: job.warn });
  for (const ignored of inputs.ignored) rules.remark(ignored);
  // Accelergy ends well without any input.
  const { arch: _, ...read } = inputs.parts;
  if (rules.peer !== undefined && Object.values(read).every((list) => list.length === 0))
    return { tables: [], files: new Map() };
  const wants = (name: OutputName) => job.outputs.includes(name);
  const hasErt = inputs.parts.ERT.length > 0;
  const given = hasErt ? readErts(inputs.parts.ERT, rules) : undefined;
  const counts = readCounts(inputs.parts.action_counts, rules);
  const design = readDesign(inputs, rules, wants, hasErt);
  rules.check();
  const tables = design ? tablesOfDesign(design, job, rules, !hasErt) : [];
  rules.check();
  const rows: TableRow[] = given
    ? [...given].map(([name, own]) => ({ name, rows: own, estimators: [[name, 'N/A']] }))
    : tableRows(tables);
  const table: EnergyTable = new Map(rows.map(({ name, rows: own }) => [name, own]));
  const energies = counts.size > 0 && wants('energy_estimation') ? energiesOf(counts.values(), table) : undefined;
  return {
    tables,
    energies,
    files: outputFiles(job, rules, { tables, rows, design, energies, hasArt: tables.length > 0 }),
  };
}

/** The components of Timeloop 0.4's `nodes` among texts; undefined if their architecture has another form. Errors: as above. */
export function loweredNodes(texts: readonly SourceText[], files: Files): readonly FlatComponent[] | undefined {
  const from = {
    files,
    roots: inputFolders(
      files,
      texts.map(({ file }) => file),
    ),
  };
  const inputs = readInputs(texts.map((text) => renderTemplate(text, from)));
  const [design] = inputs.parts.architecture;
  if (design === undefined || childOf(design, 'nodes') === undefined) return undefined;
  const rules = rulesOf({ isLegacy: inputs.isLegacy, warn: () => {} });
  const found = lowerNodes(design, variablesOf(inputs, rules), rules);
  rules.check();
  return [...found.values()];
}

interface Design {
  readonly components: readonly FlatComponent[];
  readonly book: ClassBook;
}

/** The components of the architecture with all attributes, as far as an output needs them. Error: `missing-key`. */
function readDesign(
  inputs: Inputs,
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
  return { book, components: [...flat.values()].map((component) => fullyDefined(component, book, rules)) };
}

function failWithout({ start }: Inputs, hasErt: boolean): never {
  fail('missing-key', 'the files have no architecture', {
    span: start,
    expected: hasErt
      ? 'an architecture, or the outputs ERT, ERT_summary and energy_estimation alone (-f)'
      : 'a file with the key "architecture", or an ERT with action counts',
  });
}

/** The variables of all files; each file must define the required keys itself. */
function variablesOf(inputs: Inputs, rules: Rules): Attributes {
  const all = new Map<string, Attribute>();
  for (const node of inputs.parts.variables) {
    if (isEmpty(node)) continue;
    const map = mapOf(node, 'variables');
    const own = attributesOf(map);
    const values =
      rules.peer === undefined
        ? blockInAnyOrder(own, NO_ATTRIBUTES, NO_ATTRIBUTES, rules)
        : blockInOrder(own, [], rules);
    for (const [name, value] of withRequired(values, NO_ATTRIBUTES, childOf(map, 'version')?.span ?? node.span, rules))
      all.set(name, value);
  }
  return all;
}

/** Adds the defaults of its class to a component and checks the actions that it requires. */
function fullyDefined(component: FlatComponent, book: ClassBook, rules: Rules): FlatComponent {
  const cls = book.compounds.get(component.class);
  if (!cls) {
    const defaults = [...(book.primitiveDefaults(component.class) ?? [])].filter(
      ([name]) =>
        !component.attributes.has(name) &&
        !(name === 'datawidth' && component.attributes.has('width') && rules.peer === undefined),
    );
    const attributes = new Map([...component.attributes, ...defaults]);
    checkNumbers(attributes, `component "${component.name}"`, rules);
    return { ...component, attributes };
  }
  const names = cls.actions.map(({ name }) => name);
  for (const { name, span } of component.requiredActions ?? []) {
    if (names.includes(name)) continue;
    fail(
      'action-unknown',
      `class "${cls.name}" has no action "${name}", which component "${component.name}" requires`,
      { span, expected: `one of ${names.join(', ')}` },
    );
  }
  const attributes = withDefaults(component.attributes, cls, component.span, [], rules);
  checkNumbers(attributes, `component "${component.name}"`, rules);
  return { ...component, attributes };
}

function tablesOfDesign(
  { components, book }: Design,
  job: EnergyJob,
  rules: Rules,
  energies: boolean,
): ComponentTables[] {
  const wants = (name: OutputName) => job.outputs.includes(name);
  const wantsEnergy = energies && (wants('ERT') || wants('ERT_summary') || wants('energy_estimation'));
  const wantsArea = wants('ART') || wants('ART_summary');
  if (!wantsEnergy && !wantsArea) return [];
  return tablesOf(components, {
    book,
    rules,
    digits: job.digits,
    arbiter: arbiter(estimatorsFor(job.bundled, job.own, rules, job.transistors ?? 'HP'), rules),
    actionsOf: wantedActions(components, rules),
    leaveOut: job.leaveOut ? (problems) => problems.forEach(job.warn) : undefined,
    energies: wantsEnergy,
    areas: wantsArea,
  });
}

interface Outcome {
  readonly tables: readonly ComponentTables[];
  readonly rows: readonly TableRow[];
  readonly design: Design | undefined;
  readonly energies: readonly ComponentEnergy[] | undefined;
  readonly hasArt: boolean;
}

function outputFiles(
  job: EnergyJob,
  rules: Rules,
  { tables, rows, design, energies, hasArt }: Outcome,
): Map<string, string> {
  const files = new Map<string, string>();
  const rounding = { digits: job.digits, rules };
  const add = (output: OutputName, name: string, make: () => OutputMap): void => {
    if (job.outputs.includes(output))
      files.set(`${name}.yaml`, emitYaml(make(), rules.peer === 'accelergy-0.3' ? 2 : 4));
  };
  const verbose = job.isVerbose ? '_verbose' : '';
  if (design) {
    add('flattened_arch', `flattened_architecture${verbose}`, () =>
      job.isVerbose ? flattenedVerbose(tables, rules) : flattenedOutput(design.components, rules),
    );
  }
  add('ERT', 'ERT', () => ertOutput(rows, rules));
  add('ERT_summary', `ERT_summary${verbose}`, () =>
    job.isVerbose ? ertSummaryVerbose(rows, rounding) : ertSummary(rows, rounding),
  );
  if (hasArt) {
    add('ART', 'ART', () => artOutput(tables, rules));
    add('ART_summary', `ART_summary${verbose}`, () => artSummary(tables, job.isVerbose, rounding));
  }
  if (energies) add('energy_estimation', 'energy_estimation', () => energyOutput(energies, rules));
  return files;
}
