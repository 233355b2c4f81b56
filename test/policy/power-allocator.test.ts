/** power_allocator of any tables, weights, gains and temperatures, decision by decision, against exact fractions: test/reference. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createStack } from '../../src/policy/index.ts';
import { type Domain, type Epoch, powerAllocator, type Settings } from '../reference/power-allocator.ts';
import { lawOptions } from '../tier.ts';
import { contextOf, entry, observe } from './support.ts';

const NAMES = ['array', 'memory', 'noc'];
const rising = (least: number, step: number, length: number) =>
  fc
    .array(fc.integer({ min: 1, max: 8 }), { minLength: length, maxLength: length })
    .map((steps) => steps.map((_, i) => least + step * steps.slice(0, i + 1).reduce((a, b) => a + b, 0)));
const domains: fc.Arbitrary<Domain> = fc.integer({ min: 1, max: 6 }).chain((length) =>
  fc.record({
    mhz: rising(0, 50, length),
    mv: rising(500, 10, length),
    weight: fc.integer({ min: 0, max: 3 }),
  }),
);
const power = fc
  .tuple(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 600 }))
  .map(([dynamic, leakage]) => [dynamic + leakage, leakage] as const);
const cases = fc.array(domains, { minLength: 1, maxLength: 3 }).chain((all) =>
  fc.record({
    all: fc.constant(all),
    epochs: fc.array(
      fc.record({
        kelvin: fc.integer({ min: 335, max: 365 }),
        mw: fc.array(power, { minLength: all.length, maxLength: all.length }),
      }),
      { minLength: 12, maxLength: 12 },
    ),
  }),
);
const gain = fc.integer({ min: 0, max: 400 });
const settings: fc.Arbitrary<Settings> = fc
  .record({
    switchOn: fc.integer({ min: 338, max: 352 }),
    range: fc.integer({ min: 1, max: 12 }),
    sustainable: fc.option(fc.integer({ min: 1, max: 5000 })),
    gains: fc.record({ over: gain, under: gain, integral: gain, change: fc.integer({ min: 0, max: 50 }) }),
    cutoff: fc.integer({ min: 0, max: 6 }),
    epochMs: fc.constantFrom(1, 2, 10),
  })
  .map(({ range, ...rest }) => ({ ...rest, control: rest.switchOn + range }));

/** The points that the policy itself decides. */
function decided(all: readonly Domain[], epochs: readonly Epoch[], of: Settings, parameters: object): number[][] {
  const names = NAMES.slice(0, all.length);
  const blocks = names.map((name) => `${name}_block`);
  const context = contextOf({
    domains: all.map(({ mhz, mv }, d) => ({
      name: names[d],
      nominal: mhz.length - 1,
      points: mhz.map((f, p) => ({ frequencyHz: f * 1e6, voltageV: mv[p] / 1000 })),
    })),
    blocks,
    epochS: of.epochMs * 1e-3,
    places: blocks.map((name, b) => ({ ...contextOf().places[0], name, domains: [names[b]] })),
  });
  const stack = createStack([entry('power_allocator', JSON.stringify(parameters))], context);
  let { initial: state } = stack;
  let points = Object.fromEntries(all.map(({ mhz }, d) => [names[d], mhz.length - 1]));
  return epochs.map(({ kelvin, mw }, i) => {
    const seen = observe({
      ...{ timeS: (i + 1) * of.epochMs * 1e-3, points },
      temperatureK: all.map((_, d) => (d === i % all.length ? kelvin : 300)),
      powerW: mw.map(([total]) => total / 1000),
      leakageW: mw.map(([, leakage]) => leakage / 1000),
    });
    const decision = stack.decide(seen, state);
    ({ state, points } = decision);
    return names.map((name) => points[name]);
  });
}

const trips = ({ switchOn, control }: Settings) => ({ switch_on: `${switchOn}K`, control: `${control}K` });

test('power_allocator: any table, weights, gains, cutoff, power and temperatures', () => {
  fc.assert(
    fc.property(cases, settings, ({ all, epochs }, of) => {
      const { over, under, integral, change } = of.gains;
      const parameters = {
        ...trips(of),
        ...(of.sustainable !== null && { sustainable: `${of.sustainable}mW` }),
        ...{ k_po: over / 100, k_pu: under / 100, k_i: integral / 100, k_d: change / 1e5 },
        integral_cutoff: `${of.cutoff}K`,
        weights: Object.fromEntries(all.map(({ weight }, d) => [NAMES[d], weight])),
      };
      expect(decided(all, epochs, of, parameters)).toEqual(powerAllocator(all, epochs, of));
    }),
    lawOptions(2000, 20),
  );
});

test('power_allocator: its defaults are those of the kernel: gains of 1, 2 and 2 / 10, no cutoff, weights of 1', () => {
  const gains = { over: 100, under: 200, integral: 20, change: 0 };
  fc.assert(
    fc.property(cases, settings, ({ all, epochs }, { switchOn, epochMs }) => {
      const of: Settings = { gains, switchOn, control: switchOn + 10, sustainable: null, cutoff: 0, epochMs };
      const parameters = { control: `${of.control}K` };
      const unweighted = all.map((domain) => ({ ...domain, weight: 1 }));
      expect(decided(all, epochs, of, parameters)).toEqual(powerAllocator(unweighted, epochs, of));
    }),
    lawOptions(2000, 10),
  );
});
