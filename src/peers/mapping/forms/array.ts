import type { OperationRoles, Role, TimeloopInput, TimeloopMapping } from '../../../formats/timeloop/index.ts';
import { DATAFLOWS, type Dataflow } from '../../../systolic/index.ts';

/** A mapping as folds of a systolic array: the text of a mapping that `run` reads, and the array that it is for. */
export interface ArrayForm {
  readonly text: string;
  readonly rows: number;
  readonly columns: number;
  readonly dataflow: string;
}

type MatrixAxis = Dataflow['axes']['rows'];

/** The parts of a convolution on the axes of its matrix product, the slowest first, as docs/methods/systolic.md lays them out. */
const PARTS: Readonly<Record<MatrixAxis, readonly Role[]>> = { m: ['N', 'Y', 'X'], k: ['R', 'S', 'C'], n: ['K'] };

/** A loop of the nest over one axis of the product. */
interface AxisLoop {
  readonly axis: MatrixAxis;
  readonly bound: number;
  readonly isSpatial: boolean;
  /** Its place in `PARTS`. */
  readonly part: number;
  /** The loop as a map.txt has it, with its level. */
  readonly name: string;
}

/**
 * A mapping as a dataflow, an order of folds and a T tile. Which memory holds a tile does not survive: the memory model of `run` decides.
 * Returns the loop that the array cannot carry if there is no such form.
 */
export function arrayForm(input: TimeloopInput, roles: OperationRoles, mapping: TimeloopMapping): ArrayForm | string {
  const loops = loopsOf(input, roles, mapping);
  if (typeof loops === 'string') return loops;
  const reasons: string[] = [];
  for (const dataflow of DATAFLOWS) {
    const folds = foldsOf(loops, dataflow);
    if (typeof folds !== 'string') return formOf(input, loops, dataflow, folds);
    reasons.push(folds);
  }
  const spread = [...new Set(loops.filter(({ isSpatial }) => isSpatial).map(({ axis }) => axis))];
  // With two parallel axes one dataflow is meant, and its reason is the one to know.
  const meant = DATAFLOWS.findIndex(({ axes }) => spread.every((axis) => axis === axes.rows || axis === axes.columns));
  return reasons[Math.max(0, meant)];
}

function loopsOf(
  { problem, architecture }: TimeloopInput,
  { dimensions }: OperationRoles,
  { levels }: TimeloopMapping,
): AxisLoop[] | string {
  const roleOf = new Map([...dimensions].map(([role, d]) => [d, role]));
  const loops: AxisLoop[] = [];
  for (const [level, { temporal, spatial }] of levels.entries()) {
    const { name: memory } = architecture.storages[level];
    for (const loop of [...temporal, ...spatial]) {
      const { dimension, bound, last } = loop;
      if (bound === 1) continue;
      const isSpatial = 'axis' in loop;
      const name = `${memory}: for ${problem.dimensions[dimension]} in [0:${bound}${last === bound ? '' : `,${last}`})`;
      const role = roleOf.get(dimension)!;
      if (role === 'G') {
        if (isSpatial) return `"${name}" spreads groups over the array, which runs one at a time`;
        if (loops.length > 0) return `"${name}" is inside other loops; the array runs one group after another`;
        continue;
      }
      if (last !== bound && !isSpatial) return `"${name}" has a last iteration of another length`;
      const axis = (Object.keys(PARTS) as MatrixAxis[]).find((one) => PARTS[one].includes(role))!;
      loops.push({ axis, bound, isSpatial, part: PARTS[axis].indexOf(role), name });
    }
  }
  return mixedParts(loops) ?? loops;
}

/** A loop over a slow part of an axis inside one over a fast part: their folds would not be runs of the axis. */
function mixedParts(loops: readonly AxisLoop[]): string | undefined {
  for (const [i, { axis, part, name }] of loops.entries()) {
    const outer = loops.slice(0, i).find((other) => other.axis === axis && other.part > part);
    if (outer) return `"${name}" is inside "${outer.name}"; the array takes ${AXES[axis]} in the order ${PARTS[axis]}`;
  }
  return undefined;
}

const AXES: Readonly<Record<MatrixAxis, string>> = { m: 'outputs', n: 'filters', k: 'window words' };

/** The order of the folds of a dataflow and its T tile. */
interface Folds {
  readonly order: string;
  readonly tile?: number | undefined;
}

function foldsOf(loops: readonly AxisLoop[], dataflow: Dataflow): Folds | string {
  const { rows, columns, streamed } = dataflow.axes;
  for (const [i, loop] of loops.entries()) {
    if (loop.isSpatial && loop.axis === streamed)
      return `"${loop.name}" spreads over the array what the dataflow ${dataflow.id} takes in time`;
    const spread = loops.slice(0, i).find(({ isSpatial, axis }) => isSpatial && axis === loop.axis);
    if (spread && !loop.isSpatial)
      return `"${loop.name}" gives a PE several of the ${AXES[loop.axis]} that "${spread.name}" spreads`;
  }
  const nest = merged(loops.filter(({ isSpatial }) => !isSpatial));
  const names: Partial<Record<MatrixAxis, string>> = { [rows]: 'r', [columns]: 'c', [streamed]: 't' };
  const pattern = nest.map(({ axis }) => names[axis]).join('');
  return (streamed === 'k' ? stayingFolds : streamedFolds)(pattern, nest, dataflow);
}

/** Neighbours over one axis are one loop. */
function merged(loops: readonly AxisLoop[]): AxisLoop[] {
  const nest: AxisLoop[] = [];
  for (const loop of loops) {
    const last = nest.at(-1);
    if (last?.axis === loop.axis) nest[nest.length - 1] = { ...loop, bound: last.bound * loop.bound };
    else nest.push(loop);
  }
  return nest;
}

const FIXED = 'columns outermost';

/** Folds of results that stay: all of K passes in each. */
function stayingFolds(pattern: string, nest: readonly AxisLoop[], { id }: Dataflow): Folds | string {
  const sums = pattern.indexOf('t');
  if (sums >= 0 && sums < pattern.length - 1)
    return `"${nest[sums + 1].name}" is inside "${nest[sums].name}"; under ${id} a fold adds up all window words`;
  const folds = pattern.replace('t', '');
  if (['', 'r', 'c', 'cr'].includes(folds)) return { order: FIXED };
  // One block of all columns, in whole powers of two.
  if (folds === 'rc') return { order: `${2 ** Math.ceil(Math.log2(nest[1].bound))} columns` };
  if (folds !== 'crc' && folds !== 'rcr')
    return `"${nest[3].name}" cuts blocks of folds again; the array has one size of blocks`;
  const [, , block] = nest;
  if (!Number.isInteger(Math.log2(block.bound)))
    return `"${block.name}" makes blocks of ${block.bound} folds; blocks are powers of two`;
  return { order: `${block.bound} ${folds === 'crc' ? 'columns' : 'rows'}` };
}

/** Folds of operands that stay while T passes, in tiles if several row folds add up. */
function streamedFolds(pattern: string, nest: readonly AxisLoop[], { id }: Dataflow): Folds | string {
  const hasRows = pattern.includes('r');
  const tile = pattern.endsWith('t') ? nest[nest.length - 1].bound : 1;
  const orders: Readonly<Record<string, string>> = hasRows
    ? {
        r: FIXED,
        rt: FIXED,
        cr: FIXED,
        crt: FIXED,
        tr: FIXED,
        trt: FIXED,
        ctr: FIXED,
        ctrt: FIXED,
        tcr: TILES,
        tcrt: TILES,
      }
    : { '': FIXED, t: FIXED, c: FIXED, ct: FIXED };
  const order = Object.hasOwn(orders, pattern) ? orders[pattern] : undefined;
  if (order !== undefined) return { order, tile: hasRows ? tile : undefined };
  const odd = nest[oddPlace(pattern, Object.keys(orders))];
  return `"${odd.name}" is in a place where ${id} has no loop: it goes through column folds and T tiles, then row folds, then a T tile`;
}

const TILES = 'T tiles outermost';

/** The first loop with which a nest is the beginning of no known one. */
function oddPlace(pattern: string, known: readonly string[]): number {
  for (let i = 1; i < pattern.length; i++) if (!known.some((one) => one.startsWith(pattern.slice(0, i)))) return i - 1;
  return pattern.length - 1;
}

function formOf(
  { problem }: TimeloopInput,
  loops: readonly AxisLoop[],
  { id, axes }: Dataflow,
  { order, tile }: Folds,
): ArrayForm {
  const along = (axis: MatrixAxis): number =>
    loops.filter((loop) => loop.isSpatial && loop.axis === axis).reduce((product, { bound }) => product * bound, 1);
  const [rows, columns] = [along(axes.rows), along(axes.columns)];
  const entry = [`layer: 0`, `dataflow: ${id}`, `order: ${order}`, ...(tile === undefined ? [] : [`tile: ${tile}`])];
  const name = problem.name || 'operation';
  return {
    text: `# For an array of ${rows} x ${columns}; the layer is the number of ${name.replace(/[^\x20-\x7e]/g, '?')} in its network.
version: 1
layers:
  - { ${entry.join(', ')} }
`,
    rows,
    columns,
    dataflow: id,
  };
}
