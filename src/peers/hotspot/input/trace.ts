import { type Diagnostic, fail, InputError, nearestName, type Tolerate } from '../../../base/errors.ts';
import type { SourceText } from '../../../base/source.ts';
import { MOST_PROBLEMS } from '../../../formats/csv.ts';
import { type HotspotTrace, type PowerCsv, readPowerCsv, readPowerTrace } from '../../../formats/hotspot/index.ts';
import type { HotspotLayer } from './problem.ts';

/** A power trace matched to the blocks of the layers that dissipate. */
export interface PowerTrace {
  /** Names in the order of the file, which is also that of a .ttrace. */
  readonly names: readonly string[];
  /** The unit of each column. Units are numbered layer by layer in floorplan order. */
  readonly unitOfColumn: Int32Array;
  readonly samples: number;
  /** For each unit its power in W in each sample. */
  readonly powerW: readonly Float64Array[];
}

/**
 * Reads a power trace for these layers, a .ptrace or a CSV whose samples last `intervalS`. Names may come in any order within a layer. With a layer file the names of
 * layer 0 come first. Errors: those of the trace, `unknown-name`, `name-missing`, `out-of-range` for negative power
 * (`tolerate` turns it into a warning, and the value counts).
 */
export function readUnitPowers(
  source: SourceText,
  layers: readonly HotspotLayer[],
  fromLayerFile: boolean,
  intervalS: number,
  tolerate?: Tolerate,
): PowerTrace {
  const powered = layers.flatMap((layer, number) => (layer.power ? [{ layer, number }] : []));
  if (powered.length === 0)
    fail('empty-floorplan', 'no layer dissipates power', { expected: 'Y for power in a layer' });
  const trace = source.file.toLowerCase().endsWith('.csv')
    ? checkedDurations(readPowerCsv(source), intervalS)
    : readPowerTrace(
        source,
        powered.map(({ layer }) => layer.blocks.length),
      );
  const problems: Diagnostic[] = [];
  const unitOfColumn = new Int32Array(trace.names.length).fill(-1);
  let first = 0;
  for (const { layer, number } of powered) {
    const names = layer.blocks.map((block) => block.name);
    const where = fromLayerFile ? `layer ${number}` : 'the floorplan';
    const last = powered[powered.length - 1].number === number ? trace.names.length : first + names.length;
    const all = powered.map((one) => ({
      where: `layer ${one.number}`,
      names: one.layer.blocks.map(({ name }) => name),
    }));
    problems.push(...matchLayer(trace, first, last, { where, names }, all, unitOfColumn));
    first += names.length;
  }
  problems.push(...excessivePowers(trace));
  const negative = negativePowers(trace);
  if (!tolerate) problems.push(...negative);
  if (problems.length > 0) throw new InputError(problems.slice(0, MOST_PROBLEMS));
  for (const problem of negative) tolerate?.(problem);
  const powerW = Array.from(unitOfColumn, (_, unit) => trace.columns[unitOfColumn.indexOf(unit)]);
  return { names: trace.names, unitOfColumn, samples: trace.samples, powerW };
}

/** Error `out-of-range` for a sample that is not as long as the sampling interval. */
function checkedDurations(trace: PowerCsv, intervalS: number): PowerCsv {
  const { durationS, samples } = trace;
  const k = durationS?.findIndex((duration) => Math.abs(duration - intervalS) > 1e-6 * intervalS) ?? -1;
  if (k < 0) return trace;
  const isTail = k === samples - 1 && k > 0 && durationS![k] < intervalS;
  return fail('out-of-range', `sample ${k + 1} lasts ${durationS![k]} s, and the sampling interval is ${intervalS} s`, {
    span: trace.durationSpan(k),
    expected: isTail ? 'a trace without this shorter last sample' : `-sampling_intvl ${durationS![k]}`,
  });
}

/** The blocks of a layer, and the layer's name in messages. */
interface LayerNames {
  readonly where: string;
  readonly names: readonly string[];
}

/** Matches the columns [from, to) to the blocks of one layer, whose units start at `from` too. */
function matchLayer(
  { names: header, nameSpan }: HotspotTrace,
  from: number,
  to: number,
  { where, names }: LayerNames,
  all: readonly LayerNames[],
  unitOfColumn: Int32Array,
): Diagnostic[] {
  const problems: Diagnostic[] = [];
  // HotSpot compares names without regard to case.
  const index = new Map(names.map((name, i) => [name.toLowerCase(), i]));
  const missing = new Map(index);
  for (let c = from; c < Math.min(to, header.length); c++) {
    const at = index.get(header[c].toLowerCase());
    missing.delete(header[c].toLowerCase());
    if (at !== undefined) unitOfColumn[c] = from + at;
    else {
      const message = `${where} has no block ${header[c]}`;
      const elsewhere = all.find((other) => has(other, header[c]));
      const expected = elsewhere && `the blocks of ${where} here; ${header[c]} is in ${elsewhere.where}`;
      const suggestion = elsewhere ? undefined : nearestName(header[c], names);
      problems.push({ code: 'unknown-name', message, span: nameSpan(c), expected, suggestion });
      // One misspelling gives one message.
      if (suggestion !== undefined) missing.delete(suggestion.toLowerCase());
    }
  }
  for (const at of missing.values()) {
    const message = `the trace has no column for block ${names[at]} of ${where}`;
    const span = nameSpan(Math.min(to, header.length) - 1);
    problems.push({ code: 'name-missing', message, span });
  }
  return problems;
}

function has({ names }: LayerNames, name: string): boolean {
  return names.some((other) => other.toLowerCase() === name.toLowerCase());
}

/** Largest power in W: far above any chip, far below overflow. */
const LARGEST_POWER_W = 1e18;

function excessivePowers(trace: HotspotTrace): Diagnostic[] {
  return trace.columns.flatMap((column, c) => {
    const k = column.findIndex((value) => Math.abs(value) > LARGEST_POWER_W);
    if (k < 0) return [];
    const message = `the power of ${trace.names[c]} in sample ${k + 1} is ${column[k]} W`;
    return [{ code: 'out-of-range', message, span: trace.span(c, k), expected: 'watts, up to 1e18' } as const];
  });
}

function negativePowers(trace: HotspotTrace): Diagnostic[] {
  return trace.columns.flatMap((column, c) => {
    const k = column.findIndex((value) => value < 0);
    if (k < 0) return [];
    const message = `the power of ${trace.names[c]} in sample ${k + 1} is ${column[k]} W`;
    return [{ code: 'out-of-range', message, span: trace.span(c, k), expected: 'a number from 0' } as const];
  });
}
