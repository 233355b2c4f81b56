import { fail } from '../../base/errors.ts';
import type { OnnxAttribute, OnnxNode } from '../../formats/onnx/index.ts';

export type Shape = readonly number[];

/** Facts about a value that are known before a network runs. */
export interface Value {
  /** Null if unknown. */
  readonly shape: Shape | null;
  /** Whether the value is the same in every inference: weights, and anything computed from weights and shapes alone. */
  readonly constant: boolean;
  /** The numbers of a small constant. */
  readonly numbers: readonly number[] | null;
  /** Whether its numbers have an integer type, in which division drops the fraction. */
  readonly whole: boolean;
}

/** A node and what is known of its inputs. An omitted input is undefined. */
export interface Call {
  readonly node: OnnxNode;
  /** The node's name in messages. */
  readonly label: string;
  readonly inputs: readonly (Value | undefined)[];
}

export function failAt({ label }: Call, what: string, expected?: string): never {
  fail('out-of-range', `${label}: ${what}`, { expected });
}

export function int({ node }: Call, name: string, otherwise: number): number {
  return node.attributes.get(name)?.int ?? otherwise;
}

export function ints({ node }: Call, name: string): readonly number[] | undefined {
  return node.attributes.get(name)?.ints;
}

/** The numbers of an input, or of the attribute that held them in older versions of the operator; null if unknown. */
export function numbersOf(call: Call, index: number, attribute: string): readonly number[] | null | undefined {
  const input = call.inputs[index];
  if (input) return input.numbers;
  const given: OnnxAttribute | undefined = call.node.attributes.get(attribute);
  return given && (given.ints.length > 0 ? given.ints : given.floats);
}

export function product(sizes: Shape): number {
  return sizes.reduce((total, size) => total * size, 1);
}

/** An axis index that may count from either end, as an index from the front. */
export function place(call: Call, axis: number, rank: number): number {
  const from0 = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(from0) || from0 < 0 || from0 >= rank) failAt(call, `there is no axis ${axis} of ${rank}`);
  return from0;
}

/** The shape to which tensors broadcast: aligned at the right, sizes must be equal or 1. */
export function broadcast(call: Call, shapes: readonly Shape[]): Shape {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, i) => {
    const sizes = shapes.map((shape) => shape[i - rank + shape.length] ?? 1).filter((size) => size !== 1);
    if (sizes.some((size) => size !== sizes[0])) {
      failAt(call, `shapes ${shapes.map((shape) => `[${shape.join(' x ')}]`).join(' and ')} do not go together`);
    }
    return sizes[0] ?? 1;
  });
}
