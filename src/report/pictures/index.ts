export { type FloorplanPictureOptions, floorplanSvg } from './floorplan.ts';
export { fieldRange, type HeatMapOptions, heatMapSvg, heatMapWidth } from './heat-map.ts';
