import type { Command } from 'commander';
import { parseYaml } from '../../base/document.ts';
import { attempt, type Diagnostic, fail, InputError, placedAt } from '../../base/errors.ts';
import { bundledKind, readBytes } from '../../base/files.ts';
import { calledKind, type FileKind, kindOf, readAs } from '../../base/kinds.ts';
import { type SourceBytes, type SourceText, spanOf } from '../../base/source.ts';
import { isPolicyModule, loadExperiment, parseMapping, policyModules } from '../../cosim/index.ts';
import { loadDesign, parseAccelerator } from '../../design/index.ts';
import { nodeFiles } from '../../node/index.ts';
import { describeAccelergy } from '../../peers/accelergy/index.ts';
import { readFloorplan } from '../../peers/hotspot/index.ts';
import { checkPolicy, type PolicyKind, parsePolicy } from '../../policy/index.ts';
import { makeFloorplan } from '../../thermal/floorplan/index.ts';
import { isOnnx, readOnnxModel, readTopology, type Workload, workloadMacs } from '../../workload/index.ts';
import { kindsWith } from '../policy-modules.ts';
import { print } from '../terminal.ts';

export function addValidateCommand(program: Command): void {
  program
    .command('validate')
    .description(
      'check experiments, accelerators, workloads, policies and Accelergy files, and all files that they name',
    )
    .argument('<file...>', 'files to check')
    .addHelpText('after', '\nExample:\n  isotherm validate my/experiment.yaml my/net.csv')
    .action(validateFiles);
}

/** Checks every file before it reports, so that one call shows all problems. */
async function validateFiles(paths: string[]): Promise<void> {
  const problems: Diagnostic[] = [];
  const kinds = await kindsWith([...new Set(paths.flatMap(modulesOf))], nodeFiles);
  for (const path of paths) {
    attempt(problems, () => {
      const found = isOnnx(path) ? describeModel(readBytes(nodeFiles, path, '')) : validateFile(readText(path), kinds);
      print(`${path}: ${found}\n`);
    });
  }
  if (problems.length > 0) throw new InputError(problems);
}

/** The policies of one's own that a file is or names; none if it cannot be read, which is said later. */
function modulesOf(path: string): readonly string[] {
  if (isPolicyModule(path)) return nodeFiles.read(path) === undefined ? [] : [path];
  const text = isOnnx(path) || path.endsWith('.csv') ? undefined : attempt([], () => nodeFiles.read(path));
  return text === undefined ? [] : policyModules({ file: path, text }, []);
}

function readText(file: string): SourceText {
  const text = nodeFiles.read(file);
  if (text !== undefined) return { file, text };
  const kind = bundledKind(nodeFiles, file);
  const expected = kind && `a path; "${file}" is a bundled ${kind}`;
  return fail('file-not-found', `no such file: ${file}`, { expected });
}

function describeModel(source: SourceBytes): string {
  const workload = readOnnxModel(source);
  return [describeWorkload(workload), ...(workload.assumptions ?? [])].join('; ');
}

function describeWorkload(workload: Workload): string {
  return `workload of ${layers(workload.layers.length)}, ${workloadMacs(workload)} MACs`;
}

function describeFloorplan(source: SourceText): string {
  return `floorplan of ${makeFloorplan(readFloorplan(source)).blocks.length} blocks`;
}

/** Kinds of text files that are recognised by their content. */
const CHECKED: readonly FileKind[] = ['experiment', 'accelerator', 'mapping', 'policy', 'architecture', 'classes'];

function unchecked(kind: FileKind, source: SourceText): Diagnostic {
  const message = `${source.file} is ${calledKind(kind)}, which is not checked by itself`;
  const expected = 'an experiment, an accelerator, a network, a mapping, a policy, a floorplan or an Accelergy file';
  return { code: 'wrong-kind', message, span: spanOf(source, 0, 1), expected };
}

/** Checks a file according to its content. Returns its kind and a short description. */
function validateFile(source: SourceText, kinds: readonly PolicyKind[]): string {
  const module = kinds.find(({ id }) => id === source.file);
  if (module) return `policy ${module.name}, a program`;
  if (source.file.endsWith('.csv')) {
    return describeWorkload(
      placedAt(spanOf(source, 0, 1), () => readAs('workload', source, () => readTopology(source))),
    );
  }
  const kind = kindOf(source);
  if (kind === 'floorplan') return describeFloorplan(source);
  if (kind !== undefined && !CHECKED.includes(kind)) throw new InputError([unchecked(kind, source)]);
  if (kind === 'architecture' || kind === 'classes') return describeAccelergy(source, nodeFiles);
  const document = parseYaml(source);
  const has = (key: string): boolean =>
    typeof document.value === 'object' && document.value !== null && Object.hasOwn(document.value, key);
  if ((has('architecture') && !has('version')) || has('compound_components'))
    return describeAccelergy(source, nodeFiles);
  if (has('uses') || has('stack') || has('rules')) {
    const policy = parsePolicy(document);
    for (const { uses, usesSpan, parameters } of policy.entries) checkPolicy(uses, usesSpan, [parameters]);
    return `policy ${policy.name}`;
  }
  if (kind === 'mapping') return `mapping of ${layers(parseMapping(document).layers.length)}`;
  if (has('array') || has('scratchpads')) {
    const design = loadDesign(nodeFiles, parseAccelerator(document, nodeFiles));
    return `accelerator ${design.spec.name} of ${design.ert.components.length} components`;
  }
  const { spec, workload, design } = loadExperiment(nodeFiles, source, { kinds });
  return `experiment ${spec.name}: ${workload.name} on ${design.spec.name}`;
}

function layers(count: number): string {
  return `${count} ${count === 1 ? 'layer' : 'layers'}`;
}
