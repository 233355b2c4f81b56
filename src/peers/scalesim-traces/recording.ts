import { fail } from '../../base/errors.ts';
import type { ScaleSimConfig, ScaleSimShape, ScaleSimVersion } from '../../formats/scalesim/index.ts';
import type { PerOperand, ScaleSimLayerReport } from '../scalesim/layer-report.ts';
import { buffersOf, layerRun, runSchedule } from '../scalesim-engine/simulate.ts';
import type { ReadBuffer, Schedule } from '../scalesim-engine/streams.ts';
import type { DrainLog } from '../scalesim-engine/write-buffer.ts';

/**
 * The lines of a layer that were not served at once, in order, and by how many cycles each operand was late (v3: below zero if
 * it was early). All other lines are served in the cycle of their number plus the stall of the late line before, and what is
 * read one cycle later.
 */
export interface LateLines {
  readonly lines: number[];
  /** All stalls up to and including that line's. */
  readonly stalls: number[];
  readonly late: PerOperand<number[]>;
}

/** When the lines of an operand are served: `due` cycles after their numbers and the stalls before, late ones by `delays` more. */
export interface Lateness {
  readonly due: number;
  readonly delays: readonly number[];
}

/** The lateness of an operand's lines, or of all three operands of a line together. */
export function latenessOf({ stalls, late }: LateLines, what: 'ifmap' | 'filter' | 'ofmap' | 'line'): Lateness {
  if (what === 'line') return { due: 0, delays: stalls.map((stall, i) => stall - (stalls[i - 1] ?? 0)) };
  // A word that is there is read a cycle after it was asked for.
  return { due: what === 'ofmap' ? 0 : 1, delays: late[what] };
}

/** A layer's run: its report, and from what its traces follow. */
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
 * Simulates a layer as `simulateScaleSimLayer` does and keeps what its traces need. Errors: the same; `not-supported` for sparse
 * filters that v3 gives other addresses than their own.
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

/** The reports do not depend on which addresses packed filters have. */
function checkAddresses({ sparsity }: ScaleSimConfig): void {
  if (!sparsity?.rowWise && !sparsity?.dropsFirst) return;
  const what = sparsity.rowWise ? 'row-wise sparse filters' : 'sparse filters from address 0';
  fail('not-supported', `the addresses of ${what} are not simulated, so there are no traces and no activity of them`, {
    expected: sparsity.rowWise
      ? 'OptimizedMapping: False, or the reports alone'
      : 'a FilterOffset above 0, or the reports alone',
  });
}

/** Notes the cycles in which a buffer acts. */
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

/** Keeps the late lines. */
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
