/** Writes ONNX files for tests, from descriptions, by the rules of the wire format; it shares nothing with the reader. */

export type Attributes = Readonly<Record<string, number | string | readonly number[] | TensorText>>;

export interface NodeText {
  readonly op: string;
  readonly in: readonly string[];
  readonly out: readonly string[];
  readonly name?: string;
  readonly domain?: string;
  readonly attributes?: Attributes;
}

export interface TensorText {
  readonly dims: readonly number[];
  /** TensorProto.DataType; 1 (float) by default. */
  readonly type?: number;
  /** As `int64_data`; without it and `raw` the numbers are said to be elsewhere. */
  readonly int64s?: readonly number[];
  readonly raw?: Uint8Array;
}

/** A size, the name of an open one, or null for one without a name. */
export type Sizes = readonly (number | string | null)[];

export interface ModelText {
  readonly inputs: Readonly<Record<string, Sizes>>;
  readonly weights?: Readonly<Record<string, TensorText>>;
  readonly nodes: readonly NodeText[];
  readonly infos?: Readonly<Record<string, Sizes>>;
  readonly outputs?: Readonly<Record<string, Sizes>>;
}

export function varint(value: number | bigint): number[] {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return [...bytes, Number(rest)];
}

export function tag(number: number, wireType: number): number[] {
  return varint(number * 8 + wireType);
}

export function counted(number: number, content: readonly number[]): number[] {
  return [...tag(number, 2), ...varint(content.length), ...content];
}

function text(number: number, value: string): number[] {
  return counted(number, [...new TextEncoder().encode(value)]);
}

function integer(number: number, value: number): number[] {
  return [...tag(number, 0), ...varint(value)];
}

function floats(values: readonly number[]): number[] {
  return [...new Uint8Array(Float32Array.from(values).buffer)];
}

export function tensorBytes({ dims, type = 1, int64s, raw }: TensorText, name = ''): number[] {
  return [
    ...counted(1, dims.flatMap(varint)),
    ...integer(2, type),
    ...(int64s ? counted(7, int64s.flatMap(varint)) : []),
    ...text(8, name),
    ...(raw ? counted(9, [...raw]) : []),
    ...(int64s || raw ? [] : integer(14, 1)),
  ];
}

function attributeBytes(name: string, value: Attributes[string]): number[] {
  const head = text(1, name);
  if (typeof value === 'number') return [...head, ...integer(3, value), ...integer(20, 2)];
  if (typeof value === 'string') return [...head, ...text(4, value), ...integer(20, 3)];
  if ('dims' in value) return [...head, ...counted(5, tensorBytes(value)), ...integer(20, 4)];
  // Scales have fractions. Integers one by one, as in files of proto2, floats packed.
  if (value.some((item) => !Number.isInteger(item))) return [...head, ...counted(7, floats(value)), ...integer(20, 6)];
  return [...head, ...value.flatMap((item) => integer(8, item)), ...integer(20, 7)];
}

function nodeBytes({ op, in: inputs, out, name = '', domain = '', attributes = {} }: NodeText): number[] {
  return [
    ...inputs.flatMap((input) => text(1, input)),
    ...out.flatMap((output) => text(2, output)),
    ...text(3, name),
    ...text(4, op),
    ...Object.entries(attributes).flatMap(([key, value]) => counted(5, attributeBytes(key, value))),
    ...(domain === '' ? [] : text(7, domain)),
  ];
}

function infoBytes(name: string, sizes: Sizes): number[] {
  const dims = sizes.map((size) => (size === null ? [] : typeof size === 'number' ? integer(1, size) : text(2, size)));
  const shape = dims.flatMap((dim) => counted(1, dim));
  return [...text(1, name), ...counted(2, counted(1, [...integer(1, 1), ...counted(2, shape)]))];
}

export function onnxBytes({ inputs, weights = {}, nodes, infos = {}, outputs = {} }: ModelText): Uint8Array {
  const parts = (number: number, list: Readonly<Record<string, Sizes>>): number[] =>
    Object.entries(list).flatMap(([name, sizes]) => counted(number, infoBytes(name, sizes)));
  const graph = [
    ...nodes.flatMap((node) => counted(1, nodeBytes(node))),
    ...text(2, 'graph'),
    ...Object.entries(weights).flatMap(([name, tensor]) => counted(5, tensorBytes(tensor, name))),
    ...parts(11, inputs),
    ...parts(12, outputs),
    ...parts(13, infos),
  ];
  // IR version, producer, graph, operator set.
  return Uint8Array.from([...integer(1, 8), ...text(2, 'test'), ...counted(7, graph), ...counted(8, integer(2, 17))]);
}
