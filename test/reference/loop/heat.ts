/** Heat and leakage of the reference loop in small even steps (docs/methods/loop.md, "Leakage" and "Temperature"). */

import type { Design } from '../../../src/design/index.ts';
import type { ReducedModel } from '../../../src/thermal/index.ts';

type Source = Design['leakage']['sources'][number];

/** W of a source per volt of V e^(k V): straight in log P between the temperatures of its table, and beyond as at its end. */
export function leakageAt({ wattsPerVolt, curve }: Source, temperatureK: number): number {
  const { temperatureK: knots, logarithm } = curve;
  let i = 0;
  while (i < knots.length - 2 && temperatureK >= knots[i + 1]) i++;
  const part = (temperatureK - knots[i]) / (knots[i + 1] - knots[i]);
  return wattsPerVolt * Math.exp(logarithm[i] + part * (logarithm[i + 1] - logarithm[i]));
}

export class ReferenceHeat {
  readonly temperatureK: Float64Array;
  /** Leakage of the last step, J. */
  leakageJ = 0;
  private readonly z: Float64Array;
  private readonly model: ReducedModel;
  private readonly sources: readonly Source[];
  /** The domain of each source. */
  private readonly domains: readonly number[];
  private readonly stepS: number;

  constructor(model: ReducedModel, sources: readonly Source[], domains: readonly number[], stepS: number) {
    this.model = model;
    this.sources = sources;
    this.domains = domains;
    this.stepS = stepS;
    this.temperatureK = new Float64Array(model.blocks).fill(model.ambientK);
    this.z = new Float64Array(model.modes);
  }

  /** Mean leakage volts of each domain over the step, and the temperatures: W of each block. */
  leakage(volts: Float64Array, temperatureK: Float64Array): Float64Array {
    const blockW = new Float64Array(this.model.blocks);
    this.sources.forEach((source, s) => {
      blockW[source.block] += volts[this.domains[s]] * leakageAt(source, temperatureK[source.block]);
    });
    return blockW;
  }

  /** One step under block powers (W, without leakage); leakage at the mean of its start and its predicted end. */
  step(powerW: Float64Array, volts: Float64Array): Float64Array {
    const start = Float64Array.from(this.temperatureK);
    const before = Float64Array.from(this.z);
    let leak = this.leakage(volts, start);
    this.advance(before, sum(powerW, leak));
    leak = this.leakage(
      volts,
      start.map((t, u) => (t + this.temperatureK[u]) / 2),
    );
    this.advance(before, sum(powerW, leak));
    this.leakageJ = leak.reduce((all, w) => all + w * this.stepS, 0);
    return leak;
  }

  /** The state that these powers without leakage lead to, with the leakage of its own temperatures. */
  setSteady(powerW: Float64Array, volts: Float64Array): void {
    for (let pass = 0; pass < 500; pass++) {
      const last = Float64Array.from(this.temperatureK);
      const all = sum(powerW, this.leakage(volts, last));
      for (let i = 0; i < this.z.length; i++) this.z[i] = this.drive(i, all) / this.model.rate[i];
      this.read();
      if (last.every((t, u) => Math.abs(t - this.temperatureK[u]) < 1e-7)) return;
    }
    throw new Error('no steady state');
  }

  private advance(before: Float64Array, powerW: Float64Array): void {
    const { rate } = this.model;
    for (let i = 0; i < rate.length; i++) {
      const decay = Math.exp(-rate[i] * this.stepS);
      this.z[i] = before[i] * decay + (this.drive(i, powerW) / rate[i]) * -Math.expm1(-rate[i] * this.stepS);
    }
    this.read();
  }

  private drive(i: number, powerW: Float64Array): number {
    const { input, blocks } = this.model;
    let b = 0;
    for (let u = 0; u < blocks; u++) b += input[i * blocks + u] * powerW[u];
    return b;
  }

  private read(): void {
    const { output, modes, ambientK } = this.model;
    for (let u = 0; u < this.temperatureK.length; u++) {
      let rise = 0;
      for (let i = 0; i < modes; i++) rise += output[u * modes + i] * this.z[i];
      this.temperatureK[u] = ambientK + rise;
    }
  }
}

function sum(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((x, i) => x + b[i]);
}
