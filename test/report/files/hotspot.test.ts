import { expect, test } from 'vitest';
import { BUNDLED, type Files } from '../../../src/base/files.ts';
import { once } from '../../../src/base/once.ts';
import { joined } from '../../../src/base/source.ts';
import { runExperiment } from '../../../src/cosim/index.ts';
import { readHotspotConfig } from '../../../src/formats/hotspot/config.ts';
import { readFloorplan, readPowerTrace } from '../../../src/formats/hotspot/floorplan-and-trace.ts';
import { readHotspotInput } from '../../../src/peers/hotspot/input/files.ts';
import { runHotspot } from '../../../src/peers/hotspot/program.ts';
import type { HotspotTransient } from '../../../src/peers/hotspot/transient.ts';
import { hotspotFiles } from '../../../src/report/files/hotspot.ts';
import {
  buildNetwork,
  hotspotRules,
  hotspotStack,
  makeFloorplan,
  mapBlocks,
  modalTransient,
  reduceNetwork,
} from '../../../src/thermal/index.ts';
import { BUNDLED_TEXTS, LEAN_SRAM, load } from '../../cosim/support.ts';
import { longTest } from '../../tier.ts';

const NPU = `${BUNDLED}accelerators/edge-npu/accelerator.yaml`;

/** The files of a run that ends within an epoch. */
function filesOf(compat: string, start = 'ambient'): Record<string, string> {
  const overlay = {
    [`${BUNDLED}tech-tables/45nm/cacti-sram.csv`]: LEAN_SRAM,
    [NPU]: BUNDLED_TEXTS[NPU].replace('  package:', `  grid: { rows: 16, columns: 16 }\n${compat}  package:`),
    'net.csv': 'layer,type,m,n,k\na,gemm,400,96,256\n',
  };
  const text = `version: 1\nname: e\naccelerator: edge-npu\nworkload: ./net.csv\ninferences: {duration: 2.05ms}\nepoch: 100us\nstart: ${start}\n`;
  const files = hotspotFiles(runExperiment(load(text, { overlay })));
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [name, joined(text())]));
}

/** The files of the run under the physics, made once. */
const physical = once(() => filesOf(''));

/** What the network of the exported files makes of the exported power. */
function replay(files: Record<string, string>): { expected: readonly Float64Array[]; replayed: Float64Array[] } {
  const source = (file: string) => ({ file, text: files[file] });
  const floorplan = makeFloorplan(readFloorplan(source('chip.flp')));
  const { options } = readHotspotConfig(source('hotspot.config'));
  const grid = { rows: options.grid_rows, columns: options.grid_cols };
  const map = mapBlocks(floorplan, grid, 'touched');
  const network = buildNetwork(hotspotStack(options), floorplan, grid, hotspotRules);
  const solver = modalTransient(reduceNetwork(network, map, { shiftRatio: 12 }));
  const power = readPowerTrace(source('power.ptrace'));
  const { columns: expected, samples } = readPowerTrace(source('temperature.ttrace'));
  const replayed = expected.map(() => new Float64Array(samples));
  for (let k = 0; k < samples; k++) {
    const powerW = Float64Array.from(power.columns, (column) => column[k]);
    solver.step(powerW, options.sampling_intvl);
    solver.temperatureK.forEach((value, u) => {
      replayed[u][k] = value;
    });
  }
  return { expected, replayed };
}

// Not nearer, because leakage rises within an epoch and a trace has its mean only: of 0.1 W about 1e-4.
test("the files lead HotSpot's network to the temperatures of the run", () => {
  const { expected, replayed } = replay(filesOf('  compat: hotspot\n'));
  expect(expected[0].length).toBe(20);
  replayed.forEach((column, u) => {
    column.forEach((value, k) => {
      expect(Math.abs(value - expected[u][k])).toBeLessThan(1e-4);
    });
  });
});

// The program under --compat hotspot repeats HotSpot's own runs (test/peers/hotspot/program.test.ts) to 1e-4 K and better.
test("a warm start: HotSpot's job on the files repeats temperature.ttrace to 0.01 K", () => {
  const made = filesOf('  compat: hotspot\n', 'self-consistent');
  const files: Files = { read: (path) => made[path], list: () => [] };
  const input = readHotspotInput(files, {
    config: 'hotspot.config',
    floorplan: 'chip.flp',
    trace: 'power.ptrace',
    transient: true,
    options: [['-init_file', 'start.init']],
    tolerate: () => {},
  });
  const { columns } = readPowerTrace({ file: 'temperature.ttrace', text: made['temperature.ttrace'] });
  let samples = 0;
  const onSample = (k: number, at: HotspotTransient): void => {
    samples++;
    const unitsK = at.unitsK();
    input.trace.unitOfColumn.forEach((unit, c) => {
      expect(Math.abs(unitsK[unit] - columns[c][k])).toBeLessThan(0.002);
    });
  };
  runHotspot({ input, mode: 'hotspot', transient: true, steady: 'none', onSample });
  expect(samples).toBe(20);
  // Warm from the first row on.
  expect(columns[0][0]).toBeGreaterThan(320);
});

longTest('the start file of the physics says how far HotSpot will be off', () => {
  const [first, , ...lines] = physical()['start.init'].trimEnd().split('\n');
  expect(first).toMatch(/^# HotSpot's network differs from the default physics: its blocks are up to \d+\.\d K off/);
  // Four layers of blocks, and twelve nodes of the package, all at ambient.
  const { blocks } = makeFloorplan(readFloorplan({ file: 'chip.flp', text: physical()['chip.flp'] }));
  expect(lines).toHaveLength(4 * blocks.length + 12);
  expect(lines.every((line) => line.endsWith('\t318.150000'))).toBe(true);
});

// HotSpot's network has one element through each layer and four trapezia for the overhang: up to 21 % of the rise here.
test('of the physics they differ as the formulations do', () => {
  const { expected, replayed } = replay(physical());
  const last = expected[0].length - 1;
  const rises = expected.map((column, u) => [column[last] - 318.15, replayed[u][last] - 318.15]);
  for (const [ours, hotspots] of rises) expect(Math.abs(hotspots / ours - 1)).toBeLessThan(0.25);
});

test('the configuration says nothing that HotSpot 7.0 (f18831e) stops at: it looks for a material named (null)', () => {
  const config = physical()['hotspot.config'];
  expect(config).not.toContain('(null)');
  expect(config).not.toMatch(/-(material_\w+|detailed_3D|use_microchannels)\t/);
  // The package file leaves p_chip at HotSpot's default, and HotSpot multiplies by 0.333.
  expect(config).toContain(`-p_chip\t${1.75e6 / 0.333}\n`);
});
