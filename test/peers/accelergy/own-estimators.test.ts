import { expect, test } from 'vitest';
import { InputError } from '../../../src/base/errors.ts';
import type { Estimator } from '../../../src/energy/index.ts';
import { nodeFiles } from '../../../src/node/index.ts';
import { type EstimateOptions, estimate } from '../../../src/peers/accelergy/index.ts';

const ARCHITECTURE = `architecture:
  version: 0.4
  subtree:
  - name: t
    attributes: {technology: "40nm", global_cycle_seconds: 1e-9}
    local:
    - {name: adc, class: adc, attributes: {resolution: 6, n_instances: 3}, required_actions: [convert, leak]}
    - {name: add, class: intadder, attributes: {width: 32}, required_actions: [add]}
`;

/** 10 fJ a step; asked about anything but its class it fails, as a program of a user may. */
const ADC: Estimator = {
  name: 'Walden',
  priority: 99,
  classes: ['adc'],
  estimateAction: ({ action, attributes }) => {
    const bits = attributes.get('resolution') as number;
    if (typeof bits !== 'number') throw new Error('asked about a stranger');
    const energyJ = action === 'leak' ? 1e-15 : 10e-15 * 2 ** bits;
    return { energyJ, voltageV: 1, temperatureK: 300, source: 'formula' };
  },
  estimateArea: () => ({ areaM2: 2e-9, source: 'layout' }),
  estimateLeakage: () => ({ reason: 'it has none' }),
};

function tables(estimators: readonly Estimator[], peer?: EstimateOptions['peer']) {
  const files = { ...nodeFiles, read: (path: string) => (path === 'a.yaml' ? ARCHITECTURE : nodeFiles.read(path)) };
  const own = { sets: [], libraries: [], estimators };
  return estimate(files, ['a.yaml'], { own, peer, warn: () => {} }).tables;
}

test.each([undefined, 'accelergy-0.4'] as const)(
  'an estimator of the user answers for its classes alone (%s)',
  (peer) => {
    const [adc, adder] = tables([ADC], peer);
    // 64 steps of 10 fJ; area and leakage count for three instances, as in Accelergy.
    expect(adc.rows.map(({ energyPj }) => energyPj)).toEqual([0.64, 0.003]);
    expect(adc.areaUm2).toBe(6000);
    // Aladdin's adder of 32 bit at 40 nm.
    expect(adder.rows[0].energyPj).toBe(0.21);
    expect(adder.rows[0].parts[0].refused).toContain('Walden: it has no class "intadder"');
  },
);

test('without it the class is named', () => {
  expect(() => tables([])).toThrow(InputError);
});
