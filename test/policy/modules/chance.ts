import { definePolicy } from '../../../src/index.ts';

/** Walks up and down by chance, and remembers where it has been. */
export default definePolicy({
  name: 'chance',
  init: () => ({ seen: [] as readonly number[] }),
  decide(view, { seen }) {
    const ranges = Object.fromEntries(
      view.context.domains.map(({ name, points }) => {
        const step = Math.floor(3 * view.random()) - 1;
        const point = Math.max(0, Math.min(points.length - 1, view.points[name] + step));
        return [name, [point, point]];
      }),
    );
    const sum = Object.values(view.points).reduce((total, point) => total + point, 0);
    return { ranges, state: { seen: [...seen.slice(-9), sum] }, reason: `${seen.length} before` };
  },
});
