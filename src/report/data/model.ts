import type { CodedColumn } from './numbers-coded.ts';
import { decodeColumn, decodeTimes } from './numbers-coded.ts';
import type { DieData, DomainData, EventText, PlaceOfInterest, ReportData, SpreadColumn } from './report-data.ts';
import { type MapModel, mapModel } from './thermal-map.ts';

/** A run as charts draw it: the decoded columns of a `ReportData`. A page with a live engine may fill one itself. */
export interface RunModel {
  readonly startS: number;
  readonly endS: number;
  readonly epochS: number;
  readonly epochs: number;
  /** The whole run first. Columns hold the values of all segments, one after the other. */
  readonly segments: readonly Stretch[];
  readonly layerNames: readonly string[];
  /** Layer at the end of each epoch; -1 for none or where it is not known. */
  readonly layer: Float64Array;
  readonly totalW: Spread;
  readonly power: readonly { readonly name: string; readonly colour: string; readonly meanW: Float64Array }[];
  readonly temperature: readonly Temperature[];
  readonly limitK: number | null;
  readonly marksK: ReportData['marksK'];
  readonly domains: readonly Domain[];
  readonly inferences: Inferences;
  readonly deadlineS: number | null;
  readonly events: Events;
  readonly places: readonly PlaceOfInterest[];
  /** Null without a floorplan. */
  readonly die: Die | null;
}

export interface Die extends Pick<DieData, 'floorplan' | 'blocks'> {
  readonly map: MapModel;
  readonly componentNames: readonly string[];
}

export interface Stretch {
  readonly name: string;
  /** Index of its first value, and the number of its values. */
  readonly first: number;
  readonly count: number;
  /** Start of each value, and the end of the last, s. */
  readonly edgesS: Float64Array;
  /** Epochs in each value. */
  readonly each: number;
}

export interface Spread {
  readonly mean: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

export interface Temperature {
  readonly name: string;
  readonly colour: string;
  readonly blocks: number;
  readonly startHighK: number;
  readonly startLowK: number;
  readonly highK: Float64Array;
  readonly lowK: Float64Array;
}

export interface Domain {
  readonly name: string;
  readonly members: readonly string[];
  readonly hasArray: boolean;
  readonly ownRail: boolean;
  readonly points: DomainData['points'];
  readonly residency: DomainData['residency'];
  readonly frequencyHz: Spread;
  readonly voltageV: Spread;
  readonly busy: Float64Array;
  readonly stall: Float64Array;
  readonly idle: Float64Array;
  readonly dead: Float64Array;
}

/** In order of release. */
export interface Inferences {
  readonly started: number;
  readonly completed: number;
  readonly index: Float64Array;
  readonly releaseS: Float64Array;
  readonly startS: Float64Array;
  readonly endS: Float64Array;
  readonly ended: Float64Array;
}

export interface Events {
  readonly total: number;
  readonly complete: boolean;
  readonly timeS: Float64Array;
  readonly text: Float64Array;
  readonly texts: readonly EventText[];
}

/** The part of a run that the text of a page needs; decoding all columns takes much longer. */
export type RunLog = Pick<RunModel, 'epochs' | 'inferences' | 'events'>;

export function runLog({ summary, time }: ReportData): RunLog {
  return { epochs: time.epochs, inferences: inferencesOf(time, summary.inferences), events: eventsOf(time) };
}

export function runModel({ summary, layers, components, marksK, time, die }: ReportData): RunModel {
  const { ticksPerS } = time;
  let first = 0;
  const segments = time.segments.map(({ name, each, edges }): Stretch => {
    const edgesS = decodeTimes(edges, ticksPerS);
    const count = Math.max(0, edgesS.length - 1);
    first += count;
    return { name, each, edgesS, count, first: first - count };
  });
  const column = (coded: CodedColumn): Float64Array => decodeColumn(coded, first);
  const spread = ({ mean, low, high }: SpreadColumn): Spread => {
    const means = column(mean);
    return { mean: means, low: low ? column(low) : means, high: high ? column(high) : means };
  };
  const [whole] = segments;
  return {
    startS: whole?.edgesS[0] ?? 0,
    endS: whole?.edgesS.at(-1) ?? 0,
    epochS: time.epochS,
    epochs: time.epochs,
    segments,
    layerNames: layers.map(({ name }) => name),
    layer: column(time.layer),
    totalW: spread(time.totalW),
    power: time.power.map(({ name, colour, mean }) => ({ name, colour, meanW: column(mean) })),
    temperature: time.temperature.map(({ high, low, ...rest }) => {
      const highK = column(high);
      return { ...rest, highK, lowK: low ? column(low) : highK };
    }),
    limitK: summary.temperatureK?.limit ?? null,
    marksK,
    domains: time.domains.map((domain) => ({
      ...domain,
      frequencyHz: spread(domain.frequencyHz),
      voltageV: spread(domain.voltageV),
      busy: column(domain.busy),
      stall: column(domain.stall),
      idle: column(domain.idle),
      dead: column(domain.dead),
    })),
    inferences: inferencesOf(time, summary.inferences),
    deadlineS: summary.deadline?.limitS ?? null,
    events: eventsOf(time),
    places: time.places,
    die: die && {
      floorplan: die.floorplan,
      blocks: die.blocks,
      map: mapModel(die.map, ticksPerS),
      componentNames: components.map(({ name }) => name),
    },
  };
}

function inferencesOf({ inferences, ticksPerS }: ReportData['time'], completed: number): Inferences {
  const { started, index, release, start, end, ended } = inferences;
  return {
    started,
    completed,
    index: decodeTimes(index, 1),
    releaseS: decodeTimes(release, ticksPerS),
    startS: decodeTimes(start, ticksPerS),
    endS: decodeTimes(end, ticksPerS),
    ended: decodeColumn(ended, index.count),
  };
}

function eventsOf({ events, ticksPerS }: ReportData['time']): Events {
  const { total, complete, time, text, texts } = events;
  return { total, complete, timeS: decodeTimes(time, ticksPerS), text: decodeColumn(text, time.count), texts };
}

/** The segment to draw a stretch of time from: a window that holds all of it, else the whole run. */
export function segmentFor({ segments }: RunModel, fromS: number, toS: number): Stretch {
  return (
    segments.find(({ each, edgesS }) => each === 1 && edgesS[0] <= fromS && toS <= edgesS[edgesS.length - 1]) ??
    segments[0]
  );
}

/** The index of the last of some ascending times that is not after `timeS`; -1 if all are. */
export function lastNotAfter(timesS: Float64Array, timeS: number, count = timesS.length): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timesS[middle] <= timeS) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The value, counted within the segment, that holds at this time. */
export function valueAt({ edgesS, count }: Stretch, timeS: number): number {
  return Math.max(0, Math.min(count - 1, lastNotAfter(edgesS, timeS, count)));
}
