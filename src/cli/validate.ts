import type { Command } from 'commander';
import { parseYaml } from '../base/document.ts';
import { attempt, type Diagnostic, InputError, placedAt } from '../base/errors.ts';
import { readBytes, readText } from '../base/files.ts';
import { type SourceBytes, type SourceText, spanOf } from '../base/source.ts';
import { loadExperiment } from '../cosim/index.ts';
import { loadDesign, parseAccelerator } from '../design/index.ts';
import { readAccelergy } from '../energy/index.ts';
import { nodeFiles } from '../node/index.ts';
import { checkPolicy, parsePolicy } from '../policy/index.ts';
import { isOnnx, readOnnxModel, readTopology, type Workload, workloadMacs } from '../workload/index.ts';
import { print } from './terminal.ts';

export function addValidateCommand(program: Command): void {
  program
    .command('validate')
    .description(
      'check experiments, accelerators, workloads, policies and Accelergy files, and all files that they name',
    )
    .argument('<file...>', 'files to check')
    .action(validateFiles);
}

/** Checks every file before it reports, so that one run shows all there is to mend. */
function validateFiles(paths: string[]): void {
  const problems: Diagnostic[] = [];
  for (const path of paths) {
    attempt(problems, () => {
      const found = isOnnx(path)
        ? describeModel(readBytes(nodeFiles, path, ''))
        : validateFile(readText(nodeFiles, path));
      print(`${path}: ${found}\n`);
    });
  }
  if (problems.length > 0) throw new InputError(problems);
}

function describeModel(source: SourceBytes): string {
  const workload = readOnnxModel(source);
  return [describeWorkload(workload), ...(workload.assumptions ?? [])].join('; ');
}

function describeWorkload(workload: Workload): string {
  return `workload of ${workload.layers.length} layers, ${workloadMacs(workload)} MACs`;
}

/** What kind of file it is, by what it holds, and a word on its content. */
function validateFile(source: SourceText): string {
  if (source.file.endsWith('.csv')) {
    return describeWorkload(placedAt(spanOf(source, 0, 1), () => readTopology(source)));
  }
  const document = parseYaml(source);
  const has = (key: string): boolean =>
    typeof document.value === 'object' && document.value !== null && Object.hasOwn(document.value, key);
  if (has('architecture') && !has('version')) {
    readAccelergy(document);
    return 'Accelergy architecture';
  }
  if (has('compound_components')) {
    return `Accelergy classes ${readAccelergy(document)
      .classes.map((c) => c.name.value)
      .join(', ')}`;
  }
  if (has('uses') || has('stack')) {
    const policy = parsePolicy(document);
    for (const { uses, usesSpan, parameters } of policy.entries) checkPolicy(uses, usesSpan, [parameters]);
    return `policy ${policy.name}`;
  }
  if (has('array') || has('scratchpads')) {
    const design = loadDesign(nodeFiles, parseAccelerator(document));
    return `accelerator ${design.spec.name} of ${design.ert.components.length} components`;
  }
  const { spec, workload, design } = loadExperiment(nodeFiles, source);
  return `experiment ${spec.name}: ${workload.name} on ${design.spec.name}`;
}
