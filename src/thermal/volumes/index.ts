export { countOf, coveredCells, coveredNodes, type Frame, frameOf, type Rectangle } from './frame.ts';
export { volumeNetwork } from './network.ts';
export { regionNodes, surfaceNodes } from './regions.ts';
