import type { Diagnostic } from '../../../base/errors.ts';
import type { Write } from '../../../base/files.ts';
import {
  gridSampleHeader,
  temperatureTraceHeader,
  temperatureTraceRow,
  writeGridLayers,
  writeHotspotConfig,
  writeTemperatures,
} from '../../../formats/hotspot/index.ts';
import type { TemperatureField } from '../../../thermal/floorplan/index.ts';
import type { ResultCache } from '../../../thermal/reduced/index.ts';
import { layerField } from '../field.ts';
import type { HotspotInput } from '../input/files.ts';
import { modelLayers } from '../layers.ts';
import type { HotspotModel } from '../model.ts';
import { type HotspotJob, type HotspotOutcome, type HotspotProgramMode, PROGRAMS, runHotspot } from '../program.ts';
import type { HotspotTransient } from '../transient.ts';
import type { FramedLayer, Paint } from './drawings.ts';
import { type DrawnLayer, drawnLayer, framedLayers, type HotspotPictures } from './drawn-layer.ts';
import { fieldWriter, type LayerFields } from './fields.ts';

/** A run of HotSpot's job, and its files besides those named by the configuration. */
export interface HotspotOutputs {
  readonly input: HotspotInput;
  readonly mode: HotspotProgramMode;
  /** Temperatures at the end of each sample (-o). Without it only the steady state is computed. */
  readonly transientFile?: string | undefined;
  /** The configuration in effect (-d). */
  readonly dumpFile?: string | undefined;
  readonly pictures: HotspotPictures;
  /** Peak, gradient, hot area and time to the threshold, as JSON. */
  readonly hotspotsFile?: string | undefined;
  /** Decimals of temperatures. */
  readonly digits: number;
  readonly cache?: ResultCache | undefined;
  /** Receives a warning for everything the answer leaves out. */
  readonly warn?: (warning: Diagnostic) => void;
  /** Receives the current activity and the share of the samples that is done. */
  readonly onProgress?: (activity: string, share: number) => void;
  /** Makes what paints pictures as PNG. Without it there are none. */
  readonly painter?: () => Promise<Paint>;
}

/** Runs the job and writes all its files. Errors: those of `drawnLayer` and of `runHotspot`. */
export async function writeHotspot(outputs: HotspotOutputs, write: Write): Promise<HotspotOutcome> {
  const { pictures, hotspotsFile, input } = outputs;
  const { options, layers } = input.problem;
  const drawings = isLookedAt(outputs) ? await import('./drawings.ts') : undefined;
  const isPainted = pictures.png !== undefined || pictures.frames !== undefined;
  const paint = isPainted ? await outputs.painter?.() : undefined;
  const drawn = drawnLayer(pictures, input);
  const writers = (pictures.field ?? []).map((file) => [file, fieldWriter(file)] as const);
  const framed = pictures.frames === undefined ? [] : framedLayers(pictures, input, drawn);
  const frames = framed.map((layer): FramedLayer => ({ ...layer, fields: [] }));
  const outcome = runHotspot({ ...jobOf(outputs, framed), onSample: sampleWriter(outputs, frames, write) });
  writeSteady(outputs, outcome, write);
  if (!drawings) return outcome;
  const field = steadyField(outcome, layers.length, drawn);
  drawings.drawSteady(pictures, drawn, field, layers.length, write, paint);
  const fields = writers.length > 0 ? layerFields(outputs, outcome) : null;
  if (fields) for (const [file, writer] of writers) write(file, writer(fields));
  drawings.drawFrames(pictures, frames, options.sampling_intvl, write, paint);
  if (hotspotsFile !== undefined) {
    write(hotspotsFile, drawings.hotspotsJson(field, drawn, options.thermal_threshold, outcome.peak));
  }
  return outcome;
}

function layerFields({ input, mode }: HotspotOutputs, { model, steadyCellsK }: HotspotOutcome): LayerFields | null {
  if (!model.grid) return null;
  const { rows, columns } = model.grid;
  const layers = modelLayers(input.problem, PROGRAMS[mode].rules, { rows, columns });
  const { widthM, heightM } = layers[0].floorplan;
  const thicknessM = layers.map(({ layer }) => layer.thicknessM);
  return { rows, columns, widthM, heightM, thicknessM, temperatureK: steadyCellsK };
}

function isLookedAt({ pictures, hotspotsFile }: HotspotOutputs): boolean {
  const { svg, png, floorplanSvg, frames, field = [] } = pictures;
  return [svg, png, floorplanSvg, frames, hotspotsFile, ...field].some((path) => path !== undefined);
}

function jobOf(outputs: HotspotOutputs, framed: readonly DrawnLayer[]): HotspotJob {
  const { input, mode, transientFile, hotspotsFile, warn, cache } = outputs;
  const allLayers = input.problem.options.grid_transient_file !== null || framed.length > 1;
  return {
    input,
    mode,
    transient: transientFile !== undefined,
    steady: steadyWanted(outputs),
    ...(warn && { warn }),
    fields: allLayers ? 'all' : framed[0]?.index,
    lookForPeaks: hotspotsFile !== undefined,
    cache,
  };
}

/** The readings of the steady state that files need, or standard output if there is no transient. */
function steadyWanted({
  input,
  transientFile,
  dumpFile,
  hotspotsFile,
  pictures,
}: HotspotOutputs): HotspotJob['steady'] {
  const { steady_file, grid_steady_file } = input.problem.options;
  const given = (...paths: (string | null | undefined)[]): boolean => paths.some((path) => (path ?? null) !== null);
  if (given(grid_steady_file, pictures.svg, pictures.png, hotspotsFile, ...(pictures.field ?? []))) return 'cells';
  return transientFile === undefined || given(dumpFile, steady_file) ? 'names' : 'none';
}

/** Writes the rows and fields of samples. It keeps the fields of frames, which are drawn at the end. */
function sampleWriter(
  { input, mode, transientFile, digits, onProgress }: HotspotOutputs,
  frames: readonly FramedLayer[],
  write: Write,
): HotspotJob['onSample'] {
  if (transientFile === undefined) return undefined;
  const { problem, trace } = input;
  const { grid_transient_file, sampling_intvl } = problem.options;
  write(transientFile, temperatureTraceHeader(trace.names));
  return (k, at: HotspotTransient) => {
    const units = at.unitsK();
    const row = Array.from(trace.unitOfColumn, (unit) => units[unit]);
    write(transientFile, temperatureTraceRow(row, digits));
    const cellsK = frames.length > 0 ? at.cellsK() : undefined;
    for (const { index, fields } of frames) {
      const field = cellsK && layerField(at.model, cellsK, problem.layers.length, index);
      if (field) fields.push(field);
    }
    if (grid_transient_file !== null && at.model.grid) {
      const timeS = PROGRAMS[mode].rules.sampleLabel(k) * sampling_intvl;
      write(grid_transient_file, gridSampleHeader(timeS) + gridLayers(at.model, at.cellsK(), digits));
    }
    onProgress?.(`sample ${k + 1} of ${trace.samples}`, (k + 1) / trace.samples);
  };
}

function writeSteady({ input, dumpFile, digits }: HotspotOutputs, outcome: HotspotOutcome, write: Write): void {
  const { steady_file, grid_steady_file } = input.problem.options;
  const { model, steady, steadyCellsK } = outcome;
  if (dumpFile !== undefined) write(dumpFile, writeHotspotConfig(outcome.options));
  if (steady_file !== null) write(steady_file, writeTemperatures(steady, digits));
  if (grid_steady_file !== null && model.grid) write(grid_steady_file, gridLayers(model, steadyCellsK, digits));
}

function gridLayers({ grid }: HotspotModel, cellsK: Float64Array, digits: number): string {
  return grid ? writeGridLayers(cellsK, grid.layers, grid.rows * grid.columns, digits) : '';
}

function steadyField(
  { model, steadyCellsK }: HotspotOutcome,
  layers: number,
  drawn: DrawnLayer,
): TemperatureField | null {
  return steadyCellsK.length > 0 ? layerField(model, steadyCellsK, layers, drawn.index) : null;
}
