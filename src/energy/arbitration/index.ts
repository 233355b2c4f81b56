export { type Arbiter, arbiter } from './arbiter.ts';
export { oncePerCause } from './unanswered.ts';
