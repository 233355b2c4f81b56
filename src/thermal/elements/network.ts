import { addConductance, conductanceMatrix, type EdgeList, edgeList } from '../../numeric/sparse.ts';
import { checkStack } from '../network/checks.ts';
import type { ThermalNetwork } from '../network/network.ts';
import type { ThermalLayer, ThermalStack } from '../network/stack.ts';
import type { Axis } from './axis.ts';
import { type Element, type Polynomials, polynomials } from './elements.ts';
import { countOf, type Frame, nodeAt } from './frame.ts';
import { eachPoint } from './regions.ts';

/**
 * The network of a stack in its true shape: every layer as wide as it is, with its sides adiabatic. Materials by site are those of the
 * die's elements (`coveredElements`). Conductances between points that are not neighbours may be negative. Errors: `out-of-range`.
 */
export function elementNetwork(stack: ThermalStack, frame: Frame): ThermalNetwork {
  const { nodes, planes, elements, firstPlane, die } = frame;
  checkStack(stack, { areaM2: Float64Array.of(die.widthM * die.heightM) });
  const edges = edgeList(8 * nodes);
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
  return { nodes, conductance: conductanceMatrix(edges, toAmbient), toAmbient, capacity, ambientK: stack.ambientK };
}

/** The elements of one slice of a layer. */
function addElements(
  edges: EdgeList,
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
  edges: EdgeList,
  capacity: Float64Array,
  node: (i: number, j: number, a: number) => number,
  [px, py, pz]: Three<Polynomials>,
  [width, length, height]: Three<number>,
  { k, c, isLateral }: Material,
): void {
  const [nx, ny, nz] = [px.shares.length, py.shares.length, pz.shares.length];
  for (let a = 0; a < nz; a++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++) {
        const at = node(i, j, a);
        const [dx, dy, dz] = [px.shares[i] * width, py.shares[j] * length, pz.shares[a] * height];
        capacity[at] += c * dx * dy * dz;
        for (let b = a + 1; b < nz; b++)
          addConductance(edges, at, node(i, j, b), (pz.conductances[a * nz + b] * k * dx * dy) / height);
        if (!isLateral) continue;
        for (let b = i + 1; b < nx; b++)
          addConductance(edges, at, node(b, j, a), (px.conductances[i * nx + b] * k * dy * dz) / width);
        for (let b = j + 1; b < ny; b++)
          addConductance(edges, at, node(i, b, a), (py.conductances[j * ny + b] * k * dx * dz) / length);
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
