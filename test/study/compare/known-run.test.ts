/** A comparison that begins with a run which is there already. */
import { expect, test } from 'vitest';
import { preparePlant, runScenario } from '../../../src/cosim/index.ts';
import { compare, type Executor, executorKnowing, type Job, Lab } from '../../../src/study/compare/index.ts';
import { LEAN, load, memoryFiles } from '../../cosim/support.ts';

const NET = 'layer,type,m,n,k\na,gemm,400,96,256\nb,gemm,100,64,640\n';
const textOf = (inferences: string): string =>
  `version: 1\nname: e\naccelerator: edge-npu\nworkload: ./net.csv\nepoch: 100us\ndeadline: 900us\npolicy: performance\n${inferences}\n`;

test.each([
  // The window of the comparison ends as the run does: its row is the run.
  ['inferences: { period: 900us, count: 3 }', 0],
  ['inferences: { period: 900us, duration: 2.7ms }', 0],
  // Back to back the window ends at the last deadline, later than the run: the row runs from its start.
  ['inferences: { count: 3 }', 1],
])('with %s the run of the reference counts, %i times anew', async (inferences, again) => {
  const texts = { ...LEAN, 'net.csv': NET, 'exp.yaml': textOf(inferences) };
  const experiment = load(texts['exp.yaml'], { overlay: texts });
  const plant = preparePlant(experiment);
  const lab = new Lab(memoryFiles(texts));
  const ran: Job[] = [];
  const plain: Executor = async (jobs) => {
    ran.push(...jobs);
    return jobs.map((job) => lab.run(job));
  };
  const policies = ['experiment', 'pace'];
  const common = { set: [], sweeps: [], start: 'own', checkEpoch: false, uncertain: [], draws: 1 } as const;
  const request = { experiment: 'exp.yaml', policies, ...common };
  const alone = await compare(request, plain);
  ran.length = 0;
  const knowing = executorKnowing(plain, plant, experiment, runScenario(plant, experiment));
  expect(await compare(request, knowing)).toEqual(alone);
  expect(ran.filter(({ kind, policy }) => kind === 'row' && policy === 'experiment').length).toBe(again);
});
