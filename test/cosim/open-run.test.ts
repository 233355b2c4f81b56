/** Runs that are advanced by hand, written down, taken back and forked. */
import { describe, expect, test } from 'vitest';
import { BUNDLED } from '../../src/base/files.ts';
import { joined } from '../../src/base/source.ts';
import { openRun, type PreparedPlant, preparePlant, type RunResult, runScenario } from '../../src/cosim/index.ts';
import { artefacts } from '../../src/report/index.ts';
import { someOf } from '../tier.ts';
import { BUNDLED_TEXTS, COARSE, load, MODELS, type Texts } from './support.ts';

const QUAD = `${BUNDLED}accelerators/quad-npu/accelerator.yaml`;
const OVERLAY: Texts = {
  ...COARSE,
  [QUAD]: BUNDLED_TEXTS[QUAD].replace(/( {2}floorplan: .*\n)/, '$1  grid: { rows: 8, columns: 8 }\n'),
};
const plants = new Map<string, { readonly plant: PreparedPlant; readonly like: ReturnType<typeof load> }>();

function scenario(accelerator: string, lines: string) {
  const text = `version: 1\nname: e\naccelerator: ${accelerator}\nworkload: ./net.csv\nstart: ambient\n${lines}\n`;
  const known = plants.get(accelerator);
  const experiment = load(text, { overlay: OVERLAY, ...(known ? { like: known.like } : {}) });
  const plant = known?.plant ?? preparePlant(experiment, { cache: MODELS });
  plants.set(accelerator, { plant, like: experiment });
  return { plant, experiment };
}

const filesOf = (result: RunResult) =>
  Object.fromEntries(
    ['summary.json', 'trace.csv', 'events.csv', 'inferences.csv', 'layers.csv'].map((name) => [
      name,
      joined(artefacts(result, { inputsHash: '' })[name]!()),
    ]),
  );

const SCENARIOS = [
  '[{name: step_wise, trip: 46C}, pace]',
  '{name: race-to-idle, idle: gated}',
  '{name: pid-frequency, target: 46C}',
  '{name: component-util, rule: threshold}',
];

describe.each(['edge-npu', 'quad-npu'])('%s', (accelerator) => {
  test.each(someOf(SCENARIOS, 2))('a snapshot that was written down goes on byte for byte: %s', (policy) => {
    const lines = `policy: ${policy}\ninferences: {period: 170us, duration: 9ms}\nepoch: 90us\ndeadline: 200us\nsensors: {delay: 200us, noise: 0.1K}\nseed: 3`;
    const { plant, experiment } = scenario(accelerator, lines);
    const whole = filesOf(runScenario(plant, experiment, { startW: null }));
    const open = openRun(plant, experiment);
    open.advance(37);
    const written = structuredClone(open.snapshot());
    const fork = open.fork();
    open.advance(Number.POSITIVE_INFINITY);
    expect(filesOf(open.result())).toEqual(whole);
    const other = openRun(plant, experiment);
    other.advance(61);
    other.restore(written);
    expect(other.epochs).toBe(37);
    while (!other.done) other.advance();
    expect(filesOf(other.result())).toEqual(whole);
    // The fork is where it was, and goes the same way.
    expect(fork.epochs).toBe(37);
    fork.advance(Number.POSITIVE_INFINITY);
    expect(filesOf(fork.result())).toEqual(whole);
    // A result on the way takes nothing away.
    other.restore(written);
    other.result();
    other.advance(Number.POSITIVE_INFINITY);
    expect(filesOf(other.result())).toEqual(whole);
  });
});

test('frozen leakage is that of the given temperatures, whatever the die does', () => {
  const { plant, experiment } = scenario('edge-npu', 'policy: performance\ninferences: {duration: 9ms}\nepoch: 1ms');
  const blocks = plant.plant.blocks.length;
  const at = (k: number) =>
    runScenario(plant, experiment, { startW: null, leakageK: new Float64Array(blocks).fill(k) });
  const [cold, hot] = [at(320), at(360)];
  expect(hot.energyJ.leakage).toBeGreaterThan(1.5 * cold.energyJ.leakage);
  expect(hot.energyJ.dynamic).toBe(cold.energyJ.dynamic);
  // The same power in every epoch of the same length, although the die heats up.
  const leak = (r: RunResult) => r.energyJ.leakage / r.simulatedS;
  const longer = scenario('edge-npu', 'policy: performance\ninferences: {duration: 18ms}\nepoch: 1ms');
  const twice = runScenario(longer.plant, longer.experiment, {
    startW: null,
    leakageK: new Float64Array(blocks).fill(320),
  });
  expect(leak(twice) / leak(cold)).toBeCloseTo(1, 9);
});
