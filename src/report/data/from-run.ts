import type { LayerResult, RunResult, ThermalResult } from '../../cosim/index.ts';
import { componentAreasMm2, meanDensity } from '../files/density.ts';
import { layerTotals, type RunOrigin, runSummary } from '../files/summary.ts';
import { greatest, timeIntegral } from '../reductions.ts';
import { runFacts } from '../terminal.ts';
import { type ReportView, reportView } from '../view.ts';
import { type BlockGroup, blockGroups, componentsByBlock } from './block-groups.ts';
import { domainData } from './domains.ts';
import { eventCounts, eventData } from './events.ts';
import { inferenceData, placesOfInterest } from './inferences.ts';
import { codeColumn, ticksPerSecond } from './numbers-coded.ts';
import { componentColours } from './palette.ts';
import { powerColumns } from './power.ts';
import {
  type DieData,
  type LayerData,
  REPORT_VERSION,
  type ReportData,
  type SourceData,
  type TemperatureColumn,
  type TimeData,
} from './report-data.ts';
import {
  grouped,
  maximaOf,
  minimaOf,
  type Segment,
  segmentData,
  segmentsOf,
  spreadColumn,
  unlike,
} from './segments.ts';
import { mapData } from './thermal-map.ts';

/** The data that a report shows of a run. */
export function reportData(run: RunResult, origin: RunOrigin): ReportData {
  const view = reportView(run);
  const { spec, design } = run.experiment;
  const colours = componentColours(view.componentJ);
  const groups = blockGroups(view, colours);
  return {
    version: REPORT_VERSION,
    summary: runSummary(run, origin),
    command: origin.command ?? null,
    description: spec.description,
    facts: runFacts(run),
    batch: spec.batch,
    pes: design.pes,
    roofs: roofsOf(run),
    components: view.components.map((name, c) => ({ name, energyJ: view.componentJ[c] })),
    layers: layerData(view),
    layerTotals: layerTotals(run),
    time: timeData(view, groups, colours),
    die: run.thermal ? dieData(view, run.thermal) : null,
    marksK: run.marksK,
    eventCounts: eventCounts(run.events),
    sources: sourceData(run),
  };
}

/** Each PE of an array does one MAC a cycle. */
function roofsOf({ experiment: { design } }: RunResult): ReportData['roofs'] {
  const { arrays, domains, dram } = design.spec;
  const macsPerS = arrays.reduce((sum, { array }) => {
    const points = domains.find(({ name }) => name === array)?.points ?? [];
    return sum + (design.pes / arrays.length) * points.reduce((most, point) => Math.max(most, point.frequencyHz), 0);
  }, 0);
  return { bytesPerS: dram.bytesPerS, macsPerS };
}

function layerData({ layers, run }: ReportView): LayerData[] {
  const { schedules, components, experiment } = run;
  const { bindings } = experiment.design.spec;
  const sum = (values: ArrayLike<number>, isOf: (component: string) => boolean): number =>
    components.reduce((total, name, c) => (isOf(name) ? total + values[c] : total), 0);
  const isOnDie = (name: string): boolean => bindings[name].domain !== null;
  const areasMm2 = componentAreasMm2(run);
  const density = ({ componentJ, timeS }: LayerResult) => {
    const wPerMm2 = meanDensity(componentJ, areasMm2, timeS);
    return wPerMm2 === undefined ? {} : { wPerMm2 };
  };
  return layers.map(({ name, macs, cycles, timeS, stallS, dramBytes, energyJ, componentJ, waitsFor }, i) => ({
    name,
    macs,
    cycles,
    timeS,
    stallS,
    dramBytes,
    energyJ,
    componentJ: Array.from(componentJ),
    idleJ: sum(run.layers[i].idleJ, isOnDie),
    leakageJ: sum(run.layers[i].leakageJ, isOnDie),
    dramJ: sum(run.layers[i].componentJ, (name) => !isOnDie(name)),
    ...(waitsFor === undefined ? {} : { waitsFor }),
    ...density(run.layers[i]),
    scheduleCycles: schedules[i].cycles,
  }));
}

function timeData(view: ReportView, groups: readonly BlockGroup[], colours: readonly string[]): TimeData {
  const { run } = view;
  const { trace } = run;
  const places = placesOfInterest(run);
  const segments = segmentsOf(trace, places);
  const ticksPerS = ticksPerSecond(run.simulatedS);
  const { totalW, durationS } = trace;
  return {
    ticksPerS,
    epochs: trace.epochs,
    epochS: run.epochS,
    segments: segments.map((segment) => segmentData(segment, trace, ticksPerS)),
    layer: codeColumn(grouped(segments, trace.layer, () => -1)),
    power: powerColumns(view, groups, colours, segments),
    totalW: spreadColumn(segments, { mean: totalW, low: totalW, high: totalW }, durationS),
    temperature: run.thermal ? groups.map((group) => temperatureColumn(run, run.thermal!, group, segments)) : [],
    domains: domainData(run, segments),
    inferences: inferenceData(run, ticksPerS, places),
    events: eventData(run, segments, ticksPerS),
    places,
    peakW: Math.max(0, greatest(totalW)),
  };
}

function temperatureColumn(
  { trace }: RunResult,
  { startK }: ThermalResult,
  { name, colour, blocks }: BlockGroup,
  segments: readonly Segment[],
): TemperatureColumn {
  const own = blocks.map((b) => trace.temperatureK[b]);
  const starts = blocks.map((b) => startK[b]);
  const hottest = own[0].slice();
  const coolest = own[0].slice();
  for (const column of own) {
    for (let i = 0; i < column.length; i++) {
      if (column[i] > hottest[i]) hottest[i] = column[i];
      if (column[i] < coolest[i]) coolest[i] = column[i];
    }
  }
  const high = maximaOf(segments, hottest);
  return {
    name,
    colour,
    blocks: blocks.length,
    startHighK: Math.max(...starts),
    startLowK: Math.min(...starts),
    high: codeColumn(high),
    low: unlike(minimaOf(segments, coolest), high),
  };
}

function dieData(view: ReportView, thermal: ThermalResult): DieData {
  const { blocks, startK } = thermal;
  const { trace, experiment, simulatedS } = view.run;
  const on = componentsByBlock(view);
  const plan = experiment.design.die?.floorplan ?? null;
  return {
    floorplan: plan && {
      widthM: plan.widthM,
      heightM: plan.heightM,
      blocks: plan.blocks.map(({ name, leftM, bottomM, widthM, heightM }) => ({
        name,
        leftM,
        bottomM,
        widthM,
        heightM,
      })),
    },
    blocks: blocks.map((name, b) => ({
      name,
      components: on[b],
      // Only the hottest block's peak within an epoch is known; others are seen at the ends of epochs.
      peakK: Math.max(startK[b], greatest(trace.temperatureK[b]), name === thermal.peakBlock ? thermal.peakK : 0),
      meanW: timeIntegral(trace.powerW[b], trace.durationS) / simulatedS,
    })),
    map: mapData(thermal, ticksPerSecond(simulatedS)),
  };
}

/** The origin of each figure of the energy reference table, as written: all arrays together. */
function sourceData({ experiment: { design } }: RunResult): SourceData[] {
  return design.written.ert.components.flatMap(({ component, actions }) =>
    actions.flatMap(({ action, parts }) =>
      parts.map((part) => ({
        component: component.name,
        action,
        part: `${part.path === '' ? '' : `${part.path}: `}${part.class} ${part.action}`,
        energyJ: part.energyJ,
        source: part.source,
        assumption: part.assumption ?? '',
      })),
    ),
  );
}
