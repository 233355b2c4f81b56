import { fail, nearestName } from '../../base/errors.ts';
import {
  type ErtComponent,
  exponentialLeakage,
  type LeakageCurve,
  type LeakageLogarithm,
  LOGIC_GROWTH_PER_K,
  leakageVoltage,
  logarithmAt,
  tabulatedLeakage,
} from '../../energy/index.ts';
import type { Place } from './placement.ts';

/**
 * Leakage of logic without a figure, W/m2 at 300 K and 0.9 V: that of the 40 nm register of the Aladdin tables, 7e-5 mW
 * on 5.98 um2.
 */
const LOGIC_DENSITY = { wPerM2: 7e-8 / 5.98e-12, voltageV: 0.9, temperatureK: 300 };

/** Leakage of one component in one block on one curve: P = wattsPerVolt x leakageVoltage(V) x exp(curve(T)). */
export interface LeakageSource {
  readonly component: number;
  readonly block: number;
  /** W per volt of `leakageVoltage` where the curve is 0. */
  readonly wattsPerVolt: number;
  readonly curve: LeakageLogarithm;
}

export interface LeakageSources {
  readonly sources: readonly LeakageSource[];
  /** d ln(current) / dV of all of them, 1/V. */
  readonly slopePerV: number;
  /** Assumptions beyond the tables, as sentences. */
  readonly assumptions: readonly string[];
}

/** How to name and find what components leak with. */
export interface LeakageContext {
  /** d ln(current) / dV, 1/V. */
  readonly slopePerV: number;
  /** Curves of a component's technology, by type of cell. */
  readonly curvesOf: (component: ErtComponent) => ReadonlyMap<string, LeakageCurve>;
  /** The name of a component in assumptions; by default its own. */
  readonly nameOf?: (component: number) => string;
}

/**
 * Leakage of all components on the die. The tables give P0 at V0 and T0:
 * P(V, T) = P0 (V / V0) exp(slope (V - V0)) g(T) / g(T0), with g the curve of the cell (docs/methods/loop.md). Error: `unknown-name` for
 * cells whose leakage has no curve over temperature.
 */
export function leakageSources(
  components: readonly ErtComponent[],
  places: readonly Place[],
  { slopePerV, curvesOf, nameOf = (component) => components[component].component.name }: LeakageContext,
): LeakageSources {
  const logic = exponentialLeakage(LOGIC_GROWTH_PER_K);
  const known = new Map<LeakageCurve, LeakageLogarithm>();
  const sources: LeakageSource[] = [];
  const guessed = new Set<string>();
  components.forEach((entry, component) => {
    const { blocks } = places[component];
    if (blocks.length === 0) return;
    const watts = new Map<LeakageLogarithm, number>();
    const add = (curve: LeakageLogarithm, powerW: number, voltageV: number, temperatureK: number): void => {
      const perVolt = powerW / leakageVoltage(voltageV, slopePerV) / Math.exp(logarithmAt(curve, temperatureK));
      watts.set(curve, (watts.get(curve) ?? 0) + perVolt);
    };
    for (const { path, powerW, voltageV, temperatureK, cell } of entry.leakageParts) {
      const table = cell === undefined ? undefined : curveOfCell(entry, path, cell, curvesOf(entry));
      const curve = table ? (known.get(table) ?? tabulatedLeakage(table)) : logic;
      if (table) known.set(table, curve);
      // A part without a reference voltage leaks as at 1 V.
      add(curve, powerW, voltageV ?? 1, temperatureK);
    }
    const areaM2 = areaWithoutFigure(entry);
    if (areaM2 > 0) {
      guessed.add(nameOf(component));
      add(logic, areaM2 * LOGIC_DENSITY.wPerM2, LOGIC_DENSITY.voltageV, LOGIC_DENSITY.temperatureK);
    }
    for (const [curve, perVolt] of watts) {
      if (perVolt === 0) continue;
      const wattsPerVolt = (perVolt * entry.component.count) / blocks.length;
      for (const block of blocks) sources.push({ component, block, wattsPerVolt, curve });
    }
  });
  return { sources, slopePerV, assumptions: assumptionsOf([...guessed], slopePerV) };
}

/** The leakage of a cell at one temperature says nothing of another. */
function curveOfCell(
  { component: { name, span } }: ErtComponent,
  path: string,
  cell: string,
  curves: ReadonlyMap<string, LeakageCurve>,
): LeakageCurve {
  const curve = curves.get(cell);
  if (curve) return curve;
  const part = path === '' ? `component "${name}"` : `"${path}" of component "${name}"`;
  return fail('unknown-name', `${part} has cells "${cell}", whose leakage over temperature is not in the tables`, {
    span,
    expected: `one of ${[...curves.keys()].join(', ')}, or rows for them in a cacti-leakage-temperature.csv under the accelerator's "tables"`,
    suggestion: nearestName(cell, curves.keys()),
  });
}

function assumptionsOf(guessed: readonly string[], slopePerV: number): string[] {
  const withVoltage =
    slopePerV === 0
      ? 'all leakage is proportional to the voltage'
      : `all leakage current grows exponentially with the voltage, by ${slopePerV} a volt`;
  const growth = `leakage of logic grows exponentially, by ${LOGIC_GROWTH_PER_K} a kelvin; ${withVoltage}`;
  if (guessed.length === 0) return [growth];
  return [
    growth,
    `logic without a leakage figure leaks 11.7 mW/mm2 at 300 K and 0.9 V, like the register of the tables (${guessed.join(', ')})`,
  ];
}

/** Area of the parts no estimator knows the leakage of. */
function areaWithoutFigure({ leakageUnknown, areaParts }: ErtComponent): number {
  const paths = new Set(leakageUnknown.map(({ path }) => path));
  return areaParts.reduce((sum, { path, areaM2 }) => (paths.has(path) ? sum + areaM2 : sum), 0);
}

/** W of a source at a `leakageVoltage` in V and a temperature in K. */
export function leakageW({ wattsPerVolt, curve }: LeakageSource, leakageV: number, temperatureK: number): number {
  return wattsPerVolt * leakageV * Math.exp(logarithmAt(curve, temperatureK));
}

/** Leakage of all sources over an interval; one object for a whole run. */
export interface LeakagePower {
  /** Mean `leakageVoltage` of each source over the interval, V; set before use. */
  readonly leakageV: Float64Array;
  /** Sums the sources into blocks, W. */
  intoBlocks(temperatureK: Float64Array, blockW: Float64Array): void;
  /** W of each source. */
  bySource(temperatureK: Float64Array, sourceW: Float64Array): void;
}

export function leakagePower(sources: readonly LeakageSource[]): LeakagePower {
  const leakageV = new Float64Array(sources.length);
  const block = Int32Array.from(sources, (source) => source.block);
  const wattsPerVolt = Float64Array.from(sources, (source) => source.wattsPerVolt);
  const curves = sources.map((source) => source.curve);
  const at = (s: number, temperatureK: Float64Array): number =>
    wattsPerVolt[s] * leakageV[s] * Math.exp(logarithmAt(curves[s], temperatureK[block[s]]));
  return {
    leakageV,
    intoBlocks(temperatureK, blockW) {
      blockW.fill(0);
      for (let s = 0; s < block.length; s++) blockW[block[s]] += at(s, temperatureK);
    },
    bySource(temperatureK, sourceW) {
      for (let s = 0; s < block.length; s++) sourceW[s] = at(s, temperatureK);
    },
  };
}
