import { describe, expect, test } from 'vitest';
import { type OnnxModel, readOnnx } from '../../../src/formats/onnx/onnx.ts';
import { diagnosticsOf } from '../../energy/support.ts';
import { longTest } from '../../tier.ts';
import { counted, onnxBytes, tag, tensorBytes, varint } from './onnx-bytes.ts';

const read = (bytes: ArrayLike<number>): OnnxModel => readOnnx({ file: 'm.onnx', bytes: Uint8Array.from(bytes) });
const problems = (bytes: ArrayLike<number>): string[] =>
  diagnosticsOf(() => read(bytes)).map(({ code, message }) => `${code} ${message}`);

/** A model of one graph with this content. */
const graph = (content: readonly number[]): number[] => counted(7, content);

const MODEL = onnxBytes({
  inputs: { x: ['N', 3, null, 8] },
  weights: { w: { dims: [4, 3, 3, 3] } },
  nodes: [
    {
      ...{ op: 'Conv', name: 'c', in: ['x', 'w'], out: ['y'] },
      attributes: { pads: [1, 0, -1, 0], group: 1, auto_pad: 'NOTSET', scales: [0.5, 2] },
    },
  ],
  infos: { y: ['N', 4, 6, 6] },
  outputs: { y: ['N', 4, 6, 6] },
});

describe('an ONNX model', () => {
  test('is its nodes, its values and the shapes of its weights', () => {
    const model = read(MODEL);
    expect(model.inputs).toEqual([{ name: 'x', shape: ['N', 3, null, 8] }]);
    expect(model.outputs).toEqual([{ name: 'y', shape: ['N', 4, 6, 6] }]);
    expect(model.valueInfos).toEqual(model.outputs);
    expect([...model.initializers]).toEqual([['w', { name: 'w', type: 1, shape: [4, 3, 3, 3], values: null }]]);
    const [{ attributes, ...node }] = model.nodes;
    expect(node).toEqual({ name: 'c', operator: 'Conv', domain: '', inputs: ['x', 'w'], outputs: ['y'] });
    expect(attributes.get('pads')?.ints).toEqual([1, 0, -1, 0]);
    expect(attributes.get('group')?.int).toBe(1);
    expect(attributes.get('auto_pad')?.text).toBe('NOTSET');
    expect(attributes.get('scales')?.floats).toEqual([0.5, 2]);
  });

  test('may be in two parts, which are merged as Protocol Buffers say', () => {
    const name = (text: string): number[] => [...new TextEncoder().encode(text)];
    const part = (text: string): number[] => graph(counted(1, counted(3, name(text))));
    expect(read([...part('a'), ...part('b')]).nodes.map((node) => node.name)).toEqual(['a', 'b']);
    // Of a single value that comes twice the last counts.
    expect(read(graph(counted(1, [...counted(3, name('a')), ...counted(3, name('b'))]))).nodes[0].name).toBe('b');
  });

  test('may have fields of any kind that are not known', () => {
    const unknown = [
      ...[...tag(99, 0), ...varint(300)],
      ...[...tag(99, 1), 1, 2, 3, 4, 5, 6, 7, 8],
      ...counted(2 ** 29 - 1, [255, 255, 255]),
      ...[...tag(99, 5), 1, 2, 3, 4],
    ];
    expect(read([...unknown, ...graph([...unknown, ...counted(1, unknown)]), ...unknown]).nodes).toHaveLength(1);
  });

  test.each<[string, number, readonly number[]]>([
    ['-1', -1, [255, 255, 255, 255, 255, 255, 255, 255, 255, 1]],
    ['2^31', 2 ** 31, varint(2 ** 31)],
    ['-2^31', -(2 ** 31), varint(-(2 ** 31))],
    ['2^53 - 1', 2 ** 53 - 1, varint(2n ** 53n - 1n)],
    ['1 - 2^53', 1 - 2 ** 53, varint(1n - 2n ** 53n)],
    ['2^63 - 1, rounded', 2 ** 63, varint(2n ** 63n - 1n)],
    ['-2^63', -(2 ** 63), varint(-(2n ** 63n))],
    ['0 in more bytes than it needs', 0, [128, 128, 0]],
  ])('has integers such as %s', (_, value, bytes) => {
    const attribute = [...counted(1, [97]), ...tag(3, 0), ...bytes];
    expect(read(graph(counted(1, counted(5, attribute)))).nodes[0].attributes.get('a')?.int).toBe(value);
  });
});

describe('the numbers of a small tensor', () => {
  const values = (bytes: readonly number[]): readonly number[] | null | undefined =>
    read(graph(counted(5, bytes))).initializers.get('')?.values;
  const bytesOf = (list: ArrayBufferView): Uint8Array => new Uint8Array(list.buffer);

  test.each<[string, number, ArrayBufferView, readonly number[]]>([
    ['float', 1, Float32Array.of(0.5, -2), [0.5, -2]],
    ['uint8', 2, Uint8Array.of(200, 1), [200, 1]],
    ['int8', 3, Int8Array.of(-3, 1), [-3, 1]],
    ['int32', 6, Int32Array.of(-70_000, 1), [-70_000, 1]],
    ['int64', 7, BigInt64Array.of(-1n, 2n ** 40n), [-1, 2 ** 40]],
    ['bool', 9, Uint8Array.of(1, 0), [1, 0]],
    ['double', 11, Float64Array.of(0.1, 7), [0.1, 7]],
    ['uint32', 12, Uint32Array.of(2 ** 32 - 1, 1), [2 ** 32 - 1, 1]],
    ['uint64', 13, BigUint64Array.of(5n, 6n), [5, 6]],
  ])('as raw %s', (_, type, list, expected) => {
    expect(values(tensorBytes({ dims: [2], type, raw: bytesOf(list) }))).toEqual(expected);
  });

  test('as numbers, packed or one by one, before or after the shape', () => {
    expect(values(tensorBytes({ dims: [2], type: 7, int64s: [3, -4] }))).toEqual([3, -4]);
    const dims = [...tag(1, 0), 2];
    const alone = [...tag(7, 0), 3, ...tag(7, 0), 4];
    expect(values([...alone, ...tag(2, 0), 7, ...dims])).toEqual([3, 4]);
    const float = [...tag(4, 5), ...bytesOf(Float32Array.of(1.5))];
    expect(values([...dims, ...tag(2, 0), 1, ...float, ...float])).toEqual([1.5, 1.5]);
  });

  test('are not read if there are more than 64, not as many as the shape says, or none here', () => {
    expect(values(tensorBytes({ dims: [64], type: 2, raw: new Uint8Array(64) }))).toHaveLength(64);
    expect(values(tensorBytes({ dims: [65], type: 2, raw: new Uint8Array(65) }))).toBeNull();
    expect(values(tensorBytes({ dims: [3], type: 2, raw: new Uint8Array(2) }))).toBeNull();
    expect(values(tensorBytes({ dims: [3], type: 7 }))).toBeNull();
    // 10 is float16, of which no size is made.
    expect(values(tensorBytes({ dims: [1], type: 10, raw: new Uint8Array(2) }))).toBeNull();
  });
});

describe('what is no ONNX model is refused at the byte at fault', () => {
  const text = (words: string): Uint8Array => new TextEncoder().encode(words);
  const cases: [string, ArrayLike<number>, string][] = [
    ['an empty file', [], 'onnx-syntax m.onnx: it has no graph'],
    ['a file without a graph', counted(8, []), 'onnx-syntax m.onnx: it has no graph'],
    // "l" is field 13 of type 4.
    ['a text', text('layer,type\n'), 'onnx-syntax m.onnx: byte 0 is not a field of a message'],
    ['field 0', [...graph([]), 0], 'onnx-syntax m.onnx: byte 2 is not a field of a message'],
    ['a group', [...graph([]), ...tag(1, 3)], 'onnx-syntax m.onnx: byte 2 is not a field of a message'],
    ['a field number beyond 2^29', [...varint(2 ** 32), 0], 'onnx-syntax m.onnx: byte 0 is not a field of a message'],
    ['a tag cut off', [...graph([]), 200], 'onnx-syntax m.onnx: byte 2 starts a number that is cut off'],
    [
      'a length beyond the file',
      [...tag(7, 2), 5, 0],
      'onnx-syntax m.onnx: byte 0 starts a field of 5 bytes, but only 1 remain',
    ],
    [
      'a length beyond its message',
      [...graph([...tag(1, 2), 9]), ...counted(99, new Array(20).fill(0))],
      'onnx-syntax m.onnx: byte 2 starts a field of 9 bytes, but only 0 remain',
    ],
    [
      'a length of 2^64 - 1',
      [...tag(7, 2), ...varint(-1)],
      `onnx-syntax m.onnx: byte 0 starts a field of ${2 ** 64} bytes, but only 0 remain`,
    ],
    [
      'eight bytes of which four are there',
      [...graph([]), ...tag(9, 1), 0, 0, 0, 0],
      'onnx-syntax m.onnx: byte 2 starts a field of 8 bytes, but only 4 remain',
    ],
    [
      'a number without end',
      [...tag(7, 0), ...new Array(11).fill(128)],
      'onnx-syntax m.onnx: byte 1 starts a number of more than 10 bytes',
    ],
    ['a number for a graph', [...tag(7, 0), 1], 'onnx-syntax m.onnx: byte 1 should start a message, but does not'],
    [
      'a message for a number',
      graph(counted(5, counted(2, []))),
      'onnx-syntax m.onnx: byte 6 should start an integer, but does not',
    ],
    [
      'a number for a name',
      graph(counted(1, [...tag(3, 0), 1])),
      'onnx-syntax m.onnx: byte 5 should start a string, but does not',
    ],
    [
      'half a float',
      graph(counted(1, counted(5, counted(7, [0, 0, 0, 0, 1])))),
      'onnx-syntax m.onnx: byte 12 starts a number that is cut off',
    ],
    [
      'a negative size',
      graph(counted(5, tensorBytes({ dims: [2, -1] }))),
      'onnx-syntax m.onnx: byte 4 starts a tensor of negative size',
    ],
  ];

  test.each(cases)('%s', (_, bytes, expected) => {
    expect(problems(bytes)).toEqual([expected]);
  });

  test('a model cut short anywhere', () => {
    // The operator set comes last, so that the graph is whole without it.
    const graphEnd = MODEL.length - 4;
    for (let length = 0; length < MODEL.length; length++) {
      if (length === graphEnd) continue;
      expect(problems(MODEL.subarray(0, length))[0], `${length} bytes`).toMatch(/^onnx-syntax /);
    }
    expect(read(MODEL.subarray(0, graphEnd)).nodes).toHaveLength(1);
  });

  longTest('millions of parts', () => {
    const around = (number: number, content: Uint8Array): Uint8Array => {
      const head = [...tag(number, 2), ...varint(content.length)];
      const whole = new Uint8Array(head.length + content.length);
      whole.set(head);
      whole.set(content, head.length);
      return whole;
    };
    /** Nodes without content: a tag and a length of 0. */
    const nodes = (count: number): Uint8Array =>
      around(
        7,
        new Uint8Array(2 * count).map((_, i) => (i % 2 === 0 ? tag(1, 2)[0] : 0)),
      );
    // A field counts as 1, a message as 16 more; a graph of n nodes is n + 1 of both, and 2^24 = 17 x 986,895 + 1.
    expect(read(nodes(986_894)).nodes).toHaveLength(986_894);
    expect(problems(nodes(986_895))).toEqual(['out-of-range m.onnx: it has more parts than any network']);
    const sizes = around(7, around(1, around(5, around(8, new Uint8Array(2 ** 24)))));
    expect(problems(sizes)).toEqual(['out-of-range m.onnx: it has more parts than any network']);
  });
});
