/** A layer over the whole die. */
export interface ThermalLayer {
  readonly name: string;
  readonly thicknessM: number;
  readonly conductivityWPerMK: number;
  readonly heatCapacityJPerM3K: number;
  /** False: no heat flows sideways within it. */
  readonly lateral?: boolean;
  /** Where the material is not the same everywhere: by site, in place of the two numbers above. */
  readonly bySite?: { readonly conductivityWPerMK: Float64Array; readonly heatCapacityJPerM3K: Float64Array };
}

/** The boundary between the face of the last layer and the ambient. */
export interface Convection {
  /** Resistance and capacity of an area of `areaM2`; a smaller one has them in proportion. */
  readonly resistanceKPerW: number;
  readonly capacityJPerK: number;
  readonly areaM2: number;
}

/** The last two layers are spreader and sink, squares that reach beyond the die by the same length on both sides. */
export interface Overhang {
  readonly spreaderSideM: number;
  readonly sinkSideM: number;
}

/**
 * The first three layers are printed circuit board, solder and substrate, which reach beyond the die like spreader and
 * sink; the board's outer face is cooled too.
 */
export interface SecondaryPath {
  readonly substrateSideM: number;
  readonly solderSideM: number;
  readonly boardSideM: number;
  readonly convection: Convection;
}

/**
 * Layers in order, the last one cooled. Without a secondary path the first one's outer face is adiabatic; so are the
 * sides. Without an overhang all layers end with the die.
 */
export interface ThermalStack {
  readonly layers: readonly ThermalLayer[];
  readonly overhang?: Overhang;
  readonly secondary?: SecondaryPath;
  /** Under `hotspot` only: the layers are joined as by its -detailed_3D on. */
  readonly detailed?: boolean;
  readonly convection: Convection;
  readonly ambientK: number;
}
