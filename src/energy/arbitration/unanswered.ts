import { type Diagnostic, fail, nearestName } from '../../base/errors.ts';
import { type Plain, plainText } from '../../formats/accelergy/index.ts';
import { nodeOf } from '../estimators/attributes.ts';
import type { Refusal } from '../estimators/estimator.ts';
import type { Value } from '../expression/expression.ts';
import type { Rules } from '../input/rules.ts';
import type { Question, Unanswered } from './question.ts';

/** Where a user puts figures of their own. */
function ownFigures({ isRun }: Rules): string {
  return isRun
    ? `figures of your own in a table (the accelerator's "tables")`
    : 'figures of your own, in a set of tables (--tables) or a component library (--library)';
}

/** Refusals that only say that an estimator is for something else. */
const FOREIGN =
  /^it (has no class|is a placeholder)|has no component|has no table of|is for |takes an SRAM for a register file only/;

/** Ends the name of the component in a message; the rest is the cause, which several components may share. */
const BETWEEN = ': no estimator ';

/**
 * Throws `no-estimator`, or `unknown-name` for a plug-in that does not exist. The message names the component and then the cause: a class
 * that no estimator knows, a technology without figures of the class, or the reasons of the estimators that know the class.
 */
export function failUnanswered(question: Question, action: string | undefined, unanswered: Unanswered): never {
  const { court, reasons: refused, refusals } = unanswered;
  const { ranked, rules } = court;
  const names = [...new Set(ranked.map(({ name }) => name))];
  const wanted = question.attributes.get('plug_in');
  if (wanted && !names.includes(String(wanted.value))) {
    fail('unknown-name', `${question.what} asks for the plug-in "${plainText(wanted.value)}"`, {
      span: wanted.span,
      expected: `one of ${names.join(', ')}`,
    });
  }
  const telling = refusals.flatMap((refusal, i) => (FOREIGN.test(refusal.reason) ? [] : [{ ...refusal, i }]));
  if (telling.length === 0) failClass(question, unanswered);
  if (!rules.peer && !question.attributes.has('technology'))
    failTechnology(question, [{ reason: '', technology: '45nm' }], rules);
  if (telling.every(({ technology }) => technology !== undefined)) failTechnology(question, telling, rules);
  const reasons = telling.map(({ i }) => `\n  ${refused[i]}`).join('');
  const remedies = telling.flatMap(({ remedy }) => (remedy === undefined ? [] : [remedy]));
  const figure = action === undefined ? `figures of ${question.class}` : `the energy of ${question.class}.${action}`;
  const cause = `has ${figure}${reasons}`;
  return failWith(atFault(question, remedies), cause, rules, [...new Set(remedies), ownFigures(rules)]);
}

/** The question at the attribute that the first remedy names, if the user's file gives it. */
function atFault(question: Question, remedies: readonly string[]): Question {
  const span = question.attributes.get(remedies[0]?.split(':')[0])?.span;
  return span?.file === question.span.file ? { ...question, span } : question;
}

function failClass(question: Question, { court, reasons: refused }: Unanswered): never {
  const { class: cls, attributes } = question;
  const reasons = attributes.has('plug_in')
    ? refused
        .slice(0, 3)
        .map((reason) => `\n  ${reason}`)
        .join('')
    : '';
  const cause = `knows the class "${cls}"${reasons}`;
  return failWith(question, cause, court.rules, [ownFigures(court.rules)], nearestName(cls, court.classes));
}

function failTechnology(question: Question, refusals: readonly Refusal[], rules: Rules): never {
  const { class: cls, attributes, span } = question;
  const asked = attributes.get('technology');
  const nearest = [...new Set(refusals.map(({ technology }) => technology))].join(' or ');
  const own = { ...question, span: asked?.span ?? span };
  const cause = asked ? withoutFigures(cls, asked.value, nearest) : 'has figures without a technology';
  return failWith(own, cause, rules, [`technology: "${nearest}"`, ownFigures(rules)]);
}

function withoutFigures(cls: string, technology: Plain, nearest: string): string {
  const name = `the technology "${plainText(technology)}"`;
  return nodeOf(technology as Value) === undefined
    ? `has figures for ${name}, which is no node in nm`
    : `has figures of ${cls} for ${name}; the nearest is ${nearest}`;
}

function failWith(
  { what, span }: Question,
  cause: string,
  rules: Rules,
  expected: readonly string[],
  suggestion?: string,
): never {
  return fail('no-estimator', `${what}${BETWEEN}${cause}`, {
    span,
    expected: rules.peer ? undefined : expected.join('; or '),
    suggestion: rules.peer ? undefined : suggestion,
  });
}

/** Most components that a message names. */
const MOST_NAMED = 3;

/**
 * One problem for each cause: the first place of it, with the components that share it. A class without figures would repeat the problem
 * for each component and action, a class with a slip for each of its rows, and a name without a value for each of its uses.
 */
export function oncePerCause(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const causes = new Map<unknown, { first: Diagnostic; whats: Set<string> }>();
  for (const diagnostic of diagnostics) {
    const { code, span, message } = diagnostic;
    const cut = code === 'no-estimator' ? message.indexOf(BETWEEN) : -1;
    const place = span ? `${code} ${span.file}:${span.line}:${span.column}` : diagnostic;
    // A name that is nowhere given is missing wherever it is used.
    const key = code === 'expression-unknown-name' ? message : cut < 0 ? place : message.slice(cut);
    const known = causes.get(key) ?? { first: diagnostic, whats: new Set() };
    if (cut >= 0) known.whats.add(message.slice(0, cut));
    causes.set(key, known);
  }
  return [...causes.values()].map(({ first, whats }) => {
    const others = [...whats].slice(1);
    if (others.length === 0) return first;
    const named = [...whats].slice(0, MOST_NAMED).join(', ');
    const more = whats.size > MOST_NAMED ? ` and ${whats.size - MOST_NAMED} more` : '';
    return { ...first, message: `${named}${more}${first.message.slice(first.message.indexOf(BETWEEN))}` };
  });
}
