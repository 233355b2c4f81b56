// What the closed loop's benchmarks time: the loop alone, and steps of its thermal model.

import { loadExperiment, preparePlant } from '../dist/cosim/index.js';
import { runLoop } from '../dist/cosim/loop/loop.js';
import { createRun } from '../dist/cosim/plant/prepared-run.js';
import { leakagePower, leakageVoltage } from '../dist/design/power/index.js';
import { nodeFiles } from '../dist/node.js';
import { leakyStepper, modalTransient } from '../dist/thermal/index.js';
import { multiplyAdds } from './measure.js';

const EPOCHS = 100_000;
const STEPS = 20_000;
const STEP_S = 1e-4;

/** 100,000 epochs of inferences back to back, ready to run: schedule and reduced model are made already. */
export function loopOfEpochs() {
  const text = `version: 1
name: bench
accelerator: edge-npu
workload: resnet18
inferences: { duration: ${EPOCHS * STEP_S}s }
epoch: ${STEP_S}s
start: ambient
policy: performance
`;
  const experiment = loadExperiment(nodeFiles, { file: 'bench.yaml', text });
  const { plant, programs } = preparePlant(experiment);
  const prepared = createRun(experiment, plant, programs);
  return { prepared, run: () => runLoop(prepared, { startW: null }) };
}

/** 20,000 steps of a run's thermal model, with leakage held and following the temperature, and the products in the former. */
export function thermalSteps({ plant }) {
  const { model, leakage, design } = plant;
  const solver = modalTransient(model);
  const powerW = new Float64Array(model.blocks).fill(0.05);
  const leaks = leakagePower(leakage);
  const { domains } = design.spec;
  const { voltageV } = domains[0].points[domains[0].nominal];
  leaks.leakageV.fill(leakageVoltage(voltageV, design.leakage.slopePerV));
  const stepper = leakyStepper(solver, (temperatureK, leakW) => leaks.intoBlocks(temperatureK, leakW));
  const repeat = (what) => () => {
    for (let i = 0; i < STEPS; i++) what();
  };
  return {
    steps: STEPS,
    step: repeat(() => solver.step(powerW, STEP_S)),
    leakyStep: repeat(() => stepper.step(powerW, STEP_S)),
    what: `its ${2 * model.blocks * model.modes} multiply-adds, one after the other`,
    products: repeat(() => multiplyAdds(2 * model.blocks * model.modes)),
  };
}
