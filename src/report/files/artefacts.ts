import { once } from '../../base/once.ts';
import type { Pieces } from '../../base/source.ts';
import type { Experiment, PreparedPlant, RunResult } from '../../cosim/index.ts';
import { accelergyFiles } from '../../energy/index.ts';
import { reportData } from '../data/index.ts';
import { reportHtml } from '../page/index.ts';
import { activityCsv, checkActivity } from './activity.ts';
import { ertCsv } from './ert-csv.ts';
import { eventsCsv } from './events-csv.ts';
import { HOTSPOT_FILES, hotspotFiles } from './hotspot.ts';
import { inferencesCsv } from './inferences-csv.ts';
import { layersCsv } from './layers.ts';
import { meanPoints, type RunOrigin, summaryJson } from './summary.ts';
import { traceCsv } from './trace.ts';

/** The texts of files by name. Each is made on request, piece by piece, since it may be large. */
export type Artefacts = Readonly<Record<string, () => Pieces>>;

/**
 * All files of a run, as docs/formats/outputs.md lists them. Error
 * of `activity.csv`: `out-of-range`, as for `activityCsv`.
 */
export function artefacts(result: RunResult, origin: RunOrigin): Artefacts {
  const { activityInterval, document } = result.experiment.spec;
  const accelergy = once(() => accelergyOf(result));
  const report = once(() => reportData(result, origin));
  return {
    'summary.json': () => [summaryJson(result, origin)],
    'layers.csv': () => [layersCsv(result)],
    'trace.csv': () => traceCsv(result),
    'activity.csv': () => activityCsv(result.schedules, activityInterval, document.span(['activity_interval'])),
    'events.csv': () => eventsCsv(result),
    'inferences.csv': () => inferencesCsv(result),
    ...hotspotFiles(result),
    'ert.csv': () => [ertCsv(result)],
    'action_counts.yaml': () => [accelergy().actionCounts],
    'architecture.yaml': () => [accelergy().architecture],
    'ERT.yaml': () => [accelergy().ert],
    'report.json': () => [JSON.stringify(report()), '\n'],
    'report.html': () => [reportHtml(report())],
  };
}

/** Ends with an error of these files that a plant shows before anything is run: `out-of-range`, as for `activityCsv`. */
export function checkArtefacts({ programs }: PreparedPlant, { spec }: Experiment): void {
  checkActivity(programs.schedules, spec.activityInterval, spec.document.span(['activity_interval']));
}

/** The names of these files before there is a result. `thermal` says whether the accelerator has a thermal part. */
export function artefactNames(thermal: boolean): string[] {
  return [...PLAIN_FILES, ...(thermal ? HOTSPOT_FILES : [])];
}

const PLAIN_FILES = [
  ...['summary.json', 'layers.csv', 'trace.csv', 'activity.csv', 'events.csv', 'inferences.csv'],
  ...['ert.csv', 'action_counts.yaml', 'architecture.yaml', 'ERT.yaml', 'report.json', 'report.html'],
];

/** A cycle lasts one period of the first array's mean clock. */
function accelergyOf(result: RunResult): ReturnType<typeof accelergyFiles> {
  const { counts, experiment, actionJ } = result;
  const { written, technology, spec } = experiment.design;
  const { classes, ert, bound } = written;
  const arrayHz = meanPoints(result)[spec.arrays[0].array].frequencyHz;
  return accelergyFiles(ert, { classes, bound, counts, technology, globalCycleSeconds: 1 / arrayHz, actionJ });
}
