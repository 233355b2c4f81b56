export { barLegend, barRows, barSvg } from './bar-rows.ts';
export { STILLS_POLICY, stillMarkup, stillsScript } from './markup.ts';
