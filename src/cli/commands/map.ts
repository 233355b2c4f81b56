import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { readText } from '../../base/files.ts';
import { FITNESSES, OBJECTIVES, type ObjectiveName, type Progress, type Steps } from '../../mapping/index.ts';
import { appendAll, nodeFiles, stoppable } from '../../node/index.ts';
import {
  confuciuxFiles,
  evaluateFiles,
  evaluateNetwork,
  hasMapping,
  type MapOutcome,
  SEARCHES,
  type SearchRequest,
  searchFiles,
  searchNetwork,
} from '../../peers/mapping/index.ts';
import type { JointObjective } from '../../study/joint/index.ts';
import { type CommandFiles, withFiles } from '../files.ts';
import { progressLine } from '../progress.ts';
import { print, wroteText } from '../terminal.ts';
import { levelRange, type MapOptions, MODELS, misuse, part, positive, upToOne, whole } from './map-options.ts';

/** Files that a model writes. */
const FILES = {
  timeloop: [
    'map.yaml',
    'map.txt',
    'stats.json',
    'action_counts.yaml',
    'report.html',
    'ERT.yaml',
    'mapping.m',
    'zigzag.yaml',
    'mapping.yaml',
  ],
  maestro: ['maestro.csv', 'stats.json', 'mapping.m', 'gamma.csv', 'convergence.csv', 'report.html'],
  isotherm: ['layers.csv', 'stats.json', 'mapping.yaml', 'policy.yaml', 'report.html'],
  confuciux: ['solution.csv', 'summary.json', 'convergence.csv', 'report.html'],
} as const;

const EXAMPLES = `
Examples:
  isotherm map arch.yaml problem.yaml ert.yaml --objective edp -o out/best
  isotherm map network.m --hw hardware.m --model maestro -o out/maestro
  isotherm map one-inference --model isotherm --deadline 9ms`;

export function addMapCommand(program: Command): void {
  program
    .command('map')
    .description(
      "find the best mapping of an operation onto an accelerator, or evaluate one, by Timeloop's or MAESTRO's model",
    )
    .argument(
      '<file...>',
      'Timeloop: architecture, problem, ERT, constraints, mapper (.yaml), in any order; MAESTRO: a network (.m, or with --search a table of layers .csv); Isotherm: an experiment',
    )
    .option('--mapping <file>', 'evaluate this mapping: map.yaml or map.txt')
    .option('--hw <file>', "MAESTRO's hardware file (.m)")
    .addOption(new Option('--model <model>', 'the cost model').choices(MODELS).default('timeloop'))
    .addOption(
      new Option('--objective <objective>', "what to minimise; else the mapper file's metrics, else edp").choices(
        OBJECTIVES,
      ),
    )
    .option(
      '--deadline <limit>',
      'only mappings within this limit: cycles, or with --model isotherm a time such as 5ms',
    )
    .addOption(new Option('--search <method>', 'how to search (default: exact; MAESTRO: none)').choices(SEARCHES))
    .option('--evaluations <count>', 'mappings that random and ga evaluate (default: 10000)', whole)
    .option('--seed <number>', 'seed of random and ga (default: 1)', whole)
    .option('--gap <part>', 'stop within this part of the optimum: 0.01 for 1 %', part)
    .option('--time <seconds>', 'stop after this time with the best mapping so far', positive('seconds'))
    .option('--levels <range>', "MAESTRO's searches: cluster levels, such as 2 or 1..3 (default: 2)", levelRange)
    .option('--pe-limit <count>', "MAESTRO's searches: search the number of PEs, too, up to this one (DiGamma)", whole)
    .option('--area-budget <mm2>', "MAESTRO's searches: largest area of PEs and buffers", positive('mm2'))
    .option(
      '--confuciux',
      "solve ConfuciuX's problem: PEs and a tile for each layer of a network (.csv) under a summed budget",
    )
    .option('--dataflow <file>', "ConfuciuX: the dataflow in MAESTRO's language (.m)")
    .addOption(new Option('--fitness <fitness>', 'ConfuciuX: what to optimise (default: latency)').choices(FITNESSES))
    .addOption(
      new Option('--constraint <column>', 'ConfuciuX: what is limited (default: area)').choices(['area', 'power']),
    )
    .option(
      '--mul <part>',
      'ConfuciuX: the budget, from 0 (the least uniform design) to 1 (the largest) (default: 0.5)',
      upToOne,
    )
    .addOption(
      new Option('--pe-grid <count>', 'ConfuciuX: 12 numbers of PEs, or all up to 128 (default: 12)').choices([
        '12',
        '128',
      ]),
    )
    .option('-o, --output <dir>', 'write the results into this folder')
    .addHelpText('after', EXAMPLES)
    .action((files: string[], options: MapOptions, command: Command) => {
      const problem = misuse(files, options);
      if (problem !== undefined) command.error(`error: ${problem}`, { exitCode: 2 });
      return withFiles((given) => map(files, options, given));
    });
}

async function map(paths: readonly string[], options: MapOptions, given: CommandFiles): Promise<void> {
  const { output: folder, model, confuciux } = options;
  if (folder !== undefined)
    given.output.check(FILES[confuciux ? 'confuciux' : model].map((name) => join(folder, name)));
  const { mapExperiment } = await modulesFor(options);
  const { result, signal } = await stoppable((isStopped) => {
    const end = endOf(options.time, isStopped);
    const { deadline, objective = deadline === undefined ? 'edp' : 'energy' } = options;
    return mapExperiment
      ? mapExperiment(paths[0], { objective: objective as JointObjective, deadline, ...end }, given)
      : outcomeOf(paths, options, given, end);
  });
  const { files: written, summary } = result;
  if (folder !== undefined) {
    appendAll(given.output, folder, written);
    await given.output.commitOrEnd();
  }
  print(`${summary}\n${folder === undefined ? '' : `\n${wroteText(folder)}`}`);
  if (signal) process.kill(process.pid, signal);
}

/** The modules for experiments, most of the program, are loaded for them only. */
async function modulesFor({ model, confuciux }: MapOptions): Promise<Partial<typeof import('./map-isotherm.ts')>> {
  return model === 'isotherm' && !confuciux ? import('./map-isotherm.ts') : {};
}

/** The end of a search: when the user says so, or after a time. */
interface End {
  readonly isOver: () => boolean;
  /** The end of one of `parts` searches that share the time left. */
  readonly shareOf: (parts: number) => () => boolean;
}

function endOf(seconds = Number.POSITIVE_INFINITY, isStopped: () => boolean): End {
  const end = Date.now() + 1000 * seconds;
  const before = (time: number) => (): boolean => isStopped() || Date.now() >= time;
  const shareOf = (parts: number) => before(Date.now() + (end - Date.now()) / parts);
  return { isOver: before(end), shareOf };
}

function* outcomeOf(
  paths: readonly string[],
  options: MapOptions,
  given: CommandFiles,
  { isOver, shareOf }: End,
): Steps<MapOutcome> {
  const { files } = given;
  const { model, mapping, hw, objective, search = 'exact', evaluations = 10_000, seed = 1, deadline, gap } = options;
  if (options.confuciux) {
    const { dataflow, fitness = 'latency', constraint = 'area', mul = 0.5, peGrid = '12' } = options;
    const request = {
      fitness,
      constraint,
      multiplier: mul,
      peGrid: peGrid === '12' ? 12 : 128,
      search: search as 'exact' | 'random' | 'ga',
      evaluations,
      seed,
      isOver,
    } as const;
    return yield* confuciuxFiles(readText(files, paths[0]), readText(files, dataflow!), request);
  }
  if (model === 'maestro') {
    const [network, hardware] = [readText(files, paths[0]), readText(files, hw!)];
    if (options.search === undefined) return evaluateNetwork(network, hardware);
    const { levels = [2, 2], peLimit, areaBudget } = options;
    return yield* withProgress((onProgress) =>
      searchNetwork(network, hardware, {
        search,
        objective: (objective ?? 'edp') as Exclude<ObjectiveName, 'pareto'>,
        evaluations,
        seed,
        levels,
        peLimit,
        areaBudgetMm2: areaBudget,
        gap,
        // Each layer gets an equal share of the time that is left.
        endOf: shareOf,
        onProgress,
      }),
    );
  }
  const sources = paths.map((path) => readText(files, path));
  const from = { files, bundled: nodeFiles };
  if (mapping !== undefined) return evaluateFiles([...sources, readText(files, mapping)], from);
  if (hasMapping(sources)) return evaluateFiles(sources, from);
  const request = {
    objective,
    search,
    evaluations,
    seed,
    deadlineCycles: deadline === undefined ? undefined : Number(deadline),
    ...(gap !== undefined && { gap }),
    isOver,
    shareOf,
  } satisfies SearchRequest;
  return yield* withProgress((onProgress) => searchFiles(sources, { ...request, onProgress }, from));
}

/** Does the work with the state of the search on one line of the terminal. */
function* withProgress<T>(work: (onProgress: (progress: Progress) => void) => Steps<T>): Steps<T> {
  const line = progressLine();
  try {
    return yield* work(({ best, bound, evaluations }) =>
      line.update(
        `best ${best.toPrecision(6)}, bound ${bound.toPrecision(6)}, gap ${((100 * (best - bound)) / best).toFixed(2)} %, ${evaluations} evaluated`,
      ),
    );
  } finally {
    line.done();
  }
}
