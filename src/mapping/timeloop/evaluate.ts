import { InputError, type Span } from '../../base/errors.ts';
import type { TimeloopMapping } from '../../formats/timeloop/index.ts';
import { Counter, type Counts } from './counts.ts';
import { misfits } from './fits.ts';
import { countImperfect, isPerfect } from './imperfect.ts';
import { creditLinks } from './links.ts';
import type { Machine } from './machine.ts';
import { type Nest, nestOf } from './nest.ts';
import { computesOf, cyclesOf, energyPj, levelCycles, tensorEnergyPj, throttleOf } from './score.ts';

/** Counts of one tensor at one level; words of one instance, energy and bandwidth of all used ones. */
export interface TensorStats {
  readonly partition: number;
  readonly capacity: number;
  readonly instances: number;
  readonly reads: number;
  readonly updates: number;
  readonly fills: number;
  readonly temporal_reductions: number;
  readonly energy_pJ: number;
  readonly read_bw: number;
  readonly write_bw: number;
}

export interface NetworkStats {
  readonly multicast: number;
  readonly ingresses: number;
  readonly spatial_reductions: number;
}

/** A mapping under Timeloop's model. */
export interface TimeloopEvaluation {
  readonly energyPj: number;
  readonly cycles: number;
  readonly computes: number;
  readonly utilization: number;
  /** By level from the innermost: the multipliers, then the storages. */
  readonly levels: Readonly<Record<string, Readonly<Record<string, number | TensorStats>>>>;
  /** By `OUTER<->INNER`, then by tensor. */
  readonly networks: Readonly<Record<string, Readonly<Record<string, NetworkStats>>>>;
  /** The right figures where they differ from Timeloop's, and why they differ. */
  readonly corrected:
    | { readonly energyPj: number; readonly cycles: number; readonly computes: number; readonly why: readonly string[] }
    | undefined;
}

/**
 * Evaluates a mapping of a problem. With `links` children on a mesh take over what their neighbours had, as Timeloop has it unless
 * TIMELOOP_DISABLE_LINK_TRANSFERS is set; for perfect factors. The searches count without. Errors, at `span`: `mapping-misfit` if a level cannot hold its tiles or has too few
 * children; `not-supported` as for `countImperfect`.
 */
export function evaluateTimeloop(
  machine: Machine,
  mapping: TimeloopMapping,
  span?: Span,
  links = false,
): TimeloopEvaluation {
  const nest = nestOf(machine, mapping);
  const counter = new Counter(machine);
  const perfect = isPerfect(nest);
  const counts = perfect ? counter.count(nest) : countImperfect(machine, counter, nest, span);
  const problems = misfits(machine, counts, nest);
  if (problems.length > 0)
    throw new InputError(
      problems.map((message) => ({ code: 'mapping-misfit', message, span, expected: 'smaller factors' })),
    );
  const corrected = correctedOf(machine, nest, perfect, counts);
  if (perfect && links) creditLinks(machine, nest, mapping, counts);
  const cycles = cyclesOf(machine, counts);
  return {
    energyPj: energyPj(machine, counts),
    cycles,
    computes: computesOf(machine, counts),
    utilization: machine.macs / machine.architecture.compute.instances / cycles,
    levels: levelStats(machine, counts, nest),
    networks: networkStats(machine, counts, nest),
    corrected,
  };
}

function levelStats(machine: Machine, counts: Counts, nest: Nest): TimeloopEvaluation['levels'] {
  const { levels: L, tensors: T, architecture, problem } = machine;
  const computes = computesOf(machine, counts);
  const stats: Record<string, Record<string, number | TensorStats>> = Object.create(null);
  stats[architecture.compute.name] = {
    utilized_instances: counts.instances[L],
    computes_total: computes,
    cycles: counts.steps,
    energy_total: computes * machine.computePj,
  };
  for (let level = L - 1; level >= 0; level--) {
    const cycles = levelCycles(machine, counts, level);
    const instances = counts.instances[level];
    const entry: Record<string, number | TensorStats> = {
      cycles,
      bandwidth_throttling: twoDigits(throttleOf(machine, counts, level)),
    };
    problem.tensors.forEach(({ name }, q) => {
      const at = level * T + q;
      if (nest.keep[at] === 0) return;
      entry[name] = {
        partition: counts.partition[at],
        capacity: counts.tile[at],
        instances,
        reads: counts.reads[at],
        updates: counts.updates[at],
        fills: counts.fills[at],
        temporal_reductions: q === machine.written ? counts.reads[at] : 0,
        energy_pJ: tensorEnergyPj(machine, counts, level, q),
        read_bw: twoDigits((counts.reads[at] * instances) / cycles),
        write_bw: twoDigits(((counts.fills[at] + counts.updates[at]) * instances) / cycles),
      };
    });
    stats[architecture.storages[level].name] = entry;
  }
  return stats;
}

function networkStats(machine: Machine, counts: Counts, nest: Nest): TimeloopEvaluation['networks'] {
  const { levels: L, tensors: T, architecture, problem, written } = machine;
  const names = [...architecture.storages, architecture.compute].map(({ name }) => name);
  const stats: Record<string, Record<string, NetworkStats>> = Object.create(null);
  problem.tensors.forEach(({ name }, q) => {
    let child = L;
    for (let level = L - 1; level >= 0; level--) {
      const at = level * T + q;
      if (nest.keep[at] === 0) continue;
      const network = `${names[level]}<->${names[child]}`;
      stats[network] ??= Object.create(null) as Record<string, NetworkStats>;
      const ingresses = counts.ingress[at];
      const reductions = q === written ? Math.round((counts.multicast[at] - 1) * ingresses) : 0;
      // Timeloop prints the whole factor of a full tile.
      stats[network][name] = {
        multicast: fullMulticast(machine, nest, level, child, q, counts),
        ingresses,
        spatial_reductions: reductions,
      };
      child = level;
    }
  });
  return stats;
}

function fullMulticast(machine: Machine, nest: Nest, level: number, child: number, q: number, counts: Counts): number {
  if (machine.slides[q] === 1) return Math.round(counts.multicast[level * machine.tensors + q]);
  const { dimensions: D, rankOf } = machine;
  let factor = 1;
  for (let at = level * D; at < child * D; at++) if (rankOf[q * D + (at % D)] < 0) factor *= nest.spatial[at];
  return factor;
}

function twoDigits(value: number): number {
  return Number(value.toFixed(2));
}

/** What Timeloop counts otherwise than the nest would: halos after a wrap, tiles that several fan-outs share, and idle lanes of imperfect factors. */
function correctedOf(machine: Machine, nest: Nest, perfect: boolean, printed: Counts): TimeloopEvaluation['corrected'] {
  const [printedPj, printedCycles] = [energyPj(machine, printed), cyclesOf(machine, printed)];
  const idle = computesOf(machine, printed) - machine.macs;
  const counter = new Counter(machine);
  const counts = perfect ? counter.count(nest, 'exact') : countImperfect(machine, counter, nest);
  const energy = energyPj(machine, counts) - idle * machine.computePj;
  const cycles = cyclesOf(machine, counts);
  if (energy === printedPj && cycles === printedCycles && idle === 0) return undefined;
  const walked = perfect ? new Counter(machine).count(nest, 'walked') : counts;
  const walkedPj = energyPj(machine, walked);
  const why = [
    ...(idle > 0 ? ['idle lanes of imperfect factors are counted as multiplications'] : []),
    ...(perfect && isOther([printedPj, printedCycles], [walkedPj, cyclesOf(machine, walked)])
      ? ['overlap of tiles is lost where an inner loop over the same dimension starts again']
      : []),
    ...(perfect && isOther([walkedPj, cyclesOf(machine, walked)], [energy, cycles])
      ? ['equal tiles are merged within one fan-out only, not across several']
      : []),
  ];
  return { energyPj: energy, cycles, computes: machine.macs, why };
}

function isOther(a: readonly number[], b: readonly number[]): boolean {
  return a.some((value, i) => value !== b[i]);
}
