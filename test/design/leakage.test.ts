import { mean } from 'simple-statistics';
import { describe, expect, test } from 'vitest';
import { BUNDLED } from '../../src/base/files.ts';
import { leakageSources, leakageVoltage, leakageW } from '../../src/design/power/index.ts';
import { BUNDLED_TEXTS, edit, load, problemsOf, QUICKSTART, run, SRAM } from '../cosim/support.ts';
import { diagnosticsOf } from '../energy/support.ts';

const FOLDER = `${BUNDLED}accelerators/edge-npu/`;
const NPU = BUNDLED_TEXTS[`${FOLDER}accelerator.yaml`];
const withLeakage = (leakage: string) => ({
  overlay: {
    [`${FOLDER}accelerator.yaml`]: edit(NPU, 'domains:', `leakage: ${leakage}\n\ndomains:`),
    [SRAM]: BUNDLED_TEXTS[SRAM],
  },
});

test('the default slope is that of the currents which Liao, He and Lepak measured', () => {
  // TCAD 24(7), 2005: average gate at 65 nm and 100, 80, 60 C, in uA, at 0.95 V and at 1.05 V.
  const slopes = [
    [23.44, 29.56],
    [19.44, 25.14],
    [16.0, 21.33],
  ].map(([low, high]) => Math.log(high / low) / 0.1);
  const { design } = load(QUICKSTART, withLeakage('{}'));
  expect(design.leakage.slopePerV).toBe(Number(mean(slopes).toFixed(1)));
});

test('leakage is proportional to V e^(k (V - 1 V)); without a slope to V, to the last digit', () => {
  expect(leakageVoltage(0.75, 0)).toBe(0.75);
  expect(leakageVoltage(1, 2.6)).toBe(1);
  // 0.75 e^-0.65 and 1.05 e^0.13, by hand.
  expect(leakageVoltage(0.75, 2.6)).toBeCloseTo(0.391534, 6);
  expect(leakageVoltage(1.05, 2.6)).toBeCloseTo(1.19577, 6);
});

describe('low-leakage scratchpads of edge-npu', () => {
  // cacti-sram.csv: 32 KiB x 256 bit, one bank, itrs-lstp: 0.000928967 mW at 1.1 V and 300 K; 8 banks hold 256 KiB.
  // cacti-leakage-temperature.csv, itrs-lstp: 0.00623184 mW at 300 K, 0.0285668 at 340 K.
  // The read and write address counters of 13 bit leak 3.213e-4 mW x 13 / 32 each at 0.9 V, e^(0.015 x 40) times that at 340 K.
  const storageW = 8 * 0.000928967e-3;
  const countersW = 2 * ((3.213e-7 * 13) / 32);

  const ifmapW = (leakage: string, voltageV: number, temperatureK: number): number => {
    const { ert, leakage: found } = load(QUICKSTART, withLeakage(leakage)).design;
    const component = ert.components.findIndex((entry) => entry.component.name === 'ifmap_spad');
    const own = found.sources.filter((source) => source.component === component);
    return own.reduce(
      (sum, source) => sum + leakageW(source, leakageVoltage(voltageV, found.slopePerV), temperatureK),
      0,
    );
  };

  test('are the table at its voltage and temperature, whatever the slope', () => {
    expect(ifmapW('{}', 1.1, 300) - countersW * (1.1 / 0.9) * Math.exp(2.6 * 0.2)).toBeCloseTo(storageW, 12);
    expect(ifmapW('{ voltage: linear }', 1.1, 300) - countersW * (1.1 / 0.9)).toBeCloseTo(storageW, 12);
  });

  test.each([
    ['{}', 2.6],
    ['{ voltage: exponential, slope: 4/V }', 4],
    ['{ voltage: linear }', 0],
  ])('follow voltage and temperature under %s', (leakage, slope) => {
    const at = (v0: number): number => (0.85 / v0) * Math.exp(slope * (0.85 - v0));
    const expected = storageW * at(1.1) * (0.0285668 / 0.00623184) + countersW * at(0.9) * Math.exp(0.015 * 40);
    expect(ifmapW(leakage, 0.85, 340) / expected).toBeCloseTo(1, 9);
  });
});

test('a run takes the time mean of leakage, not leakage at the mean voltage', () => {
  // Without a floorplan the die has 60 C, so leakage depends on the voltage alone: 1.05 V at work, 0.75 V in between.
  const text = `${edit(QUICKSTART, /policy:[\s\S]*/, '')}inferences: { period: 5ms, count: 3 }\npolicy: race-to-idle\n`;
  const result = run(text, { set: ['accelerator.leakage.slope=20/V'] });
  const { leakage } = result.experiment.design;
  const wattsAt = (voltageV: number): number =>
    leakage.sources.reduce((sum, s) => sum + leakageW(s, leakageVoltage(voltageV, leakage.slopePerV), 333.15), 0);
  const { durationS, domains } = result.trace;
  let expectedJ = 0;
  for (let epoch = 0; epoch < durationS.length; epoch++) {
    const high = (domains[0].voltageV[epoch] - 0.75) / (1.05 - 0.75);
    expectedJ += durationS[epoch] * (high * wattsAt(1.05) + (1 - high) * wattsAt(0.75));
  }
  expect(result.energyJ.leakage / expectedJ).toBeCloseTo(1, 9);
});

describe('what is wrong', () => {
  const file = `${FOLDER}accelerator.yaml`;
  const problems = (leakage: string): string[] =>
    problemsOf(() => load(QUICKSTART, withLeakage(leakage))).map((problem) => problem.replace(/:\d+:\d+/, ''));

  test('a slope of linear leakage, without a unit, of another unit; another form', () => {
    expect(problems('{ voltage: linear, slope: 2/V }')).toEqual([`option-unused ${file} 2/V`]);
    expect(problems('{ slope: 2.6 }')).toEqual([`missing-unit ${file} 2.6`]);
    expect(problems('{ slope: 2.6V }')).toEqual([`wrong-unit ${file} 2.6V`]);
    expect(problems('{ voltage: quadratic }')).toEqual([`out-of-range ${file} quadratic`]);
  });

  test('cells whose leakage over temperature nobody knows: the component, and the cells there are', () => {
    const { ert, places } = load(QUICKSTART, withLeakage('{}')).design;
    const components = ert.components.map((entry) => ({
      ...entry,
      leakageParts: entry.leakageParts.map((part) => (part.cell ? { ...part, cell: 'itrs-lst' } : part)),
    }));
    const curve = { temperatureK: [300, 400], powerW: [1, 2] };
    const curvesOf = () => new Map(['itrs-hp', 'itrs-lstp'].map((cell) => [cell, curve]));
    const [problem] = diagnosticsOf(() => leakageSources(components, places, { slopePerV: 0, curvesOf }));
    expect(problem).toMatchObject({
      code: 'unknown-name',
      message:
        '"storage" of component "ifmap_spad" has cells "itrs-lst", whose leakage over temperature is not in the tables',
      suggestion: 'itrs-lstp',
    });
    expect(problem.expected).toContain(
      'one of itrs-hp, itrs-lstp, or rows for them in a cacti-leakage-temperature.csv',
    );
  });
});
