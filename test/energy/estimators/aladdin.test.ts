import { expect, test } from 'vitest';
import { aladdinEstimator, bundledFigures, isRefusal } from '../../../src/energy/index.ts';
import { nodeFiles } from '../../../src/node/index.ts';
import { estimate } from '../../../src/peers/accelergy/index.ts';

const UNITS = bundledFigures(nodeFiles).units();

type Values = Readonly<Record<string, string | number>>;

function energyPj(cls: string, attributes: Values, action: string): number {
  const query = { class: cls, attributes: new Map(Object.entries(attributes)) };
  const found = aladdinEstimator(UNITS, 'accelergy-0.4').estimateAction({
    ...query,
    action,
    arguments: new Map([['action_latency_cycles', 1]]),
  });
  if (isRefusal(found)) throw new Error(found.reason);
  return found.energyJ * 1e12;
}

// Accelergy 0.4 (6911d15) -v with the Aladdin plug-in 5e2e126. The last bit decides about the sixth digit of sums that end in a five.
test('the plug-in of 0.4 is repeated to the last bit', () => {
  const technology = '40nm';
  const wire = { technology, global_cycle_seconds: 1.2e-9, width: 8, length: '250um' };
  expect(energyPj('wire', wire, 'transfer')).toBe(0.6508000000000002);
  const comparator = { technology, global_cycle_seconds: 10e-9, width: 32 };
  expect(energyPj('comparator', comparator, 'leak')).toBe(0.00024220000000000003);
});

test('a negative size is refused but for the peer; without address bits a unit costs nothing', () => {
  const energyOf = (width: number, peer?: 'accelergy-0.4'): number => {
    const text = `architecture:
  version: 0.4
  local: [{name: c, class: intadder, attributes: {width: ${width}}, required_actions: [add]}]
variables: {version: 0.4, technology: 40, global_cycle_seconds: 1e-9}
`;
    const files = { ...nodeFiles, read: (path: string) => (path === 'a.yaml' ? text : nodeFiles.read(path)) };
    return estimate(files, ['a.yaml'], { peer, warn: () => {} }).tables[0].rows[0].energyPj;
  };
  expect(() => energyOf(-8)).toThrow('width is -8, below zero');
  expect(energyOf(0)).toBe(0);
  // The plug-in is linear in the width, and asks for no sign.
  expect(energyOf(-8, 'accelergy-0.4')).toBe(-energyOf(8, 'accelergy-0.4'));
});

test('leakage of instances is multiplied in pJ, as in Accelergy', () => {
  const text = `architecture:
  version: 0.4
  local: [{name: c, class: counter, attributes: {width: 4, n_instances: 3}, required_actions: [leak]}]
variables: {version: 0.4, technology: 40, global_cycle_seconds: 1e-9}
`;
  const files = { ...nodeFiles, read: (path: string) => (path === 'a.yaml' ? text : nodeFiles.read(path)) };
  const [counter] = estimate(files, ['a.yaml'], { peer: 'accelergy-0.4', warn: () => {} }).tables;
  // 0.0003213 pJ x 4/32 x 3 is 0.0001204875 and a bit less in binary: as above, from a run of the peer.
  expect(counter.rows[0].energyPj).toBe(0.000120487);
});
