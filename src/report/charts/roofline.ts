import type { ReportData } from '../data/report-data.ts';
import { type Box, drawNames, placedText } from '../drawing/names.ts';
import { type Surface, TEXT } from '../drawing/surface.ts';
import { counted, engineering, shortNumber } from '../numbers.ts';
import { greatest, least } from '../reductions.ts';
import { alongLog, logAxis } from '../scale.ts';
import type { Figure } from './figure.ts';

const ROOM = { left: 50, right: 22, top: 44, bottom: 42 };
const HEIGHT = 320;

interface Point {
  readonly name: string;
  readonly timeS: number;
  /** MACs for each byte that crosses DRAM, and MACs a second. */
  readonly intensity: number;
  readonly macsPerS: number;
}

/**
 * The layers under the roofs of DRAM bandwidth and of the array at its highest clock (Williams, Waterman and Patterson, "Roofline",
 * CACM 2009). The area of a dot is the layer's share of the time. Words that are fetched before their layer starts can lift a dot above
 * the DRAM's roof. Null if no layer used DRAM.
 */
export function rooflineFigure({ layers, roofs }: ReportData): Figure | null {
  const points = layers.flatMap(({ name, timeS, macs, dramBytes }): Point[] =>
    timeS > 0 && macs > 0 && dramBytes > 0
      ? [{ name, timeS, intensity: macs / dramBytes, macsPerS: macs / timeS }]
      : [],
  );
  if (points.length === 0) return null;
  const { bytesPerS, macsPerS: peak } = roofs;
  const ridge = peak / bytesPerS;
  const bound = points.filter(({ intensity }) => intensity < ridge).length;
  return {
    id: 'roofline',
    title: 'Roofline',
    note: 'area: share of the time; words fetched before their layer starts lift it above the DRAM roof',
    label:
      `Roofline of ${counted(points.length, 'layer', 'layers')}: ${bound} left of the ridge at ${ridge.toPrecision(3)} MAC/B; ` +
      `at most ${engineering(peak, 'MAC/s')}`,
    height: () => HEIGHT,
    draw: (surface, width) => drawRoofline(surface, width, points, bytesPerS, peak),
    table: () => ({
      columns: ['layer', 'macs_per_dram_byte', 'macs_per_s', 'time_s'],
      rows: points.map(({ name, intensity, macsPerS, timeS }) => [name, intensity, macsPerS, timeS]),
    }),
  };
}

function drawRoofline(
  surface: Surface,
  width: number,
  points: readonly Point[],
  bytesPerS: number,
  peak: number,
): void {
  const ridge = peak / bytesPerS;
  const [right, bottom] = [width - ROOM.right, HEIGHT - ROOM.bottom];
  const intensities = [ridge, ...points.map(({ intensity }) => intensity)];
  const speeds = [peak, ...points.map(({ macsPerS }) => macsPerS)];
  const x = logAxis(least(intensities), greatest(intensities), width / 80);
  const y = logAxis(least(speeds), greatest(speeds), 6);
  const xAt = (value: number): number => ROOM.left + (right - ROOM.left) * alongLog(x, value);
  const yAt = (value: number): number => bottom - (bottom - ROOM.top) * alongLog(y, value);
  const muted = { ink: 'muted', size: TEXT } as const;
  surface.text('Attained speed, MAC/s', 6, 12, { ...muted, align: 'left' });
  surface.text('MACs per byte of DRAM', right, HEIGHT - 10, { ...muted, align: 'right' });
  for (const tick of x.ticks) {
    surface.box(xAt(tick), ROOM.top, 1, bottom - ROOM.top, 'faint');
    surface.text(shortNumber(tick), xAt(tick), bottom + 13, { ...muted, align: 'centre' });
  }
  for (const tick of y.ticks) {
    surface.box(ROOM.left, yAt(tick), right - ROOM.left, 1, 'faint');
    surface.text(shortNumber(tick), ROOM.left - 6, yAt(tick), { ...muted, align: 'right' });
  }
  surface.clip(ROOM.left, ROOM.top - 20, right - ROOM.left, bottom - ROOM.top + 20);
  surface.begin();
  surface.move(xAt(x.low), yAt(bytesPerS * x.low));
  surface.line(xAt(ridge), yAt(peak));
  surface.line(right, yAt(peak));
  surface.stroke('text', 1.75);
  const style = { ink: 'text', size: TEXT, plate: 'paper' } as const;
  const array = `array: ${engineering(peak, 'MAC/s')}`;
  const taken = [placedText(surface, array, right - 4, yAt(peak) - 10, { ...style, align: 'right' })];
  // Beside the DRAM's roof: above it where there is room, else below.
  const name = `DRAM: ${engineering(bytesPerS, 'B/s')}`;
  const middle = Math.sqrt(x.low * ridge);
  const [atX, atY] = [xAt(middle), yAt(bytesPerS * middle)];
  const isAbove = atX - 14 - surface.widthOf(name, TEXT) > ROOM.left;
  taken.push(
    isAbove
      ? placedText(surface, name, atX - 8, atY - 8, { ...style, align: 'right' })
      : placedText(surface, name, atX + 10, atY + 10, { ...style, align: 'left' }),
  );
  drawPoints(surface, points, xAt, yAt, { left: ROOM.left, right, top: ROOM.top + 18, bottom }, taken);
  surface.unclip();
}

/** Layers whose names are written, those of most time first. */
const MOST_NAMES = 6;

function drawPoints(
  surface: Surface,
  points: readonly Point[],
  xAt: (value: number) => number,
  yAt: (value: number) => number,
  room: Box,
  taken: readonly Box[],
): void {
  const longest = greatest(points.map(({ timeS }) => timeS));
  const dots = [...points]
    .sort((a, b) => b.timeS - a.timeS)
    .map(({ name, intensity, macsPerS, timeS }) => {
      return { name, x: xAt(intensity), y: yAt(macsPerS), half: 2 + 5 * Math.sqrt(timeS / longest) };
    });
  for (const { x, y, half } of dots) surface.box(x - half, y - half, 2 * half, 2 * half, 'c0', 0.75);
  drawNames(surface, dots, room, { taken, most: MOST_NAMES });
}
