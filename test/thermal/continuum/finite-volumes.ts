import { addConductance, conductanceMatrix, edgeList } from '../../../src/numeric/sparse.ts';
import { choleskySteady } from '../../../src/thermal/index.ts';

/** A quarter of a plate, concentric with the others: half sides and thickness in cells and planes. */
export interface QuarterPlate {
  readonly halfCells: number;
  readonly planes: number;
  readonly planeM: number;
  readonly conductivityWPerMK: number;
  readonly heatCapacityJPerM3K: number;
  /** A square of another conductivity in the middle. */
  readonly middle?: { readonly halfCells: number; readonly conductivityWPerMK: number };
}

function conductivityAt({ middle, conductivityWPerMK }: QuarterPlate, x: number, y: number): number {
  return middle && x < middle.halfCells && y < middle.halfCells ? middle.conductivityWPerMK : conductivityWPerMK;
}

/**
 * An independent solution with finite volumes, cell centres, all plates as wide as they are: mean rise over the heated square of the
 * first plate's outer face for 1 W in it, K, from (G + shift C) x = b. The last plate is cooled by `filmWPerM2K`.
 */
export function finiteVolumes(
  plates: readonly QuarterPlate[],
  cellM: number,
  heatedCells: number,
  filmWPerM2K: number,
  shift: number,
): number {
  const planes = plates.flatMap((plate) => Array.from({ length: plate.planes }, () => plate));
  const starts = [0];
  for (const { halfCells } of planes) starts.push(starts[starts.length - 1] + halfCells ** 2);
  const nodes = starts[planes.length];
  const edges = edgeList(4 * nodes);
  const toAmbient = new Float64Array(nodes);
  const capacity = new Float64Array(nodes);
  const area = cellM ** 2;
  planes.forEach((plane, p) => {
    const { halfCells: n, planeM, heatCapacityJPerM3K: c } = plane;
    const next = planes[p + 1];
    const beside = (a: number, b: number): number => (2 * planeM * a * b) / (a + b);
    for (let y = 0; y < n; y++) {
      for (let x = 0; x < n; x++) {
        const node = starts[p] + y * n + x;
        capacity[node] = c * planeM * area;
        const k = conductivityAt(plane, x, y);
        if (x + 1 < n) addConductance(edges, node, node + 1, beside(k, conductivityAt(plane, x + 1, y)));
        if (y + 1 < n) addConductance(edges, node, node + n, beside(k, conductivityAt(plane, x, y + 1)));
        if (!next) toAmbient[node] = area / (planeM / (2 * k) + 1 / filmWPerM2K);
        else if (x < next.halfCells && y < next.halfCells) {
          const g = area / (planeM / (2 * k) + next.planeM / (2 * conductivityAt(next, x, y)));
          addConductance(edges, node, starts[p + 1] + y * next.halfCells + x, g);
        }
      }
    }
  });
  const network = { nodes, toAmbient, capacity, conductance: conductanceMatrix(edges, toAmbient), ambientK: 0 };
  const source = new Float64Array(nodes);
  const rise = new Float64Array(nodes);
  const heated: number[] = [];
  for (let y = 0; y < heatedCells; y++) for (let x = 0; x < heatedCells; x++) heated.push(y * planes[0].halfCells + x);
  // 1 W in four quarters.
  for (const node of heated) source[node] = 0.25 / heated.length;
  choleskySteady(network, { shift }).solve(source, rise);
  const mean = heated.reduce((sum, node) => sum + rise[node], 0) / heated.length;
  const flux = 0.25 / (heated.length * area);
  return mean + (flux * planes[0].planeM) / (2 * planes[0].conductivityWPerMK);
}
