import { describe, expect, test } from 'vitest';
import { hotspotModel } from '../../../src/peers/hotspot/build.ts';
import { packageConvection, startConvection } from '../../../src/peers/hotspot/convection.ts';
import { readGroup, readUnits, sinkTemperature } from '../../../src/peers/hotspot/field.ts';
import type { HotspotProblem, PackageModelOptions } from '../../../src/peers/hotspot/input/problem.ts';
import { hotspotSteady } from '../../../src/peers/hotspot/steady.ts';
import { codesOf } from '../../thermal/support.ts';
import { goldenPower, goldenProblem, type HotspotMode, PACKAGE_DEFAULTS, RULES, solverFor } from './support.ts';

const FAN = goldenProblem('sys8-block-fanpkg');
const LEAK = goldenProblem('sys8-block-leak');

function packaged(changes: Partial<PackageModelOptions>): HotspotProblem {
  return { ...FAN, packageModel: { ...PACKAGE_DEFAULTS, ...changes } };
}

function steadyOf(problem: HotspotProblem, mode: HotspotMode, scale = 1) {
  const model = hotspotModel(problem, RULES[mode]);
  const power = goldenPower('sys8-block-fanpkg', model).map((w) => w * scale);
  return hotspotSteady(problem, model, power, ({ network }) => solverFor(network));
}

describe('package model of HotSpot 7.0 (default build, `-d` dump with 6 digits, 9 decimals of a temperature)', () => {
  test.each<[Partial<PackageModelOptions>, number, number]>([
    [{ rpm: 300 }, 0.321251, 331.593383471],
    [{ rpm: 4000 }, 0.176776, 328.20170984],
    [{ sink_type: 1, rpm: 1500 }, 0.105938, 326.528392085],
    [{ flow_type: 1, rpm: 1500 }, 0.387869, 333.15457372],
    [{ flow_type: 1, sink_type: 1, rpm: 1500 }, 0.671675, 339.800382219],
    // The dump has the resistance its loop starts from.
    [{ natural_convec: 1, sink_type: 1, pin_dist: 0.006 }, 14.0412, 435.428140081],
    [{ natural_convec: 1, channel_width: 0.006 }, 4.44647, 371.640527927],
  ])('%o', (changes, resistance, firstBlockK) => {
    const problem = packaged(changes);
    expect(Number(startConvection(problem, RULES.hotspot).toPrecision(6))).toBe(resistance);
    const { model, rise } = steadyOf(problem, 'hotspot');
    expect(Math.abs(readGroup(model, 0, rise)[0] - firstBlockK)).toBeLessThan(1e-9);
  });

  test('fins that leave no channel are refused', () => {
    expect(codesOf(() => hotspotModel(packaged({ fin_width: 0.05 }), RULES.hotspot))).toEqual(['out-of-range']);
    expect(
      codesOf(() =>
        packageConvection({ ...PACKAGE_DEFAULTS, natural_convec: 1 }, FAN.options, RULES.physical.convection, 300),
      ),
    ).toEqual(['out-of-range']);
  });
});

describe('natural convection, physical', () => {
  test.each([0.01, 1, 4])('the sink is as warm as its resistance makes it, at %f of the power', (scale) => {
    const problem = packaged({ natural_convec: 1, channel_width: 0.006 });
    const { model, rise, convectionKPerW } = steadyOf(problem, 'physical', scale);
    const sinkK = sinkTemperature(model, rise);
    const expected = packageConvection(problem.packageModel!, problem.options, RULES.physical.convection, sinkK);
    expect(Math.abs(convectionKPerW / expected - 1)).toBeLessThan(1e-9);
  });

  test('without power everything is at ambient', () => {
    const { rise } = steadyOf(packaged({ natural_convec: 1 }), 'physical', 0);
    expect(Math.max(...rise)).toBe(0);
  });

  test('leakage that would run away at the poor convection of a cold sink', () => {
    const problem = packaged({ natural_convec: 1, channel_width: 0.006 });
    const leaky = { ...problem, options: { ...problem.options, leakage_used: 1 as const } };
    expect(codesOf(() => steadyOf(leaky, 'hotspot', 1.6))).toEqual(['thermal-runaway']);
    const { model, rise, convectionKPerW } = steadyOf(leaky, 'physical', 1.6);
    const sinkK = sinkTemperature(model, rise);
    const expected = packageConvection(problem.packageModel!, problem.options, RULES.physical.convection, sinkK);
    expect(Math.abs(convectionKPerW / expected - 1)).toBeLessThan(1e-9);
    expect(codesOf(() => steadyOf(leaky, 'physical', 20))).toEqual(['thermal-runaway']);
  });

  test('with leakage too: more heat, more convection', () => {
    const problem = packaged({ natural_convec: 1, channel_width: 0.006 });
    const leaky = { ...problem, options: { ...problem.options, leakage_used: 1 as const } };
    const [cold, warm] = [steadyOf(problem, 'physical', 0.2), steadyOf(leaky, 'physical', 0.2)];
    expect(warm.convectionKPerW).toBeLessThan(cold.convectionKPerW);
    expect(sinkTemperature(warm.model, warm.rise)).toBeGreaterThan(sinkTemperature(cold.model, cold.rise));
  });
});

/** What leakage should be at the temperatures of the answer. */
function leakageAt(problem: HotspotProblem, temperatureK: Float64Array): Float64Array {
  const { blocks } = problem.layers[0].floorplan;
  return temperatureK.map((t, u) => 1.5e4 * blocks[u].widthM * blocks[u].heightM * Math.exp(0.036 * (t - 383.15)));
}

describe('leakage', () => {
  test.each<[string, HotspotProblem]>([
    ['blocks', LEAK],
    ['cells', goldenProblem('sys8-grid32-leak')],
  ])('physical: the fixed point; HotSpot stops within 0.01 K of its own (%s)', (_, problem) => {
    const residual = (mode: HotspotMode): number => {
      const model = hotspotModel(problem, RULES[mode]);
      const { rise, leakageW } = hotspotSteady(problem, model, goldenPower('sys8-block-leak', model), ({ network }) =>
        solverFor(network),
      );
      const expected = leakageAt(problem, readUnits(model, rise));
      return Math.max(...leakageW.map((w, u) => Math.abs(w / expected[u] - 1)));
    };
    expect(residual('physical')).toBeLessThan(1e-8);
    expect(residual('hotspot')).toBeLessThan(0.036 * 0.01);
    expect(residual('hotspot')).toBeGreaterThan(1e-7);
  });

  test.each<HotspotMode>(['hotspot', 'physical'])('runs away under poor cooling: %s', (mode) => {
    const problem = { ...LEAK, options: { ...LEAK.options, r_convec: 20 } };
    const model = hotspotModel(problem, RULES[mode]);
    const power = goldenPower('sys8-block-leak', model);
    expect(codesOf(() => hotspotSteady(problem, model, power, ({ network }) => solverFor(network)))).toEqual([
      'thermal-runaway',
    ]);
  });
});
