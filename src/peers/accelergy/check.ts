import { attempt, type Diagnostic, InputError } from '../../base/errors.ts';
import type { Files } from '../../base/files.ts';
import type { SourceText } from '../../base/source.ts';
import { checkExpressions, type DesignFile, describeDesign, designFileOf } from '../../energy/index.ts';
import type { AccelergyParts } from '../../formats/accelergy/index.ts';
import { childOf } from '../../formats/tagged-yaml.ts';
import { estimateParts, readInputs } from './run.ts';

/**
 * Checks an Accelergy or Timeloop file, and says what it holds. A tree of 0.4 must suit a run; older files and Timeloop's nodes serve
 * `isotherm energy` alone. Errors: those of both.
 */
export function describeAccelergy(source: SourceText, files: Files): string {
  const parts = readInputs({ paths: [source.file], files });
  if (isForEnergyAlone(parts)) return describeForEnergy(parts, source, files);
  const file = designFileOf(parts, source);
  checkExpressions(file);
  if (!file.architecture) return `Accelergy classes ${[...describeDesign([file]).classes.keys()].join(', ')}`;
  checkTree(file);
  return 'Accelergy architecture';
}

function isForEnergyAlone({ parts, isLegacy }: AccelergyParts): boolean {
  const designs = [...parts.architecture, ...parts.arch];
  return designs.some((node) => isLegacy || childOf(node, 'nodes') !== undefined);
}

/** Reads the components as `isotherm energy` does, which asks no estimator for this output. */
function describeForEnergy(parts: AccelergyParts, { file }: SourceText, files: Files): string {
  const own = { sets: [], libraries: [] };
  const job = { paths: [file], files, bundled: files, own, digits: 6, isVerbose: false, warn: () => {} };
  estimateParts(parts, { ...job, outputs: ['flattened_arch'] });
  return 'Accelergy or Timeloop architecture for isotherm energy';
}

/** Checks the containers and components of an architecture. Names in expressions are those of the accelerator, which only a run knows. */
function checkTree(file: DesignFile): void {
  const problems: Diagnostic[] = [];
  attempt(problems, () => describeDesign([file]));
  const wrong = problems.filter(({ code }) => !code.startsWith('expression-'));
  if (wrong.length > 0) throw new InputError(wrong);
}
