import { readdirSync, readFileSync } from 'node:fs';
import { type Diagnostic, type ErrorCode, InputError } from '../../src/base/errors.ts';
import type { SourceText } from '../../src/base/source.ts';
import { describeDesign, designTable } from '../../src/energy/design-table.ts';
import type { Ert, ErtAction, ErtComponent } from '../../src/energy/ert.ts';
import type { Estimator } from '../../src/energy/estimators/estimator.ts';
import { technologyEstimators } from '../../src/energy/estimators/index.ts';
import { type DesignFile, readDesignFile } from '../../src/energy/input/read.ts';

/** What a function throws as an InputError. */
export function diagnosticsOf(run: () => unknown): readonly Diagnostic[] {
  try {
    run();
  } catch (error) {
    if (error instanceof InputError) return error.diagnostics;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** The first problem: its code, place, the text it underlines and what it suggests. */
export function problemOf(run: () => unknown): {
  code: ErrorCode;
  at: string;
  marked: string | undefined;
  suggestion: string | undefined;
} {
  const [{ code, span, suggestion }] = diagnosticsOf(run);
  const marked = span?.lineText.slice(span.column - 1, span.column - 1 + span.length);
  return { code, at: `${span?.line}:${span?.column}`, marked, suggestion };
}

export function sourcesIn(folder: string, ext: string): SourceText[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(ext));
  return names.sort().map((name) => ({ file: `${folder}/${name}`, text: readFileSync(`${folder}/${name}`, 'utf8') }));
}

export function readText(text: string, file = 'in.yaml'): DesignFile {
  return readDesignFile({ file, text });
}

export function ertOf(files: DesignFile[], estimators: readonly Estimator[]): Ert {
  return designTable(describeDesign(files), estimators);
}

export function bundledClasses(): DesignFile[] {
  return sourcesIn('components', '.yaml').map((source) => readDesignFile(source));
}

export function bundledEstimators(): Estimator[] {
  return technologyEstimators('45nm', sourcesIn('tech-tables/45nm', '.csv'));
}

export function componentOf(ert: Ert, name: string): ErtComponent {
  return ert.components.find((c) => c.component.name === name)!;
}

export function actionOf(ert: Ert, component: string, action: string, values: Record<string, number> = {}): ErtAction {
  const matches = (a: ErtAction) =>
    a.action === action && Object.entries(values).every(([k, v]) => a.arguments.get(k)?.value === v);
  return componentOf(ert, component).actions.find(matches)!;
}

/** Rounded to significant digits, as Accelergy writes its tables (6 by default). */
export function significant(value: number, digits = 6): number {
  return Number(value.toPrecision(digits));
}
