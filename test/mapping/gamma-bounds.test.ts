import { expect, test } from 'vitest';
import { Generator } from '../../src/base/random.ts';
import type { MaestroHardware, MaestroLayer } from '../../src/formats/maestro/index.ts';
import { GenomeBounds } from '../../src/mapping/gamma/bounds.ts';
import type { OuterBranch } from '../../src/mapping/gamma/branches.ts';
import { INNER, TIMES } from '../../src/mapping/gamma/dimensions.ts';
import type { Gene } from '../../src/mapping/gamma/genome.ts';
import { InnerChain } from '../../src/mapping/gamma/inner-chain.ts';
import { type GammaCost, type GammaLimits, Judge } from '../../src/mapping/gamma/judge.ts';
import { Operators } from '../../src/mapping/gamma/operators.ts';
import { mostSharing, type OuterTable } from '../../src/mapping/gamma/outer-table.ts';
import { hardwareOf, layerOf } from '../support/maestro-layers.ts';
import { cases } from '../tier.ts';

/** The bounds on the way to a genome: with the outer tiles only, with their order, with the share of the inner level, and with its tiles. */
function boundsOnTheWay(bounds: GenomeBounds, [outer, inner]: Gene[], pes: number) {
  const { dimensions } = bounds;
  const index = ({ parallel }: Gene): number => dimensions.findIndex(({ d }) => d === parallel);
  const innerLevels = inner ? 1 : 0;
  const size = inner?.size ?? 1;
  const branch: OuterBranch = {
    parallel: index(outer),
    clusters: Math.floor(pes / size),
    innerLevels,
    products: { least: size, most: size },
    pes,
  };
  const tables = bounds.tablesOf(branch);
  const tiles = dimensions.map(({ d }) => outer.tile[d]);
  const v = new Float64Array(tables[0].rows.length / (dimensions[0].tiles + 1)).fill(1);
  for (const [i, { rows }] of tables.entries())
    for (let f = 0; f < v.length; f++) v[f] *= rows[tiles[i] * v.length + f];
  for (const f of TIMES) v[f] /= mostSharing(size, innerLevels);
  const found: { name: string; least: Pick<GammaCost, 'energyNj' | 'cycles' | 'words'> }[] = [];
  const note = (name: string, entering?: number): void => {
    bounds.measure(branch, v, entering);
    found.push({ name, least: { ...bounds.least } });
  };
  note('outer tiles');
  const figures = tables.map((table, i) => table.figuresAt(tiles[i]));
  const order = [...outer.order].flatMap((d) => {
    const i = dimensions.findIndex((dimension) => dimension.d === d);
    return i < 0 || (figures[i].isCovered && figures[i].inside === figures[i].outside) ? [] : [i];
  });
  const entering = bounds.entering(figures, order);
  note('outer order', entering);
  if (!inner) return found;
  const shares = dimensions.map((_, i) => (i === index(inner) ? inner.size : 0));
  for (const f of INNER) v[f] = 1;
  for (const least of leastRows(bounds, tables, branch, tiles, shares)) for (const f of INNER) v[f] *= least[f];
  note('inner share', entering);
  for (const f of INNER) v[f] = 1;
  for (const [i, table] of tables.entries()) {
    const row = exactRow(table, tiles[i], shares[i], inner.tile[dimensions[i].d]);
    for (const f of INNER) v[f] *= row[f];
  }
  note('inner tiles', entering);
  return found;
}

function leastRows(
  bounds: GenomeBounds,
  tables: readonly OuterTable[],
  { parallel, clusters, innerLevels }: OuterBranch,
  tiles: readonly number[],
  shares: readonly number[],
): Float64Array[] {
  return tables.map((table, i) =>
    bounds.leastInner(table, `${i},${parallel === i ? clusters : 0}`, tiles[i], shares[i], innerLevels),
  );
}

/** The factors of one inner tile. */
function exactRow(table: OuterTable, outer: number, share: number, tile: number): Float64Array {
  const chain = new InnerChain(table.dimension, 1);
  chain.begin(outer, table.handedAt(outer));
  const rows = chain.rows(0, share);
  const width = rows.length / (outer + 1);
  return rows.subarray(tile * width, (tile + 1) * width);
}

/** Layers whose tiles may exceed those that the bounds list one by one. */
function largeLayer(pick: (least: number, most: number) => number): MaestroLayer {
  const large = (): number => pick(1, 6) * pick(1, 900) + pick(0, 3);
  const small = (): number => pick(1, 12);
  const step = pick(1, 3);
  const filter = pick(1, 3);
  const kind = pick(0, 2);
  if (kind === 0) {
    const sizes = [large(), pick(0, 1) === 0 ? large() : small(), small()];
    const turn = pick(0, 2);
    return layerOf('GEMM', { M: sizes[turn], N: sizes[(turn + 1) % 3], K: sizes[(turn + 2) % 3] });
  }
  const rows = (outputs: number): number => (outputs - 1) * step + filter + (step > 1 ? pick(0, step - 1) : 0);
  const isTall = pick(0, 1) === 0;
  const [C, outputs] = isTall ? [small(), large()] : [large(), small()];
  const window = { R: filter, S: filter, Y: rows(outputs), X: rows(small()) };
  return kind === 1 ? layerOf('DSCONV', { C, ...window }, step) : layerOf('CONV', { K: small(), C, ...window }, step);
}

// Every bound that a search can meet on its way to a genome, against the cost of the genome by MAESTRO's model. Tiles go beyond 1,024, from
// which on inner tiles are not listed.
test.each([1, 2])('no bound on the way to a random genome of %i cluster levels is above its cost', (levels) => {
  const random = new Generator(levels);
  const pick = (least: number, most: number): number => least + Math.floor(random.next() * (most - least + 1));
  let valid = 0;
  for (let layers = 0; layers < cases(100, 12); layers++) {
    const layer = largeLayer(pick);
    const pes = pick(1, 40);
    const hardware: MaestroHardware = {
      ...hardwareOf(pes, 1e9, 1e9, [1, 3, 64][pick(0, 2)], [1, 5, 1000][pick(0, 2)], pick(0, 2)),
      simdLanes: pick(1, 2),
    };
    const limits: GammaLimits = { evaluations: 1e9, seed: 1, objective: 'edp', levels: [levels, levels] };
    const judge = new Judge(layer, hardware, limits);
    const bounds = new GenomeBounds(judge.space, layer, hardware, limits);
    const operators = new Operators(
      judge.space,
      { pes, searchesPes: false, fewestLevels: levels, mostLevels: levels },
      random,
    );
    for (let genomes = 0; genomes < 8; genomes++) {
      const genome = operators.draw();
      // Drawn clusters divide the tile; searches take all of them.
      if (genome[1] && pick(0, 1) === 0) genome[1].size = pick(1, pes);
      operators.repair(genome);
      const { cost } = judge.score(genome);
      if (!cost) continue;
      valid++;
      const where = `${layer.type} ${[...layer.sizes].join(' ')} / ${layer.strideX}: ${JSON.stringify(genome)}`;
      for (const { name, least } of boundsOnTheWay(bounds, genome, pes)) {
        // Only where a stride leaves a part of a window, words are not exact.
        if (name === 'outer order' && layer.strideX === 1) expect(least.words, where).toBe(cost.words);
        for (const of of ['words', 'energyNj', 'cycles'] as const)
          expect(least[of] * (1 - 1e-12), `${name}, ${of}: ${where}`).toBeLessThanOrEqual(cost[of]);
      }
    }
  }
  expect(valid).toBeGreaterThan(cases(200, 20));
});
