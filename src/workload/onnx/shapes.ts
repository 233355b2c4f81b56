import { broadcast, type Call, failAt, int, ints, numbersOf, place, product, type Shape } from './call.ts';
import { windowsOf } from './windows.ts';

/** No tensor has more dimensions. Without a limit a shape from a long list would fill the memory. */
const MOST_DIMENSIONS = 16;

/** Computes one shape for all outputs, or a list with one per output; null for an unknown shape. */
type ShapeRule = (call: Call, x: Shape) => Shape | null | readonly (Shape | null)[];

const same: ShapeRule = (_, x) => x;

const unknown: ShapeRule = () => null;

const elementwise: ShapeRule = (call, x) => {
  // Operator sets before 7 stretch the second operand from a named axis on.
  if (int(call, 'broadcast', 0) === 1) return x;
  const shapes = call.inputs.map((input) => input?.shape ?? null);
  return shapes.every((shape) => shape !== null) ? broadcast(call, shapes) : null;
};

const pool: ShapeRule = (call, [n, c, ...sizes]) => {
  const kernel = ints(call, 'kernel_shape') ?? [];
  const windows = windowsOf(call, sizes, kernel, int(call, 'ceil_mode', 0) === 1);
  return [n, c, ...windows.map(({ count }) => count)];
};

const reduce: ShapeRule = (call, x) => {
  const given = call.inputs.length > 1 || call.node.attributes.has('axes') ? numbersOf(call, 1, 'axes') : [];
  if (!given) return null;
  const nothing = given.length === 0 && int(call, 'noop_with_empty_axes', 0) === 1;
  const axes = new Set(given.length > 0 ? given.map((axis) => place(call, axis, x.length)) : nothing ? [] : x.keys());
  return int(call, 'keepdims', 1) === 1
    ? x.map((size, i) => (axes.has(i) ? 1 : size))
    : x.filter((_, i) => !axes.has(i));
};

const argument: ShapeRule = (call, x) => {
  const axis = place(call, int(call, 'axis', 0), x.length);
  return int(call, 'keepdims', 1) === 1 ? x.with(axis, 1) : x.toSpliced(axis, 1);
};

const concat: ShapeRule = (call, x) => {
  const axis = place(call, int(call, 'axis', 1), x.length);
  let size = 0;
  for (const input of call.inputs) {
    if (!input?.shape) return null;
    if (input.shape.length !== x.length) failAt(call, 'inputs of different numbers of dimensions');
    size += input.shape[axis];
  }
  return x.with(axis, size);
};

const split: ShapeRule = (call, x) => {
  const axis = place(call, int(call, 'axis', 0), x.length);
  const parts = call.node.outputs.length;
  const sizes = numbersOf(call, 1, 'split');
  if (sizes === null) return null;
  // Equal parts; the last one may be smaller.
  const each = Math.ceil(x[axis] / parts);
  return Array.from({ length: parts }, (_, i) => x.with(axis, sizes?.[i] ?? Math.min(each, x[axis] - i * each)));
};

const reshape: ShapeRule = (call, x) => {
  const wanted = numbersOf(call, 1, 'shape');
  if (!wanted) return null;
  const copied = wanted.map((size, i) => (size === 0 && int(call, 'allowzero', 0) === 0 ? x[i] : size));
  const rest = product(x) / product(copied.filter((size) => size !== -1));
  const shape = copied.map((size) => (size === -1 ? rest : size));
  if (product(shape) !== product(x)) failAt(call, `[${x.join(' x ')}] cannot become [${wanted.join(' x ')}]`);
  return shape;
};

const squeeze: ShapeRule = (call, x) => {
  const axes = numbersOf(call, 1, 'axes');
  if (axes === null) return null;
  const gone = axes && new Set(axes.map((axis) => place(call, axis, x.length)));
  return x.filter((size, i) => (gone ? !gone.has(i) : size !== 1));
};

const unsqueeze: ShapeRule = (call, x) => {
  const axes = numbersOf(call, 1, 'axes');
  if (!axes) return null;
  const rank = x.length + axes.length;
  const added = new Set(axes.map((axis) => place(call, axis, rank)));
  const rest = [...x];
  return Array.from({ length: rank }, (_, i) => (added.has(i) ? 1 : rest.shift()!));
};

/** The slice taken along each sliced axis: its start, step and count. */
export function slices(call: Call, x: Shape): Map<number, { start: number; step: number; count: number }> | null {
  const starts = numbersOf(call, 1, 'starts');
  const ends = numbersOf(call, 2, 'ends');
  const axes = numbersOf(call, 3, 'axes');
  const steps = numbersOf(call, 4, 'steps');
  if (!starts || !ends || axes === null || steps === null) return null;
  return new Map(
    starts.map((from, i) => {
      const axis = place(call, axes?.[i] ?? i, x.length);
      const size = x[axis];
      const step = steps?.[i] ?? 1;
      if (step === 0) failAt(call, 'a step of 0');
      const [lowest, highest] = step > 0 ? [0, size] : [-1, size - 1];
      const within = (to: number): number => Math.min(highest, Math.max(lowest, to < 0 ? to + size : to));
      const start = step > 0 ? within(from) : Math.max(0, within(from));
      return [axis, { start, step, count: Math.max(0, Math.ceil((within(ends[i]) - start) / step)) }];
    }),
  );
}

const slice: ShapeRule = (call, x) => {
  const taken = slices(call, x);
  return taken && x.map((size, i) => taken.get(i)?.count ?? size);
};

const gather: ShapeRule = (call, x) => {
  const axis = place(call, int(call, 'axis', 0), x.length);
  const indices = call.inputs[1]?.shape;
  return indices ? [...x.slice(0, axis), ...indices, ...x.slice(axis + 1)] : null;
};

const pad: ShapeRule = (call, x) => {
  const pads = numbersOf(call, 1, 'pads') ?? ints(call, 'paddings');
  if (!pads) return null;
  const given = call.inputs[3] ? call.inputs[3].numbers : [...x.keys()];
  if (!given) return null;
  const axes = given.map((axis) => place(call, axis, x.length));
  return x.map((size, i) => {
    const k = axes.indexOf(i);
    return k < 0 ? size : size + (pads[k] ?? 0) + (pads[k + axes.length] ?? 0);
  });
};

const resize: ShapeRule = (call, x) => {
  const isUpsample = call.inputs.length <= 2;
  const sizes = call.inputs[3] && call.inputs[3].shape?.[0] !== 0 ? call.inputs[3].numbers : undefined;
  if (sizes === null || call.node.attributes.has('axes')) return null;
  const scales = numbersOf(call, isUpsample ? 1 : 2, 'scales');
  if (sizes?.length === x.length) return sizes;
  return scales?.length === x.length ? x.map((size, i) => Math.floor(size * scales[i])) : null;
};

const ofNumbers =
  (index: number): ShapeRule =>
  (call) =>
    call.inputs[index]?.numbers ?? null;

const RULES = {
  elementwise,
  same,
  unknown,
  pool,
  reduce,
  argument,
  concat,
  split,
  reshape,
  squeeze,
  unsqueeze,
  slice,
  gather,
  pad,
  resize,
  /** The first output has the shape of the input. The other outputs do not affect shapes. */
  first: (call, x) => call.node.outputs.map((_, i) => (i === 0 ? x : null)),
  globalPool: (_, x) => x.map((size, i) => (i < 2 ? size : 1)),
  flatten: (call, x) => {
    const axis = int(call, 'axis', 1) === x.length ? x.length : place(call, int(call, 'axis', 1), x.length);
    return [product(x.slice(0, axis)), product(x.slice(axis))];
  },
  transpose: (call, x) => {
    const order = ints(call, 'perm') ?? [...x.keys()].reverse();
    return order.map((axis) => x[place(call, axis, x.length)]);
  },
  shape: (call, x) => [x.slice(int(call, 'start', 0), call.node.attributes.get('end')?.int).length],
  count: () => [],
  filled: ofNumbers(0),
  expand: (call, x) => {
    const other = call.inputs[1]?.numbers;
    return other ? broadcast(call, [x, other]) : null;
  },
  tile: (call, x) => {
    const repeats = call.inputs[1]?.numbers;
    return repeats ? x.map((size, i) => size * (repeats[i] ?? 1)) : null;
  },
  range: (call) => {
    const [start, limit, step] = call.inputs.map((input) => input?.numbers?.[0]);
    if (start === undefined || limit === undefined || !step) return null;
    return [Math.max(0, Math.ceil((limit - start) / step))];
  },
  depthToSpace: (call, [n, c, h, w]) => {
    const block = int(call, 'blocksize', 1);
    return [n, c / block ** 2, h * block, w * block];
  },
  spaceToDepth: (call, [n, c, h, w]) => {
    const block = int(call, 'blocksize', 1);
    return [n, c * block ** 2, h / block, w / block];
  },
  gatherElements: (call) => call.inputs[1]?.shape ?? null,
} as const satisfies Record<string, ShapeRule>;

export type RuleName = keyof typeof RULES;

/**
 * The shapes of a node's outputs by a rule; null for an unknown shape. Errors: `out-of-range` for shapes and attributes
 * that contradict each other; `filter-larger-than-ifmap`.
 */
export function outputShapes(rule: RuleName, call: Call): (Shape | null)[] {
  const x = call.inputs[0]?.shape;
  if (!x) return call.node.outputs.map(() => null);
  const found = (RULES[rule] as ShapeRule)(call, x);
  const shapes = isList(found) ? found : call.node.outputs.map(() => found as Shape | null);
  for (const shape of shapes) if (shape) checkShape(call, shape);
  return [...shapes];
}

function isList(found: ReturnType<ShapeRule>): found is readonly (Shape | null)[] {
  return found?.some((item) => typeof item !== 'number') ?? false;
}

/** Errors: `out-of-range`. */
export function checkShape(call: Call, shape: Shape): void {
  if (shape.length > MOST_DIMENSIONS) failAt(call, `a result of ${shape.length} dimensions`);
  if (!shape.every((size) => Number.isInteger(size) && size >= 0 && size <= 2 ** 31)) {
    failAt(call, `a result of [${shape.join(' x ')}]`, 'whole sizes up to 2^31');
  }
}
