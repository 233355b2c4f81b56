import type { SourceText } from '../config/document.ts';
import { type Diagnostic, nearestName, type Span } from '../errors.ts';
import { MOST_PROBLEMS, throwProblems } from './csv.ts';
import { decimal, readWords, type Word, type Words, wordSpan, wordsSpan } from './hotspot-text.ts';

/** One option: its default in HotSpot's program and how its value is read (undefined if it is not one). */
interface Option<T> {
  readonly initial: T;
  readonly expected: string;
  read(text: string): T | undefined;
}

function numeric(initial: number, expected: string, accepts: (value: number) => boolean): Option<number> {
  const read = (text: string): number | undefined => {
    const value = decimal(text);
    return value !== undefined && accepts(value) ? value : undefined;
  };
  return { initial, expected, read };
}

const positive = (initial: number): Option<number> => numeric(initial, 'a number above 0', (value) => value > 0);
const count = (initial: number): Option<number> =>
  numeric(initial, 'a whole number from 1', (value) => Number.isInteger(value) && value > 0);
const flag = (initial: 0 | 1): Option<number> => numeric(initial, '0 or 1', (value) => value === 0 || value === 1);

/** A file or material name; HotSpot writes `(null)` for none. */
const name: Option<string | null> = {
  initial: null,
  expected: 'a name, or (null)',
  read: (text) => (text === '(null)' ? null : text),
};

function oneOf<T extends string>(initial: T, ...others: T[]): Option<T> {
  const values = [initial, ...others];
  return { initial, expected: values.join(' or '), read: (text) => values.find((value) => value === text) };
}

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

/** All options, in HotSpot's notation and units. */
export type HotspotOptions = {
  readonly [K in HotspotKey]: (typeof OPTIONS)[K] extends Option<infer T> ? T : never;
};

export const HOTSPOT_KEYS = Object.keys(OPTIONS) as readonly HotspotKey[];

/** The defaults of HotSpot's program. */
export const HOTSPOT_DEFAULTS = Object.freeze(
  Object.fromEntries(HOTSPOT_KEYS.map((key) => [key, OPTIONS[key].initial])),
) as unknown as HotspotOptions;

/** A .config as read: the options, and where those that the file gives are written. */
export interface HotspotConfig {
  readonly options: HotspotOptions;
  readonly given: ReadonlyMap<HotspotKey, Span>;
}

/**
 * Reads a HotSpot configuration (.config), `-key value` a line; what the file leaves out has HotSpot's program default.
 * Where HotSpot ignores a key it does not know, and takes the first of two, both are errors here. Errors: `unknown-key`,
 * `duplicate-name`, `column-count`, `wrong-type`, `out-of-range`.
 */
export function readHotspotConfig(source: SourceText): HotspotConfig {
  const problems: Diagnostic[] = [];
  const given = new Map<HotspotKey, Span>();
  const values: Record<string, unknown> = {};
  for (const words of readWords(source)) {
    if (problems.length >= MOST_PROBLEMS) break;
    const key = keyOf(source, words, given, problems);
    if (!key) continue;
    given.set(key, wordsSpan(source, words));
    values[key] = optionValue(source, key, words[1], problems);
  }
  throwProblems(problems);
  return { options: { ...HOTSPOT_DEFAULTS, ...values }, given };
}

function keyOf(
  source: SourceText,
  words: Words,
  given: ReadonlyMap<HotspotKey, Span>,
  problems: Diagnostic[],
): HotspotKey | undefined {
  const span = wordSpan(source, words[0]);
  if (words.length !== 2 || !words[0].text.startsWith('-')) {
    const message = `this line has ${words.length} ${words.length === 1 ? 'word' : 'words'}`;
    problems.push({
      code: 'column-count',
      message,
      span: wordsSpan(source, words),
      expected: 'an option, "-key value"',
    });
    return undefined;
  }
  const key = words[0].text.slice(1);
  if (!Object.hasOwn(OPTIONS, key)) {
    const near = nearestName(key, HOTSPOT_KEYS);
    problems.push({
      code: 'unknown-key',
      message: `-${key} is no option of HotSpot`,
      span,
      suggestion: near && `-${near}`,
    });
    return undefined;
  }
  const known = key as HotspotKey;
  if (!given.has(known)) return known;
  problems.push({
    code: 'duplicate-name',
    message: `-${key} is given on line ${given.get(known)!.line} already`,
    span,
  });
  return undefined;
}

function optionValue(source: SourceText, key: HotspotKey, word: Word, problems: Diagnostic[]): unknown {
  const option: Option<unknown> = OPTIONS[key];
  const value = option.read(word.text);
  if (value !== undefined) return value;
  const code = decimal(word.text) === undefined || typeof option.initial === 'string' ? 'wrong-type' : 'out-of-range';
  const message = `-${key} cannot be "${word.text}"`;
  problems.push({ code, message, span: wordSpan(source, word), expected: option.expected });
  return undefined;
}
