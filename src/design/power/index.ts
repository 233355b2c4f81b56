export { leakageVoltage } from '../../energy/index.ts';
export { waitingCycle } from './clock.ts';
export { type EnergyColumn, type EnergyColumns, energyColumns, tileShare } from './dynamic.ts';
export {
  type LeakagePower,
  type LeakageSource,
  type LeakageSources,
  leakagePower,
  leakageSources,
  leakageW,
} from './leakage.ts';
export {
  type NamedBlock,
  type Place,
  placeComponents,
  placeOnOneBlock,
  type Tile,
  tileCuts,
  tileName,
} from './placement.ts';
export { checkRoom } from './room.ts';
