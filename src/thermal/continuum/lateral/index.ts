export {
  cosineModes,
  elementModes,
  type LateralModes,
  lowestModes,
  type Overlap,
  overlapOf,
} from './modes.ts';
export { type PlaneOverlap, planeOverlap, toLarger, toSmaller } from './overlap.ts';
export * from './waves.ts';
