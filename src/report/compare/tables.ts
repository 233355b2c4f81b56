import { isEpochSensitive } from '../files/summary.ts';
import { celsius, engineering, percent } from '../numbers.ts';
import { type Column, fittedTables } from '../table.ts';
import type { Comparison, ComparisonCell, ComparisonRow } from './comparison.ts';
import { cellName, isConserved, isLate, missingBaselines } from './rows.ts';

/** A column of the tables for people, and its text for a row. */
interface ShownColumn extends Column {
  readonly text: (row: ComparisonRow) => string;
}

const left = (title: string, text: ShownColumn['text']): ShownColumn => ({ title, align: 'left', text });
const right = (title: string, text: ShownColumn['text']): ShownColumn => ({ title, align: 'right', text });
/** `+12.5 %`; large shares without decimals. */
const signed = (share: number): string =>
  `${share < 0 ? '' : '+'}${(100 * share).toFixed(Math.abs(share) < 0.9995 ? 1 : 0)} %`;
const shown = (value: number | undefined, text: (value: number) => string): string =>
  value === undefined ? '' : text(value);

/** The columns that at least one row of the cells fills. */
export function shownColumns({ cells }: Comparison): ShownColumn[] {
  const rows = cells.flatMap((cell) => cell.rows);
  return COLUMNS.filter(({ title, text }) => title === 'policy' || rows.some((row) => text(row) !== ''));
}

/** The columns of one cell: without notes if it has none. */
export function columnsOf({ rows }: ComparisonCell, columns: readonly ShownColumn[]): readonly ShownColumn[] {
  return rows.some((row) => noteOf(row) !== '') ? columns : columns.filter(({ title }) => title !== 'note');
}

const COLUMNS: readonly ShownColumn[] = [
  left('policy', ({ policy }) => policy),
  right('energy', ({ figures }) => shown(figures?.energyJ, (value) => engineering(value, 'J'))),
  right('regret', ({ figures }) => shown(figures?.regret, signed)),
  right('own', ({ figures }) => shown(figures?.ownRegret, signed)),
  // With a deadline the slack says how long inferences take.
  right('latency', ({ figures }) =>
    figures && figures.deadlineMisses === undefined ? engineering(figures.latencyS, 's') : '',
  ),
  right('EDP', ({ figures }) => shown(figures?.edp, (value) => engineering(value, 'J·s'))),
  right('misses', ({ figures }) => shown(figures?.deadlineMisses, String)),
  right('slack', ({ figures }) => shown(figures?.worstSlackS, (value) => engineering(value, 's'))),
  right('peak', ({ figures }) => shown(figures?.peakTemperatureK, celsius)),
  right('over limit', ({ figures }) => shown(figures?.timeOverLimitS, (value) => engineering(value, 's'))),
  right('changes', ({ figures }) => shown(figures?.transitions, String)),
  right('cycling', ({ figures }) => shown(figures?.cyclingDamage, (value) => value.toPrecision(3))),
  right('MTTF', ({ figures }) => shown(figures?.mttfFactor, (value) => value.toPrecision(3))),
  right('5 to 95 %', ({ figures }) =>
    shown(
      figures?.uncertain?.lowJ,
      (low) => `${engineering(low, 'J')} to ${engineering(figures!.uncertain!.highJ, 'J')}`,
    ),
  ),
  right('first', ({ figures }) => shown(figures?.uncertain?.firstShare, percent)),
  left('note', noteOf),
];

function noteOf(row: ComparisonRow): string {
  if (!row.applicable) return `not run: ${row.reason}`;
  return [
    ...(isLate(row) ? ['late'] : []),
    ...(isEpochSensitive(row.figures?.epochChange) ? [`${signed(row.figures!.epochChange!)} at half the epoch`] : []),
    ...(row.figures?.epochRefusal === undefined ? [] : [`half the epoch not run: ${row.figures.epochRefusal}`]),
    ...(row.figures?.start?.converged === false ? ['start not converged'] : []),
    ...(isConserved(row) ? [] : ['energy, heat or MACs not conserved']),
  ].join(', ');
}

/**
 * The output of `isotherm compare`: a table a cell, the oracle and what all rows have in common. If `width` columns cannot hold a
 * table, several replace it; notes stand below them.
 */
export function comparisonText(comparison: Comparison, width = Number.POSITIVE_INFINITY): string {
  const columns = shownColumns(comparison);
  const cells = comparison.cells.flatMap((cell) => [
    ...(cell.values.length === 0 ? [] : [cellName(comparison, cell), '']),
    ...cellTables(cell, columns, width),
    ...cell.remarks.map((remark) => `note: ${remark}`),
    ...(cell.remarks.length > 0 ? [''] : []),
  ]);
  return [verdictText(comparison), '', ...headingLines(comparison), '', ...cells, ...commonLines(comparison)]
    .join('\n')
    .trimEnd();
}

function cellTables(cell: ComparisonCell, columns: readonly ShownColumn[], width: number): string[] {
  const tables = (shownOnes: readonly ShownColumn[]): string[][] =>
    fittedTables(
      shownOnes,
      cell.rows.map((row) => shownOnes.map(({ text }) => text(row))),
      referenceRows(cell, shownOnes),
      width,
    );
  const own = columnsOf(cell, columns);
  const whole = tables(own);
  const noted = whole.length > 1 ? cell.rows.filter((row) => noteOf(row) !== '') : [];
  const found = noted.length === 0 ? whole : tables(own.filter(({ title }) => title !== 'note'));
  return [
    ...found.flatMap((table) => [...table, '']),
    ...noted.map((row) => `${row.policy}: ${noteOf(row)}`),
    ...(noted.length > 0 ? [''] : []),
  ];
}

/** Oracle and bounds as rows below the table, with the text of each column. */
export function referenceRows(cell: ComparisonCell, columns: readonly Column[]): string[][] {
  const { oracle, oracleWithTransitions, bound, thermalBound } = cell;
  const row = (name: string, figures: { readonly energyJ?: number; readonly latencyS?: number } | null): string[][] => {
    const texts: Record<string, string> = {
      policy: name,
      energy: shown(figures?.energyJ, (value) => engineering(value, 'J')),
      latency: shown(figures?.latencyS, (value) => engineering(value, 's')),
    };
    const cells = columns.map(({ title }) => texts[title] ?? '');
    return figures && cells.some((text) => text !== '' && text !== name) ? [cells] : [];
  };
  return [
    ...row('oracle with transitions', oracleWithTransitions),
    ...row('oracle', oracle),
    ...row('bound', bound),
    ...row('bound under the limit', thermalBound),
  ];
}

/** The policy of least energy among those that keep deadline and limit, and how far it is from the oracle. */
export function verdictText({ cells }: Comparison): string {
  const best = cells.map((cell) => ({ cell, row: bestRow(cell) }));
  const found = best.flatMap(({ cell, row }) => (row ? [{ cell, row }] : []));
  if (found.length === 0) return 'No policy keeps the deadline and the limit.';
  if (cells.length > 1) {
    const wins = new Map<string, number>();
    for (const { row } of found) wins.set(row.policy, (wins.get(row.policy) ?? 0) + 1);
    const texts = [...wins].sort((a, b) => b[1] - a[1]).map(([policy, count]) => `${policy} in ${count}`);
    const none = cells.length - found.length;
    return `Least energy in time and within the limit, of ${cells.length} cells: ${texts.join(', ')}${none > 0 ? `, none in ${none}` : ''}.`;
  }
  const [{ cell, row }] = found;
  const { energyJ, regret } = row.figures!;
  const { deadlineS, limitK, rows } = cell;
  const kept = [...(deadlineS === null ? [] : ['deadline']), ...(limitK === null ? [] : ['limit'])].join(' and ');
  const among =
    kept === ''
      ? `of ${rows.filter(({ applicable }) => applicable).length} that run`
      : `of the policies that keep the ${kept}`;
  const above = regret === undefined ? '' : `, ${signed(regret)} against the oracle`;
  return `${row.policy} takes least ${among}: ${engineering(energyJ, 'J')}${above}.`;
}

/** The row of least energy without a miss and without time over the limit. */
function bestRow({ rows }: ComparisonCell): ComparisonRow | undefined {
  const kept = rows.filter(({ figures }) => figures && !figures.deadlineMisses && !figures.timeOverLimitS);
  return kept.sort((a, b) => a.figures!.energyJ - b.figures!.energyJ)[0];
}

export function headingLines({ experiment, description, cells }: Comparison): string[] {
  const { workload, design } = cells.find(({ reference }) => reference !== '') ?? cells[0];
  const what = workload === '' ? '' : `: ${workload} on ${design}`;
  return [`${experiment}${what}`, ...(description === '' ? [] : [description])];
}

/** The conditions that every row has in common; without them the figures say little. */
export function commonLines(comparison: Comparison): string[] {
  // A cell without a row that ran has no facts.
  const cells = comparison.cells.filter(({ reference }) => reference !== '');
  if (cells.length === 0) return ['No policy ran in any cell.'];
  const same = <T>(of: (cell: ComparisonCell) => T): T | null =>
    cells.every((cell) => of(cell) === of(cells[0])) ? of(cells[0]) : null;
  const [inferences, windowS, start, epochS] = [
    same((cell) => cell.inferences),
    same((cell) => cell.windowS),
    same((cell) => cell.startMode),
    same((cell) => cell.epochS),
  ];
  const missing = missingBaselines(comparison);
  const hasOwn = cells.some(({ rows }) => rows.some(({ figures }) => figures?.ownRegret !== undefined));
  return [
    `Work: ${inferences === null ? 'one number of inferences a cell' : `${inferences} inference${inferences === 1 ? '' : 's'}`}; ` +
      `energy counts for ${windowS === null ? 'one window a cell' : engineering(windowS, 's')}, rest included.`,
    `Start: ${start ?? 'by cell'}; seed ${cells[0].seed}; epoch ${epochS === null ? 'by cell' : engineering(epochS, 's')}; ` +
      `sensors: ${same((cell) => cell.sensors) ?? 'by cell'}.`,
    `Changes, charged in every row: ${same((cell) => cell.changes) ?? 'by cell'}, with their energy; waking ${same((cell) => cell.waking) ?? 'by cell'}.`,
    ...(hasOwn ? ['Regret: against the oracle with the leakage of the reference; own: with that of the row.'] : []),
    `Reference of cycling and MTTF: ${same((cell) => cell.reference) ?? 'the first policy that runs in each cell'}.`,
    ...(missing.length > 0 ? [`Baselines missing: ${missing.join(', ')}. Without them a saving says little.`] : []),
  ];
}

/** comparison.md. */
export function comparisonMarkdown(comparison: Comparison): string {
  const columns = shownColumns(comparison);
  const line = (cells: readonly string[]): string => `| ${cells.map(cellText).join(' | ')} |`;
  const tables = comparison.cells.flatMap((cell) => [
    ...(cell.values.length === 0 ? [] : [`## ${cellText(cellName(comparison, cell))}`, '']),
    line(columns.map(({ title }) => title)),
    line(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...cell.rows.map((row) => line(columns.map(({ text }) => text(row)))),
    ...referenceRows(cell, columns).map(([name, ...texts]) => line([`*${name}*`, ...texts])),
    '',
    ...cell.remarks.flatMap((remark) => [`Note: ${remark}.`, '']),
  ]);
  const [title, ...rest] = headingLines(comparison);
  return `${[`# ${title}`, '', ...rest.flatMap((text) => [text, '']), ...tables, ...commonLines(comparison)].join('\n')}\n`;
}

/** A text inside a table of Markdown. */
function cellText(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replaceAll('|', '\\|');
}
