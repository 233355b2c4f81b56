/**
 * One layer in a body, for all lateral modes at once. Between its faces the temperature of mode lambda follows
 * k (d2/dz2 - gamma^2) x = 0 with gamma^2 = lambda_lateral + s c / k, so that a layer is a two-port that is exact at any thickness.
 */
export interface LadderLayer {
  readonly thicknessM: number;
  readonly conductivityWPerMK: number;
  readonly heatCapacityJPerM3K: number;
  /** Whether heat flows sideways within it. */
  readonly lateral: boolean;
}

/** The convection between an outer face and the ambient: W/(m^2 K) and J/(m^2 K). */
export interface Cooling {
  readonly conductance: number;
  readonly capacity: number;
}

export const ADIABATIC: Cooling = { conductance: 0, capacity: 0 };

/** Modes that end with the layers from `first` to `end`, as if their outer faces were adiabatic, among some that see all layers. */
export interface LadderPart {
  readonly first: number;
  /** One after the last. */
  readonly end: number;
  /** By mode: 1 if it sees all layers. */
  readonly isWhole: Uint8Array;
}

/**
 * The layers of a body, factored for all its modes at one shift s: face 0 is the first layer's outer one, face f + 1 is below
 * layer f. Pivots are sums of conductances, never differences, so that they are exact to rounding however slow the shift.
 */
export interface Ladder {
  readonly modes: number;
  readonly faces: number;
  /** By face and mode: what of a load is passed on, g / (Y + g); 0 in the last face. */
  readonly passed: Float64Array;
  /** 1 / (Y + g); 0 in the last face of a mode that no heat can leave (its face is then the zero of temperatures). */
  readonly inverse: Float64Array;
  /** By layer and mode. */
  readonly gamma: Float64Array;
  readonly part: { readonly first: number; readonly end: number; readonly isWhole?: Uint8Array };
}

/** sinh and tanh of y = gamma h, for conductances: y / sinh y and tanh(y / 2) / (y / 2). */
function twoPort(y: number, out: Float64Array): void {
  if (y < 1e-4) {
    out[0] = 1 - (y * y) / 6;
    out[1] = 1 - (y * y) / 12;
    return;
  }
  const less = -Math.expm1(-y);
  const e = 1 - less;
  out[0] = (2 * y * e) / (less * (1 + e));
  out[1] = (2 * less) / (y * (1 + e));
}

export function ladderOf(
  layers: readonly LadderLayer[],
  [top, bottom]: readonly [Cooling, Cooling],
  lambda: Float64Array,
  shift: number,
  part?: LadderPart,
): Ladder {
  const { first = 0, end = layers.length, isWhole } = part ?? {};
  const modes = lambda.length;
  const faces = layers.length + 1;
  const passed = new Float64Array(faces * modes);
  const inverse = new Float64Array(faces * modes);
  const gamma = new Float64Array(layers.length * modes);
  const factors = new Float64Array(2);
  // By mode: admittance of all above the face, W/(m^2 K).
  const above = new Float64Array(modes);
  const cool = ({ conductance, capacity }: Cooling, ofPart: boolean): void => {
    for (let i = 0; i < modes; i++) if (ofPart || isWhole?.[i]) above[i] += conductance + shift * capacity;
  };
  const finish = (face: number, isOfPart: boolean): void => {
    for (let i = 0, at = face * modes; i < modes; i++, at++) {
      if (isWhole && (isWhole[i] === 0) !== isOfPart) continue;
      inverse[at] = above[i] > 0 ? 1 / above[i] : 0;
    }
  };
  cool(top, first === 0);
  layers.forEach(({ thicknessM: h, conductivityWPerMK: k, heatCapacityJPerM3K: c, lateral }, f) => {
    const isOfPart = f >= first && f < end;
    for (let i = 0, at = f * modes; i < modes; i++, at++) {
      if (!isOfPart && isWhole?.[i] === 0) continue;
      const square = (lateral ? lambda[i] : 0) + (shift * c) / k;
      gamma[at] = Math.sqrt(square);
      twoPort(gamma[at] * h, factors);
      const g = (k / h) * factors[0];
      const e = (k * square * h * factors[1]) / 2;
      const y = above[i] + e;
      inverse[at] = 1 / (y + g);
      passed[at] = g * inverse[at];
      above[i] = e + y * passed[at];
    }
  });
  cool(bottom, end === layers.length);
  if (isWhole) finish(end, true);
  finish(layers.length, false);
  return { modes, faces, passed, inverse, gamma, part: part ?? { first, end } };
}

/** Temperatures at all faces under loads there (face x mode), in place. */
export function solveLadder({ modes, faces, passed, inverse }: Ladder, x: Float64Array): void {
  const last = (faces - 1) * modes;
  for (let at = 0; at < last; at++) x[at + modes] += passed[at] * x[at];
  for (let at = last; at < x.length; at++) x[at] *= inverse[at];
  for (let at = last - 1; at >= 0; at--) x[at] = inverse[at] * x[at] + passed[at] * x[at + modes];
}

/** Temperatures for unit loads at a face, face x mode. */
export function unitField(ladder: Ladder, face: number): Float64Array {
  const x = new Float64Array(ladder.faces * ladder.modes);
  x.fill(1, face * ladder.modes, (face + 1) * ladder.modes);
  solveLadder(ladder, x);
  return x;
}

/** M, where u . M v is the integral of c u v over the body, for temperatures u and v of its faces. */
export interface HeatCapacity {
  readonly modes: number;
  /** By layer and mode: of either face with itself, and with the other. */
  readonly same: Float64Array;
  readonly other: Float64Array;
  readonly cooling: readonly [Cooling, Cooling];
}

/**
 * Within a layer temperatures are combinations of sinh(gamma z) and sinh(gamma (h - z)) over sinh(gamma h), which need not be cut
 * to be integrated.
 */
export function heatCapacityOf(
  { modes, gamma, part }: Ladder,
  layers: readonly LadderLayer[],
  cooling: readonly [Cooling, Cooling],
): HeatCapacity {
  const { first, end, isWhole } = part;
  const [same, other] = [new Float64Array(gamma.length), new Float64Array(gamma.length)];
  const products = new Float64Array(2);
  layers.forEach(({ thicknessM: h, heatCapacityJPerM3K: c }, f) => {
    const isOfPart = f >= first && f < end;
    for (let i = 0, at = f * modes; i < modes; i++, at++) {
      if (!isOfPart && isWhole?.[i] === 0) continue;
      squares(gamma[at] * h, products);
      same[at] = c * h * products[0];
      other[at] = c * h * products[1];
    }
  });
  return { modes, same, other, cooling };
}

/** y = M x. */
export function applyCapacity({ modes, same, other, cooling }: HeatCapacity, x: Float64Array, y: Float64Array): void {
  const [top, bottom] = cooling;
  y.fill(0);
  for (let at = 0; at < same.length; at++) {
    y[at] += same[at] * x[at] + other[at] * x[at + modes];
    y[at + modes] += other[at] * x[at] + same[at] * x[at + modes];
  }
  for (let i = 0, last = same.length; i < modes; i++, last++) {
    y[i] += top.capacity * x[i];
    y[last] += bottom.capacity * x[last];
  }
}

/** Means over 0 < z < 1 of (sinh(y z) / sinh y)^2 and of sinh(y z) sinh(y (1 - z)) / sinh^2 y. */
function squares(y: number, out: Float64Array): void {
  if (y < 0.02) {
    out[0] = 1 / 3 - y * y * (2 / 45 - (2 * y * y) / 315);
    out[1] = 1 / 6 - y * y * (7 / 180 - (31 * y * y) / 5040);
    return;
  }
  const less = -Math.expm1(-2 * y);
  const e = Math.exp(-y);
  // coth y = (1 + E^2) / (1 - E^2), 1 / sinh y = 2 E / (1 - E^2).
  const coth = (2 - less) / less;
  const csch = (2 * e) / less;
  out[0] = (coth - y * csch * csch) / (2 * y);
  out[1] = (csch * (y * coth - 1)) / (2 * y);
}
