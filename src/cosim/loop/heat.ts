import { type LeakagePower, leakagePower } from '../../design/power/index.ts';
import { type LeakyStepper, leakyStepper, type ModalTransient, modalTransient } from '../../thermal/index.ts';
import type { Plant } from '../plant/plant.ts';
import { Frames, type StateFrames } from './frames.ts';
import type { Ledger } from './ledger.ts';

/** The temperatures over a run. States are modal amplitudes. */
export interface LoopThermal {
  readonly startK: Float64Array;
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

/** The temperatures of the die and the leakage they cause, epoch by epoch. */
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
  private readonly solver: ModalTransient | null;
  private readonly stepper: LeakyStepper | null;
  /** Leakage at the epoch's end in W, by source and by block. */
  private readonly sourceW: Float64Array;
  private readonly endLeakW: Float64Array;
  private readonly startK: Float64Array;
  private readonly startHeatJ: number;
  private readonly peakState: Float64Array;
  private readonly frames: Frames | null;
  private heatInJ = 0;
  private heatOutJ = 0;
  private peakK = 0;
  private peakBlock = 0;
  private peakTimeS = 0;
  private overLimitS = 0;
  private passFromS = 0;

  /** Starts from the steady state under block powers `startW`, or from ambient if that is null. */
  constructor(plant: Plant, limitK: number | null, ledger: Ledger, startW: Float64Array | null) {
    const { blocks, model, leakage } = plant;
    this.plant = plant;
    this.limitK = limitK;
    this.ledger = ledger;
    this.leakage = leakagePower(leakage);
    this.sourceW = new Float64Array(leakage.length);
    this.leakW = new Float64Array(blocks.length);
    this.endLeakW = new Float64Array(blocks.length);
    this.solver = model && modalTransient(model);
    if (this.solver && startW) this.solver.setSteady(startW);
    const intoBlocks = (temperatureK: Float64Array, powerW: Float64Array): void =>
      this.leakage.intoBlocks(temperatureK, powerW);
    // Few epochs are longer than a millisecond. The peak may lie inside such a long epoch.
    const onSubstep = (elapsedS: number): void => this.notePeak(this.passFromS + elapsedS);
    this.stepper = this.solver && leakyStepper(this.solver, intoBlocks, { names: blocks, onSubstep });
    const { dieTemperatureK } = plant.design.spec;
    this.temperatureK = this.solver?.temperatureK ?? new Float64Array(blocks.length).fill(dieTemperatureK);
    this.startK = this.temperatureK.slice();
    this.frames = this.solver && new Frames(this.solver.state.length);
    this.startHeatJ = this.solver?.storedHeatJ() ?? 0;
    this.peakState = this.solver?.state.slice() ?? new Float64Array(0);
    this.notePeak(0);
  }

  /**
   * Advances over an epoch that ends at `endS`. `powerW` is its mean power by block without leakage, `leakingVs` the time
   * integral of each domain's leakage voltage, V s. Adds the leakage to `powerW` and books it.
   */
  pass(powerW: Float64Array, leakingVs: Float64Array, durationS: number, endS: number): void {
    const { plant, leakage, leakW, sourceW, temperatureK, stepper } = this;
    for (let s = 0; s < sourceW.length; s++) {
      leakage.leakageV[s] = leakingVs[plant.componentDomain[plant.leakage[s].component]] / durationS;
    }
    if (stepper) {
      this.passFromS = endS - durationS;
      stepper.step(powerW, durationS);
      leakW.set(stepper.leakageW);
      this.heatOutJ += stepper.heatOutJ;
    } else leakage.intoBlocks(temperatureK, leakW);
    leakage.bySource(temperatureK, sourceW);
    this.bookLeakage(durationS);
    for (let u = 0; u < powerW.length; u++) {
      powerW[u] += leakW[u];
      this.heatInJ += powerW[u] * durationS;
    }
    this.noteLimit(durationS);
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

  private notePeak(timeS: number): void {
    const { temperatureK, solver } = this;
    if (!solver) return;
    const hottest = hottestOf(temperatureK);
    if (temperatureK[hottest] <= this.peakK) return;
    this.peakK = temperatureK[hottest];
    this.peakBlock = hottest;
    this.peakTimeS = timeS;
    this.peakState.set(solver.state);
  }

  private noteLimit(durationS: number): void {
    const { limitK } = this;
    if (!this.solver || limitK === null) return;
    if (this.temperatureK[hottestOf(this.temperatureK)] > limitK) this.overLimitS += durationS;
  }
}

function hottestOf(temperatureK: Float64Array): number {
  let hottest = 0;
  for (let u = 1; u < temperatureK.length; u++) if (temperatureK[u] > temperatureK[hottest]) hottest = u;
  return hottest;
}
