import { fail } from '../../base/errors.ts';
import { layerCosts } from '../../cosim/index.ts';
import type { CostModel, MappingCost } from '../../mapping/index.ts';
import { ambientOf, type DataflowPlant } from './joint.ts';

type Schedule = DataflowPlant['prepared']['programs']['schedules'][number];

/** A dataflow, and the operating point of each clock domain by its index, the slowest 0. */
export interface SystolicMapping {
  readonly dataflow: string;
  readonly points: readonly number[];
}

/** Cycles are stall-free ones of the array; the time has stalls, skew and drain in it. */
export interface SystolicCost extends MappingCost {
  readonly timeS: number;
}

/** A layer is its index in the network of the plants, one plant a dataflow. */
type SystolicModel = CostModel<number, readonly DataflowPlant[], SystolicMapping, SystolicCost> & {
  /** The schedule that is costed: folds, words and when they move. */
  schedule(layer: number, design: readonly DataflowPlant[], mapping: SystolicMapping): Schedule;
};

/**
 * Our own model, which `map --model isotherm` searches: time and energy as the loop of `run` has them, with the leakage of a die at
 * ambient temperature. Errors: `unknown-name` for a dataflow without a plant; `out-of-range` for a layer or a point.
 */
export const isothermModel: SystolicModel = {
  name: 'isotherm',
  evaluate: (layer, design, mapping) => {
    const { prepared } = plantOf(design, mapping);
    const { cycles } = scheduleOf(layer, design, mapping);
    const { domains } = prepared.plant;
    const { points } = mapping;
    domains.forEach(({ name, points: all }, d) => {
      if (points.length === domains.length && Number.isInteger(points[d]) && points[d] >= 0 && points[d] < all.length)
        return;
      fail('out-of-range', `the operating point of ${name} is ${points[d]}`, { expected: `0 to ${all.length - 1}` });
    });
    const { timeS, energyJ } = layerCosts(prepared, [Int32Array.from(points)], ambientOf(prepared));
    return { energyPj: 1e12 * energyJ[layer], cycles, timeS: timeS[layer] };
  },
  schedule: scheduleOf,
};

function plantOf(design: readonly DataflowPlant[], { dataflow }: SystolicMapping): DataflowPlant {
  const known = design.map((plant) => plant.dataflow);
  return (
    design.find((plant) => plant.dataflow === dataflow) ??
    fail('unknown-name', `there is no plant of the dataflow "${dataflow}"`, { expected: `one of ${known.join(', ')}` })
  );
}

function scheduleOf(layer: number, design: readonly DataflowPlant[], mapping: SystolicMapping): Schedule {
  const { schedules } = plantOf(design, mapping).prepared.programs;
  return (
    schedules[layer] ??
    fail('out-of-range', `there is no layer ${layer}`, { expected: `a layer from 0 to ${schedules.length - 1}` })
  );
}
