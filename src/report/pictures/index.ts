export { animationFrames, type TimedState } from './animation.ts';
export { type FloorplanPictureOptions, floorplanSvg } from './floorplan.ts';
export { fieldRange, type HeatMapOptions, type HeatMapPngOptions, heatMapPng, heatMapSvg } from './heat-map.ts';
