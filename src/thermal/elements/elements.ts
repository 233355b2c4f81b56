import { lagrangeSlopes, lobattoRule } from '../../numeric/quadrature.ts';
import type { ThermalLayer } from '../network/stack.ts';

/** A slice of a layer: temperatures are polynomials of `degree` through it, on Gauss-Lobatto points. */
export interface Element {
  readonly layer: number;
  readonly heightM: number;
  readonly degree: number;
}

/** The features that the slices must resolve. */
export interface Sought {
  /** The shortest side of a block with power or a material of its own, m. */
  readonly smallestM: number;
  /** How far heat goes within the shortest time that matters, m; infinite for steady states. */
  readonly shallowM: number;
  /** Degree along the sides; with one below `DEGREE`, those through the layers are lower by one, too. */
  readonly degree: number;
  /** By layer: whether power enters at its first face. */
  readonly powered: readonly boolean[];
}

/** The degree along the sides: it leaves half a per cent (docs/methods/thermal.md). */
export const DEGREE = 3;

/** The first slice of a layer with power at most, in widths of what heats it; that of other layers, in depths below the power. */
const WIDTHS = 0.5;
const DEPTHS = 8;
/** In time the first slice is at most so many lengths that heat goes. */
const SHALLOW = 2.5;
/** The next slices grow by this factor; a last one thinner than this part of the one before joins it. */
const GROWTH = 8;
const REMAINDER = 0.8;

/** Heights, in widths of what heats a slice, up to which the degrees 1, 2 and 3 do. */
const DEGREES = [0.03, 0.1, 0.5];

/**
 * Cuts layers into elements, thinnest towards the power. The heat enters a layer as wide as the smallest block, and twice its depth
 * below the power wider (docs/methods/thermal.md has what each degree leaves).
 */
export function elementsOf(layers: readonly ThermalLayer[], sought: Sought): Element[] {
  const faces = [0];
  for (const { thicknessM } of layers) faces.push(faces[faces.length - 1] + thicknessM);
  const hot = faces.filter((_, face) => sought.powered[face]);
  return layers.flatMap((layer, index) => {
    const distances = [faces[index], faces[index + 1]].map((face) =>
      Math.min(...hot.map((other) => Math.abs(face - other))),
    );
    const depthM = Math.min(...distances);
    const elements = slices(layer, depthM, sought).map((heightM) => ({
      layer: index,
      heightM,
      degree: degreeOf(heightM, depthM, sought),
    }));
    return distances[1] < distances[0] ? elements.reverse() : elements;
  });
}

function slices({ thicknessM }: ThermalLayer, depthM: number, { smallestM, shallowM }: Sought): number[] {
  const heights: number[] = [];
  let left = thicknessM;
  const nearestM = Math.min(WIDTHS * smallestM, SHALLOW * shallowM);
  for (let next = Math.max(nearestM, DEPTHS * depthM); left - next > REMAINDER * next; next *= GROWTH) {
    heights.push(next);
    left -= next;
  }
  return [...heights, left];
}

function degreeOf(heightM: number, depthM: number, { smallestM, shallowM, degree }: Sought): number {
  const inWidths = heightM / (Math.min(smallestM, shallowM) + 2 * depthM);
  const usual = 1 + DEGREES.filter((most) => inWidths > most).length;
  return Math.max(1, usual + degree - DEGREE);
}

/**
 * An element of unit length and conductivity: shares of its length by point, conductances between points (row-major), and from each
 * point to the next one if temperatures were linear between them.
 */
export interface Polynomials {
  readonly shares: Float64Array;
  readonly conductances: Float64Array;
  readonly steps: Float64Array;
}

/**
 * The quadrature on Gauss-Lobatto points (Patera 1984): diagonal in capacity and in lateral conduction. Conductances between
 * points that are not neighbours may be negative.
 */
export function polynomials(degree: number): Polynomials {
  const rule = lobattoRule(degree);
  const slopes = lagrangeSlopes(rule);
  const n = degree + 1;
  const conductances = new Float64Array(n * n);
  for (let q = 0; q < n; q++) {
    for (let a = 0; a < n; a++) {
      for (let b = 0; b < n; b++)
        conductances[a * n + b] -= 2 * rule.weights[q] * slopes[q * n + a] * slopes[q * n + b];
    }
  }
  const steps = Float64Array.from({ length: degree }, (_, i) => 2 / (rule.points[i + 1] - rule.points[i]));
  return { shares: rule.weights.map((weight) => weight / 2), conductances, steps };
}
