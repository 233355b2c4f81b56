import { fail } from '../../base/errors.ts';
import { parseQuantity } from '../../base/units.ts';
import { load, type PreparedPlant, preparePlant } from '../../cosim/index.ts';
import type { Steps } from '../../mapping/index.ts';
import type { MapOutcome } from '../../peers/mapping/index.ts';
import { engineering, mapReportHtml } from '../../report/index.ts';
import {
  bestMappingInSteps,
  type FoundMapping,
  type JointObjective,
  type JointResult,
  jointReport,
  jointText,
} from '../../study/joint/index.ts';
import { DATAFLOWS } from '../../systolic/index.ts';
import type { CommandFiles } from '../files.ts';
import { progressLine } from '../progress.ts';

/** The file of the mapping that is being found; no file of a user has this name. */
const FOUND = '\0mapping.yaml';

/** The goal of a search for dataflows and operating points; it ends early when `isOver` says so. */
export interface JointRequest {
  readonly objective: JointObjective;
  readonly deadline?: string | undefined;
  readonly isOver: () => boolean;
}

/**
 * Finds the best dataflow and operating points of each layer of an experiment's network on its accelerator, and writes them as files
 * that `run` reads. Errors: those of `load`; `no-mapping` if nothing ends within the deadline; `not-supported` for an experiment that
 * has a mapping already.
 */
export function* mapExperiment(
  reference: string,
  { objective, deadline, isOver }: JointRequest,
  { files, cache }: CommandFiles,
): Steps<MapOutcome> {
  const deadlineS =
    deadline === undefined ? Number.POSITIVE_INFINITY : parseQuantity(deadline, 'time', spanOf(deadline));
  const progress = progressLine();
  try {
    const candidates = DATAFLOWS.map(({ id }, i) => ({
      dataflow: id,
      prepare: () => {
        progress.update(`schedules of ${id}`, i / (DATAFLOWS.length + 1));
        return plantOf(reference, id, { files, cache });
      },
    }));
    const { name } = load(files, reference).spec;
    const prepare = (text: string): PreparedPlant => {
      progress.update('search', DATAFLOWS.length / (DATAFLOWS.length + 1));
      const withFound = { ...files, read: (path: string) => (path === FOUND ? text : files.read(path)) };
      return preparePlant(load(withFound, reference, { set: { mapping: FOUND } }), { cache });
    };
    const found = yield* bestMappingInSteps(name, candidates, objective, deadlineS, prepare, isOver);
    if ('leastS' in found) {
      return fail(
        'no-mapping',
        `no choice ends within ${deadline}; the fastest takes ${engineering(found.leastS, 's')}`,
        {
          span: deadline === undefined ? undefined : spanOf(deadline),
          expected: 'a longer deadline, or faster operating points',
        },
      );
    }
    return {
      files: {
        'stats.json': statsOf(found, objective),
        'layers.csv': layersOf(found.result),
        'report.html': mapReportHtml(jointReport(name, found, objective, deadlineS)),
        'mapping.yaml': found.handover.mapping,
        'policy.yaml': found.handover.policy,
      },
      summary: jointText(found, objective, deadlineS),
    };
  } finally {
    progress.done();
  }
}

/** The plant of an experiment with one dataflow in all arrays. */
function plantOf(
  reference: string,
  dataflow: string,
  { files, cache }: Pick<CommandFiles, 'files' | 'cache'>,
): PreparedPlant {
  const experiment = load(files, reference, { set: { 'accelerator.array.dataflow': dataflow } });
  if (experiment.mapping)
    fail('not-supported', 'the experiment has a mapping already', {
      span: experiment.spec.document.span(['mapping']),
      expected: 'an experiment without "mapping"',
    });
  return preparePlant(experiment, { cache });
}

/** The place of a deadline on the command line. */
function spanOf(text: string) {
  return { file: '--deadline', line: 1, column: 1, length: Math.max(1, text.length), lineText: text };
}

function statsOf({ result, handover, untried, isStopped }: FoundMapping, objective: JointObjective): string {
  const { layers, domains, energyJ, timeS, value, lowerBound, evaluations, single } = result;
  const cycles = layers.reduce((sum, layer) => sum + layer.cycles, 0);
  const energyPj = energyJ * 1e12;
  const document = {
    model: 'isotherm',
    energyPj,
    cycles,
    edp: energyPj * cycles,
    timeS,
    objective,
    value,
    lowerBound,
    gap: (value - lowerBound) / value,
    evaluations,
    certificate: {
      model: 'isotherm',
      space: `dataflows and operating points of ${layers.length} layers`,
      outcome: lowerBound === value ? 'proven' : isStopped ? 'stopped' : 'gap',
      ...(untried.length > 0 && { untried }),
    },
    replayed: handover.replayed,
    singleDataflow: single,
    domains,
    layers: layers.map(({ points, ...layer }) => layer),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function layersOf({ layers, domains }: JointResult): string {
  const rows = layers.map(({ layer, dataflow, order = '', streamTile = '', frequencyHz, cycles, timeS, energyJ }) => {
    const costs = [timeS, energyJ].map((value) => Number(value.toPrecision(9)));
    return [layer, dataflow, ...frequencyHz, cycles, ...costs, order, streamTile].join(',');
  });
  const clocks = domains.map((name) => `frequency_hz:${name}`);
  return `${['layer', 'dataflow', ...clocks, 'cycles', 'time_s', 'energy_j', 'fold_order', 't_tile'].join(',')}\n${rows.join('\n')}\n`;
}
