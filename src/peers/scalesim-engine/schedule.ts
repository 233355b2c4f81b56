import type { ScaleSimDataflow, ScaleSimShape } from '../../formats/scalesim/index.ts';
import { filterMatrix, ifmapMatrix, layerSizes, transposed } from './matrices.ts';
import type { SparseFilters } from './sparse-filters.ts';
import type { ArraySize, Schedule, Stream } from './streams.ts';

/**
 * The schedule of a layer with SCALE-Sim's shapes. `sparse` holds its filters if they are sparse. Error: `out-of-range`
 * for a layer too large to address.
 */
export function scaleSimSchedule(
  layer: ScaleSimShape,
  dataflow: ScaleSimDataflow,
  array: ArraySize,
  sparse?: SparseFilters,
): Schedule {
  const sizes = layerSizes(layer);
  const { pixels, filters } = sizes;
  const ifmap = ifmapMatrix(layer, sizes, sparse?.words ?? undefined);
  const filter = sparse?.matrix ?? filterMatrix(layer, sizes);
  const window = filter.temporal.length;
  const { rows, columns } = array;
  const alongRows = { kind: 'skewed', ports: rows, along: 'rows' } as const;
  const held = { kind: 'held', ports: columns, along: 'columns', delay: 0 } as const;
  if (dataflow === 'os') {
    return withFolds(array, [pixels, filters, window], {
      lines: window + rows + columns - 2,
      ifmap: { ...alongRows, matrix: ifmap, delay: 0 },
      filter: { ...alongRows, ports: columns, along: 'columns', matrix: filter, delay: 0 },
      drainsAtEnd: true,
    });
  }
  const isWeightStationary = dataflow === 'ws';
  const inTime = isWeightStationary ? pixels : filters;
  const inBlocks = sparse?.block === undefined ? {} : ({ kind: 'blocks', block: sparse.block } as const);
  const moving = { ...alongRows, ...inBlocks, delay: rows };
  return withFolds(array, [window, isWeightStationary ? filters : pixels, inTime], {
    lines: 2 * rows + columns + inTime - 2,
    ifmap: isWeightStationary ? { ...moving, matrix: transposed(ifmap) } : { ...held, matrix: ifmap },
    filter: isWeightStationary ? { ...held, matrix: filter } : { ...moving, matrix: transposed(filter) },
    drainsAtEnd: false,
  });
}

function withFolds(
  array: ArraySize,
  [overRows, overColumns, inTime]: readonly [number, number, number],
  rest: Pick<Schedule, 'lines' | 'ifmap' | 'filter' | 'drainsAtEnd'>,
): Schedule {
  const rowFolds = Math.ceil(overRows / array.rows);
  const columnFolds = Math.ceil(overColumns / array.columns);
  return { array, overRows, overColumns, inTime, rowFolds, columnFolds, ...rest };
}

/** Rows of the array that a row fold uses. */
export function usedRows({ array, overRows }: Schedule, rowFold: number): number {
  return Math.min(array.rows, overRows - rowFold * array.rows);
}

/** Columns of the array that a column fold uses. */
export function usedColumns({ array, overColumns }: Schedule, columnFold: number): number {
  return Math.min(array.columns, overColumns - columnFold * array.columns);
}

/**
 * Requests of a stream over the whole layer, including those for holes: the number that SCALE-Sim reports as scratchpad
 * reads.
 */
export function streamRequests(schedule: Schedule, stream: Stream): number {
  const { kind, along, ports, block = 1 } = stream;
  const { overRows, overColumns, inTime, rowFolds, columnFolds } = schedule;
  if (kind === 'held') return overRows * overColumns;
  // SCALE-Sim counts all lines of all ports, idle or not.
  if (kind === 'blocks') return rowFolds * columnFolds * (inTime + ports - 1) * blockPorts(stream) * block;
  return along === 'rows' ? inTime * overRows * columnFolds : inTime * overColumns * rowFolds;
}

/** Ports that request blocks. */
export function blockPorts({ ports, block = 1 }: Stream): number {
  return ((2 * ports) / block) * Math.floor(block / 2);
}

/**
 * Number of requests in the first `lines` lines of `ports` ports. Each port makes `length` requests and starts one line
 * after its neighbour.
 */
export function skewedRequests(lines: number, ports: number, length: number): number {
  return triangle(lines) - triangle(lines - ports) - triangle(lines - length) + triangle(lines - ports - length);
}

function triangle(n: number): number {
  return n > 0 ? (n * (n + 1)) / 2 : 0;
}
