export { DEGREE } from './elements.ts';
export { countOf, coveredElements, coveredNodes, type Frame, frameOf, type Rectangle } from './frame.ts';
export { elementNetwork } from './network.ts';
export { regionNodes, surfaceNodes } from './regions.ts';
