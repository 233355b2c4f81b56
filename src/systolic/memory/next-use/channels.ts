import { gemmShape, type Layer, wholeShape } from '../../../workload/index.ts';
import type { Slices } from '../../folds.ts';

export interface SlotPair {
  readonly slot: number;
  readonly other: number;
  readonly channels: number;
}

/** Channels of which the same filter taps are in the product. */
export interface ChannelClass {
  readonly count: number;
  /** Whether each tap is; null if all are. */
  readonly taps: Uint8Array | null;
  /** The slices of K that two taps lie in, and of how many channels. */
  slotsOf(tap: number, other: number): readonly SlotPair[];
}

/** The channels of a layer, or of the part of its window that an array has. */
export function channelClasses(layer: Layer, { length }: Slices): ChannelClass[] {
  const indexOf = windowIndex(layer);
  const { channels, filterHeight, filterWidth } = layer;
  const taps = filterHeight * filterWidth;
  const slotOf = (tap: number, c: number): number => Math.floor(indexOf(tap * channels + c) / length);
  const of = (members: Int32Array, mask: Uint8Array | null): ChannelClass => {
    const known = new Map<number, readonly SlotPair[]>();
    const slotsOf = (tap: number, other: number): readonly SlotPair[] => {
      const key = tap * taps + other;
      const pairs = known.get(key) ?? pairsOf(members, (c) => [slotOf(tap, c), slotOf(other, c)]);
      known.set(key, pairs);
      return pairs;
    };
    return { count: members.length, taps: mask, slotsOf };
  };
  if (!layer.sparsity && gemmShape(layer).k === wholeShape(layer).k) {
    return [
      of(
        Int32Array.from({ length: channels }, (_, c) => c),
        null,
      ),
    ];
  }
  const classes = new Map<string, { readonly mask: Uint8Array; readonly members: number[] }>();
  for (let c = 0; c < channels; c++) {
    const mask = Uint8Array.from({ length: taps }, (_, tap) => (indexOf(tap * channels + c) >= 0 ? 1 : 0));
    const key = mask.join('');
    const known = classes.get(key) ?? { mask, members: [] };
    classes.set(key, known);
    known.members.push(c);
  }
  const inProduct = [...classes.values()].filter(({ mask }) => mask.includes(1));
  return inProduct.map(({ mask, members }) => of(Int32Array.from(members), mask));
}

/** Channels beside each other mostly lie in the same two slices. */
function pairsOf(members: Int32Array, slotsOf: (channel: number) => [number, number]): SlotPair[] {
  const pairs: { slot: number; other: number; channels: number }[] = [];
  for (const c of members) {
    const [slot, other] = slotsOf(c);
    const last = pairs[pairs.length - 1];
    if (last?.slot === slot && last.other === other) last.channels++;
    else pairs.push({ slot, other, channels: 1 });
  }
  return pairs;
}

/** The place of a window word along K, from the first that the part has; -1 if it is dropped or another part's. */
function windowIndex(layer: Layer): (word: number) => number {
  const { k } = gemmShape(layer);
  const firstK = layer.part?.firstK ?? 0;
  const { kept, block } = layer.sparsity ?? { kept: 1, block: 1 };
  return (word) => {
    if (word % block >= kept) return -1;
    const index = Math.floor(word / block) * kept + (word % block) - firstK;
    return index >= 0 && index < k ? index : -1;
  };
}
