import { fail, InputError, type Span } from '../../base/errors.ts';
import type { SourceText } from '../../base/source.ts';
import type { TimeloopInput, TimeloopMapping } from '../../formats/timeloop/index.ts';
import {
  evaluateTimeloop,
  type Found,
  type Machine,
  type Mapspace,
  machineOf,
  mappingOfNest,
  mapspaceOf,
  type Objective,
  type ObjectiveName,
  objectiveOf,
  type SearchLimits,
  type SearchResult,
  type Steps,
  searchAtRandomInSteps,
  searchExactlyInSteps,
  searchGeneticallyInSteps,
  whyNoMapping,
} from '../../mapping/index.ts';
import { type Column, engineering, groupDigits, metricName, textTable } from '../../report/index.ts';
import { Convergence, convergenceText } from './convergence.ts';
import { type MapFiles, type Priced, readPriced } from './energies.ts';
import type { MapOutcome } from './outcome.ts';
import { evaluationText, lines, mappingFiles, notesText, verdictText } from './timeloop.ts';

export const SEARCHES = ['exact', 'random', 'ga', 'decoupled'] as const;
export type SearchName = (typeof SEARCHES)[number];

/** The goal of a search and its method. */
export interface SearchRequest extends SearchLimits {
  readonly search: SearchName;
  /** Mappings that `random` and `ga` evaluate, and the seed of their random numbers. */
  readonly evaluations: number;
  readonly seed: number;
  /** Without one, the mapper file's metrics hold, else EDP. */
  readonly objective?: ObjectiveName | undefined;
  readonly deadlineCycles?: number | undefined;
  /** The end of one of several searches that share the time left. */
  readonly shareOf?: (parts: number) => () => boolean;
}

/**
 * Finds the best mapping of the problem among Timeloop's files. A mapping among the files is ignored. The request is plain data
 * but for its callbacks. Errors: those of `readPriced`; `no-mapping` if nothing fits.
 */
export function* searchFiles(
  sources: readonly SourceText[],
  request: SearchRequest,
  from: MapFiles,
): Steps<MapOutcome> {
  const priced = readPriced(sources, from);
  const { input } = priced;
  const machine = machineOf(input.problem, input.architecture, input.energies);
  const objective = objectiveFor(input, request);
  const space = mapspaceOf(machine, input.constraints);
  const { objective: name, search, seed } = request;
  const convergence = new Convergence();
  const limits = { ...request, ...convergence.noting(objective, request) };
  switch (search) {
    case 'random':
      return outcomeOf(priced, space, objective, yield* searchAtRandomInSteps(space, objective, limits), {
        search,
        seed,
        convergence,
      });
    case 'ga':
      return outcomeOf(priced, space, objective, yield* searchGeneticallyInSteps(space, objective, limits), {
        search,
        seed,
        convergence,
      });
    case 'decoupled':
      return yield* decoupled(priced, space, objective, request);
    default: {
      const result = yield* searchExactlyInSteps(space, objective, name === 'pareto', limits);
      return outcomeOf(priced, space, objective, result, { search, convergence });
    }
  }
}

/**
 * Least traffic of the outermost memory first, then the best mapping among those: the decomposition that Marvel
 * (P. Chatarasi et al., arXiv 2002.07752) proposed. Its loss is measured against the joint optimum.
 */
function* decoupled(priced: Priced, space: Mapspace, objective: Objective, request: SearchRequest): Steps<MapOutcome> {
  const [wanted] = objective.values;
  const traffic = objectiveOf(['last-level-accesses'], objective.deadlineCycles);
  const isOver = request.shareOf?.(2) ?? request.isOver;
  const joint = yield* searchExactlyInSteps(space, objective, false, { ...request, ...(isOver && { isOver }) });
  const result = yield* searchExactlyInSteps(
    space,
    { ...traffic, values: [...traffic.values.slice(0, 1), ...objective.values] },
    false,
    request,
  );
  const loss =
    result.best && joint.best && joint.reason === 'proven'
      ? wanted(result.best.cost) / wanted(joint.best.cost)
      : undefined;
  const found = { ...result, lowerBound: joint.lowerBound, reason: 'sampled' as const };
  return outcomeOf(priced, space, objective, found, {
    search: 'decoupled',
    convergence: new Convergence(),
    ...(loss !== undefined && { timesJointOptimum: loss }),
  });
}

export function objectiveFor({ metrics }: TimeloopInput, { objective, deadlineCycles }: SearchRequest): Objective {
  if (objective === 'pareto') return objectiveOf(['edp'], deadlineCycles);
  if (objective !== undefined) return objectiveOf([objective], deadlineCycles);
  return objectiveOf(metrics ?? ['edp'], deadlineCycles);
}

/** How a mapping was found. */
interface How {
  readonly search: SearchName;
  readonly seed?: number;
  readonly timesJointOptimum?: number;
  readonly convergence: Convergence;
}

function outcomeOf(
  priced: Priced,
  space: Mapspace,
  objective: Objective,
  result: SearchResult,
  { convergence, ...how }: How,
): MapOutcome {
  const { machine } = space;
  const { best } = result;
  if (!best) return priced.placed(() => failNoMapping(space, objective, result));
  const mapping = mappingOfNest(machine, best.nest);
  const evaluation = evaluateTimeloop(machine, mapping);
  const linked = evaluateTimeloop(machine, mapping, undefined, true);
  const hasLinks = linked.energyPj !== evaluation.energyPj || linked.cycles !== evaluation.cycles;
  const [value] = objective.values;
  const reached = value(best.cost);
  const { lowerBound, evaluations, front } = result;
  const certificate = {
    objective: objective.name,
    ...how,
    value: reached,
    lowerBound,
    gap: reached === 0 ? 0 : (reached - lowerBound) / reached,
    evaluations,
    certificate: {
      model: 'timeloop v3.0.3, without link transfers',
      space: spaceOf(machine),
      outcome: result.reason,
      outerStates: result.outerStates,
      innerTiles: result.innerTiles,
      pruned: result.pruned,
    },
    ...(hasLinks && { linkTransfers: { energyPj: linked.energyPj, cycles: linked.cycles } }),
    ...(front.length > 0 && { front: front.map(({ cost, nest }) => pointOf(machine, cost, nest)) }),
  };
  if (how.search === 'exact') convergence.add({ evaluations, best: reached, bound: lowerBound });
  const { steps } = convergence;
  const proof = proofText(objective, result, reached);
  const remarks = [
    ...notesText(priced, mapping),
    ...convergenceText(steps),
    ...(hasLinks
      ? [
          `With words from neighbours on the mesh, which the search does not count: ${engineering(linked.energyPj * 1e-12, 'J')} in ${linked.cycles} cycles`,
        ]
      : []),
  ];
  const text = [
    ...verdictText(evaluation),
    proof,
    '',
    evaluationText(priced.input, mapping, evaluation),
    ...frontText(result),
    ...lines(remarks),
  ].join('\n');
  const shown = { objective: objective.name, proof, steps, lowerBound, front };
  return { files: mappingFiles(priced, mapping, evaluation, certificate, shown), summary: text };
}

function pointOf(machine: Machine, { energyPj, cycles }: Found['cost'], nest: Found['nest']): object {
  return { energyPj, cycles, loops: loopsOf(machine, mappingOfNest(machine, nest)) };
}

/** The nest on one line: loops of each level from the outermost to the innermost, spatial ones in brackets. */
function loopsOf({ problem, architecture }: Machine, { levels }: TimeloopMapping): string {
  return levels
    .map(({ temporal, spatial }, level) => {
      const loops = temporal
        .filter(({ bound }) => bound > 1)
        .map(({ dimension, bound }) => `${problem.dimensions[dimension]}${bound}`);
      const across = spatial.map(({ dimension, bound }) => `${problem.dimensions[dimension]}${bound}`);
      return `${architecture.storages[level].name}: ${[...loops, ...(across.length > 0 ? [`[${across.join(' ')}]`] : [])].join(' ')}`.trim();
    })
    .join('; ');
}

function spaceOf({ problem, architecture }: Machine): string {
  const sizes = problem.dimensions.map((name, d) => `${name}=${problem.sizes[d]}`).join(' ');
  const levels = architecture.storages.map(({ name }) => name).join(', ');
  return `perfect factors of ${sizes} over ${levels}, all orders, placements and bypasses within the constraints`;
}

function proofText(
  objective: Objective,
  { reason, lowerBound, evaluations, pruned }: SearchResult,
  value: number,
): string {
  const other = reason === 'sampled' ? 'choices did not fit or were left out' : 'choices excluded by bounds';
  const effort = `${groupDigits(evaluations)} mappings evaluated, ${groupDigits(pruned)} ${other}`;
  if (reason === 'proven')
    return `Optimal in ${metricName(objective.name)}, proven: no mapping of the space has less (${effort})`;
  const why = {
    gap: 'the allowed gap',
    stopped: 'stopped',
    'space cut': 'the space is too large to enumerate',
    sampled: 'this search proves nothing',
  }[reason];
  const gap = value === 0 ? 0 : (value - lowerBound) / value;
  return `Best ${metricName(objective.name)} found ${value.toPrecision(6)}, lower bound ${lowerBound.toPrecision(6)}, gap ${(100 * gap).toPrecision(3)} %: ${why} (${effort})`;
}

function frontText({ front }: SearchResult): string[] {
  if (front.length === 0) return [];
  const columns: readonly Column[] = [
    { title: 'cycles', align: 'right' },
    { title: 'energy', align: 'right' },
    { title: 'EDP', align: 'right' },
  ];
  const rows = front.map(({ cost: { energyPj, cycles } }) => [
    String(cycles),
    engineering(energyPj * 1e-12, 'J'),
    (energyPj * cycles).toPrecision(6),
  ]);
  return ['', ...textTable(columns, rows)];
}

function failNoMapping(space: Mapspace, { deadlineCycles }: Objective, { reason }: SearchResult): never {
  if (reason === 'stopped')
    fail('no-mapping', 'no mapping: the search was stopped before it found one', { expected: 'more time' });
  const why = whyNoMapping(space, deadlineCycles, reason === 'sampled');
  throw new InputError(
    why.map(({ text, span }) => ({
      code: 'no-mapping',
      message: `no mapping: ${text}`,
      span: span ?? deadlineSpan(deadlineCycles),
      expected: span ? 'larger memories or meshes, or looser constraints' : 'a longer deadline, or more multipliers',
    })),
  );
}

/** The place of a deadline, on the command line. */
function deadlineSpan(cycles: number): Span | undefined {
  if (!Number.isFinite(cycles)) return undefined;
  const lineText = String(cycles);
  return { file: '--deadline', line: 1, column: 1, length: lineText.length, lineText };
}
