import { type Diagnostic, InputError } from '../../errors.ts';
import type { HotspotConfig, HotspotKey } from '../../formats/hotspot-config.ts';
import type { HotspotRequest } from './files.ts';
import type { HotspotProblem } from './problem.ts';

/**
 * Options against each other. Errors: `missing-key`, `not-supported`; `option-unused`, told where HotSpot goes on.
 */
export function checkOptions(
  config: HotspotConfig,
  { floorplan, transient, tolerate }: Pick<HotspotRequest, 'floorplan' | 'transient' | 'tolerate'>,
): void {
  const { options } = config;
  const problems: Diagnostic[] = [];
  const at = (key: HotspotKey) => config.given.get(key);
  const grid = options.model_type === 'grid';
  if (options.grid_layer_file !== null && !grid) {
    const message = '-grid_layer_file has no effect in the block model';
    unused({ code: 'option-unused', message, span: at('grid_layer_file'), expected: '-model_type grid' });
  }
  if (options.grid_layer_file !== null && grid && floorplan !== undefined) {
    unused({ code: 'option-unused', message: '-f has no effect: the layers name their floorplans' });
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
      message: 'microchannels are left to HotSpot',
      span: at('use_microchannels'),
      expected: '-use_microchannels 0',
    });
  }
  if (options.leakage_mode !== 0) {
    const message = `-leakage_mode ${options.leakage_mode} is not defined`;
    problems.push({ code: 'not-supported', message, span: at('leakage_mode'), expected: '-leakage_mode 0' });
  }
  if (problems.length > 0) throw new InputError(problems);

  function unused(problem: Diagnostic): void {
    (tolerate ?? ((p: Diagnostic) => void problems.push(p)))(problem);
  }
}

/**
 * The die against the parts around it, each of which must be larger than what it holds: equal sides make HotSpot divide by zero. Errors:
 * `die-larger-than-package`.
 */
export function checkSizes({ options, layers }: HotspotProblem, { given }: HotspotConfig): void {
  const problems: Diagnostic[] = [];
  const { widthM, heightM } = layers[0].floorplan;
  const die = { what: `the die of ${widthM} x ${heightM} m`, sideM: Math.max(widthM, heightM) };
  type Key = 's_spreader' | 's_sink' | 's_sub' | 's_solder' | 's_pcb';
  const part = (key: Key): typeof die => ({ what: `-${key} ${options[key]}`, sideM: options[key] });
  const check = (key: Key, inner: typeof die): void => {
    if (options[key] > inner.sideM) return;
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
