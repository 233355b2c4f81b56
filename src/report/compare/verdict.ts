import { celsius, engineering, percent, unbroken } from '../numbers.ts';
import { greatest } from '../reductions.ts';
import type { ComparisonCell, ComparisonRow, RowFigures } from './comparison.ts';
import { isFair, isHot, isLate } from './rows.ts';

type RowThatRan = ComparisonRow & { readonly figures: RowFigures };

/** Savings are measured against the first of these that ran; against `performance` alone they would say little. */
const BASELINES = ['race-to-idle', 'static-best'];

/** A cell in a sentence: the row of least energy that keeps deadline and limit, its saving, and the rows that do not keep them. */
export function comparisonSentence(cell: ComparisonCell): string {
  const ran = cell.rows.filter((row): row is RowThatRan => row.figures !== undefined);
  if (ran.length === 0) return 'No policy ran.';
  const fair = ran.filter(isFair);
  const parts = [
    ...(fair.length > 0 ? bestParts(cell, fair, ran) : [`No policy keeps ${conditions(cell)}`]),
    ...(cell.leastDeadlineS === undefined
      ? []
      : [`no schedule meets a deadline below ${engineering(cell.leastDeadlineS, 's')}`]),
    ...named('late', ran.filter(isLate)),
    ...named('over the limit', ran.filter(isHot)),
    ...named(
      'not run',
      cell.rows.filter(({ figures }) => figures === undefined),
    ),
  ];
  return unbroken(`${parts.join('; ')}.`);
}

function bestParts(cell: ComparisonCell, fair: readonly RowThatRan[], ran: readonly RowThatRan[]): string[] {
  const best = fair.reduce((a, b) => (b.figures.energyJ < a.figures.energyJ ? b : a));
  const { energyJ, regret, ownRegret = regret, uncertain } = best.figures;
  const within = conditions(cell);
  return [
    `Least energy${within === '' ? '' : ` within ${within}`}: ${best.policy}, ${engineering(energyJ, 'J')}`,
    ...savingPart(best, ran),
    ...(ownRegret === undefined ? [] : [oraclePart(ownRegret)]),
    ...(uncertain ? [`least in ${percent(uncertain.firstShare)} of the draws`] : []),
    ...(cell.deadlineS === null ? [fastestPart(fair)] : []),
  ];
}

function savingPart(best: RowThatRan, ran: readonly RowThatRan[]): string[] {
  const baseline = BASELINES.flatMap((name) => ran.find(({ policy }) => policy === name) ?? []).find(
    (row) => row !== best && isFair(row),
  );
  if (!baseline) return [];
  return [`${percent(1 - best.figures.energyJ / baseline.figures.energyJ)} less than ${baseline.policy}`];
}

/** The oracle with the leakage of the row's own temperatures, where there is one. */
function oraclePart(regret: number): string {
  if (Math.abs(regret) < 5e-4) return 'as little as the oracle';
  return regret > 0 ? `${percent(regret)} above the oracle` : `${percent(-regret)} below the oracle`;
}

function fastestPart(fair: readonly RowThatRan[]): string {
  const fastest = fair.reduce((a, b) => (b.figures.latencyS < a.figures.latencyS ? b : a));
  return `fastest: ${fastest.policy}, ${engineering(fastest.figures.latencyS, 's')} an inference`;
}

/** The deadline and the limit that hold in the cell. */
function conditions({ deadlineS, limitK, rows }: ComparisonCell): string {
  const hasHeat = greatest(rows.map(({ figures }) => figures?.timeOverLimitS ?? -1)) >= 0;
  return [
    ...(deadlineS === null ? [] : [`the ${engineering(deadlineS, 's')} deadline`]),
    ...(limitK === null || !hasHeat ? [] : [`the ${celsius(limitK)} limit`]),
  ].join(' and ');
}

function named(what: string, rows: readonly ComparisonRow[]): string[] {
  return rows.length === 0 ? [] : [`${what}: ${rows.map(({ policy }) => policy).join(', ')}`];
}
