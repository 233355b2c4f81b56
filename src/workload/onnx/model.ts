import { type Diagnostic, fail, InputError, nearestName, type Span } from '../../base/errors.ts';
import type { SourceBytes } from '../../base/source.ts';
import { type OnnxModel, type OnnxNode, type OnnxValueInfo, readOnnx } from '../../formats/onnx/index.ts';
import type { Layer, OmittedLayer, Workload } from '../layer.ts';
import { checkBatch, checkCountable, nameOf } from '../shapes.ts';
import type { Call, Shape, Value } from './call.ts';
import { isWhole, isWholeType, outputNumbers } from './constants.ts';
import { checkOperators, isProduct, omittedOperator } from './operators.ts';
import { productOf } from './products.ts';
import { outputShapes } from './shapes.ts';

export interface OnnxOptions {
  /** Images (sequences) per inference; multiplies the model's own number. Default 1. */
  readonly batch?: number | undefined;
  /** Sizes of dimensions that the model leaves open, by name, or as `input.axis` for dimensions without a name. */
  readonly dimensions?: Readonly<Record<string, number>> | undefined;
  /** Further operators without products, such as `com.example.Silu`. Their result has the shape of their first input. */
  readonly productFree?: readonly string[] | undefined;
  /** The place where a dimension was given. */
  readonly spanOf?: ((dimension: string) => Span) | undefined;
}

/** Whether a file name is that of an ONNX model. */
export function isOnnx(file: string): boolean {
  return /\.onnx$/i.test(file);
}

/**
 * Reads an ONNX model as a workload, in the order of its nodes (docs/formats/onnx.md). From its weights it reads only the
 * shapes. It omits nodes that depend on weights alone, since they are not part of an inference.
 *
 * Errors: those of `readOnnx`; `not-supported` for operators, convolutions and shapes that cannot be counted;
 * `missing-key` for an open dimension without a size; `unknown-name` for a given dimension that is not open, and for a
 * value used before it exists; `duplicate-name`; `out-of-range`, `filter-larger-than-ifmap` for shapes that do not fit;
 * `empty-workload`.
 */
export function readOnnxModel(
  source: SourceBytes,
  { batch = 1, dimensions = {}, spanOf, productFree = [] }: OnnxOptions = {},
): Workload {
  checkBatch(batch);
  const { file } = source;
  const model = readOnnx(source);
  checkOperators(file, model.nodes, productFree);
  const open = new Dimensions(file, dimensions, inputsOf(model));
  open.check(spanOf);
  const values = knownValues(model, open);
  const shapeOf = statedShapes(model, open);
  const names = new Names();
  const layers: Layer[] = [];
  const omitted: OmittedLayer[] = [];
  const assumed: string[] = [];
  for (const [index, node] of model.nodes.entries()) {
    const call = callOf(file, node, index, values);
    const constant = isConstant(call);
    const name = constant ? '' : names.unique(node, index);
    let shapes: (Shape | null)[];
    if (isProduct(node) && !constant) {
      const { shape, layers: parts, assumption } = productOf(call, name, batch);
      layers.push(...named(parts, () => names.unique(node, index)));
      if (assumption) assumed.push(assumption);
      shapes = [shape];
    } else {
      const { type, rule } = isProduct(node) ? CONSTANT_PRODUCT : omittedOperator(node);
      if (!constant) omitted.push({ name, type });
      shapes = outputShapes(rule, call);
    }
    addOutputs(call, { shapes, constant, shapeOf, values });
  }
  if (layers.length === 0) fail('empty-workload', `${file} has no convolution or matrix product`);
  const workload = { name: nameOf(file), layers, omitted, assumptions: [...open.assumptions(), ...assumed] };
  checkCountable(workload, file);
  return workload;
}

/** Names the parts of one node. Each part after the first gets a name from `next`. */
function named(parts: readonly Layer[], next: () => string): Layer[] {
  return parts.map((layer, i) => (i === 0 ? layer : { ...layer, name: next() }));
}

/** The product of two constants is computed once, before any inference. */
const CONSTANT_PRODUCT = { type: '', rule: 'unknown' } as const;

/** Inputs that a user of the model gives. Older models list their weights there too. */
function inputsOf({ inputs, initializers }: OnnxModel): OnnxValueInfo[] {
  return inputs.filter(({ name }) => !initializers.has(name));
}

function knownValues(model: OnnxModel, open: Dimensions): Map<string, Value> {
  const values = new Map<string, Value>();
  for (const { name, shape, values: numbers, type } of model.initializers.values()) {
    values.set(name, { shape, constant: true, numbers, whole: isWholeType(type) });
  }
  for (const info of inputsOf(model)) {
    values.set(info.name, { shape: open.shapeOf(info), constant: false, numbers: null, whole: false });
  }
  return values;
}

/** The shapes that the file states for values; null for a value without one, or with an open size. */
function statedShapes({ valueInfos, outputs }: OnnxModel, open: Dimensions): (name: string) => Shape | null {
  const shapes = new Map([...outputs, ...valueInfos].map((info) => [info.name, open.shapeOf(info)]));
  return (name) => shapes.get(name) ?? null;
}

function callOf(file: string, node: OnnxNode, index: number, values: ReadonlyMap<string, Value>): Call {
  const label = `${file}: ${node.operator} ${node.name === '' ? `at place ${index + 1}` : `"${node.name}"`}`;
  const inputs = node.inputs.map((name) => {
    if (name === '') return undefined;
    return values.get(name) ?? fail('unknown-name', `${label}: no node before it gives the value "${name}"`);
  });
  return { node, label, inputs };
}

/** Whether a node gives the same result in every inference. A shape is known whatever the data are. */
function isConstant({ node, inputs }: Call): boolean {
  const { operator } = node;
  if (operator === 'Constant' || operator === 'Shape' || operator === 'Size') return true;
  return inputs.length > 0 && inputs.every((input) => input?.constant ?? true);
}

interface Outputs {
  readonly shapes: readonly (Shape | null)[];
  readonly constant: boolean;
  readonly shapeOf: (name: string) => Shape | null;
  readonly values: Map<string, Value>;
}

function addOutputs(call: Call, { shapes, constant, shapeOf, values }: Outputs): void {
  const whole = isWhole(call);
  for (const [i, output] of call.node.outputs.entries()) {
    if (output === '') continue;
    if (values.has(output)) fail('duplicate-name', `${call.label}: there is a value "${output}" already`);
    const shape = constantShape(call) ?? shapes[i] ?? shapeOf(output);
    const numbers = constant && shape && i === 0 ? outputNumbers(call, shape) : null;
    values.set(output, { shape, constant, numbers, whole });
  }
}

/** The shape of a Constant's value. */
function constantShape({ node: { operator, attributes } }: Call): Shape | undefined {
  if (operator !== 'Constant') return undefined;
  const list = attributes.get('value_ints')?.ints ?? attributes.get('value_floats')?.floats;
  return attributes.get('value')?.tensor?.shape ?? (list ? [list.length] : []);
}

/** Names of layers: those of the nodes or of their results. A repeated name gets a number. */
class Names {
  private readonly taken = new Set<string>();
  /** The next number to try for each name. It keeps many nodes of one name as fast as nodes of different names. */
  private readonly next = new Map<string, number>();

  unique({ name, operator, outputs }: OnnxNode, index: number): string {
    const wanted = name || outputs.find((output) => output !== '') || `${operator}_${index + 1}`;
    let found = wanted;
    while (this.taken.has(found)) {
      const number = this.next.get(wanted) ?? 2;
      this.next.set(wanted, number + 1);
      found = `${wanted}_${number}`;
    }
    this.taken.add(found);
    return found;
  }
}

/** Sizes that the model leaves open. */
class Dimensions {
  private readonly file: string;
  private readonly given: ReadonlyMap<string, number>;
  /** Open dimensions of the inputs and the size of each; undefined for a size that the caller must give. */
  private readonly found = new Map<string, number | undefined>();

  constructor(file: string, given: Readonly<Record<string, number>>, inputs: readonly OnnxValueInfo[]) {
    this.file = file;
    this.given = new Map(Object.entries(given));
    for (const input of inputs) {
      for (const [axis, size] of (input.shape ?? []).entries()) {
        if (typeof size !== 'number') this.add(input, axis, size);
      }
    }
  }

  /** The first of several dimensions counts images, unless its name says otherwise. */
  private add({ name, shape }: OnnxValueInfo, axis: number, named: string | null): void {
    const isBatch = axis === 0 && shape!.length > 1 && !/seq|len/i.test(named ?? '');
    const dimension = named ?? `${name}.${axis}`;
    this.found.set(dimension, this.given.get(dimension) ?? this.found.get(dimension) ?? (isBatch ? 1 : undefined));
  }

  /** The shape of a value; null if one of its sizes is unknown. */
  shapeOf({ name, shape }: OnnxValueInfo): Shape | null {
    const sizes = shape?.map((size, axis) =>
      typeof size === 'number' ? size : this.found.get(size ?? `${name}.${axis}`),
    );
    return sizes?.every((size) => size !== undefined) ? sizes : null;
  }

  /** Throws `missing-key` for every dimension without a size, and `unknown-name` for every given dimension that is not open. */
  check(spanOf: ((dimension: string) => Span) | undefined): void {
    const problems: Diagnostic[] = [];
    for (const [dimension, size] of this.found) {
      if (size !== undefined) continue;
      const expected = `dimensions: { ${dimension}: 128 }, or another size, in the experiment`;
      problems.push({ code: 'missing-key', message: `${this.file} leaves dimension "${dimension}" open`, expected });
    }
    for (const dimension of this.given.keys()) {
      if (this.found.has(dimension)) continue;
      const names = [...this.found.keys()];
      const message = `${this.file} has no open dimension "${dimension}"`;
      const expected = names.length > 0 ? `one of ${names.join(', ')}` : 'none: all its sizes are given';
      const suggestion = nearestName(dimension, names);
      problems.push({ code: 'unknown-name', message, span: spanOf?.(dimension), expected, suggestion });
    }
    if (problems.length > 0) throw new InputError(problems);
  }

  /** The sizes that were assumed by default. */
  assumptions(): string[] {
    return [...this.found.keys()]
      .filter((dimension) => !this.given.has(dimension))
      .map((dimension) => `dimension "${dimension}" of ${this.file}, which the model leaves open, is 1`);
  }
}
