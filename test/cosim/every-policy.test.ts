/** Every bundled policy on every bundled experiment: it runs, with figures that are figures, or it is refused by name. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { type Diagnostic, InputError } from '../../src/base/errors.ts';
import { parseOverride } from '../../src/base/overrides.ts';
import {
  type Experiment,
  loadExperiment,
  type PreparedPlant,
  preparePlant,
  type RunResult,
  runScenario,
} from '../../src/cosim/index.ts';
import { nodeFiles } from '../../src/node/files.ts';
import { longTest } from '../tier.ts';
import { MODELS } from './support.ts';

const namesIn = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => (name.endsWith('.yaml') ? [name.slice(0, -'.yaml'.length)] : []));

const POLICIES = namesIn('policies');

const NEED_DEADLINE = ['static-best', 'pace', 'pace-with-thermal-cap', 'slack-step', 'pid-pace', 'deadline-activity'];
const NEED_REGIONS = ['regional', 'hot-regions'];

/** Why a policy does not fit an experiment. Every bundled design has a floorplan, so only two things may lack. */
function refusalOf(policy: string, { spec, design }: Experiment): string | null {
  if (NEED_DEADLINE.includes(policy) && spec.deadlineS === null) return 'deadline-missing';
  return NEED_REGIONS.includes(policy) && design.spec.domains.length < 2 ? 'not-supported' : null;
}

describe.each(namesIn('experiments'))('%s', (name) => {
  const source = { file: `experiments/${name}.yaml`, text: readFileSync(`experiments/${name}.yaml`, 'utf8') };
  // As many inferences as the policy can be asked about in some ten epochs.
  const overrides = ['inferences={ period: 6ms, duration: 25ms }', 'start=ambient'].map(parseOverride);
  let known: { readonly experiment: Experiment; readonly plant: PreparedPlant } | undefined;

  const outcomeOf = (policy: string): RunResult | readonly Diagnostic[] => {
    try {
      const experiment = loadExperiment(nodeFiles, source, { policy, overrides, like: known?.experiment });
      known ??= { experiment, plant: preparePlant(experiment, { cache: MODELS }) };
      return runScenario(known.plant, experiment);
    } catch (error) {
      if (error instanceof InputError) return error.diagnostics;
      throw error;
    }
  };

  longTest.each(POLICIES)('%s', (policy) => {
    const outcome = outcomeOf(policy);
    const refusal = refusalOf(policy, loadExperiment(nodeFiles, source, { policy: 'performance', overrides }));
    if (refusal !== null || Array.isArray(outcome)) {
      const [{ code, message, expected }] = outcome as readonly Diagnostic[];
      expect(code).toBe(refusal);
      // The message names the policy, or the reading of the rules that lacks.
      expect(message).toMatch(/"[\w-]+" needs|for each region needs/);
      expect(expected).toMatch(/\S/);
      return;
    }
    const result = outcome as RunResult;
    const energies = Object.values(result.energyJ).filter((value) => typeof value === 'number');
    expect(energies.length).toBeGreaterThan(4);
    for (const joules of energies) expect(joules).toBeGreaterThanOrEqual(0);
    expect(result.energyJ.total).toBeGreaterThan(0);
    expect(result.conservation.energyRelative).toBeLessThan(1e-9);
  });
});
