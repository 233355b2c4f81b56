import type { ScaleSimVersion } from '../../formats/scalesim/index.ts';
import { OPERANDS } from '../../systolic/index.ts';
import type { FilterStorage, ScaleSimLayerReport } from './layer-report.ts';

/** The text of each report file by name. The last one exists for v3 with `SparsitySupport` only. */
export type ScaleSimReports = Readonly<
  Record<'COMPUTE_REPORT.csv' | 'BANDWIDTH_REPORT.csv' | 'DETAILED_ACCESS_REPORT.csv', string> &
    Partial<Record<'SPARSE_REPORT.csv', string>>
>;

const MEMORIES = ['sram', 'dram'] as const;

const COMPUTE = ['Total Cycles', 'Stall Cycles', 'Overall Util %', 'Mapping Efficiency %', 'Compute Util %'];
const BANDWIDTH = MEMORIES.flatMap((memory) =>
  OPERANDS.map((operand) => `Avg ${operand.toUpperCase()} ${memory.toUpperCase()} BW`),
);
const ACCESSES = MEMORIES.flatMap((memory) =>
  ['IFMAP', 'Filter', 'OFMAP'].flatMap((operand) =>
    ['Start Cycle', 'Stop Cycle', operand === 'OFMAP' ? 'Writes' : 'Reads'].map(
      (what) => `${memory.toUpperCase()} ${operand} ${what}`,
    ),
  ),
);

const METADATA_BANDWIDTH = 'Avg FILTER Metadata SRAM BW';
const SPARSE = [
  'Sparsity Representation',
  'Original Filter Storage',
  'New Storage (Filter+Metadata)',
  'Filter Metadata Storage',
  METADATA_BANDWIDTH,
];

/**
 * SCALE-Sim's reports, one row per layer, with numbers as Python prints them. Bandwidths are in words per cycle. v3
 * adds a column with the cycles from the first fetch to the last write.
 */
export function scaleSimReports(
  layers: readonly ScaleSimLayerReport[],
  version: ScaleSimVersion = 'v2',
): ScaleSimReports {
  const added = version === 'v3' ? ['Total Cycles (incl. prefetch)'] : [];
  const compute = layers.map((layer) => [...added.map(() => wholeSpan(layer)), ...computeCells(layer)]);
  const sparse = layers.flatMap(({ filterStorage, totalCycles }) =>
    filterStorage ? [sparseCells(filterStorage, totalCycles)] : [],
  );
  const [ifmap, filter, ...others] = BANDWIDTH;
  return {
    'COMPUTE_REPORT.csv': table([...added, ...COMPUTE], compute),
    'BANDWIDTH_REPORT.csv': table(
      sparse.length > 0 ? [ifmap, filter, METADATA_BANDWIDTH, ...others] : BANDWIDTH,
      layers.map(bandwidthCells),
    ),
    'DETAILED_ACCESS_REPORT.csv': table(ACCESSES, layers.map(accessCells)),
    // The header of this report ends in a blank.
    ...(sparse.length > 0 && { 'SPARSE_REPORT.csv': table(SPARSE, sparse).replace(',\n', ', \n') }),
  };
}

/** The cells of a sparse layer. Divided numbers are floats in Python. */
function sparseCells({ representation, original, stored, metadata }: FilterStorage, totalCycles: number): string[] {
  const print = representation === 'ellpack_block' ? pythonFloat : String;
  return [representation, String(original), print(stored), print(metadata), pythonFloat(metadata / totalCycles)];
}

function wholeSpan({ dram }: ScaleSimLayerReport): string {
  return String(dram.ofmap.stop - Math.min(dram.ifmap.start, dram.filter.start));
}

function computeCells(layer: ScaleSimLayerReport): string[] {
  const { totalCycles, stallCycles, overallUtilization, mappingEfficiency, computeUtilization } = layer;
  const percentages = [overallUtilization, mappingEfficiency, computeUtilization];
  return [String(totalCycles), String(stallCycles), ...percentages.map(pythonFloat)];
}

function bandwidthCells({ totalCycles, sram, dram, filterStorage }: ScaleSimLayerReport): string[] {
  const ofSram = OPERANDS.map((operand) => sram[operand].words / totalCycles);
  if (filterStorage) ofSram.splice(2, 0, filterStorage.metadata / totalCycles);
  const ofDram = OPERANDS.map((operand) => dram[operand].words / (dram[operand].stop - dram[operand].start + 1));
  return [...ofSram, ...ofDram].map(pythonFloat);
}

function accessCells(layer: ScaleSimLayerReport): string[] {
  return MEMORIES.flatMap((memory) =>
    OPERANDS.flatMap((operand) => {
      const { start, stop, words } = layer[memory][operand];
      const scaled = memory === 'sram' && operand === 'ifmap' && layer.scaledIfmapReads === true;
      return [pythonFloat(start), pythonFloat(stop), scaled ? pythonFloat(words) : String(words)];
    }),
  );
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [['LayerID', ...columns], ...rows.map((cells, i) => [String(i), ...cells])];
  return lines.map((cells) => `${cells.join(', ')},\n`).join('');
}

/**
 * A double as Python's `str` prints it: the same digits as here, ".0" after whole numbers, exponents below 1e-4 and
 * from 1e16.
 */
export function pythonFloat(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [digits, exponent] = value.toExponential().split('e');
    return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
