/** What policies learn of temperatures beyond the sensors of the blocks: predictions with their error, and a sensed field. */
import { describe, expect, test } from 'vitest';
import { openRun, preparePlant, type RunResult, runExperiment, runScenario } from '../../src/cosim/index.ts';
import type { Observation, PolicyKind } from '../../src/policy/index.ts';
import { longTest } from '../tier.ts';
import { saying, scenario } from './states/support.ts';
import { COARSE, MODELS } from './support.ts';

const HIGH = { ranges: { core: [6, 6] as const }, state: null, reason: 'looks' };

/** A policy at the highest point that looks at every tick. */
function looking(look: (view: Observation) => unknown, predicts = true): PolicyKind {
  const kind = saying({});
  const decide = (view: Observation) => {
    look(view);
    return HIGH;
  };
  return { ...kind, create: () => ({ initial: null, predicts, decide }) };
}

const first = scenario('', { overlay: COARSE });
const plant = preparePlant(first, { cache: MODELS });
const experiment = (lines: string, kind: PolicyKind) => scenario(lines, { kind, overlay: COARSE, like: first });
const go = (lines: string, kind: PolicyKind): RunResult => runScenario(plant, experiment(lines, kind));

interface Seen {
  readonly readingK: readonly number[];
  readonly nextK: readonly number[];
  readonly errorK: number | null;
}

/** What a policy predicts at every tick of the next one, at a point. */
function predicting(lines: string, core = 6): readonly Seen[] {
  const seen: Seen[] = [];
  go(
    lines,
    looking((view) => {
      const { temperatureK, errorK } = view.predictK({ core });
      seen.push({ readingK: Array.from(view.temperatureK), nextK: Array.from(temperatureK), errorK });
    }),
  );
  return seen;
}

const rms = (errors: readonly number[]): number => Math.sqrt(errors.reduce((sum, e) => sum + e * e, 0) / errors.length);
/** The same work in every epoch. */
const LOAD = 'inferences: {period: 1ms, duration: 60ms}\nepoch: 1ms';

test('under an even load the next readings come as predicted, from the second tick on', () => {
  const seen = predicting(LOAD);
  const off = seen.slice(1, -1).flatMap(({ nextK }, n) => nextK.map((k, u) => Math.abs(k - seen[n + 2].readingK[u])));
  // The prediction holds the mean power of an epoch, in which the inference comes first: what is left of the order of the parts.
  expect(Math.max(...off)).toBeLessThan(0.05);
  expect(Math.max(...seen.map(({ readingK }) => readingK[1] - seen[0].readingK[1]))).toBeGreaterThan(0.3);
});

test('the error is that of the predictions so far, by hand', () => {
  const seen = predicting(LOAD);
  expect(seen[0].errorK).toBeNull();
  const blocks = seen[0].readingK.length;
  for (const n of [1, 7, 40]) {
    const ofBlocks = Array.from({ length: blocks }, (_, u) =>
      rms(seen.slice(0, n).map(({ nextK }, i) => nextK[u] - seen[i + 1].readingK[u])),
    );
    expect(seen[n].errorK).toBeCloseTo(Math.max(...ofBlocks), 12);
  }
});

longTest('noisy and late sensors: the prediction is nearer to the truth than the readings are', () => {
  const truth = predicting(LOAD).map(({ readingK }) => readingK);
  for (const sensors of [
    '{noise: 1K}',
    '{noise: 1K, delay: 4ms}',
    '[{noise: 1K}, {blocks: [pe*], delay: 2ms, noise: 2K}]',
  ]) {
    const seen = predicting(`${LOAD}\nsensors: ${sensors}`).slice(0, -1);
    const errorOf = (of: (one: Seen) => readonly number[], ahead: number): number =>
      rms(seen.flatMap((one, n) => of(one).map((k, u) => k - truth[n + ahead][u])));
    expect(
      errorOf(({ nextK }) => nextK, 1),
      sensors,
    ).toBeLessThan(0.6 * errorOf(({ readingK }) => readingK, 0));
  }
});

longTest('slower points are predicted to be cooler', () => {
  const [low, high] = [predicting(LOAD, 0), predicting(LOAD)];
  for (const [n, { nextK }] of low.entries()) {
    if (n > 0) nextK.forEach((k, u) => void expect(k).toBeLessThanOrEqual(high[n].nextK[u] + 1e-9));
  }
});

describe('questions without an answer are errors with the policy, the time and the way out', () => {
  test.each<[string, (view: Observation) => unknown, RegExp]>([
    [
      'no observer',
      (view) => view.predictK({ core: 6 }),
      /"saying" at 0 s asks for predicted temperatures.*\n.*predicts: true/s,
    ],
    ['no row', (view) => view.fieldK(0, 3), /"saying" at 0 s asks for a field of 0 x 3 cells/],
    ['too many cells', (view) => view.fieldK(100, 100), /asks for a field of 100 x 100 cells.*4096/s],
    ['half a row', (view) => view.fieldK(1.5, 2), /asks for a field of 1.5 x 2 cells/],
  ])('%s', (_, look, message) => {
    expect(() => go(LOAD, looking(look, false))).toThrow(message);
  });

  test.each<[string, (view: Observation) => unknown]>([
    ['a field', (view) => view.fieldK(2, 2)],
    ['a prediction', (view) => view.predictK({ core: 6 })],
  ])('%s without a die', (_, look) => {
    expect(() => runExperiment(scenario(LOAD, { kind: looking(look) }))).toThrow(/a floorplan/);
  });
});

test('a field is the temperature below the middle of each cell, as the sensor of that block shows it', () => {
  const run = (sensors: string) => {
    const fields: (readonly number[])[] = [];
    const kind = looking((view) => fields.push(Array.from(view.fieldK(8, 8))), false);
    return { result: go(`inferences: {duration: 10ms}\nepoch: 1ms\n${sensors}`, kind), fields };
  };
  const ideal = run('');
  // The grid of the thermal model is 8 x 8 here, so that the frames of the run are the same fields.
  const { frames, ambientK } = ideal.result.thermal!;
  const modes = frames.amplitudes.length / frames.timeS.length;
  const cells = frames.shapes.length / modes;
  expect(cells).toBe(64);
  ideal.fields.slice(1).forEach((field, n) => {
    const k = frames.timeS.findIndex((s) => Math.abs(s - (n + 1) * 1e-3) < 1e-9);
    field.forEach((kelvin, cell) => {
      let rise = 0;
      for (let i = 0; i < modes; i++) rise += frames.amplitudes[k * modes + i] * frames.shapes[i * cells + cell];
      expect(kelvin).toBeCloseTo(ambientK + rise, 9);
    });
  });
  const late = run('sensors: {offset: 2K, delay: 3ms}').fields;
  for (let n = 4; n < late.length; n++) {
    late[n].forEach((k, cell) => void expect(k).toBeCloseTo(ideal.fields[n - 3][cell] + 2, 9));
  }
});

test('a snapshot holds the observer: a fork predicts the same to the last digit', () => {
  const notes: string[] = [];
  const kind = looking((view) =>
    notes.push(JSON.stringify([view.timeS, view.predictK({ core: 3 }), Array.from(view.fieldK(2, 3))])),
  );
  const open = openRun(plant, experiment(`${LOAD}\nsensors: {noise: 0.3K, delay: 2ms}`, kind));
  open.advance(11);
  const written = structuredClone(open.snapshot());
  const other = open.fork();
  notes.length = 0;
  const rest = (run: typeof open): readonly string[] => {
    run.advance(Number.POSITIVE_INFINITY);
    return notes.splice(0);
  };
  const whole = rest(open);
  expect(whole.length).toBeGreaterThan(40);
  expect(rest(other)).toEqual(whole);
  other.restore(written);
  expect(rest(other)).toEqual(whole);
});

test('a rule on what is predicted acts an epoch before the reading is there', () => {
  const temperatures = predicting(LOAD).map(({ readingK }) => Math.max(...readingK));
  // Halfway between two readings, while the die warms up fast.
  const limitC = (temperatures[4] + temperatures[5]) / 2 - 273.15;
  const slowsAt = (reading: string): number => {
    const rules = `[{ when: { ${reading}: { above: ${limitC}C } }, then: { point: lowest } }, { then: { point: highest } }]`;
    const lines = `${LOAD}\npolicy: {name: rules, rules: ${rules}}`;
    const { events } = runScenario(plant, scenario(lines, { overlay: COARSE, like: first }));
    return events.find(({ kind, to }) => kind === 'transition' && to === '200MHz')!.timeS;
  };
  expect(slowsAt('temperature') - slowsAt('predicted')).toBeCloseTo(1e-3, 9);
});
