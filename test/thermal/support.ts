import { readFileSync } from 'node:fs';
import { InputError } from '../../src/base/errors.ts';
import type { SourceText } from '../../src/base/source.ts';
import { type HotspotOptions, readHotspotConfig } from '../../src/formats/hotspot/config.ts';
import { readFloorplan, readPowerTrace } from '../../src/formats/hotspot/floorplan-and-trace.ts';
import { type BlockMap, type BlockMean, mapBlocks } from '../../src/thermal/floorplan/grid-map.ts';
import {
  buildNetwork,
  cosineCg,
  type Floorplan,
  fieldTemperatures,
  type Grid,
  type GridNetwork,
  hotspotRules,
  hotspotStack,
  makeFloorplan,
  type NetworkRules,
  nodeSources,
  physicalRules,
  type ReducedModel,
  type ThermalStack,
} from '../../src/thermal/index.ts';

const GOLDEN = new URL('../golden/hotspot/', import.meta.url);

export function golden(name: string): SourceText {
  return { file: name, text: readFileSync(new URL(name, GOLDEN), 'utf8') };
}

/** The numbers of a golden CSV, without its header row and first `skip` columns. */
export function goldenRows(name: string, header = 1, skip = 0): number[][] {
  const lines = golden(name).text.trim().split('\n').slice(header);
  return lines.map((line) => line.split(',').slice(skip).map(Number));
}

export interface Model {
  readonly floorplan: Floorplan;
  readonly network: GridNetwork;
  readonly map: BlockMap;
}

export function modelOf(
  floorplan: Floorplan,
  stack: ThermalStack,
  grid: Grid,
  rules: NetworkRules = physicalRules,
  mean: BlockMean = rules.blockMean,
): Model {
  return { floorplan, network: buildNetwork(stack, floorplan, grid, rules), map: mapBlocks(floorplan, grid, mean) };
}

/** HotSpot's network of a case under test/golden/hotspot. */
export function goldenModel(flp: string, options: HotspotOptions, mean?: BlockMean): Model {
  const grid = { rows: options.grid_rows, columns: options.grid_cols };
  return modelOf(makeFloorplan(readFloorplan(golden(flp))), hotspotStack(options), grid, hotspotRules, mean);
}

/** HotSpot's template package at 64 x 64, as of acc21. */
export const TEMPLATE = readHotspotConfig({
  file: 'template.config',
  text: '-k_chip 130\n-p_chip 1630300\n-r_convec 1.042\n',
}).options;

/** A trace's columns in the floorplan's order. */
export function powersOf(model: Model, ptrace: string): Float64Array[] {
  const trace = readPowerTrace(golden(ptrace));
  return model.floorplan.blocks.map(({ name }) => trace.columns[trace.names.indexOf(name)]);
}

export function steadyRise({ network, map }: Model, powerW: ArrayLike<number>): Float64Array {
  const rise = new Float64Array(network.nodes);
  cosineCg(network, { tolerance: 1e-12 }).solve(nodeSources(network, map, powerW), rise);
  return rise;
}

/** Rises at the first `nodes` nodes for modal amplitudes, K; at all by default. */
export function riseField(
  model: ReducedModel,
  state: Float64Array,
  nodes = model.fields.length / model.modes,
): Float64Array {
  const temperatureK = new Float64Array(nodes);
  fieldTemperatures(model, state, temperatureK);
  return temperatureK.map((value) => value - model.ambientK);
}

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`${a.length} and ${b.length} values`);
  return Array.from(a).reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i])), 0);
}

export function codesOf(action: () => unknown): string[] {
  try {
    action();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.diagnostics.map(({ code, span }) => (span ? `${code} ${span.line}:${span.column}` : code));
  }
  return [];
}
