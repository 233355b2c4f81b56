/**
 * The step between the temperatures of the thermal model and those a policy reads. Noise, quantisation and delay belong
 * here. Such sensors keep their own seed and memory of past readings.
 */
export interface Sensors {
  /**
   * Sensor readings in K by block, from the block temperatures in K at the end of an epoch (epoch 0 for the start).
   * `trueK` is overwritten later, so readings must not alias it.
   */
  read(trueK: Float64Array, epoch: number): ArrayLike<number>;
}

/** Sensors that read the true temperatures without delay. */
export function idealSensors(): Sensors {
  return { read: (trueK) => trueK.slice() };
}
