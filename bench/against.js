// node bench/against.js CHECKOUT [RUNS]: the closed loop of this checkout against that of another one, which is built too (npm run build).
// Both take turns in processes of their own, so that the machine's drift hits both; `ratio` is of the medians of CPU time.
// The targets are those for the revision before the default physics was that of the continuum.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { median, nodePrints } from './measure.js';

const WARM_UP = 2;
const TIMES = 5;
const TARGETS = { 'loop-100000-epochs': 1.2, 'thermal-step': 1.5, 'thermal-step-with-leakage': 1.5 };

const [mode, given, runs = '5'] =
  process.argv[2] === '--one' ? process.argv.slice(2) : ['--both', ...process.argv.slice(2)];
if (mode === '--one') await printOne(given);
else compare(given, Number(runs));

/** Prints the medians of one checkout, s. */
async function printOne(checkout) {
  const { loopOfEpochs, thermalSteps } = await import(pathToFileURL(join(checkout, 'bench/loop.js')).href);
  const { prepared, run } = loopOfEpochs();
  const { steps, step, leakyStep } = thermalSteps(prepared);
  const { model } = prepared.plant;
  console.log(
    JSON.stringify({
      'loop-100000-epochs': cpuS(run),
      'thermal-step': cpuS(step) / steps,
      'thermal-step-with-leakage': cpuS(leakyStep) / steps,
      size: [model.blocks, model.modes],
    }),
  );
}

function cpuS(run) {
  const times = Array.from({ length: WARM_UP + TIMES }, () => {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  });
  return median(times.slice(WARM_UP));
}

function compare(checkout, times) {
  if (checkout === undefined || !existsSync(join(checkout, 'dist')) || !(times > 0)) {
    console.error('usage: node bench/against.js CHECKOUT [RUNS], where CHECKOUT has a dist folder');
    process.exit(2);
  }
  const self = fileURLToPath(import.meta.url);
  const here = fileURLToPath(new URL('..', import.meta.url));
  const once = (root) => JSON.parse(nodePrints([self, '--one', root]));
  const pairs = Array.from({ length: times }, () => [once(here), once(resolve(checkout))]);
  const sizes = pairs[0].map(({ size: [blocks, modes] }) => `${blocks} blocks, ${modes} modes`);
  for (const [name, target] of Object.entries(TARGETS)) {
    const [value, baselineValue] = [0, 1].map((side) => median(pairs.map((pair) => pair[side][name])));
    const round = (x) => Number(x.toPrecision(3));
    const ratio = round(value / baselineValue);
    console.log(
      JSON.stringify({ name, value: round(value), unit: 's CPU', baseline: round(baselineValue), ratio, target }),
    );
  }
  console.error(`here ${sizes[0]}; there ${sizes[1]}`);
}
