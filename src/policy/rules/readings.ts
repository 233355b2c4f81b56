import { fail, nearestName, type Span } from '../../base/errors.ts';
import { significantText } from '../../base/number-text.ts';
import { type Dimension, parseQuantity, parseSigned, ZERO_CELSIUS_K } from '../../base/units.ts';
import { domainNamed } from '../clocks.ts';
import { progressRatio } from '../governors/slack-step.ts';
import type { ComponentUse, Observation, PolicyDomain, PolicySetting } from '../policy.ts';
import { celsius, megahertz, milliseconds, percent } from '../text.ts';
import { isLike, matchingBlocks } from '../zone.ts';
import type { ComparisonFile, ReadingName } from './schema.ts';

/** The trip of a die without a limit of its own, K. */
const USUAL_LIMIT_K = 85 + ZERO_CELSIUS_K;

/** The subject of one question. `components` is computed at most once. */
export interface Question {
  observation: Observation;
  components: Readonly<Record<string, ComponentUse>> | null;
}

/** A reading in SI units; NaN where there is none now: no inference runs, no epoch has passed. */
export type Read = (question: Question) => number;

/** Where a reading is written, and for which domain it is taken. */
export interface Place {
  readonly name: ReadingName;
  readonly file: ComparisonFile;
  readonly domain: PolicyDomain;
  /** Whether blocks are those of the domain unless they are named. */
  readonly inRegion: boolean;
  /** The place of `of`, or of one of its names. */
  readonly span: (index?: number) => Span | undefined;
}

/** A reading, and a text that is equal for equal ones. */
export interface Reading {
  readonly key: string;
  readonly read: Read;
  /** Whether it needs the observer of a run. */
  readonly predicts?: boolean;
  /** For the change over an epoch: the reading whose change it is. */
  readonly changeOf?: Reading;
  /** For a share of one domain: which. Many rules read these, and a number that no function returns costs a fraction of one that it does. */
  readonly share?: { readonly domain: string; readonly field: ShareField };
}

export type ShareField = 'busy' | 'stall' | 'idle';

/** How bounds of a reading are written, and the distance of a hysteresis, and how a value is shown. */
interface Unit {
  readonly parse: (text: string | number) => number;
  readonly distance: (text: string | number) => number;
  readonly show: (value: number) => string;
}

function quantity(dimension: Dimension, show: Unit['show']): Unit {
  const parse = (text: string | number): number => parseSigned(text, dimension);
  return { parse, distance: parse, show };
}

const kelvin = quantity('temperature difference', (k) => `${short(k)} K`);
const share: Unit = { parse: Number, distance: Number, show: percent };
const plain: Unit = { ...share, show: short };
const time = quantity('time', milliseconds);

export const UNITS: Readonly<Record<ReadingName, Unit>> = {
  temperature: { ...kelvin, parse: (text) => parseQuantity(text, 'temperature'), show: celsius },
  predicted: { ...kelvin, parse: (text) => parseQuantity(text, 'temperature'), show: celsius },
  rise: kelvin,
  headroom: kelvin,
  excess: kelvin,
  power: quantity('power', (watts) => `${short(watts)} W`),
  utilisation: share,
  stall: share,
  idle: share,
  action_rate: quantity('frequency', (perS) => `${short(perS / 1e6)} million/s`),
  clock: quantity('frequency', megahertz),
  queue: plain,
  slack: time,
  last_slack: time,
  progress: share,
  progress_ratio: plain,
  layer: plain,
  time,
};

function short(value: number): string {
  return significantText(value, 4);
}

/**
 * The reading at a place. Errors: `unknown-name` for a block, domain or component; `missing-key` for temperatures without a floorplan;
 * `deadline-missing`.
 */
export function readingAt(place: Place, setting: PolicySetting): Reading {
  const { name } = place;
  if (
    name === 'temperature' ||
    name === 'predicted' ||
    name === 'rise' ||
    name === 'headroom' ||
    name === 'excess' ||
    name === 'power'
  ) {
    return ofBlocks(place, setting);
  }
  if (name === 'utilisation' || name === 'stall' || name === 'idle') return ofUsers(place, name, setting);
  if (name === 'action_rate') return actionRate(place, setting);
  if (name === 'clock') return clockOf(place, setting);
  return ofRun(place, setting);
}

function ofBlocks({ name, file, domain, inRegion, span }: Place, setting: PolicySetting): Reading {
  const { blocks, places, limitK } = setting;
  if (blocks.length === 0) {
    fail('missing-key', `"${name}" needs blocks of a die, and there are none`, {
      span: span(),
      expected: 'an accelerator with a floorplan',
    });
  }
  const own = places.flatMap(({ domains }, b) => (inRegion && !domains.includes(domain.name) ? [] : [b]));
  const named = namesOf(file).flatMap((pattern, i) => matchingBlocks(pattern, blocks, span(i)));
  const chosen = Int32Array.from(file.of === undefined ? own : new Set(named));
  const key = `${name} ${file.take ?? ''} ${chosen.join()}`;
  if (name === 'power') {
    return { key, read: ({ observation }) => sumOf(observation.powerW, chosen, observation) };
  }
  const takeAt = TAKES[file.take ?? 'highest'];
  const take: Read = ({ observation }) => takeAt(observation.temperatureK, chosen);
  if (name === 'temperature') return { key, read: take };
  if (name === 'predicted') {
    const read: Read = ({ observation }) => takeAt(observation.predictK(observation.points).temperatureK, chosen);
    return { key, read, predicts: true };
  }
  if (name === 'rise') {
    return { key, read: take, changeOf: { key: `temperature ${file.take ?? ''} ${chosen.join()}`, read: take } };
  }
  if (name === 'headroom') {
    const most = limitK ?? USUAL_LIMIT_K;
    return { key, read: ({ observation }) => most - highest(observation.temperatureK, chosen) };
  }
  const areas = places.map(({ widthM, heightM }) => widthM * heightM);
  const area = areas.reduce((sum, one) => sum + one, 0);
  return {
    key,
    read({ observation: { temperatureK } }) {
      let sum = 0;
      for (let b = 0; b < areas.length; b++) sum += areas[b] * temperatureK[b];
      return highest(temperatureK, chosen) - sum / area;
    },
  };
}

function highest(values: ArrayLike<number>, chosen: Int32Array): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < chosen.length; i++) most = Math.max(most, values[chosen[i]]);
  return most;
}

function lowest(values: ArrayLike<number>, chosen: Int32Array): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < chosen.length; i++) least = Math.min(least, values[chosen[i]]);
  return least;
}

function mean(values: ArrayLike<number>, chosen: Int32Array): number {
  let sum = 0;
  for (let i = 0; i < chosen.length; i++) sum += values[chosen[i]];
  return sum / chosen.length;
}

const TAKES = { highest, lowest, mean };

function sumOf(values: ArrayLike<number>, chosen: Int32Array, observation: Observation): number {
  if (hasNoEpoch(observation)) return Number.NaN;
  let sum = 0;
  for (let i = 0; i < chosen.length; i++) sum += values[chosen[i]];
  return sum;
}

/** Before the first epoch has passed, there is nothing to say about it. */
function hasNoEpoch({ timeS }: Observation): boolean {
  return timeS === 0;
}

type Share = 'utilisation' | 'stall' | 'idle';

function ofUsers({ file, domain, span }: Place, name: Share, setting: PolicySetting): Reading {
  const field = name === 'utilisation' ? 'busy' : name;
  const known = [...setting.domains.map((one) => one.name), ...componentsOf(setting)];
  const names = file.of === undefined ? [domain.name] : namesLike(file, known, 'domain or component', span);
  const reads = names.map((one): Read => {
    if (setting.domains.some((other) => other.name === one)) return shareOf(one, field);
    return (question) => {
      if (hasNoEpoch(question.observation)) return Number.NaN;
      const { busy, stall } = useOf(question, one);
      return field === 'idle' ? 1 - busy - stall : field === 'busy' ? busy : stall;
    };
  });
  const key = `${name} ${names.join('\0')}`;
  if (reads.length === 1) {
    const [domain] = names;
    const isDomain = setting.domains.some((one) => one.name === domain);
    return { key, read: reads[0], ...(isDomain && { share: { domain, field } }) };
  }
  return {
    key,
    read(question) {
      let most = Number.NEGATIVE_INFINITY;
      for (const read of reads) most = Math.max(most, read(question));
      return most;
    },
  };
}

/** A function for each field: reading a field by its name takes several times as long. */
function shareOf(domain: string, field: ShareField): Read {
  if (field === 'busy') return ({ observation: of }) => (hasNoEpoch(of) ? Number.NaN : of.shares[domain].busy);
  if (field === 'stall') return ({ observation: of }) => (hasNoEpoch(of) ? Number.NaN : of.shares[domain].stall);
  return ({ observation: of }) => (hasNoEpoch(of) ? Number.NaN : of.shares[domain].idle);
}

/** The known names that some pattern of `of` matches, each once. Error: `unknown-name` for a pattern without any. */
function namesLike(
  file: ComparisonFile,
  known: readonly string[],
  what: string,
  span: Place['span'],
): readonly string[] {
  const found = namesOf(file).flatMap((pattern, i) => {
    const parts = pattern.split('*');
    const like = known.filter((name) => isLike(name, parts));
    if (like.length > 0) return like;
    return fail('unknown-name', `there is no ${what} "${pattern}"`, {
      span: span(i),
      expected: `one of ${known.join(', ')}; * stands for any characters`,
      suggestion: nearestName(pattern, known),
    });
  });
  return [...new Set(found)];
}

const NOTHING: ComponentUse = { busy: 0, stall: 0, actionsPerS: 0 };

function useOf(question: Question, name: string): ComponentUse {
  question.components ??= question.observation.components;
  return question.components[name] ?? NOTHING;
}

function actionRate({ file, span }: Place, setting: PolicySetting): Reading {
  const chosen = namesLike(file, componentsOf(setting), 'component', span);
  return {
    key: `action_rate ${chosen.join('\0')}`,
    read(question) {
      if (hasNoEpoch(question.observation)) return Number.NaN;
      let sum = 0;
      for (const name of chosen) sum += useOf(question, name).actionsPerS;
      return sum;
    },
  };
}

function clockOf({ file, domain, span }: Place, { domains }: PolicySetting): Reading {
  const [named] = namesOf(file);
  const { name, points } = named === undefined ? domain : domainNamed(named, domains, span());
  return { key: `clock ${name}`, read: ({ observation }) => points[observation.points[name]].frequencyHz };
}

function ofRun({ name, span }: Place, { deadlineS }: PolicySetting): Reading {
  if ((name === 'slack' || name === 'last_slack' || name === 'progress_ratio') && deadlineS === null) {
    fail('deadline-missing', `"${name}" needs a deadline, and the experiment has none`, {
      span: span(),
      expected: 'a deadline of an inference in the experiment, such as 20ms',
    });
  }
  const reads: Partial<Record<ReadingName, (observation: Observation) => number>> = {
    queue: ({ queued }) => queued,
    time: ({ timeS }) => timeS,
    progress: ({ inference }) => inference?.progress ?? Number.NaN,
    layer: ({ inference }) => inference?.layer ?? Number.NaN,
    last_slack: ({ last }) => last?.slackS ?? Number.NaN,
    slack: ({ inference, timeS, points }) =>
      inference === null ? Number.NaN : inference.deadlineS! - timeS - inference.remainingS(points),
    progress_ratio: (observation) =>
      observation.inference === null ? Number.NaN : progressRatio(observation, deadlineS!),
  };
  const read = reads[name]!;
  return { key: name, read: ({ observation }) => read(observation) };
}

/** The names of all components; without a list, of those that lie in blocks. */
function componentsOf({ components, places }: PolicySetting): readonly string[] {
  return components ?? [...new Set(places.flatMap((place) => place.components))];
}

function namesOf({ of }: ComparisonFile): readonly string[] {
  return of === undefined ? [] : typeof of === 'string' ? [of] : of;
}
