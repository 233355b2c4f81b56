import type { Span } from '../../base/errors.ts';
import { evaluate, type Names, operandOf } from './evaluate.ts';
import { type ExpressionNode, parseExpression, type Value } from './expression.ts';
import type { Operand } from './functions.ts';

/** Most expressions kept. A file repeats few texts, but often: once for each combination of an action's arguments. */
const MOST_KEPT = 5000;

const kept = new Map<string, ExpressionNode>();

/** The value of an expression. The tree of a text is kept for the next time. Errors: those of `parseExpression` and `evaluate`. */
export function evaluateExpression(text: string, names: Names, span?: Span): Value {
  return evaluate({ text, span, root: rootOf(text, span) }, names);
}

/** As `evaluateExpression`, for an expression that may have a list as its value. */
export function evaluateOperand(text: string, names: Names, span?: Span): Operand {
  const root = rootOf(text, span);
  return operandOf({ text, span, root }, root, names);
}

function rootOf(text: string, span: Span | undefined): ExpressionNode {
  let root = kept.get(text);
  if (root === undefined) {
    root = parseExpression(text, span).root;
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(text, root);
  }
  return root;
}
