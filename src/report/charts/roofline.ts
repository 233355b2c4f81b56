import type { ReportData } from '../data/report-data.ts';
import { type Surface, TEXT } from '../drawing/surface.ts';
import { counted, engineering } from '../numbers.ts';
import { greatest, least } from '../reductions.ts';
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
  const x = decades([ridge, ...points.map(({ intensity }) => intensity)]);
  const y = decades([peak, ...points.map(({ macsPerS }) => macsPerS)]);
  const [right, bottom] = [width - ROOM.right, HEIGHT - ROOM.bottom];
  const xAt = (value: number): number =>
    ROOM.left + ((right - ROOM.left) * (Math.log10(value) - x.low)) / (x.high - x.low);
  const yAt = (value: number): number =>
    bottom - ((bottom - ROOM.top) * (Math.log10(value) - y.low)) / (y.high - y.low);
  surface.text('Attained speed, MAC/s', 6, 12, { ink: 'muted', size: TEXT, align: 'left' });
  surface.text('MACs per byte of DRAM', right, HEIGHT - 10, { ink: 'muted', size: TEXT, align: 'right' });
  for (let d = x.low; d <= x.high; d++) {
    surface.box(xAt(10 ** d), ROOM.top, 1, bottom - ROOM.top, 'faint');
    surface.text(powerText(d), xAt(10 ** d), bottom + 13, { ink: 'muted', size: TEXT, align: 'centre' });
  }
  for (let d = y.low; d <= y.high; d++) {
    surface.box(ROOM.left, yAt(10 ** d), right - ROOM.left, 1, 'faint');
    surface.text(powerText(d), ROOM.left - 6, yAt(10 ** d), { ink: 'muted', size: TEXT, align: 'right' });
  }
  surface.clip(ROOM.left, ROOM.top - 20, right - ROOM.left, bottom - ROOM.top + 20);
  surface.begin();
  surface.move(xAt(10 ** x.low), yAt(bytesPerS * 10 ** x.low));
  surface.line(xAt(ridge), yAt(peak));
  surface.line(right, yAt(peak));
  surface.stroke('text', 1.75);
  const style = { ink: 'text', size: TEXT, plate: 'paper' } as const;
  surface.text(`array: ${engineering(peak, 'MAC/s')}`, right - 4, yAt(peak) - 10, { ...style, align: 'right' });
  surface.text(`DRAM: ${engineering(bytesPerS, 'B/s')}`, ROOM.left + 6, ROOM.top + 8, { ...style, align: 'left' });
  drawPoints(surface, points, xAt, yAt);
  surface.unclip();
}

/** A power of ten with an SI prefix and no decimals: `100 G`. */
function powerText(exponent: number): string {
  return engineering(10 ** exponent, '').replace(/\.0+(?=\s|$)/, '');
}

/** Layers whose names are written, those of most time first. */
const MOST_NAMES = 6;

function drawPoints(
  surface: Surface,
  points: readonly Point[],
  xAt: (value: number) => number,
  yAt: (value: number) => number,
): void {
  const longest = greatest(points.map(({ timeS }) => timeS));
  const named: { readonly x: number; readonly y: number }[] = [];
  for (const { name, intensity, macsPerS, timeS } of [...points].sort((a, b) => b.timeS - a.timeS)) {
    const [x, y] = [xAt(intensity), yAt(macsPerS)];
    const half = 2 + 5 * Math.sqrt(timeS / longest);
    surface.box(x - half, y - half, 2 * half, 2 * half, 'c0', 0.75);
    const crowded = named.some((other) => Math.abs(other.y - y) < TEXT + 2 && Math.abs(other.x - x) < 150);
    if (named.length >= MOST_NAMES || crowded) continue;
    named.push({ x, y });
    const style = { ink: 'text', size: TEXT - 1, plate: 'paper' } as const;
    const isCut = x - half - 4 - surface.widthOf(name, style.size) < ROOM.left;
    if (isCut) surface.text(name, x + half + 4, y, { ...style, align: 'left' });
    else surface.text(name, x - half - 4, y, { ...style, align: 'right' });
  }
}

/** Whole decades around some values. */
function decades(values: readonly number[]): { readonly low: number; readonly high: number } {
  const low = Math.floor(Math.log10(least(values)));
  const high = Math.ceil(Math.log10(greatest(values)));
  return { low, high: high > low ? high : low + 1 };
}
