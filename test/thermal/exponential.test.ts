import { expect, test } from 'vitest';
import { readHotspotConfig } from '../../src/formats/hotspot-config.ts';
import { cosineCg } from '../../src/thermal/index.ts';
import { exponentialTransient } from '../../src/thermal/solvers/exponential.ts';
import { golden, goldenModel, goldenRows, largestDifference, powersOf } from './support.ts';

test('golden', () => {
  const { options } = readHotspotConfig(golden('sys8-grid16-square-1e-3/hotspot.config'));
  const model = goldenModel('sys8-grid16-square-1e-3/sys8.flp', options);
  const powers = powersOf(model, 'sys8-grid16-square-1e-3/power.ptrace');
  const solver = exponentialTransient(model.network, { power: model.map.spread, reading: model.map.mean }, (shift) =>
    cosineCg(model.network, { shift, tolerance: 1e-12 }),
  );
  const exact = goldenRows('sys8-grid16-square-1e-3/ttrace.exact.csv');
  let worst = 0;
  for (let k = 0; k < exact.length; k++) {
    solver.step(Float64Array.from(powers, (p) => p[k]), options.sampling_intvl);
    worst = Math.max(worst, largestDifference(solver.temperatureK, exact[k]));
  }
  console.log(worst, solver.heatOutJ);
  expect(worst).toBeLessThan(1e-5);
});
