import { expect, test } from 'vitest';
import { Recorder } from '../../src/cosim/record/recorder.ts';
import { problemsOf } from './support.ts';

/** Row n of a record holds n, n + 1, n + 2, ... */
function append(recorder: Recorder, from: number, to: number): Recorder {
  for (let n = from; n < to; n++) recorder.append(Float64Array.from({ length: recorder.width }, (_, i) => n + i));
  return recorder;
}
const counted = (from: number, length: number) => Float64Array.from({ length }, (_, n) => from + n);

test.each([0, 1, 256, 257, 5000])('%d rows come back as columns', (epochs) => {
  const recorder = append(new Recorder(1, 2, true), 0, epochs);
  const { epochs: rows, timeS, layer, domains, powerW, temperatureK } = recorder.trace();
  expect(rows).toBe(epochs);
  expect(timeS).toEqual(counted(0, epochs));
  expect(Float64Array.from(layer)).toEqual(counted(3, epochs));
  // Six columns of the run, six of the domain, then power and temperature of the blocks.
  expect(domains[0].dead).toEqual(counted(11, epochs));
  expect(powerW).toEqual([counted(12, epochs), counted(13, epochs)]);
  expect(temperatureK).toEqual([counted(14, epochs), counted(15, epochs)]);
});

test('a fork and its run go on without touching each other, after few rows and after many', () => {
  for (const before of [3, 1024, 1025, 4000]) {
    const recorder = append(new Recorder(1, 1, false), 0, before);
    const early = recorder.trace();
    const fork = new Recorder(1, 1, false);
    fork.load(structuredClone(recorder.save()));
    const sharing = new Recorder(1, 1, false);
    sharing.load(recorder.save());
    append(recorder, before, before + 2000);
    append(fork, 7000, 7001);
    append(sharing, 9000, 9300);
    append(fork, 7001, 7002);
    expect(recorder.trace().timeS).toEqual(counted(0, before + 2000));
    expect(fork.trace().timeS).toEqual(Float64Array.of(...counted(0, before), 7000, 7001));
    expect(sharing.trace().timeS).toEqual(Float64Array.of(...counted(0, before), ...counted(9000, 300)));
    expect(early.timeS).toEqual(counted(0, before));
  }
});

// 12 columns of a domain and a block without temperatures, 6 + 6 + 1 = 13; 2.5e8 / 13 = 19,230,769.2.
test('a trace of more than 250 million numbers is refused', () => {
  const recorder = new Recorder(1, 1, false);
  recorder.checkLength(19_230_769);
  expect(problemsOf(() => recorder.checkLength(19_230_770))).toEqual(['trace-too-long']);
});
