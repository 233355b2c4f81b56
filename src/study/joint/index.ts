export {
  bestJointly,
  type DataflowPlant,
  type JointLayer,
  type JointObjective,
  type JointResult,
  type JointUnmeetable,
} from './joint.ts';
