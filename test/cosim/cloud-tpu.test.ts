/** The bundled accelerator with two rails: its die, and what a policy for components does on it. */
import { expect, test } from 'vitest';
import { BUNDLED } from '../../src/base/files.ts';
import { type RunResult, runExperiment } from '../../src/cosim/index.ts';
import { longTest } from '../tier.ts';
import { BUNDLED_TEXTS, LEAN_SRAM, load, MODELS, SRAM } from './support.ts';

const TPU = `${BUNDLED}accelerators/cloud-tpu/accelerator.yaml`;
/** The bundled files as they are, but for a coarse thermal grid, which takes milliseconds to reduce. */
const OVERLAY = {
  [SRAM]: LEAN_SRAM,
  [TPU]: BUNDLED_TEXTS[TPU].replace('  package:', '  grid: { rows: 16, columns: 16 }\n  package:'),
};
const bundled = (name: string, ...set: string[]): RunResult =>
  runExperiment(load(BUNDLED_TEXTS[`${BUNDLED}experiments/${name}.yaml`], { overlay: OVERLAY, set }), {
    cache: MODELS,
  });
const rails = (...set: string[]) => bundled('separate-rails', 'inferences.duration=20ms', ...set);
const DDR3 = 'accelerator.dram.bandwidth=34GB/s';
const perInference = ({ energyJ, inferences }: RunResult) => energyJ.total / inferences.completed;
const peakC = ({ trace }: RunResult) =>
  Math.max(...trace.temperatureK.map((column) => column.reduce((a, b) => Math.max(a, b)))) - 273.15;

function conserves({ conservation }: RunResult): void {
  expect(conservation.energyRelative).toBeLessThan(1e-9);
  expect(conservation.heatRelative).toBeLessThan(1e-6);
  expect(conservation.macsDifference).toBe(0);
}

test('every block is as large as the area table says, or up to 4 % larger', () => {
  const { design } = load(BUNDLED_TEXTS[`${BUNDLED}experiments/cloud-vit.yaml`], { overlay: OVERLAY });
  const { widthM, heightM, blocks } = design.die!.floorplan;
  // 20 x 13 mm, 7.5 x 13 of them filler
  expect(widthM * heightM * 1e6).toBeCloseTo(260, 9);
  expect(blocks.at(-1)!.widthM * blocks.at(-1)!.heightM * 1e6).toBeCloseTo(97.5, 9);
  design.ert.components.forEach(({ component, areaM2 }, i) => {
    const places = design.places[i].blocks;
    if (places.length === 0) return;
    const blockM2 = places.reduce((sum, b) => sum + blocks[b].widthM * blocks[b].heightM, 0);
    const ratio = blockM2 / (areaM2 * component.count);
    expect(ratio, component.name).toBeGreaterThanOrEqual(1);
    expect(ratio, component.name).toBeLessThan(1.04);
  });
});

test('power of the accumulators, by hand', () => {
  const text = 'version: 1\nname: e\naccelerator: cloud-tpu\nworkload: ./net.csv\nstart: ambient\n';
  const overlay = { ...OVERLAY, 'net.csv': 'layer,type,m,n,k\na,gemm,128000,128,128\n' };
  const set = ['accelerator.dram.bandwidth=1000GB/s'];
  const { trace, thermal, simulatedS } = runExperiment(load(text, { overlay, set }), { cache: MODELS });
  // One fold: 128,000 steps, 128 cycles of loading, skew and drain of 2 x 127, at 700 MHz; before it 32 KiB of weights and the
  // first words of DRAM, 0.12 us each.
  expect(simulatedS).toBeGreaterThan(128_255 / 700e6);
  expect(simulatedS).toBeLessThan(128_512 / 700e6 + 0.5e-6);
  // 128,000 x 128 results of 16 bit are written and drained, in rows of 512 bit: 512,000 accesses of 100.4 and of 40.0 pJ at 1.1 V.
  const handJ = 512_000 * (100.4e-12 + 40e-12);
  const block = thermal!.blocks.indexOf('accumulators');
  const powerW = trace.powerW[block][0];
  // Leakage: 0.12 mW at 300 K and 1.1 V, less than four times that at 318 K.
  expect(powerW).toBeGreaterThan(handJ / simulatedS);
  expect(powerW).toBeLessThan((1.001 * handJ) / simulatedS + 0.5e-3);
  expect(trace.powerW[thermal!.blocks.indexOf('rest_of_chip')][0]).toBe(0);
});

longTest('separate-rails: memories at their lowest point, every deadline met, 0.4 % of the energy', () => {
  const own = rails();
  const { trace, domains, deadline } = own;
  conserves(own);
  expect(deadline).toMatchObject({ misses: 0 });
  // accelerators/cloud-tpu/accelerator.yaml: 0.95 V is the memories' lowest supply, 1 V the array's highest.
  for (let n = 0; n < trace.epochs; n++) {
    const supplies = Object.fromEntries(domains.map((name, d) => [name, trace.domains[d].voltageV[n]]));
    expect(supplies).toEqual({ array: 1, memory: 0.95 });
  }
  const fastest = rails('policy=performance');
  conserves(fastest);
  // Memories take 0.504 of 31.7 mJ at 1.1 V, so 1.59 % x (1 - (0.95 / 1.1)^2) = 0.40 %; and a little leakage.
  const saved = 1 - perInference(own) / perInference(fastest);
  expect(saved).toBeGreaterThan(0.0038);
  expect(saved).toBeLessThan(0.0044);
  expect(peakC(own)).toBeLessThan(peakC(fastest));
});

test('separate-rails with the DRAM of TPU v1: the array slows down too, which powersave may not', () => {
  const [own, fastest, slowest] = ['component-util', 'performance', 'powersave'].map((policy) =>
    rails(DDR3, `policy=${policy}`),
  );
  for (const result of [own, fastest, slowest]) conserves(result);
  expect(own.deadline!.misses).toBe(0);
  // blocks.0.attn.qkv: 15,633 cycles and 1.49 MB are in balance at 15,633 x 34e9 / 1.49e6 = 357 MHz, 375 with the margin of 5 %:
  // 400 MHz is the next point; no layer needs a faster one.
  const array = own.domains.indexOf('array');
  expect(own.trace.domains[array].frequencyHz.every((hz) => hz === 400e6)).toBe(true);
  // The one that the run's end cuts off may be late too.
  expect(slowest.deadline!.misses).toBeGreaterThanOrEqual(slowest.inferences.completed);
  // The run says 38 % (docs/methods/policies.md); a fourth is more than the memories could ever save.
  expect(perInference(own)).toBeLessThan(0.75 * perInference(fastest));
  expect(peakC(own)).toBeLessThan(peakC(fastest));
  expect(peakC(slowest)).toBeLessThan(peakC(own));
});

test('cloud-vit has temperatures', () => {
  const result = bundled('cloud-vit');
  conserves(result);
  // 10 W on the die through 0.98 K/W from 45 C: 55 C at the sink's face, and less than 6 K through 0.1 W/mm2 of the array above it.
  expect(peakC(result)).toBeGreaterThan(45 + 0.98 * 10);
  expect(peakC(result)).toBeLessThan(45 + 0.98 * 10 + 6);
});
