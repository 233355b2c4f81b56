import type { ErtComponent, LeakageCurve } from '../../energy/index.ts';
import type { Place } from './placement.ts';

/**
 * Leakage of logic grows by this factor of e a kelvin, where no curve is known (ours; CACTI's 45 nm HP cells: 0.0146 at
 * 310 K, 0.010 at 390 K).
 */
const LOGIC_GROWTH_PER_K = 0.015;

/**
 * Leakage of logic without a figure, W/m2 at 300 K and 0.9 V: that of the 40 nm register of the Aladdin tables, 7e-5 mW
 * on 5.98 um2.
 */
const LOGIC_DENSITY = { wPerM2: 7e-8 / 5.98e-12, voltageV: 0.9, temperatureK: 300 };

/** ln P over T: straight between knots, and beyond them as between the last two. */
interface Curve {
  readonly temperatureK: Float64Array;
  readonly logarithm: Float64Array;
  readonly slope: Float64Array;
}

/** Leakage of one component in one block on one curve: P = wattsPerVolt x V x exp(curve(T)). */
export interface LeakageSource {
  readonly component: number;
  readonly block: number;
  /** W/V where the curve is 0. */
  readonly wattsPerVolt: number;
  readonly curve: Curve;
}

export interface LeakageSources {
  readonly sources: readonly LeakageSource[];
  /** What was assumed beyond the tables, as sentences. */
  readonly assumptions: readonly string[];
}

/**
 * Leakage of all components on the die. The tables give P at V0 and T0; current does not depend on the voltage, so that
 * P goes with V (the catalogue's k = 0, ours); T follows the cell's curve, relative to T0. `curvesOf` finds the curves of a
 * component's technology, `nameOf` what a component is called in assumptions.
 */
export function leakageSources(
  components: readonly ErtComponent[],
  places: readonly Place[],
  curvesOf: (component: ErtComponent) => ReadonlyMap<string, LeakageCurve>,
  nameOf: (component: number) => string = (component) => components[component].component.name,
): LeakageSources {
  const logic = exponential(LOGIC_GROWTH_PER_K);
  const known = new Map<LeakageCurve, Curve>();
  const sources: LeakageSource[] = [];
  const guessed = new Set<string>();
  components.forEach((entry, component) => {
    const { blocks } = places[component];
    if (blocks.length === 0) return;
    const watts = new Map<Curve, number>();
    const add = (curve: Curve, powerW: number, voltageV: number, temperatureK: number): void => {
      const perVolt = powerW / voltageV / Math.exp(logarithmAt(curve, temperatureK));
      watts.set(curve, (watts.get(curve) ?? 0) + perVolt);
    };
    for (const { powerW, voltageV, temperatureK, cell } of entry.leakageParts) {
      const table = cell === undefined ? undefined : curvesOf(entry).get(cell);
      const curve = table ? (known.get(table) ?? tabulated(table)) : logic;
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
  return { sources, assumptions: assumptionsOf([...guessed]) };
}

function assumptionsOf(guessed: readonly string[]): string[] {
  const growth = `leakage of logic grows exponentially, by ${LOGIC_GROWTH_PER_K} a kelvin; all leakage is proportional to the voltage`;
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

function exponential(perKelvin: number): Curve {
  return curveOf([300, 400], [0, 100 * perKelvin]);
}

function tabulated({ temperatureK, powerW }: LeakageCurve): Curve {
  return curveOf(temperatureK, powerW.map(Math.log));
}

function curveOf(temperatureK: readonly number[], logarithm: readonly number[]): Curve {
  const slope = temperatureK.slice(1).map((t, i) => (logarithm[i + 1] - logarithm[i]) / (t - temperatureK[i]));
  return {
    temperatureK: Float64Array.from(temperatureK),
    logarithm: Float64Array.from(logarithm),
    slope: Float64Array.from(slope),
  };
}

function logarithmAt({ temperatureK, logarithm, slope }: Curve, t: number): number {
  let i = slope.length - 1;
  while (i > 0 && t < temperatureK[i]) i--;
  return logarithm[i] + slope[i] * (t - temperatureK[i]);
}

/** W of a source at a supply in V and a temperature in K. */
export function leakageW({ wattsPerVolt, curve }: LeakageSource, voltageV: number, temperatureK: number): number {
  return wattsPerVolt * voltageV * Math.exp(logarithmAt(curve, temperatureK));
}

/** Leakage of all sources at time mean voltages; one object for a whole run. */
export interface LeakagePower {
  /** Mean voltage of each source over the interval, V; set before use. */
  readonly voltageV: Float64Array;
  /** Sums the sources into blocks, W. */
  intoBlocks(temperatureK: Float64Array, blockW: Float64Array): void;
  /** W of each source. */
  bySource(temperatureK: Float64Array, sourceW: Float64Array): void;
}

export function leakagePower(sources: readonly LeakageSource[]): LeakagePower {
  const voltageV = new Float64Array(sources.length);
  const block = Int32Array.from(sources, (source) => source.block);
  const wattsPerVolt = Float64Array.from(sources, (source) => source.wattsPerVolt);
  const curves = sources.map((source) => source.curve);
  const at = (s: number, temperatureK: Float64Array): number =>
    wattsPerVolt[s] * voltageV[s] * Math.exp(logarithmAt(curves[s], temperatureK[block[s]]));
  return {
    voltageV,
    intoBlocks(temperatureK, blockW) {
      blockW.fill(0);
      for (let s = 0; s < block.length; s++) blockW[block[s]] += at(s, temperatureK);
    },
    bySource(temperatureK, sourceW) {
      for (let s = 0; s < block.length; s++) sourceW[s] = at(s, temperatureK);
    },
  };
}
