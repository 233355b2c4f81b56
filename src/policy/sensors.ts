import { Generator, mixed } from '../base/random.ts';

/**
 * The step between the temperatures of the thermal model and those a policy reads. Each pass of a fixed point makes its own. All that
 * they remember is in `memory`.
 */
export interface Sensors {
  /**
   * Sensor readings in K by block, from the block temperatures in K at the end of an epoch (epoch 0 for the start). Epochs come in
   * order. `trueK` is overwritten later, so readings must not alias it.
   */
  read(trueK: Float64Array, epoch: number): ArrayLike<number>;
  /** Past readings that are still to come out, oldest first; may be set to those of another instance. */
  memory: readonly Float64Array[];
}

/** How the sensor of a block errs. The defaults are 0. */
export interface SensorSpec {
  /** Its constant offset, K: it shows so much too much. */
  readonly offsetK: number;
  /** Standard deviation of its noise, K, from reading to reading. */
  readonly noiseK: number;
  /** It rounds to multiples of this, in degrees Celsius; 0 for none. */
  readonly quantumK: number;
  /** It shows what was so many epochs ago. */
  readonly delayEpochs: number;
}

/** Sensors that read the true temperatures without delay. */
export function idealSensors(): Sensors {
  return {
    read(trueK) {
      // Several times as fast as Array.from, and read at every epoch.
      const readings = new Array<number>(trueK.length);
      for (let u = 0; u < readings.length; u++) readings[u] = trueK[u];
      return readings;
    },
    memory: [],
  };
}

const ZERO_C = 273.15;

/**
 * Sensors by block: reading = round(T + offset + noise), shown after a delay. Noise depends on seed, epoch and block alone, so that it
 * is the same for all policies of a comparison. Before the first delayed reading a sensor shows the start.
 */
export function createSensors(specs: readonly SensorSpec[], seed: number): Sensors {
  if (specs.every((s) => s.offsetK === 0 && s.noiseK === 0 && s.quantumK === 0 && s.delayEpochs === 0)) {
    return idealSensors();
  }
  const longest = specs.reduce((most, { delayEpochs }) => Math.max(most, delayEpochs), 0);
  return {
    memory: [],
    read(trueK, epoch) {
      const now = trueK.map((k, u) => readingOf(k, specs[u], seed, epoch, u));
      this.memory = [...this.memory, now].slice(-1 - longest);
      const { memory } = this;
      return now.map((_, u) => memory[Math.max(0, memory.length - 1 - specs[u].delayEpochs)][u]);
    },
  };
}

/** The reading of sensor `u` in K at a true temperature at the end of an epoch, before its delay. */
export function readingOf(
  trueK: number,
  { offsetK, noiseK, quantumK }: SensorSpec,
  seed: number,
  epoch: number,
  u: number,
): number {
  const k = trueK + offsetK + (noiseK === 0 ? 0 : noiseK * normal(new Generator(mixed(seed, epoch, u))));
  return quantumK === 0 ? k : Math.round((k - ZERO_C) / quantumK) * quantumK + ZERO_C;
}

/** A number of the standard normal distribution (Box and Muller, 1958). */
function normal({ next }: Generator): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}
