import { fail, nearestName, type Span } from '../base/errors.ts';
import type { ErtAction, ErtComponent } from './ert.ts';
import { evaluate, type Scope } from './expression/evaluate.ts';
import { parseExpression, type Value } from './expression/expression.ts';

/** An action with the arguments that choose among its entries: `read(data_delta=1)`. */
export interface ActionKey {
  readonly action: string;
  readonly arguments: ReadonlyMap<string, Value>;
  readonly span?: Span | undefined;
}

const KEY = /^\s*([^\s()]+)\s*(?:\((.*)\))?\s*$/;
const ARGUMENT = /^\s*([A-Za-z_]\w*)\s*=([^=].*)$/;

/** Reads an action key; argument values are expressions over `scope`. Errors: `expression-syntax` and others of expressions. */
export function actionKeyOf(text: string, scope: Scope, span?: Span): ActionKey {
  const match = KEY.exec(text);
  const expected = 'an action such as read or read(data_delta=1)';
  if (!match) fail('expression-syntax', `"${text}" is not an action`, { span, expected });
  const [, action, list = ''] = match;
  const values = new Map<string, Value>();
  for (const part of list.split(',').filter((p) => p.trim() !== '')) {
    const argument = ARGUMENT.exec(part);
    if (!argument) fail('expression-syntax', `"${part.trim()}" is not an argument`, { span, expected });
    values.set(argument[1], evaluate(parseExpression(argument[2].trim(), span), scope));
  }
  return { action, arguments: values, span };
}

/**
 * The first entry of that action that has the given arguments, which is the entry that Accelergy picks. Omitted
 * arguments match any value. Errors: `action-unknown`, `unknown-name`, `argument-out-of-range`.
 */
export function findEntry({ component, actions }: ErtComponent, key: ActionKey): ErtAction {
  const { span } = key;
  const alike = actions.filter((entry) => entry.action === key.action);
  if (alike.length === 0) failUnknownAction(component.name, actions, key);
  for (const name of key.arguments.keys()) {
    const known = [...alike[0].arguments.keys()];
    if (known.includes(name)) continue;
    fail('unknown-name', `action "${key.action}" of "${component.name}" has no argument "${name}"`, {
      span,
      expected: known.length > 0 ? `one of ${known.join(', ')}` : 'no arguments',
      suggestion: nearestName(name, known),
    });
  }
  const entry = alike.find((e) =>
    [...key.arguments].every(([name, value]) => Number(e.arguments.get(name)?.value) === Number(value)),
  );
  if (entry) return entry;
  const values = [...key.arguments].map(([name, value]) => `${name}=${value}`).join(', ');
  return fail('argument-out-of-range', `action "${key.action}" of "${component.name}" has no entry for ${values}`, {
    span,
  });
}

function failUnknownAction(component: string, actions: readonly ErtAction[], { action, span }: ActionKey): never {
  const known = [...new Set(actions.map((entry) => entry.action))];
  fail('action-unknown', `component "${component}" has no action "${action}"`, {
    span,
    // A primitive component has the actions that it lists. The usual slip is to forget the list.
    expected:
      known.length > 0
        ? `one of ${known.join(', ')}`
        : 'a list of its actions under required_actions in the architecture',
    suggestion: nearestName(action, known),
  });
}
