import { cholesky, solveCholesky } from '../../numeric/dense.ts';
import { multiplyPacked, type PackedMatrix, packMatrix } from '../../numeric/packed.ts';
import { constantFactors, steadyResistance } from '../reduced/modal.ts';
import type { ReducedModel } from '../reduced/reduced-model.ts';
import { steadyGain } from './gain.ts';

/** Assumptions of an observer about the powers and readings that feed it, by block. */
export interface ObserverOptions {
  /** Length of an epoch, s. */
  readonly epochS: number;
  /** Usual power, W. */
  readonly powerW: ArrayLike<number>;
  /** Standard deviation of a reading's error, K. */
  readonly readingErrorK: ArrayLike<number>;
  /** A reading shows what was so many epochs ago. */
  readonly delayEpochs: ArrayLike<number>;
}

/** The part of the usual power by which the power of an epoch is taken to be off, and a reading's least error, K (ours). */
const POWER_ERROR = 0.05;
const LEAST_ERROR_K = 0.01;
/** The powers behind a start are somewhere below this many times the usual ones (ours). */
const START_SPREAD = 3;
/** A mode that falls by more than e^-30 in an epoch follows the power of that epoch alone: no reading tells more of it. */
const FAST = 30;

/** The part that all observers of a run have in common. Made once; nothing in it changes. */
export interface ObserverDesign {
  readonly model: ReducedModel;
  /** By mode: what is left after an epoch, and the amplitude per drive held for an epoch. */
  readonly decay: Float64Array;
  readonly held: Float64Array;
  readonly input: PackedMatrix;
  readonly output: PackedMatrix;
  /** Modes x blocks: amplitude per kelvin that a reading is above what was expected. */
  readonly gain: PackedMatrix;
  /** Blocks x blocks, W/K: powers of a steady state per kelvin above ambient that the first readings show. */
  readonly startWPerK: PackedMatrix;
  readonly delayEpochs: Int32Array;
  readonly longest: number;
}

/**
 * Designs the observer of a reduced model: a Kalman filter with the steady gain for errors of the power (5 % of the usual one) and of the
 * readings. It takes the start for the steady state of powers unknown.
 */
export function designObserver(model: ReducedModel, options: ObserverOptions): ObserverDesign {
  const { blocks: m, modes, rate, input, output } = model;
  const { epochS, powerW, readingErrorK } = options;
  const factors = constantFactors(model, epochS);
  const decay = Float64Array.from({ length: modes }, (_, i) => factors[4 * i]);
  const held = Float64Array.from({ length: modes }, (_, i) => factors[4 * i + 1]);
  const variance = Float64Array.from({ length: m }, (_, u) => Math.max(LEAST_ERROR_K, readingErrorK[u]) ** 2);
  // Rates ascend.
  const fast = rate.findIndex((one) => one * epochS > FAST);
  const n = fast < 0 ? modes : fast;
  const slow = steadyGain({
    decay: decay.subarray(0, n),
    disturbance: Float64Array.from(
      { length: n * m },
      (_, at) => held[Math.floor(at / m)] * input[at] * POWER_ERROR * powerW[at % m],
    ),
    output: Float64Array.from({ length: m * n }, (_, at) => output[Math.floor(at / n) * modes + (at % n)]),
    readingVariance: variance,
  });
  const gain = new Float64Array(modes * m);
  gain.set(slow);
  const delayEpochs = Int32Array.from(options.delayEpochs);
  return {
    model,
    decay,
    held,
    input: packMatrix(input, modes, m),
    output: packMatrix(output, m, modes),
    gain: packMatrix(gain, modes, m),
    startWPerK: packMatrix(startMatrix(model, powerW, variance), m, m),
    delayEpochs,
    longest: delayEpochs.reduce((most, one) => Math.max(most, one), 0),
  };
}

/** The most likely powers per kelvin of the readings' rise, W/K: D R^T (R D R^T + V)^-1, with D the variance of powers. */
function startMatrix(model: ReducedModel, powerW: ArrayLike<number>, variance: Float64Array): Float64Array {
  const { blocks: m } = model;
  const resistance = steadyResistance(model);
  const spread = Float64Array.from({ length: m }, (_, v) => (START_SPREAD * powerW[v]) ** 2);
  const sum = new Float64Array(m * m);
  for (let u = 0; u < m; u++) {
    for (let w = 0; w < m; w++) {
      for (let v = 0; v < m; v++) sum[u * m + w] += resistance[u * m + v] * spread[v] * resistance[w * m + v];
    }
    sum[u * m + u] += variance[u];
  }
  const factor = cholesky(sum, m);
  const matrix = new Float64Array(m * m);
  for (let v = 0; v < m; v++) {
    const row = Float64Array.from({ length: m }, (_, u) => spread[v] * resistance[u * m + v]);
    matrix.set(solveCholesky(factor, m, row), v * m);
  }
  return matrix;
}

/** The state of an observer as plain data. */
export interface ObserverState {
  readonly epochs: number;
  readonly behind: Float64Array;
  readonly drives: readonly Float64Array[];
  readonly shown: readonly Float64Array[];
  readonly startW: Float64Array;
}

/**
 * Estimates all modes of the die from the readings of the blocks and their known powers. Delayed readings correct the estimate of their
 * own time, from which it goes on with the powers since.
 */
export class Observer {
  private readonly design: ObserverDesign;
  private epochs = 0;
  /** The estimate of `longest` epochs ago; that of the start until then. */
  private behind: Float64Array;
  /** The drives of the epochs since, oldest first; the readings of the last `longest` + 1 ticks. */
  private drives: Float64Array[] = [];
  private shown: Float64Array[];
  /** The powers that the first readings tell of, W. */
  private startW: Float64Array;
  private readonly expectedK: Float64Array;
  private readonly correction: Float64Array;

  /** `readingK` holds the readings at the start. */
  constructor(design: ObserverDesign, readingK: ArrayLike<number>) {
    const { model, startWPerK } = design;
    const { blocks, modes, ambientK, rate } = model;
    this.design = design;
    this.expectedK = new Float64Array(blocks);
    this.correction = new Float64Array(modes);
    this.shown = [Float64Array.from(readingK)];
    this.startW = new Float64Array(blocks);
    multiplyPacked(
      startWPerK,
      this.shown[0].map((k) => k - ambientK),
      this.startW,
    );
    this.behind = this.driveOf(this.startW).map((drive, i) => drive / rate[i]);
  }

  /** Takes in an epoch: its mean powers by block, leakage included, W, and the readings at its end, K. */
  endEpoch(powerW: Float64Array, readingK: ArrayLike<number>): void {
    const { longest } = this.design;
    this.epochs++;
    this.drives.push(this.driveOf(powerW));
    this.shown.push(Float64Array.from(readingK));
    if (this.shown.length > longest + 1) this.shown.shift();
    if (this.epochs <= longest) return;
    this.advance(this.behind, this.drives.shift()!);
    this.correct(this.behind);
  }

  /**
   * Writes into `out` the temperatures of the blocks one epoch after the last tick under block powers, K. Before the first epoch the
   * powers are those behind the start.
   */
  predict(powerW: Float64Array, out: Float64Array): void {
    const state = this.behind.slice();
    for (const drive of this.drives) this.advance(state, drive);
    this.advance(state, this.driveOf(this.epochs === 0 ? this.startW : powerW));
    this.read(state, out);
  }

  save(): ObserverState {
    const { epochs, behind, drives, shown, startW } = this;
    return { epochs, behind: behind.slice(), drives: drives.slice(), shown: shown.slice(), startW };
  }

  load({ epochs, behind, drives, shown, startW }: ObserverState): void {
    this.epochs = epochs;
    this.behind = behind.slice();
    this.drives = drives.slice();
    this.shown = shown.slice();
    this.startW = startW;
  }

  private driveOf(powerW: Float64Array): Float64Array {
    const drive = new Float64Array(this.design.model.modes);
    multiplyPacked(this.design.input, powerW, drive);
    return drive;
  }

  private advance(state: Float64Array, drive: Float64Array): void {
    const { decay, held } = this.design;
    for (let i = 0; i < state.length; i++) state[i] = decay[i] * state[i] + held[i] * drive[i];
  }

  private read(state: Float64Array, out: Float64Array): void {
    const { output, model } = this.design;
    multiplyPacked(output, state, out);
    for (let u = 0; u < out.length; u++) out[u] += model.ambientK;
  }

  /** The reading of a time comes out after the delay of its sensor. */
  private correct(state: Float64Array): void {
    const { delayEpochs, gain } = this.design;
    const { shown, expectedK, correction } = this;
    this.read(state, expectedK);
    for (let u = 0; u < expectedK.length; u++) expectedK[u] = shown[delayEpochs[u]][u] - expectedK[u];
    multiplyPacked(gain, expectedK, correction);
    for (let i = 0; i < state.length; i++) state[i] += correction[i];
  }
}
