import { definePolicy } from '../../../src/index.ts';

/** The example of docs/guide/policy-module.md, in the strict types of this checkout. */
export default definePolicy({
  name: 'hottest',
  role: 'cap',
  params: { trip: { type: 'temperature', default: '80C' } },
  init: () => ({ slow: false }),
  decide(view, state) {
    const { domains, params } = view.context;
    const hottestK = Math.max(...view.temperatureK);
    const slow = hottestK >= params.trip || (state.slow && hottestK > params.trip - 2);
    const ranges = Object.fromEntries(domains.map(({ name, points }) => [name, [0, slow ? 0 : points.length - 1]]));
    return { ranges, state: { slow }, reason: slow ? 'hot' : 'cool' };
  },
});
