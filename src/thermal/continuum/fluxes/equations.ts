/**
 * Solutions of S q = gap: S says by how much the temperatures below and above an interface differ for fluxes downwards, `gap` by
 * how much they differ the other way without any.
 */
export interface Fluxes {
  /** Cases x fluxes, interface after interface in the interface's modes. */
  readonly flux: Float64Array;
  /** Where uniform fluxes were given: what is left of the uniform gaps, cases x interfaces. */
  readonly left: Float64Array;
}

/** How the uniform fluxes enter the equations. */
export interface UniformFluxes {
  /** Whether they are known beforehand, because bodies float. */
  readonly isGiven: boolean;
  /** Whether an unknown amount circulates besides, from one cooled end to the other. */
  readonly circulates: boolean;
  /** By interface: the uniform flux of 1 W. */
  readonly ofWatt: Float64Array;
}

/** Fluxes near the solution, from which an iteration starts. */
export interface NearFluxes {
  /** Cases x fluxes. */
  readonly flux: Float64Array;
  /** How exact fluxes have to be, a part of them in the norm of their energy. */
  readonly tolerance: number;
}
