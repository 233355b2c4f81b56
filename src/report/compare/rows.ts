import { type Ink, OTHER_COLOUR } from '../data/palette.ts';
import type { Comparison, ComparisonCell, ComparisonRow, RowFigures } from './comparison.ts';

/** The columns of comparison.csv after those of the cell, and the figure of each. Absent figures are empty. */
export const FIGURES: readonly (readonly [column: string, figure: (figures: RowFigures) => number | undefined])[] = [
  ['energy_j', ({ energyJ }) => energyJ],
  ['edp_js', ({ edp }) => edp],
  ['inferences', ({ inferences }) => inferences],
  ['window_s', ({ windowS }) => windowS],
  ['latency_s', ({ latencyS }) => latencyS],
  ['deadline_misses', ({ deadlineMisses }) => deadlineMisses],
  ['worst_slack_s', ({ worstSlackS }) => worstSlackS],
  ['peak_temperature_k', ({ peakTemperatureK }) => peakTemperatureK],
  ['time_over_limit_s', ({ timeOverLimitS }) => timeOverLimitS],
  ['transitions', ({ transitions }) => transitions],
  ['cycling_damage', ({ cyclingDamage }) => cyclingDamage],
  ['mttf_factor', ({ mttfFactor }) => mttfFactor],
  ['regret', ({ regret }) => regret],
  ['own_regret', ({ ownRegret }) => ownRegret],
  ['epoch_change', ({ epochChange }) => epochChange],
  ['energy_low_j', ({ uncertain }) => uncertain?.lowJ],
  ['energy_high_j', ({ uncertain }) => uncertain?.highJ],
  ['first_share', ({ uncertain }) => uncertain?.firstShare],
];

/** The columns of comparison.csv that say what no row of the cell can beat. Absent figures are empty. */
export const REFERENCES: readonly (readonly [column: string, figure: (cell: ComparisonCell) => number | undefined])[] =
  [
    ['oracle_with_transitions_j', ({ oracleWithTransitions }) => oracleWithTransitions?.energyJ],
    ['oracle_j', ({ oracle }) => oracle?.energyJ],
    ['bound_j', ({ bound }) => bound?.energyJ],
    ['thermal_bound_j', ({ thermalBound }) => thermalBound?.energyJ],
    ['thermal_bound_latency_s', ({ thermalBound }) => thermalBound?.latencyS],
  ];

/** A deadline was missed. */
export function isLate({ figures }: ComparisonRow): boolean {
  return (figures?.deadlineMisses ?? 0) > 0;
}

const FAIR_INK: Ink = 'c0';

/** A row's colour: grey if late, purple if over the limit. */
export function inkOf(row: ComparisonRow): Ink {
  if (isLate(row)) return OTHER_COLOUR;
  return isHot(row) ? 'c3' : FAIR_INK;
}

/** The meaning of the colours of a cell's rows, where they differ. */
export function inkNotes({ rows }: ComparisonCell): string[] {
  return [
    ...(rows.some(isLate) ? ['grey rows are late'] : []),
    ...(rows.some((row) => isHot(row) && !isLate(row)) ? ['purple rows were over the limit'] : []),
  ];
}

/** In time and under the limit. */
export function isFair(row: ComparisonRow): boolean {
  return !isLate(row) && !isHot(row);
}

/** The limit was exceeded. */
export function isHot({ figures }: ComparisonRow): boolean {
  return (figures?.timeOverLimitS ?? 0) > 0;
}

/** Residuals above these mean that the simulator lost energy, heat or work. */
const MOST_RESIDUAL = { energy: 1e-9, heat: 1e-6 };

export function isConserved({ figures }: ComparisonRow): boolean {
  if (!figures) return true;
  const { energyRelative, heatRelative, macsDifference } = figures.conservation;
  return energyRelative <= MOST_RESIDUAL.energy && (heatRelative ?? 0) <= MOST_RESIDUAL.heat && macsDifference === 0;
}

/** Baselines without which a saving says little (docs/guide/compare.md). */
const BASELINES = ['performance', 'race-to-idle', 'static-best'];

export function missingBaselines({ policies }: Comparison): string[] {
  return BASELINES.filter((name) => !policies.includes(name));
}

/** How to name a cell: its sweep values, or its deadline. */
export function cellName({ sweeps }: Comparison, cell: ComparisonCell): string {
  return cell.values.map((value, i) => `${sweeps[i]} ${value}`).join(', ');
}
