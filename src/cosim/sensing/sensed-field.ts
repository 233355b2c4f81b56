import { fail } from '../../base/errors.ts';
import { type BlockPlace, readingOf, type SensorSpec } from '../../policy/index.ts';
import { fieldTemperatures } from '../../thermal/index.ts';
import type { Plant } from '../plant/plant.ts';

/** Most cells of a grid of sensors. */
const MOST_CELLS = 4096;

/** The sensor in the middle of a cell: the node of the thermal model below it, and how it errs. */
interface CellSensor {
  readonly node: number;
  readonly spec: SensorSpec;
}

/** Sensors in a grid over the die. They read the last states of the modes at the ends of epochs, as their delays demand. */
export class SensedField {
  private readonly plant: Plant;
  private readonly specs: readonly SensorSpec[];
  private readonly seed: number;
  private readonly longest: number;
  private readonly grids = new Map<string, readonly CellSensor[]>();
  /** The modes at the last ticks, oldest first. */
  private states: Float64Array[];
  private ticks = 0;

  /** `state` holds the modes at the start; null without a thermal model. */
  constructor(plant: Plant, specs: readonly SensorSpec[], seed: number, state: Float64Array | null) {
    this.plant = plant;
    this.specs = specs;
    this.seed = seed;
    this.longest = specs.reduce((most, { delayEpochs }) => Math.max(most, delayEpochs), 0);
    this.states = state ? [state.slice()] : [];
  }

  endEpoch(state: Float64Array | null): void {
    if (!state) return;
    this.ticks++;
    const oldest = this.states.length > this.longest ? this.states.shift()! : new Float64Array(state.length);
    oldest.set(state);
    this.states.push(oldest);
  }

  /** The readings, K, row by row from the north west. Error: `decision-invalid`. */
  read(rows: number, columns: number): Float64Array {
    const sensors = this.sensorsOf(rows, columns);
    const fields = new Map<number, Float64Array>();
    return Float64Array.from(sensors, ({ node, spec }, cell) => {
      const back = Math.min(spec.delayEpochs, this.states.length - 1);
      let field = fields.get(back);
      if (!field) {
        field = this.fieldOf(this.states[this.states.length - 1 - back]);
        fields.set(back, field);
      }
      return readingOf(field[node], spec, this.seed, this.ticks - back, this.specs.length + cell);
    });
  }

  save(): { readonly states: readonly Float64Array[]; readonly ticks: number } {
    return { states: this.states.map((state) => state.slice()), ticks: this.ticks };
  }

  load({ states, ticks }: ReturnType<SensedField['save']>): void {
    this.states = states.map((state) => state.slice());
    this.ticks = ticks;
  }

  private fieldOf(state: Float64Array): Float64Array {
    const { model, design } = this.plant;
    const { grid } = design.spec.thermal!;
    const field = new Float64Array(grid.rows * grid.columns);
    fieldTemperatures(model!, state, field);
    return field;
  }

  private sensorsOf(rows: number, columns: number): readonly CellSensor[] {
    const isCount = (n: number): boolean => Number.isInteger(n) && n >= 1;
    const most = `${MOST_CELLS} cells in whole rows and columns`;
    if (!isCount(rows) || !isCount(columns) || rows * columns > MOST_CELLS) {
      fail('decision-invalid', `it asks for a field of ${rows} x ${columns} cells`, { expected: `1 to ${most}` });
    }
    if (this.states.length === 0) {
      fail('decision-invalid', 'it asks for a field of temperatures, and there are none', {
        expected: 'an accelerator with a floorplan',
      });
    }
    const key = `${rows} ${columns}`;
    let found = this.grids.get(key);
    if (!found) {
      found = this.placed(rows, columns);
      this.grids.set(key, found);
    }
    return found;
  }

  private placed(rows: number, columns: number): CellSensor[] {
    const { specs } = this;
    const { design, blockPlaces } = this.plant;
    const { grid } = design.spec.thermal!;
    const { widthM, heightM } = design.die!.floorplan;
    return Array.from({ length: rows * columns }, (_, cell) => {
      const x = (cell % columns) + 0.5;
      const y = Math.floor(cell / columns) + 0.5;
      const [xM, yM] = [(x / columns) * widthM, (1 - y / rows) * heightM];
      const distances = blockPlaces.map((place) => distanceM(place, xM, yM));
      return {
        node: Math.floor((y / rows) * grid.rows) * grid.columns + Math.floor((x / columns) * grid.columns),
        spec: specs[distances.indexOf(Math.min(...distances))],
      };
    });
  }
}

/** From a point to the nearest one of a block; 0 inside. */
function distanceM({ leftM, bottomM, widthM, heightM }: BlockPlace, xM: number, yM: number): number {
  const beyond = (at: number, from: number, length: number): number => Math.max(from - at, at - from - length, 0);
  return Math.hypot(beyond(xM, leftM, widthM), beyond(yM, bottomM, heightM));
}
