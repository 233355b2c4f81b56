import type { OutputFiles } from '../node/index.ts';
import { hotspotMetrics } from '../report/index.ts';
import { fieldRange, floorplanSvg, heatMapPng, heatMapSvg } from '../report/pictures/index.ts';
import type { TemperatureField } from '../thermal/index.ts';
import type { DrawnLayer, PictureOptions } from './thermal-pictures.ts';

// Apart from the rest, because loading it takes longer than a transient whose model is in the cache.

export { hotspotMetrics };

/** The pictures of the steady state; `field` is null if there is none to draw. */
export function drawSteady(
  options: PictureOptions,
  { index, floorplan }: DrawnLayer,
  field: TemperatureField | null,
  layers: number,
  output: OutputFiles,
): void {
  const { svg, png, floorplanSvg: plan } = options;
  if (plan !== undefined) output.append(plan, floorplanSvg(floorplan));
  if (!field) return;
  const title = layers > 1 ? `Layer ${index}, steady state` : 'Steady state';
  const settings = { title, ...(options.range && { range: options.range }) };
  if (svg !== undefined) output.append(svg, heatMapSvg(field, floorplan, settings));
  if (png !== undefined) output.append(png, heatMapPng(field, floorplan, settings));
}

/** The frames of the samples' fields, which are at hand by now, so that they can have one scale. */
export function drawFrames(
  folder: string,
  options: PictureOptions,
  { floorplan }: DrawnLayer,
  fields: readonly TemperatureField[],
  intervalS: number,
  output: OutputFiles,
): void {
  const common = options.range ?? fieldRange(fields);
  const digits = String(fields.length).length;
  fields.forEach((field, k) => {
    const title = `${Number(((k + 1) * intervalS).toPrecision(6))} s`;
    const name = `${folder}/${String(k + 1).padStart(digits, '0')}.png`;
    output.append(name, heatMapPng(field, floorplan, { title, range: common, zoom: 1 }));
  });
}
