import type { RunResult } from '../cosim/run.ts';

/**
 * summary.json of a run: what docs/formats/outputs.md lists. Keys of what is not computed are absent. `inputsHash` and `cost` come
 * from the caller, which knows bytes and clocks.
 */
export function runSummary(result: RunResult, inputsHash: string, cost?: { cpuS: number; peakMemoryBytes: number }) {
  const { experiment, settings, components, componentJ, energyJ, timeS, macs } = result;
  const { spec, policy, design, workload } = experiment;
  const { rows, columns } = design.spec.array;
  const cycles = result.layers.reduce((sum, layer) => sum + layer.cycles, 0);
  return {
    version: 1,
    experiment: spec.name,
    accelerator: design.spec.name,
    workload: workload.name,
    policy: policy.name,
    seed: spec.seed,
    inputsHash,
    operatingPoints: Object.fromEntries(settings.map(({ domain, ...point }) => [domain, point])),
    simulatedS: timeS,
    inferences: 1,
    cycles,
    stallS: result.layers.reduce((stall, layer) => stall + layer.stallS, 0),
    utilisation: macs / (cycles * rows * columns),
    macs,
    energyJ: {
      ...energyJ,
      perInference: energyJ.total,
      byComponent: Object.fromEntries(components.map((name, i) => [name, componentJ[i]])),
    },
    conservation: result.conservation,
    omittedLayers: workload.omitted,
    assumptions: runAssumptions(result),
    ...(cost ? { cost } : {}),
  };
}

/** Everything that is assumed rather than sourced: the accelerator's list, then what the estimators say of their figures. */
export function runAssumptions({ experiment: { design } }: RunResult): string[] {
  const ofFigures = new Map<string, string[]>();
  for (const { component, actions } of design.ert.components) {
    for (const part of actions.flatMap((a) => a.parts)) {
      if (!part.assumption) continue;
      const where = ofFigures.get(part.assumption) ?? [];
      const name = `${component.name} ${part.class}`;
      ofFigures.set(part.assumption, where.includes(name) ? where : [...where, name]);
    }
  }
  return [...design.spec.assumptions, ...[...ofFigures].map(([text, where]) => `${text} (${where.join(', ')})`)];
}
