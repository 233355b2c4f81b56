import { type Diagnostic, fail, nearestName, type Span, type Tolerate } from '../../base/errors.ts';
import type { SourceText } from '../../base/source.ts';
import { cellSpan, throwProblems, wholeNumber, withoutMark } from '../csv.ts';
import { readIni } from '../ini.ts';
import {
  arraySide,
  type ConfigReader,
  cellOf,
  checkOff,
  isOn,
  KEYS,
  MOST_LANES,
  oneOf,
  runNameOf,
  SCALESIM_DATAFLOWS,
  type SimulateConfig,
  wholeOf,
} from './config.ts';

/** A scratchpad whose lines are spread over banks. */
export interface ScratchpadBanks {
  /** Words of a line over all banks; a multiple of the number of banks. */
  readonly lineWords: number;
  readonly banks: number;
  /** Lines that each bank can read in a cycle. */
  readonly ports: number;
}

/** Banks, and the place where the configuration declares them. */
export interface PlacedBanks extends ScratchpadBanks {
  readonly span: Span;
}

/** A configuration, and the places where it gives the scratchpad sizes. */
export interface PlacedConfig {
  readonly config: SimulateConfig;
  /** The banks of the scratchpads that have a layout. */
  readonly banks: Readonly<Partial<Record<'ifmap' | 'filter', PlacedBanks>>>;
  readonly places: Readonly<Record<'ifmap' | 'filter' | 'ofmap', Span | undefined>>;
  /** The place where the configuration switches sparse layers off, whatever the topology contains; undefined if it does not. */
  readonly dense: Span | undefined;
}

const SIZES = { ifmap: 'IfmapSramSzkB', filter: 'FilterSramSzkB', ofmap: 'OfmapSramSzkB' } as const;

/**
 * Reads a SCALE-Sim configuration of v2 or v3 for its meaning: one bandwidth for all operands or one for each, and
 * nothing is silently ignored. `warn` receives a warning for each setting without effect. Errors: `cfg-syntax`,
 * `duplicate-name`, `unknown-key` for a misspelt key, `missing-key`, `wrong-type`, `out-of-range`, `unknown-name`,
 * `column-count`, `not-supported` (v3's row-wise sparsity, Ramulator).
 */
export function readSimulateConfig(marked: SourceText, warn: Tolerate): PlacedConfig {
  const source = withoutMark(marked);
  const problems: Diagnostic[] = [];
  const reader = { source, ini: readIni(source, problems), problems };
  refuseFirst(reader);
  checkNames(reader, warn);
  const size = (key: string): number => wholeOf(reader, 'architecture_presets', key, 1);
  const config: SimulateConfig = {
    runName: runNameOf(reader),
    array: { rows: arraySide(reader, 'ArrayHeight'), columns: arraySide(reader, 'ArrayWidth') },
    sramKb: { ifmap: size(SIZES.ifmap), filter: size(SIZES.filter), ofmap: size(SIZES.ofmap) },
    dataflow: oneOf(reader, 'architecture_presets', 'Dataflow', SCALESIM_DATAFLOWS) ?? 'os',
    bandwidth: bandwidthOf(reader, warn),
  };
  checkSupported(reader);
  const banks = { ...banksOf(reader, 'ifmap'), ...banksOf(reader, 'filter') };
  warnOfBanks(reader, warn);
  const dense = denseSpan(reader, warn);
  throwProblems(problems);
  const placeOf = (operand: keyof typeof SIZES): Span | undefined => {
    const value = optionalCell(reader, 'architecture_presets', SIZES[operand]);
    return value && cellSpan(source, value);
  };
  const places = { ifmap: placeOf('ifmap'), filter: placeOf('filter'), ofmap: placeOf('ofmap') };
  return { config, banks, places, dense };
}

/**
 * Rejects a SCALE-Sim v1 configuration. Its sections have other keys: sizes without "kB", and the network in the
 * configuration.
 */
function refuseFirst(reader: ConfigReader): void {
  const { entries } = reader.ini.get('architecture_presets') ?? {};
  const first = ['IfmapSramSz', 'FilterSramSz', 'OfmapSramSz']
    .map((key) => entries?.get(key.toLowerCase()))
    .find(Boolean);
  if (!first) return;
  fail('not-supported', 'this is a configuration of SCALE-Sim v1', {
    span: cellSpan(reader.source, first.key),
    expected:
      'IfmapSramSzkB, FilterSramSzkB, OfmapSramSzkB and [run_presets] InterfaceBandwidth, as v2 and v3 have them',
  });
}

/** The value of a key that may be absent. */
function optionalCell({ ini }: ConfigReader, section: string, key: string) {
  return ini.get(section)?.entries.get(key.toLowerCase())?.value;
}

/** Reports a name close to a known one as a misspelling, whose value would be lost. Other unknown names only get a warning. */
function checkNames({ source, ini, problems }: ConfigReader, warn: Tolerate): void {
  const tell = (message: string, span: Span, name: string, known: readonly string[]): void => {
    const suggestion = nearestName(name, known);
    if (suggestion !== undefined) problems.push({ code: 'unknown-key', message, span, suggestion });
    else warn({ code: 'unknown-key', message: `${message}; it has no effect`, span });
  };
  for (const [section, { name, entries }] of ini) {
    const known = Object.hasOwn(KEYS, section) ? KEYS[section] : undefined;
    if (!known) {
      tell(`SCALE-Sim has no section [${section}]`, cellSpan(source, name), section, Object.keys(KEYS));
      continue;
    }
    const names = known.map((key) => key.toLowerCase());
    for (const [lower, { key }] of entries) {
      if (names.includes(lower)) continue;
      tell(`SCALE-Sim has no key "${key.text}" in [${section}]`, cellSpan(source, key), key.text, known);
    }
  }
}

/** A single bandwidth applies to each operand; three apply to ifmap, filter and ofmap. */
function bandwidthOf(reader: ConfigReader, warn: Tolerate): SimulateConfig['bandwidth'] {
  const { source, problems } = reader;
  const mode = oneOf(reader, 'run_presets', 'InterfaceBandwidth', ['CALC', 'USER']);
  if (mode !== 'USER') {
    const unused = optionalCell(reader, 'architecture_presets', 'Bandwidth');
    const message = 'Bandwidth has no effect: with InterfaceBandwidth CALC, DRAM is as fast as the array needs';
    if (mode && unused) warn({ code: 'option-unused', message, span: cellSpan(source, unused) });
    return 'CALC';
  }
  const list = cellOf(reader, 'architecture_presets', 'Bandwidth');
  if (!list) return 'CALC';
  let from = list.from;
  const values = list.text.split(',').map((piece) => {
    const start = from + (piece.length - piece.trimStart().length);
    from += piece.length + 1;
    const cell = { text: piece.trim(), from: start, to: start + piece.trim().length };
    return wholeNumber(source, cell, 'Bandwidth', 1, problems) ?? 1;
  });
  if (values.length !== 1 && values.length !== 3) {
    const message = `${values.length} bandwidths`;
    const expected = 'one value for each of ifmap, filter and ofmap, or one for all three';
    problems.push({ code: 'column-count', message, span: cellSpan(source, list), expected });
  }
  const [ifmap, filter = ifmap, ofmap = ifmap] = values;
  return { ifmap, filter, ofmap };
}

function checkSupported(reader: ConfigReader): void {
  const checks = [
    ['sparsity', 'OptimizedMapping', 'row-wise sparsity, which keeps other places in each filter, is not simulated'],
    ['run_presets', 'UseRamulatorTrace', "Ramulator's latencies are not simulated"],
  ] as const;
  for (const [section, key, message] of checks) {
    if (optionalCell(reader, section, key)) checkOff(reader, section, key, message);
  }
}

const PREFIX = { ifmap: 'Ifmap', filter: 'Filter' } as const;

/** More banks than an array has lanes would never be used. */
const MOST_BANKS = MOST_LANES;

/** The banks of a scratchpad that has a layout. */
function banksOf(reader: ConfigReader, operand: keyof typeof PREFIX): PlacedConfig['banks'] {
  const { source, problems } = reader;
  const on = optionalCell(reader, 'layout', `${PREFIX[operand]}CustomLayout`);
  if (!on || !isOn(on)) return {};
  const key = (name: string): string => `${PREFIX[operand]}SRAMBank${name}`;
  const [lineWords, banks, ports] = ['Bandwidth', 'Num', 'Port'].map((name) => wholeOf(reader, 'layout', key(name), 1));
  const number = optionalCell(reader, 'layout', key('Num'));
  const add = (message: string, expected: string): void => {
    problems.push({ code: 'out-of-range', message, span: number && cellSpan(source, number), expected });
  };
  if (banks > MOST_BANKS) add(`${key('Num')} is out of range: ${banks}`, `at most ${MOST_BANKS}`);
  else if (lineWords % banks !== 0) {
    add(`a line of ${lineWords} words does not divide into ${banks} banks`, `a divisor of ${key('Bandwidth')}`);
  }
  return { [operand]: { lineWords, banks, ports, span: cellSpan(source, on) } };
}

/** The topology's ratios apply unless the configuration switches them off. How positions are stored is our own choice. */
function denseSpan(reader: ConfigReader, warn: Tolerate): Span | undefined {
  const { source } = reader;
  const support = optionalCell(reader, 'sparsity', 'SparsitySupport');
  if (support && support.text.toLowerCase() !== 'true') return cellSpan(source, support);
  const form = optionalCell(reader, 'sparsity', 'SparseRep');
  if (support && form && form.text !== 'ellpack_block') {
    const message = `SparseRep has no effect: places are stored within their blocks, as in ellpack_block`;
    warn({ code: 'option-unused', message, span: cellSpan(source, form) });
  }
  return undefined;
}

/** Warns that SCALE-Sim ignores the number of banks, and that v3 takes the bandwidth of a scratchpad's banks for that of DRAM. */
function warnOfBanks(reader: ConfigReader, warn: Tolerate): void {
  const { source } = reader;
  const banks = optionalCell(reader, 'architecture_presets', 'MemoryBanks');
  if (banks && banks.text !== '1') {
    const message = 'MemoryBanks has no effect: banks are those of [layout]';
    warn({ code: 'option-unused', message, span: cellSpan(source, banks) });
  }
  if (optionalCell(reader, 'run_presets', 'InterfaceBandwidth')?.text !== 'USER') return;
  const dram = optionalCell(reader, 'architecture_presets', 'Bandwidth')?.text;
  for (const prefix of Object.values(PREFIX)) {
    const key = `${prefix}SRAMBankBandwidth`;
    const value = optionalCell(reader, 'layout', key);
    const on = optionalCell(reader, 'layout', `${prefix}CustomLayout`);
    if (!value || value.text === dram || (on && isOn(on))) continue;
    const message = `${key} has no effect: SCALE-Sim v3 reads DRAM with it, here Bandwidth is the bandwidth of DRAM`;
    warn({ code: 'option-unused', message, span: cellSpan(source, value) });
  }
}
