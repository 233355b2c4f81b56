import type { Write } from '../../../base/files.ts';
import { nineDigits } from '../../../base/number-text.ts';
import { hotspotMetrics } from '../../../report/index.ts';
import { fieldRange, floorplanSvg, heatMapPng, heatMapSvg } from '../../../report/pictures/index.ts';
import type { TemperatureField } from '../../../thermal/index.ts';
import type { TransientPeak } from '../program.ts';
import type { DrawnLayer, HotspotPictures } from './drawn-layer.ts';

// A module of its own, because loading it takes longer than a transient whose model is in the cache.

/** The floorplan and the pictures of the steady state. `field` is null if there is no field to draw. */
export function drawSteady(
  pictures: HotspotPictures,
  { index, floorplan }: DrawnLayer,
  field: TemperatureField | null,
  layers: number,
  write: Write,
): void {
  const { svg, png, floorplanSvg: plan } = pictures;
  if (plan !== undefined) write(plan, floorplanSvg(floorplan));
  if (!field) return;
  const title = layers > 1 ? `Layer ${index}, steady state` : 'Steady state';
  const settings = { title, ...(pictures.range && { range: pictures.range }) };
  if (svg !== undefined) write(svg, heatMapSvg(field, floorplan, settings));
  if (png !== undefined) write(png, heatMapPng(field, floorplan, settings));
}

/** The frames of the samples' fields. It runs after the last sample, so that all frames share one scale. */
export function drawFrames(
  { frames, range }: HotspotPictures,
  { floorplan }: DrawnLayer,
  fields: readonly TemperatureField[],
  intervalS: number,
  write: Write,
): void {
  if (frames === undefined) return;
  const common = range ?? fieldRange(fields);
  const digits = String(fields.length).length;
  fields.forEach((field, k) => {
    const title = `${Number(((k + 1) * intervalS).toPrecision(6))} s`;
    const name = `${frames}/${String(k + 1).padStart(digits, '0')}.png`;
    write(name, heatMapPng(field, floorplan, { title, range: common, zoom: 1 }));
  });
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
