export { numberAt } from './traffic.ts';
