export { activityCsv, layerActivityCsv } from './activity.ts';
export { type Against, againstTexts, type OtherPolicy } from './against.ts';
export { type Artefacts, artefactNames, artefacts, checkArtefacts } from './artefacts.ts';
export { writeCsv } from './csv.ts';
export { eventsCsv } from './events-csv.ts';
export { hotspotFiles } from './hotspot.ts';
export { layersCsv } from './layers.ts';
export { type RunCost, type RunOrigin, runAssumptions, runSummary } from './summary.ts';
export { traceCsv } from './trace.ts';
