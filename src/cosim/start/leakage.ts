import { leakagePower, leakageVoltage } from '../../design/power/index.ts';
import { type ReducedModel, steadyResistance, steadyWithLeakage } from '../../thermal/index.ts';
import type { Experiment } from '../experiment.ts';
import { voltagesAt } from '../loop/energy-at.ts';

/**
 * Checks that leakage alone at the lowest voltages does not run away. Every steady state has at least this leakage, so
 * that a runaway is found before any scheduling. A start at ambient needs no steady state, and a policy may power off
 * idle domains: both cases are left to the run. Error: `thermal-runaway`.
 */
export function checkLeakage({ design, spec: { start }, gates }: Experiment, model: ReducedModel): void {
  if (start === 'ambient' || gates) return;
  const { spec, leakage, ert, die } = design;
  const voltageV = voltagesAt(
    spec.domains,
    spec.domains.map(() => 0),
  );
  const lowestV = new Map(spec.domains.map(({ name }, d) => [name, voltageV[d]]));
  const power = leakagePower(leakage.sources);
  leakage.sources.forEach(({ component }, s) => {
    const { domain } = spec.bindings[ert.components[component].component.name];
    power.leakageV[s] = leakageVoltage(lowestV.get(domain ?? '') ?? 0, leakage.slopePerV);
  });
  const names = die!.floorplan.blocks.map(({ name }) => name);
  const noWork = new Float64Array(names.length);
  steadyWithLeakage(steadyResistance(model), model.ambientK, noWork, power.intoBlocks, { names });
}
