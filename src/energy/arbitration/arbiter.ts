import {
  type AreaEstimate,
  type CycleEstimate,
  type Estimate,
  type Estimator,
  isRefusal,
  type LeakageEstimate,
  type Provenance,
  type Query,
  type Refusal,
} from '../estimators/estimator.ts';
import type { Value } from '../expression/expression.ts';
import type { Rules } from '../input/rules.ts';
import { keyOf, valuesOf } from '../input/values.ts';
import { addSizes, type KnownClass, knownClass } from './aliases.ts';
import type { ActionQuestion, Court, Question, Unanswered } from './question.ts';
import { failUnanswered } from './unanswered.ts';

/** An answer, and how it was found. */
export type Found<T> = T & {
  readonly estimator: string;
  /** Estimators that were asked before, and why they have no figure. */
  readonly refused: readonly string[];
};

/** Asks the estimators of one design, and remembers the answers: many components ask the same. */
export interface Arbiter {
  /** Error: `no-estimator` with every reason. */
  energy(question: ActionQuestion): Found<Estimate>;
  /** Error: `no-estimator` with every reason. */
  area(question: Question): Found<AreaEstimate>;
  /** The reasons if no estimator has a figure. */
  leakage(question: Question): Found<LeakageEstimate> | readonly string[];
  /** Undefined unless the part is a memory. */
  cycle(question: Question): Found<CycleEstimate> | undefined;
}

/**
 * Accelergy's arbitration: the attribute `plug_in` admits one estimator alone, `min_accuracy` those above it; the most
 * accurate answers, and among equals the one that was registered first. Outside of a run, area and the action `leak` are multiplied by
 * the attribute `n_instances`.
 */
export function arbiter(estimators: readonly Estimator[], rules: Rules): Arbiter {
  // Array.prototype.sort is stable, so equal priorities keep their order.
  const ranked = [...estimators].sort((a, b) => b.priority - a.priority);
  const classes = new Set(ranked.flatMap((estimator) => estimator.classes));
  const court: Court = { ranked, classes, rules };
  const sayWide = spreads(rules);
  const energies = new Map<string, Found<Estimate>>();
  const areas = new Map<string, Found<AreaEstimate>>();
  const leakages = new Map<string, Found<LeakageEstimate> | readonly string[]>();
  return {
    energy: (question) =>
      kept(energies, `${JSON.stringify(question.action)}${partKey(question)};${keyOf(question.arguments)}`, () => {
        const given = valuesOf(question.arguments);
        const found = decide(court, question, question.action, (estimator, query, action) =>
          estimator.estimateAction({ ...query, action: action!, arguments: given }),
        );
        const answer = 'court' in found ? failUnanswered(question, question.action, found) : found;
        sayWide(question, answer, question.action === 'leak' ? 'leakage' : 'energy');
        const times = question.action === 'leak' ? instancesOf(question, rules) : 1;
        return times === 1 ? answer : { ...answer, energyJ: ofInstances(answer.energyJ, times) };
      }),
    area: (question) =>
      kept(areas, partKey(question), () => {
        const found = decide(court, question, undefined, (estimator, query) => estimator.estimateArea(query));
        const answer = 'court' in found ? failUnanswered(question, undefined, found) : found;
        sayWide(question, answer, 'area');
        const times = instancesOf(question, rules);
        return times === 1 ? answer : { ...answer, areaM2: ofInstances(answer.areaM2, times) };
      }),
    leakage: (question) =>
      kept(leakages, partKey(question), () => {
        const found = decide(court, question, undefined, (estimator, query) => estimator.estimateLeakage(query));
        return 'court' in found ? found.reasons : found;
      }),
    cycle: (question) => {
      const found = decide(
        court,
        question,
        undefined,
        (estimator, query) => estimator.estimateCycle?.(query) ?? { reason: 'it is no memory' },
      );
      return 'court' in found ? undefined : found;
    },
  };
}

/** Instances are multiplied in pJ and um2, as in Accelergy: its tables have few digits, and the product in J may end on the other side of a five. */
function ofInstances(value: number, times: number): number {
  return value * 1e12 * times * 1e-12;
}

function kept<T>(answers: Map<string, T>, key: string, find: () => T): T {
  const known = answers.get(key);
  if (known !== undefined) return known;
  const answer = find();
  answers.set(key, answer);
  return answer;
}

/** Sources that disagree are no silent matter; one remark for each class and range. */
function spreads(rules: Rules): (question: Question, answer: Provenance, figure: string) => void {
  const said = new Set<string>();
  return ({ class: cls, span, attributes }, { spread }, figure) => {
    if (!spread || said.has(cls + spread.sources)) return;
    said.add(cls + spread.sources);
    const [low, high] = [spread.low, spread.high].map((times) => Number(times.toPrecision(3)));
    rules.remark({
      code: 'out-of-range',
      message: `sources disagree about the ${figure} of ${cls}: they span ${low} to ${high} times the figure used`,
      span: attributes.get('technology')?.span ?? span,
      expected: spread.sources,
    });
  };
}

function partKey({ class: cls, attributes }: Question): string {
  return `${JSON.stringify(cls)}${keyOf(attributes)}`;
}

function decide<T extends Provenance>(
  court: Court,
  question: Question,
  action: string | undefined,
  ask: (estimator: Estimator, query: Query, action: string | undefined) => T | Refusal,
): Found<T> | Unanswered {
  const { ranked, classes, rules } = court;
  const given = valuesOf(question.attributes);
  const attributes = rules.hasOldMeaning ? modernised(given, rules) : given;
  if (rules.peer === undefined && !rules.isRun) addSizes(attributes);
  const known = knownIn(classes, question.class, action, attributes, rules);
  const query = { class: known.class, attributes };
  const wanted = attributes.get('plug_in');
  const least = Math.max(...['min_accuracy', 'minimum_accuracy'].map((name) => Number(attributes.get(name) ?? 0) || 0));
  const reasons: string[] = [];
  const refusals: Refusal[] = [];
  for (const estimator of ranked) {
    const barred = barredBy(estimator, wanted, least) ?? strangerTo(estimator, query.class, rules);
    const answer = barred ?? ask(estimator, query, known.action);
    if (!isRefusal(answer)) {
      const assumption = [known.assumption, answer.assumption].filter(Boolean).join('; ') || undefined;
      return { ...answer, assumption, estimator: estimator.name, refused: reasons };
    }
    reasons.push(`${estimator.name}: ${answer.reason}`);
    refusals.push(answer);
  }
  return { court, reasons, refusals };
}

/** A class under the name that estimators know. Figures of the very class that is asked for come first. */
function knownIn(
  classes: ReadonlySet<string>,
  cls: string,
  action: string | undefined,
  attributes: ReadonlyMap<string, Value>,
  { peer, isRun }: Rules,
): KnownClass {
  const written = { class: cls, action };
  if (peer !== undefined || isRun) return written;
  const known = knownClass(cls, action, attributes);
  return known.class !== cls && classes.has(cls) ? written : known;
}

/** The estimators of a run name their classes. Those of a peer judge themselves: its placeholder has none, and answers for all. */
function strangerTo({ classes }: Estimator, cls: string, { isRun }: Rules): Refusal | undefined {
  return isRun && !classes.includes(cls) ? { reason: `it has no class "${cls}"` } : undefined;
}

/** By how many instances area and leakage are multiplied. A run counts its instances itself. */
function instancesOf({ attributes }: Question, { isRun }: Rules): number {
  const instances = isRun ? 1 : attributes.get('n_instances')?.value;
  return typeof instances === 'number' ? instances : 1;
}

function barredBy({ name, priority }: Estimator, wanted: Value | undefined, least: number): Refusal | undefined {
  if (wanted !== undefined && wanted !== name) return { reason: `the attribute plug_in asks for "${wanted}"` };
  return priority < least ? { reason: `its accuracy ${priority} is below min_accuracy ${least}` } : undefined;
}

/** The attributes of 0.3 under the names that estimators know since 0.4: `latency` is the cycle. */
function modernised(attributes: Map<string, Value>, { peer }: Rules): Map<string, Value> {
  const cycle = secondsOf(attributes.get('latency'));
  if (cycle !== undefined && (peer !== undefined || !attributes.has('global_cycle_seconds')))
    attributes.set('global_cycle_seconds', cycle);
  if (!attributes.has('n_banks') && attributes.has('nbanks')) attributes.set('n_banks', attributes.get('nbanks')!);
  return attributes;
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, ms: 1e-3, us: 1e-6, ns: 1e-9, ps: 1e-12, '': 1 };

/** The seconds of `5ns`; undefined for anything that is no time. */
function secondsOf(value: Value | undefined): number | undefined {
  const match = /^\s*([\d.]+(?:e[-+]?\d+)?)\s*([mnup]?s|)\s*$/i.exec(String(value ?? ''));
  const seconds = match ? Number(match[1]) * SECONDS[match[2].toLowerCase()] : Number.NaN;
  return seconds > 0 ? seconds : undefined;
}
