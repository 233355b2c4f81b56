import type { DieSize } from '../../thermal/floorplan/index.ts';
import { axisLabels, exactAxis } from '../scale.ts';
import { type BoxMark, label, line, type Mark, type Rectangle, textWidth } from './scene.ts';

/** Length of the die's longer side in units. */
const DIE_SIDE = 480;

export const MARGIN = 12;
export const TICK = 4;
/** Units that a tick and its label need. */
export const TICK_ROOM = 40;
const LEFT = 46;
const TITLE_HEIGHT = 22;
const BELOW = 44;
/**
 * Smallest height, which a colour bar needs however flat the die is; and smallest width, which the mark of the hottest
 * cell needs.
 */
const LEAST_HEIGHT = 110;
const LEAST_WIDTH = 70;
/** Smallest width of a picture, which the label of the scale bar needs. */
const LEAST_PICTURE = 180;

/** The positions of the parts of a picture of a die. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly die: Rectangle;
  /** The left edge of the part to the right of the die. */
  readonly right: number;
  readonly titleY: number;
}

/** A frame for a die of true aspect ratio, with `rightWidth` units for the part beside it. */
export function dieFrame({ widthM, heightM }: DieSize, title: string, rightWidth: number): Frame {
  const scale = DIE_SIDE / Math.max(widthM, heightM);
  const top = MARGIN + (title === '' ? 0 : TITLE_HEIGHT);
  const die = { x: LEFT, y: top, width: widthM * scale, height: heightM * scale };
  const inner = rightWidth > 0 ? Math.max(die.height, LEAST_HEIGHT) : die.height;
  const right = die.x + (rightWidth > 0 ? Math.max(die.width, LEAST_WIDTH) : die.width);
  const wanted = Math.max(right + rightWidth + MARGIN, LEFT + textWidth(title) + MARGIN, LEAST_PICTURE);
  return {
    width: Math.ceil(wanted),
    height: Math.ceil(top + inner + BELOW),
    die,
    right,
    titleY: top - TITLE_HEIGHT / 2 - 2,
  };
}

/** The title, axes in mm from the die's lower left corner, and a bar of round length below. */
export function frameMarks({ die, titleY }: Frame, { widthM, heightM }: DieSize, title: string): Mark[] {
  const bottom = die.y + die.height;
  const x = ticksOf(widthM * 1e3, die.width, 30).flatMap(({ share, text }): Mark[] => {
    const at = die.x + share * die.width;
    return [line(at, bottom, 0, TICK, 'muted'), label(at, bottom + TICK + 8, text, 'middle')];
  });
  const y = ticksOf(heightM * 1e3, die.height, 12).flatMap(({ share, text }): Mark[] => {
    const at = bottom - share * die.height;
    return [line(die.x - TICK, at, TICK, 0, 'muted'), label(die.x - TICK - 3, at, text, 'end')];
  });
  const heading = title === '' ? [] : [label(die.x, titleY, title, 'start')];
  return [...heading, ...x, ...y, ...scaleBar(die, widthM * 1e3)];
}

interface Tick {
  /** 0 to 1. */
  readonly share: number;
  readonly text: string;
}

/**
 * Round numbers from 0 on. On a die too thin for two labels, of which neighbours must be `room` apart, only the highest
 * remains.
 */
function ticksOf(high: number, extent: number, room: number): Tick[] {
  let axis = exactAxis(0, high, Math.max(1, extent / TICK_ROOM));
  if (axis.ticks.length < 2) axis = exactAxis(0, high, 2);
  const { labels } = axisLabels(axis, '');
  const ticks = axis.ticks.map((tick, i) => ({ share: tick / high, text: labels[i] }));
  return ticks[1].share * extent < room ? ticks.slice(-1) : ticks;
}

/** Units available for the scale bar of a narrow die. */
const BAR_ROOM = 60;

/** A bar of the longest round length within a quarter of the die, or within the room below a narrow die. */
function scaleBar({ x, y, width, height }: Rectangle, widthMm: number): Mark[] {
  const unitsPerMm = width / widthMm;
  const length = roundLength(Math.max(width / 4, BAR_ROOM) / unitsPerMm);
  const units = length * unitsPerMm;
  const at = y + height + BELOW - MARGIN;
  const bar: BoxMark = { kind: 'box', x, y: at - 1, width: units, height: 2, fill: 'ink', stroke: null };
  const name = `${length} mm`;
  const end = x + units + 5 + textWidth(name);
  // The unit of the axes, if there is room for it beside the bar.
  const unit = end + 10 + textWidth('mm') <= x + width ? [label(x + width, at, 'mm', 'end', 'muted')] : [];
  return [bar, label(x + units + 5, at, name, 'start', 'muted'), ...unit];
}

/** The largest of 1, 2 and 5 times a power of ten that does not exceed `most`. */
function roundLength(most: number): number {
  const exponent = Math.floor(Math.log10(most));
  const digit = [5, 2, 1].find((d) => Number(`${d}e${exponent}`) <= most) ?? 1;
  return Number(`${digit}e${exponent}`);
}

/** A box in the frame. Its y axis is turned, since blocks count from below. */
export function inFrame(
  { die }: Frame,
  size: DieSize,
  block: { leftM: number; bottomM: number; widthM: number; heightM: number },
): Rectangle {
  const [sx, sy] = [die.width / size.widthM, die.height / size.heightM];
  const height = block.heightM * sy;
  return {
    x: die.x + block.leftM * sx,
    y: die.y + die.height - block.bottomM * sy - height,
    width: block.widthM * sx,
    height,
  };
}
