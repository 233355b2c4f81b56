import { COUNTERS } from '../../base/counters.ts';
import { energyAt } from '../../energy/index.ts';
import type { Plant } from '../plant/plant.ts';
import type { Programs } from '../plant/programs.ts';
import { columnJ, idleJ } from './energy-at.ts';
import { load, type Saved, save } from './saved.ts';

const LEDGER_STATE = [
  ...['blockJ', 'offDieJ', 'dynamicJ', 'idleJ', 'leakageJ', 'backgroundJ', 'transitionJ'],
  ...['layerCounts', 'layerCycles', 'layerIdleJ', 'layerJ', 'layerLeakageJ', 'layerS', 'layerStallS'],
  ...['epochLayerS', 'touched', 'bySupply'],
];

/**
 * Books energy as it is spent: by block over an epoch, by component and by layer over the run. It uses the voltages in
 * force at that time.
 */
export class Ledger {
  private readonly plant: Plant;
  private readonly programs: Programs;
  /** Energy of the current epoch, J: dynamic and clock energy by block, then off the die. */
  readonly blockJ: Float64Array;
  offDieJ = 0;
  /** Energy of the run by component, J. */
  readonly dynamicJ: Float64Array;
  readonly idleJ: Float64Array;
  readonly leakageJ: Float64Array;
  readonly backgroundJ: Float64Array;
  transitionJ = 0;
  /** By layer: counters; stall-free cycles of each array; J by component. */
  readonly layerCounts: Float64Array;
  readonly layerCycles: readonly Float64Array[];
  readonly layerJ: Float64Array;
  /** The parts of `layerJ` that idle clocks and background power take, and leakage. */
  readonly layerIdleJ: Float64Array;
  readonly layerLeakageJ: Float64Array;
  readonly layerS: Float64Array;
  readonly layerStallS: Float64Array;
  /** Seconds of the current epoch spent in each layer, and the layers entered. */
  private readonly epochLayerS: Float64Array;
  private readonly touched: number[] = [];
  /** Activity under each combination of supplies: the counts of each array, then the cycles of each idle clock. */
  private readonly bySupply = new Map<number, Float64Array>();

  constructor(plant: Plant, programs: Programs) {
    const { components, blocks, idleClocks } = plant;
    const { arrays, schedules } = programs;
    this.plant = plant;
    this.programs = programs;
    const columns = (n: number): Float64Array => new Float64Array(n);
    this.blockJ = columns(blocks.length);
    this.dynamicJ = columns(components.length);
    this.idleJ = columns(components.length);
    this.leakageJ = columns(components.length);
    this.backgroundJ = columns(components.length);
    const layers = schedules.length;
    this.layerCounts = columns(layers * COUNTERS.length);
    this.layerCycles = arrays.map(() => columns(layers));
    this.layerJ = columns(layers * components.length);
    this.layerIdleJ = columns(layers * components.length);
    this.layerLeakageJ = columns(layers * components.length);
    this.layerS = columns(layers);
    this.layerStallS = columns(layers);
    this.epochLayerS = columns(layers);
    this.waitsAt = arrays.length * COUNTERS.length;
    this.supplyWidth = this.waitsAt + idleClocks.length;
  }

  private readonly supplyWidth: number;
  private readonly waitsAt: number;

  beginEpoch(): void {
    this.blockJ.fill(0);
    this.offDieJ = 0;
    for (const layer of this.touched) this.epochLayerS[layer] = 0;
    this.touched.length = 0;
  }

  /** Books the work of array `a`. `change` holds columns of its program; `layer` receives the energy and counts. */
  work(a: number, change: Float64Array, layer: number, voltageV: Float64Array, supply: number): void {
    const { components, componentDomain } = this.plant;
    const { energy, energyAt, cyclesAt } = this.programs.arrays[a];
    const { columns } = energy;
    const layerAt = layer * components.length;
    for (let k = 0, i = energyAt; k < columns.length; k++, i++) {
      if (change[i] === 0) continue;
      const { component, block } = columns[k];
      const energyJ = columnJ(columns[k], change[i], componentDomain, voltageV);
      if (block < 0) this.offDieJ += energyJ;
      else this.blockJ[block] += energyJ;
      this.dynamicJ[component] += energyJ;
      this.layerJ[layerAt + component] += energyJ;
    }
    this.layerCycles[a][layer] += change[cyclesAt];
    const sums = this.supplySums(supply);
    for (let i = 0; i < COUNTERS.length; i++) {
      this.layerCounts[layer * COUNTERS.length + i] += change[i];
      sums[a * COUNTERS.length + i] += change[i];
    }
  }

  /** Moves `share` of some columns from the layer `from`, to which they were booked, to the layer `to`. */
  rebook(a: number, columns: Float64Array, share: number, from: number, to: number, voltageV: Float64Array): void {
    const { components, componentDomain } = this.plant;
    const { energy, energyAt } = this.programs.arrays[a];
    const n = COUNTERS.length;
    for (let i = 0; i < n; i++) {
      this.layerCounts[from * n + i] -= share * columns[i];
      this.layerCounts[to * n + i] += share * columns[i];
    }
    for (let k = 0, i = energyAt; k < energy.columns.length; k++, i++) {
      if (columns[i] === 0) continue;
      const { component } = energy.columns[k];
      const energyJ = columnJ(energy.columns[k], share * columns[i], componentDomain, voltageV);
      this.layerJ[from * components.length + component] -= energyJ;
      this.layerJ[to * components.length + component] += energyJ;
    }
  }

  /** Books the clock energy of `cycles` cycles of idle clock w. `layer` is -1 if nothing runs. */
  wait(w: number, cycles: number, layer: number, voltageV: Float64Array, supply: number): void {
    const { idleClocks, waitingF, places, components } = this.plant;
    if (cycles === 0) return;
    const { components: waiting, domain: d } = idleClocks[w];
    for (const c of waiting) {
      const energyJ = idleJ(waitingF[c], cycles, voltageV[d]);
      const { blocks } = places[c];
      for (let i = 0; i < blocks.length; i++) this.blockJ[blocks[i]] += energyJ / blocks.length;
      this.idleJ[c] += energyJ;
      if (layer < 0) continue;
      this.layerJ[layer * components.length + c] += energyJ;
      this.layerIdleJ[layer * components.length + c] += energyJ;
    }
    this.supplySums(supply)[this.waitsAt + w] += cycles;
  }

  /** Books elapsed time and the background energy of DRAM in it. `layer` is -1 if nothing runs. */
  pass(durationS: number, stallS: number, layer: number): void {
    const { dramComponent, backgroundW, components } = this.plant;
    const energyJ = backgroundW * durationS;
    this.offDieJ += energyJ;
    this.backgroundJ[dramComponent] += energyJ;
    if (layer < 0) return;
    this.layerJ[layer * components.length + dramComponent] += energyJ;
    this.layerIdleJ[layer * components.length + dramComponent] += energyJ;
    this.layerS[layer] += durationS;
    this.layerStallS[layer] += stallS;
    if (this.epochLayerS[layer] === 0) this.touched.push(layer);
    this.epochLayerS[layer] += durationS;
  }

  transition(energyJ: number): void {
    this.offDieJ += energyJ;
    this.transitionJ += energyJ;
  }

  /** Books the mean leakage of a component over the ending epoch. */
  leak(component: number, powerW: number, durationS: number): void {
    this.leakageJ[component] += powerW * durationS;
    const n = this.plant.components.length;
    for (const layer of this.touched) {
      const energyJ = powerW * this.epochLayerS[layer];
      this.layerJ[layer * n + component] += energyJ;
      this.layerLeakageJ[layer * n + component] += energyJ;
    }
  }

  /**
   * Dynamic and clock energy of the run, recomputed as counts at each combination of supplies x E(V) instead of epoch
   * by epoch. It checks the booked energy and therefore shares no code with energy-at.ts. `combinations` holds the
   * voltages of the domains in each combination, V.
   */
  recounted(combinations: readonly ArrayLike<number>[]): number {
    const { design, components, componentDomain, idleClocks } = this.plant;
    const { bound, arrayOf } = design;
    const numbers = new Map(components.map((name, c) => [name, c]));
    const ofArray = this.programs.arrays.map((_, a) => {
      const isOurs = (array: number): boolean => array === a || array === -1;
      return bound.filter(({ component }) => isOurs(arrayOf[numbers.get(component)!]));
    });
    let sum = 0;
    for (const [supply, values] of this.bySupply) {
      const voltageOf = (d: number): number => (d < 0 ? 0 : combinations[supply][d]);
      const voltageOfComponent = (name: string): number => voltageOf(componentDomain[numbers.get(name)!]);
      ofArray.forEach((actions, a) => {
        const counts = values.subarray(a * COUNTERS.length, (a + 1) * COUNTERS.length);
        for (const energyJ of energyAt(actions, counts, voltageOfComponent).values()) sum += energyJ;
      });
      idleClocks.forEach(({ domain, farad }, w) => {
        sum += farad * values[this.waitsAt + w] * voltageOf(domain) ** 2;
      });
    }
    return sum;
  }

  save(): Saved {
    return save(this, LEDGER_STATE);
  }

  load(saved: Saved): void {
    load(this, saved);
  }

  /** The supplies at which each domain did something, V, lowest first. `combinations` as for `recounted`. */
  suppliesUsed(combinations: readonly ArrayLike<number>[]): readonly (readonly number[])[] {
    return this.plant.domains.map((_, d) => {
      const used = [...this.bySupply.keys()].map((supply) => combinations[supply][d]);
      return [...new Set(used)].sort((a, b) => a - b);
    });
  }

  /** Counts of the whole run. */
  counts(): Float64Array {
    const sum = new Float64Array(COUNTERS.length);
    for (const values of this.bySupply.values()) {
      for (let i = 0; i < this.waitsAt; i++) sum[i % COUNTERS.length] += values[i];
    }
    return sum;
  }

  private supplySums(supply: number): Float64Array {
    let sums = this.bySupply.get(supply);
    if (!sums) {
      sums = new Float64Array(this.supplyWidth);
      this.bySupply.set(supply, sums);
    }
    return sums;
  }
}
