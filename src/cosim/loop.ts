import type { Observation, RunningInference, Trigger } from '../policy/index.ts';
import { type LeakagePower, leakagePower } from '../power/index.ts';
import { type LeakyStepper, leakyStepper, type ModalTransient, modalTransient } from '../thermal/index.ts';
import { Ledger } from './ledger.ts';
import { advance, busySeconds, type Position, secondsAt } from './program.ts';
import { checkRails, DomainClock } from './rails.ts';
import { Recorder } from './recorder.ts';
import type { RunEvent } from './result.ts';
import { GATED_RESIDUE, type Setup } from './setup.ts';

export interface LoopOptions {
  /** Block powers whose steady state is the start, W; null for ambient. */
  readonly startW: Float64Array | null;
  /** Stop after this time although there is more to do. */
  readonly mostS?: number;
  /** Told the simulated time now and then. */
  readonly onProgress?: ((timeS: number) => void) | undefined;
}

/** What came out of a pass through the loop. */
export interface LoopResult {
  readonly ledger: Ledger;
  readonly recorder: Recorder;
  readonly events: readonly RunEvent[];
  readonly simulatedS: number;
  readonly transitions: number;
  readonly releaseS: readonly number[];
  readonly startS: readonly number[];
  /** NaN for one that is not done. */
  readonly endS: readonly number[];
  readonly completed: number;
  /** Columns of the program for the unfinished inference, if there is one. */
  readonly position: Position | null;
  /** Mean power of each block over the run, W, and the leakage in it. */
  readonly meanW: Float64Array;
  readonly meanLeakageW: Float64Array;
  /** Mean voltage of each domain as far as leakage goes: less while it is gated. */
  readonly meanLeakingV: Float64Array;
  readonly thermal: LoopThermal | null;
}

export interface LoopThermal {
  readonly startK: Float64Array;
  readonly peakK: number;
  readonly peakBlock: number;
  readonly peakTimeS: number;
  readonly peakState: Float64Array;
  readonly endState: Float64Array;
  readonly timeOverLimitS: number;
  readonly heatInJ: number;
  readonly heatOutJ: number;
  readonly heatStoredJ: number;
}

/** Runs the loop from time 0 to the end of the experiment. Errors: those of policies' decisions and of the thermal model. */
export function runLoop(setup: Setup, options: LoopOptions): LoopResult {
  return new Loop(setup, options).run();
}

/** Releases nearer to a tick than this part of an epoch fall on it. */
const SAME_TIME = 1e-9;

const ALL_IDLE = { busy: 0, stall: 0, idle: 1, dead: 0 };

class Loop {
  private readonly setup: Setup;
  private readonly options: LoopOptions;
  private readonly ledger: Ledger;
  private readonly recorder: Recorder;
  private readonly events: RunEvent[] = [];
  private timeS = 0;

  // Inferences.
  private readonly releaseS: number[] = [];
  private readonly startS: number[] = [];
  private readonly endS: number[] = [];
  private running = false;
  private layer = 0;
  private readonly position: Position = { run: 0, done: 0 };

  // Clocks and supplies; the columns at the position, and room for those a step later.
  private readonly clocks: DomainClock[];
  private readonly clockPoint: Int32Array;
  private readonly voltageV: Float64Array;
  private supply = 0;
  private idle: 'clocked' | 'retain' | 'gated' = 'clocked';
  private transitions = 0;
  private at: Float64Array;
  private after: Float64Array;
  private readonly change: Float64Array;

  // The current epoch's time integrals, six a domain: frequency, voltage, busy, stall, idle, dead; and of leaking voltage.
  private readonly sums: Float64Array;
  private readonly leakingVs: Float64Array;

  // Policies.
  private policyState: readonly unknown[];
  private conflict = '';
  private shares: Observation['shares'];
  private sensedK: Float64Array;
  private readonly lastW: Float64Array;

  // Heat.
  private readonly leakage: LeakagePower;
  private readonly solver: ModalTransient | null;
  private readonly stepper: LeakyStepper | null;
  private readonly temperatureK: Float64Array;
  private readonly sourceW: Float64Array;
  private readonly blockLeakW: Float64Array;
  private readonly endLeakW: Float64Array;
  private readonly meanLeakingVs: Float64Array;
  private readonly meanJ: Float64Array;
  private readonly meanLeakageJ: Float64Array;
  private readonly startK: Float64Array;
  private readonly startHeatJ: number;
  private heatInJ = 0;
  private heatOutJ = 0;
  private peakK = 0;
  private peakBlock = 0;
  private peakTimeS = 0;
  private readonly peakState: Float64Array;
  private overLimitS = 0;
  private readonly row: Float64Array;

  constructor(setup: Setup, options: LoopOptions) {
    const { domains, blocks, program, model, stack } = setup;
    this.setup = setup;
    this.options = options;
    this.ledger = new Ledger(setup);
    this.recorder = new Recorder(domains.length, blocks.length, model !== null);
    this.clocks = domains.map((spec) => new DomainClock(spec, spec.nominal));
    this.clockPoint = new Int32Array(domains.length);
    this.voltageV = new Float64Array(domains.length);
    this.at = new Float64Array(program.width);
    this.after = new Float64Array(program.width);
    this.change = new Float64Array(program.width);
    this.sums = new Float64Array(6 * domains.length);
    this.leakingVs = new Float64Array(domains.length);
    this.policyState = stack.initial;
    this.shares = Object.fromEntries(domains.map(({ name }) => [name, ALL_IDLE]));
    this.lastW = new Float64Array(blocks.length);
    this.leakage = leakagePower(setup.leakage);
    this.sourceW = new Float64Array(setup.leakage.length);
    this.blockLeakW = new Float64Array(blocks.length);
    this.endLeakW = new Float64Array(blocks.length);
    this.meanLeakingVs = new Float64Array(domains.length);
    this.meanJ = new Float64Array(blocks.length);
    this.meanLeakageJ = new Float64Array(blocks.length);
    this.solver = model && modalTransient(model);
    if (this.solver && options.startW) this.solver.setSteady(options.startW);
    this.stepper =
      this.solver &&
      leakyStepper(this.solver, (temperatureK, powerW) => this.leakage.intoBlocks(temperatureK, powerW), {
        names: blocks,
      });
    const { dieTemperatureK } = setup.experiment.design.spec;
    this.temperatureK = this.solver?.temperatureK ?? new Float64Array(blocks.length).fill(dieTemperatureK);
    this.startK = this.temperatureK.slice();
    this.sensedK = this.solver ? this.temperatureK.slice() : new Float64Array(0);
    this.startHeatJ = this.solver?.storedHeatJ() ?? 0;
    this.peakState = this.solver?.state.slice() ?? new Float64Array(0);
    this.notePeak();
    this.row = new Float64Array(this.recorder.width);
  }

  run(): LoopResult {
    const { epochS, releases } = this.setup;
    const endS = Math.min(releases.endS, this.options.mostS ?? Number.POSITIVE_INFINITY);
    if (Number.isFinite(releases.endS)) this.recorder.checkLength(releases.endS / epochS);
    for (let epoch = 0; ; epoch++) {
      const fromS = epoch * epochS;
      if (fromS >= endS * (1 - 1e-12)) break;
      const done = this.epoch(fromS, Math.min((epoch + 1) * epochS, endS));
      if (this.timeS > fromS) this.endEpoch(fromS, this.timeS - fromS);
      if (done) break;
      if (epoch % 256 === 0) this.options.onProgress?.(this.timeS);
    }
    return this.result();
  }

  /** Works through one epoch; true if there is nothing left to do, at `timeS`. */
  private epoch(fromS: number, toS: number): boolean {
    this.timeS = fromS;
    this.ledger.beginEpoch();
    this.sums.fill(0);
    this.leakingVs.fill(0);
    let trigger: Trigger | null = 'epoch';
    for (;;) {
      this.settleClocks();
      if (this.timeS >= toS) return false;
      if (!this.running && this.start() && trigger !== 'epoch') trigger = 'start';
      if (trigger) this.decide(trigger);
      if (this.finished()) return true;
      trigger = this.segment(toS);
    }
  }

  /** Starts the next inference if it is released. */
  private start(): boolean {
    const { releases, epochS } = this.setup;
    const index = this.startS.length;
    const releaseS = releases.releaseS(index, this.endS[index - 1] ?? 0);
    if (releaseS > this.timeS + SAME_TIME * epochS) return false;
    this.releaseS.push(Math.min(releaseS, this.timeS));
    this.startS.push(this.timeS);
    this.running = true;
    this.layer = 0;
    this.position.run = 0;
    this.position.done = 0;
    this.at.fill(0);
    return true;
  }

  private nextReleaseS(): number {
    const index = this.startS.length;
    return this.setup.releases.releaseS(index, this.endS[index - 1] ?? 0);
  }

  /** Nothing runs, nothing comes, and the window is over. */
  private finished(): boolean {
    if (this.running || Number.isFinite(this.nextReleaseS())) return false;
    return this.timeS >= this.setup.releases.leastEndS * (1 - 1e-12);
  }

  private settleClocks(): void {
    const { clocks, clockPoint, voltageV, setup } = this;
    for (let d = 0; d < clocks.length; d++) {
      clocks[d].settle(this.timeS);
      clockPoint[d] = clocks[d].supply;
      voltageV[d] = clocks[d].voltageV;
    }
    this.supply = setup.combination(clockPoint);
    for (let d = 0; d < clocks.length; d++) clockPoint[d] = clocks[d].clock;
  }

  /** Lets time pass up to the next thing that happens, at most to `toS`. Returns what to ask the policies about. */
  private segment(toS: number): Trigger | null {
    let nextS = toS;
    let dead = false;
    for (const clock of this.clocks) {
      nextS = Math.min(nextS, clock.nextS(this.timeS));
      dead ||= clock.dead(this.timeS);
    }
    if (!this.running) {
      const { leastEndS } = this.setup.releases;
      nextS = Math.min(nextS, this.nextReleaseS());
      if (leastEndS > this.timeS) nextS = Math.min(nextS, leastEndS);
      this.wait(nextS, -1);
      return null;
    }
    if (dead) {
      this.wait(nextS, this.layer);
      return null;
    }
    return this.work(nextS);
  }

  /** Time in which nothing computes: idle, or in a layer while some clock stands still. */
  private wait(untilS: number, layer: number): void {
    const durationS = untilS - this.timeS;
    const running = layer >= 0;
    const clocked = running || this.idle === 'clocked';
    for (let d = 0; d < this.clocks.length; d++) {
      const dead = this.clocks[d].dead(this.timeS);
      const hz = this.clocks[d].frequencyHz;
      if (!dead && clocked) this.ledger.wait(d, hz * durationS, layer, this.voltageV, this.supply);
      this.tally(d, durationS, dead ? DEAD : running ? STALL : IDLE, durationS);
      this.leakingVs[d] += durationS * this.voltageV[d] * (!running && this.idle === 'gated' ? GATED_RESIDUE : 1);
    }
    this.ledger.pass(durationS, durationS, layer);
    this.timeS = untilS;
  }

  /** Work on the current layer, to its end at most. */
  private work(untilS: number): Trigger | null {
    const { setup, position, clocks } = this;
    const { program } = setup;
    const timing = setup.timing(this.clockPoint);
    const lastRun = program.firstRun[this.layer + 1] - 1;
    const { run: fromRun, done: fromDone } = position;
    const leftS = timing.beforeS[lastRun + 1] - secondsAt(timing, position);
    const ends = leftS <= untilS - this.timeS;
    const durationS = ends ? Math.max(0, leftS) : untilS - this.timeS;
    const { layer } = this;
    const busyFrom = clocks.map((_, d) => busySeconds(timing, d, position));
    if (ends) {
      position.run = lastRun + 1;
      position.done = 0;
    } else advance(timing, position, durationS, program, lastRun);
    program.columnsAt(position, this.after);
    for (let i = 0; i < this.change.length; i++) this.change[i] = this.after[i] - this.at[i];
    [this.at, this.after] = [this.after, this.at];
    this.ledger.work(this.change, layer, this.voltageV, this.supply);
    this.rebookForeign(layer, fromRun, fromDone);
    let stallS = durationS;
    for (let d = 0; d < clocks.length; d++) {
      const busyS = Math.min(durationS, Math.max(0, busySeconds(timing, d, position) - busyFrom[d]));
      const hz = clocks[d].frequencyHz;
      this.tally(d, durationS, BUSY, busyS);
      this.sums[6 * d + STALL] += durationS - busyS;
      this.leakingVs[d] += durationS * this.voltageV[d];
      this.ledger.wait(d, (durationS - busyS) * hz, layer, this.voltageV, this.supply);
    }
    stallS -= this.change[program.cyclesAt] / this.arrayHz();
    this.ledger.pass(durationS, Math.max(0, stallS), layer);
    this.timeS = ends ? this.timeS + durationS : untilS;
    return ends ? this.endLayer() : null;
  }

  private arrayHz(): number {
    const { domains, experiment } = this.setup;
    const d = domains.findIndex(({ name }) => name === experiment.design.spec.array.domain);
    return this.clocks[d].frequencyHz;
  }

  /** What moved for the layers before and after belongs to them. */
  private rebookForeign(layer: number, fromRun: number, fromDone: number): void {
    const { run, done } = this.position;
    for (const { run: r, layer: other, columns } of this.setup.program.foreign[layer]) {
      const until = run > r ? 1 : run === r ? done : 0;
      const from = fromRun > r ? 1 : fromRun === r ? fromDone : 0;
      if (until > from) this.ledger.rebook(columns, until - from, layer, other, this.voltageV);
    }
  }

  private endLayer(): Trigger | null {
    const { program, stack } = this.setup;
    this.layer++;
    if (this.layer < program.layers) return stack.triggers.has('layer') ? 'layer' : null;
    this.running = false;
    this.endS.push(this.timeS);
    if (this.start()) return stack.triggers.has('start') ? 'start' : null;
    return stack.triggers.has('end') ? 'end' : null;
  }

  private tally(d: number, durationS: number, share: number, shareS: number): void {
    const at = 6 * d;
    this.sums[at + FREQUENCY] += durationS * this.clocks[d].frequencyHz;
    this.sums[at + VOLTAGE] += durationS * this.voltageV[d];
    this.sums[at + share] += shareS;
  }

  private decide(trigger: Trigger): void {
    const { setup, clocks } = this;
    const { stack, domains } = setup;
    if (trigger !== 'epoch' && !stack.triggers.has(trigger)) return;
    const decision = stack.decide(this.observe(trigger), this.policyState);
    this.policyState = decision.state;
    this.idle = decision.idle;
    const first = this.timeS === 0;
    const wanted = domains.map(({ name }) => decision.points[name]);
    checkRails(domains, wanted, stack.name, this.timeS);
    for (let d = 0; d < domains.length; d++) {
      const clock = clocks[d];
      if (clock.changing || (wanted[d] === clock.target && !first)) continue;
      const { policy, reason } = decision.deciders[domains[d].name];
      const [from, to] = [this.pointName(d, clock.target), this.pointName(d, wanted[d])];
      const event = { timeS: this.timeS, policy, domain: domains[d].name, from: first ? '' : from, to };
      this.events.push({ ...event, kind: 'decision', reason });
      if (first) {
        clocks[d] = new DomainClock(domains[d], wanted[d]);
        continue;
      }
      const energyJ = clock.change(wanted[d], this.timeS);
      this.ledger.transition(energyJ);
      this.transitions++;
      this.events.push({ ...event, kind: 'transition', reason: `${Number((energyJ * 1e9).toPrecision(4))} nJ` });
    }
    this.noteConflicts(decision.conflicts);
    this.settleClocks();
  }

  /** A conflict is an event when it begins or changes, not while it lasts. */
  private noteConflicts(conflicts: ReturnType<Setup['stack']['decide']>['conflicts']): void {
    const text = conflicts.map(({ domain, winner, loser, wanted }) => `${domain}${winner}${loser}${wanted}`).join();
    if (text === this.conflict) return;
    this.conflict = text;
    for (const { domain, winner, loser, wanted, allowed, reason } of conflicts) {
      const d = this.setup.domains.findIndex(({ name }) => name === domain);
      this.events.push({
        timeS: this.timeS,
        kind: 'conflict',
        policy: loser,
        domain,
        from: this.pointName(d, wanted[0]),
        to: this.pointName(d, allowed[1]),
        reason: `${winner} does not allow it: ${reason}`,
      });
    }
  }

  private pointName(d: number, point: number): string {
    return `${this.setup.domains[d].points[point].frequencyHz / 1e6}MHz`;
  }

  private observe(trigger: Trigger): Observation {
    const { domains } = this.setup;
    return {
      timeS: this.timeS,
      trigger,
      points: Object.fromEntries(domains.map(({ name }, d) => [name, this.clocks[d].target])),
      shares: this.shares,
      temperatureK: this.sensedK,
      powerW: this.lastW,
      inference: this.running ? this.observeInference() : null,
      queued: this.queued(),
    };
  }

  private observeInference(): RunningInference {
    const { setup, position, layer } = this;
    const { domains, program, experiment } = setup;
    const index = this.startS.length - 1;
    const releaseS = this.releaseS[index];
    const { deadlineS } = experiment.spec;
    return {
      index,
      releaseS,
      deadlineS: deadlineS === null ? null : releaseS + deadlineS,
      progress: this.at[program.cyclesAt] / program.total[program.cyclesAt],
      layer,
      remainingS: (points) => {
        const timing = setup.timing(domains.map(({ name }) => points[name]));
        return timing.totalS - secondsAt(timing, position);
      },
    };
  }

  /** Inferences that are released and wait; those released only when the one before ends never do. */
  private queued(): number {
    const { releases } = this.setup;
    let waiting = 0;
    for (let i = this.startS.length; releases.releaseS(i, Number.POSITIVE_INFINITY) <= this.timeS; i++) waiting++;
    return waiting;
  }

  /** Power and leakage of the epoch, its temperatures, and its row of the trace. */
  private endEpoch(fromS: number, durationS: number): void {
    const { setup, ledger, leakage, sourceW, lastW, temperatureK } = this;
    const { blockJ } = ledger;
    for (let u = 0; u < lastW.length; u++) lastW[u] = blockJ[u] / durationS;
    for (let s = 0; s < sourceW.length; s++) {
      leakage.voltageV[s] = this.leakingVs[setup.componentDomain[setup.leakage[s].component]] / durationS;
    }
    for (let d = 0; d < this.leakingVs.length; d++) this.meanLeakingVs[d] += this.leakingVs[d];
    this.heat(durationS);
    leakage.bySource(temperatureK, sourceW);
    this.shareLeakage(durationS);
    for (let u = 0; u < lastW.length; u++) {
      lastW[u] += this.blockLeakW[u];
      this.meanJ[u] += lastW[u] * durationS;
      this.meanLeakageJ[u] += this.blockLeakW[u] * durationS;
    }
    this.notePeak();
    this.observeEpoch(durationS);
    this.record(fromS, durationS);
  }

  /** Advances temperatures under the epoch's mean power; `blockLeakW` becomes the mean leakage that went with it. */
  private heat(durationS: number): void {
    const { stepper, lastW, blockLeakW } = this;
    if (!stepper) {
      this.leakage.intoBlocks(this.temperatureK, blockLeakW);
      return;
    }
    stepper.step(lastW, durationS);
    blockLeakW.set(stepper.leakageW);
    this.heatOutJ += stepper.heatOutJ;
    for (let u = 0; u < lastW.length; u++) this.heatInJ += (lastW[u] + blockLeakW[u]) * durationS;
  }

  /** Books each block's mean leakage to its components as they leak at the epoch's end. */
  private shareLeakage(durationS: number): void {
    const { setup, sourceW, blockLeakW, endLeakW } = this;
    endLeakW.fill(0);
    for (let s = 0; s < sourceW.length; s++) endLeakW[setup.leakage[s].block] += sourceW[s];
    for (let s = 0; s < sourceW.length; s++) {
      const { component, block } = setup.leakage[s];
      const share = endLeakW[block] === 0 ? 0 : sourceW[s] / endLeakW[block];
      this.ledger.leak(component, share * blockLeakW[block], durationS);
    }
  }

  private notePeak(): void {
    const { temperatureK, solver } = this;
    if (!solver) return;
    let hottest = 0;
    for (let u = 1; u < temperatureK.length; u++) if (temperatureK[u] > temperatureK[hottest]) hottest = u;
    if (temperatureK[hottest] <= this.peakK) return;
    this.peakK = temperatureK[hottest];
    this.peakBlock = hottest;
    this.peakTimeS = this.timeS;
    this.peakState.set(solver.state);
  }

  private observeEpoch(durationS: number): void {
    const { domains, experiment } = this.setup;
    const { sums, solver } = this;
    this.shares = Object.fromEntries(
      domains.map(({ name }, d) => [
        name,
        {
          busy: sums[6 * d + BUSY] / durationS,
          stall: sums[6 * d + STALL] / durationS,
          idle: sums[6 * d + IDLE] / durationS,
          dead: sums[6 * d + DEAD] / durationS,
        },
      ]),
    );
    if (!solver) return;
    this.sensedK = solver.temperatureK.slice();
    const { limitK } = experiment.spec;
    if (limitK !== null && this.sensedK.some((value) => value > limitK)) this.overLimitS += durationS;
  }

  private record(fromS: number, durationS: number): void {
    const { row, sums, recorder, lastW, ledger, temperatureK } = this;
    const onDieW = lastW.reduce((sum, value) => sum + value, 0);
    const offDieW = ledger.offDieJ / durationS;
    row[0] = fromS + durationS;
    row[1] = durationS;
    row[2] = this.running ? this.startS.length - 1 : -1;
    row[3] = this.running ? this.layer : -1;
    row[4] = offDieW;
    row[5] = onDieW + offDieW;
    const first = recorder.domainAt(0);
    for (let i = 0; i < sums.length; i++) row[first + i] = sums[i] / durationS;
    this.clocks.forEach((clock, d) => {
      // What did not change is that value, to the last digit.
      row[first + 6 * d + FREQUENCY] = exactly(clock.frequencyHz, row[first + 6 * d + FREQUENCY]);
      row[first + 6 * d + VOLTAGE] = exactly(clock.voltageV, row[first + 6 * d + VOLTAGE]);
    });
    row.set(lastW, recorder.blockAt(0));
    if (this.solver) row.set(temperatureK, recorder.blockAt(lastW.length));
    recorder.append(row);
  }

  private result(): LoopResult {
    const { solver, timeS } = this;
    return {
      ledger: this.ledger,
      recorder: this.recorder,
      events: this.events,
      simulatedS: timeS,
      transitions: this.transitions,
      releaseS: this.releaseS,
      startS: this.startS,
      endS: this.running ? [...this.endS, Number.NaN] : this.endS,
      completed: this.endS.length,
      position: this.running ? this.position : null,
      meanW: this.meanJ.map((energyJ) => energyJ / timeS),
      meanLeakageW: this.meanLeakageJ.map((energyJ) => energyJ / timeS),
      meanLeakingV: this.meanLeakingVs.map((vs) => vs / timeS),
      thermal: solver && {
        startK: this.startK,
        peakK: this.peakK,
        peakBlock: this.peakBlock,
        peakTimeS: this.peakTimeS,
        peakState: this.peakState,
        endState: solver.state.slice(),
        timeOverLimitS: this.overLimitS,
        heatInJ: this.heatInJ,
        heatOutJ: this.heatOutJ,
        heatStoredJ: solver.storedHeatJ() - this.startHeatJ,
      },
    };
  }
}

/** The value itself if a mean differs from it by rounding only. */
function exactly(value: number, mean: number): number {
  return Math.abs(mean - value) <= 1e-12 * value ? value : mean;
}

/** Offsets into a domain's six sums, in the order of the recorder's columns. */
const FREQUENCY = 0;
const VOLTAGE = 1;
const BUSY = 2;
const STALL = 3;
const IDLE = 4;
const DEAD = 5;
