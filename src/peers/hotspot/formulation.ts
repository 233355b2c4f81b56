import type { ResultCache } from '../../thermal/reduced/index.ts';
import { formulationOf } from '../../thermal/rules/index.ts';
import { hotspotModel } from './build.ts';
import { continuumModel } from './continuum.ts';
import { hasNaturalConvection } from './convection.ts';
import { elementModel } from './elements.ts';
import type { HotspotProblem } from './input/problem.ts';
import { modelLayers, stackOf } from './layers.ts';
import type { HotspotRules, ModelKind } from './model.ts';
import type { ModelAt } from './steady.ts';

/**
 * Returns the function that makes the models of a problem. Lateral modes serve the grid model of homogeneous layers; in time the means over blocks or their
 * middles, with a convection that stays. Elements of the true shape serve layers with materials by block, in time with a convection that
 * stays. All else has a network.
 */
export function modelMaker(
  problem: HotspotProblem,
  rules: HotspotRules,
  transient: boolean,
  meanW: Float64Array,
  cache?: ResultCache,
): ModelAt {
  const kind = modelKind(problem, rules, transient);
  if (kind === 'nodes') return (resistance) => hotspotModel(problem, rules, resistance);
  if (kind === 'elements') return (resistance) => elementModel(problem, rules, resistance, meanW);
  // A model in time is kept for other powers, too.
  return (resistance) => continuumModel(problem, rules, resistance, transient ? null : meanW, cache);
}

/** The model that a problem has over time, or in its steady state. */
export function modelKind(problem: HotspotProblem, rules: HotspotRules, transient: boolean): ModelKind {
  if (isInModes(problem, rules, transient)) return 'modes';
  const isSettled = !transient || !hasNaturalConvection(problem);
  return isSettled && hasOwnMaterials(problem, rules) ? 'elements' : 'nodes';
}

/** Whether some layer has materials by cell and the physics is asked for. */
function hasOwnMaterials(problem: HotspotProblem, rules: HotspotRules): boolean {
  const { model_type, grid_rows, grid_cols } = problem.options;
  if (model_type !== 'grid' || rules.network.name !== 'physical') return false;
  return modelLayers(problem, rules, { rows: grid_rows, columns: grid_cols }).some(({ layer }) => layer.bySite);
}

function isInModes(problem: HotspotProblem, rules: HotspotRules, transient: boolean): boolean {
  const { model_type, grid_rows, grid_cols, grid_map_mode, use_microchannels } = problem.options;
  if (model_type !== 'grid' || use_microchannels === 1) return false;
  const isExtreme = grid_map_mode === 'min' || grid_map_mode === 'max';
  if (transient && (hasNaturalConvection(problem) || isExtreme)) return false;
  const layers = modelLayers(problem, rules, { rows: grid_rows, columns: grid_cols });
  return formulationOf(rules.network, stackOf(problem, layers, 1)) === 'modes';
}
