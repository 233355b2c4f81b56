import { join } from 'node:path';
import type { Command } from 'commander';
import { attempt, type Diagnostic, fail, InputError } from '../../base/errors.ts';
import { type Files, readReference } from '../../base/files.ts';
import { optionOverride, parseOverride } from '../../base/overrides.ts';
import { checkUncertain, type Experiment, loadExperiment } from '../../cosim/index.ts';
import { appendAll } from '../../node/index.ts';
import type { PolicyKind } from '../../policy/index.ts';
import {
  type Comparison,
  comparisonFileNames,
  comparisonFiles,
  comparisonText,
  verdictText,
} from '../../report/compare/index.ts';
import {
  type CompareRequest,
  combinations,
  compare,
  EXPERIMENT_POLICY,
  parseSweep,
  parseUncertain,
  type Sweep,
  spanOf,
  valuesOf,
} from '../../study/compare/index.ts';
import { kindsOfPolicies, withWorkers } from '../compare-workers.ts';
import { type CommandFiles, withFiles } from '../files.ts';
import { progressLine } from '../progress.ts';
import { print, printJson, tableWidth, wroteText } from '../terminal.ts';
import { compareFolders } from './compare-folders.ts';

interface CompareOptions {
  readonly policies?: string[];
  readonly deadline?: string;
  readonly sweep: string[];
  readonly set: string[];
  readonly start: string;
  readonly checkEpoch: boolean;
  readonly uncertain?: string;
  readonly draws: string;
  readonly workers?: string;
  readonly output?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly yes?: boolean;
}

/** More cells than this need `--yes`. */
const MANY_CELLS = 100_000;
/** Cells that are checked before the first run. */
const CHECKED_CELLS = 200;
const MOST_WORKERS = 256;
const MOST_DRAWS = 10_000;

export function addCompareCommand(program: Command): void {
  program
    .command('compare')
    .description('run the same work under several policies, and measure them against the least energy possible')
    .argument('<experiment>', 'an experiment file, or the name of a bundled one; or two folders that run -o wrote')
    .argument('[folder]', 'the second folder')
    .option('--policies <policy...>', 'policies by name or path, or experiment for its own; the first is the reference')
    .option('--deadline <times>', 'deadlines: 5ms, a list 4ms,5ms, or a range 4ms..8ms/1ms')
    .option(
      '--sweep <path=values>',
      'other values that vary, as in limit=75C,85C or accelerator.array.rows=16,32; every combination is a cell',
      append,
      [],
    )
    .option('--set <path=value>', 'replace a value in all cells, as for run', append, [])
    .option('--start <mode>', 'own: each row starts from its own state; shared: all from that of the reference', 'own')
    .option('--uncertain <inputs>', 'inputs that may be off, as in leakage=20%,r_convec=15%,energy=10%')
    .option('--draws <n>', 'draws of the uncertain inputs', '50')
    .option('--no-check-epoch', 'do not repeat a window of each row at half the epoch')
    .option('--workers <n>', 'threads; the results do not depend on it')
    .option('-o, --output <dir>', 'write comparison.csv, .json and .md, report.html and the oracle as a policy file')
    .option('--quiet', 'print the verdict alone')
    .option('--json', 'print comparison.json on standard output and nothing else')
    .option('--yes', `allow more than ${MANY_CELLS} cells`)
    .addHelpText('after', EXAMPLES)
    .action((reference: string, second: string | undefined, options: CompareOptions, command: Command) => {
      const { policies } = options;
      return withFiles(async (given) => {
        if (second !== undefined && policies === undefined) {
          compareFolders(given.files, reference, second, options.json ?? false);
        } else if (policies === undefined || second !== undefined) {
          command.error("error: give an experiment and '--policies', or two folders", { exitCode: 2 });
        } else await comparePolicies(reference, policies, options, given);
      });
    });
}

const EXAMPLES = `
Examples:
  isotherm compare four-arrays --policies performance race-to-idle static-best pace -o out/compare
  isotherm compare thermal-stress-hp --policies performance step_wise pid-frequency --sweep limit=75C,85C
  isotherm compare quickstart-hp --policies pace static-best --deadline 4ms..8ms/1ms
  isotherm compare out/before out/after`;

function append(value: string, before: string[]): string[] {
  return [...before, value];
}

async function comparePolicies(
  reference: string,
  policies: readonly string[],
  options: CompareOptions,
  given: CommandFiles,
): Promise<void> {
  const problems: Diagnostic[] = [];
  const sweeps = attempt(problems, () => sweepsOf(options));
  attempt(problems, () => checkPolicies(policies));
  const start = attempt(problems, () => oneOf('--start', options.start, ['own', 'shared'] as const));
  const workers = attempt(problems, () => countOf('--workers', options.workers, MOST_WORKERS));
  const draws = attempt(problems, () => countOf('--draws', options.draws, MOST_DRAWS));
  const uncertain = attempt(problems, () => (options.uncertain === undefined ? [] : parseUncertain(options.uncertain)));
  if (problems.length > 0 || !sweeps || !start || !draws || !uncertain) throw new InputError(problems);
  const cells = sweeps.reduce((product, { values }) => product * values.length, 1);
  if (cells > MANY_CELLS && !options.yes) {
    fail('out-of-range', `the sweeps make ${cells} cells`, { expected: `at most ${MANY_CELLS}, or the option --yes` });
  }
  const request: CompareRequest = {
    experiment: reference,
    policies,
    set: options.set,
    sweeps,
    start,
    checkEpoch: options.checkEpoch,
    uncertain,
    draws,
  };
  const kinds = await kindsOfPolicies(reference, policies, options.set, given.files);
  checkCells(given.files, request, kinds.kinds);
  const { output: folder } = options;
  if (folder !== undefined) given.output.check(comparisonFileNames(cells).map((name) => join(folder, name)));
  const progress = progressLine(options);
  const settings = { workers, kinds, onProgress: progress.update };
  const comparison = await withWorkers(given, settings, (execute) => compare(request, execute)).finally(progress.done);
  checkRan(comparison);
  const files = comparisonFiles(comparison);
  if (folder !== undefined) {
    appendAll(given.output, folder, files);
    await given.output.commitOrEnd();
  }
  if (options.json) {
    printJson(files['comparison.json']());
    return;
  }
  const text = options.quiet ? verdictText(comparison) : comparisonText(comparison, tableWidth());
  print(`${text}\n${folder === undefined ? '' : `\n${wroteText(folder)}`}`);
}

/** Errors: `policy-failed` with the reasons if no policy could run in any cell. */
function checkRan({ cells }: Comparison): void {
  const rows = cells.flatMap((cell) => cell.rows);
  if (rows.some(({ applicable }) => applicable)) return;
  const reasons = [...new Set(rows.map(({ policy, reason }) => `${policy}: ${reason}`))];
  throw new InputError(
    reasons.map((message) => ({
      code: 'policy-failed',
      message,
      expected: 'a policy that runs in one of the cells at least; none did',
    })),
  );
}

function sweepsOf({ deadline, sweep }: CompareOptions): Sweep[] {
  const sweeps = [
    ...(deadline === undefined ? [] : [{ path: 'deadline', values: valuesOf('--deadline', deadline) }]),
    ...sweep.map(parseSweep),
  ];
  const twice = sweeps.find(({ path }, i) => sweeps.findIndex((other) => other.path === path) < i);
  if (twice) fail('duplicate-name', `"${twice.path}" is swept twice`, { expected: 'all its values in one sweep' });
  if (sweeps.some(({ path }) => path === 'policy' || path.startsWith('policy.'))) {
    fail('override-invalid', 'a sweep cannot change the policy: --policies replaces it', {
      expected: 'each policy, or a file for each of its parameters, under --policies',
    });
  }
  return sweeps;
}

function checkPolicies(policies: readonly string[]): void {
  const twice = policies.find((policy, i) => policies.indexOf(policy) < i);
  if (twice === undefined) return;
  fail('duplicate-name', `policy "${twice}" appears twice`, {
    span: spanOf('--policies', policies.join(' ')),
    expected: 'each policy once',
  });
}

function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  return fail('unknown-name', `${option} is "${value}"`, {
    span: spanOf(option, value),
    expected: `one of ${allowed.join(', ')}`,
  });
}

function countOf(option: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= most) return count;
  return fail('out-of-range', `${option} is ${text}`, {
    span: spanOf(option, text),
    expected: `a whole number from 1 to ${most}`,
  });
}

/**
 * Reads every policy once and the first cells, so that a mistyped name or path ends the command before any run. A policy
 * that cannot run in a cell is no mistake: its row says so. `option` gave the policies.
 */
export function checkCells(
  files: Files,
  { experiment: reference, policies, set, sweeps, uncertain }: CompareRequest,
  kinds: readonly PolicyKind[],
  option = '--policies',
): void {
  const source = readReference(files, 'experiment', reference, '');
  const problems: Diagnostic[] = [];
  const base = set.map(parseOverride);
  let like: Experiment | undefined;
  const load = (policy: string | undefined, values: readonly string[]): void => {
    const own = values.map((value, i) =>
      optionOverride(sweeps[i].path === 'deadline' ? '--deadline' : '--sweep', sweeps[i].path.split('.'), value),
    );
    like = loadExperiment(files, source, { policy, overrides: [...base, ...own], kinds, like });
  };
  const note = (doing: () => void, isOurs: (problem: Diagnostic) => boolean): void => {
    const found: Diagnostic[] = [];
    attempt(found, doing);
    for (const problem of found) {
      const isKnown = problems.some(({ code, message }) => code === problem.code && message === problem.message);
      if (isOurs(problem) && !isKnown) problems.push(problem);
    }
  };
  const cells = combinations(sweeps.map(({ path, values }) => ({ path, values: values.slice(0, CHECKED_CELLS) })));
  const ofPolicy = ({ span }: Diagnostic): boolean => span?.file === '--policy';
  for (const policy of policies) {
    if (policy !== EXPERIMENT_POLICY) note(() => load(policy, cells[0]), ofPolicy);
  }
  // Whatever the policy needs is a matter of its row.
  for (const values of cells.slice(0, CHECKED_CELLS))
    note(
      () => load('performance', values),
      () => true,
    );
  if (like && uncertain.length > 0) {
    const { design } = like;
    attempt(problems, () =>
      checkUncertain(
        design,
        uncertain.map(({ name }) => name),
      ),
    );
  }
  const renamed = problems.map((problem) =>
    ofPolicy(problem) ? { ...problem, span: { ...problem.span!, file: option } } : problem,
  );
  if (renamed.length > 0) throw new InputError(renamed);
}
