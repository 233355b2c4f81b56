import { isTrue, nodeValue, type Scope } from './evaluate.ts';
import { childrenOf, type Expression, type ExpressionNode } from './expression.ts';
import { failAt } from './tokens.ts';

/** constant + sum of coefficient x variable */
export interface LinearForm {
  readonly constant: number;
  readonly coefficients: ReadonlyMap<string, number>;
}

/**
 * Evaluates an expression but keeps some of its names as variables, so that one linear form serves all their values.
 * Because the form is linear, the counts of two intervals add up. Variables take precedence over names of the scope.
 * Errors: those of `evaluate`; `expression-not-linear` where a variable is multiplied by a variable, used as a divisor,
 * compared, rounded or otherwise used nonlinearly.
 */
export function evaluateLinear(
  expression: Expression,
  isVariable: (name: string) => boolean,
  scope: Scope,
): LinearForm {
  return formOf({ expression, isVariable, scope }, expression.root);
}

interface Context {
  readonly expression: Expression;
  readonly isVariable: (name: string) => boolean;
  readonly scope: Scope;
}

function formOf(context: Context, node: ExpressionNode): LinearForm {
  if (!varies(context, node)) return { constant: constantOf(context, node), coefficients: new Map() };
  switch (node.kind) {
    case 'name':
      return { constant: 0, coefficients: new Map([[node.name, 1]]) };
    case 'unary':
      if (node.operator === 'not') break;
      return combine(context, node, formOf(context, node.operand), node.operator === '-' ? -1 : 1);
    case 'arithmetic':
      return arithmetic(context, node);
    case 'choice':
      if (varies(context, node.condition)) break;
      return formOf(
        context,
        isTrue(nodeValue(context.expression, node.condition, context.scope)) ? node.whenTrue : node.whenFalse,
      );
  }
  return notLinear(context, node);
}

function arithmetic(context: Context, node: Extract<ExpressionNode, { kind: 'arithmetic' }>): LinearForm {
  const { left, right, operator } = node;
  if (operator === '+' || operator === '-') {
    return combine(context, node, formOf(context, left), 1, formOf(context, right), operator === '-' ? -1 : 1);
  }
  if (operator === '*' && !varies(context, left))
    return combine(context, node, formOf(context, right), constantOf(context, left));
  if (operator === '*' && !varies(context, right))
    return combine(context, node, formOf(context, left), constantOf(context, right));
  if (operator === '/' && !varies(context, right)) {
    const divisor = constantOf(context, right);
    return combine(context, node, formOf(context, left), (x) => x / divisor);
  }
  return notLinear(context, node);
}

const NOTHING: LinearForm = { constant: 0, coefficients: new Map() };

/** factor a + factor b. Every number of the result is finite. */
function combine(
  context: Context,
  node: ExpressionNode,
  a: LinearForm,
  factorA: number | ((x: number) => number),
  b: LinearForm = NOTHING,
  factorB = 1,
): LinearForm {
  const scale = typeof factorA === 'number' ? (x: number) => factorA * x : factorA;
  const coefficients = new Map([...a.coefficients].map(([name, x]) => [name, scale(x)]));
  for (const [name, x] of b.coefficients) coefficients.set(name, (coefficients.get(name) ?? 0) + factorB * x);
  const constant = scale(a.constant) + factorB * b.constant;
  if (![constant, ...coefficients.values()].every(Number.isFinite)) {
    failAt(context.expression, node, 'expression-not-a-number', 'a coefficient of this is not a finite number');
  }
  return { constant, coefficients };
}

function varies(context: Context, node: ExpressionNode): boolean {
  return node.kind === 'name'
    ? context.isVariable(node.name)
    : childrenOf(node).some((child) => varies(context, child));
}

function constantOf({ expression, scope }: Context, node: ExpressionNode): number {
  const value = nodeValue(expression, node, scope);
  if (typeof value !== 'string') return Number(value);
  return failAt(expression, node, 'expression-not-a-number', `"${value}" is text, not a number`);
}

function notLinear({ expression }: Context, node: ExpressionNode): never {
  failAt(
    expression,
    node,
    'expression-not-linear',
    `"${expression.text.slice(node.from, node.to)}" is not linear in the counters`,
    {
      expected: 'a sum of counters, each times a constant',
    },
  );
}
