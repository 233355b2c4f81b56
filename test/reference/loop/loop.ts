/**
 * The closed loop once more, from docs/methods alone: work, clocks and supplies go from event to event in plain order, and heat goes in
 * small even steps. It is slow and has no shortcuts. Stages, energies of actions and the thermal modes are inputs here, with references of their own.
 */

import type { Design } from '../../../src/design/index.ts';
import { type ArrayClocks, computeSeconds, stageTiming } from '../../../src/systolic/index.ts';
import type { ReducedModel } from '../../../src/thermal/index.ts';
import type { Layer } from '../../../src/workload/index.ts';
import { ReferenceClocks, railV } from './clocks.ts';
import { ReferenceHeat } from './heat.ts';
import { Queue } from './queue.ts';
import { type RefStage, tablesOf } from './tables.ts';

/** What a policy of the reference sees. Times in s, temperatures in K. */
export interface Seen {
  readonly timeS: number;
  readonly triggers: ReadonlySet<'epoch' | 'start' | 'layer'>;
  readonly points: readonly number[];
  readonly temperatureK: Float64Array;
  /** Null while nothing runs. */
  readonly releaseS: number | null;
  /** Seconds that are left of the inference if all domains stay at these points. */
  readonly leftS: (points: readonly number[]) => number;
}

/** Points of all domains; null for no wish. */
export type Policy = (seen: Seen) => readonly number[] | null;

export interface Case {
  readonly design: Design;
  readonly layers: readonly Layer[];
  readonly model: ReducedModel;
  readonly epochS: number;
  /** Null: back to back. */
  readonly periodS: number | null;
  readonly count: number;
  readonly durationS: number;
  readonly start: 'ambient' | 'steady' | 'self-consistent';
  readonly policy: () => Policy;
  readonly heatStepS: number;
}

export interface Outcome {
  readonly simulatedS: number;
  readonly energyJ: { total: number; dynamic: number; idle: number; leakage: number; dram: number; transition: number };
  readonly latencyS: readonly number[];
  readonly peakK: number;
  /** Of each block at the end of each whole epoch. */
  readonly temperatureAtEpochsK: readonly Float64Array[];
  readonly startK: Float64Array;
}

const PADS = ['ifmap', 'filter', 'ofmap'] as const;

export class ReferenceLoop {
  private readonly design: Design;
  private readonly stages: readonly (readonly RefStage[])[];
  private readonly tables: ReturnType<typeof tablesOf>;
  private readonly sourceDomains: readonly number[];
  private readonly tops: readonly number[];
  private readonly times = new Map<string, ReturnType<typeof stageTiming>>();

  private readonly what: Case;

  constructor(what: Case) {
    const { design, layers } = what;
    this.what = what;
    this.design = design;
    this.tables = tablesOf(design, layers);
    this.stages = this.tables.stages;
    const { spec, ert, leakage } = design;
    this.sourceDomains = leakage.sources.map(({ component }) => {
      const name = ert.components[component].component.name;
      return spec.domains.findIndex((domain) => domain.name === spec.bindings[name].domain);
    });
    this.tops = spec.domains.map(({ points }) => points.length - 1);
  }

  run(): Outcome {
    const { start } = this.what;
    const none = new Float64Array(this.what.model.blocks);
    if (start === 'ambient') return this.pass(null).outcome;
    const volts = Float64Array.from(this.design.spec.domains, (_, d) =>
      this.leakageVolts(railV(this.design.spec.domains, this.tops, d)),
    );
    if (start === 'steady') return this.pass({ powerW: this.fullPower(none), volts }).outcome;
    let from = { powerW: this.fullPower(none), volts };
    for (let i = 0; i < 60; i++) {
      const { outcome, mean } = this.pass(from);
      const end = this.heat();
      end.setSteady(mean.powerW, mean.volts);
      const off = Math.max(...end.temperatureK.map((t, u) => Math.abs(t - outcome.startK[u])));
      if (off < 0.005) return outcome;
      // A step of 0.7 damps policies that answer warmth with slowness.
      from = {
        powerW: mean.powerW.map((w, u) => from.powerW[u] + 0.7 * (w - from.powerW[u])),
        volts: mean.volts.map((v, d) => from.volts[d] + 0.7 * (v - from.volts[d])),
      };
    }
    throw new Error('the start of the reference does not converge');
  }

  private heat(): ReferenceHeat {
    const { model, heatStepS } = this.what;
    return new ReferenceHeat(model, this.design.leakage.sources, this.sourceDomains, heatStepS);
  }

  private leakageVolts(v: number): number {
    return v * Math.exp(this.design.leakage.slopePerV * (v - 1));
  }

  private clocksAt(points: readonly number[], array: number): ArrayClocks {
    const { domains, scratchpads, dram } = this.design.spec;
    const own = this.tables.clocks[array];
    const hz = (d: number): number => domains[d].points[points[d]].frequencyHz;
    return {
      arrayHz: hz(own.array),
      scratchpadHz: { ifmap: hz(own.ifmap), filter: hz(own.filter), ofmap: hz(own.ofmap) },
      portBits: {
        ifmap: scratchpads.ifmap.portBits,
        filter: scratchpads.filter.portBits,
        ofmap: scratchpads.ofmap.portBits,
      },
      dramBytesPerS: dram.bytesPerS,
      dramLatencyS: dram.latencyS,
    };
  }

  /** The stages of an array that has the DRAM to itself, at clocks that do not change. */
  private alone(points: readonly number[], array: number): ReturnType<typeof stageTiming> {
    const key = `${array}:${points.join()}`;
    const known = this.times.get(key);
    if (known) return known;
    const sources = this.stages[array].map(({ source }) => source);
    const each = stageTiming(sources, this.clocksAt(points, array));
    this.times.set(key, each);
    return each;
  }

  /** Seconds of an inference from a place on, at points held. */
  private leftS(points: readonly number[], position: readonly number[], done: readonly number[], queue: Queue): number {
    if (this.stages.length > 1) throw new Error('the reference does not plan for several arrays');
    const [{ length }] = this.stages;
    let s = 0;
    let now = queue.changed(points, position[0], done[0]);
    for (let r = position[0]; r < length; r++) {
      s += (r === position[0] ? 1 - done[0] : 1) * now.runS(r);
      now = now.after(r);
    }
    return s;
  }

  /** An inference that has not begun. */
  private emptyQueue(): Queue {
    const sources = this.stages[0].map(({ source }) => source);
    return new Queue(sources, (points) => ({ point: this.clocksAt(points, 0), ...this.alone(points, 0) }));
  }

  /** Energy of an inference at points held, net of idling for as long. Leakage and background power take the same in both. */
  netEnergyJ(points: readonly number[]): number {
    const volts = this.design.spec.domains.map((_, d) => railV(this.design.spec.domains, points, d));
    const clocks = this.clocksAt(points, 0);
    let j = 0;
    this.stages[0].forEach(({ source, sinks }) => {
      for (const { domain, farads, joules } of sinks) j += joules + farads * (domain < 0 ? 0 : volts[domain] ** 2);
      for (const { domain, farads } of this.tables.waiting[0]) {
        j -= source.count * this.busyS(source, 0, clocks) * clocks.arrayHz * farads * volts[domain] ** 2;
      }
    });
    return j;
  }

  /** Seconds of one stage in which the domain of the array is busy: the array computes, or a port of the same domain moves words. */
  private busyS({ cycles, portBits }: RefStage['source'], array: number, clocks: ArrayClocks): number {
    const own = this.tables.clocks[array];
    const ports = PADS.filter((pad) => own[pad] === own.array);
    return Math.max(
      cycles / clocks.arrayHz,
      ...ports.map((pad) => portBits[pad] / (clocks.portBits[pad] * clocks.scratchpadHz[pad])),
    );
  }

  /** Power of inferences back to back at the fastest points, without leakage. */
  private fullPower(blockW: Float64Array): Float64Array {
    const once = new ReferenceLoop({
      ...this.what,
      start: 'ambient',
      periodS: null,
      count: 1,
      durationS: Number.POSITIVE_INFINITY,
      policy: () => () => this.tops,
    }).pass(null);
    return blockW.map((_, u) => once.mean.powerW[u]);
  }

  pass(from: { readonly powerW: Float64Array; readonly volts: Float64Array } | null) {
    const { what, stages, tables, design } = this;
    const { spec } = design;
    const { epochS, periodS, count, durationS, heatStepS, model } = what;
    const arrays = stages.length;
    const heat = this.heat();
    if (from) heat.setSteady(from.powerW, from.volts);
    const startK = Float64Array.from(heat.temperatureK);
    const policy = what.policy();

    const energyJ = { total: 0, dynamic: 0, idle: 0, leakage: 0, dram: 0, transition: 0 };
    const blockJ = new Float64Array(model.blocks);
    const voltS = new Float64Array(spec.domains.length);
    const sumW = new Float64Array(model.blocks);
    const sumV = new Float64Array(spec.domains.length);
    const latencyS: number[] = [];
    const temperatureAtEpochsK: Float64Array[] = [];
    let peakK = Math.max(...heat.temperatureK);

    const clocks = new ReferenceClocks(spec.domains);
    // ---- work
    let now = 0;
    let released = 0;
    let releaseS: number | null = null;
    let layer = -1;
    const position = stages.map(() => 0);
    const done = stages.map(() => 0);
    let queue = this.emptyQueue();
    const segmentOf = (a: number): number => stages[a][position[a]]?.segment ?? Number.POSITIVE_INFINITY;

    const isHalted = (a: number): boolean => {
      const own = tables.clocks[a];
      return clocks.dead[own.array] || PADS.some((pad) => clocks.dead[own[pad]]);
    };

    /** Seconds that the stage of each array takes now; infinite where it does nothing. */
    const stageS = (): number[] => {
      const segment = Math.min(...stages.map((_, a) => segmentOf(a)));
      const works = stages.map(
        (_, a) => releaseS !== null && segmentOf(a) === segment && position[a] < stages[a].length && !isHalted(a),
      );
      if (arrays === 1) {
        if (works[0]) queue = queue.changed(clocks.running, position[0], done[0]);
        return [works[0] ? queue.runS(position[0]) : Number.POSITIVE_INFINITY];
      }
      const at = stages.map((own, a) => {
        if (!works[a]) return null;
        const { source } = own[position[a]];
        const latencyS = source.bytesIn > 0 ? spec.dram.latencyS : 0;
        const bytes = source.bytesIn + source.bytesOut;
        const t = computeSeconds(source, this.clocksAt(clocks.running, a));
        return {
          count: source.count,
          latencyS,
          bytes,
          t,
          wants: bytes === 0 ? 0 : t > latencyS ? bytes / (t - latencyS) : Number.POSITIVE_INFINITY,
        };
      });
      const share = fairShares(
        at.map((one) => one?.wants ?? 0),
        spec.dram.bytesPerS,
      );
      return at.map((one, a) => {
        if (!one) return Number.POSITIVE_INFINITY;
        const moves = one.bytes === 0 ? 0 : one.bytes / share[a] + one.latencyS;
        return one.count * Math.max(one.t, moves);
      });
    };

    const decide = (triggers: Set<'epoch' | 'start' | 'layer'>): void => {
      const wish = policy({
        timeS: now,
        triggers,
        points: clocks.decided ?? this.tops,
        temperatureK: heat.temperatureK,
        releaseS,
        leftS: (at) => this.leftS(at, position, done, queue),
      });
      if (wish) clocks.ask(wish, now);
    };

    /** Books energy and time of an interval in which nothing changes. */
    const book = (dt: number, takes: readonly number[]): void => {
      const add = (block: number, joules: number): void => {
        if (block >= 0) blockJ[block] += joules;
      };
      for (let a = 0; a < arrays; a++) {
        const own = tables.clocks[a];
        let busy = 0;
        if (Number.isFinite(takes[a])) {
          const stage = stages[a][position[a]];
          const share = dt / takes[a];
          for (const { block, domain, farads, joules } of stage.sinks) {
            const j = share * (joules + farads * (domain < 0 ? 0 : clocks.volts[domain] ** 2));
            add(block, j);
            if (block < 0) energyJ.dram += j;
            else energyJ.dynamic += j;
          }
          done[a] += share;
          busy = (this.busyS(stage.source, a, this.clocksAt(clocks.running, a)) * stage.source.count) / takes[a];
        }
        if (clocks.dead[own.array]) continue;
        const hz = spec.domains[own.array].points[clocks.running[own.array]].frequencyHz;
        for (const { block, domain, farads } of tables.waiting[a]) {
          const j = dt * (1 - busy) * hz * farads * clocks.volts[domain] ** 2;
          add(block, j);
          energyJ.idle += j;
        }
      }
      energyJ.dram += dt * spec.dram.backgroundW;
      addTo(
        voltS,
        clocks.volts.map((v) => this.leakageVolts(v)),
        dt,
      );
    };

    // ---- time
    let heatSteps = 0;
    let epochs = 0;
    let begins = true;
    for (;;) {
      const triggers = new Set<'epoch' | 'start' | 'layer'>();
      if (now >= durationS || (latencyS.length === count && releaseS === null)) break;
      if (begins) triggers.add('epoch');
      begins = false;
      // Inferences begin as soon as they are released and the one before has ended.
      const nextS = periodS === null ? now : released * periodS;
      if (releaseS === null && released < count && nextS <= now) {
        releaseS = nextS;
        released++;
        position.fill(0);
        done.fill(0);
        queue = this.emptyQueue();
        triggers.add('start');
        layer = -1;
      }
      if (releaseS !== null) {
        const at = Math.min(...stages.map((own, a) => own[position[a]]?.layer ?? Number.POSITIVE_INFINITY));
        if (at !== layer) triggers.add('layer');
        layer = at;
      }
      if (triggers.size > 0) decide(triggers);

      const takes = stageS();
      const ends = takes.map((s, a) => (Number.isFinite(s) ? now + (1 - done[a]) * s : Number.POSITIVE_INFINITY));
      const heatS = (heatSteps + 1) * heatStepS;
      const release =
        releaseS === null && released < count && periodS !== null ? released * periodS : Number.POSITIVE_INFINITY;
      const next = Math.min(heatS, release, durationS, clocks.nextS, ...ends);
      book(Math.max(0, next - now), takes);
      now = next;

      ends.forEach((end, a) => {
        if (end > next) return;
        if (arrays === 1) queue = queue.after(position[a]);
        position[a]++;
        done[a] = 0;
      });
      if (releaseS !== null && stages.every((own, a) => position[a] === own.length)) {
        latencyS.push(now - releaseS);
        releaseS = null;
      }
      clocks.advance(now);
      const isOver = now >= durationS || (latencyS.length === count && releaseS === null);
      if (now < heatS && !isOver) continue;
      // The last step may be shorter than the others; its energy enters as if it were whole, which is a matter of one step.
      const length = isOver && now < heatS ? now - heatSteps * heatStepS : heatStepS;
      if (length > 0) {
        const powerW = blockJ.map((j) => j / length);
        const meanV = voltS.map((v) => v / length);
        const leakW = heat.step(powerW, meanV);
        energyJ.leakage += leakW.reduce((all, w) => all + w, 0) * length;
        addTo(sumW, powerW, length);
        addTo(sumV, meanV, length);
        peakK = Math.max(peakK, ...heat.temperatureK);
        blockJ.fill(0);
        voltS.fill(0);
      }
      heatSteps++;
      if (!isOver && heatSteps === Math.round(((epochs + 1) * epochS) / heatStepS)) {
        epochs++;
        begins = true;
        temperatureAtEpochsK.push(Float64Array.from(heat.temperatureK));
      }
    }
    energyJ.transition = clocks.transitionJ;
    energyJ.total = energyJ.dynamic + energyJ.idle + energyJ.leakage + energyJ.dram + energyJ.transition;
    const outcome: Outcome = {
      simulatedS: now,
      energyJ,
      latencyS,
      peakK,
      temperatureAtEpochsK,
      startK,
    };
    return { outcome, mean: { powerW: sumW.map((w) => w / now), volts: sumV.map((v) => v / now) } };
  }
}

function addTo(sum: Float64Array, values: Float64Array, factor: number): void {
  for (let i = 0; i < sum.length; i++) sum[i] += factor * values[i];
}

/** Max-min fair shares of `capacity`, one round at a time. */
function fairShares(wants: readonly number[], capacity: number): number[] {
  const share = wants.map(() => 0);
  let open = wants.map((_, i) => i).filter((i) => wants[i] > 0);
  let left = capacity;
  while (open.length > 0) {
    const equal = left / open.length;
    const content = open.filter((i) => wants[i] <= equal);
    if (content.length === 0) {
      for (const i of open) share[i] = equal;
      return share;
    }
    for (const i of content) {
      share[i] = wants[i];
      left -= wants[i];
    }
    open = open.filter((i) => !content.includes(i));
  }
  return share;
}
