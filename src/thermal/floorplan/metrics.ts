import type { DieSize } from './floorplan.ts';

/** Temperatures of the cells of one plane, K, row by row from the north west corner. */
export interface TemperatureField {
  readonly rows: number;
  readonly columns: number;
  readonly temperatureK: Float64Array;
}

/** A point of a field: its cell, and x and y from the die's lower left corner, m. */
export interface FieldPlace {
  readonly cell: number;
  readonly xM: number;
  readonly yM: number;
}

export interface FieldPeak extends FieldPlace {
  readonly temperatureK: number;
}

/** The hottest cell; the first one among equals. */
export function fieldPeak(field: TemperatureField, die: DieSize): FieldPeak {
  const { temperatureK } = field;
  let cell = 0;
  for (let i = 1; i < temperatureK.length; i++) if (temperatureK[i] > temperatureK[cell]) cell = i;
  return { ...placeOf(field, die, cell), temperatureK: temperatureK[cell] };
}

export interface FieldGradient extends FieldPlace {
  readonly kelvinPerM: number;
  /** Whether the neighbour is the next cell in the row (`x`) or in the column (`y`). */
  readonly along: 'x' | 'y';
}

/**
 * The largest temperature difference of neighbouring cells, divided by the distance of their centres. x and y are
 * half-way between the two; `cell` is the western or northern one. 0 K/m for a field of one cell.
 */
export function largestGradient(field: TemperatureField, die: DieSize): FieldGradient {
  const { rows, columns, temperatureK } = field;
  const [widthM, heightM] = [die.widthM / columns, die.heightM / rows];
  let steepest = 0;
  let cell = 0;
  let along: 'x' | 'y' = 'x';
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i++) {
      const x = column + 1 < columns ? Math.abs(temperatureK[i + 1] - temperatureK[i]) / widthM : 0;
      const y = row + 1 < rows ? Math.abs(temperatureK[i + columns] - temperatureK[i]) / heightM : 0;
      if (Math.max(x, y) <= steepest) continue;
      steepest = Math.max(x, y);
      cell = i;
      along = x >= y ? 'x' : 'y';
    }
  }
  const { xM, yM } = placeOf(field, die, cell);
  const [dx, dy] = along === 'x' ? [widthM / 2, 0] : [0, heightM / 2];
  return { cell, xM: xM + dx, yM: yM - dy, kelvinPerM: steepest, along };
}

/**
 * Maximum localized temperature difference (Hankin et al., "HotGauge", IISWC 2021) of each cell, K: how much hotter the
 * cell is than the coldest cell whose centre is within `radiusM` of its own. HotGauge defines a hot spot as above 80 °C
 * with this difference above 25 K at a radius of 1 mm.
 */
export function localDifference(field: TemperatureField, die: DieSize, radiusM: number): Float64Array {
  const { rows, columns, temperatureK } = field;
  const [widthM, heightM] = [die.widthM / columns, die.heightM / rows];
  const least = new Float64Array(temperatureK.length).fill(Number.POSITIVE_INFINITY);
  const queue = new Int32Array(columns);
  const reach = Math.min(rows - 1, Math.floor((radiusM / heightM) * (1 + EDGE)));
  for (let down = -reach; down <= reach; down++) {
    const half = Math.sqrt(Math.max(0, radiusM ** 2 - (down * heightM) ** 2));
    const across = Math.min(columns - 1, Math.floor((half / widthM) * (1 + EDGE)));
    for (let row = Math.max(0, -down); row < Math.min(rows, rows - down); row++) {
      lowerByRow(temperatureK, (row + down) * columns, columns, across, queue, least, row * columns);
    }
  }
  for (let i = 0; i < least.length; i++) least[i] = temperatureK[i] - least[i];
  return least;
}

/** Tolerance of a cell at exactly the radius, since the division may fall short of a whole number. */
const EDGE = 1e-9;

/**
 * Lowers `least[to + c]` to the minimum of the row at `from` within `across` columns of c, in one pass. The queue holds
 * columns of rising values; the first is the minimum of the window.
 */
function lowerByRow(
  values: Float64Array,
  from: number,
  columns: number,
  across: number,
  queue: Int32Array,
  least: Float64Array,
  to: number,
): void {
  let [head, tail] = [0, 0];
  for (let next = 0, column = 0; column < columns; column++) {
    for (; next < columns && next <= column + across; next++) {
      while (tail > head && values[from + queue[tail - 1]] >= values[from + next]) tail--;
      queue[tail++] = next;
    }
    if (queue[head] < column - across) head++;
    const value = values[from + queue[head]];
    if (value < least[to + column]) least[to + column] = value;
  }
}

/** The criterion for a hot cell. If both parts are given, both must hold. */
export interface HotCriterion {
  readonly aboveK: number;
  /** The smallest maximum localized temperature difference, within a radius. */
  readonly local?: { readonly differenceK: number; readonly radiusM: number };
}

export interface HotCells {
  /** Indices in ascending order. */
  readonly cells: Int32Array;
  readonly areaM2: number;
}

/** Cells above a temperature and, with `local`, hotter than their surroundings by the given difference. */
export function hotCells(field: TemperatureField, die: DieSize, { aboveK, local }: HotCriterion): HotCells {
  const { rows, columns, temperatureK } = field;
  const difference = local && localDifference(field, die, local.radiusM);
  const isHot = (cell: number): boolean =>
    temperatureK[cell] > aboveK && (!local || !difference || difference[cell] > local.differenceK);
  const cells = Int32Array.from(temperatureK.keys()).filter(isHot);
  return { cells, areaM2: (cells.length * die.widthM * die.heightM) / (rows * columns) };
}

/** Temperatures over time by column, all at the same times. */
export interface TemperatureTrace {
  /** Times in ascending order. */
  readonly timeS: ArrayLike<number>;
  /** One column per block or cell, with one value per time, K. */
  readonly temperatureK: readonly ArrayLike<number>[];
}

/**
 * The first time in s at which some column exceeds `aboveK`; null if none does. Temperatures are linear between the
 * times of the trace. `within` may refine that: given the index of an interval's end, it returns seconds after the
 * interval's start, or null for no crossing (`timeToExceed` of a modal solution). It is called for every interval up to
 * the answer.
 */
export function timeToHotSpot(
  { timeS, temperatureK }: TemperatureTrace,
  aboveK: number,
  within?: (interval: number) => number | null,
): number | null {
  for (let k = 0; k < timeS.length; k++) {
    const hot = temperatureK.filter((column) => column[k] > aboveK);
    if (k === 0 && hot.length > 0) return timeS[0];
    if (k === 0) continue;
    const after = within?.(k);
    if (typeof after === 'number') return timeS[k - 1] + after;
    if (hot.length === 0) continue;
    const share = hot.map((column) => (aboveK - column[k - 1]) / (column[k] - column[k - 1]));
    return timeS[k - 1] + (timeS[k] - timeS[k - 1]) * Math.min(...share);
  }
  return null;
}

function placeOf({ rows, columns }: TemperatureField, { widthM, heightM }: DieSize, cell: number): FieldPlace {
  const row = Math.floor(cell / columns);
  return { cell, xM: ((cell - row * columns + 0.5) / columns) * widthM, yM: (1 - (row + 0.5) / rows) * heightM };
}
