import { applyRows, applyTransposed, type SparseRows, type TemperatureField } from '../../thermal/floorplan/index.ts';
import type { HotspotModel } from './model.ts';

/** Temperatures of a group's names in K, from the rises of the nodes. */
export function readGroup(
  { groups, ambientK, readingMode }: HotspotModel,
  group: number,
  rise: Float64Array,
): Float64Array {
  const { reading, names } = groups[group];
  const values = new Float64Array(names.length);
  if (readingMode === 'mean') applyRows(reading, rise, 0, values);
  else extremes(reading, rise, readingMode, values);
  for (let i = 0; i < values.length; i++) values[i] += ambientK;
  return values;
}

function extremes({ start, index }: SparseRows, rise: Float64Array, mode: 'min' | 'max', values: Float64Array): void {
  for (let u = 0; u < values.length; u++) {
    let value = rise[index[start[u]]];
    for (let i = start[u] + 1; i < start[u + 1]; i++) {
      const other = rise[index[i]];
      if (mode === 'min' ? other < value : other > value) value = other;
    }
    values[u] = value;
  }
}

/** Temperatures of all names in K, group by group: the values of a .steady file. */
export function readGroups(model: HotspotModel, rise: Float64Array): Float64Array {
  return Float64Array.from(model.groups.flatMap((_, group) => [...readGroup(model, group, rise)]));
}

/** Temperatures of the units in K, from the rises of the nodes. */
export function readUnits(model: HotspotModel, rise: Float64Array): Float64Array {
  const read = new Map<number, Float64Array>();
  for (const group of model.unitGroup) if (!read.has(group)) read.set(group, readGroup(model, group, rise));
  return Float64Array.from(model.unitIndex, (index, u) => read.get(model.unitGroup[u])![index]);
}

/** The matrix (units x nodes) that reads each unit's temperature from a field of rises, for readings that are means. */
export function unitReadings({ groups, unitGroup, unitIndex }: HotspotModel): SparseRows {
  const parts = Array.from(unitIndex, (index, u) => {
    const { start, index: nodes, weight } = groups[unitGroup[u]].reading;
    return {
      nodes: nodes.subarray(start[index], start[index + 1]),
      weight: weight.subarray(start[index], start[index + 1]),
    };
  });
  const size = parts.reduce((sum, { nodes }) => sum + nodes.length, 0);
  const rows = { start: new Int32Array(parts.length + 1), index: new Int32Array(size), weight: new Float64Array(size) };
  parts.forEach(({ nodes, weight }, u) => {
    rows.index.set(nodes, rows.start[u]);
    rows.weight.set(weight, rows.start[u]);
    rows.start[u + 1] = rows.start[u] + nodes.length;
  });
  return rows;
}

/**
 * Temperatures of one of the problem's `layers` layers. `cells` holds all cells of HotSpot's layers, or of as many
 * layers as were computed. Null for the block model.
 */
export function layerField(
  model: HotspotModel,
  cellsK: Float64Array,
  layers: number,
  layer: number,
): TemperatureField | null {
  if (!model.grid) return null;
  const { rows, columns } = model.grid;
  const plane = planeOf(model, layers, layer);
  return { rows, columns, temperatureK: cellsK.slice(plane * rows * columns, (plane + 1) * rows * columns) };
}

/**
 * Index of the HotSpot layer that is one of the problem's `layers`. The layers of a secondary path come first, the two
 * of the package last.
 */
export function planeOf({ grid }: HotspotModel, layers: number, layer: number): number {
  return (grid?.layers ?? 0) - PACKAGE_LAYERS - layers + layer;
}

/** The layers of the package: spreader and sink. */
const PACKAGE_LAYERS = 2;

/** Mean temperature of the sink's surface, K. */
export function sinkTemperature({ sink, ambientK }: HotspotModel, rise: Float64Array): number {
  const mean = new Float64Array(1);
  applyRows(sink, rise, 0, mean);
  return mean[0] + ambientK;
}

/** Powers of units in W as sources by node. */
export function unitSources(
  { power, nodes }: Pick<HotspotModel, 'power' | 'nodes'>,
  powerW: ArrayLike<number>,
): Float64Array {
  const source = new Float64Array(nodes);
  applyTransposed(power, powerW, source, 0);
  return source;
}
