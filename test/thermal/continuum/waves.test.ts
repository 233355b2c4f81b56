import { expect, test } from 'vitest';
import { once } from '../../../src/base/once.ts';
import { HOTSPOT_DEFAULTS } from '../../../src/formats/hotspot/config.ts';

import {
  reduceContinuumNetwork,
  startSteady,
  waveReader,
  waveTransient,
} from '../../../src/thermal/continuum/index.ts';
import { coupledWaves, ownSteadyRises, reduceCoupled } from '../../../src/thermal/continuum/waves/index.ts';
import { hotspotStack, type LeakageModel, leakyStepper, modalTransient } from '../../../src/thermal/index.ts';
import { longTest } from '../../tier.ts';
import { block, heated } from './support.ts';

/** 15 blocks of three widths and three heights, none a mirror image of another. */
const WIDTHS = [1, 2.5, 0.7, 1.8, 2];
const HEIGHTS = [1.1, 0.6, 2.3];
const edge = (sides: readonly number[], i: number): number => sides.slice(0, i).reduce((sum, side) => sum + side, 0);
const BLOCKS = HEIGHTS.flatMap((height, j) =>
  WIDTHS.map((width, i) => block(`b${j}_${i}`, edge(WIDTHS, i), edge(HEIGHTS, j), width, height)),
);
const M = BLOCKS.length;
const RESOLUTION = { columns: 12, rows: 12, elements: 4, kept: [28, 20] };

const network = heated(hotspotStack(HOTSPOT_DEFAULTS), BLOCKS, [8, 4], RESOLUTION);
const { continuum, ambientK } = network;
const waves = coupledWaves(continuum);
const SAMPLE = 1e-4;
const made = reduceCoupled(waves, SAMPLE);
const start = () => waveTransient(waves, made, continuum.sources, ambientK, SAMPLE);
/** A model of the sources with more shifts. */
const reference = once(() => reduceContinuumNetwork(network, { shortestS: SAMPLE / 30 }));
const powersW = (k: number): Float64Array => Float64Array.from(BLOCKS, (_, u) => 2 + Math.sin(7 * u + 5 * k));

// Pairs of blocks, by bins of waves: 1 part in 1,000 for what they bin and for what is beyond their waves.
test('own steady rises are those of the sources', () => {
  const { h } = network.steadyResponse();
  ownSteadyRises(waves).forEach((rise, u) => {
    expect(Math.abs(rise / h[u * (M + 1)] - 1)).toBeLessThan(1e-3);
  });
});

longTest(
  'samples of 0.1 ms to 1 s as by a model of the sources with more shifts, within 0.5 % of the hottest rise',
  () => {
    for (const durationS of [SAMPLE, 3e-4, 1e-3, 1e-2, 1]) {
      const [ours, theirs] = [start(), modalTransient(reference())];
      for (let k = 0; k < 3; k++) {
        ours.step(powersW(k), durationS, powersW(k + 1));
        theirs.step(powersW(k), durationS, powersW(k + 1));
      }
      const highest = Math.max(...theirs.temperatureK) - ambientK;
      ours.temperatureK.forEach((value, u) => {
        expect(Math.abs(value - theirs.temperatureK[u])).toBeLessThan(5e-3 * highest);
      });
    }
  },
);

longTest('leakage of the blocks, in waves as with a model of the sources, and it counts', () => {
  // W at 300 K, a tenth more every 6 K.
  const leakage: LeakageModel = (temperatureK, powerW) => {
    for (let u = 0; u < M; u++) powerW[u] = 0.1 * Math.exp((temperatureK[u] - 300) / 60);
  };
  const [ours, theirs, plain] = [start(), modalTransient(reference()), modalTransient(reference())];
  const [a, b] = [ours, theirs].map((solver) => leakyStepper(solver, leakage));
  for (let k = 0; k < 5; k++) {
    for (const stepper of [a, b, plain]) stepper.step(powersW(k), 1e-2);
  }
  const highest = Math.max(...theirs.temperatureK) - ambientK;
  ours.temperatureK.forEach((value, u) => {
    expect(Math.abs(value - theirs.temperatureK[u])).toBeLessThan(5e-3 * highest);
    expect(theirs.temperatureK[u] - plain.temperatureK[u]).toBeGreaterThan(0.01 * highest);
  });
});

test('heat in = heat out + heat stored, to 1e-9, under steps and ramps from a warm start', () => {
  const transient = start();
  transient.addUniform(20);
  const before = transient.storedHeatJ();
  let [inJ, outJ] = [0, 0];
  for (let k = 0; k < 20; k++) {
    const [from, to] = [powersW(k), k % 2 === 0 ? powersW(k) : powersW(k + 1)];
    transient.step(from, 10 ** (k % 4) * SAMPLE, to);
    outJ += transient.heatOutJ;
    for (let u = 0; u < M; u++) inJ += ((from[u] + to[u]) / 2) * 10 ** (k % 4) * SAMPLE;
  }
  expect(Math.abs(inJ - outJ - (transient.storedHeatJ() - before))).toBeLessThan(1e-9 * (inJ + before));
});

test('a step of any length is the same as ten of a tenth', () => {
  const [whole, parts] = [start(), start()];
  whole.step(powersW(1), 10 * SAMPLE);
  for (let i = 0; i < 10; i++) parts.step(powersW(1), SAMPLE);
  whole.temperatureK.forEach((value, u) => {
    expect(Math.abs(value - parts.temperatureK[u])).toBeLessThan(1e-9);
  });
});

test('a start at a steady state stays there, and is known by the temperatures of its blocks', () => {
  const steady = start();
  steady.setSteady(powersW(0));
  const rises = steady.temperatureK.map((value) => value - ambientK);
  const transient = start();
  startSteady(transient, rises);
  transient.step(powersW(0), 1);
  transient.temperatureK.forEach((value, u) => {
    expect(Math.abs(value - ambientK - rises[u])).toBeLessThan(1e-8);
  });
});

// The area of a block is that of its halves. A neighbour of the whole may be too far from one half: 1.6e-5 of a rise.
test('other places are read of the same field', () => {
  const transient = start();
  transient.step(powersW(0), 1e-3);
  const { rectangles } = continuum;
  const halves = rectangles.flatMap((one) => {
    const middle = (one.x0 + one.x1) / 2;
    return [
      { ...one, x1: middle },
      { ...one, x0: middle },
    ];
  });
  const means = new Float64Array(halves.length);
  waveReader(waves, halves)(transient, means);
  transient.temperatureK.forEach((value, u) => {
    expect(Math.abs((means[2 * u] + means[2 * u + 1]) / 2 - value)).toBeLessThan(5e-5 * (value - ambientK));
  });
});
