/** What holds of states whatever they are. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DOMAIN_STATES, type DomainState } from '../../../src/policy/index.ts';
import { lawOptions } from '../../tier.ts';
import { go, latencies, PLAIN, saying, withStates } from './support.ts';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const LINES = 'inferences: {period: 700us, count: 5}\nepoch: 900us';
const kept = (states: string) => withStates(PLAIN, states, 'unused_pes: { leakage: 0.5 }');
const say = (idle: DomainState, unusedPes: DomainState) => saying({ states: { core: { idle, unusedPes } } });

test('states at no cost never cost energy, and change neither work nor times; a deeper one never costs more', () => {
  fc.assert(
    fc.property(share, share, (a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const overlay = kept(`clock-gated: {}, retention: { leakage: ${high} }, off: { leakage: ${low} }`);
      const runs = DOMAIN_STATES.map((state) =>
        go(LINES, { kind: say(state, state === 'on' ? 'on' : 'off'), overlay }),
      );
      runs.slice(1).forEach((run, i) => {
        expect(run.energyJ.total).toBeLessThanOrEqual(runs[i].energyJ.total * (1 + 1e-12));
        expect(latencies(run)).toEqual(latencies(runs[0]));
        expect(run.counts).toEqual(runs[0].counts);
        expect(run.energyJ.dynamic).toBe(runs[0].energyJ.dynamic);
      });
    }),
    { ...lawOptions(40, 2), endOnFailure: true },
  );
});

test('energy is conserved with any costs, and waking is paid once for each inference after the first', () => {
  const costs = fc.record({
    leakage: share,
    wakeUs: fc.double({ min: 0, max: 400, noNaN: true }),
    wakeNJ: fc.double({ min: 0, max: 1e4, noNaN: true }),
    reload: fc.nat(65536),
    state: fc.constantFrom('clock-gated', 'retention', 'off'),
  });
  fc.assert(
    fc.property(costs, ({ leakage, wakeUs, wakeNJ, reload, state }) => {
      const part = state === 'clock-gated' ? '' : `leakage: ${leakage}, `;
      const more = state === 'off' ? `, reload: ${reload}B` : '';
      const overlay = withStates(
        PLAIN,
        `${state}: { ${part}wake_time: ${wakeUs.toFixed(3)}us, wake_energy: ${wakeNJ.toFixed(3)}nJ${more} }`,
      );
      const run = go(LINES, { kind: saying({ states: { core: state as DomainState } }), overlay });
      expect(run.conservation.energyRelative).toBeLessThan(1e-12);
      expect(run.conservation.macsDifference).toBe(0);
      expect(run.energyJ.transition).toBeCloseTo(4 * Number(wakeNJ.toFixed(3)) * 1e-9, 15);
    }),
    lawOptions(60, 3),
  );
});
