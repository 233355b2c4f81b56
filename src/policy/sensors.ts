/**
 * Between the temperatures the thermal model computes and those a policy reads. Noise, quantisation and delay have their
 * place here; a seed or a memory of past readings belongs to whoever makes such sensors.
 */
export interface Sensors {
  /**
   * Readings in K by block, from the block temperatures in K at the end of an epoch (0 for the start). `trueK` is
   * overwritten later; the readings are not.
   */
  read(trueK: Float64Array, epoch: number): ArrayLike<number>;
}

/** Sensors that read the truth, at once. */
export function idealSensors(): Sensors {
  return { read: (trueK) => trueK.slice() };
}
