import { ZERO_CELSIUS_K } from '../../base/units.ts';
import type { Floorplan } from '../../thermal/floorplan/index.ts';
import type { TemperatureField } from '../../thermal/index.ts';
import { celsius } from '../numbers.ts';
import { axisLabels, exactAxis } from '../scale.ts';
import { blockMarks } from './floorplan.ts';
import { dieFrame, type Frame, frameMarks, MARGIN, TICK, TICK_ROOM } from './frame.ts';
import { heatLevels } from './heat-colours.ts';
import {
  HEAT_LEVELS,
  label,
  line,
  type Mark,
  type Rectangle,
  type Scene,
  TEXT_SIZE,
  type TextMark,
  textWidth,
} from './scene.ts';
import { sceneSvg } from './svg.ts';

export interface HeatMapOptions {
  /** Title above the picture; none by default. */
  readonly title?: string;
  /**
   * Ends of the colour scale in °C, the lower one first. Temperatures beyond have the colour of that end. By default
   * the field's own.
   */
  readonly range?: readonly [number, number];
}

/**
 * A layer's temperatures (row 0 north) with the outlines of blocks, a colour bar in °C and a mark at the hottest cell.
 * Without a floorplan cells are square and there are no axes.
 */
export function heatMapSvg(field: TemperatureField, floorplan: Floorplan | null, options: HeatMapOptions = {}): string {
  const { temperatureK } = field;
  const description = `Temperatures up to ${celsius(temperatureK[hottestCell(temperatureK)])}`;
  return sceneSvg(heatMapScene(field, floorplan, options), description);
}

/** The width of a heat map in units; it has a letter of 10 units. */
export function heatMapWidth(
  field: TemperatureField,
  floorplan: Floorplan | null,
  options: HeatMapOptions = {},
): number {
  return frameOf(field, floorplan, options).width;
}

const BAR_GAP = 20;
const BAR_WIDTH = 14;
const BAR_LABELS = 40;

export function heatMapScene(field: TemperatureField, floorplan: Floorplan | null, options: HeatMapOptions): Scene {
  const { title = '', range = fieldRange([field]) } = options;
  const size = sizeOf(field, floorplan);
  const frame = frameOf(field, floorplan, options);
  const [lowK, highK] = [range[0] + ZERO_CELSIUS_K, range[1] + ZERO_CELSIUS_K];
  const levels = heatLevels(field.temperatureK, lowK, highK, HEAT_LEVELS);
  const square = hottestSquare(frame.die, field);
  const blocks = floorplan ? offMark(blockMarks(frame, floorplan, null, 'over'), square, frame.die) : [];
  const marks: Mark[] = [
    { kind: 'cells', ...frame.die, rows: field.rows, columns: field.columns, levels },
    ...(floorplan ? [...frameMarks(frame, size, title), ...blocks] : titleOnly(frame, title)),
    ...colourBar(frame, range),
    ...hottestMark(
      frame.die,
      square,
      celsius(field.temperatureK[hottestCell(field.temperatureK)]),
      blocks.flatMap((mark) => (mark.kind === 'text' ? [textBox(mark)] : [])),
    ),
  ];
  return { ...frame, marks };
}

function frameOf(field: TemperatureField, floorplan: Floorplan | null, { title = '' }: HeatMapOptions): Frame {
  return dieFrame(sizeOf(field, floorplan), title, BAR_GAP + BAR_WIDTH + BAR_LABELS);
}

function sizeOf({ rows, columns }: TemperatureField, floorplan: Floorplan | null) {
  return floorplan ?? { widthM: columns, heightM: rows };
}

/** Lowest and highest temperature of some fields, °C. If they are equal, half a kelvin is added on either side. */
export function fieldRange(fields: Iterable<{ readonly temperatureK: Float64Array }>): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { temperatureK } of fields) {
    for (const value of temperatureK) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  const room = high - low > 1e-9 * high ? 0 : 0.5;
  return [low - room - ZERO_CELSIUS_K, high + room - ZERO_CELSIUS_K];
}

function titleOnly({ die, titleY }: Frame, title: string): Mark[] {
  return title === '' ? [] : [label(die.x, titleY, title, 'start')];
}

const BAR_LEVELS = Uint8Array.from({ length: HEAT_LEVELS }, (_, i) => HEAT_LEVELS - 1 - i);

function colourBar({ die, right }: Frame, [low, high]: readonly [number, number]): Mark[] {
  const bar = { x: right + BAR_GAP, y: die.y, width: BAR_WIDTH, height: Math.max(die.height, 100) };
  const axis = exactAxis(low, high, Math.max(2, bar.height / TICK_ROOM));
  const { labels } = axisLabels(axis, '°C');
  const end = bar.x + bar.width;
  const ticks = axis.ticks.flatMap((tick, i): Mark[] => {
    const y = bar.y + bar.height * (1 - (tick - low) / (high - low));
    return [line(end, y, TICK, 0, 'muted'), label(end + TICK + 3, y, labels[i], 'start')];
  });
  return [
    { kind: 'cells', ...bar, rows: HEAT_LEVELS, columns: 1, levels: BAR_LEVELS },
    { kind: 'box', ...bar, fill: null, stroke: 'muted' },
    label(bar.x, bar.y + bar.height + MARGIN, '°C', 'start'),
    ...ticks,
  ];
}

export function hottestCell(temperatureK: Float64Array): number {
  let best = 0;
  for (let i = 1; i < temperatureK.length; i++) if (temperatureK[i] > temperatureK[best]) best = i;
  return best;
}

const MARK = 6;

/** A small square at the centre of the hottest cell. */
function hottestSquare(die: Rectangle, { rows, columns, temperatureK }: TemperatureField): Rectangle {
  const cell = hottestCell(temperatureK);
  const x = die.x + ((cell % columns) + 0.5) * (die.width / columns);
  const y = die.y + (Math.floor(cell / columns) + 0.5) * (die.height / rows);
  return { x: x - MARK / 2, y: y - MARK / 2, width: MARK, height: MARK };
}

/** The marks of blocks. A name that the square would cover moves below it, or beside it if upright, where it meets no other name. */
function offMark(marks: readonly Mark[], square: Rectangle, die: Rectangle): Mark[] {
  const names = marks.filter((mark) => mark.kind === 'text');
  return marks.map((mark) => {
    if (mark.kind !== 'text' || !meet(textBox(mark), square)) return mark;
    const by = MARK + mark.size / 2;
    const moved = mark.upright ? { ...mark, x: square.x + MARK / 2 + by } : { ...mark, y: square.y + MARK / 2 + by };
    const box = textBox(moved);
    const isFree = isWithin(box, die) && names.every((name) => name === mark || !meet(box, textBox(name)));
    return isFree ? moved : mark;
  });
}

/** The square at the hottest cell, and its temperature beside it: within the die, and off the names of blocks. */
function hottestMark(die: Rectangle, square: Rectangle, text: string, names: readonly Rectangle[]): Mark[] {
  const [x, y] = [square.x + MARK / 2, square.y + MARK / 2];
  const plate = { width: textWidth(text) + 5, height: TEXT_SIZE + 3 };
  const atLeft = x > die.x + die.width / 2;
  const within = (top: number): number => Math.max(die.y, Math.min(die.y + die.height - plate.height, top));
  // The side with more room first, and at the height of the cell if a name does not stand there.
  const places = [atLeft, !atLeft].flatMap((left) =>
    [0, -1, 1].map((by): Rectangle => {
      const top = within(y - plate.height / 2 + by * (plate.height + 4));
      return { x: left ? x - MARK - plate.width : x + MARK, y: top, ...plate };
    }),
  );
  const at = places.find((place) => !names.some((name) => meet(place, name))) ?? places[0];
  return [
    { kind: 'box', ...square, fill: null, stroke: 'over' },
    { kind: 'box', ...at, fill: 'paper', stroke: 'ink' },
    label(at.x + at.width / 2, at.y + at.height / 2, text, 'middle'),
  ];
}

/** The place of a name in the middle of its block. */
function textBox({ x, y, text, size, upright }: TextMark): Rectangle {
  const [along, across] = [textWidth(text, size), size];
  const [width, height] = upright ? [across, along] : [along, across];
  return { x: x - width / 2, y: y - height / 2, width, height };
}

function isWithin(box: Rectangle, room: Rectangle): boolean {
  const { x, y, width, height } = box;
  return x >= room.x && x + width <= room.x + room.width && y >= room.y && y + height <= room.y + room.height;
}

function meet(a: Rectangle, b: Rectangle): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
