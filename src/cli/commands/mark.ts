import { join } from 'node:path';
import type { Command } from 'commander';
import { fail, nearestName } from '../../base/errors.ts';
import { appendAll } from '../../node/index.ts';
import { comparisonFileNames, comparisonFiles } from '../../report/compare/index.ts';
import { type Column, percent, textTable } from '../../report/index.ts';
import {
  ASSIGNMENTS,
  type Assignment,
  type CompareRequest,
  compare,
  type Marks,
  marksOf,
  spanOf,
} from '../../study/compare/index.ts';
import { kindsOfPolicies, withWorkers } from '../compare-workers.ts';
import { type CommandFiles, withFiles } from '../files.ts';
import { progressLine } from '../progress.ts';
import { print, printJson, wroteText } from '../terminal.ts';
import { checkCells } from './compare.ts';

interface MarkOptions {
  readonly output?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export function addMarkCommand(program: Command): void {
  program
    .command('mark')
    .description('mark a solution of an assignment of the course: the same cases for everyone')
    .argument('<assignment>', ASSIGNMENTS.map(({ id, description }) => `${id}: ${description}`).join('; '))
    .argument('<policy>', 'the solution: a policy file')
    .option('-o, --output <dir>', 'write the comparison behind the marks into this folder')
    .option('--json', 'print the marks as one document and nothing else')
    .addHelpText('after', '\nExample:\n  isotherm mark dvfs pace')
    .action((id: string, policy: string, options: MarkOptions) =>
      withFiles((given) => mark(assignmentOf(id), policy, options, given)),
    );
}

function assignmentOf(id: string): Assignment {
  const names = ASSIGNMENTS.map((assignment) => assignment.id);
  return (
    ASSIGNMENTS.find((assignment) => assignment.id === id) ??
    fail('unknown-name', `there is no assignment "${id}"`, {
      span: spanOf('mark', id),
      expected: `one of ${names.join(', ')}`,
      suggestion: nearestName(id, names),
    })
  );
}

async function mark(assignment: Assignment, policy: string, options: MarkOptions, given: CommandFiles): Promise<void> {
  const { experiment, baselines, sweeps } = assignment;
  const policies = [...baselines, ...(baselines.includes(policy) ? [] : [policy])];
  const frame = { set: [], start: 'own', checkEpoch: false, uncertain: [], draws: 0 } as const;
  const request: CompareRequest = { experiment, policies, sweeps, ...frame };
  const kinds = await kindsOfPolicies(experiment, policies, [], given.files);
  checkCells(given.files, request, kinds.kinds);
  const { output: folder } = options;
  const cells = sweeps.reduce((product, { values }) => product * values.length, 1);
  if (folder !== undefined) given.output.check(comparisonFileNames(cells).map((name) => join(folder, name)));
  const progress = progressLine(options);
  const settings = { kinds, onProgress: progress.update };
  const comparison = await withWorkers(given, settings, (execute) => compare(request, execute)).finally(progress.done);
  if (folder !== undefined) {
    appendAll(given.output, folder, comparisonFiles(comparison));
    await given.output.commitOrEnd();
  }
  const marks = marksOf(assignment, comparison, policy);
  if (options.json) printJson(`${JSON.stringify(marks, null, 2)}\n`);
  else print(`${textOf(assignment, marks)}\n${folder === undefined ? '' : `\n${wroteText(folder)}`}`);
}

const COLUMNS: readonly Column[] = [
  { title: 'case', align: 'left' },
  { title: 'share', align: 'right' },
  { title: 'remark', align: 'left' },
];

function textOf({ description }: Assignment, { assignment, policy, cases, mark: total }: Marks): string {
  const rows = cases.map(({ name, share, remark }) => [name, percent(share), remark]);
  return [
    `Mark: ${total.toFixed(1)} of 100`,
    '',
    `${assignment}: ${policy}`,
    description,
    '',
    ...textTable(COLUMNS, rows),
  ].join('\n');
}
