export { isothermModel, type SystolicCost, type SystolicMapping } from './cost-model.ts';
export { bestMapping, type FoundMapping, type Handover } from './handover.ts';
export {
  bestJointly,
  type DataflowPlant,
  type JointLayer,
  type JointObjective,
  type JointResult,
  type JointUnmeetable,
} from './joint.ts';
export { jointReport, jointText } from './report.ts';
