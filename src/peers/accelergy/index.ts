export { ACCELERGY_PEERS, type AccelergyPeer } from '../../energy/input/index.ts';
export { describeAccelergy } from './check.ts';
export { explainEnergies } from './explain.ts';
export { energyJson } from './json.ts';
export { OUTPUTS, type OutputName } from './outputs.ts';
export { type AccelergyConfig, readConfig, readOwnFigures } from './own-figures.ts';
export type { OwnFigures } from './plug-ins.ts';
export { type EnergyReport, energyReport, REPORT_FORMATS, type ReportContext, type ReportRow } from './report.ts';
export {
  type EnergyJob,
  type EnergyResult,
  type EstimateOptions,
  estimate,
  estimateEnergy,
  renderedTexts,
} from './run.ts';
export { energyText } from './summary.ts';
export type { Supplies } from './supplies.ts';
