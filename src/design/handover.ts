import type { HotspotOptions, NamedTemperatures } from '../formats/hotspot/index.ts';
import type { ContinuumNetwork } from '../thermal/continuum/index.ts';
import {
  applyRows,
  applyTransposed,
  blockOccupancy,
  type Floorplan,
  type Grid,
  mapBlocks,
} from '../thermal/floorplan/index.ts';
import { buildNetwork, cosineCg, type GridNetwork, hotspotStack } from '../thermal/index.ts';
import { modalTransient, reduceNetwork } from '../thermal/reduced/index.ts';
import { hotspotRules, type NetworkRules } from '../thermal/rules/index.ts';

/** Prefixes of the layers of a die in HotSpot's files: silicon, interface, spreader, sink. */
const LAYERS = ['', 'iface_', 'hsp_', 'hsink_'] as const;

/** The layers whose blocks a `packageRise` has. */
export const PACKAGE_LAYERS = LAYERS.length;

/** Parts of the overhang of spreader and sink. */
const OVERHANG = 12;

export function packageParts({ blocks }: Floorplan): number {
  return PACKAGE_LAYERS * blocks.length + OVERHANG;
}

/** `ReducedModel.packageRise` of a stack in lateral modes whose layers all have the die's blocks. */
export function riseInModes({
  continuum,
  reader,
  nodes,
  faces,
  cells,
  firstBlock,
  steadyResponse,
}: ContinuumNetwork): Float64Array {
  const m = continuum.sources.length;
  const response = steadyResponse();
  const rise = new Float64Array(nodes);
  return columns(m, PACKAGE_LAYERS * m + OVERHANG, (u, column) => {
    const p = new Float64Array(m + 1);
    p[u] = 1;
    reader.read(response, u, p, rise, 'names');
    firstBlock.forEach((first, l) => {
      column.set(rise.subarray(first, first + m), l * m);
    });
    column.set(rise.subarray(faces * cells, faces * cells + OVERHANG), PACKAGE_LAYERS * m);
  });
}

/** The same of a network. */
export function riseInNetwork(
  network: GridNetwork,
  floorplan: Floorplan,
  grid: Grid,
  rules: NetworkRules,
): Float64Array {
  const m = floorplan.blocks.length;
  const { spread, mean } = mapBlocks(floorplan, grid, rules.blockMean);
  const { solve } = cosineCg(network);
  const rise = new Float64Array(network.nodes);
  return columns(m, PACKAGE_LAYERS * m + OVERHANG, (u, column) => {
    const powerW = new Float64Array(m);
    powerW[u] = 1;
    const source = new Float64Array(network.nodes);
    applyTransposed(spread, powerW, source, 0);
    solve(source, rise);
    for (let l = 0; l < PACKAGE_LAYERS; l++) {
      applyRows(mean, rise, l * network.cells, column.subarray(l * m, (l + 1) * m));
    }
    column.set(rise.subarray(network.nodes - OVERHANG), PACKAGE_LAYERS * m);
  });
}

function columns(m: number, parts: number, fill: (u: number, column: Float64Array) => void): Float64Array {
  const all = new Float64Array(parts * m);
  const column = new Float64Array(parts);
  for (let u = 0; u < m; u++) {
    fill(u, column);
    for (let part = 0; part < parts; part++) all[part * m + u] = column[part];
  }
  return all;
}

/** Temperatures of all parts of a package as the groups of a start file. */
export function startGroups({ blocks }: Floorplan, temperatureK: Float64Array): NamedTemperatures[] {
  const m = blocks.length;
  const names = blocks.map(({ name }) => name);
  const inner = Array.from({ length: OVERHANG }, (_, i) => `${i}`);
  return [
    ...LAYERS.map((prefix, l) => ({ prefix, names, temperatureK: temperatureK.subarray(l * m, (l + 1) * m) })),
    { prefix: 'inode_', names: inner, temperatureK: temperatureK.subarray(LAYERS.length * m) },
  ];
}

/** Ratio of expansion points with which a reduced model repeats HotSpot's network to 0.001 K. */
const SHIFT_RATIO = 12;

/**
 * What HotSpot makes of a start file and a power trace (by block, W, one value an interval): temperatures by block at the end of each
 * interval, K. Its network, integrated exactly, from a start that is even over each block.
 */
export function hotspotTrace(
  options: HotspotOptions,
  floorplan: Floorplan,
  grid: Grid,
  startK: Float64Array,
  powerW: readonly Float64Array[],
  intervalS: number,
): Float64Array[] {
  const network = buildNetwork(hotspotStack(options), floorplan, grid, hotspotRules);
  const model = reduceNetwork(network, mapBlocks(floorplan, grid, hotspotRules.blockMean), {
    shiftRatio: SHIFT_RATIO,
    starts: [startField(network, floorplan, grid, startK)],
  });
  const solver = modalTransient(model);
  solver.state.set(model.starts!.subarray(0, model.modes));
  const samples = powerW[0]?.length ?? 0;
  const out = powerW.map(() => new Float64Array(samples));
  const now = new Float64Array(powerW.length);
  for (let k = 0; k < samples; k++) {
    for (let u = 0; u < now.length; u++) now[u] = powerW[u][k];
    solver.step(now, intervalS);
    for (let u = 0; u < now.length; u++) out[u][k] = solver.temperatureK[u];
  }
  return out;
}

/** Rises by node at which HotSpot starts from temperatures of all parts: a cell takes those of its blocks by covered area. */
function startField(network: GridNetwork, floorplan: Floorplan, grid: Grid, startK: Float64Array): Float64Array {
  const m = floorplan.blocks.length;
  const rise = new Float64Array(network.nodes);
  const occupancy = blockOccupancy(floorplan, grid);
  for (let l = 0; l < PACKAGE_LAYERS; l++)
    applyTransposed(occupancy, startK.subarray(l * m, (l + 1) * m), rise, l * network.cells);
  rise.set(startK.subarray(PACKAGE_LAYERS * m), network.nodes - OVERHANG);
  for (let i = 0; i < rise.length; i++) rise[i] -= network.ambientK;
  return rise;
}

/** Cells a side of the network that tells how far HotSpot is off. */
const ROUGH: Grid = { rows: 32, columns: 32 };

/** The largest difference of a block's steady temperature in HotSpot's network from the given ones, under powers by block (W), K. */
export function hotspotDifference(
  options: HotspotOptions,
  floorplan: Floorplan,
  powerW: Float64Array,
  temperatureK: Float64Array,
): number {
  const network = buildNetwork(hotspotStack(options), floorplan, ROUGH, hotspotRules);
  const { spread, mean } = mapBlocks(floorplan, ROUGH, hotspotRules.blockMean);
  const source = new Float64Array(network.nodes);
  applyTransposed(spread, powerW, source, 0);
  const rise = new Float64Array(network.nodes);
  cosineCg(network, { tolerance: 1e-6 }).solve(source, rise);
  const theirs = new Float64Array(powerW.length);
  applyRows(mean, rise, 0, theirs);
  return theirs.reduce((most, value, u) => Math.max(most, Math.abs(value + network.ambientK - temperatureK[u])), 0);
}
