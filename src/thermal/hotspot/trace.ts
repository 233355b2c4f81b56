import type { SourceText } from '../../config/document.ts';
import { type Diagnostic, fail, InputError, nearestName } from '../../errors.ts';
import { MOST_PROBLEMS } from '../../formats/csv.ts';
import { type HotspotTrace, readPowerTrace } from '../../formats/hotspot.ts';
import type { Tolerate } from '../../formats/hotspot-text.ts';
import type { HotspotLayer } from './problem.ts';

/** A power trace matched with the blocks of the layers that dissipate. */
export interface PowerTrace {
  /** In the order of the file, which is that of a .ttrace. */
  readonly names: readonly string[];
  /** The unit of each column; units count layer by layer in floorplan order. */
  readonly unitOfColumn: Int32Array;
  readonly samples: number;
  /** By unit: watts in each sample. */
  readonly powerW: readonly Float64Array[];
}

/**
 * Reads a power trace for these layers. Names may come in any order within a layer; of a layer file, layer 0's come
 * first. Errors: those of the trace, `unknown-name`, `name-missing`, `out-of-range` for negative power (told and taken
 * with `tolerate`).
 */
export function readUnitPowers(
  source: SourceText,
  layers: readonly HotspotLayer[],
  fromLayerFile: boolean,
  tolerate?: Tolerate,
): PowerTrace {
  const powered = layers.flatMap((layer, number) => (layer.power ? [{ layer, number }] : []));
  if (powered.length === 0)
    fail('empty-floorplan', 'no layer dissipates power', { expected: 'Y for power in a layer' });
  const trace = readPowerTrace(
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
    problems.push(...matchLayer(trace, first, last, names, where, unitOfColumn));
    first += names.length;
  }
  const negative = negativePowers(trace);
  if (!tolerate) problems.push(...negative);
  if (problems.length > 0) throw new InputError(problems.slice(0, MOST_PROBLEMS));
  for (const problem of negative) tolerate!(problem);
  const powerW = Array.from(unitOfColumn, (_, unit) => trace.columns[unitOfColumn.indexOf(unit)]);
  return { names: trace.names, unitOfColumn, samples: trace.samples, powerW };
}

/** Columns [from, to) are those of one layer, whose units start at `from` too. */
function matchLayer(
  { names: header, nameSpans }: HotspotTrace,
  from: number,
  to: number,
  names: readonly string[],
  where: string,
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
      const suggestion = nearestName(header[c], names);
      problems.push({ code: 'unknown-name', message, span: nameSpans[c], suggestion });
    }
  }
  for (const at of missing.values()) {
    const message = `the trace has no column for block ${names[at]} of ${where}`;
    const span = nameSpans[Math.min(to, header.length) - 1];
    problems.push({ code: 'name-missing', message, span });
  }
  return problems;
}

function negativePowers(trace: HotspotTrace): Diagnostic[] {
  return trace.columns.flatMap((column, c) => {
    const k = column.findIndex((value) => value < 0);
    if (k < 0) return [];
    const message = `the power of ${trace.names[c]} in sample ${k} is ${column[k]} W`;
    return [{ code: 'out-of-range', message, span: trace.span(c, k), expected: 'a number from 0' } as const];
  });
}
