import { fail } from '../../base/errors.ts';
import { parseQuantity } from '../../base/units.ts';
import { load, preparePlant } from '../../cosim/index.ts';
import type { MapOutcome } from '../../peers/mapping/index.ts';
import { type Column, engineering, textTable } from '../../report/index.ts';
import { bestJointly, type JointObjective, type JointResult } from '../../study/joint/index.ts';
import { DATAFLOWS } from '../../systolic/index.ts';
import type { CommandFiles } from '../files.ts';
import { progressLine } from '../progress.ts';

/** Finds the best dataflow and operating points of each layer of an experiment's network on its accelerator. */
export function mapExperiment(
  reference: string,
  objective: JointObjective,
  deadline: string | undefined,
  { files, cache }: CommandFiles,
): MapOutcome {
  const deadlineS =
    deadline === undefined ? Number.POSITIVE_INFINITY : parseQuantity(deadline, 'time', spanOf(deadline));
  const progress = progressLine();
  try {
    const plants = DATAFLOWS.map(({ id }) => {
      progress.update(`schedules of ${id}`);
      const experiment = load(files, reference, { set: { 'accelerator.array.dataflow': id } });
      return { dataflow: id, prepared: preparePlant(experiment, { cache }) };
    });
    const result = bestJointly(plants, objective, deadlineS);
    if ('leastS' in result) {
      return fail(
        'no-mapping',
        `no choice ends within ${deadline}; the fastest takes ${engineering(result.leastS, 's')}`,
        {
          span: deadline === undefined ? undefined : spanOf(deadline),
          expected: 'a longer deadline, or faster operating points',
        },
      );
    }
    return {
      files: { 'stats.json': statsOf(result, objective), 'layers.csv': layersOf(result) },
      summary: textOf(result, objective),
    };
  } finally {
    progress.done();
  }
}

/** The place of a deadline on the command line. */
function spanOf(text: string) {
  return { file: '--deadline', line: 1, column: 1, length: Math.max(1, text.length), lineText: text };
}

function statsOf(result: JointResult, objective: JointObjective): string {
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
      outcome: lowerBound === value ? 'proven' : 'gap',
    },
    singleDataflow: single,
    domains,
    layers,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function layersOf({ layers, domains }: JointResult): string {
  const rows = layers.map(({ layer, dataflow, frequencyHz, cycles, timeS, energyJ }) =>
    [layer, dataflow, ...frequencyHz, cycles, Number(timeS.toPrecision(9)), Number(energyJ.toPrecision(9))].join(','),
  );
  return `${['layer', 'dataflow', ...domains.map((name) => `frequency_hz:${name}`), 'cycles', 'time_s', 'energy_j'].join(',')}\n${rows.join('\n')}\n`;
}

const right = (title: string): Column => ({ title, align: 'right' });

function textOf(
  { layers, domains, energyJ, timeS, value, lowerBound, single }: JointResult,
  objective: JointObjective,
): string {
  const columns = [
    { title: 'layer', align: 'left' } as const,
    { title: 'dataflow', align: 'left' } as const,
    ...[...domains, 'cycles', 'time', 'energy'].map(right),
  ];
  const rows = layers.map((row) => [
    row.layer,
    row.dataflow,
    ...row.frequencyHz.map((hz) => engineering(hz, 'Hz')),
    String(row.cycles),
    engineering(row.timeS, 's'),
    engineering(row.energyJ, 'J'),
  ]);
  const alone = Object.entries(single).map(
    ([dataflow, best]) =>
      `${dataflow} ${best ? `${engineering(best.energyJ, 'J')} in ${engineering(best.timeS, 's')}` : 'misses the deadline'}`,
  );
  const proof =
    lowerBound === value
      ? `Optimal in ${objective}, proven`
      : `Best ${objective} found; the optimum is at most ${((100 * (value - lowerBound)) / value).toPrecision(3)} % lower`;
  return [
    ...textTable(columns, rows),
    `${engineering(energyJ, 'J')} in ${engineering(timeS, 's')} an inference; with one dataflow for all layers: ${alone.join(', ')}`,
    proof,
  ].join('\n');
}
