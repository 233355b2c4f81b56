export { passCount, passOf } from './next-use/index.ts';
export { numberAt } from './traffic.ts';
