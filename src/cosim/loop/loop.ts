import type { Sensors } from '../../policy/index.ts';
import { Heat } from '../heat/heat.ts';
import { Profile } from '../heat/profile.ts';
import type { Run } from '../plant/prepared-run.ts';
import { Recorder, type RecorderState } from '../record/recorder.ts';
import { RunLog } from '../record/run-log.ts';
import { DomainStates } from '../states/domain-states.ts';
import { Decisions } from './decisions.ts';
import type { Inferences } from './inferences.ts';
import { Ledger } from './ledger.ts';
import type { LoopOptions, LoopResult } from './loop-result.ts';
import { exactly, numbersOf, snapped } from './rounding.ts';
import { load, type Saved, save } from './saved.ts';
import { FREQUENCY, SUMS, Supplies, VOLTAGE } from './supplies.ts';
import { EPOCH, RELEASE, START, TRANSITION_END, type TriggerBits, WAKE } from './triggers.ts';
import { Work } from './work.ts';

/** Runs the loop from time 0 to the end of the experiment. Errors: those of the policies' decisions and of the thermal model. */
export function runLoop(run: Run, options: LoopOptions): LoopResult {
  return new Loop(run, options).run();
}

/** The state of a loop between two epochs, as plain data. */
export type LoopSnapshot = Saved;

const LOOP_STATE = ['timeS', 'epochs', 'done', 'triggers', 'blockJ', 'leakageJ', 'leakingVs'];

/** Temperatures advance at least this often. */
const LONGEST_STRETCH_S = 1e-3;
/** Epochs between two reports of progress. */
const EPOCHS_A_REPORT = 256;
/** Inferences between two reports of progress. */
const INFERENCES_A_REPORT = 4096;

/**
 * Within an epoch, time advances from event to event: a layer ends, a clock changes, an inference arrives. At the
 * epoch's end the mean power updates the temperatures, and the policies see both.
 */
export class Loop {
  private readonly prepared: Run;
  private readonly options: LoopOptions;
  private readonly ledger: Ledger;
  private readonly recorder: Recorder;
  private readonly supplies: Supplies;
  readonly inferences: Inferences;
  private readonly work: Work;
  private readonly heat: Heat;
  private readonly sensors: Sensors;
  private readonly profile: Profile;
  /** Begin of the stretch whose power the profile holds, s. */
  private stretchFromS = 0;
  /** Length of a whole stretch of this epoch, s. */
  private stretchS = 0;
  private readonly states: DomainStates;
  private readonly decisions: Decisions;
  timeS = 0;
  /** Epochs simulated so far. */
  epochs = 0;
  done = false;
  /** Triggers that happen at `timeS` and that the policies have not been asked about. */
  private triggers: TriggerBits = 0;
  /** Mean power of each block over the epoch, W, leakage included. */
  private readonly blockW: Float64Array;
  private readonly row: Float64Array;
  /** Integrals over the run: energy of blocks in J, of their leakage in J, and leaking voltage of groups of leakage in V s. */
  private readonly blockJ: Float64Array;
  private readonly leakageJ: Float64Array;
  private readonly leakingVs: Float64Array;

  constructor(prepared: Run, options: LoopOptions) {
    const { plant, programs, experiment } = prepared;
    const { domains, blocks, model } = plant;
    this.prepared = prepared;
    this.options = options;
    this.ledger = new Ledger(plant, programs);
    this.recorder = new Recorder(domains.length, blocks.length, model !== null);
    this.supplies = new Supplies(plant, this.ledger, programs.usedPes);
    this.blockJ = new Float64Array(blocks.length);
    const log = new RunLog(plant, this.blockJ);
    this.states = new DomainStates(plant, programs, this.ledger, this.supplies, log);
    this.work = new Work(prepared, this.ledger, this.supplies, this.states);
    this.inferences = this.work.inferences;
    this.heat = new Heat(plant, experiment.spec.limitK, this.ledger, options.startW, options.leakageK);
    this.profile = new Profile(this.ledger.blockJ, this.supplies.leakingVs);
    this.sensors = prepared.createSensors();
    const shown = { temperatureK: this.sensedK(0), modes: this.heat.modes };
    this.decisions = new Decisions(prepared, this.supplies, this.work, this.states, shown, log);
    this.blockW = new Float64Array(blocks.length);
    this.row = new Float64Array(this.recorder.width);
    this.leakageJ = new Float64Array(blocks.length);
    this.leakingVs = new Float64Array(plant.leakageGroups.domain.length);
  }

  run(): LoopResult {
    const { releases, experiment } = this.prepared;
    if (Number.isFinite(releases.endS)) this.recorder.checkLength(releases.endS / experiment.spec.epochS);
    while (!this.done) this.advance();
    return this.result();
  }

  /** Simulates the next epoch, unless the run is done. */
  advance(): void {
    const { prepared, options, epochs } = this;
    const { epochS } = prepared.experiment.spec;
    const endS = Math.min(prepared.releases.endS, options.mostS ?? Number.POSITIVE_INFINITY);
    const fromS = epochs * epochS;
    // A tick at the very end would decide for no time at all.
    this.done ||= fromS >= endS * (1 - 1e-12) || this.inferences.finished(fromS);
    if (this.done) return;
    this.done = this.epoch(fromS, Math.min((epochs + 1) * epochS, endS));
    if (this.timeS > fromS) this.endEpoch(epochs, fromS);
    this.heat.noteFrame(this.timeS);
    if (epochs % EPOCHS_A_REPORT === 0) this.tellProgress();
    this.epochs++;
  }

  /** The state between two epochs. */
  snapshot(): LoopSnapshot {
    return {
      ...save(this, LOOP_STATE),
      ledger: this.ledger.save(),
      recorder: this.recorder.save(),
      supplies: this.supplies.save(),
      work: this.work.save(),
      heat: this.heat.save(),
      sensors: this.sensors.memory,
      decisions: this.decisions.save(),
    };
  }

  /** Goes on from a state of a loop over the same run. */
  restore({ ledger, recorder, supplies, work, heat, sensors, decisions, ...saved }: LoopSnapshot): void {
    load(this, saved);
    this.ledger.load(ledger as Saved);
    this.recorder.load(recorder as RecorderState);
    this.supplies.load(supplies as Saved);
    this.work.load(work as Saved);
    this.heat.load(heat as Saved);
    this.sensors.memory = sensors as Sensors['memory'];
    this.decisions.load(decisions as Saved);
  }

  /** Simulates one epoch. Returns true if no work is left at `timeS`. */
  private epoch(fromS: number, toS: number): boolean {
    const { supplies, inferences, decisions } = this;
    this.timeS = fromS;
    this.ledger.beginEpoch();
    supplies.beginEpoch();
    this.triggers |= EPOCH;
    const stretches = Math.max(1, Math.ceil(((toS - fromS) / LONGEST_STRETCH_S) * (1 - 1e-9)));
    this.stretchS = snapped(this.prepared.experiment.spec.epochS, toS - fromS) / stretches;
    let stretch = 1;
    const endOf = (n: number): number => (n >= stretches ? toS : fromS + (n * (toS - fromS)) / stretches);
    this.beginStretch(fromS);
    for (;;) {
      if (this.timeS >= endOf(stretch)) {
        stretch++;
        this.endStretch();
      }
      if (supplies.settle(this.timeS)) this.triggers |= TRANSITION_END;
      // An event at the very end of an epoch is part of the next one's tick.
      if (this.timeS >= toS) return false;
      if (!inferences.running && this.start()) this.triggers |= START;
      if (this.timeS >= decisions.wakeS) this.triggers |= WAKE;
      if (decisions.wants(RELEASE) && inferences.announce(this.timeS)) this.triggers |= RELEASE;
      if (decisions.wants(this.triggers)) decisions.decide(this.triggers, this.timeS);
      decisions.carryOut(this.timeS);
      this.triggers = 0;
      if (inferences.finished(this.timeS)) return true;
      if (!inferences.running) this.states.rest(this.timeS);
      this.segment(endOf(stretch));
      this.profile.add(this.timeS - this.stretchFromS);
    }
  }

  private beginStretch(fromS: number): void {
    this.stretchFromS = fromS;
    this.profile.begin();
  }

  /** Advances the temperatures to `timeS`. */
  private endStretch(): void {
    const { profile, stretchFromS, timeS } = this;
    if (profile.durationS === 0) return;
    this.heat.advance(profile, stretchFromS, snapped(this.stretchS, profile.durationS));
    this.beginStretch(timeS);
  }

  /**
   * Starts the next inference if it has been released. It reports progress too, since one epoch may hold very many
   * inferences.
   */
  private start(): boolean {
    if (!this.work.start(this.timeS)) return false;
    if (this.inferences.startS.length % INFERENCES_A_REPORT === 0) this.tellProgress();
    return true;
  }

  /** Either the time or the number of inferences ends the run. */
  private tellProgress(): void {
    const { count, endS } = this.prepared.releases;
    const ofTime = this.timeS / Math.min(endS, this.options.mostS ?? Number.POSITIVE_INFINITY);
    this.options.onProgress?.(Math.min(1, Math.max(ofTime, this.inferences.startS.length / count)));
  }

  /** Advances to the next event, at most to `toS`, and notes what happens there. */
  private segment(toS: number): void {
    const { supplies, inferences, work, decisions, timeS } = this;
    let nextS = Math.min(toS, supplies.nextS(timeS), decisions.wakeS, this.states.nextS(timeS));
    if (decisions.wants(RELEASE)) nextS = Math.min(nextS, inferences.nextArrivalS());
    if (inferences.running && !work.isHalted(timeS)) {
      const done = work.work(timeS, nextS);
      this.timeS = done.timeS;
      if (done.stepEnds) this.triggers |= work.endStep(done.timeS);
      return;
    }
    this.timeS = inferences.running ? nextS : Math.min(nextS, inferences.nextEventS(timeS));
    work.wait(timeS, this.timeS);
  }

  /** Computes the epoch's power and temperatures, stores what policies will see of it, and records its row of the trace. */
  private endEpoch(epoch: number, fromS: number): void {
    const durationS = this.timeS - fromS;
    const { blockW, blockJ, leakageJ, leakingVs, ledger, supplies, heat } = this;
    for (let u = 0; u < blockW.length; u++) blockW[u] = ledger.blockJ[u] / durationS;
    for (let d = 0; d < leakingVs.length; d++) leakingVs[d] += supplies.leakingVs[d];
    this.endStretch();
    heat.endEpoch(blockW, supplies.leakingVs, durationS);
    for (let u = 0; u < blockW.length; u++) {
      blockJ[u] += blockW[u] * durationS;
      leakageJ[u] += heat.leakW[u] * durationS;
    }
    const { activity } = this.work;
    activity.endEpoch(durationS);
    const last = {
      shares: supplies.shares(durationS),
      temperatureK: this.sensedK(epoch + 1),
      powerW: numbersOf(blockW),
      leakageW: numbersOf(heat.leakW),
    };
    this.decisions.endEpoch(last, blockW, heat.modes);
    this.record(fromS, durationS);
  }

  /** The sensor readings at the end of an epoch, K; empty without a thermal model. */
  private sensedK(epoch: number): ArrayLike<number> {
    const { plant } = this.prepared;
    return plant.model ? this.sensors.read(this.heat.temperatureK, epoch) : [];
  }

  private record(fromS: number, durationS: number): void {
    const { row, recorder, blockW, ledger, supplies, inferences } = this;
    let onDieW = 0;
    for (let u = 0; u < blockW.length; u++) onDieW += blockW[u];
    const offDieW = ledger.offDieJ / durationS;
    row[0] = fromS + durationS;
    row[1] = durationS;
    row[2] = inferences.running ? inferences.startS.length - 1 : -1;
    row[3] = inferences.running ? this.work.layer : -1;
    row[4] = offDieW;
    row[5] = onDieW + offDieW;
    const first = recorder.domainAt(0);
    for (let i = 0; i < supplies.sums.length; i++) row[first + i] = supplies.sums[i] / durationS;
    for (let d = 0, at = first; d < supplies.clocks.length; d++, at += SUMS) {
      // A constant value must survive its averaging to the last digit.
      row[at + FREQUENCY] = exactly(supplies.clocks[d].frequencyHz, row[at + FREQUENCY]);
      row[at + VOLTAGE] = exactly(supplies.voltageV[d], row[at + VOLTAGE]);
    }
    row.set(blockW, recorder.blockAt(0));
    if (this.prepared.plant.model) row.set(this.heat.temperatureK, recorder.blockAt(blockW.length));
    recorder.append(row);
  }

  result(): LoopResult {
    const { timeS, inferences, decisions } = this;
    const { running } = inferences;
    const lists = [inferences.releaseS, inferences.startS, inferences.endS, inferences.layerEndS];
    const [releaseS, startS, endS, layerEndS] = lists.map((list) => list.toArray());
    decisions.log.finish(timeS);
    return {
      ledger: this.ledger,
      recorder: this.recorder,
      events: decisions.log.events.toArray(),
      simulatedS: timeS,
      transitions: decisions.transitions,
      releaseS,
      startS,
      endS: running ? [...endS, Number.NaN] : endS,
      layerEndS,
      completed: endS.length,
      positions: running ? inferences.state.positions : null,
      combinations: this.supplies.combinations,
      wakingJ: this.supplies.rests.wakingJ(),
      meanW: this.blockJ.map((energyJ) => energyJ / timeS),
      meanLeakageW: this.leakageJ.map((energyJ) => energyJ / timeS),
      meanLeakingV: this.leakingVs.map((vs) => vs / timeS),
      thermal: this.heat.result(),
    };
  }
}
