import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readMaestroHardware, readMaestroNetwork, writeMaestroNetwork } from '../../src/formats/maestro/index.ts';
import {
  directivesOf,
  evaluateMaestro,
  type GammaLimits,
  genomeSpace,
  searchGamma,
  searchGammaAtRandom,
} from '../../src/mapping/index.ts';
import { someOf } from '../tier.ts';

const read = (file: string) => ({
  file,
  text: readFileSync(new URL(`../golden/maestro/${file}`, import.meta.url), 'utf8'),
});
const hardware = readMaestroHardware(read('hw_a.m'));
const limits: GammaLimits = { evaluations: 120, seed: 3, objective: 'edp', levels: [2, 2] };
const NETWORKS = ['conv_kcp.m', 'dw_conv.m', 'gemm_os.m', 'conv_outputcentric.m'];

describe.each(someOf(NETWORKS, 2))('dataflows for %s', (file) => {
  const { name, layers } = readMaestroNetwork(read(file));
  const [layer] = layers;

  test.each([
    ['genetic', searchGamma],
    ['random', searchGammaAtRandom],
  ] as const)('a %s search repeats itself and its winner costs the same once written and read', (_, search) => {
    const found = search(layer, hardware, limits)!;
    expect(search(layer, hardware, limits)).toEqual(found);
    expect(found.evaluations).toBe(120);
    expect(found.steps.at(-1)!.best).toBe(found.value);
    const written = { ...layer, directives: directivesOf(genomeSpace(layer), found.genome) };
    const text = writeMaestroNetwork({ name, layers: [written] });
    const [again] = readMaestroNetwork({ file: 'mapping.m', text }).layers;
    const { runtime, l1Size, l2Size, macs } = evaluateMaestro(again, hardware);
    expect([runtime, l1Size, l2Size]).toEqual([found.cost.cycles, found.cost.l1Size, found.cost.l2Size]);
    // No more products than the PEs compute in that time.
    expect(runtime * hardware.pes).toBeGreaterThanOrEqual(macs);
  });

  test('best values never rise from generation to generation', () => {
    const { steps } = searchGamma(layer, hardware, limits)!;
    for (let i = 1; i < steps.length; i++) {
      expect(steps[i].best).toBeLessThanOrEqual(steps[i - 1].best);
      expect(steps[i].evaluations).toBeGreaterThan(steps[i - 1].evaluations);
    }
  });
});

// GAMMA 3d6caf8: evaluations = population + generations * (population + elite), 230 for 20 genomes, 10 generations and 1 elite.
test('230 evaluations are the start and ten generations of 21 genomes', () => {
  const [layer] = readMaestroNetwork(read('conv_kcp.m')).layers;
  const { steps } = searchGamma(layer, hardware, { ...limits, evaluations: 230 })!;
  expect(steps.map(({ evaluations }) => evaluations)).toEqual(Array.from({ length: 11 }, (_, g) => 20 + 21 * g));
});

test('searched PEs are whole clusters within the limit, and the area holds by 282 um2 a PE and 0.688 an element', () => {
  const [layer] = readMaestroNetwork(read('conv_kcp.m')).layers;
  const found = searchGamma(layer, hardware, { ...limits, levels: [1, 3], peLimit: 300, areaBudgetMm2: 0.05 })!;
  const { pes, l1Size, l2Size } = found.cost;
  expect(pes).toBeLessThanOrEqual(300);
  expect(pes % found.genome.slice(1).reduce((product, { size }) => product * size, 1)).toBe(0);
  expect(282 * pes + 0.688 * (l1Size * pes + l2Size)).toBeLessThanOrEqual(50_000);
});

test('buffers that hold no tile leave no genome', () => {
  const [layer] = readMaestroNetwork(read('conv_kcp.m')).layers;
  expect(searchGamma(layer, { ...hardware, l1Size: 1 }, { ...limits, evaluations: 100 })).toBeUndefined();
});

// At stride 2 two outputs under a filter of 3 read 5 inputs, which MAESTRO writes as 3 outputs at stride 1.
test('tiles of outputs at a stride are the maps that one writes by hand', () => {
  const text = `Network n { Layer l { Type: CONV Stride { X: 2, Y: 2 } Dimensions { K: 4, C: 2, R: 3, S: 3, Y: 17, X: 17 }
    Dataflow { SpatialMap(1,1) K; TemporalMap(2,2) C; TemporalMap(3,3) R; TemporalMap(3,3) S; TemporalMap(3,3) Y'; TemporalMap(3,3) X'; } } }`;
  const [layer] = readMaestroNetwork({ file: 'n.m', text }).layers;
  const space = genomeSpace(layer);
  expect(space.names.map((name, d) => [name, space.sizes[d]])).toEqual(
    expect.arrayContaining([
      ['Y', 8],
      ['X', 8],
    ]),
  );
  const tiles: Readonly<Record<string, number>> = { K: 1, C: 2, R: 3, S: 3, Y: 2, X: 2 };
  const tile = Int32Array.from(space.names, (name) => tiles[name]);
  const order = Int32Array.from(['K', 'C', 'R', 'S', 'Y', 'X'], (name) =>
    (space.names as readonly string[]).indexOf(name),
  );
  const genome = [{ parallel: space.names.indexOf('K'), size: 4, order, tile }];
  const given = evaluateMaestro(layer, { ...hardware, pes: 4 });
  const found = evaluateMaestro({ ...layer, directives: directivesOf(space, genome) }, { ...hardware, pes: 4 });
  expect([found.runtime, found.macs, found.l1Size]).toEqual([given.runtime, given.macs, given.l1Size]);
});

test('where no random genome fits, one with tiles of 1 stands in; the bound of the search is below it', () => {
  const [layer] = readMaestroNetwork(read('gemm_os.m')).layers;
  // Two of each of the three tensors' tiles of 1.
  const found = searchGammaAtRandom(layer, { ...hardware, l1Size: 6 }, { ...limits, evaluations: 40 })!;
  expect(found.isStandIn).toBe(true);
  expect(found.cost.l1Size).toBe(6);
  // Of each evaluation, 40 random ones among them, only the last one is valid.
  expect(found.invalid).toBe(found.evaluations - 1);
  expect(found.leastBound).toBeLessThan(found.value);
  expect(searchGammaAtRandom(layer, hardware, { ...limits, evaluations: 40 })!.isStandIn).toBe(false);
});
