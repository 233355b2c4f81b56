import type { DomainSpec } from '../../design/index.ts';
import { leakageVoltage, leakageW } from '../../design/power/index.ts';
import { costsOf, type DomainState, statesOf } from '../../policy/index.ts';
import { columnJ, idleJ, voltagesAt } from '../loop/energy-at.ts';
import { ClocksAndRails, type DomainClock } from '../loop/rails.ts';
import { startingState } from '../pipelines/index.ts';
import type { PreparedPlant } from '../run.ts';
import { backgroundAt, leastShare, wakingFrom } from '../states/idle-costs.ts';
import { poweredParts } from '../states/unused-pes.ts';

/**
 * `on`: everything has power while an inference runs. `asleep`: the PEs that a layer does not use are off, and so is a domain whose
 * arrays all wait for others. Waking these is free, so that no policy takes less.
 */
export type Unneeded = 'on' | 'asleep';

/** Time in s and energy in J. */
export interface Cost {
  readonly timeS: number;
  readonly energyJ: number;
}

/** A change and the layers until it is over: it ends before layer `until` begins. */
export interface LayerChange extends Cost {
  readonly until: number;
}

/** Follows layers through a change of setting, and adds up their energy. */
export class LayerMeter {
  private readonly prepared: PreparedPlant;
  /** Leakage of each group in W for a volt of `leakageVoltage`; leakage is proportional to it. */
  private readonly wPerVolt: Float64Array;
  /** By layer: the powered part of each group of PEs. Null if all have power. */
  private readonly powered: readonly Float64Array[] | null;
  /** By domain, while it waits for other arrays: what is left of its leakage and of the energy of its clock. */
  private readonly waiting: readonly { readonly leakage: number; readonly clock: number }[];
  /** By domain: the part of its leakage that is left. */
  private readonly part: Float64Array;
  private readonly busyS: Float64Array;
  private readonly waitS: Float64Array;
  private readonly halted: Uint8Array;
  private readonly domainsOf: readonly (readonly number[])[];
  /** Columns of each array at its position, and at the one before. */
  private readonly now: Float64Array[];
  private readonly before: Float64Array[];
  private readonly voltageV: Float64Array;
  private readonly firstStep: Int32Array;

  constructor(prepared: PreparedPlant, temperatureK: Float64Array, unneeded: Unneeded) {
    const { plant, programs } = prepared;
    const { domains, design, leakageGroups } = plant;
    this.prepared = prepared;
    this.wPerVolt = new Float64Array(leakageGroups.domain.length);
    plant.leakage.forEach((source, i) => {
      this.wPerVolt[leakageGroups.ofSource[i]] += leakageW(source, 1, temperatureK[source.block]);
    });
    const isAsleep = unneeded === 'asleep';
    this.powered = isAsleep ? poweredParts(plant, programs.usedPes, programs.schedules.length) : null;
    this.waiting = domains.map((domain) => (isAsleep ? leastOf(domain) : { leakage: 1, clock: 1 }));
    this.part = new Float64Array(domains.length);
    this.busyS = new Float64Array(programs.arrays.length * domains.length);
    this.waitS = new Float64Array(programs.arrays.length);
    this.halted = new Uint8Array(programs.arrays.length);
    this.domainsOf = design.spec.arrays.map((names) =>
      [...new Set(Object.values(names))].map((name) => domains.findIndex((domain) => domain.name === name)),
    );
    this.now = programs.arrays.map(({ width }) => new Float64Array(width));
    this.before = programs.arrays.map(({ width }) => new Float64Array(width));
    this.voltageV = new Float64Array(domains.length);
    this.firstStep = Int32Array.from(programs.schedules, (_, l) =>
      programs.steps.findIndex(({ layer }) => layer === l),
    );
  }

  /** The cost of layer `layer`, and of the next ones while the change from `from` to `to` lasts. */
  layersFrom(layer: number, from: ArrayLike<number>, to: ArrayLike<number>): LayerChange {
    const { programs, plant } = this.prepared;
    const { steps, arrays, pipelines } = programs;
    const rails = new ClocksAndRails(plant.domains, from);
    const { clocks } = rails;
    let energyJ = 0;
    clocks.forEach((_, d) => {
      if (from[d] !== to[d]) energyJ += rails.change(d, to[d], 0);
    });
    let step = this.firstStep[layer];
    if (step < 0) return { until: layer + 1, timeS: 0, energyJ };
    const state = startingState(arrays.length);
    if (step > 0) state.point = Int32Array.from(from);
    state.positions.forEach((position, a) => {
      position.run = arrays[a].firstRun[step];
      arrays[a].columnsAt(position, this.now[a]);
    });
    const point = new Int32Array(clocks.length);
    for (let timeS = 0; ; ) {
      let nextS = Number.POSITIVE_INFINITY;
      clocks.forEach((clock, d) => {
        clock.settle(timeS);
        point[d] = clock.clock;
        nextS = Math.min(nextS, clock.nextS(timeS));
      });
      this.voltageV.set(rails.voltages());
      const durationS = this.isHalted(clocks, timeS)
        ? this.wait(nextS - timeS)
        : pipelines.advance(point, step, state, nextS - timeS, this.halted, this.busyS, this.waitS);
      energyJ += this.segmentJ(clocks, steps[step].layer, timeS, durationS, state.positions);
      timeS += durationS;
      if (!state.positions.every(({ run }, a) => run >= arrays[a].firstRun[step + 1])) continue;
      step++;
      const isOver = step === steps.length || steps[step].layer !== steps[step - 1].layer;
      for (const clock of clocks) clock.settle(timeS);
      if (isOver && (step === steps.length || clocks.every(({ changing }) => !changing))) {
        return { until: step === steps.length ? programs.schedules.length : steps[step].layer, timeS, energyJ };
      }
    }
  }

  idleW(setting: ArrayLike<number>, states: readonly DomainState[]): number {
    const { domains } = this.prepared.plant;
    this.voltageV.set(voltagesAt(domains, setting));
    return this.withoutWorkW(setting, states, () => false);
  }

  /** All domains begin to wake at once. Until then the supply is up and the clock stands; it runs while others still wake. */
  wake(setting: ArrayLike<number>, states: readonly DomainState[]): { wakeS: number; wakeJ: number } {
    const { plant } = this.prepared;
    const { wakeS, wakeJ, ofDomainS } = wakingFrom(plant, states);
    const stoppedW = this.idleW(
      setting,
      states.map(() => 'clock-gated'),
    );
    let energyJ = wakeJ + wakeS * stoppedW;
    for (const { domain: d, farad } of plant.idleClocks) {
      const cycles = (wakeS - ofDomainS[d]) * plant.domains[d].points[setting[d]].frequencyHz;
      energyJ += idleJ(farad, cycles, this.voltageV[d]);
    }
    return { wakeS, wakeJ: energyJ };
  }

  restingChange(from: ArrayLike<number>, to: ArrayLike<number>, states: readonly DomainState[]): Cost {
    const { domains } = this.prepared.plant;
    const restW = this.idleW(to, states);
    const rails = new ClocksAndRails(domains, from);
    const { clocks } = rails;
    let energyJ = 0;
    clocks.forEach((_, d) => {
      if (from[d] !== to[d]) energyJ += rails.change(d, to[d], 0);
    });
    for (let timeS = 0; ; ) {
      let nextS = Number.POSITIVE_INFINITY;
      clocks.forEach((clock) => {
        clock.settle(timeS);
        nextS = Math.min(nextS, clock.nextS(timeS));
      });
      this.voltageV.set(rails.voltages());
      if (!Number.isFinite(nextS)) return { timeS, energyJ };
      const point = clocks.map((one) => one.clock);
      const powerW = this.withoutWorkW(point, states, (d) => clocks[d].dead(timeS));
      energyJ += (powerW - restW) * (nextS - timeS);
      timeS = nextS;
    }
  }

  /** Power without work at the present voltages, W. */
  private withoutWorkW(
    point: ArrayLike<number>,
    states: readonly DomainState[],
    isDead: (domain: number) => boolean,
  ): number {
    const { plant, programs } = this.prepared;
    const { domains } = plant;
    const costs = states.map((state, d) => costsOf(domains[d], state)!);
    for (let d = 0; d < costs.length; d++) this.part[d] = costs[d].leakage;
    let powerW = backgroundAt(plant, point, this.part) + this.leakW(programs.schedules.length - 1);
    for (const { domain: d, farad } of plant.idleClocks) {
      if (isDead(d)) continue;
      powerW += costs[d].clock * idleJ(farad, domains[d].points[point[d]].frequencyHz, this.voltageV[d]);
    }
    return powerW;
  }

  /** Marks the arrays that cannot work. Returns whether none can. */
  private isHalted(clocks: readonly DomainClock[], timeS: number): boolean {
    this.domainsOf.forEach((own, a) => {
      this.halted[a] = own.some((d) => clocks[d].dead(timeS)) ? 1 : 0;
    });
    return this.halted.every((isHalted) => isHalted === 1);
  }

  private wait(durationS: number): number {
    this.busyS.fill(0);
    this.waitS.fill(0);
    return durationS;
  }

  /** Energy of a stretch of constant clocks and voltages within a layer. */
  private segmentJ(
    clocks: readonly DomainClock[],
    layer: number,
    fromS: number,
    durationS: number,
    positions: readonly { readonly run: number; readonly done: number }[],
  ): number {
    const { plant, programs } = this.prepared;
    const { componentDomain, idleClocks } = plant;
    const point = clocks.map((one) => one.clock);
    const restS = clocks.map((clock, d) => (clock.dead(fromS) ? 0 : this.restSeconds(d)));
    this.part.fill(1);
    restS.forEach((seconds, d) => {
      if (seconds > 0) this.part[d] -= (seconds / durationS) * (1 - this.waiting[d].leakage);
    });
    let energyJ = (this.leakW(layer) + backgroundAt(plant, point)) * durationS;
    programs.arrays.forEach(({ energy, energyAt, columnsAt }, a) => {
      [this.before[a], this.now[a]] = [this.now[a], this.before[a]];
      columnsAt(positions[a], this.now[a]);
      energy.columns.forEach((column, k) => {
        const change = this.now[a][energyAt + k] - this.before[a][energyAt + k];
        if (change !== 0) energyJ += columnJ(column, change, componentDomain, this.voltageV);
      });
    });
    for (const { array, domain: d, farad } of idleClocks) {
      if (clocks[d].dead(fromS)) continue;
      const stoppedS = restS[d] * (1 - this.waiting[d].clock);
      const waitingS = Math.max(0, durationS - this.busyS[array * clocks.length + d] - stoppedS);
      energyJ += idleJ(farad, waitingS * clocks[d].frequencyHz, this.voltageV[d]);
    }
    return energyJ;
  }

  /** Seconds at the end of a stretch in which all arrays of a domain wait for others. */
  private restSeconds(d: number): number {
    const { arrayDomains } = this.prepared.plant;
    let least = Number.POSITIVE_INFINITY;
    arrayDomains.forEach((own, a) => {
      if (own.includes(d)) least = Math.min(least, this.waitS[a]);
    });
    return Number.isFinite(least) ? least : 0;
  }

  /** Leakage at the present voltages with the PEs of a layer, of which each domain keeps its `part`, W. */
  private leakW(layer: number): number {
    const { leakageGroups, design, domains } = this.prepared.plant;
    const { slopePerV } = design.leakage;
    const powered = this.powered?.[layer];
    let powerW = 0;
    for (let g = 0; g < this.wPerVolt.length; g++) {
      const d = leakageGroups.domain[g];
      const part = this.part[d];
      let left = part;
      if (powered && g >= domains.length) {
        const on = powered[g - domains.length];
        left = on * part + (1 - on) * Math.min(part, design.spec.unusedPes!.leakage);
      }
      powerW += left * this.wPerVolt[g] * leakageVoltage(this.voltageV[d], slopePerV);
    }
    return powerW;
  }
}

/** The least that any state of a domain leaves. */
function leastOf(domain: DomainSpec): { readonly leakage: number; readonly clock: number } {
  return {
    leakage: leastShare(domain),
    clock: Math.min(...statesOf(domain).map((state) => costsOf(domain, state)!.clock)),
  };
}
