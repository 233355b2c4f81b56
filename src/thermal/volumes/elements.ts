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
  /** The smallest block with power or a material of its own, m. */
  readonly smallestM: number;
  /** By layer: whether power enters at its first face. */
  readonly powered: readonly boolean[];
}

/** The first slice, in widths of what heats it. */
const WIDTHS = 1.6;
/** The next slices grow by this factor; a last one thinner than this part of the one before joins it. */
const GROWTH = 8;
const REMAINDER = 0.6;

/** Heights, in widths of what heats a slice, up to which the degrees 1, 2 and 3 do. */
const DEGREES = [0.1, 0.6, 3];

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

function slices({ thicknessM }: ThermalLayer, depthM: number, { smallestM }: Sought): number[] {
  const heights: number[] = [];
  let left = thicknessM;
  for (let next = WIDTHS * (smallestM + 2 * depthM); left - next > REMAINDER * next; next *= GROWTH) {
    heights.push(next);
    left -= next;
  }
  return [...heights, left];
}

function degreeOf(heightM: number, depthM: number, { smallestM }: Sought): number {
  const inWidths = heightM / (smallestM + 2 * depthM);
  return 1 + DEGREES.filter((most) => inWidths > most).length;
}

/** A slice of unit height and conductivity: shares of its volume by point, and conductances between points (row-major). */
export interface Through {
  readonly shares: Float64Array;
  readonly conductances: Float64Array;
}

/**
 * The quadrature on Gauss-Lobatto points (Patera 1984): diagonal in capacity and in lateral conduction. Conductances between
 * points that are not neighbours may be negative.
 */
export function through(degree: number): Through {
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
  return { shares: rule.weights.map((weight) => weight / 2), conductances };
}
