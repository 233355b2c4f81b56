import { gemmShape, type Layer } from '../../../workload/index.ts';
import { type FoldGrid, slices } from '../../folds.ts';
import { type ChannelClass, channelClasses } from './channels.ts';
import type { Sweep } from './order.ts';
import type { TableReturns } from './retention.ts';
import { rowClasses } from './row-classes.ts';
import { PixelTouches, type Returns } from './touches.ts';

/** How the words of an ifmap return whose windows overlap or reach into padding. */
export interface IfmapPlane {
  /** `tile` is the largest tile of the layer in words. */
  returns(sweep: Sweep, tile: number): TableReturns;
}

/**
 * Words are pixels of channels. Pixels of a row that the windows see alike are gone through once, whatever the number of rows, folds and channels; then
 * each channel says which row folds its filter taps lie in.
 */
export function ifmapPlane(layer: Layer, grid: FoldGrid): IfmapPlane {
  const { length, count } = slices(grid, 'm');
  return {
    returns(sweep, tile) {
      const classes = channelClasses(layer, slices(grid, 'k'));
      const table = new Map<number, Float64Array>();
      let touches = 0;
      let distinct = 0;
      for (const channels of classes) {
        const pixels = new PixelTouches(layer, channels.taps, sweep, count === 1 ? gemmShape(layer).m : length);
        for (const [row, times] of rowClasses(layer, count === 1 ? 1 : length * sweep.unitBlocks))
          pixels.addRow(row, times);
        touches += pixels.touches * channels.count * sweep.repeats;
        distinct += pixels.distinct * channels.count;
        for (const returns of pixels.returns) addChannels(table, returns, channels, sweep.slots);
      }
      let visits = distinct;
      for (const words of table.values()) for (let r = 0; r < sweep.slots; r++) visits += words[r];
      return {
        kind: 'table',
        table,
        revisits: touches - visits,
        revisited: Math.min(tile, revisitedWords(layer, grid)),
      };
    },
  };
}

/** Adds what pixels do to a table, for each channel in the row folds its taps lie in. */
function addChannels(
  table: Map<number, Float64Array>,
  { outer, base, pairs }: Returns,
  channels: ChannelClass,
  slots: number,
): void {
  const add = (length: number, slot: number, words: number): void => {
    if (length <= 0) return;
    let row = table.get(length);
    if (!row) {
      row = new Float64Array(2 * slots);
      table.set(length, row);
    }
    row[outer ? slot + slots : slot] += words;
  };
  for (const [from, to, pixels] of pairs) {
    if (slots === 1) {
      add(base, 0, pixels * channels.count);
      continue;
    }
    channels.eachSlot(from, to, (first, second) => add(base + second - first, first, pixels));
  }
}

/**
 * Words between two touches of a word in one fold. Where pixels stream past the taps (ws) those are the rows that a window spans; else the taps pass
 * all pixels of the tile.
 */
function revisitedWords(layer: Layer, { dataflow, array }: FoldGrid): number {
  if (dataflow.axes.streamed !== 'm') return Number.POSITIVE_INFINITY;
  return layer.filterHeight * layer.ifmapWidth * Math.min(layer.channels, array.rows);
}
