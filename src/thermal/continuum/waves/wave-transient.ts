import { type ModalTransient, modalTransient, phis } from '../../reduced/modal.ts';
import type { ReducedModel } from '../../reduced/reduced-model.ts';
import { checkDuration } from '../../solvers/nodal.ts';
import type { TransientSolver } from '../../solvers/transient.ts';
import type { PlaneWaves, ShortWaves } from '../short/index.ts';
import type { NearPairs } from './near-pairs.ts';
import type { Poles } from './short-poles.ts';

/** A stack in its waves, not in its sources: what a step costs grows with waves and sources, not with their product. */
export interface WaveModel {
  readonly ambientK: number;
  /** Sources and places where blocks are read are those of `short`. */
  readonly short: ShortWaves;
  /** The effect of shorter waves. */
  readonly near: NearPairs;
  /** Models of the cosines that meet the package, and the places of these among the waves of the plane. The first holds all heat. */
  readonly parts: readonly { readonly model: ReducedModel; readonly place: Int32Array }[];
  /** By bin of the plane, and of the pairs. */
  readonly bins: readonly Poles[];
  readonly beyond: readonly Poles[];
}

/** Waves of one bin: places in the plane, or sources, and where their amplitudes begin in the state, pole after pole. */
interface Group {
  readonly poles: Poles;
  readonly place: Int32Array;
  readonly at: number;
}

/** Temperatures of blocks over time (K), exact for powers (W a block) that are constant over each step of any length (s), at ambient first. */
export class WaveTransient implements TransientSolver {
  readonly state: Float64Array;
  readonly temperatureK: Float64Array;
  heatOutJ = 0;
  private readonly model: WaveModel;
  private readonly parts: readonly ModalTransient[];
  /** By part, the powers of its cosines. */
  private readonly ofPart: readonly Float64Array[];
  private readonly groups: readonly Group[];
  /** By bin of the pairs. */
  private readonly nearGroups: readonly Group[];
  /** By cosine of the plane. */
  private readonly power: Float64Array;
  private readonly change: Float64Array;
  private readonly amplitude: Float64Array;
  private readonly changeW: Float64Array;
  /** By source and bin, what is beyond the plane. */
  private readonly local: Float64Array;

  constructor(model: WaveModel, sources: number, places: number) {
    const { short, near, parts, bins, beyond, ambientK } = model;
    this.model = model;
    const byBin = bins.map((): number[] => []);
    for (const place of near.inPlane) if (short.bin[place] >= 0) byBin[short.bin[place]].push(place);
    const ofParts = parts.reduce((sum, { model: one }) => sum + one.modes, 0);
    const ofBins = byBin.reduce((sum, { length }, b) => sum + length * bins[b].rate.length, 0);
    const ofSource = beyond.reduce((sum, { rate }) => sum + rate.length, 0);
    const [shortest] = beyond;
    const ofShortest = near.inPlane.length * shortest.rate.length;
    this.state = new Float64Array(ofParts + ofBins + ofShortest + sources * ofSource);
    let at = 0;
    this.parts = parts.map(({ model: one }) => {
      at += one.modes;
      return modalTransient(one, this.state.subarray(at - one.modes, at));
    });
    this.ofPart = parts.map(({ place }) => new Float64Array(place.length));
    const group = (poles: Poles, place: Int32Array): Group => {
      const made = { poles, place, at };
      at += place.length * poles.rate.length;
      return made;
    };
    this.groups = [
      ...byBin.map((place, b) => group(bins[b], Int32Array.from(place))),
      // The pairs have all waves of the plane as if they were its shortest; those of the plane count one by one.
      group({ rate: shortest.rate, weight: shortest.weight.map((weight) => -weight) }, near.inPlane),
    ];
    const everySource = Int32Array.from({ length: sources }, (_, u) => u);
    this.nearGroups = beyond.map((poles) => group(poles, everySource));
    const ofPlane = (): Float64Array => new Float64Array(short.plane.size);
    [this.power, this.change, this.amplitude] = [ofPlane(), ofPlane(), ofPlane()];
    [this.changeW, this.local] = [new Float64Array(sources), new Float64Array(sources * beyond.length)];
    this.temperatureK = new Float64Array(places).fill(ambientK);
  }

  step(powerW: Float64Array, durationS: number, endPowerW?: Float64Array): void {
    checkDuration(durationS);
    const { model, power, change, changeW } = this;
    const { plane } = model.short;
    plane.project(powerW, power);
    if (endPowerW) {
      for (let u = 0; u < changeW.length; u++) changeW[u] = endPowerW[u] - powerW[u];
      plane.project(changeW, change);
    }
    this.heatOutJ = 0;
    model.parts.forEach(({ place }, p) => {
      const part = this.parts[p];
      part.step(pick(power, place, this.ofPart[p]), durationS);
      if (endPowerW) part.correct(pick(change, place, this.ofPart[p]));
      if (p === 0) this.heatOutJ = part.heatOutJ;
    });
    for (const group of this.groups) this.advance(group, power, durationS, endPowerW && change);
    for (const group of this.nearGroups) this.advance(group, powerW, durationS, endPowerW && changeW);
    this.gather();
  }

  private advance({ poles, place, at }: Group, drive: Float64Array, h: number, change: Float64Array | undefined): void {
    const { state } = this;
    poles.rate.forEach((rate, r) => {
      const [phi1, phi2] = phis(rate * h);
      const [decay, constant, ramp] = [Math.exp(-rate * h), h * phi1, h * phi2];
      const from = at + r * place.length;
      for (let i = 0; i < place.length; i++) state[from + i] = decay * state[from + i] + constant * drive[place[i]];
      if (change) for (let i = 0; i < place.length; i++) state[from + i] += ramp * change[place[i]];
    });
  }

  refresh(): void {
    for (const part of this.parts) part.refresh();
    this.gather();
  }

  storedHeatJ(): number {
    return this.parts[0].storedHeatJ();
  }

  /** Sets the state that block powers held for ever lead to. */
  setSteady(powerW: Float64Array): void {
    const { model, power, state } = this;
    model.short.plane.project(powerW, power);
    model.parts.forEach(({ place }, p) => {
      this.parts[p].setSteady(pick(power, place, this.ofPart[p]));
    });
    const settle = ({ poles, place, at }: Group, drive: Float64Array): void => {
      poles.rate.forEach((rate, r) => {
        for (let i = 0; i < place.length; i++) state[at + r * place.length + i] = drive[place[i]] / rate;
      });
    };
    for (const group of this.groups) settle(group, power);
    for (const group of this.nearGroups) settle(group, powerW);
    this.gather();
  }

  /** Adds a rise that is the same everywhere, K. */
  addUniform(riseK: number): void {
    const [{ state, model }] = this.parts;
    for (let i = 0; i < state.length; i++) state[i] += riseK * model.stored[i];
    this.refresh();
  }

  /** Means over other places at the end of the last step, K, without waves too short for the plane. */
  readPlane(plane: PlaneWaves, meanK: Float64Array): void {
    plane.read(this.amplitude, meanK);
    for (let u = 0; u < meanK.length; u++) meanK[u] += this.model.ambientK;
  }

  /** Adds the effect of waves too short for the plane. */
  addNear({ place, source, weight }: NearPairs, meanK: Float64Array): void {
    const { local } = this;
    const bins = this.nearGroups.length;
    for (let i = 0; i < place.length; i++) {
      const [of, from] = [i * bins, source[i] * bins];
      let sum = 0;
      for (let b = 0; b < bins; b++) sum += weight[of + b] * local[from + b];
      meanK[place[i]] += sum;
    }
  }

  /** Temperatures of the blocks from those of the waves. */
  private gather(): void {
    const { model, amplitude, local } = this;
    local.fill(0);
    this.nearGroups.forEach((group, b) => {
      this.add(group, local, this.nearGroups.length, b);
    });
    amplitude.fill(0);
    model.parts.forEach(({ place }, p) => {
      const rises = this.parts[p].temperatureK;
      for (let i = 0; i < place.length; i++) amplitude[place[i]] += rises[i];
    });
    for (const group of this.groups) this.add(group, amplitude, 1, 0);
    this.readPlane(model.short.plane, this.temperatureK);
    this.addNear(model.near, this.temperatureK);
  }

  private add({ poles, place, at }: Group, rises: Float64Array, stride: number, first: number): void {
    const { state } = this;
    poles.weight.forEach((weight, r) => {
      const from = at + r * place.length;
      for (let i = 0; i < place.length; i++) rises[place[i] * stride + first] += weight * state[from + i];
    });
  }
}

/** `some` with the values at these places. */
function pick(values: Float64Array, places: Int32Array, some: Float64Array): Float64Array {
  for (let i = 0; i < places.length; i++) some[i] = values[places[i]];
  return some;
}
