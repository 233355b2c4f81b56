import { type Diagnostic, InputError, isTolerated, placedAt, type Tolerate } from '../../../base/errors.ts';
import type { HotspotConfig, HotspotKey } from '../../../formats/hotspot/index.ts';
import { type Block, SAME_PLACE_M } from '../../../thermal/floorplan/index.ts';
import { startConvection } from '../convection.ts';
import { layerCount } from '../layers.ts';
import type { HotspotRules } from '../model.ts';
import type { HotspotProblem } from './problem.ts';

/** The parts of a request against which options are checked. */
interface AskedFor {
  readonly floorplan?: string | undefined;
  readonly transient: boolean;
  readonly tolerate?: Tolerate | undefined;
  readonly warn?: Tolerate | undefined;
}

/**
 * Checks options against each other. Errors: `missing-key`, `not-supported`, `out-of-range`; `option-unused`, or a
 * warning where HotSpot continues.
 */
export function checkOptions(config: HotspotConfig, { floorplan, transient, tolerate, warn }: AskedFor): void {
  const { options } = config;
  const problems: Diagnostic[] = [];
  const at = (key: HotspotKey) => config.given.get(key);
  const grid = options.model_type === 'grid';
  if (options.grid_layer_file !== null && !grid) {
    const message = '-grid_layer_file has no effect in the block model';
    unused({ code: 'option-unused', message, span: at('grid_layer_file'), expected: '-model_type grid' });
  }
  if (options.grid_layer_file !== null && grid && floorplan !== undefined) {
    // HotSpot 6 asks for -f all the same, so that its users' commands have it.
    const problem = { code: 'option-unused', message: '-f has no effect: the layers name their floorplans' } as const;
    isTolerated(problem, problems, tolerate ?? warn);
  }
  for (const key of ['grid_steady_file', 'grid_transient_file'] as const) {
    if (options[key] === null || grid) continue;
    const message = `-${key} has no effect: the block model has no grid`;
    unused({ code: 'option-unused', message, span: at(key), expected: '-model_type grid' });
  }
  if (options.grid_transient_file !== null && grid && !transient) {
    const message = '-grid_transient_file has no effect without -o';
    unused({ code: 'option-unused', message, span: at('grid_transient_file'), expected: '-o FILE' });
  }
  if (options.model_secondary === 1 && !grid) {
    const message = '-model_secondary has no effect in the block model';
    unused({ code: 'option-unused', message, span: at('model_secondary'), expected: '-model_type grid' });
  }
  if (options.detailed_3D === 'on' && !(grid && options.grid_layer_file !== null)) {
    const message = '-detailed_3D on needs a layer file';
    const expected = '-model_type grid and -grid_layer_file';
    problems.push({ code: 'missing-key', message, span: at('detailed_3D'), expected });
  }
  if (options.use_microchannels === 1) {
    problems.push({
      code: 'not-supported',
      message: 'microchannels are not modelled',
      span: at('use_microchannels'),
      expected: '-use_microchannels 0',
    });
  }
  if (options.leakage_mode !== 0) {
    const message = `-leakage_mode ${options.leakage_mode} is not defined`;
    problems.push({ code: 'not-supported', message, span: at('leakage_mode'), expected: '-leakage_mode 0' });
  }
  if (options.dtm_used === 1 && options.init_file !== null && options.thermal_threshold <= options.ambient) {
    const message = `-dtm_used 1 cannot scale down to -thermal_threshold ${options.thermal_threshold} with -ambient ${options.ambient}`;
    const expected = 'a -thermal_threshold above -ambient';
    problems.push({ code: 'out-of-range', message, span: at('thermal_threshold') ?? at('ambient'), expected });
  }
  if (problems.length > 0) throw new InputError(problems);

  function unused(problem: Diagnostic): void {
    isTolerated(problem, problems, tolerate);
  }
}

/**
 * Checks sizes. The die and each part around it must not be larger than the part that carries it. Equal sides make HotSpot
 * divide by zero, and are refused under its rules. Blocks must be larger than the distance below which two coordinates are equal, which HotSpot does not
 * check in the grid model. The grid must fit into memory. Errors: `die-larger-than-package`, `zero-area`,
 * `out-of-range`.
 */
export function checkSizes(problem: HotspotProblem, { given }: HotspotConfig, { transient, tolerate }: AskedFor): void {
  const { options, layers } = problem;
  const problems: Diagnostic[] = [...gridProblems(problem, given, transient)];
  const slivers = [...new Set(layers.map(({ floorplan }) => floorplan))].flatMap(({ blocks }) =>
    blocks.flatMap(sliver),
  );
  for (const one of slivers) isTolerated(one, problems, options.model_type === 'grid' ? tolerate : undefined);
  const { widthM, heightM } = layers[0].floorplan;
  const die = { what: `the die of ${widthM} x ${heightM} m`, sideM: Math.max(widthM, heightM) };
  type Key = 's_spreader' | 's_sink' | 's_sub' | 's_solder' | 's_pcb';
  const part = (key: Key): typeof die => ({ what: `-${key} ${options[key]}`, sideM: options[key] });
  const check = (key: Key, inner: typeof die): void => {
    if (tolerate ? options[key] > inner.sideM : options[key] >= inner.sideM * (1 - ROUNDING)) return;
    const message = `-${key} ${options[key]} does not enclose ${inner.what}`;
    problems.push({ code: 'die-larger-than-package', message, span: given.get(key), expected: 'a larger side' });
  };
  check('s_spreader', die);
  check('s_sink', part('s_spreader'));
  if (options.model_secondary === 1 && options.model_type === 'grid') {
    check('s_sub', die);
    check('s_solder', die);
    check('s_pcb', part('s_solder'));
  }
  if (problems.length > 0) throw new InputError(problems);
}

/** Floorplans are sums: a die may be larger by rounding than a package of its size. */
const ROUNDING = 1e-9;

/**
 * Most cells of all layers together. The factors of more would not fit into the memory of a small machine (400 x 400
 * cells of four layers take 1.4 GB and a minute); nor would the modes of a reduced model.
 */
const MOST_CELLS = 2 ** 20;

/** The same of steady states of homogeneous layers: 1024 x 1024 cells of four layers take 0.8 GB with all fields. */
const MOST_STEADY_CELLS = 2 ** 23;

function gridProblems(problem: HotspotProblem, given: HotspotConfig['given'], transient: boolean): Diagnostic[] {
  const { grid_rows, grid_cols, model_type, detailed_3D } = problem.options;
  const most = transient || detailed_3D === 'on' ? MOST_CELLS : MOST_STEADY_CELLS;
  const layers = layerCount(problem);
  if (model_type !== 'grid' || grid_rows * grid_cols * layers <= most) return [];
  const message = `${grid_rows} x ${grid_cols} cells in ${layers} layers, with spreader and sink, are too many`;
  const expected = `at most ${Math.floor(most / layers)} cells per layer`;
  return [{ code: 'out-of-range', message, span: given.get('grid_rows') ?? given.get('grid_cols'), expected }];
}

function sliver({ name, widthM, heightM, span }: Block): Diagnostic[] {
  if (Math.min(widthM, heightM) >= SAME_PLACE_M) return [];
  const message = `block ${name} is narrower than a micrometre, within which two places count as one`;
  return [{ code: 'zero-area', message, span, expected: 'sides in metres' }];
}

/** Checks the initial resistance of the package model. Error: `out-of-range`, where its file is named. */
export function checkPackage(problem: HotspotProblem, { given }: HotspotConfig, rules: HotspotRules): void {
  placedAt(given.get('package_config_file'), () => startConvection(problem, rules));
}
