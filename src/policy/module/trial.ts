import { InputError } from '../../base/errors.ts';
import type {
  ComponentUse,
  Decision,
  DomainShares,
  Observation,
  PointByDomain,
  PolicyContext,
  PolicyDomain,
  PolicyKind,
  PowerForecast,
  RunnablePolicy,
  RunningInference,
  Trigger,
} from '../policy.ts';
import { checkedDecide } from '../stack/decision.ts';
import { numberAt } from './view.ts';

/** How a policy did under one law. `problem` says what broke it; null if nothing did. */
export interface LawResult {
  readonly law: string;
  readonly problem: string | null;
}

const OBSERVATIONS = 200;

/**
 * Puts a policy to the test with 200 random observations in the domains and blocks of `context`. `checked` are its parameters, as
 * `check` of the kind returns them. Errors: those of the policy itself, with file and line.
 */
export function tryPolicy(kind: PolicyKind, checked: unknown, context: PolicyContext, seed = 0): readonly LawResult[] {
  const views = randomObservations(context, seed);
  const first = decisionsOn(kind.create(checked, context), kind.id, context, views);
  const again = decisionsOn(kind.create(checked, context), kind.id, context, views);
  return [
    { law: `${OBSERVATIONS} random observations: every decision is one that the engine can carry out`, problem: null },
    { law: 'a second run decides the same', problem: difference(first, again) },
    {
      law: 'a state that went through JSON goes on as the state itself',
      problem: fromSnapshots(kind, checked, context, views, first),
    },
    {
      law: 'the order of domains and blocks changes nothing',
      problem: inOtherOrder(kind, checked, context, views, first),
    },
  ];
}

function decisionsOn(
  policy: RunnablePolicy,
  name: string,
  { domains }: PolicyContext,
  views: readonly Observation[],
  keep: (state: unknown) => unknown = (state) => state,
): readonly Decision[] {
  const decide = checkedDecide(name, policy, domains);
  let state: unknown = policy.initial;
  let drawn = 0;
  const random = (): number => numberAt(0, 1, drawn++);
  return views.map((view) => {
    const decision = decide(view, state, random);
    state = keep(decision.state);
    return decision;
  });
}

function fromSnapshots(
  kind: PolicyKind,
  checked: unknown,
  context: PolicyContext,
  views: readonly Observation[],
  first: readonly Decision[],
): string | null {
  const through = (state: unknown): unknown => JSON.parse(JSON.stringify(state ?? null)) as unknown;
  return difference(first, decisionsOn(kind.create(checked, context), kind.id, context, views, through));
}

function inOtherOrder(
  kind: PolicyKind,
  checked: unknown,
  context: PolicyContext,
  views: readonly Observation[],
  first: readonly Decision[],
): string | null {
  const turned = inReverse(context);
  const turnedViews = views.map((view) => ({
    ...view,
    temperatureK: Array.from(view.temperatureK).reverse(),
    powerW: Array.from(view.powerW).reverse(),
    leakageW: Array.from(view.leakageW).reverse(),
    predictK: (points: PointByDomain) => {
      const { temperatureK, errorK } = view.predictK(points);
      return { temperatureK: Array.from(temperatureK).reverse(), errorK };
    },
  }));
  const ranges = (decisions: readonly Decision[]) => decisions.map((one) => sortedText(one.ranges));
  try {
    const other = decisionsOn(kind.create(checked, turned), kind.id, turned, turnedViews);
    return firstDifference(ranges(first), ranges(other));
  } catch (error) {
    if (error instanceof InputError) return error.diagnostics[0].message;
    throw error;
  }
}

/** The same design with its domains and blocks the other way round. */
function inReverse(context: PolicyContext): PolicyContext {
  const { blocks, domains, places, resistanceKPerW } = context;
  const last = blocks.length - 1;
  return {
    ...context,
    domains: [...domains].reverse(),
    blocks: [...blocks].reverse(),
    places: [...places]
      .reverse()
      .map((place) => ({ ...place, neighbours: place.neighbours.map((neighbour) => last - neighbour) })),
    // Both rows and columns turn, which is the whole matrix read from its end.
    resistanceKPerW: resistanceKPerW.slice().reverse(),
  };
}

function difference(a: readonly Decision[], b: readonly Decision[]): string | null {
  return firstDifference(
    a.map((one) => JSON.stringify(one)),
    b.map((one) => JSON.stringify(one)),
  );
}

function firstDifference(a: readonly string[], b: readonly string[]): string | null {
  const at = a.findIndex((text, i) => text !== b[i]);
  return at < 0 ? null : `decision ${at + 1} is ${a[at]} at first, then ${b[at]}`;
}

function sortedText(ranges: Decision['ranges']): string {
  return JSON.stringify(Object.entries(ranges).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Observations as a run might give them, and as it hardly ever does: the same for the same seed. */
function randomObservations(context: PolicyContext, seed: number): readonly Observation[] {
  let drawn = 0;
  const random = (): number => numberAt(seed, 0, drawn++);
  return Array.from({ length: OBSERVATIONS }, (_, i) => randomObservation(context, i * context.epochS, i, random));
}

const FURTHER: readonly Trigger[] = ['layer', 'start', 'end', 'release', 'barrier', 'transition-end', 'wake'];

function randomObservation(context: PolicyContext, timeS: number, i: number, random: () => number): Observation {
  const { domains, blocks, places, deadlineS } = context;
  const further = FURTHER.filter(() => random() < 0.1);
  const isTick = i === 0 || random() < 0.8 || further.length === 0;
  const powerW = blocks.map(() => 3 * random());
  const watts = powerW.reduce((sum, one) => sum + one, 1);
  const queued = Math.floor(6 * random() ** 3);
  const releaseS = (k: number): number => timeS - (queued - k) * 1e-4;
  const limitS = (k: number): number | null => (deadlineS === null ? null : releaseS(k) + deadlineS);
  const observation: Observation = {
    timeS,
    triggers: new Set<Trigger>([...(isTick ? (['epoch'] as const) : []), ...further]),
    points: Object.fromEntries(domains.map((domain) => [domain.name, randomPoint(domain, random)])),
    states: Object.fromEntries(domains.map(({ name }) => [name, { state: 'on', wakeS: 0 }])),
    shares: Object.fromEntries(domains.map(({ name }) => [name, randomShares(random)])),
    temperatureK: blocks.map(() => 300 + 100 * random()),
    powerW,
    leakageW: powerW.map((watts) => watts * random()),
    components: Object.fromEntries(
      [...new Set(places.flatMap((place) => place.components))].map((name) => [name, randomUse(random)]),
    ),
    inference: random() < 0.3 ? null : randomInference(context, timeS, i, random),
    queued,
    waiting: Array.from({ length: queued }, (_, k) => ({
      index: i + 1 + k,
      releaseS: releaseS(k),
      deadlineS: limitS(k),
    })),
    forecastW: (points) => randomForecast(domains, points, watts),
    predictK: () => ({
      temperatureK: Array.from(observation.temperatureK, (k) => k + 1),
      errorK: i === 0 ? null : 0.1,
    }),
    fieldK: (rows, columns) => Array.from({ length: rows * columns }, (_, cell) => 300 + ((7 * cell + i) % 100)),
    last:
      i === 0 ? null : { index: i - 1, latencyS: 0.01 * random(), slackS: deadlineS === null ? null : random() - 0.5 },
  };
  return observation;
}

/** As much power as the blocks have at the highest points, and less in proportion to the clock. */
function randomForecast(domains: readonly PolicyDomain[], points: PointByDomain, watts: number): PowerForecast {
  const byDomainW = Object.fromEntries(
    domains.map(({ name, points: table }) => {
      const share = table[points[name]].frequencyHz / table[table.length - 1].frequencyHz;
      return [name, (watts / domains.length) * share];
    }),
  );
  return { totalW: Object.values(byDomainW).reduce((sum, one) => sum + one, 0), byDomainW };
}

function randomPoint({ points }: PolicyDomain, random: () => number): number {
  return Math.floor(points.length * random());
}

function randomUse(random: () => number): ComponentUse {
  const { busy, stall } = randomShares(random);
  return { busy, stall, actionsPerS: 1e9 * random() };
}

function randomShares(random: () => number): DomainShares {
  const parts = [random(), random(), random(), random() < 0.9 ? 0 : random()];
  const sum = parts.reduce((all, part) => all + part, 0) || 1;
  const [busy, stall, idle, dead] = parts.map((part) => part / sum);
  return { busy, stall, idle, dead };
}

function randomInference(
  { work, deadlineS }: PolicyContext,
  timeS: number,
  index: number,
  random: () => number,
): RunningInference {
  const progress = random();
  const releaseS = timeS - random() * (deadlineS ?? 0.01);
  return {
    index,
    releaseS,
    deadlineS: deadlineS === null ? null : releaseS + deadlineS,
    progress,
    layer: Math.floor(progress * work.layers.length),
    remainingS: (points: PointByDomain) => (1 - progress) * work.inferenceS(points),
  };
}
