import {
  type Floorplan,
  fieldPeak,
  hotCells,
  largestGradient,
  localDifference,
  type TemperatureField,
} from '../thermal/index.ts';

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

/** Hot spots of a field (K, one value a cell) over its floorplan; cells above `thresholdK` count as hot. */
export function hotspotMetrics(field: TemperatureField, floorplan: Floorplan, thresholdK: number): HotspotMetrics {
  const { temperatureK, xM, yM } = fieldPeak(field, floorplan);
  const block = floorplan.blocks.find(
    (b) => xM >= b.leftM && xM < b.leftM + b.widthM && yM >= b.bottomM && yM < b.bottomM + b.heightM,
  );
  const local = localDifference(field, floorplan, RADIUS_M);
  return {
    peak: { temperature: temperatureK, xMm: xM * 1e3, yMm: yM * 1e3, block: block?.name ?? '' },
    gradientKPerMm: largestGradient(field, floorplan).kelvinPerM / 1e3,
    localDifference: local.reduce((most, value) => Math.max(most, value), 0),
    threshold: thresholdK,
    areaAboveMm2: hotCells(field, floorplan, { aboveK: thresholdK }).areaM2 * 1e6,
  };
}
