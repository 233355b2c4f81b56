import { type Diagnostic, fail, InputError } from '../../base/errors.ts';
import type { Layer } from '../layer.ts';
import { gemmLayer, tooLargeToCount } from '../shapes.ts';
import { PRODUCTS } from './operators.ts';
import {
  broadcast,
  type Call,
  failAt,
  int,
  product,
  type Shape,
  type Value,
  type Windows,
  windowsOf,
} from './shapes.ts';

/** An operand of a product. */
interface Operand {
  readonly shape: Shape;
  readonly constant: boolean;
}

/** The result's shape and the layer of a product node. */
export interface Product {
  readonly shape: Shape;
  readonly layer: Layer;
}

/**
 * A convolution or matrix product as a layer. `batch` images are processed at a time, each of them what the model does.
 * Errors: `not-supported` for what no layer can say (more than two spatial dimensions, most dilations); `out-of-range`,
 * `filter-larger-than-ifmap` for shapes that do not fit each other.
 */
export function productOf(call: Call, name: string, batch: number): Product {
  const [left, right] = PRODUCTS[call.node.operator].map((index) => operandOf(call, index));
  const { operator } = call.node;
  const convolves = operator === 'Conv' || operator === 'ConvInteger' || operator === 'QLinearConv';
  const found = convolves
    ? convolution(call, left, right, { name, batch })
    : operator === 'Gemm'
      ? matrixProduct(call, turned(call, left, 'transA'), turned(call, right, 'transB'), { name, batch })
      : matrixProduct(call, left, right, { name, batch });
  const problem = tooLargeToCount(found.layer, () => undefined);
  if (problem) throw new InputError([problem satisfies Diagnostic]);
  return found;
}

function operandOf(call: Call, index: number): Operand {
  const value: Value | undefined = call.inputs[index];
  if (!value) failAt(call, `input ${index} is missing`);
  const { shape, constant } = value;
  if (!shape) {
    fail('not-supported', `${call.label}: the shape of its input "${call.node.inputs[index]}" is not known`, {
      expected: 'a model with shapes, such as onnx.shape_inference adds, and without sizes that depend on data',
    });
  }
  if (shape.some((size) => size < 1)) failAt(call, `an input of [${shape.join(' x ')}]`, 'sizes of 1 or more');
  return { shape, constant };
}

/** An operand of Gemm, transposed if the node says so. */
function turned(call: Call, operand: Operand, attribute: string): Operand {
  const { shape } = operand;
  if (shape.length !== 2) failAt(call, `an input of ${shape.length} dimensions`, 'matrices');
  return int(call, attribute, 0) === 0 ? operand : { ...operand, shape: [shape[1], shape[0]] };
}

interface Wanted {
  readonly name: string;
  readonly batch: number;
}

/**
 * [.., M, K] by [.., K, N]. The filter operand of the layer is the constant one, or else the second. Each of its matrices is
 * a group; the rows of all that meet it are one M. Images share constants only: the batch multiplies M then, and groups
 * otherwise.
 */
function matrixProduct(call: Call, a: Operand, b: Operand, { name, batch }: Wanted): Product {
  const left = a.shape.length === 1 ? [1, ...a.shape] : a.shape;
  const right = b.shape.length === 1 ? [...b.shape, 1] : b.shape;
  const [m, k] = left.slice(-2);
  const [depth, n] = right.slice(-2);
  if (k !== depth) failAt(call, `[${a.shape.join(' x ')}] by [${b.shape.join(' x ')}]`, 'as many columns as rows');
  const matrices = broadcast(call, [left.slice(0, -2), right.slice(0, -2)]);
  const swapped = a.constant && !b.constant;
  const groups = product((swapped ? left : right).slice(0, -2));
  const each = product(matrices) / groups;
  const shape = { m: (swapped ? n : m) * each, n: swapped ? m : n, k };
  const shared = a.constant || b.constant;
  const layer = gemmLayer(name, shape, { batch: shared ? batch : 1, groups: shared ? groups : groups * batch });
  const rows = a.shape.length === 1 ? [] : [m];
  const columns = b.shape.length === 1 ? [] : [n];
  return { shape: [...matrices, ...rows, ...columns], layer };
}

/** N x C x size (x size) with filters M x C/groups x size (x size). One spatial dimension is a width. */
function convolution(call: Call, x: Operand, w: Operand, { name, batch }: Wanted): Product {
  const [images, channels, ...sizes] = x.shape;
  const [filters, perGroup, ...kernel] = w.shape;
  const groups = int(call, 'group', 1);
  if (sizes.length !== 1 && sizes.length !== 2) {
    fail('not-supported', `${call.label}: a convolution over ${sizes.length} dimensions`, { expected: 'one or two' });
  }
  if (groups < 1 || channels !== perGroup * groups || filters % groups !== 0) {
    failAt(call, `${channels} channels and ${filters} filters of ${perGroup} channels in ${groups} groups`);
  }
  const windows = windowsOf(call, sizes, kernel);
  const axes = windows.map((window, i) => undilated(call, { ...window, size: sizes[i], taps: kernel[i] }));
  const [height, width] = axes.length === 1 ? [WITHOUT_HEIGHT, ...axes] : axes;
  const phases = height.phases * width.phases;
  const layer: Layer = {
    name,
    type: 'conv',
    // Filters that are activations themselves are others for every image.
    batch: images * phases * (w.constant ? batch : 1),
    groups: groups * (w.constant ? 1 : batch),
    channels: perGroup,
    filters: filters / groups,
    ...{ ifmapHeight: height.size, filterHeight: height.taps, strideHeight: height.stride },
    ...{ ifmapWidth: width.size, filterWidth: width.taps, strideWidth: width.stride },
    // Padding behind the last pixel follows from the number of windows.
    ...{ padHeight: height.before, padWidth: width.before },
    ...{ ofmapHeight: height.count, ofmapWidth: width.count },
  };
  return { shape: [images, filters, ...windows.map(({ count }) => count)], layer };
}

interface Axis extends Windows {
  readonly size: number;
  readonly taps: number;
  /** The axis stands for so many, each with every so-many-th element. */
  readonly phases: number;
}

const WITHOUT_HEIGHT: Axis = { size: 1, taps: 1, stride: 1, dilation: 1, before: 0, count: 1, phases: 1 };

/**
 * A dilation d with a step of 1 never mixes elements whose places differ modulo d: it is d convolutions without dilation,
 * over every d-th element each, which share the filters as images do. Where sizes do not divide by d these would differ.
 */
function undilated(call: Call, axis: Omit<Axis, 'phases'>): Axis {
  const { size, taps, stride, dilation, before, count } = axis;
  if (dilation === 1 || taps === 1) return { ...axis, phases: 1 };
  if (stride === 1 && [size, before, count].every((length) => length % dilation === 0)) {
    return { ...axis, size: size / dilation, before: before / dilation, count: count / dilation, phases: dilation };
  }
  return fail('not-supported', `${call.label}: a dilation of ${dilation} over ${size} pixels`, {
    expected: `a step of 1, and sizes and padding that are multiples of ${dilation}`,
  });
}
