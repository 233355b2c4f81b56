import { addConductance, conductanceMatrix, type EdgeList, edgeList } from '../../numeric/sparse.ts';
import { checkStack } from '../network/checks.ts';
import type { ThermalNetwork } from '../network/network.ts';
import type { ThermalLayer, ThermalStack } from '../network/stack.ts';
import { type Element, through } from './elements.ts';
import { countOf, type Frame, nodeAt } from './frame.ts';
import { eachCell } from './regions.ts';

/**
 * The network of a stack in its true shape: every layer as wide as it is, with its sides adiabatic. Materials by site are those of the
 * die's cells (`coveredCells`); cells conduct sideways as halves in series. Conductances between points through a layer that are not
 * neighbours may be negative. Errors: `out-of-range`.
 */
export function volumeNetwork(stack: ThermalStack, frame: Frame): ThermalNetwork {
  const { nodes, planes, elements, firstPlane, die } = frame;
  checkStack(stack, { areaM2: Float64Array.of(die.widthM * die.heightM) });
  const edges = edgeList(4 * nodes);
  const capacity = new Float64Array(nodes);
  const toAmbient = new Float64Array(nodes);
  elements.forEach((element, e) => {
    addElement(edges, capacity, frame, stack.layers[element.layer], element, firstPlane[e]);
  });
  const cooled = stack.secondary ? [stack.convection, stack.secondary.convection] : [stack.convection];
  cooled.forEach(({ resistanceKPerW, areaM2, capacityJPerK }, i) => {
    eachCell(frame, i === 0 ? planes.length - 1 : 0, (node, cellM2) => {
      toAmbient[node] += cellM2 / areaM2 / resistanceKPerW;
      capacity[node] += (cellM2 / areaM2) * capacityJPerK;
    });
  });
  return { nodes, conductance: conductanceMatrix(edges, toAmbient), toAmbient, capacity, ambientK: stack.ambientK };
}

function addElement(
  edges: EdgeList,
  capacity: Float64Array,
  frame: Frame,
  layer: ThermalLayer,
  { layer: index, heightM, degree }: Element,
  firstPlane: number,
): void {
  const { x: columns, y: rows } = frame.extents[index];
  const { shares, conductances } = through(degree);
  const materialAt = materials(layer, frame);
  const [widthOf, lengthOf] = [frame.x, frame.y].map(
    ({ lines }) =>
      (cell: number) =>
        lines[cell + 1] - lines[cell],
  );
  const node = (plane: number, row: number, column: number): number => nodeAt(frame, firstPlane + plane, row, column);
  for (let row = rows[0]; row < rows[1]; row++) {
    for (let column = columns[0]; column < columns[1]; column++) {
      const [width, length] = [widthOf(column), lengthOf(row)];
      const { k, c } = materialAt(row, column);
      const isLast = [
        column + 1 === columns[1] || layer.lateral === false,
        row + 1 === rows[1] || layer.lateral === false,
      ];
      const east = isLast[0] ? 0 : (2 * length) / (width / k + widthOf(column + 1) / materialAt(row, column + 1).k);
      const south = isLast[1] ? 0 : (2 * width) / (length / k + lengthOf(row + 1) / materialAt(row + 1, column).k);
      for (let a = 0; a <= degree; a++) {
        const at = node(a, row, column);
        const thicknessM = shares[a] * heightM;
        capacity[at] += c * width * length * thicknessM;
        for (let b = a + 1; b <= degree; b++) {
          const g = (conductances[a * (degree + 1) + b] * k * width * length) / heightM;
          addConductance(edges, at, node(b, row, column), g);
        }
        if (!isLast[0]) addConductance(edges, at, node(a, row, column + 1), east * thicknessM);
        if (!isLast[1]) addConductance(edges, at, node(a, row + 1, column), south * thicknessM);
      }
    }
  }
}

/** W/(m K) and J/(m^3 K) of a layer by cell. */
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
