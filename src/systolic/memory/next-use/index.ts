export { consecutiveBits } from './consecutive.ts';
export { operandsOf } from './footprints.ts';
export { FIXED_ORDER, type FoldOrder, orderName, orderNamed, orderNames, passCount, passOf } from './order.ts';
export { type FetchPlan, planFetches } from './plan.ts';
