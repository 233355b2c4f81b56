export { consecutiveBits } from './consecutive.ts';
export { operandsOf } from './footprints.ts';
export { type FoldOrder, orderName, passCount, passOf } from './order.ts';
export { type FetchPlan, planFetches } from './plan.ts';
