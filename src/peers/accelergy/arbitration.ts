import { type Diagnostic, fail, type Span } from '../../base/errors.ts';
import { type Estimator, type ExpressionValue, isRefusal, type Provenance, type Refusal } from '../../energy/index.ts';
import type { Attributes } from '../accelergy-input/attributes.ts';
import type { Rules } from '../accelergy-input/rules.ts';
import { addSizes, type KnownClass, knownClass } from './aliases.ts';

/** A figure in pJ or um2, and who gave it. */
export interface Figure extends Provenance {
  readonly value: number;
  readonly estimator: string;
  readonly voltageV?: number | null | undefined;
  readonly temperatureK?: number | undefined;
  /** Estimators that were asked before, and why they have no figure. */
  readonly refused: readonly string[];
}

export interface Question {
  readonly class: string;
  readonly attributes: Attributes;
  /** Undefined for the area. */
  readonly action?: string | undefined;
  readonly arguments: Attributes;
  /** The component or part, for messages. */
  readonly what: string;
  readonly span: Span;
}

/** Asks the estimators of one run, and remembers the answers: many components ask the same. */
export interface Arbiter {
  /** The first figure in the order of accuracy and then of registration. Error: `no-estimator` with every reason. */
  ask(question: Question): Figure;
}

/**
 * Accelergy's arbitration: the attribute `plug_in` admits one estimator alone, `min_accuracy` those above it; the most
 * accurate answers, and among equals the one that was registered first. Area and the action `leak` are multiplied by the
 * attribute `n_instances`.
 */
export function arbiter(estimators: readonly Estimator[], rules: Rules): Arbiter {
  const ranked = [...estimators].sort((a, b) => b.priority - a.priority);
  const known = new Map<string, Figure>();
  return {
    ask(question) {
      const key = keyOf(question);
      const before = known.get(key);
      if (before) return before;
      const figure = decide(ranked, question, rules);
      known.set(key, figure);
      return figure;
    },
  };
}

function keyOf(question: Question): string {
  const list = (attributes: Attributes) => [...attributes].map(([name, { value }]) => [name, value]);
  return JSON.stringify([question.class, question.action, list(question.attributes), list(question.arguments)]);
}

function decide(ranked: readonly Estimator[], question: Question, rules: Rules): Figure {
  const given = valuesOf(question.attributes);
  const attributes = rules.hasOldMeaning ? modernised(given, rules) : given;
  if (rules.peer === undefined) addSizes(attributes);
  const known: KnownClass =
    rules.peer === undefined ? knownClass(question.class, question.action, attributes) : question;
  const query = { class: known.class, attributes };
  const wanted = attributes.get('plug_in');
  const least = Math.max(...['min_accuracy', 'minimum_accuracy'].map((name) => Number(attributes.get(name) ?? 0) || 0));
  const refused: string[] = [];
  const refusals: Refusal[] = [];
  for (const estimator of ranked) {
    const barred = barredBy(estimator, wanted, least);
    const answer = barred ?? figureOf(estimator, query, known.action, question);
    if (!isRefusal(answer)) {
      const assumption = [known.assumption, answer.assumption].filter(Boolean).join('; ') || undefined;
      return { ...times(answer, question, attributes), assumption, estimator: estimator.name, refused };
    }
    refused.push(`${estimator.name}: ${answer.reason}`);
    refusals.push(answer);
  }
  return failUnanswered(question, ranked, wanted, refused, refusals, rules);
}

function barredBy(
  { name, priority }: Estimator,
  wanted: ExpressionValue | undefined,
  least: number,
): Refusal | undefined {
  if (wanted !== undefined && wanted !== name) return { reason: `the attribute plug_in asks for "${wanted}"` };
  return priority < least ? { reason: `its accuracy ${priority} is below min_accuracy ${least}` } : undefined;
}

type Answer = Omit<Figure, 'estimator' | 'refused'>;

function figureOf(
  estimator: Estimator,
  query: { class: string; attributes: ReadonlyMap<string, ExpressionValue> },
  action: string | undefined,
  question: Question,
): Answer | Refusal {
  if (action === undefined) {
    const area = estimator.estimateArea(query);
    return isRefusal(area) ? area : { value: area.areaM2 * 1e12, source: area.source, assumption: area.assumption };
  }
  const answer = estimator.estimateAction({
    ...query,
    action,
    arguments: valuesOf(question.arguments),
  });
  if (isRefusal(answer)) return answer;
  const { energyJ, ...rest } = answer;
  return { value: energyJ * 1e12, ...rest };
}

function times(answer: Answer, { action }: Question, attributes: ReadonlyMap<string, ExpressionValue>): Answer {
  const instances = attributes.get('n_instances') ?? 1;
  const counts = action === undefined || action === 'leak';
  return counts && typeof instances === 'number' ? { ...answer, value: answer.value * instances } : answer;
}

/** Without empty attributes, as Accelergy asks; lists and mappings mean nothing to an estimator. */
function valuesOf(attributes: Attributes): Map<string, ExpressionValue> {
  const values = new Map<string, ExpressionValue>();
  for (const [name, { value }] of attributes) if (value !== null && typeof value !== 'object') values.set(name, value);
  return values;
}

/** The attributes of 0.3 under the names that estimators know since 0.4: `latency` is the cycle. */
function modernised(attributes: Map<string, ExpressionValue>, { peer }: Rules): Map<string, ExpressionValue> {
  const cycle = secondsOf(attributes.get('latency'));
  if (cycle !== undefined && (peer !== undefined || !attributes.has('global_cycle_seconds')))
    attributes.set('global_cycle_seconds', cycle);
  if (!attributes.has('n_banks') && attributes.has('nbanks')) attributes.set('n_banks', attributes.get('nbanks')!);
  return attributes;
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, ms: 1e-3, us: 1e-6, ns: 1e-9, ps: 1e-12, '': 1 };

/** The seconds of `5ns`; undefined for anything that is no time. */
function secondsOf(value: ExpressionValue | undefined): number | undefined {
  const match = /^\s*([\d.]+(?:e[-+]?\d+)?)\s*([mnup]?s|)\s*$/i.exec(String(value ?? ''));
  const seconds = match ? Number(match[1]) * SECONDS[match[2].toLowerCase()] : Number.NaN;
  return seconds > 0 ? seconds : undefined;
}

function failUnanswered(
  question: Question,
  ranked: readonly Estimator[],
  wanted: ExpressionValue | undefined,
  refused: readonly string[],
  refusals: readonly Refusal[],
  rules: Rules,
): never {
  const names = [...new Set(ranked.map(({ name }) => name))];
  if (wanted !== undefined && !names.includes(String(wanted))) {
    fail('unknown-name', `${question.what} asks for the plug-in "${wanted}"`, {
      span: question.attributes.get('plug_in')?.span ?? question.span,
      expected: `one of ${names.join(', ')}`,
    });
  }
  const figure =
    question.action === undefined
      ? `the area of ${question.class}`
      : `the energy of ${question.class}.${question.action}`;
  // The reason of an estimator that knows the class tells most; "it has no class" tells nothing.
  const telling = refused.filter(
    (_, i) => !/^it (has no class|is a placeholder)|has no component|has no table of|is for /.test(refusals[i].reason),
  );
  const reasons = (telling.length > 0 ? telling : refused.slice(0, 3)).map((reason) => `\n  ${reason}`).join('');
  const remedies = [...new Set(refusals.flatMap(({ remedy }) => (remedy === undefined ? [] : [remedy])))];
  const diagnostic: Diagnostic = {
    code: 'no-estimator',
    message: `${question.what}: no estimator has ${figure}${reasons}`,
    span: question.span,
    expected: [...remedies, OWN_FIGURES].join('; or '),
  };
  return fail(diagnostic.code, diagnostic.message, {
    ...diagnostic,
    expected: rules.peer ? undefined : diagnostic.expected,
  });
}

const OWN_FIGURES = 'figures of your own, in a set of tables (--tables) or a component library';
