/** Scenarios on a shared plant: each equals a run of its own, in any order. */
import { expect, test } from 'vitest';
import { joined } from '../../src/base/source.ts';
import { type Experiment, preparePlant, type RunResult, runExperiment, runScenario } from '../../src/cosim/index.ts';
import { artefacts } from '../../src/report/index.ts';
import { COARSE, load, MODELS, problemsOf } from './support.ts';

const TEXT = `version: 1
name: e
accelerator: edge-npu
workload: ./net.csv
inferences: { period: 500us, count: 12 }
deadline: 450us
epoch: 100us
limit: 50C
policy: performance
`;
const scenario = (policy: string, set: readonly string[], like?: Experiment): Experiment =>
  load(TEXT, { overlay: COARSE, set: [`policy=${policy}`, ...set], like });
const filesOf = (result: RunResult): readonly string[] =>
  Object.values(artefacts(result, { inputsHash: '' })).map((text) => joined(text()));

const SCENARIOS: readonly (readonly [policy: string, ...set: string[]])[] = [
  ['performance'],
  ['[{name: step_wise, trip: 48C}, pace]', 'deadline=900us'],
  ['race-to-idle', 'start=ambient', 'inferences.period=700us'],
];

test('a scenario on a shared plant gives the files of a run of its own, whatever ran before it', () => {
  const first = scenario('powersave', []);
  const plant = preparePlant(first, { cache: MODELS });
  const scenarios = SCENARIOS.map(([policy, ...set]) => scenario(policy, set, first));
  const shared = [...scenarios, ...scenarios.toReversed()].map((one) => filesOf(runScenario(plant, one)));
  const alone = SCENARIOS.map(([policy, ...set]) => filesOf(runExperiment(scenario(policy, set), { cache: MODELS })));
  expect(shared.slice(0, 3)).toEqual(alone);
  expect(shared.slice(3).toReversed()).toEqual(alone);
});

test('another design or network keeps nothing of the plant and is refused', () => {
  const first = scenario('performance', []);
  const plant = preparePlant(first, { cache: MODELS });
  for (const change of ['accelerator.array.rows=16', 'batch=2', 'workload=./other.csv']) {
    const other = load(TEXT, {
      overlay: { ...COARSE, 'other.csv': COARSE['net.csv'] },
      set: [change],
      like: first,
    });
    expect(problemsOf(() => runScenario(plant, other))).toEqual(['layers-differ']);
  }
});

test.each([
  ['an epoch shorter than an inference', '100us'],
  ['an epoch of several inferences', '2ms'],
])('the rest after the work equals that of a run from the same start: %s', (_, epoch) => {
  const text = `version: 1
name: e
accelerator: edge-npu
workload: ./net.csv
inferences: { count: 24 }
deadline: 450us
epoch: ${epoch}
policy: [{ name: step_wise, trip: 44C }, pace]
`;
  const experiment = load(text, { overlay: COARSE });
  const plant = preparePlant(experiment, { cache: MODELS });
  const restUntilS = 24 * 450e-6;
  const { start, ...found } = runScenario(plant, experiment, { restUntilS });
  const alone = runScenario(plant, experiment, {});
  expect(start).toEqual(alone.start);
  expect(found.startW).toEqual(alone.startW);
  const again = runScenario(plant, experiment, { startW: found.startW, leastEndS: restUntilS });
  expect(found.simulatedS).toBe(restUntilS);
  for (const part of ['trace', 'energyJ', 'events', 'inferences', 'layers', 'thermal', 'conservation'] as const) {
    expect(found[part]).toEqual(again[part]);
  }
});
