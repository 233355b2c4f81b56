import { type Diagnostic, fail } from '../../base/errors.ts';
import type { Files } from '../../base/files.ts';
import { type Pieces, piecesOf } from '../../base/source.ts';
import type { ScaleSimVersion } from '../../formats/scalesim/index.ts';
import type { MemoryModel } from '../../systolic/index.ts';
import { accelergyCollector } from '../scalesim-accelergy/collector.ts';
import { simulateScaleSim } from '../scalesim-engine/simulate.ts';
import type { ScaleSimLayerReport } from './layer-report.ts';
import { simulateLayers } from './model.ts';
import { readSimulationInput } from './model-input.ts';
import { modelFiles, modelSummary } from './outputs.ts';
import { readScaleSimInput, type ScaleSimTexts } from './peer-input.ts';
import { type RecordedOutputs, type ScaleSimFiles, simulateRecorded } from './recorded.ts';
import { scaleSimReports } from './reports.ts';

/** The tools whose results can be reproduced to the last digit. */
export const SCALE_SIM_PEERS = ['scalesim-v2', 'scalesim-v3', 'scalesim-accelergy'] as const;

/** A run of SCALE-Sim's job. */
export interface ScaleSimJob extends Pick<RecordedOutputs, 'saveTraces' | 'interval' | 'onProgress'> {
  readonly texts: ScaleSimTexts;
  /** The tool to reproduce; our own model if absent. */
  readonly compat?: (typeof SCALE_SIM_PEERS)[number] | undefined;
  /** The memory model of our own simulation. Default: `DEFAULT_MEMORY_MODEL`. */
  readonly memory?: MemoryModel | undefined;
  /** The bundled files. */
  readonly bundled: Files;
  readonly warn: (warning: Diagnostic) => void;
}

/** The results of a run besides its files. */
export interface ScaleSimRun {
  /** The name of the folder that holds the files. */
  readonly runName: string;
  /** A summary for people. */
  readonly summary: string;
}

/**
 * Simulates and writes all files below a folder with the run's name. Errors: those of `readSimulationInput`, of
 * `readScaleSimInput` and of `readAccelergyHardware`; `out-of-range` for an interval or traces too large;
 * `not-supported` for traces of our own model.
 */
export function runScaleSim(job: ScaleSimJob, files: ScaleSimFiles): ScaleSimRun {
  const { runName, texts, summary } = job.compat === undefined ? ownModel(job) : asScaleSim(job, files);
  for (const [name, text] of Object.entries(texts)) {
    for (const piece of piecesOf(text)) files.write(`${runName}/${name}`, piece);
  }
  return { runName, summary };
}

interface Simulated extends ScaleSimRun {
  readonly texts: Readonly<Record<string, string | Pieces>>;
}

function ownModel({ texts, interval, saveTraces, memory, bundled, warn, onProgress }: ScaleSimJob): Simulated {
  if (saveTraces) {
    fail('not-supported', 'traces list addresses, which our own model does not compute', {
      expected: "--interval N for counts of every N cycles, or --compat for SCALE-Sim's own traces",
    });
  }
  const input = readSimulationInput(texts, warn, memory);
  const results = simulateLayers(input, layerProgress(input.layers.length, onProgress));
  const { config } = input;
  const written = modelFiles(bundled, input, results, interval);
  return { runName: config.runName, texts: written, summary: modelSummary(config, results) };
}

/** Runs as a SCALE-Sim version. Traces may exceed the memory, so they are written as they arise. */
function asScaleSim(
  { texts, compat, saveTraces, interval, memory, warn, onProgress }: ScaleSimJob,
  files: ScaleSimFiles,
): Simulated {
  const version: ScaleSimVersion = compat === 'scalesim-v3' ? 'v3' : 'v2';
  if (texts.layout) warn({ code: 'option-unused', message: '-l has no effect under --compat: no layout is simulated' });
  if (memory)
    warn({ code: 'option-unused', message: '--memory has no effect under --compat: SCALE-Sim has its own memory' });
  const input = readScaleSimInput(texts, { version, tolerate: warn });
  const { runName } = input.config;
  const handover = compat === 'scalesim-accelergy' ? accelergyCollector(input, texts.config, warn) : undefined;
  const outputs = { saveTraces, interval, onProgress, collect: handover?.collect };
  const layers = isRecorded(outputs)
    ? simulateRecorded(input, version, outputs, runName, files)
    : simulateScaleSim(input, version, layerProgress(input.layers.length, onProgress));
  const reports = scaleSimReports(layers, version);
  return { runName, texts: { ...reports, ...handover?.files(reports) }, summary: compatSummary(layers) };
}

function isRecorded({ saveTraces, interval, collect }: RecordedOutputs): boolean {
  return Boolean(saveTraces) || interval !== undefined || collect !== undefined;
}

function layerProgress(count: number, onProgress: ScaleSimJob['onProgress']): (name: string, index: number) => void {
  return (name, i) => onProgress?.(`layer ${i + 1} of ${count}: ${name}`, i / count);
}

function compatSummary(layers: readonly ScaleSimLayerReport[]): string {
  const sum = (value: (layer: ScaleSimLayerReport) => number): number =>
    layers.reduce((total, layer) => total + value(layer), 0);
  const stall = sum((layer) => layer.stallCycles);
  return `${layers.length} layers, ${sum((layer) => layer.totalCycles)} cycles, ${stall} of them stalled`;
}
