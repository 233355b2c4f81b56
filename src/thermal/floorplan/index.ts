export { type Block, type DieSize, type Floorplan, makeFloorplan, SAME_PLACE_M } from './floorplan.ts';
export {
  applyRows,
  applyTransposed,
  type BlockMap,
  type BlockMean,
  blockOccupancy,
  cellCoverage,
  type Grid,
  mapBlocks,
  middleBlocks,
  type SparseRows,
  sparse,
} from './grid-map.ts';
export type { TemperatureField } from './metrics.ts';
export { blockTiling, gridTiling, type Tiling } from './tiling.ts';
