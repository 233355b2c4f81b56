import { type Estimator, type ExpressionValue, isRefusal, type Refusal } from '../../energy/index.ts';
import type { Attributes } from '../accelergy-input/attributes.ts';
import type { Rules } from '../accelergy-input/rules.ts';
import { addSizes, type KnownClass, knownClass } from './aliases.ts';
import type { Figure, Question } from './question.ts';
import { failUnanswered } from './unanswered.ts';

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
  const said = new Set<string>();
  /** Sources that disagree are no silent matter; one remark for each class and range. */
  const sayWide = ({ class: cls, span, attributes }: Question, { spread }: Figure): void => {
    if (!spread || said.has(cls + spread.sources)) return;
    said.add(cls + spread.sources);
    const [low, high] = [spread.low, spread.high].map((times) => Number(times.toPrecision(3)));
    rules.remark({
      code: 'out-of-range',
      message: `sources disagree about ${cls}: they span ${low} to ${high} times the figure used`,
      span: attributes.get('technology')?.span ?? span,
      expected: spread.sources,
    });
  };
  return {
    ask(question) {
      const key = keyOf(question);
      const before = known.get(key);
      if (before) return before;
      const figure = decide(ranked, question, rules);
      sayWide(question, figure);
      known.set(key, figure);
      return figure;
    },
  };
}

/** Texts of attributes: all rows of a part ask with the same ones. */
const texts = new WeakMap<Attributes, string>();

function keyOf({ class: cls, action, attributes, arguments: given }: Question): string {
  let known = texts.get(attributes);
  if (known === undefined) {
    known = listText(attributes);
    texts.set(attributes, known);
  }
  return `${JSON.stringify([cls, action])}${known}${listText(given)}`;
}

function listText(attributes: Attributes): string {
  let text = '';
  for (const [name, { value }] of attributes)
    text += `${name}=${typeof value === 'number' ? value : JSON.stringify(value)},`;
  return `${text};`;
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
  return failUnanswered(question, { ranked, wanted, refused, refusals, rules });
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
    if (isRefusal(area)) return area;
    const { areaM2, ...rest } = area;
    return { value: areaM2 * 1e12, ...rest };
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
