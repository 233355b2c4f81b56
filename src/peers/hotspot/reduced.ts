import { once } from '../../base/once.ts';
import type { NamedTemperatures } from '../../formats/hotspot/index.ts';
import {
  coupledSizes,
  MANY_RECTANGLES,
  MANY_SOURCES,
  reduceContinuumNetwork,
  reduceCoupled,
  startSteady,
  type WaveTransient,
  waveCellReader,
  waveReader,
  waveTransient,
} from '../../thermal/continuum/index.ts';
import { elementCg, isElementNetwork } from '../../thermal/elements/index.ts';
import type { BlockMap, SparseRows } from '../../thermal/floorplan/index.ts';
import { isGridNetwork } from '../../thermal/network/index.ts';
import {
  cachedColumn,
  cachedModel,
  type ReducedModel,
  type ReducedModelOptions,
  type ResultCache,
  reduceNetwork,
  shiftsUpTo,
} from '../../thermal/reduced/index.ts';
import { choleskyFor, PlanTooSlow, type SteadySolver, WorkMeter } from '../../thermal/solvers/index.ts';
import { unitReadings } from './field.ts';
import type { HotspotStart } from './initial.ts';
import type { HotspotProblem } from './input/problem.ts';
import type { HotspotModel } from './model.ts';

/** Whether a reduced model can give the requested readings of this model's units. */
export function isReducible(problem: HotspotProblem, model: HotspotModel): boolean {
  if (model.readingMode !== 'mean') return false;
  // Leakage follows the mean temperature where power enters. If other temperatures are read, the reduced model would need both.
  return problem.options.leakage_used === 0 || !model.rules.leaksInTime || isSame(unitReadings(model), model.power);
}

function isSame(a: SparseRows, b: SparseRows): boolean {
  const same = (x: ArrayLike<number>, y: ArrayLike<number>): boolean =>
    x.length === y.length && Array.from(x).every((value, i) => value === y[i]);
  return same(a.start, b.start) && same(a.index, b.index) && same(a.weight, b.weight);
}

/** Accurate to 1e-5 K on HotSpot's 16 x 16 networks. */
const FINE: ReducedModelOptions = { shiftRatio: 3, newEnough: 1e-5 };

/**
 * The reduced model of all units that can represent the start. Beyond the limit of a meter it ends in `PlanTooSlow`. If the cache has it, neither the network nor a field of
 * the start is made. `starts` contains the start itself. If the start is the same everywhere, it contains a start of 1
 * K, so that one model serves all such starts; for a start at ambient it is empty.
 */
export function reducedModelOf(
  problem: HotspotProblem,
  model: HotspotModel,
  start: HotspotStart,
  fine: boolean,
  fields: 'die' | 'all' | undefined,
  cache: ResultCache | undefined,
  meter = new WorkMeter(Number.POSITIVE_INFINITY),
): ReducedModel {
  const { units, grid } = model;
  const { temperaturesK: given } = start;
  const own = typeof given === 'number' ? given : [...given];
  const from = start.uniformK === 0 ? [] : [start.uniformK === null ? own : 'uniform'];
  const cells = grid ? grid.rows * grid.columns : 0;
  const fieldNodes = fields === 'all' ? model.nodes : fields === 'die' ? cells : 0;
  const shortestS = model.kind === 'elements' ? sampleDecade(problem) : shortestOf(problem, units.length);
  const hasReadings = model.kind === 'modes' && problem.options.grid_map_mode === 'center';
  const shape = { blocks: units.length, fieldNodes, starts: from.length, hasReadings, ambientK: model.ambientK };
  const facts = [
    ...networkFacts(problem, model),
    fine,
    from,
    fieldNodes,
    ...(model.kind === 'nodes' ? [] : [shortestS]),
  ];
  const made = cachedModel(cache, facts, shape, () => {
    const one = start.uniformK === null ? start.rise() : new Float64Array(model.nodes).fill(1);
    const starts = from.map(() => one);
    if (model.continuum) return reduceContinuumNetwork(model.continuum, { shortestS, fields, starts });
    const map: BlockMap = { spread: model.power, mean: unitReadings(model) };
    const die = fieldNodes > 0 && { fields: 'die' as const };
    const options = { ...(fine && FINE), meter, starts, ...die };
    const { network } = model;
    if (isGridNetwork(network)) return reduceNetwork(network, map, options);
    if (!isElementNetwork(network)) return reduceNetwork(network, map, { ...options, solver: choleskyFor(network) });
    const shiftsPerS = shiftsUpTo(network, 2 / shortestS);
    const solver = (shift: number, tolerance: number): SteadySolver => elementCg(network, shift, tolerance);
    return reduceNetwork(network, map, { ...options, shiftsPerS, solver });
  });
  // A kept model decides as one that is made would.
  if ((made.operations ?? 0) > meter.limit) throw new PlanTooSlow();
  return made;
}

/** Whether many units dissipate at the outer face of the first layer, and none elsewhere. */
export function hasManyOnFirstFace({ units, unitGroup }: HotspotModel): boolean {
  return units.length > MANY_RECTANGLES && unitGroup.every((group) => group === 0);
}

/** How large the reduced models of the waves are, for their costs. */
export function wavesSizes(problem: HotspotProblem, { continuum }: HotspotModel): ReturnType<typeof coupledSizes> {
  return coupledSizes(continuum!.waves()!, sampleDecade(problem));
}

/** Steps of waves from a start, with what reads the units and the cells of the first face, K. */
export interface WaveSteps {
  readonly transient: WaveTransient;
  readonly unitsK: () => Float64Array;
  readonly cellsK: () => Float64Array;
}

/**
 * The stack in the waves of its die. A start that is a steady state is exact; of another one, the units' temperatures are. `isLeaky`: the
 * steps have the units' means, whatever is read.
 */
export function waveStepsOf(
  problem: HotspotProblem,
  model: HotspotModel,
  start: HotspotStart,
  isLeaky: boolean,
  cache: ResultCache | undefined,
): WaveSteps {
  const { continuum: network, grid, ambientK, units } = model;
  const waves = network!.waves()!;
  const { sources, rectangles } = waves.continuum;
  const shortestS = sampleDecade(problem);
  const { x, y } = waves.continuum.assembly.bodies[waves.continuum.assembly.die];
  const made = reduceCoupled(waves, shortestS, (part, blocks, make) => {
    const shape = { blocks, fieldNodes: 0, starts: 0, ambientK: 0 };
    const facts = ['waves', part, x.count, y.count, shortestS, ...networkFacts(problem, model)];
    return cachedModel(cache, facts, shape, make);
  });
  const reads = network!.sourceReads ?? sources;
  const transient = waveTransient(waves, made, isLeaky ? sources : reads, ambientK, shortestS);
  const read =
    isLeaky && network!.sourceReads
      ? waveReader(
          waves,
          reads.map(({ rectangle }) => rectangles[rectangle]),
        )
      : null;
  const unitsK = new Float64Array(units.length);
  const cells = new Float64Array(grid!.rows * grid!.columns);
  const readCells = once(() => waveCellReader(waves, cellsOf(network!)));
  const steps: WaveSteps = {
    transient,
    unitsK: () => {
      if (!read) return transient.temperatureK;
      read(transient, unitsK);
      return unitsK;
    },
    cellsK: () => {
      readCells()(transient, cells);
      return cells;
    },
  };
  if (start.uniformK !== null) transient.addUniform(start.uniformK);
  else startSteady(transient, riseOfUnits(model, start));
  return steps;
}

/** The cells of the die, row 0 north, from its middle. */
function cellsOf({ grid: { rows, columns }, layers }: NonNullable<HotspotModel['continuum']>) {
  const { widthM, heightM } = layers[0].floorplan;
  return Array.from({ length: rows * columns }, (_, cell) => {
    const [row, column] = [Math.floor(cell / columns), cell % columns];
    const [x0, y1] = [(column / columns - 1 / 2) * widthM, (1 / 2 - row / rows) * heightM];
    return { x0, x1: x0 + widthM / columns, y0: y1 - heightM / rows, y1 };
  });
}

/** Units are the first names. */
function riseOfUnits({ units, ambientK }: HotspotModel, { temperaturesK }: HotspotStart): Float64Array {
  return Float64Array.from(units, (_, u) => {
    return (typeof temperaturesK === 'number' ? temperaturesK : temperaturesK[u]) - ambientK;
  });
}

/**
 * Steady temperatures of all names under a power by unit, group by group, K. The cache supplies them if it has them, and then neither a
 * network nor a solver is made.
 */
export function steadyNames(
  problem: HotspotProblem,
  model: HotspotModel,
  powerW: Float64Array,
  cache: ResultCache,
  solve: () => readonly NamedTemperatures[],
): NamedTemperatures[] {
  const { groups } = model;
  const count = groups.reduce((sum, group) => sum + group.names.length, 0);
  const cuts = model.kind === 'elements' ? [sampleDecade(problem)] : [];
  const facts = ['steady', ...networkFacts(problem, model), ...cuts, [...powerW]];
  const kept = cachedColumn(cache, facts, count, () =>
    Float64Array.from(solve().flatMap(({ temperatureK }) => Array.from(temperatureK))),
  );
  let at = 0;
  return groups.map(({ prefix, names }) => {
    const first = at;
    at += names.length;
    return { prefix, names, temperatureK: kept.slice(first, at) };
  });
}

/**
 * The shortest interval that the model must resolve, s: the sample or a microsecond, but of many sources the sample alone. Rounded
 * down to a decade, so that samples of similar length share a model.
 */
function shortestOf(problem: HotspotProblem, sources: number): number {
  return sources > MANY_SOURCES ? sampleDecade(problem) : Math.min(LONGEST_LOOK, sampleDecade(problem));
}

/** The sample, s, rounded down to a decade. */
export function sampleDecade({ options }: HotspotProblem): number {
  return 10 ** Math.floor(Math.log10(options.sampling_intvl) + 1e-9);
}

/** The longest of the shortest intervals, s. */
const LONGEST_LOOK = 1e-6;

/** The facts on which the network and its readings depend, and little else; they make up the cache key. */
export function networkFacts(
  { options, layers, packageModel }: HotspotProblem,
  { rules, kind }: Pick<HotspotModel, 'rules' | 'kind'>,
): unknown[] {
  const ofNetwork = Object.entries(options).filter(([key]) => !NOT_OF_NETWORK.has(key));
  const plain = layers.map(({ floorplan, blocks, ...layer }) => {
    const shapes = floorplan.blocks.map(({ leftM, bottomM, widthM, heightM }) => [leftM, bottomM, widthM, heightM]);
    const materials = blocks.map(({ heatCapacityJPerM3K, resistivityMKPerW }) => [
      heatCapacityJPerM3K ?? null,
      resistivityMKPerW ?? null,
    ]);
    return { ...layer, shapes, materials };
  });
  return [rules.network.name, ...(kind === 'nodes' ? [] : [kind]), ofNetwork, plain, packageModel];
}

const NOT_OF_NETWORK: ReadonlySet<string> = new Set([
  ...['init_file', 'init_temp', 'steady_file', 'sampling_intvl', 'base_proc_freq', 'dtm_used', 'thermal_threshold'],
  'leakage_used',
  ...['grid_steady_file', 'grid_transient_file', 'grid_layer_file', 'materials_file', 'package_config_file'],
]);
