export { consecutiveBits } from './consecutive.ts';
export { operandsOf } from './footprints.ts';
export { type FoldOrder, orderName } from './order.ts';
export { type FetchPlan, planFetches } from './plan.ts';
