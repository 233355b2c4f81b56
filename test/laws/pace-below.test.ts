/** A policy below `pace` has its say at no more energy. */
import { expect } from 'vitest';
import { load, preparePlant, runScenario } from '../../src/cosim/index.ts';
import { nodeFiles } from '../../src/node/index.ts';
import { longTest } from '../tier.ts';

const ON_CHIP = '{ relock: 100ns, slew: 1V/us }';
const REGULATORS: readonly { of: string; set: Record<string, string>; saves: boolean }[] = [
  { of: 'regulators off the chip', set: {}, saves: false },
  {
    of: 'regulators on the chip',
    set: { 'accelerator.domains.array.transition': ON_CHIP, 'accelerator.domains.memory.transition': ON_CHIP },
    saves: true,
  },
];

longTest.each(REGULATORS)('a policy below pace costs no energy with $of', ({ set, saves }) => {
  const short = { ...set, 'inferences.duration': '30ms', start: 'ambient' };
  const first = load(nodeFiles, 'separate-rails', { set: short });
  const plant = preparePlant(first);
  for (const deadline of ['1.5ms', '1.8ms', '2ms', '2.4ms', '3ms']) {
    const energyJ = (policy: string): number => {
      const overrides = { ...short, policy, deadline, 'inferences.period': deadline };
      const result = runScenario(plant, load(nodeFiles, 'separate-rails', { like: first, set: overrides }));
      expect(result.deadline!.misses).toBe(0);
      return result.energyJ.total;
    };
    const alone = energyJ('[pace]');
    for (const below of ['component-util', '{ name: component-util, rule: threshold }', 'powersave']) {
      const both = energyJ(`[pace, ${below}]`);
      expect(both, `${below} ${deadline}`).toBeLessThanOrEqual(alone * (1 + 1e-9));
      if (saves && deadline === '2ms') expect(both).toBeLessThan(alone * (1 - 1e-5));
    }
  }
});
