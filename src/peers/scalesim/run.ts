import { type Diagnostic, fail } from '../../base/errors.ts';
import type { Files } from '../../base/files.ts';
import type { ScaleSimVersion } from '../../formats/scalesim/index.ts';
import type { MemoryModel } from '../../systolic/index.ts';
import { accelergyCollector } from '../scalesim-accelergy/collector.ts';
import { simulateScaleSim } from '../scalesim-engine/simulate.ts';
import { readScaleSimInput, type ScaleSimTexts } from './input.ts';
import { simulateLayers } from './model.ts';
import { readSimulationInput } from './model-input.ts';
import { modelFiles, modelSummary } from './outputs.ts';
import { type RecordedOutputs, type ScaleSimFiles, simulateRecorded } from './recorded.ts';
import { scaleSimReports } from './reports.ts';
import type { ScaleSimLayerReport } from './types.ts';

/** Versions of SCALE-Sim that can be repeated to the last digit. */
export const SCALE_SIM_PEERS = ['scalesim-v2', 'scalesim-v3', 'scalesim-accelergy'] as const;

/** A run of SCALE-Sim's job. */
export interface ScaleSimJob extends Pick<RecordedOutputs, 'saveTraces' | 'interval' | 'onProgress'> {
  readonly texts: ScaleSimTexts;
  /** The version to be; our own model without one. */
  readonly compat?: (typeof SCALE_SIM_PEERS)[number] | undefined;
  /** The memory model of our own; the default one without. */
  readonly memory?: MemoryModel | undefined;
  /** Where bundled files are. */
  readonly bundled: Files;
  readonly warn: (warning: Diagnostic) => void;
}

/** What a run gives beside its files. */
export interface ScaleSimRun {
  /** Names the folder that the files are in. */
  readonly runName: string;
  /** For people. */
  readonly summary: string;
}

/**
 * Simulates and writes all files, each below a folder of the run's name. Errors: those of `readSimulationInput`, of
 * `readScaleSimInput` and of `readAccelergyHardware`; `out-of-range` for an interval or traces too large; `not-supported` for
 * traces of our own model.
 */
export function runScaleSim(job: ScaleSimJob, files: ScaleSimFiles): ScaleSimRun {
  const { runName, texts, summary } = job.compat === undefined ? ownModel(job) : asScaleSim(job, files);
  for (const [name, text] of Object.entries(texts)) files.write(`${runName}/${name}`, text);
  return { runName, summary };
}

interface Simulated extends ScaleSimRun {
  readonly texts: Readonly<Record<string, string>>;
}

function ownModel({ texts, interval, saveTraces, memory, bundled, warn, onProgress }: ScaleSimJob): Simulated {
  if (saveTraces) {
    fail('not-supported', 'our own model keeps no addresses, and has no traces to save', {
      expected: "--interval N for counts of every N cycles, or --compat for SCALE-Sim's own traces",
    });
  }
  const input = readSimulationInput(texts, warn, memory);
  const results = simulateLayers(input, layerProgress(input.layers.length, onProgress));
  const { config } = input;
  const written = modelFiles(bundled, input, results, interval);
  return { runName: config.runName, texts: written, summary: modelSummary(config, results) };
}

/** Traces, which may be larger than memory, are written at once. */
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
  return (name, i) => onProgress?.(`layer ${i + 1} of ${count}: ${name}`);
}

function compatSummary(layers: readonly ScaleSimLayerReport[]): string {
  const sum = (value: (layer: ScaleSimLayerReport) => number): number =>
    layers.reduce((total, layer) => total + value(layer), 0);
  const stall = sum((layer) => layer.stallCycles);
  return `${layers.length} layers, ${sum((layer) => layer.totalCycles)} cycles, ${stall} of them stalled`;
}
