import { definePolicy } from '../../../src/index.ts';

/** The slowest points at which the inference ends in time, by the engine's own forecast; the domains have no clock while they rest. */
export default definePolicy({
  name: 'due',
  triggers: ['start', 'layer', 'end'],
  decide(view, state) {
    const { context, inference, timeS } = view;
    const { domains, deadlineS } = context;
    const lowest = Math.min(...domains.map(({ points }) => points.length));
    let point = 0;
    if (inference && deadlineS !== null) {
      const at = (k: number) => Object.fromEntries(domains.map(({ name }) => [name, k]));
      const leftS = inference.releaseS + deadlineS - timeS;
      while (point < lowest - 1 && inference.remainingS(at(point)) > 0.98 * leftS) point++;
    }
    const ranges = Object.fromEntries(domains.map(({ name }) => [name, [point, point]]));
    return { ranges, state, idle: 'clock-gated', reason: `point ${point}` };
  },
});
