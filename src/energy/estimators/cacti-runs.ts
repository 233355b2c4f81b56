import type { SourceText } from '../../base/source.ts';
import { numberCell, readColumns } from '../../formats/columns.ts';
import { refuse } from './attributes.ts';
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

export interface CactiRun extends Shape, Figures {
  /** Ndbl x Nspd of the organisation that CACTI chose: into how many the words of a bank are divided to give the rows of a subarray. */
  readonly divisions: number;
}

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
  'ndbl_nspd',
];

/** Reads a sweep of CACTI runs. Errors: `csv-syntax`, `table-invalid`. */
export function readCactiRuns(source: SourceText): CactiRun[] {
  const rows =
    plainRows(source.text) ??
    readColumns(source, COLUMNS).rows.map((row) => COLUMNS.map((column) => numberCell(row, column)));
  return rows.map(([node, blockBytes, banks, ports, sizeBytes, read, write, leak, cycle, area, divisions]) => {
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
      divisions,
    };
  });
}

/**
 * The rows of a file without any irregularity, several times as fast as with the places of all cells; undefined for a file that needs
 * them, for a message or for quotes.
 */
function plainRows(text: string): number[][] | undefined {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  if (lines.shift() !== COLUMNS.join(',')) return undefined;
  const rows = lines.map((line) => line.split(',').map((cell) => (cell === '' ? Number.NaN : Number(cell))));
  return rows.every((row) => row.length === COLUMNS.length && row.every(Number.isFinite)) ? rows : undefined;
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
    assumption: `between CACTI runs (${shape.sizeBytes} B, rows of ${shape.blockBytes} B, ${shape.banks} banks, ${shape.ports} ports); ${statedError(shape)}`,
  };
}

/**
 * How far figures between runs lie from CACTI's own, as measured over random memories of 1 KiB to 1 MiB (docs/validation, "SRAM between
 * runs"). Shapes that were not measured say that.
 */
function statedError({ blockBytes, sizeBytes, banks, ports }: Shape): string {
  const isMeasured = blockBytes >= 4 && blockBytes <= 64 && sizeBytes >= 1024 && sizeBytes <= 2 ** 20;
  const isSwept = [4, 8, 16, 32, 64].includes(blockBytes);
  const isOne = banks === 1 && ports === 1;
  if (!isMeasured || banks > 8 || ports > 2 || (!isSwept && !isOne)) return 'its error was not measured';
  if (!isSwept) return 'read energy within 16 % in nine of ten, worst 26 %';
  if (isOne) return 'read energy within 5 % in nine of ten, worst 34 %';
  if (sizeBytes / banks < 1024) return 'banks below 1 KiB: read energy up to 167 % off';
  return 'read energy within 16 % in nine of ten, worst 83 %';
}

/** Several banks and ports as a ratio to one, which has the finest sweep. */
function acrossBanks(runs: readonly CactiRun[], shape: Shape): Figures {
  const { banks, ports } = shape;
  const one = acrossRows(only(runs, 1, 1), shape);
  if (banks === 1 && ports === 1) return one;
  const withPorts = (count: number): Figures => {
    const choices = choicesOf(runs.filter((run) => run.ports === count).map((run) => run.banks));
    const [low, high] = around(choices, banks, 4, 'banks');
    return between(low, high, banks, (n) => figuresAt(acrossRows(only(runs, n, count), shape), one, (a, b) => a / b));
  };
  const [low, high] = around(choicesOf(runs.map((run) => run.ports)), ports, 4, 'ports');
  return figuresAt(one, between(low, high, ports, withPorts), (a, b) => a * b);
}

function choicesOf(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

function only(runs: readonly CactiRun[], banks: number, ports: number): CactiRun[] {
  return runs.filter((run) => run.banks === banks && run.ports === ports);
}

function acrossRows(runs: readonly CactiRun[], shape: Shape): Figures {
  const rows = choicesOf(runs.map(({ blockBytes }) => blockBytes));
  const [low, high] = around(rows, shape.blockBytes, 4, `B a row${kindOf(runs)}`);
  return between(low, high, shape.blockBytes, (block) =>
    acrossSizes(
      runs.filter((run) => run.blockBytes === block),
      shape,
    ),
  );
}

/** Between two runs of one organisation the size is rounded up to whole rows of a subarray, as CACTI builds them. */
function acrossSizes(runs: readonly CactiRun[], { sizeBytes }: Shape): Figures {
  const sorted = [...runs].sort((a, b) => a.sizeBytes - b.sizeBytes);
  const ends = around(
    sorted.map((run) => run.sizeBytes),
    sizeBytes,
    64,
    `B${kindOf(runs)}`,
  );
  const [low, high] = ends.map((size) => sorted.find((run) => run.sizeBytes === size)!);
  const isAlike = low.divisions === high.divisions;
  const built = (size: number) => (isAlike ? builtBytes(low, size) : size);
  return between(built(low.sizeBytes), built(high.sizeBytes), built(sizeBytes), (size) =>
    size === built(low.sizeBytes) ? low : high,
  );
}

/** Size of the memory that CACTI builds for `sizeBytes` in the organisation of a run: a subarray has a whole number of rows. */
function builtBytes({ blockBytes, banks, divisions }: CactiRun, sizeBytes: number): number {
  const row = blockBytes * banks * divisions;
  return Math.ceil(sizeBytes / row) * row;
}

/** The node, banks and ports that runs of one kind share, for a message. */
function kindOf([run]: readonly CactiRun[]): string {
  return run ? ` (${run.node} nm, ${run.banks} banks, ${run.ports} ports)` : '';
}

/** The two points around a value in `unit`; beyond the ends the last two, up to a factor `reach`. */
function around(points: readonly number[], value: number, reach: number, unit: string): readonly [number, number] {
  if (points.length === 0) refuse('it has no runs of that kind');
  const [least, most] = [points[0], points[points.length - 1]];
  if (value < least / reach || value > most * reach)
    refuse(
      `its runs have ${least === most ? least : `${least} to ${most}`} ${unit}, and ${value} is far outside`,
      'a size nearer to its runs',
    );
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
