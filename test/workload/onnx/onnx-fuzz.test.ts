import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InputError } from '../../../src/base/errors.ts';
import { readOnnxModel } from '../../../src/workload/index.ts';
import { OMITTED_OPERATORS, PRODUCTS } from '../../../src/workload/onnx/operators.ts';
import { type NodeText, onnxBytes, type TensorText } from '../../formats/onnx/onnx-bytes.ts';
import { lawOptions } from '../../tier.ts';

const golden = (name: string): Buffer => readFileSync(new URL(`../../golden/onnx/${name}.onnx`, import.meta.url));

const FILES: readonly Uint8Array[] = [
  golden('gpt2_block'),
  golden('gpt2_block_dynamo'),
  golden('resnet18'),
  onnxBytes({
    inputs: { x: ['N', 4, 8, 8] },
    weights: { w: { dims: [4, 1, 3, 3] }, r: { dims: [2], type: 7, int64s: [0, -1] } },
    nodes: [
      { op: 'Conv', in: ['x', 'w'], out: ['a'], attributes: { group: 4, pads: [1, 1, 0, 0], auto_pad: 'SAME_LOWER' } },
      { op: 'MaxPool', in: ['a'], out: ['b'], attributes: { kernel_shape: [2, 2], ceil_mode: 1 } },
      { op: 'Slice', in: ['b'], out: ['c'], attributes: { starts: [0, 0], ends: [1, 3] } },
      { op: 'Reshape', in: ['c', 'r'], out: ['d'] },
      { op: 'Gemm', in: ['d', 'd'], out: ['e'], attributes: { transB: 1 } },
    ],
    outputs: { e: [1, 1] },
  }),
];

/** A byte replaced, a piece removed, repeated or moved; several times. */
const damage = fc.array(
  fc.record({
    kind: fc.constantFrom('set', 'set', 'set', 'cut', 'repeat', 'insert'),
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    length: fc.integer({ min: 1, max: 40 }),
    byte: fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 1, 127, 128, 255)),
  }),
  { minLength: 1, maxLength: 4 },
);

interface Slip {
  readonly kind: string;
  readonly at: number;
  readonly length: number;
  readonly byte: number;
}

function damaged(bytes: Uint8Array, slips: readonly Slip[]): Uint8Array {
  const list = [...bytes];
  for (const { kind, at, length, byte } of slips) {
    const from = Math.floor(at * list.length);
    if (kind === 'set') list[from] = byte;
    else if (kind === 'cut') list.splice(from, length);
    else if (kind === 'repeat') list.splice(from, 0, ...list.slice(from, from + length));
    else list.splice(from, 0, ...new Array(length).fill(byte));
  }
  return Uint8Array.from(list);
}

/** Reads what may be broken: it is a workload or an InputError, never another error. */
function survives(bytes: Uint8Array): void {
  try {
    const { layers } = readOnnxModel({ file: 'f', bytes }, { dimensions: { seq: 16 } });
    for (const layer of layers) {
      const { name, type, part, sparsity, ...numbers } = layer;
      expect(name.length > 0 && (type === 'conv' || type === 'gemm')).toBe(true);
      expect([part, sparsity]).toEqual([undefined, undefined]);
      for (const [key, value] of Object.entries(numbers)) {
        expect(Number.isSafeInteger(value) && value >= (key.startsWith('pad') ? 0 : 1), `${name} ${key} ${value}`).toBe(
          true,
        );
      }
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
}

test('damaged models are read or refused', () => {
  fc.assert(
    fc.property(fc.constantFrom(...FILES), damage, (bytes, slips) => survives(damaged(bytes, slips))),
    lawOptions(3000, 150),
  );
});

/** Every operator there is a rule for. */
const OPERATORS = [...Object.keys(PRODUCTS), ...OMITTED_OPERATORS];
const small = fc.oneof(fc.integer({ min: -3, max: 6 }), fc.constantFrom(-(2 ** 63), 2 ** 31, 2 ** 53));
const list = fc.array(small, { maxLength: 6 });
const attributes = fc.record(
  {
    ...{ axis: small, group: small, blocksize: small, keepdims: small, ceil_mode: small, to: small, transA: small },
    ...{ kernel_shape: list, strides: list, pads: list, dilations: list, perm: list, axes: list, split: list },
    ...{ starts: list, ends: list, shape: list, scales: fc.constant([1, 1, 0.5, 2]), start: small, end: small },
    auto_pad: fc.constantFrom('SAME_UPPER', 'SAME_LOWER', 'VALID', '?'),
    value: list.map((int64s) => ({ dims: [int64s.length], type: 7, int64s })),
  },
  { requiredKeys: [] },
);
/** Each input is one of the values there are by then, so that everything but the sense is right. */
const node = fc.record({
  op: fc.constantFrom(...OPERATORS),
  inputs: fc.array(fc.nat(30), { maxLength: 5 }),
  outputs: fc.integer({ min: 0, max: 3 }),
  attributes,
});
const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 8 }), fc.constant(0)), { maxLength: 6 });

test('any operators in any order, with any attributes, are read or refused', () => {
  const graph = fc.record({
    x: sizes,
    weights: fc.array(sizes, { maxLength: 3 }),
    numbers: fc.array(list, { maxLength: 4 }),
    nodes: fc.array(node, { minLength: 1, maxLength: 6 }),
  });
  fc.assert(
    fc.property(graph, ({ x, weights, numbers, nodes }) => {
      const known = ['x', ...weights.map((_, i) => `w${i}`), ...numbers.map((_, i) => `n${i}`)];
      const written = nodes.map(({ op, inputs, outputs, attributes: given }, n): NodeText => {
        const out = Array.from({ length: outputs }, (_, i) => `v${n}.${i}`);
        const text = { op, in: inputs.map((i) => ['', ...known][i % (known.length + 1)]), out, attributes: given };
        known.push(...out);
        return text as NodeText;
      });
      const tensors = [
        ...weights.map((dims, i): [string, TensorText] => [`w${i}`, { dims }]),
        ...numbers.map((int64s, i): [string, TensorText] => [`n${i}`, { dims: [int64s.length], type: 7, int64s }]),
      ];
      survives(onnxBytes({ inputs: { x }, weights: Object.fromEntries(tensors), nodes: written }));
    }),
    lawOptions(2000, 100),
  );
});

test('models cut short are read or refused', () => {
  for (const bytes of FILES) {
    for (let length = 0; length < bytes.length; length += 7) survives(bytes.subarray(0, length));
  }
});

test('noise is read or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => survives(bytes)),
    lawOptions(2000, 100),
  );
});
