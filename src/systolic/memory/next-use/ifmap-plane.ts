import { gemmShape, type Layer } from '../../../workload/index.ts';
import { type FoldGrid, slices } from '../../folds.ts';
import { channelClasses } from './channels.ts';
import { IntervalTables } from './interval-tables.ts';
import type { Sweep } from './order.ts';
import type { TableReturns } from './retention.ts';
import { unitCount } from './room.ts';
import { rowClasses, unitClasses } from './row-classes.ts';
import { PixelTouches } from './touches.ts';

/** How the words of an ifmap return whose windows overlap or reach into padding. */
export interface IfmapPlane {
  /** `tile` is the largest tile of the layer in words. */
  returns(sweep: Sweep, tile: number): TableReturns;
}

/**
 * The ifmap as pixels of channels. Pixels that the windows see alike are visited once, whatever the number of rows, folds and
 * channels; then each channel says which row folds hold its filter taps.
 */
export function ifmapPlane(layer: Layer, grid: FoldGrid): IfmapPlane {
  const { length, count } = slices(grid, 'm');
  return {
    returns(sweep, tile) {
      const blockPixels = count === 1 ? gemmShape(layer).m : length;
      const rows = rowClasses(layer, blockPixels * sweep.unitBlocks);
      const tables = new IntervalTables(unitClasses(rows, unitCount(sweep)), sweep);
      let touches = 0;
      let distinct = 0;
      for (const channels of channelClasses(layer, slices(grid, 'k'))) {
        const pixels = new PixelTouches(layer, channels.taps, sweep, blockPixels);
        const returns = rows.map((row) => pixels.addRow(row));
        touches += pixels.touches * channels.count * sweep.repeats;
        distinct += pixels.distinct * channels.count;
        tables.add(rows, returns, channels);
      }
      return {
        kind: 'table',
        intervals: tables.intervals(),
        revisits: touches - distinct - tables.innerWords(),
        revisited: Math.min(tile, revisitedWords(layer, grid)),
      };
    },
  };
}

/**
 * Words between two touches of a word in one fold. Where pixels stream past the taps (ws), a word returns after the rows that a
 * window spans; otherwise it returns after all pixels of the tile.
 */
function revisitedWords(layer: Layer, { dataflow, array }: FoldGrid): number {
  if (dataflow.axes.streamed !== 'm') return Number.POSITIVE_INFINITY;
  return layer.filterHeight * layer.ifmapWidth * Math.min(layer.channels, array.rows);
}
