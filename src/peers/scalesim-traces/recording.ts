import { fail } from '../../base/errors.ts';
import type { ScaleSimConfig, ScaleSimShape, ScaleSimVersion } from '../../formats/scalesim/index.ts';
import type { PerOperand, ScaleSimLayerReport } from '../scalesim/layer-report.ts';
import { buffersOf, layerRun, runSchedule } from '../scalesim-engine/simulate.ts';
import type { ReadBuffer, Schedule } from '../scalesim-engine/streams.ts';
import type { DrainLog } from '../scalesim-engine/write-buffer.ts';

/**
 * The lines of a layer that were not served at once, in order, and the cycles by which each operand was late (v3:
 * negative if it was early). Any other line is served in the cycle of its number plus the stalls of the last late line;
 * its reads appear one cycle later.
 */
export interface LateLines {
  readonly lines: number[];
  /** The sum of all stalls up to and including that line's. */
  readonly stalls: number[];
  readonly late: PerOperand<number[]>;
}

/**
 * When an operand's lines are served: `due` cycles after the line number and the stalls before it; late lines `delays`
 * cycles later still.
 */
export interface Lateness {
  readonly due: number;
  readonly delays: readonly number[];
}

/** The lateness of an operand's lines, or of the lines with all three operands together. */
export function latenessOf({ stalls, late }: LateLines, what: 'ifmap' | 'filter' | 'ofmap' | 'line'): Lateness {
  if (what === 'line') return { due: 0, delays: stalls.map((stall, i) => stall - (stalls[i - 1] ?? 0)) };
  // A word that is present is read one cycle after its request.
  return { due: what === 'ofmap' ? 0 : 1, delays: late[what] };
}

/** The run of a layer: its report, and the data from which its traces follow. */
export interface LayerRecording {
  readonly config: ScaleSimConfig;
  readonly schedule: Schedule;
  readonly report: ScaleSimLayerReport;
  readonly late: LateLines;
  /** CALC: cycles in which the read buffers filled up. */
  readonly fills: { readonly ifmap: readonly number[]; readonly filter: readonly number[] };
  readonly drains: DrainLog;
}

/**
 * Simulates a layer as `simulateScaleSimLayer` does, and keeps the data for its traces. Errors: the same;
 * `not-supported` for sparse filters to which v3 gives wrong addresses.
 */
export function recordScaleSimLayer(
  layer: ScaleSimShape,
  config: ScaleSimConfig,
  version: ScaleSimVersion,
): LayerRecording {
  checkAddresses(config);
  const run = layerRun(layer, config);
  const { schedule } = run;
  const drains: DrainLog = { cuts: [], cycles: [], rows: [] };
  const buffers = buffersOf(schedule, config, version, drains);
  const fills = { ifmap: [] as number[], filter: [] as number[] };
  const watched = (operand: 'ifmap' | 'filter'): ReadBuffer =>
    config.bandwidth === 'CALC' ? recorded(buffers[operand], fills[operand]) : buffers[operand];
  const late: LateLines = { lines: [], stalls: [], late: { ifmap: [], filter: [], ofmap: [] } };
  const read = { ifmap: watched('ifmap'), filter: watched('filter') };
  const report = runSchedule(run, config, { ...read, ofmap: buffers.ofmap }, lateWatcher(late));
  return { config, schedule, report, late, fills, drains };
}

/** Rejects packed filters whose addresses would be wrong in traces. Reports do not depend on them. */
function checkAddresses({ sparsity }: ScaleSimConfig): void {
  if (!sparsity?.rowWise && !sparsity?.dropsFirst) return;
  const what = sparsity.rowWise ? 'row-wise sparse filters' : 'sparse filters from address 0';
  fail('not-supported', `the addresses of ${what} are not simulated, so they have no traces and no activity`, {
    expected: sparsity.rowWise
      ? 'OptimizedMapping: False, or the reports alone'
      : 'a FilterOffset above 0, or the reports alone',
  });
}

/** Wraps a buffer and records the cycles in which it acts. */
function recorded(buffer: ReadBuffer, cycles: number[]): ReadBuffer {
  return {
    get nextLine() {
      return buffer.nextLine;
    },
    serve(cycle) {
      cycles.push(cycle);
      return buffer.serve(cycle);
    },
    finish: () => buffer.finish(),
  };
}

/** Returns a watcher that records the late lines. */
function lateWatcher({ lines, stalls, late }: LateLines) {
  return (line: number, cycle: number, ifmap: number, filter: number, ofmap: number): void => {
    const byIfmap = ifmap - cycle - 1;
    const byFilter = filter - cycle - 1;
    const byOfmap = ofmap - cycle;
    if (byIfmap === 0 && byFilter === 0 && byOfmap === 0) return;
    lines.push(line);
    stalls.push(cycle - line + Math.max(byIfmap, byFilter, byOfmap));
    late.ifmap.push(byIfmap);
    late.filter.push(byFilter);
    late.ofmap.push(byOfmap);
  };
}
