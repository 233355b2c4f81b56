import type { SourceText } from '../../base/source.ts';
import type { Estimator } from './estimator.ts';
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
