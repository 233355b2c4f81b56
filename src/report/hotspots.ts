import {
  type Floorplan,
  fieldPeak,
  hotCells,
  largestGradient,
  localDifference,
  type TemperatureField,
} from '../thermal/index.ts';
import { celsius } from './numbers.ts';
import { least } from './reductions.ts';

/** Hot spots of one plane as written to a file: temperatures in K, lengths in mm. */
export interface HotspotMetrics {
  readonly peak: { readonly temperature: number; readonly xMm: number; readonly yMm: number; readonly block: string };
  readonly gradientKPerMm: number;
  /** Largest difference from the coldest cell within a millimetre (HotGauge's MLTD). */
  readonly localDifference: number;
  readonly threshold: number;
  readonly areaAboveMm2: number;
}

/** Radius of a hot spot's surroundings (Hankin et al., "HotGauge", IISWC 2021), m. */
const RADIUS_M = 1e-3;

/** The hottest cell, and the name of its block; empty if it lies between blocks. */
function peakIn(field: TemperatureField, floorplan: Floorplan) {
  const peak = fieldPeak(field, floorplan);
  const { xM, yM } = peak;
  const block = floorplan.blocks.find(
    (b) => xM >= b.leftM && xM < b.leftM + b.widthM && yM >= b.bottomM && yM < b.bottomM + b.heightM,
  );
  return { ...peak, block: block?.name ?? '' };
}

/** A field in words: `60.2 °C to 61.1 °C, hottest in core`. */
export function fieldText(field: TemperatureField, floorplan: Floorplan): string {
  const { temperatureK, block } = peakIn(field, floorplan);
  const where = block === '' ? 'between blocks' : `in ${block}`;
  return `${celsius(least(field.temperatureK))} to ${celsius(temperatureK)}, hottest ${where}`;
}

/** Hot spots of a field (K, one value a cell) over its floorplan; cells above `thresholdK` count as hot. */
export function hotspotMetrics(field: TemperatureField, floorplan: Floorplan, thresholdK: number): HotspotMetrics {
  const { temperatureK, xM, yM, block } = peakIn(field, floorplan);
  const local = localDifference(field, floorplan, RADIUS_M);
  return {
    peak: { temperature: temperatureK, xMm: xM * 1e3, yMm: yM * 1e3, block },
    gradientKPerMm: largestGradient(field, floorplan).kelvinPerM / 1e3,
    localDifference: local.reduce((most, value) => Math.max(most, value), 0),
    threshold: thresholdK,
    areaAboveMm2: hotCells(field, floorplan, { aboveK: thresholdK }).areaM2 * 1e6,
  };
}
