import { ACTIVITY_COLUMNS, COUNTER_INDEX, zeroCounts } from '../../base/counters.ts';
import { fail, type Span } from '../../base/errors.ts';
import type { Pieces } from '../../base/source.ts';
import { type LayerProgress, type PartitionedLayer, partitionedProgress } from '../../systolic/index.ts';
import { csvPieces } from './csv.ts';

/** The counts of a layer from cycle `start` until cycle `stop`. */
export interface LayerActivity {
  readonly name: string;
  readonly start: number;
  readonly stop: number;
  /** The counts before any cycle. It is called when the layer's rows are written, since the result may be large. */
  progress(): LayerProgress;
}

/** The activity.csv of a run: one inference on all arrays, in stall-free array cycles. Error: as for `layerActivityCsv`. */
export function activityCsv(schedules: readonly PartitionedLayer[], interval: number, span?: Span): Pieces {
  return layerActivityCsv(activityOf(schedules), interval, { option: 'an activity_interval', span });
}

/** The error that `activityCsv` would end with, before anything is run. */
export function checkActivity(schedules: readonly PartitionedLayer[], interval: number, span?: Span): void {
  checkInterval(activityOf(schedules), interval, { option: 'an activity_interval', span });
}

function activityOf(schedules: readonly PartitionedLayer[]): LayerActivity[] {
  return schedules.map((schedule) => ({
    name: schedule.layer.name,
    start: 0,
    stop: schedule.cycles,
    progress: () => partitionedProgress(schedule),
  }));
}

/**
 * activity.csv: words and MACs in every window [i interval, (i + 1) interval), layer by layer. A word counts in the
 * window in which its last part moves. Counts are therefore whole, and the windows of a layer add up to it exactly.
 * Error: `out-of-range`, at `place`, for an interval that gives more rows than can be written.
 */
export function layerActivityCsv(
  layers: readonly LayerActivity[],
  interval: number,
  place: { readonly option: string; readonly span?: Span | undefined },
): Pieces {
  checkInterval(layers, interval, place);
  return csvPieces(
    ['layer_index', 'layer', 'start_cycle', 'end_cycle', ...ACTIVITY_COLUMNS],
    allRows(layers, interval),
  );
}

/** Most rows, some 200 MB of text. An interval that gives more is a slip. */
const MOST_ROWS = 3e6;

function checkInterval(
  layers: readonly LayerActivity[],
  interval: number,
  { option, span }: { readonly option: string; readonly span?: Span | undefined },
): void {
  const windows = ({ start, stop }: LayerActivity): number => Math.ceil(stop / interval) - Math.floor(start / interval);
  const rows = layers.reduce((sum, layer) => sum + windows(layer), 0);
  if (rows <= MOST_ROWS) return;
  const total = layers.reduce((sum, { start, stop }) => sum + stop - start, 0);
  fail('out-of-range', `activity.csv would have ${rows} rows`, {
    span,
    expected: `${option} of ${Math.ceil(total / (MOST_ROWS / 2))} cycles or more`,
  });
}

/** Generates the rows one by one, as there may be millions. */
function* allRows(layers: readonly LayerActivity[], interval: number): Generator<(string | number)[]> {
  for (const [index, layer] of layers.entries()) yield* layerRows(layer, index, interval);
}

function* layerRows(layer: LayerActivity, index: number, interval: number): Generator<(string | number)[]> {
  const progress = layer.progress();
  const counts = zeroCounts();
  const before = ACTIVITY_COLUMNS.map(() => 0);
  let start = layer.start;
  while (start < layer.stop) {
    const end = Math.min((Math.floor(start / interval) + 1) * interval, layer.stop);
    progress.countsBefore(end, counts);
    const windows = ACTIVITY_COLUMNS.map((column, i) => {
      // Whole words. The margin keeps rounding from losing one of an exact count.
      const done = Math.floor(counts[COUNTER_INDEX[column]] + 1e-6);
      const inWindow = done - before[i];
      before[i] = done;
      return inWindow;
    });
    yield [index, layer.name, start, end, ...windows];
    start = end;
  }
}
