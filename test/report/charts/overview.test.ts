import { expect, test } from 'vitest';
import { drawOverview, hasLate, overviewFrame } from '../../../src/report/charts/overview.ts';
import { runModel } from '../../../src/report/data/model.ts';
import { madeUp } from '../support.ts';
import { Recorder } from './recorder.ts';

const MODEL = runModel(madeUp({ epochs: 40, domains: 1, blocks: 3, components: 4 }));

function lateMarks(model: typeof MODEL): (readonly number[])[] {
  const recorder = new Recorder();
  drawOverview(recorder, overviewFrame(600, model), model);
  return recorder.boxes.filter(({ ink }) => ink === 'bad').map(({ at }) => at);
}

test('late inferences are marks above the plot, one a place, with gaps between them', () => {
  // Every inference ends after a deadline of no time; a hundred of them share the first place.
  const endS = Float64Array.from({ length: 102 }, (_, i) =>
    i < 100 ? MODEL.startS : MODEL.endS * (i === 100 ? 0.5 : 1),
  );
  const releaseS = endS.map((end) => end - 1);
  const late = { ...MODEL, deadlineS: 0, inferences: { ...MODEL.inferences, endS, releaseS } };
  const marks = lateMarks(late);
  expect(hasLate(late)).toBe(true);
  expect(marks).toHaveLength(3);
  const { y } = overviewFrame(600, late);
  for (const [, top, width, height] of marks) {
    expect(top + height).toBeLessThan(y);
    expect(width).toBe(2);
  }
});

test('without a deadline nothing is late', () => {
  const free = { ...MODEL, deadlineS: null };
  expect(hasLate(free)).toBe(false);
  expect(lateMarks(free)).toEqual([]);
});
