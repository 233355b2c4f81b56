import type { StateSpec } from '../../design/index.ts';
import { load, type Saved, save } from '../loop/saved.ts';
import type { Plant } from '../plant/plant.ts';
import type { Program } from '../plant/program.ts';

/** The PEs of one array that a layer uses: the first rows and columns. */
export interface UsedPes {
  readonly rows: number;
  readonly columns: number;
}

/** By array and layer: the rows and columns that some fold of the layer uses. */
export function usedPes(arrays: readonly Program[], layers: number): UsedPes[][] {
  return arrays.map(({ stages }) => {
    const used = Array.from({ length: layers }, () => ({ rows: 0, columns: 0 }));
    for (const { layer, fold } of stages) {
      if (!fold) continue;
      for (const shape of fold.shape.mix?.map((one) => one.shape) ?? [fold.shape]) {
        used[layer].rows = Math.max(used[layer].rows, shape.usedRows);
        used[layer].columns = Math.max(used[layer].columns, shape.usedColumns);
      }
    }
    return used;
  });
}

/** By layer: the part of each group of PEs that the layer uses. Null if unused PEs have power. */
export function poweredParts(
  plant: Plant,
  used: readonly (readonly UsedPes[])[],
  layers: number,
): readonly Float64Array[] | null {
  const { unusedPes } = plant.design.spec;
  if (!unusedPes) return null;
  const pes = new PoweredPes(unusedPes, plant, used);
  return Array.from({ length: layers }, (_, layer) => {
    used.forEach((_, a) => {
      pes.fit(a, layer);
    });
    return pes.powered.slice();
  });
}

/** Which rows and columns of PEs are powered in each array. */
export class PoweredPes {
  private readonly spec: StateSpec;
  private readonly plant: Plant;
  private readonly used: readonly (readonly UsedPes[])[];
  private readonly rows: Int32Array;
  private readonly columns: Int32Array;
  /** The powered part of the PEs of each group. */
  readonly powered: Float64Array;

  constructor(spec: StateSpec, plant: Plant, used: readonly (readonly UsedPes[])[]) {
    const { array } = plant.design.spec;
    this.spec = spec;
    this.plant = plant;
    this.used = used;
    this.rows = new Int32Array(used.length).fill(array.rows);
    this.columns = new Int32Array(used.length).fill(array.columns);
    this.powered = new Float64Array(plant.leakageGroups.pes.length).fill(1);
  }

  /** The part of a powered PE's leakage that is left in the others. */
  get residue(): number {
    return this.spec.leakage;
  }

  /** Powers what a layer uses in array a, and no more. Returns how many PEs wake. */
  fit(a: number, layer: number): number {
    const { rows, columns } = this.used[a][layer];
    return this.set(a, rows, columns);
  }

  /** Powers all PEs of array a. Returns how many wake. */
  fill(a: number): number {
    const { array } = this.plant.design.spec;
    return this.set(a, array.rows, array.columns);
  }

  private set(a: number, rows: number, columns: number): number {
    const kept = Math.min(rows, this.rows[a]) * Math.min(columns, this.columns[a]);
    this.rows[a] = rows;
    this.columns[a] = columns;
    this.plant.leakageGroups.pes.forEach(({ array, tile }, g) => {
      if (array !== a) return;
      const { row0, row1, column0, column1 } = tile;
      const tall = Math.max(0, Math.min(row1, rows) - row0);
      const wide = Math.max(0, Math.min(column1, columns) - column0);
      this.powered[g] = (tall * wide) / ((row1 - row0) * (column1 - column0));
    });
    return rows * columns - kept;
  }

  save(): Saved {
    return save(this, ['rows', 'columns', 'powered']);
  }

  load(saved: Saved): void {
    load(this, saved);
  }
}
