import type { Component, Rules } from '../../energy/input/index.ts';
import type { ComponentEnergy } from '../accelergy-input/counts.ts';
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
} from './outputs.ts';
import type { ComponentTables } from './tables.ts';

interface OutputJob {
  readonly digits: number;
  readonly isVerbose: boolean;
  readonly outputs: readonly OutputName[];
}

/** The results that the files show. */
interface Outcome {
  readonly tables: readonly ComponentTables[];
  readonly rows: readonly TableRow[];
  /** The components of the architecture, if an output needs them. */
  readonly components: readonly Component[] | undefined;
  readonly energies: readonly ComponentEnergy[] | undefined;
  readonly hasArt: boolean;
}

/** The texts of the output files that a job wants, by name. */
export function outputFiles(
  job: OutputJob,
  rules: Rules,
  { tables, rows, components, energies, hasArt }: Outcome,
): Map<string, string> {
  const files = new Map<string, string>();
  const rounding = { digits: job.digits, rules };
  const add = (output: OutputName, name: string, make: () => OutputMap): void => {
    if (job.outputs.includes(output))
      files.set(`${name}.yaml`, emitYaml(make(), rules.peer === 'accelergy-0.3' ? 2 : 4));
  };
  const verbose = job.isVerbose ? '_verbose' : '';
  if (components) {
    add('flattened_arch', `flattened_architecture${verbose}`, () =>
      job.isVerbose ? flattenedVerbose(tables, rules) : flattenedOutput(components, rules),
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
