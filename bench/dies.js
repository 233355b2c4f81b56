// The dies whose heat is timed: a die of 21 blocks that do not line up with the grid, in the package of HotSpot's template.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readFloorplan, readHotspotConfig, readPowerTrace } from '../dist/peers/hotspot/index.js';
import { buildNetwork, hotspotRules, hotspotStack, makeFloorplan, mapBlocks } from '../dist/thermal/index.js';

const folder = new URL('../test/golden/hotspot/acc21/', import.meta.url);
const TEMPLATE = '-k_chip 130\n-p_chip 1630300\n-r_convec 1.042\n';
const DIE_M = 0.008;

export const acc21Path = (name) => fileURLToPath(new URL(name, folder));
export const acc21Text = (name) => readFileSync(new URL(name, folder), 'utf8');

/** Configuration of HotSpot's grid model for that die, of `side` x `side` cells, starting at ambient. */
export const acc21Config = (side) => `-model_type grid
${TEMPLATE}-grid_rows ${side}
-grid_cols ${side}
-grid_map_mode avg
-init_temp 318.15
`;

/** HotSpot's network of `side` x `side` cells a plane, its maps, and the steady power of each block. */
export function acc21(side) {
  const floorplan = makeFloorplan(readFloorplan({ file: 'acc21.flp', text: acc21Text('acc21.flp') }));
  const { names, columns } = readPowerTrace({ file: 'acc21.ptrace', text: acc21Text('acc21_steady.ptrace') });
  const powerW = Float64Array.from(floorplan.blocks, ({ name }) => columns[names.indexOf(name)][0]);
  return { ...modelOf(floorplan, side), powerW };
}

/** A die of the same size cut into `across` x `across` equal tiles. */
export function tiles(across, side) {
  const size = DIE_M / across;
  const blocks = Array.from({ length: across * across }, (_, i) => {
    const [row, column] = [Math.floor(i / across), i % across];
    return { name: `T${i}`, widthM: size, heightM: size, leftM: column * size, bottomM: row * size };
  });
  return modelOf(makeFloorplan(blocks), side);
}

function modelOf(floorplan, side) {
  const { options } = readHotspotConfig({ file: 'template.config', text: TEMPLATE });
  const grid = { rows: side, columns: side };
  return {
    network: buildNetwork(hotspotStack(options), floorplan, grid, hotspotRules),
    map: mapBlocks(floorplan, grid, 'touched'),
  };
}
