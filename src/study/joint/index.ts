export type { JointObjective, JointUnmeetable } from './choice.ts';
export { isothermModel, type SystolicCost, type SystolicMapping } from './cost-model.ts';
export { bestMapping, bestMappingInSteps, type FoundMapping, type Handover } from './handover.ts';
export { bestJointly, type DataflowPlant, type JointLayer, type JointResult } from './joint.ts';
export { jointReport, jointText } from './report.ts';
