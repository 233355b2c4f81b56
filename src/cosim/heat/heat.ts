import { type LeakagePower, leakagePower } from '../../design/power/index.ts';
import { type LeakyStepper, leakyStepper, PartwiseTransient } from '../../thermal/index.ts';
import type { Ledger } from '../loop/ledger.ts';
import { load, type Saved, save } from '../loop/saved.ts';
import type { Plant } from '../plant/plant.ts';
import { Frames, type StateFrames } from '../record/frames.ts';
import type { Profile } from './profile.ts';

/** The temperatures over a run. States are modal amplitudes. */
export interface LoopThermal {
  readonly startK: Float64Array;
  /** The run starts from the steady state under these powers of the blocks, W; null if from ambient. */
  readonly startW: Float64Array | null;
  readonly peakK: number;
  readonly peakBlock: number;
  readonly peakTimeS: number;
  readonly peakState: Float64Array;
  readonly endState: Float64Array;
  readonly frames: StateFrames;
  readonly timeOverLimitS: number;
  readonly heatInJ: number;
  readonly heatOutJ: number;
  readonly heatStoredJ: number;
}

const HEAT_STATE = [
  ...['temperatureK', 'leakW', 'leakJ', 'startK', 'startHeatJ', 'peakState', 'heatInJ', 'heatOutJ'],
  ...['peakK', 'peakBlock', 'peakTimeS', 'overLimitS', 'lastS', 'lastK'],
];

/** The temperatures of the die and the leakage they cause. Within an epoch they follow the power of its parts. */
export class Heat {
  /** Temperature of each block, K; constant without a thermal model. */
  readonly temperatureK: Float64Array;
  /** Mean leakage of each block over the last epoch, W. */
  readonly leakW: Float64Array;
  private readonly plant: Plant;
  /** The experiment's temperature limit, K; null without one. */
  private readonly limitK: number | null;
  private readonly ledger: Ledger;
  private readonly leakage: LeakagePower;
  /** The temperature that leakage depends on, K: that of the blocks, unless it is frozen. */
  private readonly leakingK: Float64Array;
  private readonly solver: PartwiseTransient | null;
  private readonly stepper: LeakyStepper | null;
  /** Leakage at the epoch's end in W, by source and by block; leakage of the epoch by block, J. */
  private readonly sourceW: Float64Array;
  private readonly endLeakW: Float64Array;
  private readonly leakJ: Float64Array;
  /** Mean leaking voltage by group of leakage over an epoch, V; leakage of blocks by group, W/V. */
  private readonly meanV: Float64Array;
  private readonly wPerV: Float64Array;
  private readonly startK: Float64Array;
  private readonly startW: Float64Array | null;
  private readonly startHeatJ: number;
  private readonly peakState: Float64Array;
  private readonly frames: Frames | null;
  private heatInJ = 0;
  private heatOutJ = 0;
  private peakK = 0;
  private peakBlock = 0;
  private peakTimeS = 0;
  private overLimitS = 0;
  /** Begin of the stretch under way, s; time and hottest block when temperatures were last noted. */
  private fromS = 0;
  private lastS = 0;
  private lastK = 0;

  /**
   * Starts from the steady state under block powers `startW`, or from ambient if that is null. With `frozenK`, leakage is that of
   * blocks at these temperatures, whatever theirs are.
   */
  constructor(
    plant: Plant,
    limitK: number | null,
    ledger: Ledger,
    startW: Float64Array | null,
    frozenK: ArrayLike<number> | null = null,
  ) {
    const { blocks, model, leakage, leakageGroups } = plant;
    const groups = leakageGroups.domain.length;
    const numbers = (n: number): Float64Array => new Float64Array(n);
    this.plant = plant;
    this.limitK = limitK;
    this.ledger = ledger;
    this.leakage = leakagePower(leakage);
    this.sourceW = numbers(leakage.length);
    this.leakW = numbers(blocks.length);
    this.endLeakW = numbers(blocks.length);
    this.leakJ = numbers(blocks.length);
    this.meanV = numbers(groups);
    this.wPerV = numbers(blocks.length * groups);
    this.solver = model && new PartwiseTransient(model);
    if (this.solver && startW) this.solver.setSteady(startW);
    const { dieTemperatureK } = plant.design.spec;
    this.temperatureK = this.solver?.temperatureK ?? numbers(blocks.length).fill(dieTemperatureK);
    this.leakingK = frozenK === null ? this.temperatureK : Float64Array.from(frozenK);
    const frozen = frozenK !== null;
    const intoBlocks = (temperatureK: Float64Array, powerW: Float64Array): void =>
      this.leakage.intoBlocks(frozen ? this.leakingK : temperatureK, powerW);
    const onSubstep = (elapsedS: number): void => this.noteTemperatures(this.fromS + elapsedS);
    if (this.solver) this.solver.onPart = onSubstep;
    this.stepper = this.solver && leakyStepper(this.solver, intoBlocks, { names: blocks, onSubstep });
    this.startK = this.temperatureK.slice();
    this.frames = this.solver && new Frames(this.solver.state.length);
    this.startW = startW;
    this.startHeatJ = this.solver?.storedHeatJ() ?? 0;
    this.peakState = this.solver?.state.slice() ?? numbers(0);
    this.lastK = this.temperatureK[hottestOf(this.temperatureK)];
    this.noteTemperatures(0);
  }

  /** Advances the temperatures over a stretch of an epoch that begins at `fromS` and lasts `durationS`. */
  advance(profile: Profile, fromS: number, durationS: number): void {
    const { stepper, solver, leakJ } = this;
    if (!stepper || !solver) return;
    profile.end(durationS);
    if (profile.hasSupplyChanges) profile.addLeakage(this.leakagePerVolt());
    this.setLeakageV(profile.meanV);
    this.fromS = fromS;
    solver.parts = profile.parts;
    stepper.step(profile.meanW, durationS);
    for (let u = 0; u < leakJ.length; u++) leakJ[u] += stepper.leakageW[u] * durationS;
    this.heatOutJ += stepper.heatOutJ;
  }

  /**
   * Ends an epoch. `powerW` is its mean power by block without leakage, `leakingVs` the time integral of the leakage voltage of each
   * group of leakage, V s. Adds the leakage to `powerW` and books it.
   */
  endEpoch(powerW: Float64Array, leakingVs: Float64Array, durationS: number): void {
    const { leakage, leakW, leakJ, meanV } = this;
    for (let d = 0; d < meanV.length; d++) meanV[d] = leakingVs[d] / durationS;
    this.setLeakageV(meanV);
    if (this.stepper) for (let u = 0; u < leakW.length; u++) leakW[u] = leakJ[u] / durationS;
    else leakage.intoBlocks(this.leakingK, leakW);
    leakJ.fill(0);
    leakage.bySource(this.leakingK, this.sourceW);
    this.bookLeakage(durationS);
    for (let u = 0; u < powerW.length; u++) {
      powerW[u] += leakW[u];
      this.heatInJ += powerW[u] * durationS;
    }
  }

  /** The amplitudes of the modes now; null without a thermal model. */
  get modes(): Float64Array | null {
    return this.solver?.state ?? null;
  }

  save(): Saved {
    return {
      ...save(this, HEAT_STATE),
      modes: this.solver?.state.slice() ?? null,
      frames: this.frames?.save() ?? null,
    };
  }

  load({ modes, frames, ...saved }: Saved): void {
    // Temperatures are those that were there: computed anew from the modes they would differ in the last digit.
    load(this, saved);
    if (this.solver) this.solver.state.set(modes as Float64Array);
    if (this.frames) this.frames.load(frames as Saved);
  }

  /** Keeps the temperatures at the end of an epoch for a picture. */
  noteFrame(timeS: number): void {
    if (this.solver) this.frames?.note(timeS, this.solver.state, this.temperatureK[hottestOf(this.temperatureK)]);
  }

  result(): LoopThermal | null {
    const { solver } = this;
    return (
      solver && {
        startK: this.startK,
        startW: this.startW,
        peakK: this.peakK,
        peakBlock: this.peakBlock,
        peakTimeS: this.peakTimeS,
        peakState: this.peakState,
        endState: solver.state.slice(),
        frames: this.frames!.result(),
        timeOverLimitS: this.overLimitS,
        heatInJ: this.heatInJ,
        heatOutJ: this.heatOutJ,
        heatStoredJ: solver.storedHeatJ() - this.startHeatJ,
      }
    );
  }

  private setLeakageV(ofGroup: Float64Array): void {
    const { plant, leakage } = this;
    const { ofSource } = plant.leakageGroups;
    for (let s = 0; s < ofSource.length; s++) leakage.leakageV[s] = ofGroup[ofSource[s]];
  }

  /** Leakage at the present temperatures: W of each block per leaking volt of each group. */
  private leakagePerVolt(): Float64Array {
    const { plant, leakage, sourceW, leakingK, wPerV } = this;
    const { ofSource, domain } = plant.leakageGroups;
    leakage.leakageV.fill(1);
    leakage.bySource(leakingK, sourceW);
    wPerV.fill(0);
    for (let s = 0; s < sourceW.length; s++) {
      wPerV[plant.leakage[s].block * domain.length + ofSource[s]] += sourceW[s];
    }
    return wPerV;
  }

  /** Splits the mean leakage of each block over its components, in proportion to their leakage at the epoch's end. */
  private bookLeakage(durationS: number): void {
    const { plant, sourceW, leakW, endLeakW } = this;
    endLeakW.fill(0);
    for (let s = 0; s < sourceW.length; s++) endLeakW[plant.leakage[s].block] += sourceW[s];
    for (let s = 0; s < sourceW.length; s++) {
      const { component, block } = plant.leakage[s];
      const share = endLeakW[block] === 0 ? 0 : sourceW[s] / endLeakW[block];
      this.ledger.leak(component, share * leakW[block], durationS);
    }
  }

  /** Notes the peak, and the time over the limit since the last call: between two substeps the hottest block follows a line. */
  private noteTemperatures(timeS: number): void {
    const { temperatureK, solver, limitK, lastK, lastS } = this;
    if (!solver) return;
    const hottest = hottestOf(temperatureK);
    const nowK = temperatureK[hottest];
    if (limitK !== null) this.overLimitS += shareAbove(limitK, lastK, nowK) * (timeS - lastS);
    this.lastK = nowK;
    this.lastS = timeS;
    if (nowK <= this.peakK) return;
    this.peakK = nowK;
    this.peakBlock = hottest;
    this.peakTimeS = timeS;
    this.peakState.set(solver.state);
  }
}

/** The share of a line from `a` to `b` that lies above `limit`. */
function shareAbove(limit: number, a: number, b: number): number {
  if (a <= limit && b <= limit) return 0;
  if (a > limit && b > limit) return 1;
  return (Math.max(a, b) - limit) / Math.abs(b - a);
}

function hottestOf(temperatureK: Float64Array): number {
  let hottest = 0;
  for (let u = 1; u < temperatureK.length; u++) if (temperatureK[u] > temperatureK[hottest]) hottest = u;
  return hottest;
}
