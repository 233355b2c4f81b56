import { fail } from '../../base/errors.ts';
import type { SourceText } from '../../base/source.ts';
import {
  isMapText,
  type TimeloopInput,
  type TimeloopMapping,
  writeMappingText,
  writeMappingYaml,
} from '../../formats/timeloop/index.ts';
import {
  evaluateTimeloop,
  type Machine,
  machineOf,
  objectiveOf,
  simpleBound,
  type TensorStats,
  type TimeloopEvaluation,
} from '../../mapping/index.ts';
import { type Column, engineering, mapReportHtml, textTable } from '../../report/index.ts';
import { mappingCounts } from './action-counts.ts';
import { ERT_FILE, type MapFiles, type Priced, readPriced } from './energies.ts';
import { otherForms } from './forms/index.ts';
import { jsonText, type MapOutcome } from './outcome.ts';
import { type SearchShown, timeloopReport, trafficOf, trafficText } from './report.ts';

/**
 * Evaluates the one mapping among Timeloop's files. Errors: those of `readPriced`; `missing-key` without a mapping;
 * `mapping-misfit` for one that does not fit.
 */
export function evaluateFiles(sources: readonly SourceText[], from: MapFiles): MapOutcome {
  const priced = readPriced(sources, from);
  const { input } = priced;
  const machine = machineOf(input.problem, input.architecture, input.energies);
  const mapping =
    input.mapping ?? fail('missing-key', 'no file has a mapping', { expected: 'a file with "mapping:" or a map.txt' });
  const evaluation = evaluateTimeloop(machine, mapping, input.mappingSpan, true);
  return {
    files: mappingFiles(priced, mapping, evaluation, boundOf(machine, evaluation)),
    summary: [
      ...verdictText(evaluation),
      '',
      evaluationText(input, mapping, evaluation),
      ...lines(notesText(priced, mapping)),
    ].join('\n'),
  };
}

/** How far the EDP of a mapping is above what no mapping onto the architecture can beat. */
function boundOf(machine: Machine, { energyPj, cycles }: TimeloopEvaluation): object {
  const value = energyPj * cycles;
  const lowerBound = Math.min(value, simpleBound(machine, objectiveOf(['edp'])));
  return {
    objective: 'edp',
    value,
    lowerBound,
    gap: value === 0 ? 0 : (value - lowerBound) / value,
    evaluations: 1,
    certificate: { model: 'timeloop v3.0.3', space: 'all mappings onto the architecture', outcome: 'evaluated' },
  };
}

/** Whether one of the files holds a mapping. */
export function hasMapping(sources: readonly SourceText[]): boolean {
  return sources.some((source) => isMapText(source) || /^mapping\s*:/m.test(source.text));
}

/** Where energies come from if no table is given, and which other forms the mapping has. */
export function notesText({ input, estimated }: Priced, mapping: TimeloopMapping): string[] {
  const notes = [...unusedText(input), ...otherForms(input, mapping).notes];
  if (!estimated) return notes;
  return [
    ...notes,
    "No energy reference table is given: energies are Isotherm's own estimates, ERT.yaml",
    ...estimated.remarks.map((remark) => `  ${remark}`),
  ];
}

function unusedText({ problem: { unused = [] } }: TimeloopInput): string[] {
  return unused.length === 0 ? [] : [`The shape of the problem does not use ${unused.join(', ')}`];
}

/** The mapping in every form, its counts and stats.json. `search` says how the mapping was found. */
export function mappingFiles(
  { input, estimated }: Priced,
  mapping: TimeloopMapping,
  evaluation: TimeloopEvaluation,
  search: object,
  shown?: SearchShown,
): Record<string, string> {
  const { problem, architecture, energies } = input;
  const { energyPj, cycles, computes, utilization, levels, networks, corrected } = evaluation;
  return {
    ...otherForms(input, mapping).files,
    'action_counts.yaml': mappingCounts(machineOf(problem, architecture, energies), evaluation),
    'report.html': mapReportHtml(timeloopReport(input, mapping, evaluation, shown)),
    ...(estimated && { [ERT_FILE]: estimated.ert }),
    'map.yaml': writeMappingYaml(problem, architecture, mapping, input.names.fanOuts),
    'map.txt': mapText({ problem, architecture }, mapping, evaluation),
    'stats.json': jsonText({
      model: 'timeloop',
      ...(estimated && { energies: 'estimated' }),
      energyPj,
      cycles,
      edp: energyPj * cycles,
      ...search,
      computes,
      utilization,
      ...(corrected && { corrected }),
      levels,
      networks,
    }),
  };
}

function mapText(
  { problem, architecture }: Pick<TimeloopInput, 'problem' | 'architecture'>,
  mapping: TimeloopMapping,
  { levels }: TimeloopEvaluation,
): string {
  const tileWords = (level: number, q: number): number =>
    (levels[architecture.storages[level].name][problem.tensors[q].name] as TensorStats).capacity;
  return writeMappingText(problem, architecture, mapping, tileWords);
}

const right = (title: string): Column => ({ title, align: 'right' });
const COLUMNS: readonly Column[] = [
  { title: 'level', align: 'left' },
  { title: 'tensor', align: 'left' },
  ...['tile', 'instances', 'reads', 'fills', 'updates', 'energy'].map(right),
];

/** The lines of a part of the text, apart from what stands before. */
export function lines(part: readonly string[]): readonly string[] {
  return part.length === 0 ? [] : ['', ...part];
}

/** The cost of a mapping, and the cost by right where the rules are off. */
export function verdictText({ energyPj, cycles, utilization, corrected }: TimeloopEvaluation): string[] {
  return [
    `${engineering(energyPj * 1e-12, 'J')} in ${cycles} cycles, ${(100 * utilization).toFixed(1)} % of the multipliers, EDP ${(energyPj * cycles).toPrecision(6)} pJ cycles`,
    ...(corrected
      ? [
          `Right would be ${engineering(corrected.energyPj * 1e-12, 'J')} in ${corrected.cycles} cycles: ${corrected.why.join('; ')}`,
        ]
      : []),
  ];
}

/** The nest, the accesses of each level, and its traffic. */
export function evaluationText(input: TimeloopInput, mapping: TimeloopMapping, evaluation: TimeloopEvaluation): string {
  const rows = Object.entries(evaluation.levels)
    .reverse()
    .flatMap(([level, stats]) =>
      Object.entries(stats).flatMap(([tensor, value]) => {
        if (typeof value === 'number') return [];
        const { capacity, instances, reads, fills, updates, energy_pJ } = value;
        return [
          [
            level,
            tensor,
            ...[capacity, instances, reads, fills, updates].map(String),
            engineering(energy_pJ * 1e-12, 'J'),
          ],
        ];
      }),
    );
  return [
    mapText(input, mapping, evaluation),
    ...textTable(COLUMNS, rows),
    '',
    ...trafficText(trafficOf(input, evaluation)),
  ].join('\n');
}
