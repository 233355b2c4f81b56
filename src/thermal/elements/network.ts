import {
  addConductance,
  type ConductanceMatrix,
  conductanceMatrix,
  type EdgeList,
  edgeList,
  withoutRepeats,
} from '../../numeric/sparse.ts';
import { checkStack } from '../network/checks.ts';
import type { ThermalNetwork } from '../network/network.ts';
import type { ThermalLayer, ThermalStack } from '../network/stack.ts';
import type { Axis } from './axis.ts';
import { type Element, type Polynomials, polynomials } from './elements.ts';
import { countOf, type Frame, nodeAt } from './frame.ts';
import { eachPoint } from './regions.ts';

/** A network of elements. */
export interface ElementNetwork extends ThermalNetwork {
  /**
   * The same with temperatures that are linear between neighbouring points (Orszag, J. Comput. Phys. 37, 1980): at most six conductances a
   * node, none of them negative, and between 1 and 2.5 times as much heat for any temperatures.
   */
  readonly linear: ConductanceMatrix;
}

export function isElementNetwork(network: ThermalNetwork): network is ElementNetwork {
  return 'linear' in network;
}

/** Conductances of a network, and those of its `linear` likeness. */
interface Edges {
  readonly full: EdgeList;
  readonly linear: EdgeList;
}

/**
 * The network of a stack in its true shape: every layer as wide as it is, with its sides adiabatic. Materials by site are those of the
 * die's elements (`coveredElements`). Conductances between points that are not neighbours may be negative. Errors: `out-of-range`.
 */
export function elementNetwork(stack: ThermalStack, frame: Frame): ElementNetwork {
  const { nodes, planes, elements, firstPlane, die } = frame;
  checkStack(stack, { areaM2: Float64Array.of(die.widthM * die.heightM) });
  const edges = { full: edgeList(8 * nodes), linear: edgeList(4 * nodes) };
  const capacity = new Float64Array(nodes);
  const toAmbient = new Float64Array(nodes);
  elements.forEach((element, e) => {
    addElements(edges, capacity, frame, stack.layers[element.layer], element, firstPlane[e]);
  });
  const cooled = stack.secondary ? [stack.convection, stack.secondary.convection] : [stack.convection];
  cooled.forEach(({ resistanceKPerW, areaM2, capacityJPerK }, i) => {
    eachPoint(frame, i === 0 ? planes.length - 1 : 0, (node, pointM2) => {
      toAmbient[node] += pointM2 / areaM2 / resistanceKPerW;
      capacity[node] += (pointM2 / areaM2) * capacityJPerK;
    });
  });
  return {
    nodes,
    conductance: withoutRepeats(conductanceMatrix(edges.full, toAmbient)),
    linear: withoutRepeats(conductanceMatrix(edges.linear, toAmbient)),
    toAmbient,
    capacity,
    ambientK: stack.ambientK,
  };
}

/** The elements of one slice of a layer. */
function addElements(
  edges: Edges,
  capacity: Float64Array,
  frame: Frame,
  layer: ThermalLayer,
  { layer: index, heightM, degree }: Element,
  firstPlane: number,
): void {
  const { x: columns, y: rows } = frame.extents[index];
  const materialAt = materials(layer, frame);
  const through = polynomials(degree);
  const along = [frame.x, frame.y].map((axis) => polynomials(axis.degree)) as [Polynomials, Polynomials];
  const lengthOf = ({ lines }: Axis, element: number): number => lines[element + 1] - lines[element];
  for (let row = rows[0]; row < rows[1]; row++) {
    for (let column = columns[0]; column < columns[1]; column++) {
      const { k, c } = materialAt(row, column);
      const size = [lengthOf(frame.x, column), lengthOf(frame.y, row), heightM] as const;
      const [north, west] = [row * frame.y.degree, column * frame.x.degree];
      const node = (i: number, j: number, a: number): number => nodeAt(frame, firstPlane + a, north + j, west + i);
      addElement(edges, capacity, node, [...along, through], size, { k, c, isLateral: layer.lateral !== false });
    }
  }
}

interface Material {
  readonly k: number;
  readonly c: number;
  readonly isLateral: boolean;
}

type Three<T> = readonly [x: T, y: T, z: T];

function addElement(
  edges: Edges,
  capacity: Float64Array,
  node: (i: number, j: number, a: number) => number,
  [px, py, pz]: Three<Polynomials>,
  [width, length, height]: Three<number>,
  { k, c, isLateral }: Material,
): void {
  const n = [px.shares.length, py.shares.length, pz.shares.length] as const;
  const row = (p: Polynomials, from: number, g: number, at: number, to: (other: number) => number): void => {
    const points = p.shares.length;
    for (let b = from + 1; b < points; b++)
      addConductance(edges.full, at, to(b), p.conductances[from * points + b] * g);
    if (from + 1 < points) addConductance(edges.linear, at, to(from + 1), p.steps[from] * g);
  };
  for (let a = 0; a < n[2]; a++) {
    for (let j = 0; j < n[1]; j++) {
      for (let i = 0; i < n[0]; i++) {
        const at = node(i, j, a);
        const [dx, dy, dz] = [px.shares[i] * width, py.shares[j] * length, pz.shares[a] * height];
        capacity[at] += c * dx * dy * dz;
        row(pz, a, (k * dx * dy) / height, at, (b) => node(i, j, b));
        if (!isLateral) continue;
        row(px, i, (k * dy * dz) / width, at, (b) => node(b, j, a));
        row(py, j, (k * dx * dz) / length, at, (b) => node(i, b, a));
      }
    }
  }
}

/** W/(m K) and J/(m^3 K) of a layer by element. */
function materials(
  { bySite, conductivityWPerMK: k, heatCapacityJPerM3K: c }: ThermalLayer,
  { x, y }: Frame,
): (row: number, column: number) => { readonly k: number; readonly c: number } {
  if (!bySite) return () => ({ k, c });
  const stride = countOf(x.die);
  return (row, column) => {
    const site = (row - y.die[0]) * stride + column - x.die[0];
    return { k: bySite.conductivityWPerMK[site], c: bySite.heatCapacityJPerM3K[site] };
  };
}
