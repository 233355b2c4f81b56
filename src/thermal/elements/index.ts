export { evenShares } from './axis.ts';
export { DEGREE } from './elements.ts';
export { countOf, coveredElements, coveredNodes, type Frame, frameOf, products, type Rectangle } from './frame.ts';
export { type ElementNetwork, elementNetwork, isElementNetwork } from './network.ts';
export { regionNodes, surfaceNodes } from './regions.ts';
export { elementCg } from './solver.ts';
