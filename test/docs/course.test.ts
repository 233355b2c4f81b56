/** The tables of the two assignments hold what their commands print. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { ASSIGNMENTS, compare, Lab, marksOf } from '../../src/study/compare/index.ts';
import { MODELS, memoryFiles } from '../cosim/support.ts';
import { longTest } from '../tier.ts';

/** A page: its policies by path, and the rows of its table as numbers by name. */
function pageOf(name: string) {
  const text = readFileSync(`docs/guide/course-${name}.md`, 'utf8');
  const blocks = [...text.matchAll(/```yaml title="([^"]+)"\n(.*?)```/gs)];
  const rows = [...text.matchAll(/^\| `?([\w -]+?)`? +\|((?: *[\d.]+ \|)+)$/gm)];
  return {
    text,
    policies: Object.fromEntries(blocks.map(([, path, yaml]) => [path, yaml])),
    table: new Map(rows.map(([, row, cells]) => [row, cells.split('|').slice(0, -1).map(Number)])),
  };
}

function comparing(name: string, policies: readonly string[], sweeps = [] as (typeof ASSIGNMENTS)[number]['sweeps']) {
  const lab = new Lab(memoryFiles(pageOf(name).policies), MODELS);
  const frame = { set: [], start: 'own', checkEpoch: false, uncertain: [], draws: 0 } as const;
  return compare({ experiment: `course-${name}`, policies, sweeps, ...frame }, async (jobs) =>
    jobs.map((job) => lab.run(job)),
  );
}

const pathOf = (row: string): string =>
  row.replace(/^(dvfs-solution|whole|regional|one-slow|all-slow)$/, './my/$1.yaml');

longTest('the table of the DVFS assignment', async () => {
  const { table } = pageOf('dvfs');
  const names = [...table.keys()];
  const policies = names.slice(0, 5).map(pathOf);
  const [{ rows, oracleWithTransitions, bound }] = (await comparing('dvfs', policies)).cells;
  const energies = [...rows.map(({ figures }) => figures!.energyJ), oracleWithTransitions!.energyJ, bound!.energyJ];
  expect(energies.map((energyJ) => [Number((energyJ * 1e3).toFixed(1))])).toEqual([...table.values()]);
});

longTest('the table of the thermal assignment', async () => {
  const { table } = pageOf('thermal');
  const [{ rows }] = (await comparing('thermal', [...table.keys()].map(pathOf))).cells;
  const shown = rows.map(({ figures }) => {
    const { latencyS, energyJ, peakTemperatureK, timeOverLimitS } = figures!;
    return [latencyS * 1e3, energyJ, peakTemperatureK! - 273.15, timeOverLimitS!];
  });
  const digits = [2, 2, 1, 2];
  expect(shown.map((row) => row.map((value, i) => Number(value.toFixed(digits[i]))))).toEqual([...table.values()]);
});

longTest('the marks of the solutions are those of the text', async () => {
  const assignment = ASSIGNMENTS.find(({ id }) => id === 'thermal')!;
  const solutions = ['./my/thermal.yaml', './my/whole.yaml', 'hot-regions'];
  const comparison = await comparing('thermal', [...assignment.baselines, ...solutions], assignment.sweeps);
  const shares = solutions.map((policy) => marksOf(assignment, comparison, policy).cases[0].share);
  expect(shares.map((share) => Math.round(100 * share))).toEqual([73, 89, 91]);
});
