import { once } from '../../base/once.ts';
import {
  CHOICE_LENGTH,
  type ContinuumNetwork,
  chooseNetwork,
  continuumNetwork,
  type LayerBlocks,
  type Resolution,
  type ResolutionError,
} from '../../thermal/continuum/index.ts';
import { middleBlocks, sparse } from '../../thermal/floorplan/index.ts';
import { cachedColumn, type ResultCache } from '../../thermal/reduced/index.ts';
import {
  blockMean,
  lazily,
  placed,
  planesOf,
  RIM_NODES,
  readingMode,
  SECONDARY_RIM_NODES,
  siteMaps,
  unitsOf,
} from './build.ts';
import type { HotspotProblem } from './input/problem.ts';
import { hasSecondary, type ModelLayer, modelLayers, stackOf } from './layers.ts';
import type { HotspotModel, HotspotRules, NodeGroup } from './model.ts';
import { networkFacts } from './reduced.ts';

/**
 * HotSpot's files as a stack in lateral modes: on a grid, of homogeneous layers. The sides are resolved as well as the blocks need it
 * under `powerW` (by unit), or each by itself; the cache keeps the choice for each by itself. Errors: as `hotspotModel`.
 */
export function continuumModel(
  problem: HotspotProblem,
  rules: HotspotRules,
  convectionKPerW: number,
  powerW: Float64Array | null,
  cache?: ResultCache,
): HotspotModel {
  const { options } = problem;
  const grid = { rows: options.grid_rows, columns: options.grid_cols };
  const layers = modelLayers(problem, rules, grid);
  const stack = stackOf(problem, layers, convectionKPerW);
  const cells = grid.rows * grid.columns;
  const faces = layers.length + 1;
  const rim = RIM_NODES + (hasSecondary(options) ? SECONDARY_RIM_NODES : 0);
  const isCentre = blockMean(problem, rules) === 'center';
  const firstBlock = firstBlocks(layers, faces * cells + rim);
  const firstRead = isCentre ? firstBlocks(layers, firstBlock[layers.length]) : firstBlock;
  const cooledNode = firstRead[layers.length];
  const units = unitsOf(layers);
  const blocks = layers.map(({ power, floorplan }, face): LayerBlocks => {
    return { power, floorplan, face, read: isCentre ? middleBlocks(floorplan, grid) : undefined };
  });
  const known = {
    rules,
    nodes: cooledNode + 1,
    uniform: true,
    kind: 'modes' as const,
    ambientK: options.ambient,
    units: units.map(({ name }) => name),
    unitGroup: Int32Array.from(units, ({ group }) => group),
    unitIndex: Int32Array.from(units, ({ index }) => index),
    groups: [...blockGroups(problem, rules, layers, [firstBlock, firstRead], cells), overhangGroup(faces * cells, rim)],
    readingMode: readingMode(options),
    grid: { ...grid, layers: layers.length },
    planes: planesOf(faces, cells),
  };
  const make = (resolution: Resolution): ContinuumNetwork => continuumNetwork(stack, blocks, grid, resolution);
  const facts = (): unknown[] => ['resolution', convectionKPerW, ...networkFacts(problem, known)];
  const chosen = once(() =>
    powerW
      ? chooseNetwork(make, powerW)
      : chooseNetwork(make, null, (choose) => cachedColumn(cache, facts(), CHOICE_LENGTH, choose)),
  );
  return lazily(known, {
    network: () => noNetwork(),
    continuum: (): ContinuumNetwork | null => chosen().network(),
    resolutionError: (): ResolutionError | null => chosen().error,
    power: () => sparse(units.map(({ group, index }) => [[firstBlock[group] + index, 1]])),
    sink: () => sparse([[[cooledNode, 1]]]),
  });
}

function noNetwork(): never {
  throw new Error('a stack that is solved in lateral modes has no network');
}

/** The first node of each layer's blocks, and the one after the last. */
function firstBlocks(layers: readonly ModelLayer[], first: number): number[] {
  const starts = [first];
  for (const { floorplan } of layers) starts.push(starts[starts.length - 1] + floorplan.blocks.length);
  return starts;
}

/** Blocks are read as exact means over them or over their middle cells, unless extremes of cells are asked for. */
function blockGroups(
  problem: HotspotProblem,
  rules: HotspotRules,
  layers: readonly ModelLayer[],
  [firstBlock, firstRead]: readonly (readonly number[])[],
  cells: number,
): NodeGroup[] {
  const { options } = problem;
  const mapOf = siteMaps({ rows: options.grid_rows, columns: options.grid_cols }, blockMean(problem, rules));
  const isMean = readingMode(options) === 'mean';
  return layers.map(({ prefix, floorplan }, l) => {
    const names = floorplan.blocks.map(({ name }) => name);
    const faces = l === layers.length - 1 ? [l * cells, (l + 1) * cells] : [l * cells];
    return lazily(
      { prefix, names },
      {
        reading: () =>
          isMean ? sparse(names.map((_, u) => [[firstRead[l] + u, 1]])) : placed(mapOf(floorplan).mean, [l * cells]),
        occupancy: () =>
          withOwnNodes(placed(mapOf(floorplan).occupancy, faces), [...new Set([firstBlock[l], firstRead[l]])]),
      },
    );
  });
}

/** The same rows, each with more nodes: those of the block itself. */
function withOwnNodes(
  { start, index, weight }: ReturnType<typeof sparse>,
  firstNodes: readonly number[],
): ReturnType<typeof sparse> {
  const rows = Array.from({ length: start.length - 1 }, (_, u) => {
    const cells = Array.from(index.subarray(start[u], start[u + 1]), (node, i): [number, number] => {
      return [node, weight[start[u] + i]];
    });
    return [...cells, ...firstNodes.map((first): [number, number] => [first + u, 1])];
  });
  return sparse(rows);
}

function overhangGroup(first: number, count: number): NodeGroup {
  const names = Array.from({ length: count }, (_, i) => `${i}`);
  const reading = sparse(names.map((_, i) => [[first + i, 1]]));
  return { prefix: 'inode_', names, reading, occupancy: reading };
}
