import { type Diagnostic, InputError, nearestName } from '../../base/errors.ts';
import { MOST_PROBLEMS } from '../../formats/csv.ts';
import type { HotspotOptions, HotspotTemperature } from '../../formats/hotspot/index.ts';
import { applyTransposed, cellCoverage } from '../../thermal/floorplan/index.ts';
import type { HotspotProblem } from './input/problem.ts';
import type { HotspotModel } from './model.ts';

/** The start of a transient. */
export interface HotspotStart {
  /** Temperatures in K in the order of the model's groups, or one temperature for all. */
  readonly temperaturesK: Float64Array | number;
  /** Rise above ambient in K if all nodes start alike up to rounding; else null. */
  readonly uniformK: number | null;
  /** Rise of each node in K. Every call makes a new array. */
  rise(): Float64Array;
}

/** The start at which names have these temperatures (`initialField`). */
export function startFrom(
  { layers }: HotspotProblem,
  model: HotspotModel,
  temperaturesK: Float64Array | number,
): HotspotStart {
  const uniform = typeof temperaturesK === 'number' && (model.rules.fillsGaps || isCovered(layers, model.grid));
  return {
    temperaturesK,
    uniformK: uniform ? temperaturesK - model.ambientK : null,
    rise: () => initialField(model, temperaturesK),
  };
}

/** Uncovered parts of a cell below this are rounding. It makes 3e-7 K of a start, far below the error of a reduced model. */
const COVERED = 1e-9;

/** Whether blocks cover all cells. If so, `hotspot` starts no cell too cold. A block of the block model covers itself. */
function isCovered(layers: HotspotProblem['layers'], grid: HotspotModel['grid']): boolean {
  if (!grid) return true;
  const floorplans = new Set(layers.map(({ floorplan }) => floorplan));
  return [...floorplans].every((floorplan) => {
    return cellCoverage(floorplan, grid).every((covered) => Math.abs(covered - 1) < COVERED);
  });
}

/**
 * Temperatures of an .init file in K, in the order of the model's groups. As in HotSpot, all groups must be present and
 * in order; names within a group may have any order. Errors: `unknown-name`, `duplicate-name`, `name-missing`.
 */
export function initialTemperatures(model: HotspotModel, given: readonly HotspotTemperature[]): Float64Array {
  const count = model.groups.reduce((sum, { names }) => sum + names.length, 0);
  if (given.length !== count) failWrongCount(model, given, count);
  const problems: Diagnostic[] = [];
  const values = new Float64Array(count);
  let first = 0;
  for (const { prefix, names } of model.groups) {
    const places = new Map(names.map((name, i) => [`${prefix}${name}`.toLowerCase(), first + i]));
    for (const { name, temperatureK, span } of given.slice(first, first + names.length)) {
      const place = places.get(name.toLowerCase());
      if (place === undefined) {
        const message = `${name} is not among the ${names.length} names of ${prefix ? `${prefix}...` : 'the die'} that belong here`;
        problems.push({ code: 'unknown-name', message, span, suggestion: nearestName(name, places.keys()) });
      } else if (values[place] !== 0) {
        problems.push({ code: 'duplicate-name', message: `${name} comes twice`, span });
      } else values[place] = temperatureK;
    }
    first += names.length;
  }
  if (problems.length > 0) throw new InputError(problems.slice(0, MOST_PROBLEMS));
  return values;
}

/** Throws with the lines that are too many, or with the names that are missing. */
function failWrongCount({ groups }: HotspotModel, given: readonly HotspotTemperature[], count: number): never {
  const expected = 'a line for every block of every layer, then one for each node of the package';
  const missing = new Map(
    groups.flatMap(({ prefix, names }) => names.map((name) => [`${prefix}${name}`.toLowerCase(), `${prefix}${name}`])),
  );
  const all = [...missing.values()];
  const extra = given.filter(({ name }) => !missing.delete(name.toLowerCase()));
  const problems = extra.map(({ name, span }): Diagnostic => {
    const message = `${name} is one too many: the model has ${count} temperatures, and the file has ${given.length}`;
    return { code: 'unknown-name', message, span, expected, suggestion: nearestName(name, all) };
  });
  if (missing.size > 0) {
    const more = missing.size > 1 ? ` and ${missing.size - 1} others` : '';
    const message = `no temperature for ${[...missing.values()][0]}${more}: ${given.length} of ${count} are there`;
    problems.push({ code: 'name-missing', message, span: given.at(-1)?.span, expected });
  }
  throw new InputError(problems.slice(0, MOST_PROBLEMS));
}

/**
 * Moves temperatures towards the ambient so that none of the first `looked` exceeds thermal_threshold. This is the
 * effect of -dtm_used 1 on an .init.
 */
export function belowThreshold(
  temperaturesK: Float64Array,
  options: HotspotOptions,
  looked: number = temperaturesK.length,
): Float64Array {
  const { ambient, thermal_threshold } = options;
  const highest = temperaturesK.subarray(0, looked).reduce((most, value) => Math.max(most, value), 0);
  if (highest <= thermal_threshold) return temperaturesK;
  const factor = (thermal_threshold - ambient) / (highest - ambient);
  return temperaturesK.map((value) => ambient + (value - ambient) * factor);
}

/**
 * The rise of each node in K at which names have the given temperatures: one per name in the order of the model's
 * groups (as from `initialTemperatures`), or one for all. The rise is constant over each block. A cell of several
 * blocks has their mean by covered area. `hotspot` takes the sum instead, so that a partly covered cell starts too cold
 * and an uncovered one at 0 K; `physical` gives uncovered cells the mean of their layer.
 */
export function initialField(model: HotspotModel, temperaturesK: Float64Array | number): Float64Array {
  const { nodes, ambientK, groups, rules } = model;
  const sum = new Float64Array(nodes);
  const covered = new Float64Array(nodes);
  let first = 0;
  for (const { names, occupancy } of groups) {
    const end = first + names.length;
    const values =
      typeof temperaturesK === 'number'
        ? new Float64Array(names.length).fill(temperaturesK)
        : temperaturesK.subarray(first, end);
    applyTransposed(occupancy, values, sum, 0);
    applyTransposed(occupancy, new Float64Array(names.length).fill(1), covered, 0);
    first = end;
  }
  if (rules.fillsGaps) fillGaps(model, sum, covered);
  for (let i = 0; i < sum.length; i++) sum[i] -= ambientK;
  return sum;
}

/** Turns sums into means. Nodes that no block covers get the mean of their plane. */
function fillGaps({ planes }: HotspotModel, sum: Float64Array, covered: Float64Array): void {
  for (const [from, to] of planes) {
    const mean = total(sum.subarray(from, to)) / total(covered.subarray(from, to));
    for (let i = from; i < to; i++) sum[i] += Math.max(0, 1 - covered[i]) * mean;
    for (let i = from; i < to; i++) covered[i] = Math.max(1, covered[i]);
  }
  // A node that no name stands for keeps 0 K: it holds no heat.
  for (let i = 0; i < sum.length; i++) if (covered[i] > 0) sum[i] /= covered[i];
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
