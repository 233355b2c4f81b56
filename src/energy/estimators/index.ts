import { fail, type Span } from '../../base/errors.ts';
import type { SourceText } from '../../base/source.ts';
import { type Estimator, isRefusal, type Query, type Refusal } from './estimator.ts';
import { type LeakageCurve, readLeakageCurves } from './leakage-curve.ts';
import { readSramSweep, sramSweepEstimator } from './sram-sweep.ts';
import { readTable, type Table, tableEstimator } from './table.ts';

/** The SRAM sweep, a file of a technology folder that is not the table of a class. */
const SRAM_SWEEP = 'cacti-sram';
const LEAKAGE_CURVES = 'cacti-leakage-temperature';
const NOT_TABLES: ReadonlySet<string> = new Set([SRAM_SWEEP, LEAKAGE_CURVES]);

/**
 * The estimators of a technology folder: one over its class tables (`intadder.csv` is the table of class `intadder`)
 * and one over its SRAM sweep (`cacti-sram.csv`), as far as it has them. To add a kind of estimator, add a file here
 * and a line in this function. A class table is read at its first query, because a design needs few of them. Errors:
 * `csv-syntax`, `table-invalid`, now or at that query.
 */
export function technologyEstimators(technology: string, files: readonly SourceText[]): Estimator[] {
  const named = files.map((source) => ({ name: baseName(source.file), source }));
  const tables = named.filter(({ name }) => !NOT_TABLES.has(name)).map(({ name, source }) => lazyTable(name, source));
  const sweep = named.find(({ name }) => name === SRAM_SWEEP);
  return [
    ...(tables.length > 0 ? [tableEstimator(technology, tables)] : []),
    ...(sweep ? [sramSweepEstimator(technology, readSramSweep(sweep.source))] : []),
  ];
}

/** The classes for which the files of a technology have figures. */
export function technologyClasses(files: readonly SourceText[]): ReadonlySet<string> {
  const names = files.map(({ file }) => baseName(file));
  return new Set(
    names.flatMap((name) => (name === SRAM_SWEEP ? ['SRAM', 'sram'] : NOT_TABLES.has(name) ? [] : [name])),
  );
}

/**
 * Leakage over temperature by cell type, from the technology folder's file if it has one. Errors: those of
 * `readLeakageCurves`.
 */
export function technologyLeakageCurves(files: readonly SourceText[]): ReadonlyMap<string, LeakageCurve> {
  const source = files.find(({ file }) => baseName(file) === LEAKAGE_CURVES);
  return source ? readLeakageCurves(source) : new Map();
}

function lazyTable(cls: string, source: SourceText): Table {
  let read: Table | undefined;
  const table = (): Table => {
    read ??= readTable(cls, source);
    return read;
  };
  return {
    class: cls,
    get matchColumns() {
      return table().matchColumns;
    },
    get rows() {
      return table().rows;
    },
  };
}

function baseName(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1).replace(/\.csv$/, '');
}

/** All primitive classes that some estimator knows. */
export function knownClasses(estimators: readonly Estimator[]): ReadonlySet<string> {
  return new Set(estimators.flatMap((estimator) => estimator.classes));
}

/** A question as messages name it: `the area of SRAM`, for the part `storage` of the component `ifmap_spad`. */
export interface Question {
  readonly what: string;
  /** The path inside the component; '' for the component itself. */
  readonly path: string;
  readonly component: string;
  readonly span: Span;
}

/**
 * The first answer, in the order of priority and then of registration. Error: `no-estimator` with the reason of each estimator and
 * ways out.
 */
export function firstAnswer<T extends object>(
  estimators: readonly Estimator[],
  query: Query,
  ask: (estimator: Estimator) => T | Refusal,
  { what, path, component, span }: Question,
): T {
  const refusals: Refusal[] = [];
  const answer = answerOrReasons(estimators, query, (estimator) => {
    const given = ask(estimator);
    if (isRefusal(given)) refusals.push(given);
    return given;
  });
  if (!Array.isArray(answer)) return answer;
  const part = path === '' ? `component "${component}"` : `"${path}" of component "${component}"`;
  const reasons = answer.map((reason) => `\n  ${reason}`).join('');
  const remedies = refusals.flatMap(({ remedy }) => (remedy === undefined ? [] : [remedy]));
  return fail('no-estimator', `${part}: no estimator has ${what}(${describeQuery(query)})${reasons}`, {
    span,
    expected: [...remedies, OWN_FIGURES].join('; or '),
  });
}

const OWN_FIGURES = 'figures of your own in a table (the accelerator\'s "tables")';

/** As `firstAnswer`, but returns the reasons if there is no answer. */
export function answerOrReasons<T extends object>(
  estimators: readonly Estimator[],
  query: Query,
  ask: (estimator: Estimator) => T | Refusal,
): T | string[] {
  const reasons: string[] = [];
  // Array.prototype.sort is stable, so equal priorities keep their order.
  for (const estimator of [...estimators].sort((a, b) => b.priority - a.priority)) {
    const answer = estimator.classes.includes(query.class)
      ? ask(estimator)
      : { reason: `it has no class "${query.class}"` };
    if (!isRefusal(answer)) return answer;
    reasons.push(`${estimator.name}: ${answer.reason}`);
  }
  return reasons;
}

function describeQuery({ attributes }: Query): string {
  return [...attributes].map(([name, value]) => `${name}=${value}`).join(', ');
}
