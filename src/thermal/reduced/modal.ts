import { fail } from '../../base/errors.ts';
import { addProduct } from '../../numeric/matrix-product.ts';
import { multiplyPacked, type PackedMatrix, packMatrix } from '../../numeric/packed.ts';
import type { TransientSolver } from '../solvers/transient.ts';
import type { ReducedModel } from './reduced-model.ts';

/**
 * The reduced model in time, starting at ambient. Each mode is solved exactly (exponential integrator): no step limit and
 * no order of convergence. Errors: `out-of-range` for a step that is not above 0.
 */
export function modalTransient(model: ReducedModel, state?: Float64Array): ModalTransient {
  return new ModalTransient(model, state);
}

/** Durations whose factors are kept; a control loop uses one, its leakage substeps a handful. */
const KEPT_DURATIONS = 32;

/**
 * With x = rate h, phi_1 = (1 - exp(-x)) / x and phi_(j+1) = (1/j! - phi_j) / x, by mode, the four side by side: exp(-x); h
 * phi_1, the response to constant power; and the outflow over the step due to the state and to constant power, outflow times
 * h phi_1 and h^2 phi_2.
 */
type ConstantFactors = Float64Array;
const CONSTANT_FACTORS = 4;

/** Factors for power that rises over a step. */
interface RampFactors {
  /** By mode, h phi_2: the response to power rising from 0 to 1. */
  readonly ramp: Float64Array;
  /** m x m, K/W: rise of each block at the end per watt that rises from 0 in another. */
  readonly rampRise: PackedMatrix;
  /** By block, J/W: outflow per watt that rises from 0, of h^2 phi_3. */
  readonly rampOutJ: Float64Array;
}

interface Factors {
  readonly constant: ConstantFactors;
  /** Made when power first changes within such a step: it takes as long as many a trace. */
  ramps: RampFactors | undefined;
}

/** The matrices of a model, packed once for all its transients. */
const known = new WeakMap<ReducedModel, { readonly input: PackedMatrix; readonly output: PackedMatrix }>();

function packed(model: ReducedModel) {
  let found = known.get(model);
  if (!found) {
    const { input, output, modes, blocks } = model;
    found = { input: packMatrix(input, modes, blocks), output: packMatrix(output, blocks, modes) };
    known.set(model, found);
  }
  return found;
}

/** Temperatures of a reduced model over time (K), exact for powers (W a block) that are constant over each step of any length (s). */
export class ModalTransient implements TransientSolver {
  readonly model: ReducedModel;
  readonly state: Float64Array;
  readonly temperatureK: Float64Array;
  heatOutJ = 0;
  private readonly factors = new Map<number, Factors>();
  private lastDurationS = 0;
  private lastFactors: Factors | undefined;
  protected readonly input: PackedMatrix;
  private readonly output: PackedMatrix;
  protected readonly drive: Float64Array;
  private readonly rise: Float64Array;
  private readonly changeW: Float64Array;

  /** `state`: where amplitudes are kept, if they are a part of something larger. */
  constructor(model: ReducedModel, state: Float64Array = new Float64Array(model.modes)) {
    this.model = model;
    this.state = state;
    this.temperatureK = new Float64Array(model.blocks).fill(model.ambientK);
    const { input, output } = packed(model);
    this.input = input;
    this.output = output;
    this.drive = new Float64Array(model.modes);
    this.rise = new Float64Array(model.blocks);
    this.changeW = new Float64Array(model.blocks);
  }

  step(powerW: Float64Array, durationS: number, endPowerW?: Float64Array): void {
    const { changeW } = this;
    multiplyPacked(this.input, powerW, this.drive);
    this.heatOutJ = advance(this.factorsOf(durationS).constant, this.drive, this.state);
    this.refresh();
    if (!endPowerW) return;
    for (let u = 0; u < changeW.length; u++) changeW[u] = endPowerW[u] - powerW[u];
    this.correct(changeW);
  }

  /** One product with `input` and one of order m: a step has two of order m k. */
  correct(changeW: Float64Array): void {
    const { state, drive, rise, temperatureK } = this;
    const factors = this.factorsOf(this.lastDurationS);
    factors.ramps ??= rampFactors(this.model, this.lastDurationS);
    const { ramp, rampRise, rampOutJ } = factors.ramps;
    multiplyPacked(this.input, changeW, drive);
    for (let i = 0; i < state.length; i++) state[i] += ramp[i] * drive[i];
    multiplyPacked(rampRise, changeW, rise);
    let outJ = 0;
    for (let u = 0; u < rise.length; u++) {
      temperatureK[u] += rise[u];
      outJ += rampOutJ[u] * changeW[u];
    }
    this.heatOutJ += outJ;
  }

  refresh(): void {
    const { temperatureK, model } = this;
    multiplyPacked(this.output, this.state, temperatureK);
    for (let u = 0; u < temperatureK.length; u++) temperatureK[u] += model.ambientK;
  }

  storedHeatJ(): number {
    let sum = 0;
    for (let i = 0; i < this.state.length; i++) sum += this.model.stored[i] * this.state[i];
    return sum;
  }

  /** Sets the state that block powers held for ever lead to. */
  setSteady(powerW: Float64Array): void {
    const { state, drive, model } = this;
    multiplyPacked(this.input, powerW, drive);
    for (let i = 0; i < state.length; i++) state[i] = drive[i] / model.rate[i];
    this.refresh();
  }

  /** Makes `correct` one of a step of this length. */
  protected noteLength(durationS: number): void {
    this.factorsOf(durationS);
  }

  private factorsOf(durationS: number): Factors {
    if (this.lastFactors && durationS === this.lastDurationS) return this.lastFactors;
    this.lastFactors = this.factors.get(durationS) ?? this.newFactors(durationS);
    this.lastDurationS = durationS;
    return this.lastFactors;
  }

  private newFactors(durationS: number): Factors {
    if (!(durationS > 0 && Number.isFinite(durationS))) fail('out-of-range', `a thermal step of ${durationS} s`);
    const oldest = this.factors.keys().next();
    if (this.factors.size >= KEPT_DURATIONS && !oldest.done) this.factors.delete(oldest.value);
    const made = { constant: constantFactors(this.model, durationS), ramps: undefined };
    this.factors.set(durationS, made);
    return made;
  }
}

/** Steady rise of block u per watt in block v, K/W, m x m: output diag(1 / rate) input. */
export function steadyResistance(model: ReducedModel): Float64Array {
  return risePerWatt(
    model,
    model.rate.map((rate) => 1 / rate),
  );
}

/** Output diag(factor) input, m x m. */
function risePerWatt({ blocks, modes, input, output }: ReducedModel, factor: Float64Array): Float64Array {
  const weighted = output.map((value, at) => value * factor[at % modes]);
  const rise = new Float64Array(blocks * blocks);
  const table = (values: Float64Array, stride: number) => ({ values, at: 0, stride });
  addProduct(table(weighted, modes), table(input, blocks), table(rise, blocks), blocks, modes, blocks);
  return rise;
}

/** m x m: the rise of block u, K per W in block v, so many seconds after the power set in. */
export function stepResponse(model: ReducedModel, seconds: number): Float64Array {
  // A mode of rate r has risen to 1 - exp(-r t) of its steady amplitude.
  const risen = model.rate.map((rate) => rate / -Math.expm1(-rate * seconds));
  return steadyResistance({ ...model, rate: risen });
}

/** The factors of a step of `h` seconds, four a mode: see `advance`. */
export function constantFactors({ modes, rate, outflow }: ReducedModel, h: number): ConstantFactors {
  const constant = new Float64Array(CONSTANT_FACTORS * modes);
  for (let i = 0, f = 0; i < modes; i++, f += CONSTANT_FACTORS) {
    const [phi1, phi2] = phis(rate[i] * h);
    const out = outflow[i] * h;
    constant[f] = Math.exp(-rate[i] * h);
    constant[f + 1] = h * phi1;
    constant[f + 2] = out * phi1;
    constant[f + 3] = out * h * phi2;
  }
  return constant;
}

function rampFactors(model: ReducedModel, h: number): RampFactors {
  const { blocks, modes, rate, outflow, input } = model;
  const ramp = new Float64Array(modes);
  const rampOutJ = new Float64Array(blocks);
  for (let i = 0; i < modes; i++) {
    const [, phi2, phi3] = phis(rate[i] * h);
    ramp[i] = h * phi2;
    for (let v = 0; v < blocks; v++) rampOutJ[v] += outflow[i] * h * h * phi3 * input[i * blocks + v];
  }
  return { ramp, rampRise: packMatrix(risePerWatt(model, ramp), blocks, blocks), rampOutJ };
}

/** phi_1, phi_2 and phi_3 of x; downwards from the series where the recursion upwards would cancel. */
export function phis(x: number): readonly [number, number, number] {
  const phi1 = -Math.expm1(-x) / x;
  if (x < SMALL) {
    const phi3 = phi3Series(x);
    return [phi1, 1 / 2 - x * phi3, phi3];
  }
  const phi2 = (1 - phi1) / x;
  return [phi1, phi2, (1 / 2 - phi2) / x];
}

/** Below this, 12 terms of the series are exact to rounding; above it the recursion loses 3 bits at most. */
const SMALL = 0.5;
const RECIPROCALS = Float64Array.from({ length: 12 }, (_, j) => 1 / (j + 4));

/** phi_3(x) = 1/3! - x/4! + x^2/5! - ... */
function phi3Series(x: number): number {
  let sum = 1;
  for (let j = 11; j >= 0; j--) sum = 1 - x * RECIPROCALS[j] * sum;
  return sum / 6;
}

/**
 * Advances all modes under constant drive; returns the outflow. Two modes at a time, with a sum each, because one sum
 * would wait for its own additions.
 */
export function advance(factors: Float64Array, drive: Float64Array, state: Float64Array): number {
  const last = state.length - 1;
  let even = 0;
  let odd = 0;
  let i = 0;
  let f = 0;
  for (; i < last; i += 2, f += 2 * CONSTANT_FACTORS) {
    const z = state[i];
    const y = state[i + 1];
    const b = drive[i];
    const a = drive[i + 1];
    even += factors[f + 2] * z + factors[f + 3] * b;
    odd += factors[f + 6] * y + factors[f + 7] * a;
    state[i] = factors[f] * z + factors[f + 1] * b;
    state[i + 1] = factors[f + 4] * y + factors[f + 5] * a;
  }
  if (i === last) {
    even += factors[f + 2] * state[i] + factors[f + 3] * drive[i];
    state[i] = factors[f] * state[i] + factors[f + 1] * drive[i];
  }
  return even + odd;
}
