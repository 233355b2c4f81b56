import { type HotspotOptions, readHotspotConfig } from '../../../src/formats/hotspot/config.ts';
import { readFloorplan, readPowerTrace } from '../../../src/formats/hotspot/floorplan-and-trace.ts';
import { applyConductance } from '../../../src/numeric/sparse.ts';
import type { HotspotLayer, HotspotProblem, PackageModelOptions } from '../../../src/peers/hotspot/input/problem.ts';
import type { HotspotModel } from '../../../src/peers/hotspot/model.ts';
import { hotspotProgramRules } from '../../../src/peers/hotspot/rules/hotspot.ts';
import { physicalProgramRules } from '../../../src/peers/hotspot/rules/physical.ts';
import { makeFloorplan } from '../../../src/thermal/floorplan/floorplan.ts';
import { cosineCg, type SteadySolver, type ThermalNetwork } from '../../../src/thermal/index.ts';
import { isGridNetwork } from '../../../src/thermal/network/network.ts';
import { golden } from '../../thermal/support.ts';

/** How HotSpot's files are understood, by name. */
export const RULES = { hotspot: hotspotProgramRules, physical: physicalProgramRules };
export type HotspotMode = keyof typeof RULES;

/** Defaults of HotSpot's package model. */
export const PACKAGE_DEFAULTS: PackageModelOptions = {
  natural_convec: 0,
  flow_type: 0,
  sink_type: 0,
  fin_height: 0.03,
  fin_width: 0.001,
  channel_width: 0.002,
  pin_height: 0.02,
  pin_diam: 0.002,
  pin_dist: 0.005,
  fan_radius: 0.03,
  motor_radius: 0.01,
  rpm: 1000,
};

type Material = Pick<HotspotLayer, 'thicknessM' | 'conductivityWPerMK' | 'heatCapacityJPerM3K'>;

/** A layer under these blocks, which may leave gaps. */
export function layerOf(material: Material, blocks: HotspotLayer['blocks'], power = false): HotspotLayer {
  return { ...material, lateral: true, power, blocks, floorplan: makeFloorplan(blocks, { gaps: 'allow' }) };
}

/** HotSpot's stack without a layer file. */
export function dieProblem(options: HotspotOptions, blocks: HotspotLayer['blocks']): HotspotProblem {
  const material = (key: 'chip' | 'interface'): Material => ({
    thicknessM: options[`t_${key}`],
    conductivityWPerMK: options[`k_${key}`],
    heatCapacityJPerM3K: options[`p_${key}`],
  });
  const layers = [layerOf(material('chip'), blocks, true), layerOf(material('interface'), blocks)];
  return { options, layers, fromLayerFile: false, packageModel: null };
}

function layerFile(name: string, file: string): HotspotLayer[] {
  const lines = golden(`${name}/${file}`).text.split('\n');
  const words = lines.filter((line) => line !== '' && !line.startsWith('#'));
  return Array.from({ length: words.length / 7 }, (_, i) => {
    const [, lateral, power, heatCapacity, resistivity, thickness, flp] = words.slice(7 * i, 7 * i + 7);
    const material = {
      thicknessM: Number(thickness),
      conductivityWPerMK: 1 / Number(resistivity),
      heatCapacityJPerM3K: Number(heatCapacity),
    };
    return { ...layerOf(material, readFloorplan(golden(`${name}/${flp}`)), power === 'Y'), lateral: lateral === 'Y' };
  });
}

function packageFile(name: string, file: string): PackageModelOptions {
  const pairs = golden(`${name}/${file}`).text.matchAll(/^-(\w+)\s+(\S+)/gm);
  return { ...PACKAGE_DEFAULTS, ...Object.fromEntries([...pairs].map(([, key, value]) => [key, Number(value)])) };
}

/** The problem of a case under test/golden/hotspot: its command and its files. */
export function goldenProblem(name: string): HotspotProblem {
  const { command } = JSON.parse(golden(`${name}/run.json`).text) as { command: string };
  const argument = (key: string): string | undefined => new RegExp(` -${key} (\\S+)`).exec(command)?.[1];
  const read = readHotspotConfig(golden(`${name}/hotspot.config`)).options;
  const options: HotspotOptions = { ...read, detailed_3D: argument('detailed_3D') === 'on' ? 'on' : 'off' };
  const lcf = argument('grid_layer_file');
  const problem = lcf
    ? { options, layers: layerFile(name, lcf), fromLayerFile: true, packageModel: null }
    : dieProblem(options, readFloorplan(golden(`${name}/${argument('f')}`)));
  if (options.package_model_used === 0) return problem;
  return { ...problem, packageModel: packageFile(name, options.package_config_file!) };
}

/** Mean power of each unit over the case's trace, W. */
export function goldenPower(name: string, { units }: HotspotModel): Float64Array {
  const { names, columns, samples } = readPowerTrace(golden(`${name}/power.ptrace`));
  return Float64Array.from(units, (unit) => columns[names.indexOf(unit)].reduce((sum, w) => sum + w, 0) / samples);
}

/** The rows of a case's steady.csv: node's name and the values of its columns. */
export function goldenSteady(name: string): { names: string[]; column: (key: string) => number[] } {
  const [header, ...rows] = golden(`${name}/steady.csv`)
    .text.trim()
    .split('\n')
    .map((line) => line.split(','));
  const column = (key: string): number[] => rows.map((row) => Number(row[header.indexOf(key)]));
  return { names: rows.map(([node]) => node), column };
}

/** Cosine transforms where they apply, otherwise plain conjugate gradients. */
export function solverFor(network: ThermalNetwork): SteadySolver {
  return isGridNetwork(network) ? cosineCg(network, { tolerance: 1e-13 }) : jacobiCg(network);
}

/** Conjugate gradients scaled by the diagonal; slow and plain. */
export function jacobiCg({ conductance, capacity, nodes }: ThermalNetwork): SteadySolver {
  const dot = (x: Float64Array, y: Float64Array): number => x.reduce((sum, value, i) => sum + value * y[i], 0);
  const q = new Float64Array(nodes);
  const solve: SteadySolver['solve'] = (source, x) => {
    const norm = Math.sqrt(dot(source, source));
    x.fill(0);
    if (norm === 0) return { iterations: 0, residual: 0, operations: 0 };
    const r = source.slice();
    const d = new Float64Array(nodes);
    let rz = 1;
    for (let iterations = 0; iterations < 50000; iterations++) {
      const residual = Math.sqrt(dot(r, r)) / norm;
      if (residual < 1e-14) return { iterations, residual, operations: 0 };
      const z = r.map((value, i) => value / conductance.diagonal[i]);
      const next = dot(r, z);
      const beta = iterations === 0 ? 0 : next / rz;
      rz = next;
      for (let i = 0; i < nodes; i++) d[i] = z[i] + beta * d[i];
      applyConductance(conductance, 0, capacity, d, q);
      const alpha = rz / dot(d, q);
      for (let i = 0; i < nodes; i++) {
        x[i] += alpha * d[i];
        r[i] -= alpha * q[i];
      }
    }
    throw new Error('no convergence');
  };
  return { solve };
}

/** Heat that leaves by nodes [from, to), W. */
export function heatOut({ network }: HotspotModel, rise: Float64Array, from = 0, to = network.nodes): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += rise[i] * network.toAmbient[i];
  return sum;
}
