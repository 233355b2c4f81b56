/** `map --model isotherm` takes the costs of the schedules that `run` has with `memory.order: best`: one truth, on random designs. */
import { expect, test } from 'vitest';
import { Generator } from '../../src/base/random.ts';
import { layerCosts, load, preparePlant, runScenario, settingsOf } from '../../src/cosim/index.ts';
import { bestMapping, isothermModel } from '../../src/study/joint/index.ts';
import { ambientOf } from '../../src/study/joint/joint.ts';
import { DATAFLOWS } from '../../src/systolic/index.ts';
import { EDGE, memoryFiles, SIZED_ARCHITECTURE } from '../cosim/support.ts';
import { cases, LONG } from '../tier.ts';

const EXPERIMENT = {
  file: 'mine.yaml',
  text: 'version: 1\nname: mine\naccelerator: ./edge.yaml\nworkload: ./net.csv\n',
};

/** An array of 8 to 32 rows and columns with scratchpads from 2 KiB on, DRAM of 1 to 16 GB/s, and a network of three layers. */
function randomDesign(random: Generator) {
  const pick = (least: number, most: number): number => least + Math.floor(random.next() * (most - least + 1));
  const set = {
    'accelerator.array.rows': String(2 ** pick(3, 5)),
    'accelerator.array.columns': String(2 ** pick(3, 5)),
    'accelerator.scratchpads.ifmap.capacity': `${2 ** pick(1, 8)}KiB`,
    'accelerator.scratchpads.filter.capacity': `${2 ** pick(1, 9)}KiB`,
    'accelerator.scratchpads.ofmap.capacity': `${2 ** pick(2, 6)}KiB`,
    'accelerator.dram.bandwidth': `${pick(1, 16)}GB/s`,
    'accelerator.memory.order': 'best',
  };
  const rows = ['a', 'b', 'c'].map((name) => `${name},gemm,${pick(1, 300)},${pick(1, 300)},${pick(1, 300)}`);
  return { set, network: `layer,type,m,n,k\n${rows.join('\n')}\n` };
}

test('no choice costs more than the schedules of one dataflow, and each costs what its own run does', () => {
  const random = new Generator(20);
  let better = 0;
  for (let i = 0; i < cases(8, 1); i++) {
    const { set, network } = randomDesign(random);
    const where = JSON.stringify([set, network]);
    const filesWith = (mapping = '') =>
      memoryFiles({
        'edge.yaml': EDGE,
        'architecture.yaml': SIZED_ARCHITECTURE,
        'net.csv': network,
        'map.yaml': mapping,
      });
    const experiments = DATAFLOWS.map(({ id }) =>
      load(filesWith(), EXPERIMENT, { set: { ...set, 'accelerator.array.dataflow': id }, policy: 'performance' }),
    );
    const plants = experiments.map((experiment, d) => ({
      dataflow: DATAFLOWS[d].id,
      prepared: preparePlant(experiment),
    }));
    const loadMapped = (mapping: string) =>
      load(filesWith(mapping), EXPERIMENT, { set: { ...set, mapping: 'map.yaml' } });
    const { domains } = plants[0].prepared.plant;
    const settings = settingsOf(domains, 1000)!;
    const fastest = domains.map(({ points }) => points.length - 1);

    // Whatever one dataflow and one setting for all layers cost, from the schedules alone.
    const uniform = plants.flatMap(({ prepared }) => {
      const { timeS, energyJ } = layerCosts(prepared, settings, ambientOf(prepared));
      return settings.map((_, s) => {
        const sum = (column: Float64Array): number =>
          [0, 1, 2].reduce((all, layer) => all + column[layer * settings.length + s], 0);
        return { timeS: sum(timeS), energyJ: sum(energyJ) };
      });
    });
    for (const [objective, measure] of [
      ['energy', ({ energyJ }: { energyJ: number }) => energyJ],
      ['delay', ({ timeS }: { timeS: number }) => timeS],
      ['edp', ({ energyJ, timeS }: { energyJ: number; timeS: number }) => energyJ * timeS],
    ] as const) {
      const found = bestMapping('mine', plants, objective, Number.POSITIVE_INFINITY, (mapping) =>
        preparePlant(loadMapped(mapping)),
      );
      if ('leastS' in found) throw new Error('unmeetable');
      const least = Math.min(...uniform.map(measure));
      expect(found.result.value, where).toBeLessThanOrEqual(least * (1 + 1e-12));
      if (found.result.value < least * (1 - 1e-9)) better++;
      // The file that is handed over gives every layer the counts and the cycles that the search had.
      const mapped = preparePlant(loadMapped(found.handover.mapping)).programs.schedules;
      found.result.layers.forEach(({ dataflow, cycles }, layer) => {
        const searched = plants.find((plant) => plant.dataflow === dataflow)!.prepared.programs.schedules[layer];
        expect(Array.from(mapped[layer].counts), where).toEqual(Array.from(searched.counts));
        expect([mapped[layer].cycles, searched.cycles], where).toEqual([cycles, cycles]);
      });
    }

    // A run at the highest points takes the time and has the cycles that the model says of its dataflow.
    for (const [d, { dataflow, prepared }] of plants.entries()) {
      const run = runScenario(prepared, experiments[d]);
      const costs = [0, 1, 2].map((layer) => isothermModel.evaluate(layer, plants, { dataflow, points: fastest }));
      expect(
        run.layers.map(({ cycles }) => cycles),
        where,
      ).toEqual(costs.map(({ cycles }) => cycles));
      expect(run.simulatedS / costs.reduce((sum, { timeS }) => sum + timeS, 0), where).toBeCloseTo(1, 9);
    }
  }
  if (LONG) expect(better).toBeGreaterThan(4);
});
