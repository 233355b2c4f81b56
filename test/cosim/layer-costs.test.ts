/** The costs of layers, against runs of the loop: what a schedule costs by the tables is what the loop books. */
import { describe, expect, test } from 'vitest';
import { layerCosts, preparePlant, relaxedRuns, runScenario, settingsOf } from '../../src/cosim/index.ts';
import { load } from './support.ts';

/** No floorplan, so that leakage is that of one temperature. Transitions are slow: each takes some of these layers. */
const text = (accelerator: string): string => `version: 1
name: e
accelerator: ${accelerator}
workload: ./net.csv
epoch: 100us
`;
const overlay = {
  'net.csv': 'layer,type,m,n,k\na,gemm,400,96,256\nb,gemm,100,64,640\nc,gemm,1,500,500\nd,gemm,900,200,128\n',
};

describe.each(['edge-npu', 'cloud-tpu'])('on %s', (accelerator) => {
  const first = load(text(accelerator), { overlay });
  const prepared = preparePlant(first);
  const { domains, blocks } = prepared.plant;
  const settings = settingsOf(domains, 64)!;
  const temperatureK = new Float64Array(blocks.length).fill(first.design.spec.dieTemperatureK);
  const costs = layerCosts(prepared, settings, temperatureK);
  const frequencies = (k: number): string =>
    `{${domains.map(({ name, points }, d) => `${name}: ${points[settings[k][d]].frequencyHz / 1e6}MHz`).join(', ')}}`;
  const runOf = (steps: readonly (readonly [layer: number, setting: number])[]) => {
    const layers = steps.map(([layer, k]) => `{layer: ${layer}, frequency: ${frequencies(k)}}`);
    const set = [`policy={name: schedule, layers: [${layers.join(', ')}]}`];
    return runScenario(prepared, load(text(accelerator), { overlay, set, like: first }));
  };
  const last = settings.length - 1;

  test('a constant setting takes the time and energy of the loop', () => {
    for (const k of [0, Math.floor(last / 2), last]) {
      const result = runOf([[0, k]]);
      const sum = (table: Float64Array): number =>
        result.layers.reduce((total, _, l) => total + table[l * settings.length + k], 0);
      expect(sum(costs.timeS) / result.simulatedS).toBeCloseTo(1, 10);
      expect(sum(costs.energyJ) / result.energyJ.total).toBeCloseTo(1, 10);
    }
  });

  test.each([
    [0, last],
    [last, 0],
    [1, 2],
  ])('a change from setting %d to %d takes the time and energy of the loop', (from, to) => {
    const change = costs.change(1, from, to);
    const result = runOf([
      [0, from],
      [1, to],
    ]);
    const at = (table: Float64Array, l: number, k: number): number => table[l * settings.length + k];
    let [timeS, energyJ] = [at(costs.timeS, 0, from) + change.timeS, at(costs.energyJ, 0, from) + change.energyJ];
    for (let l = change.until; l < result.layers.length; l++) {
      timeS += at(costs.timeS, l, to);
      energyJ += at(costs.energyJ, l, to);
    }
    expect(result.transitions).toBeGreaterThan(0);
    expect(timeS / result.simulatedS).toBeCloseTo(1, 9);
    expect(energyJ / result.energyJ.total).toBeCloseTo(1, 9);
  });

  test('relaxed runs of a constant setting sum to the same time, and never to more energy', () => {
    const { arrays, backgroundW, leakageAt } = relaxedRuns(prepared, 64)!;
    const { leastW, extraW } = leakageAt(temperatureK);
    expect(arrays.length).toBe(1);
    const [{ runs, timeS, energyJ, settings: count }] = arrays;
    const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
    expect(count).toBe(settings.length);
    for (const k of [0, last]) {
      const result = runOf([[0, k]]);
      let [t, e] = [0, 0];
      for (let r = 0; r < runs; r++) {
        t += timeS[r * count + k];
        e += energyJ[r * count + k];
      }
      expect(t / result.simulatedS).toBeCloseTo(1, 10);
      // The same energy, as one array owns every domain that leaks.
      const leakW = sum(leastW) + sum(extraW[0].subarray(k * blocks.length, (k + 1) * blocks.length));
      expect((e + (backgroundW + leakW) * t) / result.energyJ.total).toBeCloseTo(1, 10);
    }
  });
});

test('settings are all combinations of points, on one rail too; null for more than wanted', () => {
  const points = [
    { frequencyHz: 1e8, voltageV: 0.8 },
    { frequencyHz: 2e8, voltageV: 0.9 },
  ];
  const domain = (name: string) => ({ name, points, nominal: 0 });
  expect(settingsOf([domain('x'), domain('y')], 4)!.map((setting) => [...setting])).toEqual([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ]);
  expect(settingsOf([domain('x'), domain('y')], 3)).toBeNull();
});
