export { DEGREE } from './elements.ts';
export { countOf, coveredElements, coveredNodes, type Frame, frameOf, type Rectangle } from './frame.ts';
export { volumeNetwork } from './network.ts';
export { regionNodes, surfaceNodes } from './regions.ts';
