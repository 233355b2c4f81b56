import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readOnnx } from '../../../src/formats/onnx/onnx.ts';
import {
  gemmShape,
  type Layer,
  layerMacs,
  type OnnxOptions,
  readOnnxModel,
  type Workload,
} from '../../../src/workload/index.ts';
import type { Value } from '../../../src/workload/onnx/call.ts';
import { omittedOperator } from '../../../src/workload/onnx/operators.ts';
import { outputShapes } from '../../../src/workload/onnx/shapes.ts';
import { diagnosticsOf } from '../../energy/support.ts';
import {
  type Attributes,
  type ModelText,
  type NodeText,
  onnxBytes,
  type Sizes,
  type TensorText,
} from '../../formats/onnx/onnx-bytes.ts';

const read = (model: ModelText, options?: OnnxOptions): Workload =>
  readOnnxModel({ file: 'dir/m.onnx', bytes: onnxBytes(model) }, options);
const problems = (model: ModelText, options?: OnnxOptions): string[] =>
  diagnosticsOf(() => read(model, options)).map(({ code, message }) => `${code} ${message}`);

const node = (op: string, inputs: readonly string[], out: string, attributes?: Attributes): NodeText => ({
  ...{ op, name: out, in: inputs, out: [out] },
  ...(attributes ? { attributes } : {}),
});
const int64 = (...int64s: readonly number[]): TensorText => ({ dims: [int64s.length], type: 7, int64s });

/** One node `y` over an input x and weights w. */
function one(op: string, x: Sizes, w: readonly number[], attributes: Attributes = {}): ModelText {
  return { inputs: { x }, weights: { w: { dims: w } }, nodes: [node(op, ['x', 'w'], 'y', attributes)] };
}

const only = (workload: Workload): Layer => {
  expect(workload.layers).toHaveLength(1);
  return workload.layers[0];
};

describe('Conv', () => {
  const conv = (x: Sizes, w: readonly number[], attributes: Attributes = {}): Layer =>
    only(read(one('Conv', x, w, attributes)));

  test('is a convolution', () => {
    const layer = conv([2, 3, 224, 200], [64, 3, 7, 5], { strides: [2, 1], pads: [3, 2, 3, 2], group: 1 });
    expect(layer).toEqual({
      ...{ name: 'y', type: 'conv', batch: 2, groups: 1, channels: 3, filters: 64 },
      ...{ ifmapHeight: 224, filterHeight: 7, strideHeight: 2, padHeight: 3, ofmapHeight: 112 },
      ...{ ifmapWidth: 200, filterWidth: 5, strideWidth: 1, padWidth: 2, ofmapWidth: 200 },
    });
    expect(layerMacs(layer)).toBe(2 * 112 * 200 * 7 * 5 * 3 * 64);
  });

  test('with groups has the channels and filters of one', () => {
    expect(conv([1, 8, 5, 5], [24, 2, 1, 1], { group: 4 })).toMatchObject({ groups: 4, channels: 2, filters: 6 });
    expect(conv([1, 8, 5, 5], [8, 1, 3, 3], { group: 8 })).toMatchObject({ groups: 8, channels: 1, filters: 1 });
  });

  test('of one dimension has a height of 1', () => {
    const layer = conv([1, 80, 3000], [384, 80, 3], { strides: [2], pads: [1, 1] });
    expect(layer).toMatchObject({ ifmapHeight: 1, filterHeight: 1, ofmapHeight: 1, padHeight: 0, strideHeight: 1 });
    expect(layer).toMatchObject({ ifmapWidth: 3000, filterWidth: 3, ofmapWidth: 1500, padWidth: 1, strideWidth: 2 });
  });

  // 224 over a step of 2 is 112 windows, which reach over 223 + 2 = 225 pixels; 225 over 2 is 113, over 227.
  test.each<[string, number, number, number]>([
    ['SAME_UPPER', 224, 0, 112],
    ['SAME_LOWER', 224, 1, 112],
    ['SAME_UPPER', 225, 1, 113],
    ['SAME_LOWER', 225, 1, 113],
    ['VALID', 224, 0, 111],
  ])('%s over %i pixels begins %i before the first', (auto_pad, size, padding, windows) => {
    const layer = conv([1, 3, size, size], [8, 3, 3, 3], { strides: [2, 2], auto_pad });
    expect(layer).toMatchObject({ padHeight: padding, padWidth: padding, ofmapHeight: windows, ofmapWidth: windows });
  });

  test('padded on one side more than on the other has the windows of both and begins where the first side says', () => {
    // Height: 5 + 0 + 3 = 8 pixels, 6 windows of 3. Width: 5 + 2 + 0 = 7, 3 windows at a step of 2.
    const layer = conv([1, 1, 5, 5], [1, 1, 3, 3], { pads: [0, 2, 3, 0], strides: [1, 2] });
    expect(layer).toMatchObject({ padHeight: 0, ofmapHeight: 6, padWidth: 2, ofmapWidth: 3 });
  });

  test('with a dilation is so many convolutions over every d-th pixel', () => {
    // As in ResNet-50 with output stride 8: 28 x 28, padding 2, dilation 2.
    const layer = conv([1, 256, 28, 28], [256, 256, 3, 3], { dilations: [2, 2], pads: [2, 2, 2, 2] });
    expect(layer).toMatchObject({ batch: 4, ifmapHeight: 14, ifmapWidth: 14, padHeight: 1, padWidth: 1 });
    expect(layer).toMatchObject({ ofmapHeight: 14, ofmapWidth: 14, filterHeight: 3 });
    expect(layerMacs(layer)).toBe(28 * 28 * 9 * 256 * 256);
    // A filter of one tap has nothing to stretch.
    const odd = conv([1, 1, 7, 7], [1, 1, 1, 1], { dilations: [3, 3], strides: [2, 2] });
    expect(odd).toMatchObject({ batch: 1, ofmapHeight: 4, strideHeight: 2 });
  });

  test('with a dilation that does not divide is several layers, as DeepLab has: 65 x 65, dilation 12', () => {
    const { layers } = read(one('Conv', [1, 8, 65, 65], [4, 8, 3, 3], { dilations: [12, 12], pads: [12, 12, 12, 12] }));
    // 65 = 5 x 12 + 5: along each axis 5 phases of 6 windows and 7 of 5.
    expect(layers.map(({ batch, ofmapHeight, ofmapWidth }) => [batch, ofmapHeight, ofmapWidth])).toEqual([
      [25, 6, 6],
      [35, 6, 5],
      [35, 5, 6],
      [49, 5, 5],
    ]);
    expect(new Set(layers.map(({ name }) => name)).size).toBe(4);
    expect(layers.reduce((sum, layer) => sum + layerMacs(layer), 0)).toBe(65 * 65 * 9 * 8 * 4);
  });

  test('with any dilation and step touches what its windows touch, counted one by one', () => {
    const axis = fc.record({
      size: fc.integer({ min: 1, max: 30 }),
      taps: fc.integer({ min: 1, max: 4 }),
      stride: fc.integer({ min: 1, max: 6 }),
      dilation: fc.integer({ min: 1, max: 9 }),
      before: fc.integer({ min: 0, max: 9 }),
      after: fc.integer({ min: 0, max: 9 }),
    });
    const property = fc.property(axis, ({ size, taps, stride, dilation, before, after }) => {
      const extent = (taps - 1) * dilation + 1;
      fc.pre(size + before + after >= extent);
      const count = Math.floor((size + before + after - extent) / stride) + 1;
      const attributes = { dilations: [dilation], strides: [stride], pads: [before, after] };
      const { layers } = read(one('Conv', [1, 1, size], [1, 1, taps], attributes));
      let products = 0;
      for (let o = 0; o < count; o++) {
        for (let k = 0; k < taps; k++) {
          const x = o * stride - before + k * dilation;
          if (x >= 0 && x < size) products++;
        }
      }
      const touched = layers.map((layer) => {
        let inside = 0;
        for (let o = 0; o < layer.ofmapWidth; o++) {
          for (let k = 0; k < layer.filterWidth; k++) {
            const x = o * layer.strideWidth - layer.padWidth + k;
            if (x >= 0 && x < layer.ifmapWidth) inside++;
          }
        }
        return layer.batch * inside;
      });
      expect(layers.reduce((sum, layer) => sum + layer.batch * layer.ofmapWidth, 0)).toBe(count);
      expect(touched.reduce((sum, n) => sum + n, 0)).toBe(products);
    });
    fc.assert(property, { numRuns: 400, seed: 12 });
  });

  test('over three dimensions counts every multiplication, and says what is fetched anew', () => {
    const { layers, assumptions } = read(one('Conv', [2, 3, 8, 9, 10], [4, 3, 3, 3, 3], { pads: [1, 1, 1, 1, 1, 1] }));
    expect(layers).toHaveLength(1);
    expect(layers[0]).toMatchObject({ batch: 2 * 8, channels: 3 * 3, ofmapHeight: 9, ofmapWidth: 10 });
    expect(layerMacs(layers[0])).toBe(2 * 8 * 9 * 10 * 4 * 3 * 27);
    expect(assumptions).toEqual([expect.stringContaining('each of 8 output slices fetches the 3 slices')]);
  });

  test('of quantised tensors has its filter in another place', () => {
    const weights = { w: { dims: [8, 3, 3, 3] }, s: { dims: [] } };
    const qlinear = node('QLinearConv', ['x', 's', 's', 'w', 's', 's', 's', 's'], 'y');
    const [first, second] = [qlinear, node('ConvInteger', ['x', 'w'], 'y')].map((n) =>
      only(read({ inputs: { x: [1, 3, 9, 9] }, weights, nodes: [n] })),
    );
    expect(first).toEqual(second);
    expect(layerMacs(first)).toBe(7 * 7 * 27 * 8);
  });

  test.each<[string, Sizes, readonly number[], Attributes, string]>([
    [
      'more dimensions',
      [1, 3, 8, 8, 8, 8],
      [4, 3, 3, 3, 3, 3],
      {},
      'not-supported dir/m.onnx: Conv "y": a convolution over 4 dimensions',
    ],
    ['no dimension', [1, 3], [4, 3], {}, 'not-supported dir/m.onnx: Conv "y": a convolution over 0 dimensions'],
    [
      'channels that do not fit',
      [1, 4, 8, 8],
      [4, 3, 3, 3],
      {},
      'out-of-range dir/m.onnx: Conv "y": 4 channels and 4 filters of 3 channels in 1 groups',
    ],
    [
      'groups that do not fit',
      [1, 6, 8, 8],
      [4, 2, 3, 3],
      { group: 3 },
      'out-of-range dir/m.onnx: Conv "y": 6 channels and 4 filters of 2 channels in 3 groups',
    ],
    ['filters without channels', [1, 3, 8, 8], [4], {}, 'out-of-range dir/m.onnx: Conv "y": filters of 1 dimensions'],
    [
      'a filter of other dimensions',
      [1, 3, 8, 8],
      [4, 3, 3],
      {},
      'out-of-range dir/m.onnx: Conv "y": a filter of 1 dimensions over 2',
    ],
    [
      'a filter that is too large',
      [1, 3, 8, 8],
      [4, 3, 3, 9],
      {},
      'filter-larger-than-ifmap dir/m.onnx: Conv "y": the filter covers 9 pixels, but the padded ifmap has 8',
    ],
    [
      'a step of 0',
      [1, 3, 8, 8],
      [4, 3, 3, 3],
      { strides: [0, 1] },
      'out-of-range dir/m.onnx: Conv "y": a filter, stride or dilation below 1',
    ],
    [
      'cropping',
      [1, 3, 8, 8],
      [4, 3, 3, 3],
      { pads: [-1, 0, 0, 0] },
      'out-of-range dir/m.onnx: Conv "y": padding below 0',
    ],
    ['no filters', [1, 3, 8, 8], [0, 3, 3, 3], {}, 'out-of-range dir/m.onnx: Conv "y": an input of [0 x 3 x 3 x 3]'],
    [
      'more than can be counted',
      [1, 2 ** 20, 2 ** 15, 2 ** 15],
      [2 ** 10, 2 ** 20, 1, 1],
      {},
      'out-of-range layer "y" has more than 2^53 MACs or ifmap words',
    ],
  ])('with %s is refused', (_, x, w, attributes, expected) => {
    expect(problems(one('Conv', x, w, attributes))).toEqual([expected]);
  });
});

test('an operator of somebody else is passed over if it is said to hold no products', () => {
  const silu = { op: 'Silu', domain: 'com.example', in: ['x'], out: ['h'] };
  const model = {
    inputs: { x: [1, 3, 8, 8] },
    weights: { w: { dims: [4, 3, 3, 3] } },
    nodes: [silu, node('Conv', ['h', 'w'], 'y')],
  };
  expect(problems(model)).toEqual([expect.stringMatching(/^not-supported .*com\.example\.Silu/)]);
  const bytes = onnxBytes(model);
  const { layers, omitted } = readOnnxModel({ file: 'm.onnx', bytes }, { productFree: ['com.example.Silu'] });
  expect(layers.map(layerMacs)).toEqual([6 * 6 * 27 * 4]);
  expect(omitted).toEqual([{ name: 'h', type: 'Silu' }]);
});

describe('Gemm', () => {
  test.each<[Sizes, readonly number[], Attributes]>([
    [[7, 30], [30, 11], {}],
    [[30, 7], [30, 11], { transA: 1 }],
    [[7, 30], [11, 30], { transB: 1 }],
    [[30, 7], [11, 30], { transA: 1, transB: 1 }],
  ])('of %j by %j with %j is 7 x 30 by 30 x 11', (x, w, attributes) => {
    const layer = only(read(one('Gemm', x, w, attributes)));
    expect(layer.type).toBe('gemm');
    expect(gemmShape(layer)).toEqual({ m: 7, n: 11, k: 30 });
  });

  test('is of matrices that fit', () => {
    expect(problems(one('Gemm', [7, 30], [11, 30]))).toEqual([
      'out-of-range dir/m.onnx: Gemm "y": [7 x 30] by [11 x 30]',
    ]);
    expect(problems(one('Gemm', [1, 7, 30], [30, 11]))).toEqual([
      'out-of-range dir/m.onnx: Gemm "y": an input of 3 dimensions',
    ]);
  });
});

describe('MatMul', () => {
  /** Of two activations. */
  const both = (a: Sizes, b: Sizes, options?: OnnxOptions): Layer =>
    only(read({ inputs: { a, b }, nodes: [node('MatMul', ['a', 'b'], 'y')] }, options));
  const parts = (layer: Layer) => ({ ...gemmShape(layer), groups: layer.groups });

  test('by weights makes one M of all rows', () => {
    const layer = only(read(one('MatMul', [2, 197, 384], [384, 1152])));
    expect(parts(layer)).toEqual({ m: 2 * 197, n: 1152, k: 384, groups: 1 });
  });

  test('of activations has a group for each matrix, such as a head', () => {
    expect(parts(both([2, 6, 197, 64], [2, 6, 64, 190]))).toEqual({ m: 197, n: 190, k: 64, groups: 12 });
  });

  test('stretches matrices as NumPy does', () => {
    // Grouped queries: 4 heads share one of 8 keys.
    expect(parts(both([8, 4, 10, 64], [8, 1, 64, 20]))).toEqual({ m: 40, n: 20, k: 64, groups: 8 });
    expect(parts(both([10, 64], [3, 64, 20]))).toEqual({ m: 10, n: 20, k: 64, groups: 3 });
    expect(parts(both([64], [64, 20]))).toEqual({ m: 1, n: 20, k: 64, groups: 1 });
    expect(parts(both([5, 10, 64], [64]))).toEqual({ m: 50, n: 1, k: 64, groups: 1 });
  });

  test('of weights by activations is turned, so that the weights are the filters', () => {
    const nodes = [node('MatMul', ['w', 'x'], 'y')];
    const weights = { w: { dims: [100, 64] } };
    const layer = only(read({ inputs: { x: [5, 64, 20] }, weights, nodes }, { batch: 3 }));
    expect(parts(layer)).toEqual({ m: 3 * 5 * 20, n: 100, k: 64, groups: 1 });
  });

  test('of quantised matrices has its second one in another place', () => {
    const weights = { w: { dims: [30, 11] }, s: { dims: [] } };
    const nodes = [node('QLinearMatMul', ['x', 's', 's', 'w', 's', 's', 's', 's'], 'y')];
    expect(gemmShape(only(read({ inputs: { x: [7, 30] }, weights, nodes })))).toEqual({ m: 7, n: 11, k: 30 });
  });

  test('of what does not fit is refused', () => {
    const refused = (a: Sizes, b: Sizes) => problems({ inputs: { a, b }, nodes: [node('MatMul', ['a', 'b'], 'y')] });
    expect(refused([7, 30], [31, 11])).toEqual(['out-of-range dir/m.onnx: MatMul "y": [7 x 30] by [31 x 11]']);
    expect(refused([2, 7, 30], [3, 30, 11])).toEqual([
      'out-of-range dir/m.onnx: MatMul "y": shapes [2] and [3] do not go together',
    ]);
  });
});

describe('the batch of a run', () => {
  test('is more images for filters that all share, and more groups for those of each image', () => {
    const inputs = { x: ['N', 3, 8, 8], a: ['N', 6, 10, 64], b: ['N', 6, 64, 10] };
    const weights = { w: { dims: [4, 3, 3, 3] }, v: { dims: [64, 64] } };
    const nodes = [node('Conv', ['x', 'w'], 'c'), node('MatMul', ['a', 'v'], 'g'), node('MatMul', ['a', 'b'], 'qk')];
    const { layers, assumptions } = read({ inputs, weights, nodes }, { batch: 5 });
    expect(layers.map(({ batch, groups }) => ({ batch, groups }))).toEqual([
      { batch: 5, groups: 1 },
      { batch: 5, groups: 1 },
      { batch: 1, groups: 30 },
    ]);
    expect(gemmShape(layers[1]).m).toBe(5 * 60);
    expect(assumptions).toEqual(['dimension "N" of dir/m.onnx, which the model leaves open, is 1']);
  });

  test('multiplies the size that the model says', () => {
    expect(only(read(one('Conv', [2, 3, 8, 8], [4, 3, 3, 3]), { batch: 5 })).batch).toBe(10);
    expect(problems(one('Conv', [2, 3, 8, 8], [4, 3, 3, 3]), { batch: 0 })).toEqual(['out-of-range a batch of 0']);
  });
});

describe('a dimension that is open', () => {
  const model = (x: Sizes): ModelText => one('MatMul', x, [8, 4]);

  test('is 1 if it is the first of several, which is said', () => {
    for (const first of ['batch', null, 0, -1]) {
      const workload = read(model([first, 5, 8]));
      expect(gemmShape(only(workload)).m).toBe(5);
      const name = typeof first === 'string' ? first : 'x.0';
      expect(workload.assumptions).toEqual([`dimension "${name}" of dir/m.onnx, which the model leaves open, is 1`]);
    }
  });

  test('otherwise has to be given, by its name or by that of the input and the axis', () => {
    expect(problems(model(['batch', 'seq', 8]))).toEqual(['missing-key dir/m.onnx leaves dimension "seq" open']);
    expect(diagnosticsOf(() => read(model(['batch', null, 8])))[0]).toMatchObject({
      message: 'dir/m.onnx leaves dimension "x.1" open',
      expected: 'dimensions: { x.1: 128 }, or another size, in the experiment',
    });
    const m = (x: Sizes, dimensions: Record<string, number>): number =>
      gemmShape(only(read(model(x), { dimensions }))).m;
    expect(m(['batch', 'seq', 8], { seq: 128 })).toBe(128);
    expect(m(['batch', 'seq', 8], { seq: 128, batch: 2 })).toBe(256);
    expect(m([null, null, 8], { 'x.1': 128, 'x.0': 3 })).toBe(384);
    expect(read(model(['batch', 'seq', 8]), { dimensions: { seq: 1, batch: 1 } }).assumptions).toEqual([]);
  });

  test('is no batch if it is the only one or its name speaks of a sequence', () => {
    expect(problems(model(['seq_len', 8]))).toEqual(['missing-key dir/m.onnx leaves dimension "seq_len" open']);
    expect(problems(model(['tokens']))).toEqual(['missing-key dir/m.onnx leaves dimension "tokens" open']);
  });

  test('of one name is one size wherever it is', () => {
    const inputs = { t: ['n'], x: ['n', 5, 8] } satisfies Record<string, Sizes>;
    const workload = read({ inputs, weights: { w: { dims: [8, 4] } }, nodes: [node('MatMul', ['x', 'w'], 'y')] });
    expect(gemmShape(only(workload)).m).toBe(5);
  });

  test('that was given must be there', () => {
    const [problem, ...others] = diagnosticsOf(() =>
      read(model(['batch', 'seq', 8]), { dimensions: { sek: 9, seq: 1 } }),
    );
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code: 'unknown-name', expected: 'one of batch, seq', suggestion: 'seq' });
    expect(diagnosticsOf(() => read(model([1, 8]), { dimensions: { s: 9 } }))[0]).toMatchObject({
      code: 'unknown-name',
      expected: 'none: all its sizes are given',
    });
  });
});

describe('a graph', () => {
  const inputs = { x: [1, 3, 8, 8] };
  const w = { dims: [4, 3, 3, 3] };

  test('lists what are no products, in order, under our types or their own names', () => {
    const nodes = [
      node('Conv', ['x', 'w'], 'c'),
      node('BatchNormalization', ['c', 's', 's', 's', 's'], 'n'),
      node('Relu', ['n'], 'r'),
      node('Add', ['r', 'c'], 'a'),
      node('QuantizeLinear', ['a', 's'], 'q'),
    ];
    const { layers, omitted, name } = read({ inputs, weights: { w, s: { dims: [4, 1, 1] } }, nodes });
    expect(name).toBe('m');
    expect(layers.map((layer) => layer.name)).toEqual(['c']);
    expect(omitted).toEqual([
      { name: 'n', type: 'norm' },
      { name: 'r', type: 'activation' },
      { name: 'a', type: 'add' },
      { name: 'q', type: 'QuantizeLinear' },
    ]);
  });

  test('leaves out what depends on weights and shapes alone', () => {
    const nodes = [
      node('Transpose', ['w'], 't', { perm: [0, 1, 3, 2] }),
      node('Shape', ['x'], 's'),
      node('MatMul', ['v', 'v'], 'u'),
      node('Conv', ['x', 't'], 'c'),
    ];
    const { layers, omitted } = read({ inputs, weights: { w, v: { dims: [5, 5] } }, nodes });
    expect(layers.map((layer) => layer.name)).toEqual(['c']);
    expect(omitted).toEqual([]);
  });

  test('names layers after nodes, or after results, each once', () => {
    const conv = (name: string, out: string): NodeText => ({ op: 'Conv', name, in: ['x', 'w'], out: [out] });
    const nodes = [conv('a', 'o1'), conv('a', 'o2'), conv('', 'a_2'), conv('', 'o4'), conv('a', 'o5'), conv('a', '')];
    const { layers } = read({ inputs, weights: { w }, nodes });
    expect(layers.map((layer) => layer.name)).toEqual(['a', 'a_2', 'a_2_2', 'o4', 'a_3', 'a_4']);
  });

  test('may list weights as inputs, as it did before IR version 4', () => {
    const older = { ...inputs, w: [4, 3, 3, 3] };
    expect(read({ inputs: older, weights: { w }, nodes: [node('Conv', ['x', 'w'], 'c')] }).layers).toHaveLength(1);
  });

  test('takes shapes from the file where it has no rule, and says so where there is none', () => {
    const nodes = [node('TopK', ['x', 'k'], 't'), node('MatMul', ['t', 'v'], 'y')];
    const weights = { k: int64(5), v: { dims: [5, 7] } };
    expect(gemmShape(only(read({ inputs, weights, nodes, infos: { t: [1, 3, 8, 5] } })))).toEqual({
      m: 24,
      n: 7,
      k: 5,
    });
    expect(problems({ inputs, weights, nodes })).toEqual([
      'not-supported dir/m.onnx: MatMul "y": the shape of its input "t" is not known',
    ]);
  });

  test.each<[string, readonly NodeText[], string[]]>([
    [
      'without products',
      [node('Relu', ['x'], 'y')],
      ['empty-workload dir/m.onnx has no convolution or matrix product'],
    ],
    [
      'that uses a value before it is there, as in a circle',
      [node('Add', ['x', 'b'], 'a'), node('Relu', ['a'], 'b')],
      ['unknown-name dir/m.onnx: Add "a": no node before it gives the value "b"'],
    ],
    [
      'that makes a value twice',
      [node('Relu', ['x'], 'a'), { op: 'Relu', in: ['x'], out: ['a'] }],
      ['duplicate-name dir/m.onnx: Relu at place 2: there is a value "a" already'],
    ],
    [
      'whose product lacks an input',
      [node('Conv', ['x'], 'y')],
      ['out-of-range dir/m.onnx: Conv "y": input 1 is missing'],
    ],
    [
      'of operators that multiply in other ways',
      [
        node('ConvTranspose', ['x', 'w'], 'a'),
        node('ConvTranspose', ['x', 'w'], 'b'),
        node('LSTM', ['x'], 'c'),
        node('toString', ['x'], 'd'),
        { op: 'Conv', domain: 'com.microsoft', in: ['x'], out: ['e'] },
      ],
      [
        'not-supported dir/m.onnx: the multiplications of operator ConvTranspose are not counted (first in node "a")',
        'not-supported dir/m.onnx: the multiplications of operator LSTM are not counted (first in node "c")',
        'not-supported dir/m.onnx: the multiplications of operator toString are not counted (first in node "d")',
        'not-supported dir/m.onnx: the multiplications of operator com.microsoft.Conv are not counted',
      ],
    ],
  ])('%s is refused', (_, nodes, expected) => {
    expect(problems({ inputs, weights: { w }, nodes })).toEqual(expected);
  });
});

/** Shapes by hand, from the definitions of the operators (onnx.ai/onnx/operators). */
describe('the result of', () => {
  /** The shape of the last output of a node over an input x and weights. */
  function resultOf(x: Sizes, made: NodeText, weights: Readonly<Record<string, TensorText>>) {
    const model = readOnnx({ file: 'm', bytes: onnxBytes({ inputs: { x }, weights, nodes: [made] }) });
    const inputs = made.in.map((name): Value | undefined => {
      if (name === '') return undefined;
      const { shape, values } = model.initializers.get(name) ?? { shape: x as number[], values: null };
      return { shape, constant: values !== null, numbers: values, whole: true };
    });
    const [parsed] = model.nodes;
    return outputShapes(omittedOperator(parsed).rule, { node: parsed, label: 'n', inputs }).at(-1);
  }

  test.each<[string, Sizes, NodeText, Readonly<Record<string, TensorText>>, readonly number[]]>([
    [
      'MaxPool',
      [1, 2, 8, 8],
      node('MaxPool', ['x'], 'o', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
      {},
      [1, 2, 4, 4],
    ],
    [
      'AveragePool',
      [1, 2, 9, 9],
      node('AveragePool', ['x'], 'o', { kernel_shape: [2, 2], strides: [2, 2] }),
      {},
      [1, 2, 4, 4],
    ],
    [
      'a pool that rounds up',
      [1, 2, 9, 9],
      node('MaxPool', ['x'], 'o', { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 }),
      {},
      [1, 2, 5, 5],
    ],
    // A window that would begin in the padding behind is none: 4 + 1 + 1 pixels, windows from 0, 2 and not 4.
    [
      'a pool whose last window would be all padding',
      [1, 1, 4, 4],
      node('MaxPool', ['x'], 'o', { kernel_shape: [1, 1], strides: [3, 3], pads: [0, 0, 1, 1], ceil_mode: 1 }),
      {},
      [1, 1, 2, 2],
    ],
    ['GlobalAveragePool', [1, 2, 8, 8], node('GlobalAveragePool', ['x'], 'o'), {}, [1, 2, 1, 1]],
    ['Flatten', [2, 3, 4], node('Flatten', ['x'], 'o'), {}, [2, 12]],
    ['Reshape', [2, 3, 4], node('Reshape', ['x', 'r'], 'o'), { r: int64(0, -1) }, [2, 12]],
    ['Squeeze', [1, 3, 1], node('Squeeze', ['x', 'r'], 'o'), { r: int64(-1) }, [1, 3]],
    ['Squeeze of all', [1, 3, 1], node('Squeeze', ['x'], 'o'), {}, [3]],
    ['Unsqueeze', [3, 4], node('Unsqueeze', ['x', 'r'], 'o'), { r: int64(0, -1) }, [1, 3, 4, 1]],
    ['Transpose', [2, 3, 4], node('Transpose', ['x'], 'o'), {}, [4, 3, 2]],
    ['Concat', [2, 3], node('Concat', ['x', 'x'], 'o', { axis: -1 }), {}, [2, 6]],
    [
      'Split into given sizes',
      [2, 7],
      { op: 'Split', in: ['x', 'r'], out: ['n', 'o'], attributes: { axis: 1 } },
      { r: int64(2, 5) },
      [2, 5],
    ],
    [
      'Split, the last part smaller',
      [2, 7],
      { op: 'Split', in: ['x'], out: ['n', 'm', 'o'], attributes: { axis: 1 } },
      {},
      [2, 1],
    ],
    [
      'Slice',
      [2, 9],
      node('Slice', ['x', 'a', 'b', 'c', 'd'], 'o'),
      { a: int64(1), b: int64(2 ** 53), c: int64(1), d: int64(2) },
      [2, 4],
    ],
    [
      'Slice from behind',
      [2, 9],
      node('Slice', ['x', 'a', 'b', 'c', 'd'], 'o'),
      { a: int64(-2), b: int64(-100), c: int64(-1), d: int64(-3) },
      [2, 3],
    ],
    ['Slice as it was', [2, 9], node('Slice', ['x'], 'o', { starts: [0, 3], ends: [1, 5] }), {}, [1, 2]],
    ['Gather', [50, 16], node('Gather', ['x', 'i'], 'o'), { i: { dims: [2, 7], type: 7 } }, [2, 7, 16]],
    ['Gather of one', [5, 16], node('Gather', ['x', 'i'], 'o', { axis: 1 }), { i: { dims: [], type: 7 } }, [5]],
    ['Add', [3, 1, 5], node('Add', ['x', 'b'], 'o'), { b: { dims: [4, 1] } }, [3, 4, 5]],
    [
      'Add as it was',
      [2, 3, 4, 5],
      node('Add', ['x', 'b'], 'o', { broadcast: 1, axis: 1 }),
      { b: { dims: [3] } },
      [2, 3, 4, 5],
    ],
    ['ReduceMean', [2, 3, 4], node('ReduceMean', ['x'], 'o', { axes: [-1] }), {}, [2, 3, 1]],
    ['ReduceSum', [2, 3, 4], node('ReduceSum', ['x', 'r'], 'o', { keepdims: 0 }), { r: int64(0, 1) }, [4]],
    ['ReduceMax of all', [2, 3, 4], node('ReduceMax', ['x'], 'o'), {}, [1, 1, 1]],
    ['ArgMax', [2, 3, 4], node('ArgMax', ['x'], 'o', { axis: 2, keepdims: 0 }), {}, [2, 3]],
    ['Pad', [1, 1, 4, 4], node('Pad', ['x', 'r'], 'o'), { r: int64(0, 0, 1, 2, 0, 0, 3, 4) }, [1, 1, 8, 10]],
    [
      'Resize by scales',
      [1, 2, 5, 5],
      node('Resize', ['x', '', 's'], 'o'),
      { s: { dims: [4], type: 1, raw: new Uint8Array(Float32Array.of(1, 1, 2, 1.5).buffer) } },
      [1, 2, 10, 7],
    ],
    ['Resize to sizes', [1, 2, 5, 5], node('Resize', ['x', '', '', 'r'], 'o'), { r: int64(1, 2, 7, 9) }, [1, 2, 7, 9]],
    ['Upsample', [1, 2, 5, 5], node('Upsample', ['x'], 'o', { scales: [1, 1, 2.5, 2.5] }), {}, [1, 2, 12, 12]],
    ['Expand', [3, 1], node('Expand', ['x', 'r'], 'o'), { r: int64(2, 1, 4) }, [2, 3, 4]],
    ['Tile', [3, 2], node('Tile', ['x', 'r'], 'o'), { r: int64(2, 5) }, [6, 10]],
    ['DepthToSpace', [1, 8, 3, 3], node('DepthToSpace', ['x'], 'o', { blocksize: 2 }), {}, [1, 2, 6, 6]],
    ['SpaceToDepth', [1, 2, 6, 6], node('SpaceToDepth', ['x'], 'o', { blocksize: 3 }), {}, [1, 18, 2, 2]],
    ['Dropout', [4, 3], node('Dropout', ['x'], 'o'), {}, [4, 3]],
    ['LayerNormalization', [4, 3], node('LayerNormalization', ['x', 's'], 'o'), { s: { dims: [3] } }, [4, 3]],
  ])('%s', (_, x, made, weights, expected) => {
    expect(resultOf(x, made, weights)).toEqual(expected);
  });

  const r = (...numbers: readonly number[]) => ({ r: int64(...numbers) });
  test.each<[string, Sizes, NodeText, Readonly<Record<string, TensorText>>, string]>([
    ['Reshape', [2, 3], node('Reshape', ['x', 'r'], 'o'), r(4, 2), '[2 x 3] cannot become [4 x 2]'],
    ['Reshape', [2, 3], node('Reshape', ['x', 'r'], 'o'), r(4, -1), 'a result of [4 x 1.5]'],
    ['Reshape', [2, 3], node('Reshape', ['x', 'r'], 'o'), r(-2, -3), 'a result of [-2 x -3]'],
    ['Expand', [1], node('Expand', ['x', 'r'], 'o'), r(2 ** 31, 2 ** 32), `a result of [${2 ** 31} x ${2 ** 32}]`],
    ['Unsqueeze', [1], node('Unsqueeze', ['x', 'r'], 'o'), r(...Array(20).keys()), 'a result of 21 dimensions'],
    ['Add', [2, 3], node('Add', ['x', 'r'], 'o'), r(1, 2), 'shapes [2 x 3] and [2] do not go together'],
    ['Transpose', [2, 3], node('Transpose', ['x'], 'o', { perm: [0, 2] }), {}, 'there is no axis 2 of 2'],
    ['Concat', [2, 3], node('Concat', ['x', 'r'], 'o', { axis: 0 }), r(1), 'inputs of different numbers of dimensions'],
    ['Slice', [9], node('Slice', ['x', 'r', 'r', 'z', 'z'], 'o'), { ...r(1), z: int64(0) }, 'a step of 0'],
    ['Pad', [1], node('Pad', ['x', 'r'], 'o'), r(-1, -1), 'a result of [-1]'],
    [
      'MaxPool',
      [1, 1, 4, 4],
      node('MaxPool', ['x'], 'o', { kernel_shape: [3] }),
      {},
      'a filter of 1 dimensions over 2',
    ],
  ])('%s over %j by %j, of which there is none', (_, x, made, weights, message) => {
    const [problem] = diagnosticsOf(() => resultOf(x, made, weights));
    expect(problem.code).toBe('out-of-range');
    expect(problem.message).toContain(`n: ${message}`);
  });
});

describe('shapes that are computed', () => {
  /** `y = MatMul(Reshape(x, r), w)` where nodes compute r. */
  function rowsOf(x: Sizes, nodes: readonly NodeText[], weights: Readonly<Record<string, TensorText>>): number {
    const last = [node('Reshape', ['x', 'r'], 'v'), node('MatMul', ['v', 'w'], 'y')];
    const model = { inputs: { x }, weights: { ...weights, w: { dims: [8, 4] } }, nodes: [...nodes, ...last] };
    const { layers, omitted } = read(model);
    expect(omitted).toEqual([{ name: 'v', type: 'reshape' }]);
    return gemmShape(layers[0]).m;
  }

  test('as PyTorch writes x.view(x.size(0), -1, 8)', () => {
    const scalar = { dims: [], type: 7, raw: new Uint8Array(8) };
    const nodes = [
      node('Constant', [], 'zero', { value: scalar }),
      node('Shape', ['x'], 's'),
      node('Gather', ['s', 'zero'], 'n'),
      node('Unsqueeze', ['n', 'axes'], 'u'),
      node('Concat', ['u', 'rest'], 'r', { axis: 0 }),
    ];
    expect(rowsOf([5, 4, 4], nodes, { axes: int64(0), rest: int64(-1, 8) })).toBe(10);
  });

  test('divided: whole numbers lose their fraction, others when they are cast', () => {
    const half = [node('Shape', ['x'], 's'), node('Slice', ['s', 'a', 'b'], 'n')];
    const weights = { a: int64(0), b: int64(1), two: int64(2), rest: int64(-1, 8) };
    const concat = node('Concat', ['h', 'rest'], 'r', { axis: 0 });
    // 40 x 2 numbers: 20 x 4 is no multiple of 8 a row; 41 / 2 = 20 is.
    expect(rowsOf([41, 160], [...half, node('Div', ['n', 'two'], 'h'), concat], weights)).toBe(820);
    const float = [
      node('Cast', ['n'], 'f', { to: 1 }),
      node('Cast', ['two'], 't', { to: 1 }),
      node('Div', ['f', 't'], 'd'),
      node('Ceil', ['d'], 'c'),
      node('Cast', ['c'], 'h', { to: 7 }),
    ];
    expect(rowsOf([41, 168], [...half, ...float, concat], weights)).toBe(861);
  });

  test('as PyTorch writes x.expand(-1, ..): sizes of -1 are replaced', () => {
    const nodes = [
      node('Shape', ['given'], 'k'),
      node('ConstantOfShape', ['k'], 'ones', { value: { dims: [1], type: 7, int64s: [1] } }),
      node('Mul', ['ones', 'minus'], 'm'),
      node('Equal', ['given', 'm'], 'e'),
      node('Where', ['e', 'ones', 'given'], 'r'),
    ];
    expect(rowsOf([1, 3, 8], nodes, { given: int64(-1, 3, 8), minus: int64(-1) })).toBe(3);
  });

  test('as PyTorch writes padding: pairs from behind, in the order of ONNX', () => {
    const last = [node('Pad', ['x', 'pads'], 'v'), node('MatMul', ['v', 'w'], 'y')];
    const nodes = [
      node('Reshape', ['given', 'pairs'], 'a'),
      node('Slice', ['a', 'back', 'end', 'axis', 'back'], 'b'),
      node('Transpose', ['b'], 'c', { perm: [1, 0] }),
      node('Reshape', ['c', 'back'], 'pads'),
    ];
    const weights = { back: int64(-1), end: int64(1 - 2 ** 53), axis: int64(0), pairs: int64(-1, 2) };
    // (0, 1) for the last dimension, 7 + 0 + 1 = 8; (2, 3) for the one before, 5 + 2 + 3 = 10.
    const given = { ...weights, given: int64(0, 1, 2, 3), w: { dims: [8, 4] } };
    const { layers } = read({ inputs: { x: [5, 7] }, weights: given, nodes: [...nodes, ...last] });
    expect(gemmShape(layers[0])).toEqual({ m: 10, n: 4, k: 8 });
  });

  test('by a range, a product and a part of a shape', () => {
    const nodes = [
      node('Shape', ['x'], 's', { start: 1, end: 3 }),
      node('ReduceProd', ['s'], 'p', { keepdims: 0 }),
      node('Range', ['zero', 'p', 'step'], 'a'),
      node('Size', ['a'], 'n'),
      node('Reshape', ['n', 'one'], 'm'),
      node('Concat', ['m', 'rest'], 'r', { axis: 0 }),
    ];
    const scalar = (value: number): TensorText => ({ dims: [], type: 7, int64s: [value] });
    const weights = { zero: scalar(0), step: scalar(2), one: int64(1), rest: int64(-1) };
    // 3 x 4 = 12 numbers, every second one: 6.
    expect(rowsOf([4, 3, 4], nodes, weights)).toBe(6);
  });
});
