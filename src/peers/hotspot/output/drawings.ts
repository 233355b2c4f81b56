import type { Write } from '../../../base/files.ts';
import { nineDigits } from '../../../base/number-text.ts';
import { fieldText, hotspotMetrics, timeTexts } from '../../../report/index.ts';
import {
  fieldRange,
  floorplanSvg,
  type HeatMapOptions,
  heatMapSvg,
  heatMapWidth,
} from '../../../report/pictures/index.ts';
import type { TemperatureField } from '../../../thermal/index.ts';
import type { TransientPeak } from '../program.ts';
import type { DrawnLayer, HotspotPictures } from './drawn-layer.ts';
import { framesNpy } from './fields.ts';
import { playerHtml } from './player.ts';

/** Turns an SVG into a PNG of `widthPx` pixels. */
export type Paint = (svg: string, widthPx: number) => Uint8Array;

/** Pixels per unit of a picture. Frames have half as many, because there are many. */
const PIXELS = 2;
const FRAME_PIXELS = 1;

// A module of its own, because loading it takes longer than a transient whose model is in the cache.

/** The floorplan and the pictures of the steady state. `field` is null if there is no field to draw. */
export function drawSteady(
  pictures: HotspotPictures,
  { index, floorplan }: DrawnLayer,
  field: TemperatureField | null,
  layers: number,
  write: Write,
  paint: Paint | undefined,
): void {
  const { svg, png, floorplanSvg: plan } = pictures;
  if (plan !== undefined) write(plan, floorplanSvg(floorplan));
  if (!field) return;
  const title = layers > 1 ? `Layer ${index}, steady state` : 'Steady state';
  const settings = { title, ...(pictures.range && { range: pictures.range }) };
  if (svg !== undefined) write(svg, heatMapSvg(field, floorplan, settings));
  if (png !== undefined && paint) write(png, painted(paint, PIXELS, field, floorplan, settings));
}

/** A layer with its field at the end of each sample. */
export interface FramedLayer extends DrawnLayer {
  readonly fields: TemperatureField[];
}

/**
 * The frames of the samples' fields. It runs after the last sample, so that the frames of all layers share one scale. One layer is in
 * the folder itself, several have a folder each.
 */
export function drawFrames(
  { frames, range }: HotspotPictures,
  layers: readonly FramedLayer[],
  intervalS: number,
  write: Write,
  paint: Paint | undefined,
): void {
  if (frames === undefined || !paint) return;
  const common = range ?? fieldRange(layers.flatMap(({ fields }) => fields));
  const samples = layers[0].fields.length;
  const digits = String(samples).length;
  const names = Array.from({ length: samples }, (_, k) => `${String(k + 1).padStart(digits, '0')}.png`);
  // Two digits of an interval tell samples apart.
  const { text } = timeTexts(samples * intervalS, 10 * intervalS);
  const times = names.map((_, k) => text((k + 1) * intervalS));
  const played = layers.map(({ index, floorplan, fields }) => {
    const [folder, name] = layers.length > 1 ? [`layer-${index}/`, `Layer ${index}, `] : ['', ''];
    fields.forEach((field, k) => {
      const title = `${name}${times[k]}`;
      write(`${frames}/${folder}${names[k]}`, painted(paint, FRAME_PIXELS, field, floorplan, { title, range: common }));
    });
    write(`${frames}/${folder}frames.npy`, framesNpy(fields));
    return { index, folder, texts: fields.map((field) => fieldText(field, floorplan)) };
  });
  write(`${frames}/index.html`, playerHtml(played, names, times, common));
}

function painted(
  paint: Paint,
  pixels: number,
  field: TemperatureField,
  floorplan: DrawnLayer['floorplan'],
  options: HeatMapOptions,
): Uint8Array {
  const widthPx = Math.round(pixels * heatMapWidth(field, floorplan, options));
  return paint(heatMapSvg(field, floorplan, options), widthPx);
}

/** Hot spots of the steady state and the peak of the transient as JSON; either is null if absent. */
export function hotspotsJson(
  field: TemperatureField | null,
  { floorplan }: DrawnLayer,
  thresholdK: number,
  transient: TransientPeak | null,
): string {
  const steady = field && hotspotMetrics(field, floorplan, thresholdK);
  const rounded = (_: string, value: unknown): unknown => (typeof value === 'number' ? nineDigits(value) : value);
  return `${JSON.stringify({ steady, transient }, rounded, 2)}\n`;
}
