import { leakageVoltage, leakageW } from '../../design/power/index.ts';
import type { IdleState, PolicyDomain } from '../../policy/index.ts';
import { columnJ, idleJ, voltagesAt } from '../loop/energy-at.ts';
import { ClocksAndRails, type DomainClock } from '../loop/rails.ts';
import { startingState } from '../pipelines/index.ts';
import type { PreparedPlant } from '../run.ts';
import { backgroundAt, idleShares, wakingOf } from '../states/idle-costs.ts';

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
  /** Power without work at a setting, W. */
  idleW(setting: number, idle: IdleState): number;
  /** Energy in J that a change between two settings without work takes beyond resting at the second. */
  restingChangeJ(from: number, to: number, idle: IdleState): number;
  /** Time in s and energy in J in which all domains wake from a state without work. */
  wake(idle: IdleState): { readonly wakeS: number; readonly wakeJ: number };
}

/** A change and the layers until it is over: it ends before layer `until` begins. */
export interface LayerChange {
  readonly until: number;
  readonly timeS: number;
  readonly energyJ: number;
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
): LayerCosts {
  const { schedules } = prepared.programs;
  const meter = new Meter(prepared, temperatureK);
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
    idleW: (setting, idle) => meter.idleW(settings[setting], idle),
    restingChangeJ: (from, to, idle) => meter.restingChangeJ(settings[from], settings[to], idle),
    wake: (idle) => wakingOf(prepared.plant, idle),
  };
}

/** Follows layers through a change of setting, and adds up their energy. */
class Meter {
  private readonly prepared: PreparedPlant;
  private readonly temperatureK: Float64Array;
  private readonly busyS: Float64Array;
  private readonly waitS: Float64Array;
  private readonly halted: Uint8Array;
  private readonly domainsOf: readonly (readonly number[])[];
  /** Columns of each array at its position, and at the one before. */
  private readonly now: Float64Array[];
  private readonly before: Float64Array[];
  private readonly voltageV: Float64Array;
  private readonly firstStep: Int32Array;

  constructor(prepared: PreparedPlant, temperatureK: Float64Array) {
    const { plant, programs } = prepared;
    const { domains, design } = plant;
    this.prepared = prepared;
    this.temperatureK = temperatureK;
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
      energyJ += this.segmentJ(clocks, timeS, durationS, state.positions);
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

  idleW(setting: ArrayLike<number>, idle: IdleState): number {
    const { plant } = this.prepared;
    const { clock, leakage } = idleShares(plant.domains, idle);
    this.voltageV.set(voltagesAt(plant.domains, setting));
    let powerW = backgroundAt(plant, setting, leakage) + this.leakW(leakage);
    for (const { domain: d, farad } of plant.idleClocks) {
      powerW += clock[d] * idleJ(farad, plant.domains[d].points[setting[d]].frequencyHz, this.voltageV[d]);
    }
    return powerW;
  }

  restingChangeJ(from: ArrayLike<number>, to: ArrayLike<number>, idle: IdleState): number {
    const { domains } = this.prepared.plant;
    const restW = this.idleW(to, idle);
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
      if (!Number.isFinite(nextS)) return energyJ;
      energyJ += this.restingW(clocks, timeS, idle) * (nextS - timeS) - restW * (nextS - timeS);
      timeS = nextS;
    }
  }

  /** Power without work while clocks change. */
  private restingW(clocks: readonly DomainClock[], timeS: number, idle: IdleState): number {
    const { plant } = this.prepared;
    const { clock, leakage } = idleShares(plant.domains, idle);
    const point = clocks.map((one) => one.clock);
    let powerW = backgroundAt(plant, point, leakage) + this.leakW(leakage);
    for (const { domain: d, farad } of plant.idleClocks) {
      if (!clocks[d].dead(timeS)) powerW += clock[d] * idleJ(farad, clocks[d].frequencyHz, this.voltageV[d]);
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
    return durationS;
  }

  /** Energy of a stretch of constant clocks and voltages. */
  private segmentJ(
    clocks: readonly DomainClock[],
    fromS: number,
    durationS: number,
    positions: readonly { readonly run: number; readonly done: number }[],
  ): number {
    const { plant, programs } = this.prepared;
    const { componentDomain, idleClocks } = plant;
    const point = clocks.map((one) => one.clock);
    let energyJ = (this.leakW() + backgroundAt(plant, point)) * durationS;
    programs.arrays.forEach(({ energy, energyAt, columnsAt }, a) => {
      [this.before[a], this.now[a]] = [this.now[a], this.before[a]];
      columnsAt(positions[a], this.now[a]);
      energy.columns.forEach((column, k) => {
        const change = this.now[a][energyAt + k] - this.before[a][energyAt + k];
        if (change !== 0) energyJ += columnJ(column, change, componentDomain, this.voltageV);
      });
    });
    for (const { array, domain, farad } of idleClocks) {
      if (clocks[domain].dead(fromS)) continue;
      const waitingS = Math.max(0, durationS - this.busyS[array * clocks.length + domain]);
      energyJ += idleJ(farad, waitingS * clocks[domain].frequencyHz, this.voltageV[domain]);
    }
    return energyJ;
  }

  /** Leakage, of which each domain keeps a share; all of it without shares. */
  private leakW(shares?: Float64Array): number {
    const { leakage, componentDomain, design } = this.prepared.plant;
    const { slopePerV } = design.leakage;
    const common = shares?.every((share, d) => share === shares[0] || d === design.spec.dramDomain) ? shares[0] : null;
    let powerW = 0;
    for (const source of leakage) {
      const d = componentDomain[source.component];
      const ofSource = leakageW(source, leakageVoltage(this.voltageV[d], slopePerV), this.temperatureK[source.block]);
      powerW += shares && common === null ? shares[d] * ofSource : ofSource;
    }
    return common === null ? powerW : common * powerW;
  }
}
