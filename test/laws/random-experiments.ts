/** Experiments nobody thought of: any bundled accelerator, resized, on a random floorplan, with random layers and policies. */
import { BUNDLED } from '../../src/base/files.ts';
import { DATAFLOWS } from '../../src/systolic/index.ts';
import { BUNDLED_TEXTS, SRAM, type Texts } from '../cosim/support.ts';
import { randomFrom } from '../support/random.ts';
import { shuffledFloorplan } from '../support/slicing.ts';

export const ACCELERATORS = Object.keys(BUNDLED_TEXTS)
  .filter((path) => /accelerators\/[^/]+\/accelerator\.yaml$/.test(path))
  .map((path) => path.split('/').at(-2) as string);

export interface RandomExperiment {
  readonly text: string;
  readonly overlay: Texts;
  readonly set: readonly string[];
}

/** The experiment of a seed: the same on every machine. */
export function randomExperiment(seed: number): RandomExperiment {
  const random = randomFrom(seed);
  const one = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)];
  const whole = (least: number, most: number): number => least + Math.floor(random() * (most - least + 1));

  const layers = Array.from({ length: whole(1, 4) }, (_, i) => {
    if (random() < 0.5) return `l${i},gemm,,,,,,,,,${whole(1, 300)},${whole(1, 300)},${whole(1, 900)},`;
    const filter = one([1, 3, 5]);
    const size = whole(filter, 30);
    const cells = [size, size, filter, filter, whole(1, 64), whole(1, 64), one([1, 2]), one([0, 1])];
    return `l${i},conv,${cells.join()},,,,${random() < 0.2 ? '2:4' : ''}`;
  });
  const net = [
    'layer,type,ifmap_h,ifmap_w,filter_h,filter_w,channels,filters,stride,padding,m,n,k,sparsity',
    ...layers,
    '',
  ].join('\n');

  const name = one(ACCELERATORS);
  const path = `${BUNDLED}accelerators/${name}/`;
  const flp = BUNDLED_TEXTS[`${path}chip.flp`];
  const grid = `  grid: { rows: ${whole(4, 12)}, columns: ${whole(4, 12)} }\n  package:`;
  const overlay = {
    'net.csv': net,
    [SRAM]: BUNDLED_TEXTS[SRAM],
    [`${path}accelerator.yaml`]: BUNDLED_TEXTS[`${path}accelerator.yaml`].replace('  package:', grid),
    ...(flp ? { [`${path}chip.flp`]: shuffledFloorplan(flp, seed) } : {}),
  };

  const trip = whole(46, 95);
  const policy = one([
    ...['performance', 'powersave', 'race-to-idle', '{name: race-to-idle, idle: gated}', 'static-best', 'pace'],
    ...['{name: pace, floor: none, idle: retain}', '{name: pace, at: epoch}', 'component-util'],
    ...[`{name: bang_bang, trip: ${trip}C}`, `[{name: step_wise, trip: ${trip}C}, pace]`],
    ...[`{name: pid-frequency, target: ${trip}C}`, `[{name: pid-frequency, target: ${trip}C}, race-to-idle]`],
  ]);
  const period = one(['', `period: ${whole(50, 900)}us, `]);
  const length = one([`count: ${whole(1, 9)}`, `duration: ${whole(1, 6)}ms`, `duration: ${whole(300, 900)}us`]);
  const text = [
    `version: 1\nname: e\naccelerator: ${name}\nworkload: ./net.csv\npolicy: ${policy}`,
    `inferences: {${period}${length}}\nepoch: ${one(['37us', '100us', '250us', '1ms', '10ms'])}`,
    `start: ${one(['ambient', 'steady', 'self-consistent'])}\ndeadline: ${whole(100, 2000)}us\nlimit: ${whole(48, 90)}C\n`,
  ].join('\n');

  const set = [`accelerator.array.dataflow=${one(DATAFLOWS).id}`];
  // Smaller arrays and memories fit the same blocks.
  const side = one([1, 1, 2]);
  if (side > 1) {
    const rows = Number(/rows: (\d+)/.exec(overlay[`${path}accelerator.yaml`])?.[1]);
    set.push(`accelerator.array.rows=${rows / side}`, `accelerator.array.columns=${rows / side}`);
  }
  // A DRAM with operating points has its bandwidths there.
  const hasPoints = /^dram:(\n .*)*\n {2}operating_points:/m.test(overlay[`${path}accelerator.yaml`]);
  const bandwidth = `accelerator.dram.bandwidth=${one([1, 8, 30])}GB/s`;
  if (!hasPoints) set.push(bandwidth);
  return { text, overlay, set };
}
