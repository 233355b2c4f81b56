import { type Floorplan, fieldTemperatures, type Grid, type ReducedModel } from '../../thermal/index.ts';
import { engineering } from '../numbers.ts';
import { fieldRange, type HeatMapPngOptions, heatMapPng } from './heat-map.ts';

/** The state of a thermal model at one time, such as a copy of `ModalTransient.state`. */
export interface TimedState {
  readonly timeS: number;
  readonly state: Float64Array;
}

/** Pixels per unit of a frame: half as many as in a single picture, since there are many frames. */
const FRAME_ZOOM = 1;

/**
 * One PNG of the powered plane per state, all on one colour scale: `range`, or that of all states, which needs a first
 * pass over them. The time follows the title. Errors: `out-of-range` for a model without fields.
 */
export function* animationFrames(
  model: ReducedModel,
  states: readonly TimedState[],
  floorplan: Floorplan,
  grid: Grid,
  options: HeatMapPngOptions = {},
): Generator<Uint8Array> {
  const { range = fieldRange(fieldsOf(model, states, grid)), title = '', zoom = FRAME_ZOOM } = options;
  for (const { timeS, ...field } of fieldsOf(model, states, grid)) {
    const time = `t = ${engineering(timeS, 's')}`;
    yield heatMapPng(field, floorplan, { range, zoom, title: title === '' ? time : `${title}, ${time}` });
  }
}

/** Yields one field, overwritten at each step. */
function* fieldsOf(model: ReducedModel, states: readonly TimedState[], { rows, columns }: Grid) {
  const temperatureK = new Float64Array(rows * columns);
  for (const { timeS, state } of states) {
    fieldTemperatures(model, state, temperatureK);
    yield { timeS, rows, columns, temperatureK };
  }
}
