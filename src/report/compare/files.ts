import { writeCsv } from '../files/csv.ts';
import type { Comparison, ComparisonCell, ComparisonRow } from './comparison.ts';
import { comparisonHtml } from './page.ts';
import { FIGURES, REFERENCES } from './rows.ts';
import { comparisonMarkdown } from './tables.ts';

export { comparisonText } from './tables.ts';

/** The files of a comparison by name; each text is made on request. */
export type ComparisonFiles = Readonly<Record<string, () => string>>;

const FILES = ['comparison.csv', 'comparison.json', 'comparison.md', 'report.html'] as const;

/** All names before there is a comparison; `cells` is their number. */
export function comparisonFileNames(cells: number): string[] {
  return [
    ...FILES,
    ...Array.from({ length: cells }, (_, i) => POLICIES.map((kind) => policyName(kind, i, cells))).flat(),
  ];
}

const POLICIES = ['oracle', 'oracle-with-transitions'] as const;

/** Beside other cells' files, a number tells them apart. */
function policyName(kind: string, cell: number, cells: number): string {
  return cells === 1 ? `${kind}.yaml` : `${kind}-${cell + 1}.yaml`;
}

export function comparisonFiles(comparison: Comparison): ComparisonFiles {
  const { cells } = comparison;
  const policies = cells.flatMap((cell, i) =>
    [cell.oracle, cell.oracleWithTransitions].flatMap((oracle, kind) => {
      const { policyFile } = oracle ?? {};
      return policyFile === undefined ? [] : [[policyName(POLICIES[kind], i, cells.length), () => policyFile] as const];
    }),
  );
  return {
    'comparison.csv': () => comparisonCsv(comparison),
    'comparison.json': () => `${JSON.stringify(comparisonDocument(comparison), null, 2)}\n`,
    'comparison.md': () => comparisonMarkdown(comparison),
    'report.html': () => comparisonHtml(comparison),
    ...Object.fromEntries(policies),
  };
}

/** One row a run, with the cell's facts in every row. */
function comparisonCsv({ sweeps, cells }: Comparison): string {
  const others = sweeps.filter((path) => path !== 'deadline');
  const columns = [
    ...['workload', 'design', 'deadline_s', 'limit_k', 'start', 'epoch_s', ...others, 'policy', 'applicable'],
    ...FIGURES.map(([column]) => column),
    ...REFERENCES.map(([column]) => column),
    'reason',
  ];
  const rows = cells.flatMap((cell) => {
    const facts = [
      cell.workload,
      cell.design,
      cell.deadlineS ?? '',
      cell.limitK ?? '',
      cell.startMode,
      cell.epochS,
      ...cell.values.filter((_, i) => sweeps[i] !== 'deadline'),
    ];
    const references = REFERENCES.map(([, figure]) => figure(cell) ?? '');
    return cell.rows.map(({ policy, applicable, figures, reason = '' }) => {
      const values = FIGURES.map(([, figure]) => (figures && figure(figures)) ?? '');
      return [...facts, policy, String(applicable), ...values, ...references, reason];
    });
  });
  return writeCsv(columns, rows);
}

/** The content of comparison.json: the only cell, or all cells. */
function comparisonDocument({ experiment, sweeps, cells }: Comparison): object {
  if (cells.length === 1) return { version: 1, experiment, ...cellDocument(sweeps, cells[0]) };
  return { version: 1, experiment, cells: cells.map((cell) => cellDocument(sweeps, cell)) };
}

function cellDocument(sweeps: readonly string[], cell: ComparisonCell): object {
  const { values, rows, oracle, oracleWithTransitions, limitK, ...facts } = cell;
  const figuresOf = (one: ComparisonCell['oracle']): object | null => {
    if (!one) return null;
    const { policyFile: _, ...figures } = one;
    return figures;
  };
  return {
    ...(values.length === 0 ? {} : { sweep: Object.fromEntries(values.map((value, i) => [sweeps[i], value])) }),
    ...facts,
    ...(limitK === null ? {} : { limitK }),
    rows: rows.map(rowDocument),
    oracle: figuresOf(oracle),
    oracleWithTransitions: figuresOf(oracleWithTransitions),
  };
}

function rowDocument({ policy, applicable, reason, figures, losses }: ComparisonRow): object {
  return {
    policy,
    applicable,
    ...(reason === undefined ? {} : { reason }),
    ...figures,
    ...(losses === undefined || losses.length === 0 ? {} : { losses }),
  };
}
