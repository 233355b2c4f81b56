import type { LayerResult } from '../../cosim/index.ts';
import type { RunSummary } from '../files/summary.ts';
import type { CodedColumn, CodedTimes } from './numbers-coded.ts';
import type { MapData } from './thermal-map.ts';

/**
 * Everything a report shows, as plain JSON: `report.json` holds it, and report.html embeds it. Energies in J, powers in W, temperatures
 * in K, lengths in m. A name from a user's file may be any text.
 */
export interface ReportData {
  readonly version: typeof REPORT_VERSION;
  readonly summary: RunSummary;
  /** The command that repeats the run; null if it was no command. */
  readonly command: string | null;
  readonly description: string;
  /** Key facts under the title: pairs of label and formatted value. */
  readonly facts: readonly (readonly [string, string])[];
  readonly batch: number;
  readonly pes: number;
  /** The most that DRAM and all arrays at their highest clocks can do. */
  readonly roofs: { readonly bytesPerS: number; readonly macsPerS: number };
  readonly components: readonly ComponentData[];
  readonly layers: readonly LayerData[];
  readonly layerTotals: { readonly cycles: number; readonly timeS: number; readonly stallS: number };
  readonly time: TimeData;
  /** Null without a floorplan. */
  readonly die: DieData | null;
  readonly marksK: readonly { readonly policy: string; readonly temperatureK: number }[];
  /** How many events of each kind the run has, with the policy that caused them. */
  readonly eventCounts: readonly EventCount[];
  readonly sources: readonly SourceData[];
}

export const REPORT_VERSION = 2;

/** A component; equal components of several arrays count as one. */
export interface ComponentData {
  readonly name: string;
  readonly energyJ: number;
}

export interface LayerData {
  readonly name: string;
  readonly macs: number;
  readonly cycles: number;
  readonly timeS: number;
  readonly stallS: number;
  readonly dramBytes: number;
  readonly energyJ: number;
  /** In the order of the components. */
  readonly componentJ: readonly number[];
  /** The parts of the energy on the die that are waiting clocks and leakage. */
  readonly idleJ: number;
  readonly leakageJ: number;
  /** Energy of components off the die, the background of DRAM included. */
  readonly dramJ: number;
  readonly waitsFor?: LayerResult['waitsFor'];
  /** Mean power of what is on the die over its area, W/mm2; absent if no area is known. */
  readonly wPerMm2?: number;
  /** Stall-free cycles of one inference, to tell repeated layers. */
  readonly scheduleCycles: number;
}

export interface DieData {
  /** Without it cells are square and blocks have no place. */
  readonly floorplan: {
    readonly widthM: number;
    readonly heightM: number;
    readonly blocks: readonly {
      readonly name: string;
      readonly leftM: number;
      readonly bottomM: number;
      readonly widthM: number;
      readonly heightM: number;
    }[];
  } | null;
  readonly blocks: readonly BlockData[];
  readonly map: MapData;
}

export interface BlockData {
  readonly name: string;
  /** Indices into the components. */
  readonly components: readonly number[];
  readonly peakK: number;
  readonly meanW: number;
}

/** Where the energy of an action comes from. */
export interface SourceData {
  readonly component: string;
  readonly action: string;
  readonly part: string;
  readonly energyJ: number;
  readonly source: string;
  readonly assumption: string;
}

export interface EventCount {
  readonly kind: string;
  readonly policy: string;
  readonly count: number;
}

/** The run over time. Columns hold the values of all segments, one segment after the other. */
export interface TimeData {
  readonly ticksPerS: number;
  readonly epochs: number;
  readonly epochS: number;
  /** The whole run first, then the windows, which hold every epoch. */
  readonly segments: readonly SegmentData[];
  /** Layer at the end of each epoch, -1 for none; only where a segment holds every epoch, else -1. */
  readonly layer: CodedColumn;
  readonly power: readonly PowerColumn[];
  readonly totalW: SpreadColumn;
  readonly temperature: readonly TemperatureColumn[];
  readonly domains: readonly DomainData[];
  readonly inferences: InferenceData;
  readonly events: EventData;
  /** Times to look at closely, the first of them when the page opens. */
  readonly places: readonly PlaceOfInterest[];
  /** The highest power of an epoch, W. */
  readonly peakW: number;
}

/** A time to look at closely. */
export interface PlaceOfInterest {
  readonly name: string;
  readonly fromS: number;
  readonly toS: number;
}

export interface SegmentData {
  readonly name: string;
  readonly firstEpoch: number;
  readonly epochs: number;
  /** Epochs that one value stands for; 1 if the segment holds every epoch. */
  readonly each: number;
  /** Start of each value, and the end of the last. */
  readonly edges: CodedTimes;
}

/** Time means; lowest and highest value where they differ from the mean. */
export interface SpreadColumn {
  readonly mean: CodedColumn;
  readonly low: CodedColumn | null;
  readonly high: CodedColumn | null;
}

export interface PowerColumn extends SpreadColumn {
  readonly name: string;
  readonly colour: string;
}

/** The hottest and the coolest block of some blocks with the same components, at the end of each epoch. */
export interface TemperatureColumn {
  readonly name: string;
  readonly colour: string;
  readonly blocks: number;
  readonly startHighK: number;
  readonly startLowK: number;
  readonly high: CodedColumn;
  /** Null where it is the same column. */
  readonly low: CodedColumn | null;
}

/** A domain, or equal domains of several arrays with their spread. */
export interface DomainData {
  readonly name: string;
  readonly members: readonly string[];
  readonly hasArray: boolean;
  /** Whether no other domain has its supply. */
  readonly ownRail: boolean;
  readonly points: readonly { readonly name: string; readonly frequencyHz: number; readonly voltageV: number }[];
  /** Share of the time of all members at each named point. */
  readonly residency: readonly { readonly point: string; readonly share: number }[];
  readonly frequencyHz: SpreadColumn;
  readonly voltageV: SpreadColumn;
  readonly busy: CodedColumn;
  readonly stall: CodedColumn;
  readonly idle: CodedColumn;
  readonly dead: CodedColumn;
}

export interface InferenceData {
  readonly started: number;
  /** Indices of the inferences below: all of them, or the quickest and slowest of groups. */
  readonly index: CodedTimes;
  readonly release: CodedTimes;
  readonly start: CodedTimes;
  /** The end of the run for an unfinished inference. */
  readonly end: CodedTimes;
  /** Whether each has ended. */
  readonly ended: CodedColumn;
}

export interface EventData {
  /** All events of the run. */
  readonly total: number;
  /** Whether the events below are all. */
  readonly complete: boolean;
  readonly time: CodedTimes;
  /** Index into `texts` of each event. */
  readonly text: CodedColumn;
  readonly texts: readonly EventText[];
}

/** kind, policy, domain, from, to, reason */
export type EventText = readonly [string, string, string, string, string, string];
