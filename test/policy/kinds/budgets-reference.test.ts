/**
 * Slow references from the definitions: tsp (Pagani et al., CODES+ISSS 2014) by bisection on steady states, t-tsp and mpc-thermal by trying
 * all settings on a die whose blocks warm up with one time constant, boost by its credit. They share no code with the policies.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createStack, type Observation } from '../../../src/policy/index.ts';
import { lawOptions } from '../../tier.ts';
import { contextOf, domain, entry, observe, workOf } from '../support.ts';

const AMBIENT_K = 318.15;
const LIMIT_K = 358.15;
const NAMES = ['a', 'b', 'c', 'd'];

/** A die of up to four blocks in a row: those of `clocked` have a clock. Sizes in mm, steady resistances in K/W, symmetric. */
const dies = fc
  .record({
    widths: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 4 }),
    clocked: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    own: fc.array(fc.integer({ min: 4, max: 20 }), { minLength: 4, maxLength: 4 }),
    other: fc.integer({ min: 0, max: 4 }),
    mhz: fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 5 }),
  })
  .map(({ widths, clocked, own, other, mhz }) => ({
    widths,
    clocked: widths.map((_, b) => b === 0 || clocked[b]),
    resistance: widths.map((_, u) => widths.map((__, v) => (u === v ? own[u] : other))),
    mhz: mhz.sort((a, b) => a - b).map((hundred) => 100 * hundred),
  }));

const readings = fc.array(
  fc.record({
    watts: fc.array(fc.double({ min: 0.01, max: 6, noNaN: true }), { minLength: 4, maxLength: 4 }),
    leaking: fc.double({ min: 0, max: 0.5, noNaN: true }),
    celsius: fc.array(fc.double({ min: 45, max: 90, noNaN: true }), { minLength: 4, maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 12 },
);

type Die = typeof dies extends fc.Arbitrary<infer T> ? T : never;
type Reading = typeof readings extends fc.Arbitrary<(infer T)[]> ? T : never;

function contextFor({ widths, clocked, resistance, mhz }: Die, more = {}) {
  return contextOf({
    domains: [domain('array', mhz)],
    blocks: NAMES.slice(0, widths.length),
    places: widths.map((mm, b) => ({
      name: NAMES[b],
      leftM: 0,
      bottomM: 0,
      widthM: mm * 1e-3,
      heightM: 1e-3,
      neighbours: [],
      components: [],
      domains: clocked[b] ? ['array'] : [],
      region: null,
    })),
    limitK: LIMIT_K,
    ambientK: AMBIENT_K,
    resistanceKPerW: Float64Array.from(resistance.flat()),
    ...more,
  });
}

const seen = ({ widths }: Die, { watts, leaking, celsius }: Reading, epoch: number, point: number) =>
  observe({
    timeS: epoch * 1e-3,
    points: { array: point },
    powerW: watts.slice(0, widths.length),
    leakageW: watts.slice(0, widths.length).map((w) => w * leaking),
    temperatureK: celsius.slice(0, widths.length).map((c) => c + 273.15),
  } as Partial<Observation>);

/** The power of a block at another point: its dynamic part with V^2 f, its leakage with V; as it was without a clock. */
function wattsAt({ clocked, mhz }: Die, { watts, leaking }: Reading, b: number, from: number, to: number): number {
  if (!clocked[b]) return watts[b];
  const volts = (i: number) => 0.6 + 0.1 * i;
  const v = volts(to) / volts(from);
  return watts[b] * (1 - leaking) * v * v * (mhz[to] / mhz[from]) + watts[b] * leaking * v;
}

/** The highest temperature in the steady state, K, if each clocked block has `density` W per mm and the others what they had. */
function steadyK(die: Die, { watts }: Reading, density: number): number {
  const powers = die.widths.map((mm, b) => (die.clocked[b] ? density * mm : watts[b]));
  const rises = die.resistance.map((row) => row.reduce((sum, kPerW, v) => sum + kPerW * powers[v], 0));
  return AMBIENT_K + Math.max(...rises);
}

/** Whether blocks without a clock are at the limit by themselves: then no density keeps it, or one that is left to rounding. */
function isLost(die: Die, one: Reading): boolean {
  return steadyK(die, one, 0) > LIMIT_K - 1e-6;
}

test('tsp: the highest setting whose blocks keep to the density at which the hottest block is at the limit for ever', () => {
  fc.assert(
    fc.property(dies, readings, (die, all) => {
      const top = die.mhz.length - 1;
      const stack = createStack([entry('tsp', '{}')], contextFor(die));
      let { initial: state } = stack;
      let point = top;
      for (const [i, one] of all.entries()) {
        const decision = stack.decide(seen(die, one, i + 1, point), state);
        state = decision.state;
        // The density by bisection on the steady state, not by the formula.
        let [low, high] = [0, 1e4];
        for (let n = 0; n < 200; n++) {
          const middle = (low + high) / 2;
          if (steadyK(die, one, middle) <= LIMIT_K) low = middle;
          else high = middle;
        }
        const most = (to: number): number =>
          Math.max(...die.widths.map((mm, b) => (die.clocked[b] ? wattsAt(die, one, b, point, to) / mm : 0)));
        const settings = die.mhz.map((_, to) => to);
        // A setting within rounding of the budget may fall on either side.
        const fitting = settings.filter((to) => to === 0 || most(to) <= low * (1 - 1e-9));
        const loose = settings.filter((to) => to === 0 || most(to) <= low * (1 + 1e-9));
        if (!isLost(die, one)) expect([Math.max(...fitting), Math.max(...loose)]).toContain(decision.points.array);
        point = decision.points.array;
      }
    }),
    lawOptions(300, 40),
  );
});

/** Blocks of 1 and 2 mm2, 10 K/W of their own and 2 K/W of each other. */
const TWO_BLOCKS = {
  widths: [1, 2],
  clocked: [true, true],
  resistance: [
    [10, 2],
    [2, 10],
  ],
};

/**
 * By hand: at a density d the second is the hottest, 22 d above the ambient, and it may rise by 40 K: d = 40/22 W/mm2, which is
 * 1.81818 W in the first block.
 */
test.each([
  [0.995, 1],
  [1.005, 0],
])('tsp: %d of the budget in one block leads to point %d', (share, point) => {
  const die = { ...TWO_BLOCKS, mhz: [1000, 2000] };
  const stack = createStack([entry('tsp', '{}')], contextFor(die));
  const one = { watts: [(share * 40) / 22, 0.99 * 2 * (40 / 22)], leaking: 0.25, celsius: [50, 50] };
  expect(stack.decide(seen(die, one, 1, 1), stack.initial).points).toEqual({ array: point });
});

test('mpc-thermal: a die that is too hot for every setting gets the lowest clocks of the slowest ones', () => {
  const domains = [domain('array', [500, 1000]), domain('memory', [400, 800])];
  const die = { ...TWO_BLOCKS, mhz: [500, 1000] };
  const context = contextFor(die, {
    domains,
    responseKPerW: () => Float64Array.from(die.resistance.flat()),
    // The memory's clock changes nothing.
    work: { ...workOf(), inferenceS: ({ array }: { readonly array: number }) => 1 / (1 + array) },
  });
  const stack = createStack([entry('mpc-thermal', '{}')], context);
  const one = { watts: [5, 5], leaking: 0.25, celsius: [120, 120] };
  const at = (epoch: number) => ({ ...seen(die, one, epoch, 1), points: { array: 1, memory: 1 } }) as Observation;
  const first = stack.decide(at(0), stack.initial);
  const second = stack.decide(at(1), first.state);
  expect(second.points).toEqual({ array: 0, memory: 0 });
  expect(second.saturated).toMatchObject([{ policy: 'mpc-thermal' }]);
});

test.each([
  ['t-tsp', '{}', 1],
  ['mpc-thermal', '{horizon: 5}', 5],
] as const)(
  '%s: the fastest setting that keeps every block within the limit after each epoch ahead',
  (uses, parameters, horizon) => {
    const tauEpochs = 3;
    const warmed = (epochs: number): number => 1 - Math.exp(-epochs / tauEpochs);
    fc.assert(
      fc.property(dies, readings, (die, all) => {
        const hertz = (to: number): number => die.mhz[to] * 1e6;
        const context = contextFor(die, {
          responseKPerW: (s: number) => Float64Array.from(die.resistance.flat(), (r) => r * warmed(s / 1e-3)),
          work: { ...workOf(), inferenceS: ({ array }: { readonly array: number }) => 1e6 / hertz(array) },
        });
        const stack = createStack([entry(uses, parameters)], context);
        let { initial: state } = stack;
        let before: readonly number[] | null = null;
        let point = die.mhz.length - 1;
        // The first question has no epoch to go by.
        for (const [i, one] of all.entries()) {
          const decision = stack.decide(seen(die, one, i, point), state);
          state = decision.state;
          const now = die.widths.map((_, b) => one.celsius[b] + 273.15);
          const peakK = (to: number): number => {
            const added = die.widths.map((_, b) => wattsAt(die, one, b, point, to) - one.watts[b]);
            const after = (u: number, h: number): number =>
              now[u] +
              h * Math.max(0, before ? now[u] - before[u] : 0) +
              added.reduce((sum, w, v) => sum + die.resistance[u][v] * warmed(h) * w, 0);
            return Math.max(...now.flatMap((_, u) => Array.from({ length: horizon }, (__, h) => after(u, h + 1))));
          };
          if (i > 0) {
            const settings = die.mhz.map((_, to) => to);
            const within = (by: number) => settings.filter((to) => to === 0 || peakK(to) <= LIMIT_K + by);
            expect([Math.max(...within(-1e-9)), Math.max(...within(1e-9))]).toContain(decision.points.array);
          }
          before = now;
          point = decision.points.array;
        }
      }),
      lawOptions(300, 40),
    );
  },
);

test('boost: the credit, epoch by epoch', () => {
  const capacity = 0.02;
  const parameters = fc.record({
    margin: fc.integer({ min: 0, max: 5 }),
    more: fc.integer({ min: 0, max: 5 }),
    creditMj: fc.integer({ min: 1, max: 400 }),
    shedMw: fc.integer({ min: 100, max: 8000 }),
  });
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 20000 }), fc.integer({ min: 70, max: 90 })), {
    minLength: 20,
    maxLength: 80,
  });
  fc.assert(
    fc.property(parameters, steps, ({ margin, more, creditMj, shedMw }, all) => {
      const text = `{margin: ${margin}K, resume: ${margin + more}K, credit: ${creditMj}mJ, sustainable: ${shedMw}mW, limit: 85C}`;
      const context = contextOf({
        domains: [domain('array', [200, 400, 600, 800, 1000], 2)],
        responseKPerW: (s: number) => new Float64Array(4).fill(s / capacity),
      });
      const stack = createStack([entry('boost', text)], context);
      let { initial: state } = stack;
      let boosts = true;
      // In whole microjoules: an epoch of 1 ms takes as many as there are mW, a kelvin is 20,000.
      let leftUj = 1000 * creditMj;
      for (const [i, [mw, celsius]] of all.entries()) {
        const decision = stack.decide(
          observe({ timeS: (i + 1) * 1e-3, powerW: [mw / 2000, mw / 2000], temperatureK: [celsius + 273.15, 300] }),
          state,
        );
        state = decision.state;
        const mostUj = Math.min(1000 * creditMj, Math.max(0, 20000 * (85 - celsius)));
        leftUj = Math.min(mostUj, Math.max(0, leftUj + shedMw - mw));
        // Sums in joules round: on the very edge of a comparison either answer is right.
        const edge =
          Math.abs(leftUj - (boosts ? 0 : mostUj / 2)) <= 1e-3 ||
          celsius === 85 - margin ||
          celsius === 85 - margin - more;
        const next: boolean = boosts
          ? celsius < 85 - margin && leftUj > 0
          : celsius < 85 - margin - more && 2 * leftUj >= mostUj;
        const found = decision.points.array > 2;
        if (!edge) expect(found).toBe(next);
        boosts = found;
      }
    }),
    lawOptions(300, 40),
  );
});
