import type { DieSize } from './floorplan.ts';

/** Temperatures of the cells of one plane, K, row by row from the north west corner. */
export interface TemperatureField {
  readonly rows: number;
  readonly columns: number;
  readonly temperatureK: Float64Array;
}

/** A place of a field: its cell, and x and y from the die's lower left corner, m. */
export interface FieldPlace {
  readonly cell: number;
  readonly xM: number;
  readonly yM: number;
}

export interface FieldPeak extends FieldPlace {
  readonly temperatureK: number;
}

/** The hottest cell; of several the first. */
export function fieldPeak(field: TemperatureField, die: DieSize): FieldPeak {
  const { temperatureK } = field;
  let cell = 0;
  for (let i = 1; i < temperatureK.length; i++) if (temperatureK[i] > temperatureK[cell]) cell = i;
  return { ...placeOf(field, die, cell), temperatureK: temperatureK[cell] };
}

export interface FieldGradient extends FieldPlace {
  readonly kelvinPerM: number;
  /** Whether the neighbour is the next in its row, or in its column. */
  readonly along: 'x' | 'y';
}

/**
 * The steepest difference between neighbouring cells over the distance of their middles; x and y are half-way between the
 * two, `cell` is the one in the west or north. 0 K/m for a field of one cell.
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
 * Maximum localized temperature difference (Hankin et al., "HotGauge", IISWC 2021), K by cell: how much hotter the cell is
 * than the coldest cell whose middle is within `radiusM` of its own. HotGauge calls a place a hot spot if it is above 80 °C and this
 * above 25 K at a radius of 1 mm.
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

/** A cell at the very radius counts, though the division may fall short of a whole number. */
const EDGE = 1e-9;

/**
 * Lowers `least[to + c]` to the least of the row at `from` within `across` columns of c, in one pass: the queue holds columns of
 * rising values, of which the first is the window's least.
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

/** What makes a cell hot. Both must hold if both are given. */
export interface HotCriterion {
  readonly aboveK: number;
  /** Least maximum localized temperature difference, within a radius. */
  readonly local?: { readonly differenceK: number; readonly radiusM: number };
}

export interface HotCells {
  /** Indices, ascending. */
  readonly cells: Int32Array;
  readonly areaM2: number;
}

/** Cells above a temperature, and with `local` also that much hotter than their surroundings. */
export function hotCells(field: TemperatureField, die: DieSize, { aboveK, local }: HotCriterion): HotCells {
  const { rows, columns, temperatureK } = field;
  const difference = local && localDifference(field, die, local.radiusM);
  const isHot = (cell: number): boolean =>
    temperatureK[cell] > aboveK && (!local || !difference || difference[cell] > local.differenceK);
  const cells = Int32Array.from(temperatureK.keys()).filter(isHot);
  return { cells, areaM2: (cells.length * die.widthM * die.heightM) / (rows * columns) };
}

/** Column by column of temperatures at the same times. */
export interface TemperatureTrace {
  /** Ascending. */
  readonly timeS: ArrayLike<number>;
  /** Blocks or cells, each with a value a time; K. */
  readonly temperatureK: readonly ArrayLike<number>[];
}

/**
 * The first time at which some column exceeds `aboveK`, s; null if none does. Between the times of the trace temperatures are
 * taken for linear; `within`, given the index of the interval's end, may say better, as seconds after the interval's begin or null
 * for not at all (`timeToExceed` of a modal solution). It is then asked for every interval up to the answer.
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
