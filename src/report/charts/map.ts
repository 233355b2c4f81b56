import { ZERO_CELSIUS_K } from '../../base/units.ts';
import type { Die } from '../data/model.ts';
import type { Ink } from '../data/palette.ts';
import { type Surface, TEXT } from '../drawing/surface.ts';
import { celsius } from '../numbers.ts';
import { HEAT_COLOURS, heatLevels } from '../pictures/heat-colours.ts';
import { axisLabels, exactAxis } from '../scale.ts';
import type { Figure } from './figure.ts';

/** Room around the die: axes in mm, and the colour bar at the right. */
const ROOM = { left: 40, right: 66, top: 10, bottom: 38 };

export interface MapFrame {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The height of a map of this width, and the place of the die in it. */
export function mapFrame({ floorplan, map }: Die, width: number): MapFrame {
  const ratio = floorplan ? floorplan.widthM / floorplan.heightM : map.columns / map.rows;
  const inner = Math.max(60, width - ROOM.left - ROOM.right);
  return { x: ROOM.left, y: ROOM.top, width: inner, height: inner / ratio };
}

export function mapHeight(die: Die, width: number): number {
  return mapFrame(die, width).height + ROOM.top + ROOM.bottom;
}

/** A frame of the die from `lowK` to `highK`, north up: blocks with their names, axes in mm, scale bar, colour bar, hottest cell. */
export function drawMap(
  surface: Surface,
  die: Die,
  width: number,
  temperatureK: Float64Array,
  [lowK, highK]: readonly [number, number],
): void {
  const frame = mapFrame(die, width);
  const { rows, columns } = die.map;
  const levels = heatLevels(temperatureK, lowK, highK, HEAT_COLOURS.length);
  surface.cells(frame.x, frame.y, frame.width, frame.height, { rows, columns, levels });
  const names = drawBlocks(surface, die, frame);
  drawAxesMm(surface, die, frame);
  drawHottest(surface, die, frame, temperatureK, names);
  drawColourBar(surface, frame, lowK, highK);
}

/** Blocks thinner than these pixels have no outline: many of them would hide the field. */
const LEAST_OUTLINED = 4;

function drawBlocks(surface: Surface, die: Die, frame: MapFrame): MapFrame[] {
  const { floorplan } = die;
  if (!floorplan) return [];
  const boxes: MapFrame[] = [];
  const scale = frame.width / floorplan.widthM;
  for (const { leftM, bottomM, widthM, heightM } of floorplan.blocks) {
    const box: MapFrame = {
      x: frame.x + leftM * scale,
      y: frame.y + frame.height - (bottomM + heightM) * scale,
      width: widthM * scale,
      height: heightM * scale,
    };
    boxes.push(box);
    if (Math.min(box.width, box.height) >= LEAST_OUTLINED) outline(surface, box, 'over');
  }
  return nameBlocks(surface, die, boxes);
}

/** Blocks of one component that leave more than this share of the rectangle around them to others have no common name. */
const MOST_OTHERS = 0.2;

/**
 * The names on the die: those of blocks if all blocks of their component have room for one, else that of the component across its
 * blocks, else that of an array across all of its blocks, `array_1` for `array_1.pe_0_0`.
 */
function nameBlocks(surface: Surface, { blocks, componentNames }: Die, boxes: readonly MapFrame[]): MapFrame[] {
  const componentOf = (b: number): string => blocks[b].components.map((c) => componentNames[c]).join(' + ');
  const kinds = [...grouped(Array.from(blocks.keys()), componentOf)];
  const unnamed: number[] = [];
  const names: MapFrame[] = [];
  for (const [component, group] of kinds) {
    // Many small names would hide the field.
    const sizes = group.length > 1 ? SIZES.slice(0, 2) : SIZES;
    const each = group.map((b) => placeInside(surface, blocks[b].name, boxes[b], sizes));
    const fits = component === '' || each.every((place) => place !== null);
    const places = fits ? each : [placeAcross(surface, component, group, boxes)];
    if (!fits && places[0] === null) unnamed.push(...group);
    for (const place of places) if (place) names.push(write(surface, place));
  }
  for (const [array, group] of grouped(unnamed, (b) => blocks[b].name.match(/^(.+?)\./)?.[1] ?? '')) {
    const place = placeAcross(surface, array, group, boxes);
    if (place) names.push(write(surface, place));
  }
  return names;
}

function grouped(of: readonly number[], key: (b: number) => string): ReadonlyMap<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const b of of) groups.set(key(b), [...(groups.get(key(b)) ?? []), b]);
  return groups;
}

/** The place of a name in the middle of blocks that lie together; null if they do not, or leave no room. */
function placeAcross(
  surface: Surface,
  name: string,
  group: readonly number[],
  boxes: readonly MapFrame[],
): Place | null {
  const box = group.map((b) => boxes[b]).reduce(around);
  const area = group.reduce((sum, b) => sum + boxes[b].width * boxes[b].height, 0);
  return area >= (1 - MOST_OTHERS) * box.width * box.height ? placeInside(surface, name, box) : null;
}

function around(a: MapFrame, b: MapFrame): MapFrame {
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  const [right, bottom] = [Math.max(a.x + a.width, b.x + b.width), Math.max(a.y + a.height, b.y + b.height)];
  return { x, y, width: right - x, height: bottom - y };
}

function outline(surface: Surface, { x, y, width, height }: MapFrame, ink: Ink): void {
  surface.begin();
  surface.move(x, y);
  surface.line(x + width, y);
  surface.line(x + width, y + height);
  surface.line(x, y + height);
  surface.line(x, y);
  surface.stroke(ink, 0.75);
}

interface Place extends MapFrame {
  readonly name: string;
  readonly size: number;
}

/** Sizes of a name, the best first. */
const SIZES = [TEXT, TEXT - 2, TEXT - 4];

/** Room beside a name, so that its plate does not touch the block's edges or the next plate. */
const BESIDE = 10;

/** The place of a name in the middle of a box, in small letters if need be; null if it does not fit. */
function placeInside(
  surface: Surface,
  name: string,
  { x, y, width, height }: MapFrame,
  sizes: readonly number[] = SIZES,
): Place | null {
  if (name === '') return null;
  for (const size of sizes) {
    const wide = surface.widthOf(name, size);
    if (wide + BESIDE > width || size + 4 > height) continue;
    return { name, size, x: x + (width - wide) / 2, y: y + (height - size) / 2, width: wide, height: size };
  }
  return null;
}

function write(surface: Surface, place: Place): Place {
  const { name, size, x, y, width, height } = place;
  surface.text(name, x + width / 2, y + height / 2, { ink: 'over', size, align: 'centre', plate: 'under' });
  return place;
}

function drawAxesMm(surface: Surface, { floorplan }: Die, frame: MapFrame): void {
  const { x, y, width, height } = frame;
  outline(surface, frame, 'muted');
  if (!floorplan) return;
  const [wide, high] = [1e3 * floorplan.widthM, 1e3 * floorplan.heightM];
  const across = exactAxis(0, wide, Math.max(2, width / 60));
  const labels = axisLabels(across, '').labels;
  across.ticks.forEach((tick, i) => {
    const at = x + (width * tick) / wide;
    surface.box(at - 0.5, y + height, 1, 4, 'muted');
    surface.text(labels[i], at, y + height + 12, { ink: 'muted', size: TEXT, align: 'centre' });
  });
  const up = exactAxis(0, high, Math.max(2, height / 50));
  const upLabels = axisLabels(up, '').labels;
  up.ticks.forEach((tick, i) => {
    const at = y + height - (height * tick) / high;
    surface.box(x - 4, at - 0.5, 4, 1, 'muted');
    surface.text(upLabels[i], x - 7, at, { ink: 'muted', size: TEXT, align: 'right' });
  });
  surface.text('mm', x + width, y + height + 28, { ink: 'muted', size: TEXT, align: 'right' });
  scaleBar(surface, frame, wide);
}

/** A bar of a round length below the die. */
function scaleBar(surface: Surface, { x, y, width, height }: MapFrame, wideMm: number): void {
  const [, length = wideMm] = exactAxis(0, wideMm, 5).ticks;
  const pixels = (width * length) / wideMm;
  const at = y + height + 27;
  surface.box(x, at - 1, pixels, 2, 'text');
  surface.box(x, at - 4, 1, 8, 'text');
  surface.box(x + pixels - 1, at - 4, 1, 8, 'text');
  surface.text(`${length} mm`, x + pixels + 5, at, { ink: 'text', size: TEXT, align: 'left' });
}

export function hottestCell(temperatureK: Float64Array): number {
  let best = 0;
  for (let i = 1; i < temperatureK.length; i++) if (temperatureK[i] > temperatureK[best]) best = i;
  return best;
}

/** A small square around the hottest cell, with its temperature beside it: within the die, and off the names of blocks. */
function drawHottest(
  surface: Surface,
  { map: { rows, columns } }: Die,
  frame: MapFrame,
  temperatureK: Float64Array,
  names: readonly MapFrame[],
): void {
  const cell = hottestCell(temperatureK);
  const x = frame.x + (((cell % columns) + 0.5) * frame.width) / columns;
  const y = frame.y + ((Math.floor(cell / columns) + 0.5) * frame.height) / rows;
  outline(surface, { x: x - 4, y: y - 4, width: 8, height: 8 }, 'under');
  const text = celsius(temperatureK[cell]);
  const [width, height] = [surface.widthOf(text, TEXT) + 10, TEXT + 4];
  const isLeft = x > frame.x + frame.width / 2;
  const top = Math.max(frame.y + 1, y - 9 - height / 2);
  const places = [isLeft, !isLeft].flatMap((left) =>
    [0, 18, -18, 27, -27].map((by): MapFrame => ({ x: left ? x - 5 - width : x + 5, y: top + by, width, height })),
  );
  const free = places.find((place) => isWithin(place, frame) && !names.some((name) => meet(place, name)));
  const at = free ?? places[0];
  const style = { ink: 'over', size: TEXT, align: 'centre', bold: true, plate: 'under' } as const;
  surface.text(text, at.x + width / 2, at.y + height / 2, style);
}

function isWithin(box: MapFrame, frame: MapFrame): boolean {
  const [right, bottom] = [frame.x + frame.width, frame.y + frame.height];
  return box.x >= frame.x && box.x + box.width <= right && box.y >= frame.y && box.y + box.height <= bottom;
}

function meet(a: MapFrame, b: MapFrame): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

const BAR = Uint8Array.from(HEAT_COLOURS, (_, i) => HEAT_COLOURS.length - 1 - i);

function drawColourBar(surface: Surface, { x, y, width, height }: MapFrame, lowK: number, highK: number): void {
  const left = x + width + 12;
  surface.cells(left, y, 12, height, { rows: BAR.length, columns: 1, levels: BAR });
  const [low, high] = [lowK - ZERO_CELSIUS_K, highK - ZERO_CELSIUS_K];
  const axis = exactAxis(low, high > low ? high : low + 1, Math.max(2, height / 45));
  const { labels } = axisLabels(axis, '°C');
  axis.ticks.forEach((tick, i) => {
    const at = y + height * (1 - (tick - axis.low) / (axis.high - axis.low));
    surface.box(left + 12, at - 0.5, 3, 1, 'muted');
    surface.text(labels[i], left + 18, at, { ink: 'muted', size: TEXT, align: 'left' });
  });
  surface.text('°C', left, y + height + 12, { ink: 'muted', size: TEXT, align: 'left' });
}

/** The block at a place of the map, and the temperature of the cell there; null outside the die. */
export function placeAt(die: Die, width: number, x: number, y: number) {
  const frame = mapFrame(die, width);
  const [across, down] = [(x - frame.x) / frame.width, (y - frame.y) / frame.height];
  if (!(across >= 0 && across < 1 && down >= 0 && down < 1)) return null;
  const { rows, columns } = die.map;
  const cell = Math.floor(down * rows) * columns + Math.floor(across * columns);
  const { floorplan } = die;
  if (!floorplan) return { cell, block: null, xMm: null, yMm: null };
  const [xM, yM] = [across * floorplan.widthM, (1 - down) * floorplan.heightM];
  const block = floorplan.blocks.find(
    (b) => xM >= b.leftM && xM < b.leftM + b.widthM && yM >= b.bottomM && yM < b.bottomM + b.heightM,
  );
  return { cell, block: block?.name ?? null, xMm: 1e3 * xM, yMm: 1e3 * yM };
}

/** A frame of the map as a picture of its own. Its table has the temperature of each cell. */
export function mapFigure(
  die: Die,
  temperatureK: Float64Array,
  range: readonly [number, number],
  label: string,
): Figure {
  const { rows, columns } = die.map;
  return {
    id: 'map',
    title: 'The die',
    label,
    height: (width) => Math.ceil(mapHeight(die, width)),
    draw: (surface, width) => drawMap(surface, die, width, temperatureK, range),
    table: () => ({
      columns: ['row', 'column', 'temperature_k'],
      rows: Array.from({ length: rows * columns }, (_, cell) => [
        Math.floor(cell / columns),
        cell % columns,
        temperatureK[cell],
      ]),
    }),
  };
}
