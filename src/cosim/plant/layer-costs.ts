import type { DomainState, PolicyDomain } from '../../policy/index.ts';
import type { PreparedPlant } from '../run.ts';
import { type Cost, type LayerChange, LayerMeter, type Unneeded } from './layer-meter.ts';

/** Costs of layers at settings of the operating points, with the leakage of fixed block temperatures. */
export interface LayerCosts {
  readonly layers: number;
  /** Points of the domains, one setting after the other. */
  readonly settings: readonly Int32Array[];
  /** Time in s and energy in J of each layer at each setting: layers x settings. */
  readonly timeS: Float64Array;
  readonly energyJ: Float64Array;
  /** A change between two settings that begins with a layer. */
  change(layer: number, from: number, to: number): LayerChange;
  /** Power without work at a setting with the domains in these states, W. */
  idleW(setting: number, states: readonly DomainState[]): number;
  /** A change between two settings without work: its time, and the energy that it takes beyond resting at the second. */
  restingChange(from: number, to: number, states: readonly DomainState[]): Cost;
  /** Time in s and energy in J in which all domains wake at a setting. */
  wake(setting: number, states: readonly DomainState[]): { readonly wakeS: number; readonly wakeJ: number };
}

/** Every combination of points: a rail follows the domain that needs most. Null if there are more than `most`. */
export function settingsOf(domains: readonly PolicyDomain[], most: number): Int32Array[] | null {
  let settings: number[][] = [[]];
  for (const { points } of domains) {
    settings = settings.flatMap((setting) => points.map((_, point) => [...setting, point]));
    if (settings.length > most) return null;
  }
  return settings.map((setting) => Int32Array.from(setting));
}

/**
 * Costs of all layers at some settings. `temperatureK` holds the temperature of each block. The costs are those of the
 * loop: the same pipelines, voltages and transitions, an energy for every event and every waiting clock.
 */
export function layerCosts(
  prepared: PreparedPlant,
  settings: readonly Int32Array[],
  temperatureK: Float64Array,
  unneeded: Unneeded = 'on',
): LayerCosts {
  const { schedules } = prepared.programs;
  const meter = new LayerMeter(prepared, temperatureK, unneeded);
  const layers = schedules.length;
  const timeS = new Float64Array(layers * settings.length);
  const energyJ = new Float64Array(layers * settings.length);
  for (let layer = 0; layer < layers; layer++) {
    settings.forEach((setting, k) => {
      const cost = meter.layersFrom(layer, setting, setting);
      timeS[layer * settings.length + k] = cost.timeS;
      energyJ[layer * settings.length + k] = cost.energyJ;
    });
  }
  return {
    layers,
    settings,
    timeS,
    energyJ,
    change: (layer, from, to) => meter.layersFrom(layer, settings[from], settings[to]),
    idleW: (setting, states) => meter.idleW(settings[setting], states),
    restingChange: (from, to, states) => meter.restingChange(settings[from], settings[to], states),
    wake: (setting, states) => meter.wake(settings[setting], states),
  };
}
