/** The end of a run at a tick of the control loop. */
import { expect, test } from 'vitest';
import { preparePlant, runScenario } from '../../src/cosim/index.ts';
import { LEAN, load } from './support.ts';

test.each([150, 200, 300])('nothing is decided at the instant of the end, %d us: no energy without time', (us) => {
  const text = `version: 1\nname: e\naccelerator: edge-npu\nworkload: ./net.csv\nepoch: ${us}us\ndeadline: ${us}us\ninferences: { count: 1 }\npolicy: pace\n`;
  const experiment = load(text, { overlay: { ...LEAN, 'net.csv': 'layer,type,m,n,k\na,gemm,2400,96,256\n' } });
  const { conservation, events, simulatedS, deadline } = runScenario(preparePlant(experiment), experiment, {
    leastEndS: us * 1e-6,
  });
  // One decision at the start; the tick at the deadline, which `pace` would take to slow down, belongs to no epoch.
  expect(deadline!.misses).toBe(0);
  expect(events.map(({ timeS }) => timeS)).toEqual([0]);
  expect(simulatedS).toBeCloseTo(us * 1e-6, 15);
  expect(conservation.energyRelative).toBeLessThan(1e-9);
});
