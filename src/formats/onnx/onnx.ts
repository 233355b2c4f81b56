import { type ErrorCode, fail } from '../../base/errors.ts';
import type { SourceBytes } from '../../base/source.ts';
import { type Field, ProtoReader } from './protobuf.ts';

/**
 * A model file: the network, and any other parts that could hold operators. Names and numbers are those of onnx.proto3
 * (IR version 10).
 */
export interface OnnxModel {
  readonly nodes: readonly OnnxNode[];
  /** Weights and constants, by name. */
  readonly initializers: ReadonlyMap<string, OnnxTensor>;
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  /** Shapes of intermediate values that the file states. */
  readonly valueInfos: readonly OnnxValueInfo[];
}

export interface OnnxNode {
  readonly name: string;
  readonly operator: string;
  /** The empty string for the standard operators. */
  readonly domain: string;
  /** Names of values; the empty string for an omitted input. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

export interface OnnxAttribute {
  readonly int: number;
  readonly text: string;
  readonly ints: readonly number[];
  readonly floats: readonly number[];
  readonly tensor: OnnxTensor | null;
}

export interface OnnxTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** TensorProto.DataType. */
  readonly type: number;
  /**
   * The numbers of a tensor of at most `MOST_VALUES` elements, such as a shape; null for a larger tensor or one stored
   * elsewhere.
   */
  readonly values: readonly number[] | null;
}

export interface OnnxValueInfo {
  readonly name: string;
  /**
   * One entry per dimension: its size, the name of an open size, or null for an open size without a name. The whole is
   * null if the value is not a tensor or has no shape.
   */
  readonly shape: readonly (number | string | null)[] | null;
}

/** Larger tensors are weights, whose numbers are not needed here. */
export const MOST_VALUES = 64;

/**
 * Reads an ONNX model without its weights, which it skips instead of copying. Time is linear in the size of the file;
 * memory is linear in the kept parts, whose number is limited. Errors: `onnx-syntax` with the offset of the faulty
 * byte, `out-of-range` for a model of more parts than any network has.
 */
export function readOnnx({ file, bytes }: SourceBytes): OnnxModel {
  const refuse = (code: ErrorCode, what: string): never =>
    fail(code, `${file}: ${what}`, { expected: 'an ONNX model' });
  const reader = new ProtoReader(bytes, refuse);
  const graph: Graph = { nodes: [], initializers: new Map(), inputs: [], outputs: [], valueInfos: [], found: false };
  reader.eachField((field) => {
    if (field.number === MODEL.graph) readGraph(reader, field, graph);
  });
  if (!graph.found) refuse('onnx-syntax', 'it has no graph');
  return graph;
}

// Field numbers of the fields that are read, from onnx.proto3.
const MODEL = { graph: 7 };
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12, valueInfo: 13 };
const NODE = { input: 1, output: 2, name: 3, operator: 4, attribute: 5, domain: 7 };
const ATTRIBUTE = { name: 1, int: 3, text: 4, tensor: 5, floats: 7, ints: 8 };
const TENSOR = { dims: 1, type: 2, floats: 4, int32s: 5, int64s: 7, name: 8, raw: 9, doubles: 10, uint64s: 11 };
const VALUE_INFO = { name: 1, type: 2 };
const TYPE = { tensor: 1 };
const TENSOR_TYPE = { shape: 2 };
const SHAPE = { dimension: 1 };
const DIMENSION = { size: 1, name: 2 };

/** The parts of a graph, collected as they come: parts come in any order, and a repeated message is merged. */
interface Graph {
  readonly nodes: OnnxNode[];
  readonly initializers: Map<string, OnnxTensor>;
  readonly inputs: OnnxValueInfo[];
  readonly outputs: OnnxValueInfo[];
  readonly valueInfos: OnnxValueInfo[];
  found: boolean;
}

function readGraph(reader: ProtoReader, graphField: Field, graph: Graph): void {
  graph.found = true;
  reader.eachFieldOf(graphField, (field) => {
    switch (field.number) {
      case GRAPH.node:
        graph.nodes.push(readNode(reader, field));
        break;
      case GRAPH.initializer: {
        const tensor = readTensor(reader, field);
        graph.initializers.set(tensor.name, tensor);
        break;
      }
      case GRAPH.input:
        graph.inputs.push(readValueInfo(reader, field));
        break;
      case GRAPH.output:
        graph.outputs.push(readValueInfo(reader, field));
        break;
      case GRAPH.valueInfo:
        graph.valueInfos.push(readValueInfo(reader, field));
        break;
    }
  });
}

function readNode(reader: ProtoReader, nodeField: Field): OnnxNode {
  const attributes = new Map<string, OnnxAttribute>();
  const inputs: string[] = [];
  const outputs: string[] = [];
  const node = { name: '', operator: '', domain: '', inputs, outputs, attributes };
  reader.eachFieldOf(nodeField, (field) => {
    switch (field.number) {
      case NODE.input:
        inputs.push(reader.text(field));
        break;
      case NODE.output:
        outputs.push(reader.text(field));
        break;
      case NODE.name:
        node.name = reader.text(field);
        break;
      case NODE.operator:
        node.operator = reader.text(field);
        break;
      case NODE.domain:
        node.domain = reader.text(field);
        break;
      case NODE.attribute: {
        const { name, ...attribute } = readAttribute(reader, field);
        attributes.set(name, attribute);
        break;
      }
    }
  });
  return node;
}

function readAttribute(reader: ProtoReader, attributeField: Field): OnnxAttribute & { name: string } {
  const ints: number[] = [];
  const floats: number[] = [];
  const attribute = { name: '', int: 0, text: '', ints, floats, tensor: null as OnnxTensor | null };
  reader.eachFieldOf(attributeField, (field) => {
    switch (field.number) {
      case ATTRIBUTE.name:
        attribute.name = reader.text(field);
        break;
      case ATTRIBUTE.int:
        attribute.int = reader.integer(field);
        break;
      case ATTRIBUTE.text:
        attribute.text = reader.text(field);
        break;
      case ATTRIBUTE.tensor:
        attribute.tensor = readTensor(reader, field);
        break;
      case ATTRIBUTE.floats:
        reader.addNumbers(field, 'float', floats);
        break;
      case ATTRIBUTE.ints:
        reader.addNumbers(field, 'varint', ints);
        break;
    }
  });
  return attribute;
}

/** The fields that hold a tensor's numbers, and the encoding of each. */
const TYPED_VALUES: Readonly<Record<number, 'float' | 'double' | 'varint'>> = {
  [TENSOR.floats]: 'float',
  [TENSOR.int32s]: 'varint',
  [TENSOR.int64s]: 'varint',
  [TENSOR.doubles]: 'double',
  [TENSOR.uint64s]: 'varint',
};

function readTensor(reader: ProtoReader, tensorField: Field): OnnxTensor {
  const shape: number[] = [];
  const tensor = { name: '', type: 0 };
  const values: Field[] = [];
  reader.eachFieldOf(tensorField, (field) => {
    if (field.number === TENSOR.dims) reader.addNumbers(field, 'varint', shape);
    else if (field.number === TENSOR.type) tensor.type = reader.integer(field);
    else if (field.number === TENSOR.name) tensor.name = reader.text(field);
    else if (field.number in TYPED_VALUES || field.number === TENSOR.raw) values.push(field);
    // Unpacked numbers have one field each. Those beyond the limit are not needed.
    if (values.length > MOST_VALUES) values.pop();
  });
  if (shape.some((size) => size < 0)) reader.fail(tensorField.from, 'starts a tensor of negative size');
  return { ...tensor, shape, values: smallValues(reader, shape, tensor.type, values) };
}

/** Size and reader of the element types of shapes, scales and axes, by TensorProto.DataType. */
const ELEMENTS: Readonly<Record<number, { size: number; read: (view: DataView, at: number) => number }>> = {
  1: { size: 4, read: (view, at) => view.getFloat32(at, true) },
  2: { size: 1, read: (view, at) => view.getUint8(at) },
  3: { size: 1, read: (view, at) => view.getInt8(at) },
  6: { size: 4, read: (view, at) => view.getInt32(at, true) },
  7: { size: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
  9: { size: 1, read: (view, at) => view.getUint8(at) },
  11: { size: 8, read: (view, at) => view.getFloat64(at, true) },
  12: { size: 4, read: (view, at) => view.getUint32(at, true) },
  13: { size: 8, read: (view, at) => Number(view.getBigUint64(at, true)) },
};

function smallValues(
  reader: ProtoReader,
  shape: readonly number[],
  type: number,
  fields: readonly Field[],
): number[] | null {
  const count = shape.reduce((product, size) => product * size, 1);
  const element = ELEMENTS[type];
  if (count > MOST_VALUES || !element) return null;
  const values: number[] = [];
  for (const field of fields) {
    if (field.number !== TENSOR.raw) reader.addNumbers(field, TYPED_VALUES[field.number], values);
    else if (field.to - field.from <= MOST_VALUES * element.size) addRaw(reader.bytes, field, element, values);
  }
  // A tensor whose weights are in another file has a shape but no numbers.
  return values.length === count ? values : null;
}

function addRaw(bytes: Uint8Array, { from, to }: Field, element: (typeof ELEMENTS)[number], values: number[]): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + from, to - from);
  for (let at = 0; at + element.size <= view.byteLength; at += element.size) values.push(element.read(view, at));
}

function readValueInfo(reader: ProtoReader, infoField: Field): OnnxValueInfo {
  const info = { name: '', shape: null as (number | string | null)[] | null };
  reader.eachFieldOf(infoField, (field) => {
    if (field.number === VALUE_INFO.name) info.name = reader.text(field);
    if (field.number === VALUE_INFO.type) info.shape = readTensorShape(reader, field) ?? info.shape;
  });
  return info;
}

/** The shape of a tensor in a TypeProto. */
function readTensorShape(reader: ProtoReader, typeField: Field): (number | string | null)[] | null {
  let shape: (number | string | null)[] | null = null;
  reader.eachFieldOf(typeField, (type) => {
    if (type.number !== TYPE.tensor) return;
    reader.eachFieldOf(type, (tensor) => {
      if (tensor.number !== TENSOR_TYPE.shape) return;
      const sizes: (number | string | null)[] = shape ?? [];
      shape = sizes;
      reader.eachFieldOf(tensor, (field) => {
        if (field.number === SHAPE.dimension) sizes.push(readDimension(reader, field));
      });
    });
  });
  return shape;
}

/** A dimension's size, or its name or null if it is open. Exporters write an open size as a name, as nothing, as 0 or as -1. */
function readDimension(reader: ProtoReader, dimensionField: Field): number | string | null {
  let dimension: number | string | null = null;
  reader.eachFieldOf(dimensionField, (field) => {
    if (field.number === DIMENSION.size) {
      const size = reader.integer(field);
      dimension = size > 0 ? size : null;
    }
    if (field.number === DIMENSION.name) dimension = reader.text(field) || null;
  });
  return dimension;
}
