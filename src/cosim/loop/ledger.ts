import { COUNTERS } from '../../base/counters.ts';
import { energyAt } from '../../energy/index.ts';
import type { Plant } from '../plant/plant.ts';
import type { Programs } from '../plant/programs.ts';
import { columnJ, idleJ } from './energy-at.ts';
import { load, type Saved, save } from './saved.ts';

const LEDGER_STATE = [
  ...['blockJ', 'offDieJ', 'dynamicJ', 'idleJ', 'leakageJ', 'backgroundJ', 'changeJ', 'wakeJ'],
  ...['layerCounts', 'layerCycles', 'layerIdleJ', 'layerJ', 'layerLeakageJ', 'layerS', 'layerStallS'],
  ...['epochLayerS', 'touched', 'bySupply', 'backgroundS', 'pesWoken'],
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
  /** Energy of changes of operating point, and of wakings. */
  changeJ = 0;
  private wakeJ = 0;
  /** Number of PEs that woke. */
  private pesWoken = 0;
  /** Seconds at each background power of DRAM, W. */
  private readonly backgroundS = new Map<number, number>();
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
  pass(durationS: number, stallS: number, layer: number, backgroundW: number): void {
    const { dramComponent, components, design } = this.plant;
    const energyJ = backgroundW * durationS;
    if (design.spec.dramDomain >= 0) {
      this.backgroundS.set(backgroundW, (this.backgroundS.get(backgroundW) ?? 0) + durationS);
    }
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

  /** Energy of changes and wakings, J. */
  get transitionJ(): number {
    return this.changeJ + this.wakeJ;
  }

  transition(energyJ: number): void {
    this.offDieJ += energyJ;
    this.changeJ += energyJ;
  }

  /** Books the energy of waking domain d. It turns into heat where the domain leaks; that of DRAM does off the die. */
  wake(d: number, energyJ: number): void {
    this.wakeJ += energyJ;
    if (energyJ > 0) this.spread(energyJ, (group) => this.plant.leakageGroups.domain[group] === d);
  }

  /** Books the energy of `count` PEs of array a that wake. */
  wakePes(a: number, count: number): void {
    const { leakageGroups, design } = this.plant;
    const energyJ = count * design.spec.unusedPes!.wakeJ;
    this.pesWoken += count;
    this.wakeJ += energyJ;
    const first = design.spec.domains.length;
    if (energyJ > 0) this.spread(energyJ, (group) => leakageGroups.pes[group - first]?.array === a);
  }

  /** Spreads heat over blocks in proportion to the leakage of some groups. */
  private spread(energyJ: number, isOf: (group: number) => boolean): void {
    const { leakage, leakageGroups } = this.plant;
    const { ofSource } = leakageGroups;
    const all = leakage.reduce((sum, { wattsPerVolt }, s) => (isOf(ofSource[s]) ? sum + wattsPerVolt : sum), 0);
    if (all === 0) this.offDieJ += energyJ;
    else {
      leakage.forEach(({ block, wattsPerVolt }, s) => {
        if (isOf(ofSource[s])) this.blockJ[block] += (energyJ * wattsPerVolt) / all;
      });
    }
  }

  /** Energy of the background of DRAM, J, from the seconds at each power; null if it has one power only. */
  recountedBackground(): number | null {
    if (this.plant.design.spec.dramDomain < 0) return null;
    return [...this.backgroundS].reduce((sum, [powerW, seconds]) => sum + powerW * seconds, 0);
  }

  /** Energy of PEs that woke, J, from their number. */
  recountedPes(): number {
    return this.pesWoken * (this.plant.design.spec.unusedPes?.wakeJ ?? 0);
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
