import { type Diagnostic, fail, InputError } from '../../base/errors.ts';
import type { Layer } from '../layer.ts';
import { gemmLayer, tooLargeToCount } from '../shapes.ts';
import { broadcast, type Call, failAt, int, product, type Shape, type Value } from './call.ts';
import { PRODUCTS } from './operators.ts';
import { type Windows, windowsOf } from './windows.ts';

/** An operand of a product. */
interface Operand {
  readonly shape: Shape;
  readonly constant: boolean;
}

/** The result's shape, and the layers of a product node: one, or several that make it up. */
export interface Product {
  readonly shape: Shape;
  readonly layers: readonly Layer[];
  /** How the count differs from the real computation, if it does. */
  readonly assumption?: string | undefined;
}

/**
 * A convolution or matrix product as layers. `batch` images are processed at a time, each as in the model. Errors:
 * `not-supported` for a product that layers cannot express (more than three spatial dimensions); `out-of-range`,
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
  for (const layer of found.layers) {
    const problem = tooLargeToCount(layer, () => undefined);
    if (problem) throw new InputError([problem satisfies Diagnostic]);
  }
  return found;
}

function operandOf(call: Call, index: number): Operand {
  const value: Value | undefined = call.inputs[index];
  if (!value) failAt(call, `input ${index} is missing`);
  const { shape, constant } = value;
  if (!shape) {
    fail('not-supported', `${call.label}: the shape of its input "${call.node.inputs[index]}" is not known`, {
      expected:
        'a model that states its shapes, as onnx.shape_inference adds them, and whose sizes do not depend on data',
    });
  }
  if (shape.some((size) => size < 1)) failAt(call, `an input of [${shape.join(' x ')}]`, 'sizes of 1 or more');
  return { shape, constant };
}

/** An operand of Gemm, transposed if the node asks for it. */
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
 * The product [.., M, K] by [.., K, N]. The constant operand, or else the second, becomes the layer's filters. Each of
 * its matrices is a group; the rows of all matrices that meet it form one M. Images share constants only: the batch
 * multiplies M if the filters are constant, and the groups otherwise.
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
  return { shape: [...matrices, ...rows, ...columns], layers: [layer] };
}

/**
 * The convolution of N x C x size (x size (x size)) with filters M x C/groups x size (x size (x size)). A single
 * spatial dimension is a width.
 */
function convolution(call: Call, x: Operand, w: Operand, { name, batch }: Wanted): Product {
  const [images, channels, ...sizes] = x.shape;
  const [filters, perGroup, ...kernel] = w.shape;
  const groups = int(call, 'group', 1);
  if (sizes.length < 1 || sizes.length > 3) {
    fail('not-supported', `${call.label}: a convolution over ${sizes.length} dimensions`, { expected: 'one to three' });
  }
  if (w.shape.length < 2) failAt(call, `filters of ${w.shape.length} dimensions`, 'filters x channels x size');
  if (groups < 1 || channels !== perGroup * groups || filters % groups !== 0) {
    failAt(call, `${channels} channels and ${filters} filters of ${perGroup} channels in ${groups} groups`);
  }
  const windows = windowsOf(call, sizes, kernel);
  const flat = Math.max(0, windows.length - 2);
  const [depth, taps] = flat > 0 ? [windows[0].count, kernel[0]] : [1, 1];
  const axes = windows.map((window, i) => undilated(call, { ...window, size: sizes[i], taps: kernel[i] })).slice(flat);
  const [heights, widths] = axes.length === 1 ? [[WITHOUT_HEIGHT], ...axes] : axes;
  const common = {
    name,
    type: 'conv' as const,
    groups: groups * (w.constant ? 1 : batch),
    channels: perGroup * taps,
    filters: filters / groups,
  };
  const layers = heights.flatMap((height) =>
    widths.map(
      (width): Layer => ({
        ...common,
        // Filters that are activations differ from image to image.
        batch: images * depth * height.phases * width.phases * (w.constant ? batch : 1),
        ...{ ifmapHeight: height.size, filterHeight: height.taps, strideHeight: height.stride },
        ...{ ifmapWidth: width.size, filterWidth: width.taps, strideWidth: width.stride },
        // The number of windows implies the padding behind the last pixel.
        ...{ padHeight: height.before, padWidth: width.before },
        ...{ ofmapHeight: height.count, ofmapWidth: width.count },
      }),
    ),
  );
  const assumption =
    flat > 0
      ? `${call.label}: each of ${depth} output slices fetches the ${taps} slices below its filters again`
      : undefined;
  return { shape: [images, filters, ...windows.map(({ count }) => count)], layers, assumption };
}

interface Axis extends Windows {
  readonly size: number;
  readonly taps: number;
  /** The number of equal axes that this one stands for. */
  readonly phases: number;
}

const WITHOUT_HEIGHT: Axis = { size: 1, taps: 1, stride: 1, dilation: 1, before: 0, count: 1, phases: 1 };

/** No network has more phases. */
const MOST_PHASES = 65536;

/**
 * Turns an axis of windows with dilation d and step s into axes without dilation. Windows whose positions differ by a
 * multiple of d see the same elements, those of one residue modulo d. With g = gcd(s, d), window r + t d/g begins at
 * element r s - before + t d s/g, which is t s/g elements further on in that residue. So there are d/g phases, r = 0,
 * 1, ..., each a convolution with step s/g over every d-th element. The phases share the filters as images do. If sizes
 * do not divide by d, phases differ by a window or an element.
 */
function undilated(call: Call, axis: Omit<Axis, 'phases'>): readonly Axis[] {
  const { size, taps, stride, dilation, before, count } = axis;
  if (dilation === 1 || taps === 1) return [{ ...axis, phases: 1 }];
  const g = commonDivisor(stride, dilation);
  const phases = Math.min(dilation / g, count);
  if (phases > MOST_PHASES) failAt(call, `a dilation of ${dilation}`, `at most ${MOST_PHASES} over as many windows`);
  const alike = new Map<string, { axis: Omit<Axis, 'phases'>; phases: number }>();
  for (let r = 0; r < phases; r++) {
    const base = r * stride - before;
    const residue = ((base % dilation) + dilation) % dilation;
    // Elements of the residue before the first window do not count; missing ones are padding.
    const skipped = (base - residue) / dilation;
    const elements = Math.ceil((size - residue) / dilation) - Math.max(0, skipped);
    const ofPhase = Math.ceil((count - r) / (dilation / g));
    // Windows over padding alone still multiply. They lie before the one pixel that every layer has.
    const padding = elements > 0 ? Math.max(0, -skipped) : (ofPhase - 1) * (stride / g) + taps;
    const pixels = Math.max(1, elements);
    const one = { size: pixels, taps, stride: stride / g, dilation: 1, before: padding, count: ofPhase };
    const key = `${one.size} ${one.before} ${one.count}`;
    alike.set(key, { axis: one, phases: (alike.get(key)?.phases ?? 0) + 1 });
  }
  return [...alike.values()].map((found) => ({ ...found.axis, phases: found.phases }));
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}
