import { MOST_VALUES } from '../../formats/onnx/index.ts';
import { type Call, int, product, type Shape, type Value } from './call.ts';
import { slices } from './shapes.ts';

/** The numbers of a node's output if they follow from shapes and small constants; null otherwise. */
type NumberRule = (call: Call, shape: Shape) => readonly number[] | null;

/** Applies `run` to each pair of numbers of two lists. A list with a single number repeats it. */
function pairwise(run: (a: number, b: number, whole: boolean) => number): NumberRule {
  return ({ inputs: [a, b] }) => {
    if (!a?.numbers || !b?.numbers) return null;
    const [x, y] = [a.numbers, b.numbers];
    const count = Math.max(x.length, y.length);
    if ((x.length !== count && x.length !== 1) || (y.length !== count && y.length !== 1)) return null;
    const at = (list: readonly number[], i: number): number => list[list.length === 1 ? 0 : i];
    return Array.from({ length: count }, (_, i) => run(at(x, i), at(y, i), a.whole && b.whole));
  };
}

const each =
  (run: (x: number) => number): NumberRule =>
  ({ inputs: [x] }) =>
    x?.numbers?.map(run) ?? null;

const kept: NumberRule = ({ inputs: [x] }) => x?.numbers ?? null;

/** Whether an element type has no fraction: all but the floating-point ones of TensorProto.DataType. */
export function isWholeType(type: number): boolean {
  return ![1, 10, 11, 16].includes(type);
}

function constant({ node }: Call): readonly number[] | null {
  const { attributes } = node;
  const value = attributes.get('value')?.tensor;
  if (value) return value.values;
  const whole = attributes.get('value_int');
  return whole ? [whole.int] : (attributes.get('value_ints')?.ints ?? attributes.get('value_floats')?.floats ?? null);
}

function gather({ node, inputs: [x, indices] }: Call): readonly number[] | null {
  const axis = node.attributes.get('axis')?.int ?? 0;
  if (!x?.numbers || !indices?.numbers || x.shape?.length !== 1 || axis > 0) return null;
  const { numbers } = x;
  const taken = indices.numbers.map((i) => numbers[i < 0 ? i + numbers.length : i]);
  return taken.includes(undefined as unknown as number) ? null : taken;
}

function concat({ inputs }: Call): readonly number[] | null {
  const parts = inputs.map((input) => (input?.shape?.length === 1 ? input.numbers : null));
  return parts.every((part) => part !== null) ? parts.flat() : null;
}

/** The numbers of a tensor, moved to their positions in a tensor of another shape. */
function rearranged(
  { numbers, shape: from }: Value,
  shape: Shape,
  placeOf: (place: readonly number[]) => readonly number[],
): readonly number[] | null {
  if (!numbers || !from) return null;
  return Array.from({ length: product(shape) }, (_, i) => {
    const place: number[] = [];
    let rest = i;
    for (const size of shape.toReversed()) {
      place.unshift(rest % size);
      rest = Math.floor(rest / size);
    }
    return numbers[placeOf(place).reduce((index, at, axis) => index * from[axis] + at, 0)];
  });
}

function slice(call: Call, shape: Shape): readonly number[] | null {
  const [x] = call.inputs;
  const taken = x?.shape && slices(call, x.shape);
  const at = (index: number, axis: number): number => {
    const { start, step } = taken?.get(axis) ?? { start: 0, step: 1 };
    return start + index * step;
  };
  return taken ? rearranged(x, shape, (place) => place.map(at)) : null;
}

function transpose({ node, inputs: [x] }: Call, shape: Shape): readonly number[] | null {
  const order = node.attributes.get('perm')?.ints ?? [...shape.keys()].reverse();
  return x ? rearranged(x, shape, (place) => place.map((_, axis) => place[order.indexOf(axis)])) : null;
}

function where({ inputs: [condition, a, b] }: Call): readonly number[] | null {
  if (!condition?.numbers || !a?.numbers || !b?.numbers) return null;
  const { numbers } = condition;
  if (a.numbers.length !== numbers.length || b.numbers.length !== numbers.length) return null;
  return numbers.map((chosen, i) => (chosen === 0 ? b.numbers![i] : a.numbers![i]));
}

function filled(number: number | undefined, shape: Shape): readonly number[] | null {
  return number === undefined ? null : new Array(product(shape)).fill(number);
}

/** Operators with which exporters compute shapes. */
const RULES: Readonly<Record<string, NumberRule>> = {
  Constant: constant,
  Shape: (call) => {
    const { shape } = call.inputs[0] ?? {};
    return shape?.slice(int(call, 'start', 0), call.node.attributes.get('end')?.int) ?? null;
  },
  Size: ({ inputs: [x] }) => (x?.shape ? [product(x.shape)] : null),
  Identity: kept,
  Unsqueeze: kept,
  Squeeze: kept,
  Reshape: kept,
  Flatten: kept,
  Cast: (call) => {
    const whole = isWholeType(int(call, 'to', 1));
    return call.inputs[0]?.numbers?.map((x) => (whole ? Math.trunc(x) : x)) ?? null;
  },
  Gather: gather,
  Concat: concat,
  Slice: slice,
  Transpose: transpose,
  Where: where,
  Equal: pairwise((a, b) => (a === b ? 1 : 0)),
  Add: pairwise((a, b) => a + b),
  Sub: pairwise((a, b) => a - b),
  Mul: pairwise((a, b) => a * b),
  Div: pairwise((a, b, whole) => (whole ? Math.trunc(a / b) : a / b)),
  Mod: pairwise((a, b) => a - b * Math.floor(a / b)),
  Min: pairwise((a, b) => Math.min(a, b)),
  Max: pairwise((a, b) => Math.max(a, b)),
  Neg: each((x) => -x),
  Floor: each(Math.floor),
  Ceil: each(Math.ceil),
  Sqrt: each(Math.sqrt),
  ConstantOfShape: ({ node }, shape) => {
    const value = node.attributes.get('value');
    return filled(value ? value.tensor?.values?.[0] : 0, shape);
  },
  Expand: ({ inputs: [x] }, shape) => (x?.numbers?.length === 1 ? filled(x.numbers[0], shape) : null),
  Range: ({ inputs: [start, , step] }, [count]) => {
    const [from, by] = [start?.numbers?.[0], step?.numbers?.[0]];
    return from === undefined || by === undefined ? null : Array.from({ length: count }, (_, i) => from + i * by);
  },
  ReduceProd: ({ inputs: [x] }, shape) => (x?.numbers && product(shape) === 1 ? [product(x.numbers)] : null),
};

/** The numbers of a node's first output of the given shape; null if it is large or its numbers are unknown. */
export function outputNumbers(call: Call, shape: Shape): readonly number[] | null {
  const { operator } = call.node;
  const rule = Object.hasOwn(RULES, operator) ? RULES[operator] : undefined;
  if (!rule || product(shape) > MOST_VALUES) return null;
  const numbers = rule(call, shape);
  return numbers?.length === product(shape) ? numbers : null;
}

/** Whether a node's outputs have an integer type, as far as divisions of sizes require it. */
export function isWhole({ node, inputs }: Call): boolean {
  if (node.operator === 'Shape' || node.operator === 'Size') return true;
  if (node.operator === 'Cast') return isWholeType(node.attributes.get('to')?.int ?? 1);
  if (node.operator !== 'Constant' && node.operator !== 'ConstantOfShape') {
    return inputs.every((input: Value | undefined) => input?.whole ?? true);
  }
  const { attributes } = node;
  const tensor = attributes.get('value')?.tensor;
  return tensor ? isWholeType(tensor.type) : attributes.has('value_int') || attributes.has('value_ints');
}
