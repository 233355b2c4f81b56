import { mapCollecting } from '../../base/errors.ts';
import type { SourceText } from '../../base/source.ts';
import { numberCell, readColumns, type TableCells, textCell } from '../../formats/columns.ts';
import {
  type ActionQuery,
  type AreaEstimate,
  type Estimate,
  type Estimator,
  isRefusal,
  type LeakageEstimate,
  MILLIWATT,
  PICOJOULE,
  type Query,
  type Refusal,
  SQUARE_MILLIMETRE,
} from './estimator.ts';

/** The figures of one bank. */
export interface SramFigures {
  readonly readJ: number;
  readonly writeJ: number;
  /** Sub-threshold and gate leakage, W. */
  readonly leakageW: number;
  /** The part of `leakageW` that does not grow with temperature. */
  readonly gateLeakageW: number;
  readonly accessS: number;
  /** Random cycle time. */
  readonly cycleS: number;
  readonly areaM2: number;
}

/** One run of CACTI: a memory of one bank. */
export interface SramPoint extends SramFigures {
  readonly sizeBytes: number;
  readonly widthBits: number;
  readonly cell: string;
  readonly voltageV: number;
  readonly temperatureK: number;
  readonly source: string;
}

/** The figures of a memory, and how they were found. */
export interface SramEstimate extends SramFigures {
  readonly banks: number;
  readonly voltageV: number;
  readonly temperatureK: number;
  readonly cell: string;
  readonly source: string;
  readonly assumption?: string | undefined;
}

const NANOSECOND = 1e-9;
const FIGURES = ['readJ', 'writeJ', 'leakageW', 'gateLeakageW', 'accessS', 'cycleS', 'areaM2'] as const;
const COLUMNS = [
  'size_bytes',
  'width_bits',
  'banks',
  'cell',
  'read_pj',
  'write_pj',
  'leakage_mw_per_bank',
  'gate_leakage_mw_per_bank',
  'access_ns',
  'cycle_ns',
  'area_mm2',
  'v0_v',
  't0_k',
  'source',
];

/**
 * Reads a CACTI sweep over SRAM sizes and keeps its single-bank runs, smallest first. Errors: `csv-syntax`,
 * `table-invalid` with the line.
 */
export function readSramSweep(source: SourceText): SramPoint[] {
  const points = mapCollecting(readColumns(source, COLUMNS).rows, (row) => ({
    banks: numberCell(row, 'banks'),
    point: readPoint(row),
  }));
  return points
    .filter(({ banks }) => banks === 1)
    .map(({ point }) => point)
    .sort((a, b) => a.sizeBytes - b.sizeBytes);
}

function readPoint(row: TableCells): SramPoint {
  const number = (column: string) => numberCell(row, column);
  return {
    sizeBytes: number('size_bytes'),
    widthBits: number('width_bits'),
    cell: textCell(row, 'cell'),
    readJ: number('read_pj') * PICOJOULE,
    writeJ: number('write_pj') * PICOJOULE,
    leakageW: number('leakage_mw_per_bank') * MILLIWATT,
    gateLeakageW: number('gate_leakage_mw_per_bank') * MILLIWATT,
    accessS: number('access_ns') * NANOSECOND,
    cycleS: number('cycle_ns') * NANOSECOND,
    areaM2: number('area_mm2') * SQUARE_MILLIMETRE,
    voltageV: number('v0_v'),
    temperatureK: number('t0_k'),
    source: textCell(row, 'source'),
  };
}

/**
 * The figures of one bank of an SRAM (attributes `width` in bits, `depth`, `n_banks`, `cell_type`). A bank holds width
 * x depth / 8 / n_banks bytes. If the sweep has a run of that size, its figures count; otherwise they are interpolated
 * linearly in log(size) and log(figure) between the two nearest sizes of the same cell type and row width. Refuses a
 * size outside the sweep instead of extrapolating.
 */
export function estimateSram(points: readonly SramPoint[], { attributes }: Query): SramEstimate | Refusal {
  const [width, depth, banks] = ['width', 'depth', 'n_banks'].map(
    (name) => attributes.get(name) ?? (name === 'n_banks' ? 1 : undefined),
  );
  const cell = attributes.get('cell_type');
  if (!isPositive(width) || !isPositive(depth))
    return { reason: 'it needs the attributes width and depth, numbers above zero' };
  if (!isPositive(banks) || !Number.isInteger(banks))
    return { reason: `n_banks is ${banks}, not a whole number above zero` };
  if ((attributes.get('n_rw_ports') ?? 1) !== 1) return { reason: 'its memories have one port' };
  const ofCell = points.filter((point) => point.cell === cell);
  if (ofCell.length === 0) {
    const known = listOf(points.map((p) => p.cell));
    return { reason: `cell_type is ${cell ?? 'not given'}; it has ${known}`, remedy: `cell_type: one of ${known}` };
  }
  const alike = ofCell.filter((point) => point.widthBits === width);
  if (alike.length === 0) {
    const known = listOf(ofCell.map((p) => p.widthBits));
    return { reason: `width is ${width} bit; its ${cell} runs have ${known} bit`, remedy: `width: one of ${known}` };
  }
  const bank = interpolate(alike, (width * depth) / 8, banks);
  if (isRefusal(bank)) return bank;
  const assumptions = [
    bank.assumption,
    banks > 1 ? 'an access touches one bank alone; wires between banks cost nothing' : undefined,
  ];
  return { ...bank, banks, assumption: assumptions.filter((text) => text !== undefined).join('; ') || undefined };
}

function interpolate(
  points: readonly SramPoint[],
  totalBytes: number,
  banks: number,
): Omit<SramEstimate, 'banks'> | Refusal {
  const sizeBytes = totalBytes / banks;
  const above = points.find((point) => point.sizeBytes >= sizeBytes);
  const below = points.findLast((point) => point.sizeBytes <= sizeBytes);
  if (!above || !below) {
    const [least, most] = [points[0].sizeBytes, points[points.length - 1].sizeBytes];
    return {
      reason: `a bank has ${sizeBytes} B; its ${points[0].cell} runs of ${points[0].widthBits} bit span ${least} to ${most} B`,
      remedy: banksWithin(totalBytes, banks, least, most),
    };
  }
  const { voltageV, temperatureK, cell, widthBits, source } = below;
  const conditions = { voltageV, temperatureK, cell };
  const place = `${source} sweep, ${cell}, ${sizeBytes} B x ${widthBits} bit`;
  if (above.sizeBytes === below.sizeBytes)
    return { ...figuresAt(below, below, 0), ...conditions, source: `${place}, on a grid point` };
  const share = Math.log(sizeBytes / below.sizeBytes) / Math.log(above.sizeBytes / below.sizeBytes);
  return {
    ...figuresAt(below, above, share),
    ...conditions,
    source: `${place}, between ${below.sizeBytes} and ${above.sizeBytes} B`,
    assumption: 'figures between two CACTI runs follow a power law of the size',
  };
}

/** A number of banks whose size is within the table, or the least size of the memory if no number is. */
function banksWithin(totalBytes: number, banks: number, least: number, most: number): string {
  const wanted = totalBytes / banks > most ? Math.ceil(totalBytes / most) : Math.floor(totalBytes / least);
  return wanted >= 1 ? `n_banks: ${wanted}` : `a memory of ${least} B or more`;
}

/** Interpolates geometrically: figure = below^(1 - share) above^share, exact at both ends. */
function figuresAt(below: SramPoint, above: SramPoint, share: number): SramFigures {
  const between = (a: number, b: number) => (share === 0 || a === b ? a : a * (b / a) ** share);
  return Object.fromEntries(FIGURES.map((key) => [key, between(below[key], above[key])])) as unknown as SramFigures;
}

/**
 * An estimator of class `SRAM` over the sweep of one technology. An action is one access to one bank; area and leakage
 * cover all banks.
 */
export function sramSweepEstimator(technology: string, points: readonly SramPoint[], priority = 80): Estimator {
  const ask = <T>(query: Query, make: (sram: SramEstimate) => T | Refusal): T | Refusal => {
    const own = query.attributes.get('technology');
    if (own !== technology)
      return { reason: `it has figures for ${technology}, not for ${own ?? 'an unnamed technology'}` };
    const sram = estimateSram(points, query);
    return isRefusal(sram) ? sram : make(sram);
  };
  return {
    name: `${technology} SRAM sweep`,
    priority,
    classes: ['SRAM'],
    estimateAction: (query) => ask(query, (sram) => energyOf(sram, query)),
    estimateArea: (query) => ask(query, (sram) => areaOf(sram)),
    estimateLeakage: (query) => ask(query, (sram) => leakageOf(sram)),
    estimateCycle: (query) => ask(query, ({ cycleS, source, assumption }) => ({ cycleS, source, assumption })),
  };
}

function energyOf(sram: SramEstimate, { action, arguments: given }: ActionQuery): Estimate | Refusal {
  if (action !== 'read' && action !== 'write') return { reason: `SRAM has the actions read, write; not "${action}"` };
  if (given.size > 0) return { reason: `its figures do not depend on the argument "${[...given.keys()][0]}"` };
  const { voltageV, temperatureK, source, assumption } = sram;
  return { energyJ: action === 'read' ? sram.readJ : sram.writeJ, voltageV, temperatureK, source, assumption };
}

function areaOf({ areaM2, banks, source, assumption }: SramEstimate): AreaEstimate {
  return { areaM2: areaM2 * banks, source, assumption };
}

function leakageOf({
  leakageW,
  banks,
  voltageV,
  temperatureK,
  cell,
  source,
  assumption,
}: SramEstimate): LeakageEstimate {
  return { powerW: leakageW * banks, voltageV, temperatureK, cell, source, assumption };
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && value > 0;
}

function listOf(values: readonly (string | number)[]): string {
  return [...new Set(values)]
    .sort((a, b) => (typeof a === 'number' ? a - Number(b) : a < String(b) ? -1 : 1))
    .join(', ');
}
