import { type Diagnostic, isTolerated, nearestName, type Tolerate } from '../../base/errors.ts';
import { type SourceText, spanOf } from '../../base/source.ts';
import { type Cell, cellSpan, throwProblems, wholeNumber, withoutMark } from '../csv.ts';
import { type Ini, readIni } from '../ini.ts';

export const SCALESIM_DATAFLOWS = ['os', 'ws', 'is'] as const;
export type ScaleSimDataflow = (typeof SCALESIM_DATAFLOWS)[number];

/** The supported versions of SCALE-Sim's files and results. */
export type ScaleSimVersion = 'v2' | 'v3';

export const SPARSE_REPRESENTATIONS = ['csr', 'csc', 'ellpack_block'] as const;

/** The sparsity settings of v3. */
export interface ScaleSimSparsity {
  readonly representation: (typeof SPARSE_REPRESENTATIONS)[number];
  /**
   * "Layer-wise" (null): all filters have the layer's own N:M. "Row-wise": each filter draws its N from 1 to half the
   * block, as `OptimizedMapping` asks.
   */
  readonly rowWise: { readonly block: number; readonly seed: number } | null;
  /** Whether FilterOffset is 0. Then v3 mistakes the weight at address 0 for a dropped one. */
  readonly dropsFirst: boolean;
}

/** The settings of a configuration (.cfg) that SCALE-Sim uses for its reports and traces. */
export interface ScaleSimConfig {
  readonly runName: string;
  readonly array: { readonly rows: number; readonly columns: number };
  readonly sramKb: { readonly ifmap: number; readonly filter: number; readonly ofmap: number };
  /** Offsets that are added to the addresses of each operand. */
  readonly offsets: { readonly ifmap: number; readonly filter: number; readonly ofmap: number };
  readonly dataflow: ScaleSimDataflow;
  /** `CALC`: DRAM never stalls the reads. Otherwise (USER): words per cycle of each operand. */
  readonly bandwidth: 'CALC' | { readonly ifmap: number; readonly filter: number; readonly ofmap: number };
  /** Settings of v3 with `SparsitySupport`. Without it the topology's sparsities have no effect. */
  readonly sparsity?: ScaleSimSparsity | undefined;
}

/** The settings that our own model needs. */
export type SimulateConfig = Omit<ScaleSimConfig, 'offsets' | 'sparsity'>;

/** The further settings that SCALE-Sim's branch for Accelergy reads. */
export interface AccelergyHardware {
  readonly memoryBanks: number;
  /** Most DRAM words that could move in a cycle. */
  readonly dramRowSize: number;
}

/** The keys of v2, of its branch for Accelergy and of v3, spelt as in their shipped files. */
export const KEYS: Readonly<Record<string, readonly string[]>> = {
  general: ['run_name'],
  architecture_presets: [
    ...['ArrayHeight', 'ArrayWidth', 'IfmapSramSzkB', 'FilterSramSzkB', 'OfmapSramSzkB'],
    ...['IfmapOffset', 'FilterOffset', 'OfmapOffset', 'Dataflow', 'Bandwidth', 'MemoryBanks'],
    ...['ReadRequestBuffer', 'WriteRequestBuffer'],
  ],
  run_presets: [
    ...['InterfaceBandwidth', 'UseRamulatorTrace'],
    ...['SRAM_row_size', 'SRAM_bank_size', 'DRAM_row_size', 'DRAM_bank_size'],
  ],
  layout: ['Ifmap', 'Filter'].flatMap((operand) =>
    ['CustomLayout', 'SRAMBankBandwidth', 'SRAMBankNum', 'SRAMBankPort'].map((key) => operand + key),
  ),
  sparsity: ['SparsitySupport', 'SparseRep', 'OptimizedMapping', 'BlockSize', 'RandomNumberGeneratorSeed'],
};

export interface ConfigReader {
  readonly source: SourceText;
  readonly ini: Ini;
  readonly problems: Diagnostic[];
}

/**
 * Reads a SCALE-Sim configuration as one of its versions does. Keys and sections that SCALE-Sim ignores are errors, or
 * warnings if there is a `tolerate`. Errors: `cfg-syntax`, `duplicate-name`, `unknown-key`, `missing-key`,
 * `wrong-type`, `out-of-range`, `unknown-name`, `not-supported`.
 */
export function readScaleSimConfig(marked: SourceText, version: ScaleSimVersion, tolerate?: Tolerate): ScaleSimConfig {
  const source = withoutMark(marked);
  const problems: Diagnostic[] = [];
  const reader = { source, ini: readIni(source, problems), problems };
  checkKeys(reader, tolerate);
  const size = (key: string, min: 0 | 1 = 1): number => wholeOf(reader, 'architecture_presets', key, min);
  const config: ScaleSimConfig = {
    runName: runNameOf(reader),
    array: { rows: arraySide(reader, 'ArrayHeight'), columns: arraySide(reader, 'ArrayWidth') },
    sramKb: { ifmap: size('IfmapSramSzkB'), filter: size('FilterSramSzkB'), ofmap: size('OfmapSramSzkB') },
    offsets: { ifmap: size('IfmapOffset', 0), filter: size('FilterOffset', 0), ofmap: size('OfmapOffset', 0) },
    dataflow: oneOf(reader, 'architecture_presets', 'Dataflow', SCALESIM_DATAFLOWS) ?? 'os',
    bandwidth: bandwidthOf(reader, version),
  };
  if (version === 'v3') checkThird(reader);
  const sparsity = version === 'v3' ? sparsityOf(reader, config, config.offsets.filter === 0) : undefined;
  throwProblems(problems);
  return sparsity ? { ...config, sparsity } : config;
}

/**
 * Reads the settings that only the branch for Accelergy uses. Errors: `missing-key`, `wrong-type`, `out-of-range`,
 * `cfg-syntax`.
 */
export function readAccelergyHardware(marked: SourceText): AccelergyHardware {
  const source = withoutMark(marked);
  const problems: Diagnostic[] = [];
  const reader = { source, ini: readIni(source, problems), problems };
  const hardware = {
    memoryBanks: wholeOf(reader, 'architecture_presets', 'MemoryBanks', 1),
    dramRowSize: wholeOf(reader, 'run_presets', 'DRAM_row_size', 1),
  };
  throwProblems(problems);
  return hardware;
}

function checkKeys({ source, ini, problems }: ConfigReader, tolerate?: Tolerate): void {
  for (const [section, { name, entries }] of ini) {
    const known = Object.hasOwn(KEYS, section) ? KEYS[section] : undefined;
    if (!known) {
      const message = `SCALE-Sim has no section [${section}]`;
      const suggestion = nearestName(section, Object.keys(KEYS));
      // The branch's parser looks for a key of this section in another one and fails, so this is never tolerated.
      const tell = section === 'network_presets' ? undefined : tolerate;
      isTolerated({ code: 'unknown-key', message, span: cellSpan(source, name), suggestion }, problems, tell);
      continue;
    }
    const names = known.map((key) => key.toLowerCase());
    for (const [lower, { key }] of entries) {
      if (names.includes(lower)) continue;
      const message = `SCALE-Sim has no key "${key.text}" in [${section}]`;
      const suggestion = nearestName(key.text, known);
      isTolerated({ code: 'unknown-key', message, span: cellSpan(source, key), suggestion }, problems, tolerate);
    }
  }
}

export function cellOf({ source, ini, problems }: ConfigReader, section: string, key: string): Cell | undefined {
  const found = ini.get(section);
  const entry = found?.entries.get(key.toLowerCase());
  if (entry) return entry.value;
  const span = found ? cellSpan(source, found.name) : spanOf(source, 0, 0);
  problems.push({ code: 'missing-key', message: `[${section}] has no ${key}`, span });
  return undefined;
}

export function wholeOf(reader: ConfigReader, section: string, key: string, min: 0 | 1): number {
  const value = cellOf(reader, section, key);
  return (value && wholeNumber(reader.source, value, key, min, reader.problems)) ?? min;
}

export function oneOf<T extends string>(
  reader: ConfigReader,
  section: string,
  key: string,
  choices: readonly T[],
): T | undefined {
  const value = cellOf(reader, section, key);
  const choice = choices.find((name) => name === value?.text);
  if (value === undefined || choice !== undefined) return choice;
  const message = `${key} is "${value.text}"`;
  const expected = `one of ${choices.join(', ')}`;
  reader.problems.push({ code: 'unknown-name', message, span: cellSpan(reader.source, value), expected });
  return undefined;
}

/** No array has more lanes. Larger matrices fill the memory, in SCALE-Sim too. */
export const MOST_LANES = 65536;

/** The side of the array. Error: `out-of-range` for more than 65536. */
export function arraySide(reader: ConfigReader, key: string): number {
  const value = wholeOf(reader, 'architecture_presets', key, 1);
  const cell = reader.ini.get('architecture_presets')?.entries.get(key.toLowerCase())?.value;
  if (value <= MOST_LANES || !cell) return value;
  const span = cellSpan(reader.source, cell);
  const expected = `at most ${MOST_LANES}`;
  reader.problems.push({ code: 'out-of-range', message: `${key} is out of range: ${value}`, span, expected });
  return MOST_LANES;
}

/** The run's name, which becomes the name of a folder and must not lead out of the results folder. */
export function runNameOf(reader: ConfigReader): string {
  const value = cellOf(reader, 'general', 'run_name');
  const name = value?.text ?? '';
  if (value === undefined || (name !== '' && !/[/\\%]|^\.\.?$/.test(name))) return name;
  const message = `run_name cannot name a folder: "${name}"`;
  reader.problems.push({ code: 'out-of-range', message, span: cellSpan(reader.source, value) });
  return name;
}

/**
 * The bandwidths. SCALE-Sim uses the first of a list for all operands; v3 reads with the bandwidths of the scratchpads'
 * banks.
 */
function bandwidthOf(reader: ConfigReader, version: ScaleSimVersion): ScaleSimConfig['bandwidth'] {
  const mode = oneOf(reader, 'run_presets', 'InterfaceBandwidth', ['CALC', 'USER']);
  if (mode !== 'USER') return 'CALC';
  const list = cellOf(reader, 'architecture_presets', 'Bandwidth');
  if (!list) return 'CALC';
  let from = list.from;
  const [ofmap] = list.text.split(',').map((piece) => {
    const start = from + (piece.length - piece.trimStart().length);
    from += piece.length + 1;
    const cell = { text: piece.trim(), from: start, to: start + piece.trim().length };
    return wholeNumber(reader.source, cell, 'Bandwidth', 1, reader.problems) ?? 1;
  });
  if (version === 'v2') return { ifmap: ofmap, filter: ofmap, ofmap };
  const ofBanks = (operand: string): number => wholeOf(reader, 'layout', `${operand}SRAMBankBandwidth`, 1);
  return { ifmap: ofBanks('Ifmap'), filter: ofBanks('Filter'), ofmap };
}

/** Checks the further keys that v3 requires, and rejects its features that are not simulated. */
function checkThird(reader: ConfigReader): void {
  for (const key of ['ReadRequestBuffer', 'WriteRequestBuffer']) wholeOf(reader, 'architecture_presets', key, 1);
  for (const operand of ['Ifmap', 'Filter']) checkBanks(reader, operand);
  checkOff(reader, 'run_presets', 'UseRamulatorTrace', "Ramulator's latencies are not simulated");
}

function sparsityOf(
  reader: ConfigReader,
  { array, dataflow }: ScaleSimConfig,
  dropsFirst: boolean,
): ScaleSimSparsity | undefined {
  const isTrue = (key: string): boolean => cellOf(reader, 'sparsity', key)?.text.toLowerCase() === 'true';
  if (!isTrue('SparsitySupport')) return undefined;
  const representation = oneOf(reader, 'sparsity', 'SparseRep', SPARSE_REPRESENTATIONS) ?? 'csr';
  const isRowWise = isTrue('OptimizedMapping');
  const seed = wholeOf(reader, 'sparsity', 'RandomNumberGeneratorSeed', 0);
  if (!isRowWise) return { representation, rowWise: null, dropsFirst };
  const block = wholeOf(reader, 'sparsity', 'BlockSize', 1);
  checkRowWise(reader, block, array.rows, dataflow);
  return { representation, rowWise: { block, seed }, dropsFirst };
}

/**
 * Rejects settings at which v3 stops. It maps row-wise sparsity under ws only, and two array heights must be whole
 * blocks of at least two.
 */
function checkRowWise(reader: ConfigReader, block: number, rows: number, dataflow: string): void {
  const add = (code: 'not-supported' | 'out-of-range', key: string, message: string, expected: string): void => {
    const value = cellOf(reader, 'sparsity', key);
    reader.problems.push({ code, message, span: value && cellSpan(reader.source, value), expected });
  };
  if (dataflow !== 'ws') {
    add('not-supported', 'OptimizedMapping', `SCALE-Sim fails at row-wise sparsity under ${dataflow}`, 'Dataflow : ws');
  }
  if (block >= 2 && block <= rows && (2 * rows) % block === 0) return;
  const expected = `from 2 to ${rows}, a divisor of two array heights (${2 * rows})`;
  add('out-of-range', 'BlockSize', `SCALE-Sim fails at blocks of ${block} on ${rows} rows`, expected);
}

function checkBanks(reader: ConfigReader, operand: string): void {
  checkOff(
    reader,
    'layout',
    `${operand}CustomLayout`,
    'custom layouts and the bank conflicts they make are not simulated',
  );
  const bandwidth = wholeOf(reader, 'layout', `${operand}SRAMBankBandwidth`, 1);
  const banks = wholeOf(reader, 'layout', `${operand}SRAMBankNum`, 1);
  wholeOf(reader, 'layout', `${operand}SRAMBankPort`, 1);
  if (bandwidth % banks === 0) return;
  const value = cellOf(reader, 'layout', `${operand}SRAMBankNum`);
  const message = `${operand}SRAMBankBandwidth is not a multiple of ${operand}SRAMBankNum`;
  reader.problems.push({ code: 'out-of-range', message, span: value && cellSpan(reader.source, value) });
}

/** Whether a cell means "on", as Python's configparser reads it. */
export function isOn({ text }: Cell): boolean {
  return /^(true|yes|on|1)$/i.test(text);
}

export function checkOff(reader: ConfigReader, section: string, key: string, message: string): void {
  const value = cellOf(reader, section, key);
  if (!value || !isOn(value)) return;
  const span = cellSpan(reader.source, value);
  reader.problems.push({ code: 'not-supported', message, span, expected: `${key}: False` });
}
