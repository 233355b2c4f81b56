import type { SourceText } from '../../base/source.ts';
import { numberCell, readColumns, textCell } from '../../formats/columns.ts';

/** Factors from one technology node to another. */
export interface NodeFactors {
  readonly energy: number;
  readonly area: number;
  readonly assumption: string;
}

/** How a figure says that it was scaled: this, and then the row of transistors. */
const AFTER = 'after Stillmaker and Baas 2017';

export interface NodeScaling {
  /** The nodes it covers, nm, coarsest first. */
  readonly nodes: readonly number[];
  /** The same, for messages. */
  readonly range: string;
  /** Factors between two nodes in nm; undefined outside the range. */
  factors(fromNm: number, toNm: number): NodeFactors | undefined;
}

/** Energy of a node over its supply, b2 V^2 + b1 V + b0, and areas relative to the other nodes. */
export interface StillmakerTables {
  /** By row of the paper: `130`, `HP45`, `LP45`. */
  readonly energy: ReadonlyMap<string, readonly [b2: number, b1: number, b0: number]>;
  /** Factor from one node to another, both in nm. */
  readonly area: ReadonlyMap<number, ReadonlyMap<number, number>>;
}

/** Reads the two tables of Stillmaker and Baas. Errors: `csv-syntax`, `table-invalid`. */
export function readStillmaker(coefficients: SourceText, areas: SourceText): StillmakerTables {
  const energy = readColumns(coefficients, ['row', 'energy_b2', 'energy_b1', 'energy_b0']).rows.map((row) => {
    const [b2, b1, b0] = ['energy_b2', 'energy_b1', 'energy_b0'].map((column) => numberCell(row, column));
    return [textCell(row, 'row'), [b2, b1, b0]] as const;
  });
  const table = readColumns(areas, ['from_nm']);
  const nodes = table.columns.filter((column) => /^\d+$/.test(column));
  const area = table.rows.map((row) => {
    const factors = new Map(nodes.map((node) => [Number(node), numberCell(row, node)]));
    return [numberCell(row, 'from_nm'), factors] as const;
  });
  return { energy: new Map(energy), area: new Map(area) };
}

/** High-performance or low-power transistors. The paper has both from 45 nm on; they differ 1.5 times there. */
export type TransistorRow = 'HP' | 'LP';

/** The paper's nodes with both an energy and an area row, coarsest first. */
const NODES = [130, 90, 65, 45, 32, 20, 16, 14, 10, 7];

/**
 * How the plug-in is imitated. `library` repeats the Library plug-in ba4e9da: its low-power rows at 45 and 32 nm beside
 * high-performance ones below, 0.8 V, and an interpolation between nodes that runs backwards. `corrected` interpolates
 * forwards with the rows of one kind.
 */
export type ScalingManner =
  | { readonly kind: 'library' }
  | { readonly kind: 'corrected'; readonly row: TransistorRow; readonly voltageV: number };

/** Scaling between nodes after A. Stillmaker, B. Baas, Integration 58 (2017) 74-81. */
export function stillmakerScaling(tables: StillmakerTables, manner: ScalingManner): NodeScaling {
  const voltageV = supplyOf(manner);
  const energies = energiesOf(tables, manner);
  const otherEnergies = manner.kind === 'corrected' ? energiesOf(tables, { ...manner, row: otherRow(manner.row) }) : [];
  const otherFactor = (a: number, b: number): number => along(otherEnergies, b) / along(otherEnergies, a);
  const areas = NODES.map((from) => NODES.map((to) => tables.area.get(from)!.get(to)!));
  return {
    nodes: NODES,
    range: `${NODES[0]} to ${NODES[NODES.length - 1]} nm`,
    factors: (fromNm, toNm) => {
      const [from, to] = [placeOf(fromNm, manner), placeOf(toNm, manner)];
      if (!from || !to) return undefined;
      const [a, b] = [from.index, to.index];
      return {
        energy: (along(energies, b) / along(energies, a)) * Math.sqrt(to.beyondEnergy / from.beyondEnergy),
        area:
          along(
            areas.map((row) => along(row, b)),
            a,
          ) *
          (to.beyond / from.beyond),
        assumption: `from ${fromNm} to ${toNm} nm ${AFTER} at ${voltageV} V${manner.kind === 'corrected' ? beside(manner, along(energies, b) / along(energies, a), otherFactor(a, b)) : ''}`,
      };
    },
  };
}

function supplyOf(manner: ScalingManner): number {
  return manner.kind === 'library' ? 0.8 : manner.voltageV;
}

/** The energy of each node in the units of the paper. */
function energiesOf(tables: StillmakerTables, manner: ScalingManner): number[] {
  const voltageV = supplyOf(manner);
  return NODES.map((node) => {
    const [b2, b1, b0] = tables.energy.get(rowName(node, manner))!;
    return b2 * voltageV ** 2 + b1 * voltageV + b0;
  });
}

function otherRow(row: TransistorRow): TransistorRow {
  return row === 'HP' ? 'LP' : 'HP';
}

/** The chosen row with its factor, and the other row's factor where it differs. */
function beside({ row }: { readonly row: TransistorRow }, factor: number, other: number): string {
  const three = (value: number) => String(Number(value.toPrecision(3)));
  const than =
    three(factor) === three(other) ? '' : ` (energy x ${three(factor)}; ${otherRow(row)}: x ${three(other)})`;
  return `, ${row} transistors${than}`;
}

function rowName(node: number, manner: ScalingManner): string {
  if (node > 45) return String(node);
  if (manner.kind === 'corrected') return `${manner.row}${node}`;
  return `${node >= 32 ? 'LP' : 'HP'}${node}`;
}

interface Place {
  readonly index: number;
  readonly beyond: number;
  readonly beyondEnergy: number;
}

const WITHIN = { beyond: 1, beyondEnergy: 1 };

/**
 * The place of a node in the list, with a fraction between two, and how far it lies beyond the ends. The plug-in goes on
 * beyond them: energy by the square root of the node and down to 1 nm, area by the node.
 */
function placeOf(node: number, manner: ScalingManner): Place | undefined {
  const [coarsest, finest] = [NODES[0], NODES[NODES.length - 1]];
  if (manner.kind === 'corrected' && (node > coarsest || node < finest)) return undefined;
  if (node > coarsest) return { index: 0, beyond: node / coarsest, beyondEnergy: node / coarsest };
  if (node < finest)
    return { index: NODES.length - 1, beyond: node / finest, beyondEnergy: Math.max(node, 1) / finest };
  const below = NODES.findIndex((one) => one <= node);
  if (NODES[below] === node) return { index: below, ...WITHIN };
  const share = (node - NODES[below]) / (NODES[below - 1] - NODES[below]);
  // The share is counted from the finer node, but the plug-in adds it to the index of the coarser one.
  return { index: manner.kind === 'library' ? below - 1 + share : below - share, ...WITHIN };
}

function along(values: readonly number[], index: number): number {
  const [low, share] = [Math.floor(index), index % 1];
  return values[low] * (1 - share) + values[Math.ceil(index)] * share;
}
