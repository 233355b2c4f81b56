import { type Diagnostic, fail, InputError, type Span } from './errors.ts';
import { type SourceText, spanOf } from './source.ts';

/** Kinds of files, as messages name them, with their purpose. */
const KINDS = {
  experiment: { called: 'an experiment', use: 'isotherm run FILE' },
  accelerator: { called: 'an accelerator', use: 'accelerator: FILE in an experiment' },
  policy: { called: 'a policy', use: 'run --policy FILE, or policy: FILE in an experiment' },
  workload: { called: 'a network', use: 'workload: FILE in an experiment' },
  mapping: { called: 'a mapping of a network', use: 'mapping: FILE in an experiment' },
  arrivals: { called: 'a list of arrivals', use: 'inferences: {arrivals: FILE} in an experiment' },
  architecture: { called: 'an Accelergy architecture', use: 'architecture: FILE in an accelerator' },
  classes: { called: 'a file of Accelergy component classes', use: 'tables of an accelerator' },
  counts: { called: 'a list of action counts', use: 'Accelergy; no command reads it' },
  figures: { called: 'a table of figures of a technology', use: 'tables of an accelerator' },
  result: { called: 'a result of isotherm run', use: 'people and other programs; no command reads it' },
  floorplan: { called: 'a floorplan', use: 'isotherm thermal -f FILE' },
  trace: { called: 'a power trace', use: 'isotherm thermal -p FILE' },
  hotspotConfig: { called: 'a HotSpot configuration', use: 'isotherm thermal -c FILE' },
  temperatures: { called: 'a list of temperatures', use: 'isotherm thermal -init_file FILE' },
  scaleSimConfig: { called: 'a SCALE-Sim configuration', use: 'isotherm simulate -c FILE' },
} as const;

export type FileKind = keyof typeof KINDS;

/** The name of a kind of file in messages, with its article. */
export function calledKind(kind: FileKind): string {
  return KINDS[kind].called;
}

/**
 * The kind a file seems to have, judged by its first lines; undefined if it could be anything. It explains why a reader
 * failed; it does not choose a reader.
 */
export function kindOf({ text }: SourceText): FileKind | undefined {
  const start = text.slice(0, MOST_LOOKED_AT).replace(/^\ufeff/, '');
  return yamlKind(start) ?? tableKind(start) ?? hotspotKind(start);
}

const MOST_LOOKED_AT = 2 ** 14;

/** Top-level keys that only one kind of YAML file has, in the order of the search. */
const TOP_KEYS: readonly (readonly [FileKind, RegExp])[] = [
  ['result', /^\{\s*"version": \d+,\s*"experiment"/],
  ['counts', /^action_counts:/m],
  ['policy', /^(uses|stack|rules):/m],
  ['mapping', /^layers:/m],
  ['accelerator', /^(array|scratchpads|operating_points|domains):/m],
  ['experiment', /^(accelerator|workload):/m],
  ['classes', /^compound_components:/m],
  ['architecture', /^architecture:\s*(#.*)?$/m],
  ['scaleSimConfig', /^\[(general|architecture_presets|run_presets)\]/m],
];

function yamlKind(start: string): FileKind | undefined {
  return TOP_KEYS.find(([, key]) => key.test(start))?.[0];
}

/** Header columns that identify a table. A table has the kind if it has all columns of one row. */
const COLUMNS: readonly (readonly [FileKind, readonly string[]])[] = [
  ['workload', ['layer', 'type']],
  ['workload', ['layer name', 'ifmap height']],
  ['figures', ['energy_pj']],
  ['result', ['layer', 'macs', 'energy_j']],
  ['result', ['layer_index', 'start_cycle']],
  ['result', ['time_s', 'kind', 'policy']],
  ['result', ['time_s', 'duration_s']],
  ['arrivals', ['time_s']],
];

function tableKind(start: string): FileKind | undefined {
  const [header = ''] = linesOf(start);
  const columns = header.split(',').map((cell) => cell.trim().toLowerCase());
  // The trace.csv of a run is a power trace too.
  if (columns.some((column) => column.startsWith('power_w:'))) return 'trace';
  return COLUMNS.find(([, needed]) => needed.every((column) => columns.includes(column)))?.[0];
}

function hotspotKind(start: string): FileKind | undefined {
  const lines = linesOf(start).map((line) => line.split(/\s+/));
  if (lines.length === 0) return undefined;
  // The last line may be cut off.
  const some = lines.slice(0, Math.max(1, Math.min(lines.length - 1, 20)));
  const [first, second] = lines;
  if (some.some(([key]) => key.endsWith(':'))) return undefined;
  if (some.every(([key]) => /^-[a-z]\w*$/.test(key))) return 'hotspotConfig';
  if (some.every((words) => words.length >= 5 && areNumbers(words.slice(1, 5)))) return 'floorplan';
  if (some.every((words) => words.length === 2 && areNumbers(words.slice(1)) && !areNumbers(words)))
    return 'temperatures';
  const isHeader = !first.some((word) => areNumbers([word]) || /[:[\]{},]/.test(word));
  return isHeader && second?.length === first.length && areNumbers(second) ? 'trace' : undefined;
}

function linesOf(start: string): string[] {
  return start
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

function areNumbers(words: readonly string[]): boolean {
  return words.every((word) => /^[-+]?[\d.]+(e[-+]?\d+)?$/i.test(word));
}

/** A diagnostic that the file seems to be of another kind than wanted; undefined if it does not. */
export function wrongKind(wanted: FileKind, source: SourceText, span?: Span): Diagnostic | undefined {
  const found = kindOf(source);
  if (found === undefined || found === wanted) return undefined;
  const { called, use } = KINDS[found];
  return {
    code: 'wrong-kind',
    message: `${source.file} is ${called}, not ${KINDS[wanted].called}`,
    span: span ?? spanOf(source, 0, 1),
    expected: `${KINDS[wanted].called}; this one is for: ${use}`,
  };
}

/**
 * Runs `read` on a file. If it fails and the file seems to be of another kind, throws that diagnosis alone. Errors:
 * `wrong-kind`, those of `read`.
 */
export function readAs<T>(wanted: FileKind, source: SourceText, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const problem = wrongKind(wanted, source);
    if (!problem) throw error;
    return fail(problem.code, problem.message, problem);
  }
}
