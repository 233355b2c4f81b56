/** An experiment may name a mapping: dataflow, order of folds and T tile of each layer. */
import { describe, expect, test } from 'vitest';
import { COUNTERS } from '../../src/base/counters.ts';
import { load, preparePlant, readMapping, runScenario, writeMapping } from '../../src/cosim/index.ts';
import { bestMapping } from '../../src/study/joint/index.ts';
import { DATAFLOWS, orderName } from '../../src/systolic/index.ts';
import { diagnosticsOf } from '../energy/support.ts';
import { LONG } from '../tier.ts';
import { EDGE, EDGE_ARCHITECTURE, memoryFiles } from './support.ts';

const NET = `layer,type,m,n,k
first,gemm,512,256,288
second,gemm,96,512,2304
third,gemm,512,256,288
last,gemm,1,1000,512
`;
const EXPERIMENT = {
  file: 'mine.yaml',
  text: 'version: 1\nname: mine\naccelerator: ./edge.yaml\nworkload: ./net.csv\n',
};
const filesWith = (mapping?: string) =>
  memoryFiles({
    'edge.yaml': EDGE,
    'architecture.yaml': EDGE_ARCHITECTURE,
    'net.csv': NET,
    ...(mapping !== undefined && { 'maps/mine.yaml': mapping }),
  });
const MAPPED = { mapping: 'maps/mine.yaml' };
const plantOf = (mapping: string) => preparePlant(load(filesWith(mapping), EXPERIMENT, { set: MAPPED }));
const WORKLOAD = load(filesWith(), EXPERIMENT).workload;
const list = (...entries: string[]) => `version: 1\nlayers:\n${entries.map((entry) => `  - { ${entry} }\n`).join('')}`;

const plants = DATAFLOWS.map(({ id }) => ({
  dataflow: id,
  prepared: preparePlant(load(filesWith(), EXPERIMENT, { set: { 'accelerator.array.dataflow': id } })),
}));

describe('the best mapping', () => {
  const found = bestMapping('mine', plants, 'edp', Number.POSITIVE_INFINITY, plantOf);
  if ('leastS' in found) throw new Error('unmeetable');
  const { result, handover } = found;
  const files = filesWith(handover.mapping);
  const texts = { ...files, read: (path: string) => (path === 'points.yaml' ? handover.policy : files.read(path)) };
  const experiment = load(texts, EXPERIMENT, { set: MAPPED, policy: 'points.yaml' });
  const prepared = preparePlant(experiment);

  test('uses more than one dataflow here, and one of its orders or tiles is not the usual one', () => {
    expect(new Set(result.layers.map(({ dataflow }) => dataflow)).size).toBeGreaterThan(1);
    expect(result.layers.some(({ order, streamTile }) => order !== 'columns outermost' || streamTile)).toBe(true);
  });

  test('runs with the counts and cycles that the search had, layer by layer', () => {
    const run = runScenario(prepared, experiment);
    result.layers.forEach(({ dataflow, cycles, order, streamTile }, l) => {
      const searched = plants.find((plant) => plant.dataflow === dataflow)!.prepared.programs.schedules[l];
      const scheduled = run.schedules[l];
      expect(Array.from(scheduled.counts)).toEqual(Array.from(searched.counts));
      expect(scheduled.cycles).toBe(cycles);
      const [part] = scheduled.parts;
      expect(orderName(part!.queue!.order)).toBe(order);
      if (streamTile !== undefined) expect(part!.streamTile).toBe(streamTile);
      expect(run.layers[l].cycles).toBe(cycles);
    });
    const total = COUNTERS.map((_, c) => result.layers.reduce((sum, _layer, l) => sum + run.schedules[l].counts[c], 0));
    expect(Array.from(run.counts)).toEqual(total.map((count) => expect.closeTo(count, 3)));
  });

  test('runs in the time that the replay says, but for changes of operating points', () => {
    const { simulatedS, transitions } = runScenario(prepared, experiment);
    const [{ transition }] = experiment.design.spec.domains;
    const mostS = transition.relockS + 1 / transition.slewVPerS;
    expect(simulatedS).toBeGreaterThanOrEqual(handover.replayed.timeS * (1 - 1e-9));
    expect(simulatedS).toBeLessThanOrEqual(handover.replayed.timeS + transitions * mostS);
  });
});

describe('a deadline', () => {
  test('holds on the array that changes its dataflow, or the choice is the fastest that was found', () => {
    const fast = bestMapping('mine', plants, 'delay', Number.POSITIVE_INFINITY, plantOf);
    const slow = bestMapping('mine', plants, 'energy', Number.POSITIVE_INFINITY, plantOf);
    if ('leastS' in fast || 'leastS' in slow) throw new Error('unmeetable');
    for (const part of LONG ? [0.1, 0.5, 0.9] : [0.5]) {
      const deadlineS = fast.handover.replayed.timeS * (1 - part) + slow.handover.replayed.timeS * part;
      const found = bestMapping('mine', plants, 'energy', deadlineS, plantOf);
      if ('leastS' in found) throw new Error('unmeetable');
      expect(found.handover.replayed.timeS).toBeLessThanOrEqual(deadlineS * (1 + 1e-12));
      expect(found.result.lowerBound).toBeLessThanOrEqual(found.result.value);
    }
  });
});

describe('a mapping of some layers', () => {
  test('leaves the others as they are', () => {
    const plain = preparePlant(load(filesWith(), EXPERIMENT));
    const { programs } = plantOf(list('layer: second, dataflow: ws'));
    const same = (l: number, of: typeof plain) =>
      expect(Array.from(programs.schedules[l].counts)).toEqual(Array.from(of.programs.schedules[l].counts));
    for (const l of [0, 2, 3]) same(l, plain);
    same(1, plants.find(({ dataflow }) => dataflow === 'ws')!.prepared);
  });

  test('keeps apart layers of one shape that are mapped differently', () => {
    const { programs } = plantOf(list('layer: first, dataflow: ws', 'layer: third, dataflow: is'));
    const [first, , third] = programs.schedules;
    expect(Array.from(first.counts)).not.toEqual(Array.from(third.counts));
    expect([first, third].map(({ parts }) => parts[0]!.config.dataflow)).toEqual(['ws', 'is']);
  });

  test('is not taken for the plant of another mapping', () => {
    const one = load(filesWith(list('layer: 0, dataflow: ws')), EXPERIMENT, { set: MAPPED });
    const other = load(filesWith(), EXPERIMENT, { like: one });
    expect(other.design).toBe(one.design);
    expect(diagnosticsOf(() => runScenario(preparePlant(one), other))[0].code).toBe('layers-differ');
    const again = load(filesWith(), EXPERIMENT, { set: MAPPED, like: one });
    expect(again.mapping).toBe(one.mapping);
    expect(again.workload).toBe(one.workload);
  });
});

test('a written mapping reads back, whatever the layers are called', () => {
  const text = writeMapping('a "name": # of\nmine', [
    { layer: 'first\n- {}', dataflow: 'ws', streamTile: 128 },
    { layer: 'second', order: '2 rows' },
    { layer: 'third' },
    { layer: 'last', dataflow: 'is', order: 'T tiles outermost' },
  ]);
  expect(readMapping({ file: 'mine.yaml', text }, WORKLOAD).layers).toEqual([
    { dataflow: 'ws', streamTile: 128 },
    { order: '2 rows' },
    {},
    { dataflow: 'is', order: 'T tiles outermost' },
  ]);
});

const textsOf = (run: () => unknown) =>
  diagnosticsOf(run).map(({ code, span, message }) => `${code} ${span?.file}:${span?.line}:${span?.column} ${message}`);

describe('refuses', () => {
  test.each([
    ['', 'wrong-type m.yaml:1:1'],
    ['version: 1\nlayers: []\n', 'out-of-range m.yaml:2:9'],
    [list('dataflow: ws'), 'missing-key m.yaml:3:5'],
    [list('layer: 0, order: 3'), 'wrong-type m.yaml:3:24'],
    [list('layer: -1'), 'out-of-range m.yaml:3:14'],
    [list('layer: 1.5'), 'wrong-type m.yaml:3:14'],
    [list('layer: 4'), 'unknown-name m.yaml:3:14 net has no layer 4'],
    [list('layer: fist'), 'unknown-name m.yaml:3:14 net has no layer "fist"'],
    [list('layer: 0', 'layer: first'), 'duplicate-name m.yaml:4:14 layer "first" is mapped twice'],
    [list('layer: 0, dataflow: ows'), 'unknown-name m.yaml:3:27 there is no dataflow "ows"'],
    [list('layer: 0, tile: 0'), 'out-of-range m.yaml:3:23'],
    [list('layer: 0, tiles: 4'), 'unknown-key m.yaml:3:17'],
  ])('%j', (text, problem) => {
    const found = textsOf(() => readMapping({ file: 'm.yaml', text }, WORKLOAD));
    expect(found).toEqual([expect.stringContaining(problem)]);
  });

  test('a name that two layers have', () => {
    const layers = WORKLOAD.layers.map((layer, i) => (i === 2 ? { ...layer, name: 'first' } : layer));
    const source = { file: 'm.yaml', text: list('layer: first') };
    expect(textsOf(() => readMapping(source, { ...WORKLOAD, layers }))).toEqual([
      'duplicate-name m.yaml:3:14 layers 0 and 2 of net are both called "first"',
    ]);
  });

  test('all layers at once whose dataflow cannot carry their mapping, each in its place', () => {
    const text = list(
      'layer: first, order: 2 tiles',
      'layer: 1, dataflow: is, tile: 100000',
      'layer: third, tile: 64',
      'layer: last, dataflow: ws, order: 2 rows',
    );
    expect(textsOf(() => load(filesWith(text), EXPERIMENT, { set: MAPPED }))).toEqual([
      'mapping-misfit maps/mine.yaml:3:28 layer "first": the dataflow os has no order of folds "2 tiles"',
      'mapping-misfit maps/mine.yaml:4:37 layer "second": a T tile of 100000, where T is 512',
      'mapping-misfit maps/mine.yaml:5:27 layer "third": the dataflow os adds up in the PEs, so that T is never cut',
      'mapping-misfit maps/mine.yaml:6:41 layer "last": the dataflow ws has no order of folds "2 rows"',
    ]);
  });

  test('a file that is missing or of another kind', () => {
    const missing = diagnosticsOf(() => load(filesWith(), EXPERIMENT, { set: MAPPED }))[0];
    expect(missing).toMatchObject({ code: 'file-not-found', expected: 'a mapping of the network' });
    expect(textsOf(() => load(filesWith(EXPERIMENT.text), EXPERIMENT, { set: MAPPED }))).toEqual([
      expect.stringContaining('is an experiment, not a mapping'),
    ]);
  });
});
