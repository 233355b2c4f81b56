import type { Diagnostic, Span, Tolerate } from '../../base/errors.ts';
import type { SourceText } from '../../base/source.ts';
import { throwProblems } from '../csv.ts';
import { count, flag, numeric, type Option, type OptionValues, oneOf, positive, readOptions } from './options.ts';
import { readWords, type Words } from './text.ts';

/** A file or material name; HotSpot writes `(null)` for none. */
const name: Option<string | null> = {
  initial: null,
  expected: 'a name, or (null)',
  read: (text) => (text === '(null)' ? null : text),
};

/**
 * Every option of HotSpot 7.0 in its own notation, with the default of the program (its shipped template differs). SI
 * units: m, W/(m K), J/(m^3 K), K/W, J/K, K, s, Hz.
 */
const OPTIONS = {
  t_chip: positive(1.5e-4),
  k_chip: positive(100),
  p_chip: positive(1.75e6),
  thermal_threshold: positive(354.95),
  c_convec: positive(140.4),
  r_convec: positive(0.1),
  s_sink: positive(0.06),
  t_sink: positive(6.9e-3),
  k_sink: positive(400),
  p_sink: positive(3.55e6),
  s_spreader: positive(0.03),
  t_spreader: positive(1e-3),
  k_spreader: positive(400),
  p_spreader: positive(3.55e6),
  t_interface: positive(2e-5),
  k_interface: positive(4),
  p_interface: positive(4e6),
  model_secondary: flag(0),
  r_convec_sec: positive(1),
  c_convec_sec: positive(140.4),
  n_metal: count(8),
  t_metal: positive(1e-5),
  t_c4: positive(1e-4),
  s_c4: positive(2e-5),
  n_c4: count(400),
  s_sub: positive(0.021),
  t_sub: positive(1e-3),
  s_solder: positive(0.021),
  t_solder: positive(9.4e-4),
  s_pcb: positive(0.1),
  t_pcb: positive(2e-3),
  ambient: positive(318.15),
  init_file: name,
  init_temp: positive(333.15),
  steady_file: name,
  sampling_intvl: positive(3.333e-6),
  base_proc_freq: positive(3e9),
  dtm_used: flag(0),
  model_type: oneOf('block', 'grid'),
  leakage_used: flag(0),
  leakage_mode: numeric(0, 'a whole number from 0', (value) => Number.isInteger(value) && value >= 0),
  package_model_used: flag(0),
  package_config_file: name,
  block_omit_lateral: flag(0),
  grid_rows: count(64),
  grid_cols: count(64),
  grid_layer_file: name,
  grid_steady_file: name,
  grid_transient_file: name,
  grid_map_mode: oneOf('center', 'avg', 'min', 'max'),
  detailed_3D: oneOf('off', 'on'),
  use_microchannels: flag(0),
  materials_file: name,
  material_chip: name,
  material_sink: name,
  material_spreader: name,
  material_interface: name,
};

export type HotspotKey = keyof typeof OPTIONS;

/**
 * Options that occur in HotSpot's own examples and dumps but change no temperature here: options of its microchannels
 * and of its floorplanner, and options of older releases.
 */
const UNREAD: ReadonlySet<string> = new Set([
  ...['pumping_pressure', 'pump_internal_res', 'inlet_temperature', 'network_file', 'htc', 'use_microfluidic_cooling'],
  ...['coolant_capac', 'coolant_material', 'coolant_res', 'coolant_visc', 'wall_capac', 'wall_material', 'wall_res'],
  ...['model_rim', 'rim_thickness', 'wrap_l2', 'l2_label', 'n_orients', 'compact_ratio', 'Nmax', 'Kmoves'],
  ...['P0', 'Davg', 'Rcool', 'Rreject', 'lambdaA', 'lambdaT', 'lambdaW', 'detailed_3D_used'],
]);

/** All options in HotSpot's notation and units. */
export type HotspotOptions = OptionValues<typeof OPTIONS>;

export const HOTSPOT_KEYS = Object.keys(OPTIONS) as readonly HotspotKey[];

/** The defaults of HotSpot's program. */
export const HOTSPOT_DEFAULTS = Object.freeze(
  Object.fromEntries(HOTSPOT_KEYS.map((key) => [key, OPTIONS[key].initial])),
) as unknown as HotspotOptions;

/** A .config as read: all options, and the places of those that the file gives. */
export interface HotspotConfig {
  readonly options: HotspotOptions;
  readonly given: ReadonlyMap<HotspotKey, Span>;
}

/**
 * Reads a HotSpot configuration (.config), one `-key value` per line. Omitted keys have the default of HotSpot's
 * program. HotSpot ignores unknown keys and takes the first of two equal keys; both are errors here, or warnings if
 * there is a `tolerate`. Keys that only other parts of HotSpot use are skipped. Errors: `unknown-key`, `option-unused`
 * for a key that belongs on the command line, `duplicate-name`, `column-count`, `wrong-type`, `out-of-range`.
 */
export function readHotspotConfig(source: SourceText, tolerate?: Tolerate): HotspotConfig {
  const problems: Diagnostic[] = [];
  const rows = readWords(source, 2).filter(([key]) => !UNREAD.has(key.text.slice(1)));
  const { values, given } = readOptions(source, rows, OPTIONS, problems, tolerate);
  throwProblems(problems);
  return { options: { ...HOTSPOT_DEFAULTS, ...values }, given };
}

/**
 * Overrides the options of a file by those of a command line, given as pairs of `-key` and value in any order. Errors:
 * as for the file.
 */
export function withCommandLine(
  config: HotspotConfig,
  pairs: readonly OptionPair[],
  tolerate?: Tolerate,
): HotspotConfig {
  const { source, rows } = commandLineText(pairs);
  const problems: Diagnostic[] = [];
  const { values, given } = readOptions(source, rows, OPTIONS, problems, tolerate);
  throwProblems(problems);
  return { options: { ...config.options, ...values }, given: new Map([...config.given, ...given]) };
}

/** An option of a command line and its value. */
export type OptionPair = readonly [option: string, value: string];

/** The command line as a one-line text, so that messages can show places in it. */
function commandLineText(pairs: readonly OptionPair[]): { source: SourceText; rows: Words[] } {
  const text = pairs.flat().join(' ');
  let from = 0;
  const rows = pairs.map((pair) =>
    pair.map((word) => {
      const at = from;
      from += word.length + 1;
      return { text: word, from: at, to: at + word.length, line: 1 };
    }),
  );
  return { source: { file: 'command line', text }, rows };
}

/** The options as a .config that reads back unchanged; `(null)` stands for no file. */
export function writeHotspotConfig(options: HotspotOptions): string {
  return HOTSPOT_KEYS.map((key) => `-${key}\t${options[key] ?? '(null)'}\n`).join('');
}
