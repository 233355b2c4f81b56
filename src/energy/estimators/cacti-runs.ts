import type { SourceText } from '../../base/source.ts';
import { refuse } from './attributes.ts';
import { numberCell, readColumns } from './csv.ts';
import { MILLIWATT, PICOJOULE, SQUARE_MILLIMETRE } from './estimator.ts';

/** Figures of a memory: energies of an access, leakage of one bank in a run and of the whole memory in an answer. */
export interface Figures {
  readonly readJ: number;
  readonly writeJ: number;
  readonly leakageW: number;
  readonly areaM2: number;
  readonly cycleS: number;
}

/** A memory that CACTI can be asked for. */
export interface Shape {
  readonly node: number;
  readonly blockBytes: number;
  readonly sizeBytes: number;
  readonly banks: number;
  readonly ports: number;
}

export interface CactiRun extends Shape, Figures {}

const COLUMNS = [
  'node_nm',
  'block_bytes',
  'banks',
  'ports',
  'size_bytes',
  'read_pj',
  'write_pj',
  'leak_mw_per_bank',
  'cycle_ns',
  'area_mm2',
];

/** Reads a sweep of CACTI runs. Errors: `csv-syntax`, `table-invalid`. */
export function readCactiRuns(source: SourceText): CactiRun[] {
  return readColumns(source, COLUMNS).rows.map((row) => {
    const [node, blockBytes, banks, ports, sizeBytes, read, write, leak, cycle, area] = COLUMNS.map((column) =>
      numberCell(row, column),
    );
    return {
      node,
      blockBytes,
      banks,
      ports,
      sizeBytes,
      readJ: read * PICOJOULE,
      writeJ: write * PICOJOULE,
      leakageW: leak * MILLIWATT,
      cycleS: cycle * 1e-9,
      areaM2: area * SQUARE_MILLIMETRE,
    };
  });
}

const KEYS = ['readJ', 'writeJ', 'leakageW', 'areaM2', 'cycleS'] as const;

/** Figure by figure, a mixture of two. */
export function figuresAt(a: Figures, b: Figures, mix: (a: number, b: number) => number): Figures {
  return Object.fromEntries(KEYS.map((key) => [key, mix(a[key], b[key])])) as unknown as Figures;
}

/** A straight line in the logarithms. */
function geometric(share: number): (a: number, b: number) => number {
  return (a, b) => (a > 0 && b > 0 ? a * (b / a) ** share : a + share * (b - a));
}

interface Interpolated {
  readonly figures: Figures;
  /** Undefined for a shape that was run. */
  readonly assumption?: string | undefined;
}

/**
 * The figures of a shape: of its own run, else between the runs of the two nearest sizes, rows and banks, straight in the
 * logarithms. Beyond the last size the line goes on, to at most four times the size. Refuses what lies further out.
 */
export function interpolated(runs: readonly CactiRun[], shape: Shape): Interpolated {
  const ofNode = runs.filter(({ node }) => node === shape.node);
  const exact = ofNode.find((run) =>
    (['blockBytes', 'sizeBytes', 'banks', 'ports'] as const).every((key) => run[key] === shape[key]),
  );
  if (exact) return { figures: exact };
  const figures = acrossBanks(ofNode, shape);
  return {
    figures,
    assumption: `between CACTI runs (${shape.sizeBytes} B, rows of ${shape.blockBytes} B, ${shape.banks} banks, ${shape.ports} ports)`,
  };
}

/** Several banks or ports as a ratio to one, which has the finest sweep. */
function acrossBanks(runs: readonly CactiRun[], shape: Shape): Figures {
  const one = acrossRows(only(runs, 1, 1), shape);
  let figures = one;
  for (const [count, set] of [
    [shape.banks, (n: number) => [n, 1]],
    [shape.ports, (n: number) => [1, n]],
  ] as const) {
    if (count === 1) continue;
    const ratio = ratioFor(runs, shape, count, set);
    figures = figuresAt(figures, ratio, (a, b) => a * b);
  }
  return figures;
}

function ratioFor(
  runs: readonly CactiRun[],
  shape: Shape,
  count: number,
  set: (n: number) => readonly number[],
): Figures {
  const choices = [
    ...new Set(
      runs.map((run) => (set(2)[0] === 2 ? (run.ports === 1 ? run.banks : 0) : run.banks === 1 ? run.ports : 0)),
    ),
  ].filter((n) => n > 0);
  const [low, high] = around(
    choices.sort((a, b) => a - b),
    count,
    4,
  );
  const at = (n: number): Figures => {
    const [banks, ports] = set(n);
    const base = acrossRows(only(runs, 1, 1), shape);
    return figuresAt(acrossRows(only(runs, banks, ports), shape), base, (a, b) => a / b);
  };
  return between(low, high, count, at);
}

function only(runs: readonly CactiRun[], banks: number, ports: number): CactiRun[] {
  return runs.filter((run) => run.banks === banks && run.ports === ports);
}

function acrossRows(runs: readonly CactiRun[], shape: Shape): Figures {
  const rows = [...new Set(runs.map(({ blockBytes }) => blockBytes))].sort((a, b) => a - b);
  const [low, high] = around(rows, shape.blockBytes, 4);
  return between(low, high, shape.blockBytes, (block) =>
    acrossSizes(
      runs.filter((run) => run.blockBytes === block),
      shape,
    ),
  );
}

function acrossSizes(runs: readonly CactiRun[], { sizeBytes }: Shape): Figures {
  const sorted = [...runs].sort((a, b) => a.sizeBytes - b.sizeBytes);
  const [low, high] = around(
    sorted.map((run) => run.sizeBytes),
    sizeBytes,
    64,
  );
  return between(low, high, sizeBytes, (size) => sorted.find((run) => run.sizeBytes === size)!);
}

/** The two points around a value; beyond the ends the last two, up to a factor `reach`. */
function around(points: readonly number[], value: number, reach: number): readonly [number, number] {
  if (points.length === 0) refuse('it has no runs of that kind');
  const [least, most] = [points[0], points[points.length - 1]];
  if (value < least / reach || value > most * reach)
    refuse(`its runs span ${least} to ${most}, and ${value} is far outside`);
  if (points.length === 1) return [least, least];
  const above = points.findIndex((point) => point >= value);
  const at = above < 0 ? points.length - 1 : Math.max(1, above);
  return [points[at - 1], points[at]];
}

function between(low: number, high: number, value: number, at: (point: number) => Figures): Figures {
  if (low === high || value === low) return at(low);
  if (value === high) return at(high);
  return figuresAt(at(low), at(high), geometric(Math.log(value / low) / Math.log(high / low)));
}
