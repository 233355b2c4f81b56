import { INFERENCES, LAYERS, nanoseconds, slice } from './perfetto-events.ts';
import { numbersOf, type Table } from './table.ts';

const LAYER_END = 'layer_end_s:';

/** Inferences and their layers. The last inference may be unfinished: it and its layer last to the end of the run. */
export function* inferenceTracks(inferences: Table, epochs: Table): Generator<string> {
  const [number, releaseS, startS, durationS] = ['inference', 'release_s', 'start_s', 'duration_s'].map((name) =>
    numbersOf(inferences, name),
  );
  const layers = inferences.filter(({ name }) => name.startsWith(LAYER_END));
  const names = layers.map(({ name }) => name.slice(LAYER_END.length));
  const ends = layers.map(({ name }) => numbersOf(inferences, name));
  const runEnd = nanoseconds(numbersOf(epochs, 'time_s').at(-1) ?? 0);
  let last = 0;
  for (let i = 0; i < startS.length; i++) {
    // Back to back, an inference starts where the one before it ends; in the table both are rounded.
    const from = Math.max(last, nanoseconds(startS[i]));
    const isFinished = !Number.isNaN(durationS[i]);
    const to = isFinished ? from + nanoseconds(durationS[i]) : Math.max(from, runEnd);
    last = to;
    const waitedS = Math.max(0, startS[i] - releaseS[i]);
    yield slice(INFERENCES, `inference ${number[i]}`, [from, to], {
      ...(waitedS > 0 && { 'waited, us': Number((waitedS * 1e6).toPrecision(6)) }),
      ...(!isFinished && { unfinished: 'yes' }),
    });
    yield* layerSlices(
      names,
      ends.map((column) => from + nanoseconds(column[i])),
      [from, to],
      isFinished,
    );
  }
}

/** `endNs` is NaN for a layer that has not ended, or whose end was not kept. */
function* layerSlices(
  names: readonly string[],
  endNs: readonly number[],
  [from, to]: readonly [number, number],
  isFinished: boolean,
): Generator<string> {
  let begin = from;
  for (let k = 0; k < names.length; k++) {
    const isOver = !Number.isNaN(endNs[k]);
    if (!isOver && isFinished) return;
    yield slice(LAYERS, names[k], [begin, isOver ? endNs[k] : to]);
    if (!isOver) return;
    begin = endNs[k];
  }
}
