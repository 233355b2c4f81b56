import { addCounts, COUNTER_INDEX, type Counts, zeroCounts } from '../activity/counters.ts';
import { actionCounts, energyAt } from '../energy/index.ts';
import { fail } from '../errors.ts';
import type { OperatingPoints } from '../policy/index.ts';
import { buildStages, type LayerSchedule, layerTimes, type OperatingPoint, scheduleLayer } from '../systolic/index.ts';
import { layerMacs, workloadMacs } from '../workload/index.ts';
import type { Experiment } from './experiment.ts';

/** What one layer did and cost. */
export interface LayerResult {
  readonly name: string;
  readonly macs: number;
  /** Stall-free array cycles. */
  readonly cycles: number;
  readonly timeS: number;
  readonly stallS: number;
  readonly utilisation: number;
  readonly dramBytes: number;
  readonly counts: Counts;
  /** J of each component, in the order of `RunResult.components`. */
  readonly componentJ: Float64Array;
  readonly energyJ: number;
}

/** A domain's clock and supply during the run. */
export interface DomainSetting {
  readonly domain: string;
  readonly frequencyHz: number;
  readonly voltageV: number;
}

/** One inference at one operating point. */
export interface RunResult {
  readonly experiment: Experiment;
  readonly settings: readonly DomainSetting[];
  readonly components: readonly string[];
  readonly schedules: readonly LayerSchedule[];
  readonly layers: readonly LayerResult[];
  readonly counts: Counts;
  readonly timeS: number;
  readonly macs: number;
  readonly energyJ: { readonly total: number; readonly dynamic: number; readonly dram: number };
  readonly componentJ: Float64Array;
  readonly conservation: { readonly energyRelative: number; readonly macsDifference: number };
}

/**
 * Runs one inference at the operating point the policy chooses at the start. `onLayer` is told how many layers are done.
 * Leakage, clock and idle energy are not part of this: they need a temperature and an idle model. Error: `out-of-range` for
 * a binding that counts less than nothing, which only the counts can show.
 */
export function runExperiment(
  experiment: Experiment,
  onLayer: (done: number, of: number) => void = () => {},
): RunResult {
  const { design, workload, policy } = experiment;
  const domains = design.spec.domains;
  const nominal = Object.fromEntries(domains.map((d) => [d.name, d.nominal]));
  const { points } = policy.run.decide({ timeS: 0, current: nominal }, policy.run.initial);
  const settings = domains.map(({ name, points: table }) => ({ domain: name, ...table[points[name]] }));
  const schedules = workload.layers.map((layer, i) => {
    const schedule = scheduleLayer(layer, design.systolic);
    checkCounts(experiment, schedule);
    onLayer(i + 1, workload.layers.length);
    return schedule;
  });
  const times = layerTimes(schedules, buildStages(schedules), operatingPoint(experiment, points));
  const components = design.ert.components.map((c) => c.component.name);
  const layers = schedules.map((schedule, i) => layerResult(experiment, schedule, times[i], components, settings));
  return { experiment, settings, components, schedules, layers, ...totals(experiment, layers, components, settings) };
}

/** A binding such as `reads - macs` may be below zero, or its factors beyond any number. */
function checkCounts({ design: { bound, spec } }: Experiment, { layer, counts }: LayerSchedule): void {
  const times = actionCounts(bound, counts);
  bound.forEach(({ component, action }, i) => {
    // A difference that is zero may come out as a rounding error below it.
    if (times[i] > -0.001 && times[i] <= MOST_ACTIONS) return;
    fail('out-of-range', `action "${action}" of "${component}" happens ${times[i]} times in layer "${layer.name}"`, {
      span: spec.document.span(['bindings', component, 'actions', action]),
      expected: 'an expression that is zero or more, and countable, whatever the layer',
    });
  });
}

/** Of one layer; far above 2^53 MACs with all that belongs to each. */
const MOST_ACTIONS = 1e20;

/** Clocks, ports and bandwidth at the operating points of the domains. */
function operatingPoint({ design: { spec } }: Experiment, points: OperatingPoints): OperatingPoint {
  const hzOf = (domain: string): number => {
    const found = spec.domains.find((d) => d.name === domain);
    return found ? found.points[points[domain]].frequencyHz : Number.NaN;
  };
  const { ifmap, filter, ofmap } = spec.scratchpads;
  return {
    arrayHz: hzOf(spec.array.domain),
    scratchpadHz: { ifmap: hzOf(ifmap.domain), filter: hzOf(filter.domain), ofmap: hzOf(ofmap.domain) },
    portBits: { ifmap: ifmap.portBits, filter: filter.portBits, ofmap: ofmap.portBits },
    dramBytesPerS: spec.dram.bytesPerS,
    dramLatencyS: spec.dram.latencyS,
  };
}

function layerResult(
  experiment: Experiment,
  { layer, cycles, counts, utilisation }: LayerSchedule,
  { timeS, stallS }: { timeS: number; stallS: number },
  components: readonly string[],
  settings: readonly DomainSetting[],
): LayerResult {
  const componentJ = componentEnergies(experiment, counts, timeS, components, settings);
  return {
    name: layer.name,
    macs: layerMacs(layer),
    cycles,
    timeS,
    stallS,
    utilisation,
    dramBytes: (counts[COUNTER_INDEX.dram_read_bits] + counts[COUNTER_INDEX.dram_write_bits]) / 8,
    counts,
    componentJ,
    energyJ: sum(componentJ),
  };
}

/** Counts x E(V) of every component, and the DRAM's background power over the time. */
function componentEnergies(
  { design: { spec, bound } }: Experiment,
  counts: Counts,
  timeS: number,
  components: readonly string[],
  settings: readonly DomainSetting[],
): Float64Array {
  const voltageOf = (component: string): number =>
    settings.find((s) => s.domain === spec.bindings[component].domain)?.voltageV ?? 0;
  const energies = energyAt(bound, counts, voltageOf);
  return Float64Array.from(components, (name) => {
    const background = name === spec.dram.component ? spec.dram.backgroundW * timeS : 0;
    return (energies.get(name) ?? 0) + background;
  });
}

function totals(
  experiment: Experiment,
  layers: readonly LayerResult[],
  components: readonly string[],
  settings: readonly DomainSetting[],
) {
  const { spec } = experiment.design;
  const counts = zeroCounts();
  for (const layer of layers) addCounts(counts, layer.counts);
  const timeS = layers.reduce((t, layer) => t + layer.timeS, 0);
  const componentJ = new Float64Array(components.length);
  for (const layer of layers) for (let c = 0; c < componentJ.length; c++) componentJ[c] += layer.componentJ[c];
  const total = sum(componentJ);
  const dram = componentJ.reduce((j, energy, c) => (spec.bindings[components[c]].domain === null ? j + energy : j), 0);
  const macs = counts[COUNTER_INDEX.macs];
  // The same energy the other way round: from the counts of the whole run instead of layer by layer.
  const again = sum(componentEnergies(experiment, counts, timeS, components, settings));
  return {
    counts,
    timeS,
    macs,
    energyJ: { total, dynamic: total - dram, dram },
    componentJ,
    conservation: {
      energyRelative: total === 0 ? again : Math.abs(total - again) / total,
      macsDifference: macs - workloadMacs(experiment.workload),
    },
  };
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
