/** A power cap in a decision: the engine finds the points. */
import { expect, test } from 'vitest';
import type { Decision, PolicyKind } from '../../../src/policy/index.ts';
import { problemsOf } from '../support.ts';
import { go, PLAIN, relative, saying } from './support.ts';

const LINES = 'inferences: {count: 12}\nepoch: 50us';
/** Asked at every layer, so that the cap follows the activity of each. */
const capped = (capW: unknown): PolicyKind => ({
  ...saying({ ranges: {}, capW } as Partial<Decision>, { role: 'cap', triggers: ['start', 'layer'] }),
});
const at = (mhz: number) => go(`${LINES}\npolicy: {name: fixed, frequency: ${mhz}MHz}`, { overlay: PLAIN });

test('the forecast is what a run at held points draws', () => {
  const seen: number[] = [];
  const kind = saying(
    {},
    {
      triggers: ['start', 'layer'],
      decide: (view, state) => {
        if (view.triggers.has('start')) seen.length = 0;
        // Some decisions are repeated, and see the same.
        const { totalW } = view.forecastW({ core: 6 });
        if (seen.at(-1) !== totalW) seen.push(totalW);
        return { ranges: { core: [6, 6] }, state: state ?? null, reason: 'looks' };
      },
    },
  );
  const result = go('inferences: {count: 4}\nepoch: 1s', { kind });
  // Each layer of the run, by its own energy and time: there is no other work.
  expect(seen.length).toBe(3);
  for (const [l, { energyJ, timeS }] of result.layers.entries()) {
    expect(relative(energyJ / timeS, seen[l])).toBeLessThan(1e-9);
  }
});

test.each([0.7, 0.45, 0.3])(
  'below a cap of %s of the highest power every layer is at the fastest point within it',
  (share) => {
    const powers = [200, 300, 400, 500, 600, 700, 800].map((mhz) =>
      at(mhz).layers.map(({ energyJ, timeS }) => energyJ / timeS),
    );
    const capW = share * Math.max(...powers[6]);
    const result = go(LINES, { kind: capped(capW) });
    // Each layer at each point, worked out from whole runs at one point; the lowest where none is within the cap.
    const wanted = powers[0].map((_, l) =>
      Math.max(
        0,
        powers.findLastIndex((ofLayers) => ofLayers[l] <= capW),
      ),
    );
    const decided = result.events.filter(({ kind }) => kind === 'decision').map(({ to }) => to);
    expect([...new Set(decided)].sort()).toEqual([...new Set(wanted.map((point) => `${200 + 100 * point}MHz`))].sort());
    const isKept = wanted.every((point, l) => powers[point][l] <= capW);
    expect(result.events.some(({ kind }) => kind === 'cap saturated')).toBe(!isKept);
  },
);

test('a cap by domain, and one that cannot be kept: saturated, with what was predicted', () => {
  const lowest = go(`${LINES}\npolicy: powersave`);
  const result = go(LINES, { kind: capped({ core: 1e-6 }) });
  expect(result.energyJ.total).toBeCloseTo(lowest.energyJ.total, 12);
  const [saturated] = result.events.filter(({ kind }) => kind === 'cap saturated');
  expect(saturated.reason).toMatch(
    /^[\d.]+ W is predicted at the points of least power, above the cap of 0.000001 W, for [\d.]+ ms$/,
  );
});

test.each([[Number.NaN], [-1], [{ cor: 1 }], [{ core: Number.NaN }], ['1W']])('no power: %s', (capW) => {
  expect(problemsOf(() => go(LINES, { kind: capped(capW) })).join()).toContain('decision-invalid');
});
