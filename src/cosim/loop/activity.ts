import { COUNTER_INDEX, COUNTERS } from '../../base/counters.ts';
import { actionCounts } from '../../energy/index.ts';
import type { ComponentUse } from '../../policy/index.ts';
import type { Plant } from '../plant/plant.ts';
import type { Programs } from '../plant/programs.ts';
import { load, type Saved, save } from './saved.ts';
import { DEAD, IDLE, SUMS, type Supplies } from './supplies.ts';

/** The activities of each array that keep components busy: its PEs, the ports of its scratchpads, its transfers with DRAM. */
const RESOURCES = ['array', 'ifmap', 'filter', 'ofmap', 'dram'] as const;
const ARRAY = 0;
const DRAM = 4;

/** The activity of components, for policies: summed over the current epoch, kept of the last one. */
export class Activity {
  private readonly plant: Plant;
  private readonly supplies: Supplies;
  /** Counts of all arrays. */
  private readonly counts = new Float64Array(COUNTERS.length);
  /** Seconds of use, arrays x resources. */
  private readonly busyS: Float64Array;
  /** The last epoch: counts, seconds of use, the share of it that each domain worked or stalled, and its length in s. */
  private readonly lastCounts = new Float64Array(COUNTERS.length);
  private readonly lastBusyS: Float64Array;
  private readonly lastWorks: Float64Array;
  private lastDurationS = 0;
  private readonly cyclesAt: number;
  /** By array: domains of its PEs and of the ports. */
  private readonly domainOf: readonly Int32Array[];
  /** By component. */
  private readonly resources: readonly number[];

  constructor(plant: Plant, programs: Programs, supplies: Supplies) {
    const { design, domains } = plant;
    this.plant = plant;
    this.supplies = supplies;
    this.cyclesAt = programs.arrays[0].cyclesAt;
    const index = (name: string): number => domains.findIndex((domain) => domain.name === name);
    this.domainOf = design.spec.arrays.map(({ array, ifmap, filter, ofmap }) =>
      Int32Array.of(index(array), index(ifmap), index(filter), index(ofmap)),
    );
    this.busyS = new Float64Array(design.spec.arrays.length * RESOURCES.length);
    this.lastBusyS = this.busyS.slice();
    this.lastWorks = new Float64Array(domains.length);
    this.resources = plant.components.map((name, c) => resourceOf(plant, name, plant.componentDomain[c]));
  }

  endEpoch(durationS: number): void {
    const { counts, busyS, lastWorks, supplies } = this;
    this.lastCounts.set(counts);
    this.lastBusyS.set(busyS);
    this.lastDurationS = durationS;
    for (let d = 0, at = 0; d < lastWorks.length; d++, at += SUMS) {
      lastWorks[d] = 1 - (supplies.sums[at + IDLE] + supplies.sums[at + DEAD]) / durationS;
    }
    counts.fill(0);
    busyS.fill(0);
  }

  /** Adds the work of array `a` at the clocks in force; `change` holds columns of its program. */
  add(a: number, change: Float64Array): void {
    const { counts, busyS, supplies, plant } = this;
    const { scratchpads, wordBits } = plant.design.spec;
    const { clocks } = supplies;
    const [array, ifmap, filter, ofmap] = this.domainOf[a];
    for (let i = 0; i < counts.length; i++) counts[i] += change[i];
    const at = a * RESOURCES.length;
    const { ifmap_sram_reads, filter_sram_read_bits, ofmap_sram_read_bits, ofmap_sram_write_bits } = COUNTER_INDEX;
    const ofmapBits = change[ofmap_sram_read_bits] + change[ofmap_sram_write_bits];
    busyS[at + ARRAY] += change[this.cyclesAt] / clocks[array].frequencyHz;
    busyS[at + 1] +=
      (change[ifmap_sram_reads] * wordBits.ifmap) / (scratchpads.ifmap.portBits * clocks[ifmap].frequencyHz);
    busyS[at + 2] += change[filter_sram_read_bits] / (scratchpads.filter.portBits * clocks[filter].frequencyHz);
    busyS[at + 3] += ofmapBits / (scratchpads.ofmap.portBits * clocks[ofmap].frequencyHz);
    busyS[at + DRAM] +=
      (change[COUNTER_INDEX.dram_read_bits] + change[COUNTER_INDEX.dram_write_bits]) / (8 * supplies.dram.bytesPerS);
  }

  save(): Saved {
    return save(this, ['lastCounts', 'lastBusyS', 'lastWorks', 'lastDurationS']);
  }

  load(saved: Saved): void {
    load(this, saved);
  }

  /** The activity of each component over the last epoch, by name. */
  use(): Record<string, ComponentUse> {
    const { plant, lastBusyS, lastDurationS, lastWorks } = this;
    const { design, components, componentDomain } = plant;
    const rates = new Map<string, number>();
    const perEpoch = lastDurationS > 0 ? 1 / lastDurationS : 0;
    actionCounts(design.bound, this.lastCounts).forEach((count, i) => {
      const { component } = design.bound[i];
      rates.set(component, (rates.get(component) ?? 0) + count * perEpoch);
    });
    // A component may have the name of a property that every object has.
    const use: Record<string, ComponentUse> = Object.create(null);
    components.forEach((name, c) => {
      const resource = this.resources[c];
      let seconds = 0;
      for (let a = 0; a < this.domainOf.length; a++) {
        if (design.arrayOf[c] !== a && design.arrayOf[c] !== -1) continue;
        const own = lastBusyS[a * RESOURCES.length + resource];
        // Arrays share the DRAM, so that their transfers add up; other shared components follow the busiest array.
        seconds = resource === DRAM ? seconds + own : Math.max(seconds, own);
      }
      const busy = Math.min(1, seconds * perEpoch);
      const works = lastWorks[componentDomain[c] < 0 ? this.domainOf[0][ARRAY] : componentDomain[c]];
      use[name] = { busy, stall: Math.max(0, works - busy), actionsPerS: rates.get(name) ?? 0 };
    });
    return use;
  }
}

/** The resource whose counters a component's actions follow: a component off the die follows DRAM. */
function resourceOf({ design }: Plant, component: string, domain: number): number {
  if (domain < 0) return DRAM;
  const weight = [0, 0, 0, 0];
  for (const { component: name, coefficients } of design.bound) {
    if (name !== component) continue;
    COUNTERS.forEach((counter, i) => {
      if (coefficients[i] === 0) return;
      const resource = RESOURCES.findIndex((of, r) => r > 0 && r < DRAM && counter.includes(`${of}_sram`));
      weight[Math.max(ARRAY, resource)] += Math.abs(coefficients[i]) * (counter.startsWith('dram_') ? 0 : 1);
    });
  }
  return weight.indexOf(Math.max(...weight));
}
